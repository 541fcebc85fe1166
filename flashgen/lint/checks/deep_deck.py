"""FG705: decks within decks within decks."""

from __future__ import annotations

from collections.abc import Iterator

from flashgen import rules
from flashgen.lint.check import Deck, DeckCheck, Found, Limits


def _judge(deck: Deck, limits: Limits) -> Iterator[Found]:
    seen: set[str] = set()
    for card in deck.cards:
        name = card.note.deck
        levels = name.count("::") + 1
        if name not in seen and levels > limits.count("levels"):
            message = f"`{card.fact.id}` lies {levels} decks deep, in `{name}`"
            hint = "let decks be broad, and use tags for the rest"
            yield Found(card.property_at("deck") or card.fact_at, message, hint, card.fact)
        seen.add(name)


CHECK = DeckCheck(rules.DEEP_DECK, _judge, limits={"levels": 3})
