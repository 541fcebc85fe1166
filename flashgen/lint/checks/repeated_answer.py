"""FG325: one answer to so many cards of a kind that guessing it pays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from flashgen import rules
from flashgen.lint.card import Card
from flashgen.lint.check import Deck, DeckCheck, Found, Limits


def _judge(deck: Deck, limits: Limits) -> Iterator[Found]:
    answers: dict[tuple[str, int], dict[str, list[Card]]] = defaultdict(lambda: defaultdict(list))
    for card in deck.cards:
        if card.answer:
            ord_ = 0 if card.is_gap else card.ord
            answers[card.note.note_type.kind, ord_][card.answer.casefold()].append(card)
    for of_template in answers.values():
        total = sum(map(len, of_template.values()))
        cards = max(of_template.values(), key=len)
        if total >= limits.count("cards") and len(cards) > limits.share("share") * total:
            first = cards[0]
            message = f"{len(cards)} of {total} such cards have the answer “{first.answer}”, that of `{first.name}` too"
            yield Found(first.answer_at, message, "ask otherwise, so that guessing does not pay", first.fact)


CHECK = DeckCheck(rules.REPEATED_ANSWER, _judge, limits={"share": 0.4, "cards": 10})
