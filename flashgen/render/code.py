"""Blocks of code → HTML, in which Pygments' classes say what each word is. The theme gives them their colours.

Gaps may stand anywhere in code. Pygments sees the code without their marks; a word that a mark cuts becomes two.
"""

from __future__ import annotations

import html
from collections.abc import Iterator

from flashgen import rules
from flashgen.diagnostics import did_you_mean
from flashgen.render.html import escape
from flashgen.render.scan import STAND_IN, Scan

# What authors call code that is none.
_NONE = ("", "none", "plain", "plaintext", "text", "txt")


def block_html(content: str, language: str, scan: Scan) -> str:
    """Return the HTML of a block of code in which stand-ins may wait. A language that is not known is a problem."""
    code, marks = _cut(content.removesuffix("\n"), scan)
    words = None
    if language.lower() not in _NONE:
        words = _words(code, language.lower())
        if words is None:
            _say_unknown(language, scan)
    opening = "<code>" if words is None else '<code class="fg-hl">'
    written = "".join(_with_marks([("", code)] if words is None else words, marks))
    return f'<div class="fg-code"><pre>{opening}{written}</code></pre></div>\n'


def _cut(content: str, scan: Scan) -> tuple[str, list[tuple[int, str]]]:
    """Return the code alone, and what stands in it that is none, with its place: marks of gaps, and their hints."""
    roles = dict(scan.marks)
    code: list[str] = []
    marks: list[tuple[int, str]] = []
    length = at = 0
    # One entry a gap that is open: whether its hint has begun.
    hints: list[bool] = []

    def add(text: str) -> None:
        nonlocal length
        if any(hints):
            marks.append((length, escape(text)))
        else:
            code.append(text)
            length += len(text)

    for match in STAND_IN.finditer(content):
        add(content[at : match.start()])
        at = match.end()
        character = match.group()
        role, kept = roles.get(character), scan.stands_for(character)
        if role is None and "{{c" not in kept:
            # What only looked like mathematics or the end of a gap is code like the rest.
            add(html.unescape(kept))
            continue
        marks.append((length, character))
        if role == "open":
            hints.append(False)
        elif hints and role == "hint":
            hints[-1] = True
        elif hints and role == "close":
            hints.pop()
    add(content[at:])
    return "".join(code), marks


def _with_marks(words: list[tuple[str, str]], marks: list[tuple[int, str]]) -> Iterator[str]:
    """Yield the words as HTML, with the marks between them or inside of them, never inside of a tag's span."""
    waiting = iter(marks)
    place, mark = next(waiting, (-1, ""))
    at = 0
    for kind, text in words:
        start, end = 0, len(text)
        while mark and place <= at + end:
            yield _word(kind, text[start : place - at])
            start = place - at
            yield mark
            place, mark = next(waiting, (-1, ""))
        yield _word(kind, text[start:])
        at += end
    while mark:
        yield mark
        place, mark = next(waiting, (-1, ""))


def _word(kind: str, text: str) -> str:
    return f'<span class="{kind}">{escape(text)}</span>' if kind and text else escape(text)


def _words(code: str, language: str) -> list[tuple[str, str]] | None:
    """Return the code's words, each with its class, or None where Pygments does not know the language."""
    from pygments.lexers import get_lexer_by_name  # noqa: PLC0415 - imported only where it is needed
    from pygments.token import STANDARD_TYPES, Error, Text  # noqa: PLC0415
    from pygments.util import ClassNotFound  # noqa: PLC0415

    try:
        lexer = get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return None
    words: list[tuple[str, str]] = []
    for token, text in lexer.get_tokens(code):
        while token not in STANDARD_TYPES:
            token = token.parent  # noqa: PLW2901 - a type of its own counts as the one above it
        # A part of a program is no error, and space has no colour.
        kind = "" if token in Text or token is Error else STANDARD_TYPES[token]
        if words and words[-1][0] == kind:
            words[-1] = (kind, words[-1][1] + text)
        else:
            words.append((kind, text))
    # It sees to it that code ends its last line.
    if words and not code.endswith("\n"):
        words[-1] = (words[-1][0], words[-1][1].removesuffix("\n"))
    return words if "".join(text for _, text in words) == code else [("", code)]


def _say_unknown(language: str, scan: Scan) -> None:
    from pygments.lexers import get_all_lexers  # noqa: PLC0415

    known = [alias for _, aliases, _, _ in get_all_lexers() for alias in aliases]
    message = f"`{language}` is no language that can be highlighted"
    hint = did_you_mean(language.lower(), known) or "name a language that Pygments knows, or none"
    scan.say(rules.UNKNOWN_CODE_LANGUAGE, message, hint)
