"""A package and the editions of a project → what of the package belongs to which edition."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from flashgen.compare.packed import PackedDeck, PackedNote
from flashgen.model import Edition


def match(
    package: PackedDeck, editions: Sequence[Edition], known: Sequence[Collection[str]]
) -> list[PackedDeck | None]:
    """Return for each edition the part of the package that is its own, or None.

    A note belongs where its guid is known: `known` are the guids of each edition, past ones too. The others belong to
    the edition whose deck they are in, else to the one that has most notes of the package, if any has.
    """
    parts: list[dict[str, PackedNote]] = [{} for _ in editions]
    owner = {guid: place for place, guids in enumerate(known) for guid in guids}
    counts = [sum(guid in package.notes for guid in guids) for guids in known]
    best = max(range(len(editions)), key=lambda place: counts[place], default=None)
    for guid, note in package.notes.items():
        place = owner.get(guid)
        if place is None:
            place = next((i for i, edition in enumerate(editions) if _is_in(note.deck, edition.name)), None)
        if place is None and best is not None and counts[best]:
            place = best
        if place is not None:
            parts[place][guid] = note
    return [_part(notes) if notes else None for notes in parts]


def _is_in(deck: str, name: str) -> bool:
    # Anki matches decks by name, whatever its case.
    return f"{deck}::".casefold().startswith(f"{name}::".casefold())


def _part(notes: dict[str, PackedNote]) -> PackedDeck:
    types = {note.note_type.id: note.note_type for note in notes.values()}
    return PackedDeck(notes, types, tuple(sorted({note.deck for note in notes.values() if note.deck})))
