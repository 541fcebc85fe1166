"""A page in Markdown → plain text for a terminal."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator

_FENCE = re.compile(r"(`{3,})\w*")
_LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")
_CODE = re.compile("(`[^`\n]+`)")
# A break inside of code would be read as part of it.
_UNBROKEN = "\u00a0"


def plain(markdown: str, width: int) -> str:
    """Return a page with its paragraphs filled to `width` columns, and its code indented instead of fenced."""
    blocks = (block if isinstance(block, str) else _indented(block) for block in _blocks(markdown.splitlines(), width))
    return "\n\n".join(blocks)


def _indented(lines: Iterable[str]) -> str:
    return "\n".join(f"    {line}".rstrip() for line in lines)


def _blocks(lines: Iterable[str], width: int) -> Iterator[str | list[str]]:
    """Yield headings and paragraphs as text, and code as its lines."""
    paragraph: list[str] = []
    code: list[str] | None = None
    fence = ""
    for line in [*lines, ""]:
        if code is not None:
            if line == fence:
                yield code
                code = None
            else:
                code.append(line)
        elif opened := _FENCE.fullmatch(line):
            code, fence = [], opened[1]
        elif line.startswith("#"):
            yield line.lstrip("# ")
        elif line.strip():
            paragraph.append(line.strip())
        elif paragraph:
            yield _filled(" ".join(paragraph), width)
            paragraph = []


def _filled(text: str, width: int) -> str:
    text = _LINK.sub(lambda link: link[1] if link[2].endswith(".md") else f"{link[1]} ({link[2]})", text)
    kept = _CODE.sub(lambda code: code[0].replace(" ", _UNBROKEN), text)
    lines = textwrap.wrap(kept, width, break_long_words=False, break_on_hyphens=False)
    return "\n".join(lines).replace(_UNBROKEN, " ")
