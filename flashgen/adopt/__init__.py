"""A deck made elsewhere → our lock: its notes become facts, and no learner loses a review (docs/adopt.md)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from msgspec import Struct

from flashgen.adopt.gaps import keep_numbers
from flashgen.adopt.match import Matching, Pair, cut, plain
from flashgen.adopt.shapes import Move, Way, plan_moves
from flashgen.adopt.shared import Shared
from flashgen.compare.packed import PackedDeck, PackedNote
from flashgen.errors import FlashgenError
from flashgen.model import Edition, Family, Note
from flashgen.pack.adopted import key_of
from flashgen.pack.lock import Lock, NoteEntry, State, TypeEntry, name, shape
from flashgen.render.plain import title_of

# What times and ids of a sound package are below: the year 2242, and what JSON readers keep exactly.
_LAST_SECOND, _LAST_ID = 2**33, 2**53
# What a guid is below, for Anki's sake and ours.
_LONGEST_GUID = 300


class Adoption(Struct, frozen=True):
    """What was taken over now and before, on which ways, what could not be, and what the author should know."""

    taken: tuple[Pair, ...]
    before: tuple[Pair, ...]
    moves: tuple[Move, ...]
    refused: tuple[str, ...]
    remarks: tuple[str, ...]
    old_rest: tuple[PackedNote, ...]
    own_rest: tuple[Note, ...]


def split(package: PackedDeck, edition: Edition) -> tuple[tuple[Pair, ...], list[PackedNote], list[Note]]:
    """Return the notes that have one guid already, and the others on both sides.

    Raises FlashgenError where a note of the package has an id or a time that no collection gives.
    """
    for old in package.notes.values():
        times = (old.modified, old.note_type.modified)
        sound = 0 < old.id < _LAST_ID and 0 < old.note_type.id < _LAST_ID and len(old.guid) <= _LONGEST_GUID
        if not sound or not all(0 <= time < _LAST_SECOND for time in times):
            raise FlashgenError(f"the old note {old.id} has an id or a time that cannot be", "export the deck anew")
    ours = {note.guid: note for note in edition.notes}
    before = tuple(Pair(old, ours[guid]) for guid, old in package.notes.items() if guid in ours)
    old_rest = [old for guid, old in package.notes.items() if guid not in ours]
    return before, old_rest, [note for note in edition.notes if note.guid not in package.notes]


def adopt(
    package: PackedDeck, edition: Edition, matching: Matching, lock: Lock, numbered: Lock, shared: Shared
) -> Adoption:
    """Write what matches into the lock, and return what came of it.

    `numbered` is the lock after the edition's gaps were numbered, `shared` what other decks took over.
    """
    before, old_rest, own_rest = split(package, edition)
    refused = list(matching.unclear)
    bound = {guid: entry.fact for guid, entry in lock.notes.items()}
    bound |= {guid: key for (_, key), guid in lock.adopted.guids.items()}
    sound = [pair for pair in matching.pairs if _is_free(pair, lock, edition.language, bound, refused)]
    moves = plan_moves((*before, *sound), lock, shared, edition.language)
    taken: list[Pair] = []
    for pair in sound:
        move = moves[pair.old.note_type.id, pair.note.note_type.id]
        if move.way is not Way.REFUSED:
            taken.append(pair)
    remarks = [*_names(package, edition, taken), *_cards(taken, moves)]
    ids = {entry.id for entry in lock.notes.values()}
    for pair in taken:
        remarks += keep_numbers(pair, lock, numbered)
        _take_note(pair, moves[pair.old.note_type.id, pair.note.note_type.id], lock, ids, edition.language)
    for move in moves.values():
        _take_type(move, lock, edition.language)
    claimed = {id(pair.old) for pair in sound} | {id(pair.note) for pair in sound}
    return Adoption(
        tuple(taken),
        before,
        tuple(moves.values()),
        tuple(refused),
        tuple(remarks),
        tuple(old for old in old_rest if id(old) not in claimed),
        tuple(note for note in own_rest if id(note) not in claimed),
    )


def _is_free(pair: Pair, lock: Lock, language: str, bound: Mapping[str, str], refused: list[str]) -> bool:
    """Whether neither note of a pair is bound already; what is not is told."""
    old, note = pair.old, pair.note
    entry, said = lock.notes.get(note.guid), f"`{name(note)}`"
    if entry is not None and entry.released is not None:
        refused.append(f"{said} was released as a note of its own, so learners have it beside the old one")
    elif (language, key_of(note)) in lock.adopted.guids:
        refused.append(f"{said} was taken over from another note, {note.guid}")
    elif old.guid in bound:
        refused.append(f"the old note of {said} is `{bound[old.guid]}` already")
    else:
        return True
    return False


def _take_note(pair: Pair, move: Move, lock: Lock, ids: set[int], language: str) -> None:
    old, note = pair.old, pair.note
    lock.adopted.guids[language, key_of(note)] = old.guid
    lock.notes.pop(note.guid, None)
    # Anki rewrites a note that comes with a later time: one that is the same keeps what its learner did to it.
    same = (
        move.way is Way.DEFAULT
        and old.fields == note.fields[: len(move.own.fields)]
        and set(old.tags) == set(note.tags)
    )
    state = State(note.digest if same else "", old.modified)
    id_ = old.id
    while id_ in ids:
        id_ += 1
    ids.add(id_)
    # Public it is: learners have it as it was.
    lock.notes[old.guid] = NoteEntry(
        old.guid, id_, state.hash, state.modified, name(note), title_of(note), language, state
    )


def _take_type(move: Move, lock: Lock, language: str) -> None:
    if move.adopted is None or move.own_id in lock.adopted.types:
        return
    lock.adopted.types[move.own_id] = move.adopted
    lock.types.pop(move.own_id, None)
    if move.way is Way.DEFAULT:
        fields, cards = shape(move.own)
        lock.types[move.own.id] = TypeEntry(State("", move.old.modified), None, move.own.kind, language, fields, cards)


def _names(package: PackedDeck, edition: Edition, taken: Iterable[Pair]) -> list[str]:
    """Return what to know of the decks' names: Anki goes by them."""
    old = Counter(pair.old.deck for pair in taken)
    ours = {note.deck.casefold() for note in edition.notes} | {edition.name.casefold()}
    lost = [deck for deck, _ in old.most_common() if deck and deck.casefold() not in ours]
    if not lost or not package.decks:
        return []
    decks = ", ".join(f"“{deck}”" for deck in lost)
    return [f"learners' cards stay in {decks}, and new notes go to “{edition.name}”: best name the deck as it was"]


def _cards(taken: Iterable[Pair], moves: dict[tuple[int, int], Move]) -> list[str]:
    """Return which old cards have none of ours, because our note leaves it out."""
    lost: Counter[str] = Counter()
    for pair in taken:
        move = moves[pair.old.note_type.id, pair.note.note_type.id]
        if pair.note.note_type.family is Family.STANDARD:
            gone = {move.cards[ord_] for ord_ in pair.old.ords if ord_ < len(move.cards)} - set(pair.note.ords)
            lost.update(move.own.templates[at].name for at in gone)
    return [
        f"{count} notes have no card `{card}` any more; learners find it under Tools ▸ Empty Cards"
        for card, count in sorted(lost.items())
    ]


__all__ = ["Adoption", "Matching", "Move", "Way", "adopt", "cut", "plain", "split"]
