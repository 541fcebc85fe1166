"""Two texts → what changed between them, word by word."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

# A word with the space behind it, so that joining the pieces gives the text again.
_WORD = re.compile(r"\s*\S+\s*|\s+")
# A stretch of text: kept (" "), taken out ("-") or put in ("+").
Piece = tuple[str, str]


def word_diff(old: str, new: str) -> tuple[Piece, ...]:
    """Return the pieces that lead from one text to the other."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    return tuple(_pieces(before, after))


def _pieces(before: list[str], after: list[str]) -> Iterator[Piece]:
    for what, i, j, k, m in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            yield " ", "".join(before[i:j])
            continue
        if i < j:
            yield "-", "".join(before[i:j])
        if k < m:
            yield "+", "".join(after[k:m])


def likeness(one: str, other: str) -> float:
    """Return how alike two texts are, from 0 to 1."""
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()
