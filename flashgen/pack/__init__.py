"""Notes → Package: ids and times for all that a collection holds."""

from __future__ import annotations

from flashgen.identity import number
from flashgen.model import Edition
from flashgen.pack.lock import Lock
from flashgen.pack.rows import DeckRow, NoteTypeRow, Package, Row


def stamp(edition: Edition, lock: Lock, now: int) -> None:
    """Give every note and note type of an edition its id and time in the lock; `now` is in seconds."""
    lock.stamp_notes(edition.notes, edition.language, now)
    for note_type in edition.note_types.values():
        lock.stamp_type(note_type, edition.language, now)


def pack(edition: Edition, lock: Lock) -> Package:
    """Return the package of an edition that was stamped in the lock."""
    deck, language = edition.deck, edition.language
    rows = tuple(Row(note, (entry := lock.notes[note.guid]).id, entry.modified) for note in edition.notes)
    note_types = tuple(
        NoteTypeRow(note_type, lock.types[id_].state.modified) for id_, note_type in edition.note_types.items()
    )
    names = dict.fromkeys((edition.name, *(note.deck for note in edition.notes)))
    decks = tuple(
        DeckRow(
            number("deck", deck.uid, language, name.removeprefix(edition.name)),
            name,
            edition.description if name == edition.name else "",
        )
        for name in names
    )
    filename = deck.package_name(language)
    # Of the rows, not of the clock: a deck without facts must give the same bytes tomorrow.
    created = min((row.id for row in rows), default=1000) // 1000
    return Package(filename, decks, note_types, rows, created, edition.media)
