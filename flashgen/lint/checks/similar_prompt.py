"""FG307: two prompts that ask the same in other words, and want different answers.

Each prompt is brought into one form for all ways of asking the same, so one look in a dictionary finds its like. How
many letters two prompts share tells nothing: “the capital of France” and “the capital of Spain” are no danger to each
other.
"""

from __future__ import annotations

from collections.abc import Iterator

from flashgen import rules
from flashgen.diagnostics import Related
from flashgen.lint.card import Card
from flashgen.lint.check import Deck, DeckCheck, Found, Limits
from flashgen.model import Fact


def _judge(deck: Deck, _: Limits) -> Iterator[Found]:
    first: dict[str, Card] = {}
    for card in deck.cards:
        others = (first[reading] for reading in card.readings if reading in first)
        other = next((other for other in others if _are_confused(card, other)), None)
        for reading in card.readings:
            first.setdefault(reading, card)
        if other is not None:
            message = f"`{card.name}` asks what `{other.name}` asks, in other words, and wants another answer"
            hint = "say in one what tells them apart, or name each under `confused_with` of the other"
            yield Found(card.prompt_at, message, hint, card.fact, (Related("the other one", other.prompt_at),))


def _are_confused(card: Card, other: Card) -> bool:
    return (
        card.fact is not other.fact
        and card.asked != other.asked
        and card.answer.casefold() != other.answer.casefold()
        and not _is_named(card.fact, other.fact)
        and not _is_named(other.fact, card.fact)
    )


def _is_named(fact: Fact, other: Fact) -> bool:
    return other.id in fact.data.get("confused_with", ())


CHECK = DeckCheck(rules.SIMILAR_PROMPT, _judge, languages=frozenset({"en", "ko"}))
