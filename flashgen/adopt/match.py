"""Old notes and facts' notes that say the same → pairs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from flashgen.adopt.table import Row
from flashgen.compare.packed import PackedNote
from flashgen.diagnostics import did_you_mean
from flashgen.errors import FlashgenError
from flashgen.model import Fact, Kind, Note
from flashgen.render.plain import plain_text
from flashgen.schema import origin
from flashgen.values import nfc


class Pair(Struct, frozen=True):
    """A note of the old package, and ours that takes its place."""

    old: PackedNote
    note: Note


class Matching(Struct, frozen=True):
    """The pairs, what several notes claim, and what is wrong with the table."""

    pairs: tuple[Pair, ...]
    unclear: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


def plain(field: str) -> str:
    """Return the text of a field as two notes are compared by it."""
    return plain_text(nfc(field))


def kind_of(note: Note) -> Kind:
    """Return the kind, or the companion, that made a note."""
    return next(kind for kind in note.fact.kind.with_companions if kind.key == note.note_type.kind)


def match_fields(olds: Iterable[PackedNote], notes: Iterable[Note], field: str, other: str) -> Matching:
    """Return the pairs whose texts are equal: the old field of a name, and ours, the first where `other` is empty.

    Raises FlashgenError where no note type has such a field.
    """
    olds, notes = tuple(olds), tuple(notes)
    old_names = {name for old in olds for _, name in old.note_type.fields}
    if olds and field not in old_names:
        hint = did_you_mean(field, old_names) or f"its fields are: {', '.join(sorted(old_names))}"
        raise FlashgenError(f"no note of the old deck has a field `{field}`", hint)
    our_names = {spec.name for note in notes for spec in note.note_type.fields}
    if notes and other and not any(_position(note, other) is not None for note in notes):
        hint = did_you_mean(other, our_names) or f"the fields are: {', '.join(sorted(our_names))}"
        raise FlashgenError(f"no kind of this deck has a field `{other}`", hint)
    ours: dict[str, list[Note]] = defaultdict(list)
    for note in notes:
        position = _position(note, other) if other else 0
        if position is not None and (text := plain(note.fields[position])):
            ours[text].append(note)
    theirs: dict[str, list[PackedNote]] = defaultdict(list)
    for old in olds:
        if text := plain(old.texts.get(field, "")):
            theirs[text].append(old)
    pairs, unclear = [], []
    for text, found in theirs.items():
        own = ours.get(text, [])
        if len(found) == len(own) == 1:
            pairs.append(Pair(found[0], own[0]))
        elif own:
            counted = f"{len(found)} old note{'s' * (len(found) != 1)} and {len(own)} of ours"
            unclear.append(f"“{cut(text)}”: {counted} say this; tell with `--table` which is which")
    return Matching(tuple(pairs), tuple(unclear))


def match_table(olds: Iterable[PackedNote], notes: Iterable[Note], rows: Iterable[Row]) -> Matching:
    """Return the pairs of a table. A row that names nothing, or what another row names, is a fault."""
    by_guid: dict[str, PackedNote] = {}
    by_text: dict[str, list[PackedNote]] = defaultdict(list)
    for old in olds:
        by_guid[old.guid] = old
        by_text[plain(old.fields[0]) if old.fields else ""].append(old)
    targets = _targets(notes)
    pairs: list[Pair] = []
    faults: list[str] = []
    taken: set[int] = set()
    for row in rows:
        found = [by_guid[row.old]] if row.old in by_guid else by_text.get(plain(row.old), [])
        note = targets.get(row.fact)
        if not found:
            faults.append(f"{row.where}: the old deck has no note `{cut(row.old)}`")
        elif len(found) > 1:
            guids = ", ".join(old.guid for old in found)
            faults.append(f"{row.where}: {len(found)} old notes say `{cut(row.old)}`; name a guid: {guids}")
        elif note is None:
            hint = did_you_mean(row.fact, targets)
            faults.append(f"{row.where}: no note of this deck is `{row.fact}`" + (f"; {hint}" if hint else ""))
        elif taken & {id(found[0]), id(note)}:
            faults.append(f"{row.where}: an earlier line has this note already")
        else:
            pairs.append(Pair(found[0], note))
            taken |= {id(found[0]), id(note)}
    return Matching(tuple(pairs), (), tuple(faults))


def _position(note: Note, wanted: str) -> int | None:
    """Return which field of a note has this name, or is filled from the property of this name."""
    kind = kind_of(note)
    ways: tuple[Callable[[int], bool], ...] = (
        lambda at: kind.fields[at].name == wanted,
        lambda at: kind.fields[at].source.removeprefix("part.") == wanted,
    )
    return next((at for way in ways for at in range(len(note.fields)) if way(at)), None)


def _targets(notes: Iterable[Note]) -> Mapping[str, Note]:
    """Return the notes by `fact` or `fact/part`, by the ids they have and by those they had first.

    A companion's notes have no name here: a fact's own notes are what an older deck can have.
    """
    named: dict[str, Note] = {}
    for note in notes:
        if note.note_type.kind == note.fact.kind.key:
            for fact in (note.fact.origin, note.fact.id):
                for part in _part_names(note.fact, note.part):
                    named[f"{fact}/{part}" if part else fact] = note
    return named


def _part_names(fact: Fact, part: str) -> tuple[str, ...]:
    each = fact.kind.each
    items = fact.data.get(each.items, ()) if each is not None and part else ()
    return (part, *(str(item["id"]) for item in items if origin(item) == part))


def cut(text: str, limit: int = 60) -> str:
    """Return a text, short enough to be named in a line."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
