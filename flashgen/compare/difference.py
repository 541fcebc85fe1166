"""What a learner will see change between two states of a deck, as data: every report format shows this."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from flashgen.compare.words import Piece


class Named(Struct, frozen=True):
    """A note and what to call it: `kind/fact/part` where that is known, else ""; and the text of its first field."""

    guid: str
    name: str
    title: str


class FieldChange(Struct, frozen=True):
    """A field whose HTML changed, and the way from the old words to the new."""

    field: str
    old: str
    new: str
    words: tuple[Piece, ...]


class Sides(Struct, frozen=True):
    """A card as plain text."""

    question: str
    answer: str


class CardChange(Struct, frozen=True):
    """A card whose sides changed; `old` or `new` is None where there is no such card."""

    card: str
    old: Sides | None
    new: Sides | None


class Changed(Struct, frozen=True):
    """A note that changed. Where its old words are not known, only that is."""

    note: Named
    is_known: bool
    fields: tuple[FieldChange, ...] = ()
    old_tags: tuple[str, ...] = ()
    new_tags: tuple[str, ...] = ()
    cards: tuple[CardChange, ...] = ()

    @property
    def is_visible(self) -> bool:
        """Whether anything changed that the old and the new package hold."""
        return bool(self.fields) or self.old_tags != self.new_tags


class Advice(Struct, frozen=True):
    """A line to paste, and where."""

    line: str
    place: str


class Renamed(Struct, frozen=True):
    """A note that is gone and a new one that looks like it; no advice where the first id of the old is not known."""

    old: Named
    new: Named
    advice: tuple[Advice, ...]


class Emptied(Struct, frozen=True):
    """A card that the note has no more: a gap that was taken out, or a side that asks nothing now."""

    note: Named
    card: str


class Effect(StrEnum):
    """What a change of a note type does to those who have it."""

    NEW = "new"
    BY_ITSELF = "updates by itself"
    CONFLICT = "conflict"
    SKIPPED = "skipped"


class TypeChange(Struct, frozen=True):
    """A change of a note type, and what comes of it in Anki."""

    note_type: str
    what: str
    effect: Effect
    consequence: str


class Moved(Struct, frozen=True):
    """Notes that were in one deck and are in another."""

    old: str
    new: str
    notes: int


class Difference(Struct, frozen=True):
    """One deck in one language, beside what learners have of it.

    A note is in one of the lists only, but for `emptied`. `skipped` notes differ and yet are not newer, so Anki leaves
    them. `is_first` is True where nothing was released yet; `folder` and `language` are "" for two packages.
    """

    deck: str
    folder: str
    language: str
    old: str
    new: str
    is_first: bool
    added: tuple[Named, ...] = ()
    changed: tuple[Changed, ...] = ()
    retired: tuple[Named, ...] = ()
    lost: tuple[Named, ...] = ()
    renamed: tuple[Renamed, ...] = ()
    emptied: tuple[Emptied, ...] = ()
    skipped: tuple[Named, ...] = ()
    note_types: tuple[TypeChange, ...] = ()
    moved: tuple[Moved, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything differs."""
        lists = (self.added, self.changed, self.retired, self.lost, self.renamed, self.emptied, self.skipped)
        return any(lists) or bool(self.note_types or self.moved)
