"""What was taken over from a deck made elsewhere: its guids, and what Anki knows its note types by."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from flashgen.errors import LockError
from flashgen.model import CardTemplate, Edition, Field, Note, NoteType

_Plain = TypeVar("_Plain", int, str)


@dataclass(frozen=True, slots=True)
class AdoptedType:
    """What a note type takes over: its id, its fields' ids, its cards' ids and names, by the ids that would be ours.

    `id` is the old note type's where the shapes agree, else our own. A card's id is None where the old one had none.
    """

    id: int
    kind: str
    language: str
    fields: Mapping[int, int]
    cards: Mapping[int, tuple[int | None, str]]


@dataclass(slots=True)
class Adopted:
    """All that a deck took over: guids by language and `kind/fact/part`, note types by the ids that would be ours."""

    guids: dict[tuple[str, str], str] = field(default_factory=dict)
    types: dict[int, AdoptedType] = field(default_factory=dict)

    def lines(self) -> Iterator[str]:
        """Yield the lines that a lock keeps of it."""
        # In ASCII: a guid from elsewhere may hold anything, line breaks of Unicode among it.
        for (language, fact), guid in sorted(self.guids.items()):
            yield _line({"adopted": fact, "language": language, "guid": guid})
        for own, entry in sorted(self.types.items()):
            names = {"adopted-type": own, "id": entry.id, "kind": entry.kind, "language": entry.language}
            cards = [[id_, *card] for id_, card in sorted(entry.cards.items())]
            yield _line({**names, "fields": sorted(map(list, entry.fields.items())), "cards": cards})

    def take(self, entry: Mapping[str, Any]) -> None:
        """Take in one of those lines. Raises LockError where another contradicts it, or ValueError or the like."""
        if "adopted" in entry:
            fact = _checked(entry["adopted"], str)
            guid = _checked(entry["guid"], str)
            if self.guids.setdefault((_checked(entry["language"], str), fact), guid) != guid:
                raise LockError(f"`{fact}` was taken over from two notes", _CURE)
            return
        known = AdoptedType(
            id=_checked(entry["id"], int),
            kind=_checked(entry["kind"], str),
            language=_checked(entry["language"], str),
            fields={_checked(own, int): _checked(old, int) for own, old in entry["fields"]},
            cards={
                _checked(own, int): (None if old is None else _checked(old, int), _checked(name, str))
                for own, old, name in entry["cards"]
            },
        )
        if self.types.setdefault(_checked(entry["adopted-type"], int), known) != known:
            raise LockError(f"the note type of `{known.kind}` was taken over from two", _CURE)


_CURE = "two branches adopted different decks: keep the `adopted` lines of one"


def _line(entry: Mapping[str, object]) -> str:
    return json.dumps(entry, separators=(",", ":"))


def _checked(value: object, wanted: type[_Plain]) -> _Plain:
    if not isinstance(value, wanted) or isinstance(value, bool):
        raise TypeError
    return value


def key_of(note: Note) -> str:
    """Return `kind/fact`, or `kind/fact/part`, by the first ids they ever had."""
    fact = f"{note.note_type.kind}/{note.fact.origin}"
    return f"{fact}/{note.part}" if note.part else fact


def take_over(edition: Edition, adopted: Adopted) -> Edition:
    """Return an edition whose notes and note types carry what was adopted for them."""
    if not adopted.guids and not adopted.types:
        return edition
    known: dict[int, NoteType] = {}
    notes: list[Note] = []
    for note in edition.notes:
        own = note.note_type
        if own.id not in known:
            known[own.id] = take_over_type(own, adopted.types.get(own.id))
        guid = adopted.guids.get((edition.language, key_of(note)), note.guid)
        notes.append(replace(note, guid=guid, note_type=known[own.id]))
    return replace(edition, notes=tuple(notes))


def take_over_type(own: NoteType, adopted: AdoptedType | None) -> NoteType:
    """Return a note type with the ids and names that it adopted, if any."""
    if adopted is None:
        return own
    return replace(
        own,
        id=adopted.id,
        fields=tuple(Field(adopted.fields.get(field.id, field.id), field.name) for field in own.fields),
        templates=tuple(_take_over_card(card, adopted) for card in own.templates),
    )


def _take_over_card(card: CardTemplate, adopted: AdoptedType) -> CardTemplate:
    id_, name = adopted.cards.get(card.id, (None, card.name))
    return replace(card, id=card.id if id_ is None else id_, name=name)
