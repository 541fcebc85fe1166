"""Notes → Package: ids and times for all that a collection holds."""

from __future__ import annotations

from flashgen.identity import number
from flashgen.model import DeckRow, Edition, NoteTypeRow, Package, Row
from flashgen.pack.lock import Lock


def pack(edition: Edition, lock: Lock, now: int) -> Package:
    """Return an edition's package. New and changed notes are stamped in the lock; `now` is in seconds."""
    deck, language = edition.deck, edition.language
    lock.stamp_notes(edition.notes, language, now)
    rows = tuple(Row(note, (entry := lock.notes[note.guid]).id, entry.state.modified) for note in edition.notes)
    # Each note type once, in the order of its first note; a shared one would stand in the package twice.
    types = {note.note_type.id: note.note_type for note in edition.notes}
    note_types = tuple(
        NoteTypeRow(note_type, lock.stamp_type(note_type, language, now).state.modified) for note_type in types.values()
    )
    names = dict.fromkeys((edition.name, *(note.deck for note in edition.notes)))
    decks = tuple(
        DeckRow(number("deck", deck.uid, language, name.removeprefix(edition.name)), name, edition.description)
        if name == edition.name
        else DeckRow(number("deck", deck.uid, language, name.removeprefix(edition.name)), name, "")
        for name in names
    )
    filename = f"{deck.folder}.{language}.apkg" if deck.languages and len(deck.languages) > 1 else f"{deck.folder}.apkg"
    # Of the rows, not of the clock: a deck without facts must give the same bytes tomorrow.
    created = min((row.id for row in rows), default=1000) // 1000
    return Package(filename, decks, note_types, rows, created, edition.media)
