"""FG306: two cards that ask the same and want different answers."""

from __future__ import annotations

from collections.abc import Iterator

from flashgen import rules
from flashgen.diagnostics import Related
from flashgen.lint.card import Card
from flashgen.lint.check import Deck, DeckCheck, Found, Limits


def _judge(deck: Deck, _: Limits) -> Iterator[Found]:
    first: dict[str, Card] = {}
    for card in deck.cards:
        key = card.asks
        other = first.setdefault(key, card)
        if other is card or not card.prompt or not card.answer or not other.answer:
            continue
        if card.answer.casefold() != other.answer.casefold():
            message = f"`{card.name}` asks the same as `{other.name}`, and wants another answer"
            hint = "say in the prompt, or in its `context`, what tells them apart"
            related = (Related("the other one", other.prompt_at),)
            yield Found(card.prompt_at, message, hint, card.fact, related)


CHECK = DeckCheck(rules.SAME_PROMPT, _judge)
