"""A deck's lock beside its notes as they are now → what a learner who has the released state will see change."""

from __future__ import annotations

from msgspec import Struct

from flashgen.model import Edition, Note
from flashgen.pack.lock import Lock, NoteEntry, name


class Gone(Struct, frozen=True):
    """A note that was released and is not in the sources any more."""

    guid: str
    entry: NoteEntry


class Changes(Struct, frozen=True):
    """What one language's release brings: notes in source order; `lost` ones were not retired on purpose.

    `renamed` pairs a lost note with a new one of the same content; `emptied` are gaps that were released and are gone.
    """

    language: str
    new: tuple[Note, ...]
    changed: tuple[Note, ...]
    retired: tuple[Gone, ...]
    lost: tuple[Gone, ...]
    renamed: tuple[tuple[Gone, Note], ...]
    emptied: tuple[str, ...]

    def __bool__(self) -> bool:
        """Whether a learner will see anything change in a note."""
        return bool(self.new or self.changed or self.retired or self.lost or self.emptied)


def since_release(edition: Edition, lock: Lock) -> Changes:
    """Return what changed in an edition since the deck was last released; before that, everything is new."""
    new: list[Note] = []
    changed: list[Note] = []
    here = {note.guid for note in edition.notes}
    for note in edition.notes:
        entry = lock.notes.get(note.guid)
        if entry is None or not entry.is_public:
            new.append(note)
        elif entry.released is not None and entry.released.hash != note.digest:
            changed.append(note)
    gone = [
        Gone(guid, entry)
        for guid, entry in sorted(lock.notes.items(), key=lambda item: item[1].id)
        if entry.is_public and entry.language == edition.language and guid not in here
    ]
    on_purpose = set(edition.deck.retired or ())
    lost = [note for note in gone if not on_purpose & ways_to_name(note.entry.fact)]
    missed = {note.guid for note in lost}
    by_content = {(note.note_type.kind, note.digest): note for note in new}
    pairs = [
        (old, by_content.get((old.entry.fact.partition("/")[0], (old.entry.released or old.entry.state).hash)))
        for old in lost
    ]
    return Changes(
        language=edition.language,
        new=tuple(new),
        changed=tuple(changed),
        retired=tuple(note for note in gone if note.guid not in missed),
        lost=tuple(lost),
        renamed=tuple((old, note) for old, note in pairs if note is not None),
        emptied=tuple(_emptied(edition, lock)),
    )


def ways_to_name(fact: str) -> set[str]:
    """Return what `retired:` may call a note: its fact's id, `fact/part`, and either behind `kind/`."""
    kind, _, rest = fact.partition("/")
    whole = rest.partition("/")[0]
    return {whole, rest, f"{kind}/{whole}", fact}


def _emptied(edition: Edition, lock: Lock) -> list[str]:
    """Return the released gaps of notes that are still here, but have them no more."""
    here = {note.gap_stem: note for note in edition.notes}
    emptied = []
    for key, gap in sorted(lock.gaps.items()):
        note = here.get(key.rpartition("/")[0])
        if gap.released and note is not None and gap.number - 1 not in note.ords:
            emptied.append(f"{name(note)}/{key.rpartition('/')[2]}")
    return emptied
