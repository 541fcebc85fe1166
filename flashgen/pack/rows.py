"""What a package holds, as rows: what the lock says of each note, note type and deck beside what was rendered."""

from __future__ import annotations

from msgspec import Struct

from flashgen.model import Media, Note, NoteType


class Row(Struct, frozen=True):
    """A note with what identifies it in a collection: its note id (milliseconds) and time of change (seconds)."""

    note: Note
    id: int
    modified: int


class NoteTypeRow(Struct, frozen=True):
    """A note type with its time of change (seconds)."""

    note_type: NoteType
    modified: int


class DeckRow(Struct, frozen=True):
    """A deck or subdeck of a package."""

    id: int
    name: str
    description: str


class Package(Struct, frozen=True):
    """All that one .apkg holds. `created` is the collection's time of creation, in seconds."""

    filename: str
    decks: tuple[DeckRow, ...]
    note_types: tuple[NoteTypeRow, ...]
    rows: tuple[Row, ...]
    created: int
    media: tuple[Media, ...] = ()
