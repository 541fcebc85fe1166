"""Two texts → what changed between them, word by word."""

from __future__ import annotations

import difflib
import html
import re
from collections.abc import Iterator

# A stretch of text: kept (" "), taken out ("-") or put in ("+").
Piece = tuple[str, str]

_WORD = re.compile(r"\S+\s*|\s+")
_BREAK = re.compile(r"</?(?:br|p|div|li|tr|td|th|hr|h[1-6])\b[^>]*>", re.IGNORECASE)
_PICTURE = re.compile(r"<(?:img|source|object)\b[^>]*?\b(?:src|data)\s*=\s*[\"']?([^\"'\s>]+)[^>]*>", re.IGNORECASE)
_MASK = re.compile(r"\{\{c(\d+)::image-occlusion:[^{}]*\}\}")
_SOUND = re.compile(r"\[sound:([^\]]+)\]")
_UNSEEN = re.compile(r"<!--.*?-->|<(style|script)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
# Finding the best way from one text to the other takes the square of their words.
_MOST_WORDS = 2000
_MOST_CHARACTERS = 2000


def readable(field: str) -> str:
    """Return what a reader sees of HTML, on one line: its gaps as they are, its files by name, no other markup."""
    text = _PICTURE.sub(r" [\1] ", _UNSEEN.sub(" ", _MASK.sub(r" [mask-\1] ", field)))
    text = _SOUND.sub(r" [\1] ", text)
    return " ".join(html.unescape(_TAG.sub("", _BREAK.sub(" ", text))).split())


def word_diff(old: str, new: str) -> tuple[Piece, ...]:
    """Return the pieces that lead from one text to the other; words count as one whatever space is behind them."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    one, other = [word.strip() for word in before], [word.strip() for word in after]
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    end = 0
    while end < min(len(one), len(other)) - start and one[-1 - end] == other[-1 - end]:
        end += 1
    pieces = [(" ", "".join(after[:start]))] if start else []
    pieces += _middle(before[start : len(before) - end], after[start : len(after) - end])
    if end:
        pieces.append((" ", "".join(after[len(after) - end :])))
    return tuple(pieces)


def _middle(before: list[str], after: list[str]) -> Iterator[Piece]:
    if len(before) > _MOST_WORDS or len(after) > _MOST_WORDS:
        codes = [("replace", 0, len(before), 0, len(after))]
    else:
        words = [word.strip() for word in before], [word.strip() for word in after]
        codes = list(difflib.SequenceMatcher(None, *words, autojunk=False).get_opcodes())
    for what, i, j, k, m in codes:
        if what == "equal":
            yield " ", "".join(after[k:m])
            continue
        if i < j:
            yield "-", "".join(before[i:j])
        if k < m:
            yield "+", "".join(after[k:m])


def likeness(one: str, other: str, least: float = 0.0) -> float:
    """Return how alike two texts are, from 0 to 1; below `least` it may be less than the truth."""
    # The order of the two would move the result a little.
    first, second = sorted((one[:_MOST_CHARACTERS], other[:_MOST_CHARACTERS]))
    matcher = difflib.SequenceMatcher(None, first, second, autojunk=False)
    if matcher.real_quick_ratio() < least or matcher.quick_ratio() < least:
        return 0.0
    return matcher.ratio()
