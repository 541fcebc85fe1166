"""Which old note type can become which of ours, and what learners have to tick for it.

Measured on Anki 26.9 (tests/test_adopt.py). A note goes along by default where the note type's id is the old one and
its fields and cards agree, one by one, by id or by name. It goes along with *Merge note types* where each old field and
card has its like among ours. Where one has none, Anki puts it beside ours for good: each note then has the new cards
without reviews, the reviews lie on cards that nobody made, and no later package fits. So such a type is refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum

from msgspec import Struct

from flashgen.adopt.match import Pair, kind_of
from flashgen.adopt.shared import Shared, as_learners_have_it
from flashgen.compare.packed import PackedType
from flashgen.model import Note, NoteType
from flashgen.pack.adopted import AdoptedType, take_over_type
from flashgen.pack.lock import Lock

_Slots = Sequence[tuple[int | None, str]]


class Way(StrEnum):
    """How the notes of an old note type come to ours."""

    DEFAULT = "default"
    MERGE = "merge"
    REFUSED = "refused"


class Move(Struct, frozen=True):
    """An old note type's way into one of ours, for `count` notes.

    `own` is ours as it will be packed and `cards` tells, for each old card, which of ours it becomes. `adopted` is what
    the lock learns, or None. `reason` and `cure` say why it is refused.
    """

    old: PackedType
    own: NoteType
    count: int
    way: Way
    cards: tuple[int, ...] = ()
    adopted: AdoptedType | None = None
    own_id: int = 0
    reason: str = ""
    cure: str = ""


def plan_moves(pairs: Iterable[Pair], lock: Lock, shared: Shared, language: str) -> dict[tuple[int, int], Move]:
    """Return the moves by the ids of the old note type and of ours; most notes come first and settle the shape."""
    pairs = tuple(pairs)
    counts = Counter((pair.old.note_type.id, pair.note.note_type.id) for pair in pairs)
    olds = {pair.old.note_type.id: as_learners_have_it(pair.old.note_type, shared) for pair in pairs}
    owns = {pair.note.note_type.id: pair.note.note_type for pair in pairs}
    spare = {pair.note.note_type.id: _unfilled(pair.note) for pair in pairs}
    known = {entry.id for entry in lock.adopted.types.values()}
    settled: dict[int, NoteType] = {}
    taken = {*known, *lock.types, *shared}
    moves: dict[tuple[int, int], Move] = {}
    for (old_id, own_id), count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        old, own = olds[old_id], owns[own_id]
        entry = lock.types.get(own_id)
        if own_id in (old_id, *known) or (entry is not None and entry.released is not None):
            settled.setdefault(own_id, own)
        move = _first_move(old, own, count, taken, spare.get(own_id, ()), language) if own_id not in settled else None
        if move is None:
            move = _later_move(old, settled[own_id], count, own_id)
        elif move.way is not Way.REFUSED:
            settled[own_id] = move.own
            taken.add(move.own.id)
        moves[old_id, own_id] = move
    return moves


def _first_move(
    old: PackedType, own: NoteType, count: int, taken: Collection[int], unfilled: tuple[int, ...], language: str
) -> Move:
    """Return the move that settles what our note type takes over.

    `unfilled` are the ids of its fields that nothing ever fills, so that they can be left out.
    """
    if refused := _unlike(old, own, count):
        return refused
    names = {field.name: field for field in own.fields}
    if lacking := [name for _, name in old.fields if name not in names]:
        return _lacks(old, own, count, lacking)
    if len(old.cards) > len(own.templates):
        reason = f"it has {len(old.cards)} cards, ours has {len(own.templates)}"
        cure = f"give the kind `{own.kind}` as many `cards` in its kind.yaml"
        return Move(old, own, count, Way.REFUSED, reason=reason, cure=cure)
    cards = _places([name for _, name in old.cards], [card.name for card in own.templates])
    without = unfilled if len(own.fields) == len(old.fields) + len(unfilled) else ()
    agrees = (
        [name for _, name in old.fields] == [field.name for field in own.fields if field.id not in without]
        and cards == tuple(range(len(own.templates)))
        # Another sort field makes Anki stamp every note as changed now, before it looks at ours.
        and old.sort == 0
        and old.id not in taken
    )
    adopted = AdoptedType(
        id=old.id if agrees else own.id,
        kind=own.kind,
        language=language,
        fields={names[name].id: id_ for id_, name in old.fields if id_ is not None},
        cards={own.templates[at].id: card for at, card in zip(cards, old.cards, strict=True)},
        without=without if agrees else (),
    )
    way = Way.DEFAULT if agrees else Way.MERGE
    return Move(old, take_over_type(own, adopted)[0], count, way, cards, adopted, own.id)


def _later_move(old: PackedType, own: NoteType, count: int, own_id: int) -> Move:
    """Return the move into a note type whose ids and names are settled."""
    if refused := _unlike(old, own, count):
        return refused
    fields = _likes(old.fields, [(field.id, field.name) for field in own.fields])
    cards = _likes(old.cards, [(card.id, card.name) for card in own.templates])
    lacking = [name for (_, name), at in zip(old.fields, fields, strict=True) if at is None]
    if lacking:
        return _lacks(old, own, count, lacking)
    if None in cards:
        names = ", ".join(f"`{name}`" for (_, name), at in zip(old.cards, cards, strict=True) if at is None)
        cure = f"make its facts of another kind than `{own.kind}`"
        return Move(old, own, count, Way.REFUSED, reason=f"ours has no card like its {names}", cure=cure)
    way = Way.DEFAULT if old.id == own.id else Way.MERGE
    return Move(old, own, count, way, tuple(at for at in cards if at is not None), None, own_id)


def _unlike(old: PackedType, own: NoteType, count: int) -> Move | None:
    if old.is_cloze is (own.family.has_gaps):
        return None
    theirs, ours = ("clozes", "none") if old.is_cloze else ("no clozes", "some")
    reason = f"it has {theirs}, ours has {ours}, and Anki turns no note of one into the other"
    cure = f"make its facts of a kind {'with' if old.is_cloze else 'without'} clozes"
    return Move(old, own, count, Way.REFUSED, reason=reason, cure=cure)


def _lacks(old: PackedType, own: NoteType, count: int, lacking: list[str]) -> Move:
    names = ", ".join(f"`{name}`" for name in lacking)
    all_names = ", ".join(f"`{name}`" for _, name in old.fields)
    reason = f"ours has no field like its {names}"
    cure = f"let `fields` in the kind.yaml of `{own.kind}` name {all_names}"
    return Move(old, own, count, Way.REFUSED, reason=reason, cure=cure)


def _unfilled(note: Note) -> tuple[int, ...]:
    specs = kind_of(note).fields
    if len(specs) != len(note.note_type.fields):
        return ()
    return tuple(field.id for field, spec in zip(note.note_type.fields, specs, strict=True) if not spec.source)


def _places(olds: list[str], ours: list[str]) -> tuple[int, ...]:
    """Return which of our cards each old one becomes: that of its name, else the next one free."""
    named = [ours.index(name) if name in ours else None for name in olds]
    free = iter(at for at in range(len(ours)) if at not in named)
    return tuple(next(free) if at is None else at for at in named)


def _likes(olds: _Slots, ours: Sequence[tuple[int, str]]) -> list[int | None]:
    """Return which of ours Anki takes each old field or card for: by id where both have one, else by name."""
    return [
        next((at for at, (own, said) in enumerate(ours) if (name == said if id_ is None else id_ == own)), None)
        for id_, name in olds
    ]
