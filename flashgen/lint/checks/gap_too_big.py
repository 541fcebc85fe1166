"""FG320: a gap that hides so much that nothing says which words are wanted."""

from __future__ import annotations

from collections.abc import Iterator

from flashgen import rules
from flashgen.lint.card import Card
from flashgen.lint.check import CardCheck, Found, Limits
from flashgen.lint.gaps import Gap, gaps_of
from flashgen.lint.prose import prose
from flashgen.lint.words import words
from flashgen.pattern import pattern

# What stands behind a term that says what is wanted: its meaning, its formula, its name.
_LABEL = pattern(r"(?:[:=→≈—–-]|\b(?:is|are|means|stands for|called|named|titled))\s*$")
# How many words more such a meaning may take.
_LABELLED_MORE = 4
# A gap with as many words is a clause where hardly more than one word is left beside it.
_CLAUSE = 4
_LEFT = {"en": 2, "ko": 1}
_SHORT = 3


def too_big(gap: Gap, language: str, limit: int, *, has_context: bool) -> bool:
    """Return whether a gap hides more than one piece; `limit` is in words."""
    if gap.is_code or gap.is_quoted:
        return False
    hidden = words(prose(gap.html))
    if len(hidden) < _CLAUSE or _is_name(hidden):
        return False
    label = _LABEL.search(gap.before) is not None
    if len(hidden) > limit + _LABELLED_MORE * label:
        return True
    left = len(words(prose(gap.html_before))) + len(words(prose(gap.html_after)))
    return left <= _LEFT[language] and not label and not (has_context and left == 0)


def _is_name(hidden: list[str]) -> bool:
    """Whether all words of some length are capitalised, as in a title; no Korean word is."""
    long = [word for word in hidden if len(word) > _SHORT]
    return bool(long) and all(word[0].isupper() for word in long)


def _judge(card: Card, limits: Limits) -> Iterator[Found]:
    # The items of a list or a sequence are hidden as a whole on purpose, and have rules of their own.
    if not card.is_first or not card.is_gap or card.kind.gaps:
        return
    limit = limits.count("korean" if card.language == "ko" else "words")
    for name in card.shape.gapped:
        for gap in gaps_of(card.fields[name]):
            if too_big(gap, card.language, limit, has_context=bool(card.context)):
                message = (
                    f"gap {gap.number} of `{card.name}` hides a whole clause, and nothing says which words are wanted"
                )
                hint = "hide only the words that matter, or ask for them with a question"
                yield Found(card.field_at((name,)), message, hint)


CHECK = CardCheck(rules.GAP_TOO_BIG, _judge, limits={"words": 8, "korean": 6}, languages=frozenset({"en", "ko"}))
