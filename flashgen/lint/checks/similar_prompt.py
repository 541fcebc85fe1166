"""FG307: two prompts that ask the same in other words, and want different answers.

Each prompt is brought into one form for all ways of asking the same, so one look in a dictionary finds its like. How
many letters two prompts share tells nothing: “the capital of France” and “the capital of Spain” are no danger to each
other.
"""

from __future__ import annotations

from collections.abc import Iterator

from flashgen import rules
from flashgen.diagnostics import Related
from flashgen.lint import english_question, korean_question
from flashgen.lint.card import Card
from flashgen.lint.check import Deck, DeckCheck, Found, Limits
from flashgen.model import Fact
from flashgen.render.plain import plain_text

# What a prompt asks, and what stands beside it on the front: context, pictures and sounds.
_Key = tuple[tuple[str, ...], tuple[str, ...]]


def _judge(deck: Deck, _: Limits) -> Iterator[Found]:
    first: dict[_Key, Card] = {}
    for card in deck.cards:
        keys = _keys(card, deck.language) if card.answer else []
        others = (first[key] for key in keys if key in first)
        other = next((other for other in others if _are_confused(card, other)), None)
        for key in keys:
            first.setdefault(key, card)
        if other is not None:
            message = f"`{card.name}` asks what `{other.name}` asks, in other words, and wants another answer"
            hint = "say in one what tells them apart, or name each under `confused_with` of the other"
            yield Found(card.prompt_at, message, hint, card.fact, (Related("the other one", other.prompt_at),))


def _keys(card: Card, language: str) -> list[_Key]:
    """Return what a prompt is known by: what it asks, in each reading that it has."""
    if language == "ko":
        readings = korean_question.plain_questions(card.prompt)
    else:
        html = english_question.noun_first(card.prompt_html)
        readings = (english_question.plain_question(card.prompt if html is card.prompt_html else plain_text(html)),)
    return [(asked, card.asked[1:]) for asked in readings if asked]


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
