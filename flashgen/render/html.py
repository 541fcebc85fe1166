"""What all that writes HTML for fields shares."""

from __future__ import annotations

import re

from msgspec import Struct

from flashgen.diagnostics import Rule, Severity

_TAG = re.compile(r"<[^>]*>")
_IMAGE = re.compile(r'<img src="([^"]*)"[^>]*>')
_VOID = ("br", "hr", "img", "wbr")
# What Anki would play, speak or set as a picture, wherever it stands in a field.
_ACTS = re.compile(r"\[(?=sound:|anki:|latex\]|\$\$?\])", re.IGNORECASE)
_EDGES = {"}": "&#125;", ":": "&#58;"}

Problem = tuple[Rule, str, str]


class Html(Struct, frozen=True):
    """The HTML of a text, and what is wrong with the text: rule, message and hint of each problem."""

    html: str
    problems: tuple[Problem, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether no problem is an error."""
        return not any(rule.severity is Severity.ERROR for rule, _, _ in self.problems)


def escape(text: str) -> str:
    """Return text as HTML, quotes left alone: fields hold it between tags, never inside them."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def quote(text: str) -> str:
    """Return text as the value of an attribute."""
    return escape(text).replace('"', "&quot;")


def link(url: str, text: str) -> str:
    """Return a link to the web."""
    return f'<a href="{quote(url)}">{escape(text)}</a>'


def apart(html: str) -> str:
    """Return HTML that holds none of a cloze's marks, nor at its end what would join the next."""
    html = html.replace("}}", "}&#125;").replace("::", ":&#58;")
    return html[:-1] + _EDGES.get(html[-1:], html[-1:])


def without_gaps(html: str) -> str:
    """Return HTML in which Anki finds no cloze: it looks for them in every field (anki-contract.md, 5)."""
    return html.replace("{{c", "{&#123;c") if "{{c" in html else html


def inert(html: str) -> str:
    """Return HTML in which Anki finds no sound, no speech and no LaTeX: what the author wrote is text."""
    return _ACTS.sub("&#91;", html) if "[" in html else html


def strip_tags(html: str) -> str:
    """Return what is left of HTML without its tags, pictures by name, on one line, as Anki compares first fields."""
    return " ".join((_TAG.sub("", _IMAGE.sub(r" \1 ", html)) if "<" in html else html).split())


def balanced(html: str) -> bool:
    """Whether every tag is closed, in the reverse order."""
    stack: list[str] = []
    for closing, name in re.findall(r"<(/?)([a-z0-9]+)[^>]*?>", html):
        if name in _VOID:
            continue
        if not closing:
            stack.append(name)
        elif not stack or stack.pop() != name:
            return False
    return not stack
