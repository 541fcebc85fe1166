"""FG302: a prompt that takes long to read at every review."""

from __future__ import annotations

from collections.abc import Iterator

from flashgen import rules
from flashgen.lint.card import Card
from flashgen.lint.check import CardCheck, Found, Limits
from flashgen.lint.size import size, unit


def _judge(card: Card, limits: Limits) -> Iterator[Found]:
    # The rows of a list or a comparison are looked at, not read through.
    if card.is_gap and (card.kind.gaps or not card.is_first):
        return
    name = unit(card.language)
    found, most = size(card.prompt_html, card.language), limits.count(name)
    if found > most:
        what = "text" if card.is_gap else "prompt"
        message = f"the {what} has {found} {name}; more than {most} take long to read at every review"
        yield Found(card.prompt_at, message, "leave out what the answer does not hang on, or say it in `context`")


CHECK = CardCheck(rules.LONG_PROMPT, _judge, limits={"words": 30, "syllables": 60}, languages=frozenset({"en", "ko"}))
