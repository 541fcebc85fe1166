"""Two packages, or a package and the sources as one → what who has the old one will see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from flashgen.compare.changes import ways_to_name
from flashgen.compare.difference import Changed, Difference, Named, Renamed, TypeChange
from flashgen.compare.note_types import compare_types, new_id, new_type
from flashgen.compare.notes import compare_note, emptied, moved, named
from flashgen.compare.packed import PackedDeck, PackedNote
from flashgen.compare.renames import Identity, advise, pair_alike, text_of


class Known(Struct, frozen=True):
    """What the sources tell beyond a package; two packages come without.

    `names` are `kind/fact/part` by guid, `kinds` the kinds of note types by id, and `retired` what deck.yaml retires.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[int, str] = field(default_factory=dict)
    retired: frozenset[str] = frozenset()
    identity: Identity | None = None


def compare_packages(
    old: PackedDeck, new: PackedDeck, known: Known, titles: tuple[str, str], about: tuple[str, str, str]
) -> Difference:
    """Return what differs; `titles` name the two in a report, `about` is the deck's name, folder and language."""
    names = known.names
    both = [(old.notes[guid], note) for guid, note in new.notes.items() if guid in old.notes]
    new_ones = {guid: note for guid, note in new.notes.items() if guid not in old.notes}
    gone = {guid: note for guid, note in old.notes.items() if guid not in new.notes}
    retired = {guid for guid in gone if known.retired & ways_to_name(names.get(guid, ""))}
    pairs = pair_alike(
        {guid: (_kind(note, known), text_of(note)) for guid, note in gone.items() if guid not in retired},
        {guid: (_kind(note, known), text_of(note)) for guid, note in new_ones.items()},
    )
    twins = set(pairs.values())
    changed, skipped = _changed(both, known)
    return Difference(
        *about,
        *titles,
        is_first=False,
        added=tuple(named(note, names) for guid, note in new_ones.items() if guid not in twins),
        changed=changed,
        retired=tuple(named(gone[guid], names) for guid in gone if guid in retired),
        lost=tuple(named(note, names) for guid, note in gone.items() if guid not in retired and guid not in pairs),
        renamed=tuple(
            renamed(named(gone[one], names), named(new_ones[other], names), known) for one, other in pairs.items()
        ),
        emptied=tuple(card for pair in both for card in emptied(*pair, names)),
        skipped=skipped,
        note_types=tuple(_compare_types(old, new, both)),
        moved=moved(both),
    )


def renamed(old: Named, new: Named, known: Known) -> Renamed:
    """Return a pair with the lines that make it one note again."""
    if known.identity is None:
        return Renamed(old, new, ())
    return Renamed(old, new, tuple(advise(old.name, old.guid, new.name, new.guid, known.identity)))


def _changed(both: list[tuple[PackedNote, PackedNote]], known: Known) -> tuple[tuple[Changed, ...], tuple[Named, ...]]:
    """Return the notes that a learner will see change, and those that Anki leaves because they are not newer."""
    changed: list[Changed] = []
    skipped: list[Named] = []
    for old, new in both:
        if old.modified == new.modified and known.identity is not None:
            # The sources make the note with the very time: it is as it was, whatever line of a file its link names.
            continue
        change = compare_note(old, new, known.names)
        if not change.is_visible:
            continue
        if new.modified > old.modified:
            changed.append(change)
        else:
            skipped.append(change.note)
    return tuple(changed), tuple(skipped)


def _kind(note: PackedNote, known: Known) -> str:
    id_ = note.note_type.id
    return known.names.get(note.guid, "").partition("/")[0] or known.kinds.get(id_, str(id_))


def _compare_types(old: PackedDeck, new: PackedDeck, both: list[tuple[PackedNote, PackedNote]]) -> Iterator[TypeChange]:
    # Only what notes use: a package may carry more.
    before = {note.note_type.id: note.note_type for note in old.notes.values()}
    after = {note.note_type.id: note.note_type for note in new.notes.values()}
    replaced = {
        (one.note_type.id, other.note_type.id): (one.note_type, other.note_type)
        for one, other in both
        if one.note_type.id != other.note_type.id
    }
    for id_, kind in after.items():
        if id_ in before:
            yield from compare_types(before[id_], kind)
        elif not any(later == id_ for _, later in replaced):
            yield new_type(kind.name)
    for one_type, other_type in replaced.values():
        aborts = one_type.is_cloze is not other_type.is_cloze
        yield new_id(other_type.name, f"“{one_type.name}”", aborts=aborts)
