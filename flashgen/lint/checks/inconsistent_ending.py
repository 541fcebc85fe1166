"""FG326: answers of a kind of which some end in a full stop, and most do not, or the other way round."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import chain

from flashgen import rules
from flashgen.lint.card import Card
from flashgen.lint.check import Deck, DeckCheck, Found, Limits
from flashgen.lint.prose import SHOWN
from flashgen.lint.words import words
from flashgen.pattern import pattern

# A word or two, and a text of several sentences, end as they must; and so does a command such as `docker build .`.
_FEWEST_WORDS = 3
_FEWEST_TEXTS = 8
_INNER_END = pattern(r"[.!?…:;]\s")
_OTHER_END = pattern(r"(?:\b(?:etc|e\.g|i\.e|cf|approx|ca|Jr|Sr|Inc|Ltd)\.|\b[A-Z]\.|[!?…:;]|\s\.)$")


def is_stopped(text: str) -> bool | None:
    """Return whether a phrase or a sentence ends in a full stop, or None where its ending is no choice."""
    if len(words(text)) < _FEWEST_WORDS or _INNER_END.search(text) or _OTHER_END.search(text) or text.endswith(SHOWN):
        return None
    return text.rstrip("\"'”’)").endswith((".", "。"))


def _judge(deck: Deck, limits: Limits) -> Iterator[Found]:
    groups: dict[tuple[str, int], dict[bool, list[Card]]] = defaultdict(lambda: {True: [], False: []})
    for card in deck.cards:
        stopped = None if card.is_gap else is_stopped(card.answering)
        if stopped is not None:
            groups[card.note.note_type.kind, card.ord][stopped].append(card)
    yield from chain.from_iterable(_odd_ones(group, limits.share("share")) for group in groups.values())


def _odd_ones(group: dict[bool, list[Card]], share: float) -> Iterator[Found]:
    stopped, bare = len(group[True]), len(group[False])
    count, odd = stopped + bare, stopped < bare
    cards = group[odd]
    if count < _FEWEST_TEXTS or not cards or len(cards) > share * count:
        return
    how, cure = ("with a full stop", "leave it out") if odd else ("without a full stop", "add one")
    for card in cards:
        message = f"the answer of `{card.name}` ends {how}, unlike {count - len(cards)} of {count} of its kind"
        yield Found(card.answer_at, message, f"{cure}, so that all answers of the kind read alike", card.fact)


CHECK = DeckCheck(rules.INCONSISTENT_ENDING, _judge, limits={"share": 0.3})
