"""FG301: an answer that holds more than one can recall as a whole."""

from __future__ import annotations

from collections.abc import Iterator

from flashgen import rules
from flashgen.lint.card import Card
from flashgen.lint.check import CardCheck, Found, Limits
from flashgen.lint.size import size, unit


def _judge(card: Card, limits: Limits) -> Iterator[Found]:
    # What a gap hides has a limit of its own.
    if card.is_gap:
        return
    name = unit(card.language)
    found, most = size(card.answer_html, card.language), limits.count(name)
    if found > most:
        message = f"the answer has {found} {name}; more than {most} are too much to recall as a whole"
        hint = "keep the one thing that is asked, and put the rest in `why` or in facts of its own"
        yield Found(card.answer_at, message, hint)


CHECK = CardCheck(rules.LONG_ANSWER, _judge, limits={"words": 18, "syllables": 40}, languages=frozenset({"en", "ko"}))
