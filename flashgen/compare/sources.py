"""An edition as a package would hold it, and beside one that learners have."""

from __future__ import annotations

from flashgen.compare.difference import Difference
from flashgen.compare.packages import Known, compare_packages
from flashgen.compare.packed import PackedDeck, PackedNote, PackedType
from flashgen.compare.renames import Identity
from flashgen.model import Edition, NoteType
from flashgen.pack.lock import Lock, State, hash_type, name

SOURCES = "the sources"
# What is not built yet gets a later time than all there is.
_LATER = 1 << 40


def beside_package(edition: Edition, lock: Lock, old: PackedDeck, title: str) -> Difference:
    """Return what a learner who has a package will see of an edition."""
    known = known_of(edition, lock)
    about = (edition.name, edition.deck.folder, edition.language)
    return compare_packages(old, as_packed(edition, lock), known, (title, SOURCES), about)


def as_packed(edition: Edition, lock: Lock) -> PackedDeck:
    """Return an edition as a package would hold it; what is not built yet is later than everything."""
    types = {
        id_: _packed_type(kind, _time(lock.types[id_].state, hash_type(kind)) if id_ in lock.types else _LATER)
        for id_, kind in edition.note_types.items()
    }
    notes: dict[str, PackedNote] = {}
    for note in edition.notes:
        entry = lock.notes.get(note.guid)
        modified = _time(entry.state, note.digest) if entry else _LATER
        id_ = entry.id if entry else 0
        kind = types[note.note_type.id]
        notes[note.guid] = PackedNote(note.guid, id_, kind, note.fields, note.tags, modified, note.deck, note.ords)
    return PackedDeck(notes, types, tuple(sorted({note.deck for note in edition.notes})))


def _time(state: State, digest: str) -> int:
    return state.modified if state.hash == digest else _LATER


def _packed_type(kind: NoteType, modified: int) -> PackedType:
    return PackedType(
        id=kind.id,
        name=kind.name,
        is_cloze=kind.family.has_gaps,
        fields=tuple((field.id, field.name) for field in kind.fields),
        cards=tuple((card.id, card.name) for card in kind.templates),
        css=kind.css,
        sides=tuple((card.front, card.back) for card in kind.templates),
        modified=modified,
        sort=kind.title_field,
    )


def known_of(edition: Edition, lock: Lock) -> Known:
    """Return what the sources and the lock tell of an edition's notes, past ones too."""
    return Known(
        names={guid: entry.fact for guid, entry in lock.notes.items()}
        | {note.guid: name(note) for note in edition.notes},
        kinds={id_: entry.kind for id_, entry in lock.types.items()}
        | {id_: note_type.kind for id_, note_type in edition.note_types.items()},
        retired=frozenset(edition.deck.retired or ()),
        identity=Identity(
            edition.deck.uid,
            edition.language,
            {note.guid: note.fact.origin for note in edition.notes},
            lock.adopted.guids,
        ),
    )
