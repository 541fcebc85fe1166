"""The sources beside the lock: what a learner who has the last release will see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from flashgen.compare.changes import Changes, Gone, since_release
from flashgen.compare.difference import Changed, Difference, Emptied, Moved, Named, TypeChange
from flashgen.compare.note_types import compare_slots, compare_types, new_id, new_type
from flashgen.compare.notes import compare_note, emptied, moved
from flashgen.compare.packages import renamed
from flashgen.compare.packed import PackedDeck, PackedNote, read_apkg
from flashgen.compare.renames import pair_alike, text_of
from flashgen.compare.sources import SOURCES, as_packed, known_of
from flashgen.errors import FlashgenError
from flashgen.model import Edition, Note
from flashgen.pack.lock import Lock, hash_type, name
from flashgen.render.plain import title_of


def beside_release(edition: Edition, lock: Lock, dist: Path) -> Difference:
    """Return what a learner who has the last release will see of an edition.

    The lock keeps no words; those of notes that stand in `dist` as they were released are taken from there.
    """
    about = (edition.name, edition.deck.folder, edition.language)
    changes = since_release(edition, lock)
    latest = lock.latest
    if latest is None:
        added = tuple(_named(note) for note in changes.new)
        types = tuple(new_type(kind.name) for kind in edition.note_types.values())
        return Difference(*about, "nothing", SOURCES, is_first=True, added=added, note_types=types)
    released = _released(edition, lock, dist)
    new = as_packed(edition, lock)
    known = known_of(edition, lock)
    lost = {gone.guid: _gone(gone) for gone in changes.lost}
    added_notes = {note.guid: _named(note) for note in changes.new}
    pairs = _pairs(changes, released, new)
    twins = set(pairs.values())
    both = [(released[guid], note) for guid, note in new.notes.items() if guid in released]
    return Difference(
        *about,
        f"release {latest.version}",
        SOURCES,
        is_first=False,
        added=tuple(note for guid, note in added_notes.items() if guid not in twins),
        changed=tuple(_changed(note, released, new, known.names) for note in changes.changed),
        retired=tuple(map(_gone, changes.retired)),
        lost=tuple(note for guid, note in lost.items() if guid not in pairs),
        renamed=tuple(renamed(lost[one], added_notes[other], known) for one, other in pairs.items()),
        emptied=tuple(_emptied(changes, edition, both, known.names)),
        note_types=tuple(_compare_types(edition, lock, new, released)),
        moved=moved(both) or _moved(edition, lock),
    )


def _released(edition: Edition, lock: Lock, dist: Path) -> Mapping[str, PackedNote]:
    """Return those notes of the packages in `dist` that are as they were released."""
    found: dict[str, PackedNote] = {}
    folder = edition.deck.folder
    for file in (dist / f"{folder}.{edition.language}.apkg", dist / f"{folder}.apkg"):
        try:
            notes = read_apkg(file).notes if file.is_file() else {}
        except FlashgenError:
            # It only helps to say more; `build` writes it anew.
            continue
        for guid, note in notes.items():
            entry = lock.notes.get(guid)
            if entry is not None and entry.released is not None and entry.released.modified == note.modified:
                found[guid] = note
    return found


def _named(note: Note) -> Named:
    return Named(note.guid, name(note), title_of(note))


def _gone(gone: Gone) -> Named:
    return Named(gone.guid, gone.entry.fact, gone.entry.title)


def _pairs(changes: Changes, released: Mapping[str, PackedNote], new: PackedDeck) -> dict[str, str]:
    twins: dict[str, str] = {}
    for gone, note in changes.renamed:
        twins.setdefault(note.guid, gone.guid)
    pairs = {old: new_one for new_one, old in twins.items()}
    lost = {
        gone.guid: (gone.entry.fact.partition("/")[0], text_of(released[gone.guid]))
        for gone in changes.lost
        if gone.guid not in pairs and gone.guid in released
    }
    added = {
        note.guid: (note.note_type.kind, text_of(new.notes[note.guid]))
        for note in changes.new
        if lost and note.guid not in twins
    }
    return pairs | pair_alike(lost, added)


def _changed(note: Note, released: Mapping[str, PackedNote], new: PackedDeck, names: Mapping[str, str]) -> Changed:
    if note.guid in released:
        return compare_note(released[note.guid], new.notes[note.guid], names)
    return Changed(_named(note), is_known=False)


def _emptied(
    changes: Changes, edition: Edition, both: Sequence[tuple[PackedNote, PackedNote]], names: Mapping[str, str]
) -> Iterator[Emptied]:
    notes = {name(note): note for note in edition.notes}
    told = set()
    for emptied_gap in changes.emptied:
        whole, _, gap = emptied_gap.rpartition("/")
        told.add(notes[whole].guid)
        yield Emptied(_named(notes[whole]), f"gap `{gap}`")
    for old, new in both:
        if new.guid not in told:
            yield from emptied(old, new, names)


def _compare_types(
    edition: Edition, lock: Lock, new: PackedDeck, released: Mapping[str, PackedNote]
) -> Iterator[TypeChange]:
    packed = {note.note_type.id: note.note_type for note in released.values()}
    here = edition.note_types
    for id_, kind in here.items():
        entry = lock.types.get(id_)
        if entry is None or entry.released is None:
            earlier = [
                other
                for other_id, other in lock.types.items()
                if other.released
                and other_id not in here
                and (other.kind, other.language) == (kind.kind, edition.language)
            ]
            yield new_id(kind.name, "") if earlier else new_type(kind.name)
        elif entry.released.hash != hash_type(kind):
            old = packed.get(id_)
            if old is not None and old.modified == entry.released.modified:
                yield from compare_types(old, new.types[id_])
            else:
                yield from compare_slots(kind.name, (entry.fields, entry.cards), new.types[id_])


def _moved(edition: Edition, lock: Lock) -> tuple[Moved, ...]:
    """Return that the deck has another name, where the lock knows by which ones it was released."""
    names = lock.names.get(edition.language, set())
    if not names or edition.name in names:
        return ()
    released = [note for note in edition.notes if (entry := lock.notes.get(note.guid)) and entry.released]
    return tuple(Moved(old, edition.name, len(released)) for old in sorted(names))
