"""Mathematics as MathML: clients run MathJax, which a page without scripts from outside cannot."""

from __future__ import annotations

import html
import re
from xml.etree.ElementTree import tostring

from latex2mathml.converter import convert_to_element

_MATHS = re.compile(r"\\\((.*?)\\\)|\\\[(.*?)\\\]", re.DOTALL)
_TAG = re.compile(r"<br ?/?>|<[^>]*>")


def show_mathematics(body: str) -> str:
    """Return HTML with its mathematics as MathML; what cannot be read as TeX stays as it is."""
    return _MATHS.sub(_show, body)


def _show(match: re.Match[str]) -> str:
    is_inline = match[1] is not None
    tex = html.unescape(_TAG.sub(" ", match[1] if is_inline else match[2]))
    try:
        element = convert_to_element(tex, display="inline" if is_inline else "block")
    except Exception:  # noqa: BLE001 - its faults share no class
        return match[0]
    # It writes some characters as references, as if its text were XML already.
    return re.sub(r"&amp;(#x[0-9A-F]+;)", r"&\1", tostring(element, encoding="unicode"))
