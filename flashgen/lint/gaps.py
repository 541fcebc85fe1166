"""The gaps of a field, each with what stands around it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

from flashgen.pattern import pattern
from flashgen.render.plain import fill_gaps, plain_text

# No card that can be learned has as many.
MOST_GAPS = 100
_MARK = pattern(r"\{\{c(\d+)::|\}\}")
_HINT = pattern(r"::(?:(?!\}\}).)*$", re.DOTALL)
_QUOTES: Mapping[str, str] = {"“": "”", "‘": "’", "「": "」", "『": "』", "《": "》", "〈": "〉", "«": "»"}


class Gap(Struct, frozen=True):
    """A gap: its number, what it hides as HTML, its hint or "", and the HTML before and after it, with gaps filled."""

    number: int
    html: str
    hint: str
    html_before: str
    html_after: str

    @property
    def answer(self) -> str:
        """What it hides, as text."""
        return plain_text(self.html)

    @property
    def before(self) -> str:
        """The text before it; a blank at its end is kept, since it parts two words."""
        return plain_text(self.html_before) + " " * self.html_before[-1:].isspace()

    @property
    def after(self) -> str:
        """The text after it; a blank at its start is kept."""
        return " " * self.html_after[:1].isspace() + plain_text(self.html_after)

    @property
    def is_code(self) -> bool:
        """Whether it is code, or a part of code."""
        return self.html_before.rfind("<code") > self.html_before.rfind("</code") or self.html.startswith("<code")

    @property
    def is_quoted(self) -> bool:
        """Whether it stands in a quotation, or is one."""
        before = self.before
        if (before + self.answer[:1]).count('"') % 2 or re.search(r"(?:^|[^\w])'$", before):
            return True
        return any(before.count(start) > before.count(end) for start, end in _QUOTES.items())


def gaps_of(field: str) -> list[Gap]:
    """Return the gaps of a field's HTML, in the order in which they close; one that never closes is left out.

    Of more than `MOST_GAPS` the first are returned: each is told with all that stands around it.
    """
    found: list[Gap] = []
    open_: list[tuple[int, int, int]] = []
    for mark in _MARK.finditer(field):
        if mark[1]:
            open_.append((int(mark[1]), mark.start(), mark.end()))
        elif open_:
            number, start, inner = open_.pop()
            inside = fill_gaps(field[inner : mark.start()])
            hint = _HINT.search(inside)
            shown = inside[: hint.start()] if hint else inside
            before, after = _shut(field[:start]), fill_gaps(field[mark.end() :])
            found.append(Gap(number, shown, hint[0][2:] if hint else "", before, after.replace("}}", "")))
            if len(found) == MOST_GAPS:
                break
    return found


def _shut(before: str) -> str:
    """Return what stands before a gap, with the gaps filled in that are still open there."""
    return re.sub(r"\{\{c\d+::", "", fill_gaps(before))
