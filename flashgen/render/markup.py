"""Text as authors write it → the HTML of a field.

Text without markup, and a line with little of it, are done here; the rest is `parsed`.
"""

from __future__ import annotations

import re

from flashgen.model import MAX_GAP
from flashgen.render.html import Html, Problem, apart, escape, inert, strip_tags, without_gaps

__all__ = [
    "MARKUP_VERSION",
    "MAX_GAP",
    "Html",
    "Problem",
    "cloze_html",
    "escape",
    "gap_html",
    "markdown_html",
    "plain_html",
    "strip_tags",
]

# Raised on purpose when the HTML that we make of a text changes so much that learners should get it anew.
MARKUP_VERSION = 1

# What can start markup inside a line, and what can start a block. Text with neither never meets the Markdown parser.
_BLOCK = r"[-+#>|=~]|\d{1,9}[.)](?:\s|\Z)"
# Two expressions, since one for both would take three times as long.
_INLINE, _BEGINNING = re.compile(r"[\\`*_\[<&\n\r]"), re.compile(_BLOCK)
# One line whose only markup is `**strong**`, `*emphasis*`, code, links to the web and pictures, none inside another,
# each with a letter or digit at both its edges (code: no space). There CommonMark leaves no choice, and a substitution
# does what the parser would; a test holds the two in agreement.
_WORDS = r"[^\W_](?:[^\\`*_\[\]<>&\n\r]*[^\W_])?"
_CODE = r"[^`\s\\<>&\"](?:[^`\n\r\\<>&\"]*[^`\s\\<>&\"])?"
_WEB = r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/[A-Za-z0-9/._~=#?-]*)?"
_SHOWN = r"[^\W_](?:[^\\`*_\[\]<>&\"\n\r]*[^\W_])?"
_FILE = r"[A-Za-z0-9](?:[A-Za-z0-9/._-]*[A-Za-z0-9])?"
_SPAN = rf"\*\*({_WORDS})\*\*|\*({_WORDS})\*|`({_CODE})`|(?<!!)\[({_WORDS})\]\(({_WEB})\)|!\[({_SHOWN})\]\(({_FILE})\)"
_SPANS = re.compile(_SPAN)
_NO_MARK = r"(?:[^\\`*_\[<&\n\r!]++|!(?!\[))++"
_PLAIN_LINE = re.compile(rf"(?!{_BLOCK})(?:(?:{_SPAN})?{_NO_MARK})*+(?:{_SPAN})?")
# By the number of a span's last group, whose text comes first; that of the group before it comes second.
_SPAN_HTML = (
    "",
    "<strong>{}</strong>",
    "<em>{}</em>",
    "<code>{}</code>",
    "",
    '<a href="{}">{}</a>',
    "",
    '<img src="{}" alt="{}" />',
)


def plain_html(text: str) -> Html:
    """Return the HTML of text without markup. Its line breaks stay."""
    html = escape(text.strip())
    return Html(inert(without_gaps(html.replace("\n", "<br>") if "\n" in html else html)))


def markdown_html(text: str) -> Html:
    """Return the HTML of Markdown. A single paragraph comes without its `<p>`."""
    text = text.strip()
    if not _has_markup(text):
        return Html(without_gaps(text.replace(">", "&gt;")))
    if (made := _marked_html(text)) is not None:
        return Html(inert(without_gaps(made)))
    from flashgen.render import parsed  # noqa: PLC0415 - many a deck has no such text

    return parsed.markdown(text)


def _has_markup(text: str) -> bool:
    return _INLINE.search(text) is not None or _BEGINNING.match(text) is not None


def quick_html(text: str) -> str | None:
    """Return the HTML of Markdown as the parser would make it, or None where there is more in it than is done here."""
    return _marked_html(text) if _has_markup(text) else text.replace(">", "&gt;")


def _marked_html(text: str) -> str | None:
    if _PLAIN_LINE.fullmatch(text):
        return _line_html(text)
    return _blocks_html(text) if "\n" in text else None


def _line_html(line: str) -> str:
    return _SPANS.sub(_span_html, line.replace(">", "&gt;"))


def _blocks_html(text: str) -> str | None:
    """Return the HTML of paragraphs of plain lines, with at most a list after each, or None for other texts."""
    html: list[str] = []
    listed = False
    blocks = text.split("\n\n")
    for block in blocks:
        lines = block.split("\n")
        first = next((at for at, line in enumerate(lines) if line.startswith("- ")), len(lines))
        above = [_whole_line_html(line) for line in lines[:first]]
        # Below a line, one that starts with a colon may be that of a table; and an item goes on in the line below it.
        if None in above or any(line.startswith(":") for line in lines[1:first]):
            return None
        if above:
            html.append("<p>" + "\n".join(filter(None, above)) + "</p>")
        elif listed:
            # Items with an empty line between them become paragraphs, each of them.
            return None
        items = [_whole_line_html(line[2:]) if line.startswith("- ") else None for line in lines[first:]]
        listed = bool(items)
        if None in items:
            return None
        if items:
            html += ["<ul>", *(f"<li>{item}</li>" for item in items), "</ul>"]
    return html[0].removeprefix("<p>").removesuffix("</p>") if len(html) == 1 else "\n".join(html)


def _whole_line_html(line: str) -> str | None:
    return _line_html(line) if line and line == line.strip() and _PLAIN_LINE.fullmatch(line) else None


def _span_html(match: re.Match[str]) -> str:
    which = match.lastindex or 0
    return _SPAN_HTML[which].format(match[which], match[which - 1])


def cloze_html(text: str) -> Html:
    """Return the HTML of Markdown with Anki's clozes in it."""
    from flashgen.render import parsed  # noqa: PLC0415 - many a deck has no such text

    return parsed.cloze(text)


def gap_html(number: int, inner: str, hint: str = "") -> str:
    """Return a cloze of HTML that was made before, kept from closing early or showing half of it as a hint."""
    inner, hint = apart(inner), apart(hint)
    return f"{{{{c{number}::{inner}::{hint}}}}}" if hint else f"{{{{c{number}::{inner}}}}}"
