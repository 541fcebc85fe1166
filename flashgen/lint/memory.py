"""What is known of cards from earlier runs, so that a card that is as it was is not judged anew.

Where a finding stands is none of it: a rule that found something in a card looks at it again in every run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import DecodeError, Struct
from msgspec.json import Decoder, encode

from flashgen.cache import Cache, digest_of
from flashgen.lint.card import Card
from flashgen.lint.check import Deck
from flashgen.model import Note


class _Known(Struct, array_like=True, frozen=True):
    """What is kept of a card: the rules that find something in it, and what it is compared by, where a rule asked."""

    found: frozenset[str]
    asks: str | None
    readings: tuple[str, ...] | None


_FILE = Decoder(list[_Known])


class Memory:
    """What is known of a deck's cards, a fact file at a time, under the hash of all that a judgement hangs on.

    `about` tells the rules that run, and their settings. The cards learn here what is known of them.
    """

    def __init__(self, cache: Cache, deck: Deck, about: str) -> None:
        self._cache = cache
        self._unknown: list[tuple[str, Sequence[Card]]] = []
        if cache.folder is not None:
            about = f"{deck.edition.language} {deck.language} {about}"
            written = _Written()
            for cards in _by_path(deck.cards):
                self._recall(digest_of(about, *written.of(cards)), cards)

    def _recall(self, key: str, cards: Sequence[Card]) -> None:
        known = _read(self._cache.get("judged", key))
        if len(known) != len(cards):
            self._unknown.append((key, cards))
            return
        for card, one in zip(cards, known, strict=True):
            card.recall(one.found, one.asks, one.readings)

    def keep(self) -> None:
        """Keep what was found of cards of which nothing was known."""
        for key, cards in self._unknown:
            known = [_Known(card.found, *card.compared_by) for card in cards]
            self._cache.put(encode(known), "judged", key)


class _Written:
    """What cards are made of, as bytes: all that a rule can see of them, but for where it stands."""

    def __init__(self) -> None:
        self._types: dict[tuple[int, str], str] = {}

    def of(self, cards: Sequence[Card]) -> Iterator[str | bytes]:
        """Yield what stands for the cards of one fact file."""
        yield encode([(name, value) for name, value in cards[0].fact.shared.items() if name != "facts"])
        for note in {id(card.note): card.note for card in cards}.values():
            yield self._type(note)
            yield encode((note.fields, note.tags, note.deck, note.ords, note.part, note.fact.id, note.fact.data))

    def _type(self, note: Note) -> str:
        """Return what stands for its kind and its note type."""
        kind, of = note.fact.kind, note.note_type
        key = of.id, kind.name
        if key not in self._types:
            shown = encode((of.name, of.kind, of.family, of.fields, of.templates))
            self._types[key] = digest_of(shown, encode(kind, enc_hook=str))
        return self._types[key]


def _read(data: bytes | None) -> list[_Known]:
    try:
        return _FILE.decode(data) if data is not None else []
    except DecodeError:
        # What has another shape was never kept by this code, whatever its seal says.
        return []


def _by_path(cards: Iterable[Card]) -> Iterable[Sequence[Card]]:
    found: dict[str, list[Card]] = {}
    for card in cards:
        found.setdefault(card.fact.path, []).append(card)
    return found.values()
