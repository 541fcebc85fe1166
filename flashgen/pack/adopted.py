"""What was taken over from a deck made elsewhere: its guids, and what Anki knows its note types by."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from flashgen.errors import LockError
from flashgen.model import CardTemplate, Edition, Field, Note, NoteType

_Plain = TypeVar("_Plain", int, str)


class AdoptedType(Struct, frozen=True):
    """What a note type takes over: its id, its fields' ids, its cards' ids and names, by the ids that would be ours.

    `id` is the old note type's where the shapes agree, else our own. A card's id is None where the old one had none.
    `without` holds fields that the old shape lacks and that are left out for as long as no note fills them.
    """

    id: int
    kind: str
    language: str
    fields: Mapping[int, int]
    cards: Mapping[int, tuple[int | None, str]]
    without: tuple[int, ...] = ()


class Adopted(Struct):
    """All that a deck took over: guids by language and `kind/fact/part`, note types by the ids that would be ours."""

    guids: dict[tuple[str, str], str] = field(default_factory=dict)
    types: dict[int, AdoptedType] = field(default_factory=dict)

    def of(self, own: NoteType, language: str) -> AdoptedType | None:
        """Return what a note type took over, if anything.

        A later revision has an id of its own, and takes over what lets Anki move its fields and cards there.
        """
        if own.id in self.types:
            return self.types[own.id]
        others = (entry for _, entry in sorted(self.types.items()))
        found = next((entry for entry in others if (entry.kind, entry.language) == (own.kind, language)), None)
        return replace(found, id=own.id, without=()) if found else None

    def lines(self) -> Iterator[str]:
        """Yield the lines that a lock keeps of it."""
        # In ASCII: a guid from elsewhere may hold anything, line breaks of Unicode among it.
        for (language, fact), guid in sorted(self.guids.items()):
            yield _line({"adopted": fact, "language": language, "guid": guid})
        for own, entry in sorted(self.types.items()):
            names = {"adopted-type": own, "id": entry.id, "kind": entry.kind, "language": entry.language}
            cards = [[id_, *card] for id_, card in sorted(entry.cards.items())]
            without = {"without": entry.without} if entry.without else {}
            yield _line({**names, "fields": sorted(map(list, entry.fields.items())), "cards": cards, **without})

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
            without=tuple(_checked(own, int) for own in entry.get("without", ())),
        )
        if self.types.setdefault(_checked(entry["adopted-type"], int), known) != known:
            raise LockError(f"the note type of `{known.kind}` was taken over from two", _CURE)


# Anki's ids of fields and card templates are any number of 64 bits.
_HIGHEST = 2**63
_CURE = "two branches adopted different decks: keep the `adopted` lines of one"


def _line(entry: Mapping[str, object]) -> str:
    return json.dumps(entry, separators=(",", ":"))


def _checked(value: object, wanted: type[_Plain]) -> _Plain:
    if not isinstance(value, wanted) or isinstance(value, bool) or (isinstance(value, int) and abs(value) > _HIGHEST):
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
    filled = _filled(edition, adopted.types)
    known: dict[int, tuple[NoteType, tuple[int, ...]]] = {}
    notes: list[Note] = []
    for note in edition.notes:
        own = note.note_type
        if own.id not in known:
            known[own.id] = take_over_type(own, adopted.of(own, edition.language), filled)
        note_type, places = known[own.id]
        guid = adopted.guids.get((edition.language, key_of(note)), note.guid)
        fields = note.fields if len(places) == len(note.fields) else tuple(note.fields[at] for at in places)
        notes.append(replace(note, guid=guid, note_type=note_type, fields=fields))
    return replace(edition, notes=tuple(notes))


def _filled(edition: Edition, types: Mapping[int, AdoptedType]) -> set[int]:
    """Return which of the fields that an old shape lacks are filled: those cannot be left out."""
    filled: set[int] = set()
    for note in edition.notes:
        adopted = types.get(note.note_type.id)
        if adopted is not None and adopted.without:
            pairs = zip(note.note_type.fields, note.fields, strict=True)
            filled |= {field.id for field, text in pairs if text and field.id in adopted.without}
    return filled


def take_over_type(
    own: NoteType, adopted: AdoptedType | None, filled: Collection[int] = ()
) -> tuple[NoteType, tuple[int, ...]]:
    """Return a note type with the ids and names that it adopted, if any, and which of our fields it has, in order."""
    if adopted is None:
        return own, tuple(range(len(own.fields)))
    left = {field.id: field.name for field in own.fields if field.id in adopted.without and field.id not in filled}
    places = tuple(at for at, field in enumerate(own.fields) if field.id not in left)
    cards = tuple(_take_over_card(card, adopted, left.values()) for card in own.templates)
    fields = tuple(own.fields[at] for at in places)
    taken = tuple(Field(adopted.fields.get(field.id, field.id), field.name) for field in fields)
    return replace(own, id=adopted.id, fields=taken, templates=cards), places


def _take_over_card(card: CardTemplate, adopted: AdoptedType, left: Iterable[str]) -> CardTemplate:
    id_, name = adopted.cards.get(card.id, (None, card.name))
    front, back = card.front, card.back
    for name_left in left:
        front, back = _without(front, name_left), _without(back, name_left)
    return replace(card, id=card.id if id_ is None else id_, name=name, front=front, back=back)


def _without(side: str, field: str) -> str:
    """Return a side of a card template as it shows with this field empty, without naming it."""
    said = re.escape(field)
    side = re.sub(rf"\{{\{{#{said}\}}\}}.*?\{{\{{/{said}\}}\}}", "", side, flags=re.DOTALL)
    side = re.sub(rf"\{{\{{\^{said}\}}\}}(.*?)\{{\{{/{said}\}}\}}", r"\1", side, flags=re.DOTALL)
    return re.sub(rf"\{{\{{(?:[^{{}}]*:)?{said}\}}\}}", "", side)
