"""What was built and released of a deck, so that unchanged notes keep their ids and times.

A learner's Anki takes a note from a package only where the package's note is newer than the learner's
(anki-contract.md, 1.1). So a note that did not change must keep its time, or it would overwrite what the learner did to
it; and one that did change must get a later time, or the correction would never arrive.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Annotated, Any

from msgspec import Meta, Struct, field
from msgspec.structs import replace

from flashgen.errors import LockError
from flashgen.model import MAX_GAP, Edition, Fact, Kind, Note, NoteType
from flashgen.pack.adopted import Adopted
from flashgen.render.plain import title_of

# Of what SQLite takes for a number, with room to count on.
HIGHEST = 2**62
Whole = Annotated[int, Meta(ge=0, le=HIGHEST)]
# The fields or card templates of a note type, in order.
Slots = tuple[tuple[int, str], ...]


class State(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A hash of some content, and when that content was first built (seconds)."""

    hash: str
    modified: Whole

    def next(self, digest: str, released: State | None, now: int) -> State:
        """Return the state of content with this hash: as released, as it was, or newer than both."""
        if released is not None and released.hash == digest:
            return released
        return self if self.hash == digest else State(digest, max(now, self.modified + 1))


class NoteEntry(Struct, frozen=True, omit_defaults=True):
    """A note: its note id (milliseconds), its state as last built and as last released, and what it is.

    `hash` and `modified` are the former. `fact` is `kind/fact/part`, `title` what a reader sees of the first field;
    `gone` says that the last release had it no more, though learners may. A line of the lock holds just this, in this
    order.
    """

    guid: str = field(name="note")
    id: Whole
    hash: str
    modified: Whole
    fact: str
    title: str
    language: str
    released: State | None = None
    gone: bool = False

    @property
    def state(self) -> State:
        """Its state as last built."""
        return State(self.hash, self.modified)

    def with_state(self, state: State, **changes: Any) -> NoteEntry:
        """Return it in another state, otherwise changed too."""
        return replace(self, hash=state.hash, modified=state.modified, **changes)

    @property
    def is_public(self) -> bool:
        """Whether the last release had it."""
        return self.released is not None and not self.gone


class TypeEntry(Struct, frozen=True):
    """A note type: its states, and the shape it was released in: its fields and card templates, each by id and name.

    `family` is what it makes cards by, or "" where an older lock does not say.
    """

    state: State
    released: State | None
    kind: str
    language: str
    fields: Slots
    cards: Slots
    family: str = ""


class GapEntry(Struct, frozen=True):
    """A gap's cloze number, and whether learners may have it."""

    number: int
    released: bool


class Release(Struct, frozen=True):
    """A version made public, when (seconds), and the one before it."""

    version: str
    time: int
    after: str


class Lock(Struct):
    """The lock of one deck, all languages in it. It only grows: what is not built now may come back."""

    uid: str
    releases: list[Release] = field(default_factory=list)
    notes: dict[str, NoteEntry] = field(default_factory=dict)
    types: dict[int, TypeEntry] = field(default_factory=dict)
    gaps: dict[str, GapEntry] = field(default_factory=dict)
    adopted: Adopted = field(default_factory=Adopted)
    # The names under which the deck was released, by language: learners' cards lie under one of them.
    names: dict[str, set[str]] = field(default_factory=dict)
    # The hash of the file that it was read from, "" where there was none.
    read_from: str = ""

    @property
    def latest(self) -> Release | None:
        """Return the newest release, or None before the first."""
        return max(self.ends, key=lambda release: (release.time, release.version), default=None)

    @property
    def ends(self) -> list[Release]:
        """Return the releases that none came after: several where branches that released were merged."""
        followed = {release.after for release in self.releases}
        return [release for release in self.releases if release.version not in followed]

    def number_gaps(self, facts: Iterable[Fact]) -> dict[tuple[str, str, str, str], int]:
        """Return the cloze number of every gap, allotting the next unused one to what is new.

        A number, once allotted, is kept for ever, so a step that comes between moves nobody's history.
        """
        highest: dict[str, int] = {}
        for key, entry in self.gaps.items():
            note = key.rpartition("/")[0]
            highest[note] = max(highest.get(note, 0), entry.number)
        numbers: dict[tuple[str, str, str, str], int] = {}
        gapped: dict[str, Sequence[Kind]] = {}
        for fact in facts:
            kinds = gapped.get(fact.kind.name)
            if kinds is None:
                kinds = gapped[fact.kind.name] = [kind for kind in fact.kind.with_companions if kind.gaps]
            for kind, part in ((one, part) for one in kinds for part, _ in fact.parts(one)):
                note = f"{kind.key}/{fact.origin}/{part}"
                for gap in fact.gaps(kind):
                    key = f"{note}/{gap}"
                    if key not in self.gaps:
                        highest[note] = highest.get(note, 0) + 1
                        self.gaps[key] = GapEntry(highest[note], released=False)
                    if self.gaps[key].number > MAX_GAP:
                        message = f"`{fact.id}` has had more than {MAX_GAP} parts, and Anki numbers no more"
                        raise LockError(message, "split it into two facts")
                    numbers[kind.key, fact.origin, part, gap] = self.gaps[key].number
        return numbers

    def stamp_notes(self, notes: Iterable[Note], language: str, now: int) -> None:
        """Give every note its id and time. A note as it was keeps both; a changed one gets a later time."""
        taken = {entry.id for entry in self.notes.values()}
        free = now * 1000
        for note in notes:
            old = self.notes.get(note.guid)
            fact = name(note)
            if old is None:
                while free in taken:
                    free += 1
                taken.add(free)
                self.notes[note.guid] = NoteEntry(note.guid, free, note.digest, now, fact, title_of(note), language)
                continue
            if old.released is None and (old.hash, old.fact, old.language) == (note.digest, fact, language):
                continue
            state = old.state.next(note.digest, old.released, now)
            if state != old.state or (old.fact, old.language) != (fact, language):
                self.notes[note.guid] = old.with_state(state, fact=fact, language=language, title=title_of(note))

    def stamp_type(self, note_type: NoteType, language: str, now: int) -> None:
        """Give a note type its time: a later one where it changed."""
        digest = hash_type(note_type)
        old = self.types.get(note_type.id)
        fields, cards = shape(note_type)
        if old is None:
            entry = TypeEntry(State(digest, now), None, note_type.kind, language, fields, cards, note_type.family)
        else:
            entry = replace(old, state=old.state.next(digest, old.released, now))
            if old.released is None:
                entry = replace(entry, fields=fields, cards=cards, family=note_type.family)
        self.types[note_type.id] = entry

    def is_public(self, edition: Edition) -> bool:
        """Whether an edition's notes and note types are just those that were last released."""
        public = {guid: entry for guid, entry in self.notes.items() if entry.is_public}
        mine = {guid for guid, entry in public.items() if entry.language == edition.language}
        if mine != {note.guid for note in edition.notes}:
            return False
        types = edition.note_types
        entries = {id_: self.types[id_].released for id_ in types if id_ in self.types}
        return all(_holds(public[note.guid].released, note.digest) for note in edition.notes) and all(
            _holds(entries.get(id_), hash_type(note_type)) for id_, note_type in types.items()
        )

    def release(self, version: str, editions: Collection[Edition], now: int) -> None:
        """Mark what is stamped as public, and what changed since the last release with the time of this one.

        A correction that was built on day 20 and is released on day 30 must beat a tag that Anki added on day 25.
        """
        for edition in editions:
            self.names.setdefault(edition.language, set()).add(edition.name)
            for note in edition.notes:
                entry = self.notes[note.guid]
                state = _stamp_anew(entry.state, entry.released, now)
                self.notes[note.guid] = entry.with_state(state, released=state, gone=False)
            for note_type in edition.note_types.values():
                known = self.types[note_type.id]
                state = _stamp_anew(known.state, known.released, now)
                fields, cards = shape(note_type)
                self.types[note_type.id] = replace(
                    known, state=state, released=state, fields=fields, cards=cards, family=note_type.family
                )
        self._forget_gone(editions)
        # After a merge of branches that both released, it comes after both.
        self.releases += [Release(version, now, end) for end in sorted({end.version for end in self.ends}) or [""]]

    def _forget_gone(self, editions: Collection[Edition]) -> None:
        """Mark as not public what this release no longer has: its learners were told, once.

        Ids, times and numbers are kept, should it come back.
        """
        languages = {edition.language for edition in editions}
        here = {note.guid for edition in editions for note in edition.notes}
        for guid, entry in self.notes.items():
            if entry.is_public and entry.language in languages and guid not in here:
                self.notes[guid] = replace(entry, gone=True)
        ords = {note.gap_stem: note.ords for edition in editions for note in edition.notes}
        for key, gap in self.gaps.items():
            self.gaps[key] = replace(gap, released=gap.number - 1 in ords.get(key.rpartition("/")[0], ()))


def name(note: Note) -> str:
    """Return `kind/fact`, or `kind/fact/part`, by the ids that they have now."""
    fact = f"{note.note_type.kind}/{note.fact.id}"
    return f"{fact}/{note.part}" if note.part else fact


def shape(note_type: NoteType) -> tuple[Slots, Slots]:
    """Return what Anki compares two note types by: the fields and the card templates, each by id and name, in order."""
    fields = tuple((entry.id, entry.name) for entry in note_type.fields)
    return fields, tuple((card.id, card.name) for card in note_type.templates)


def hash_type(note_type: NoteType) -> str:
    """Return what stands for a note type's content."""
    content: Mapping[str, object] = {
        "name": note_type.name,
        "family": note_type.family,
        "css": note_type.css,
        "fields": [[entry.id, entry.name] for entry in note_type.fields],
        "templates": [[card.id, card.name, card.front, card.back] for card in note_type.templates],
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _holds(state: State | None, digest: str) -> bool:
    return state is not None and state.hash == digest


def _stamp_anew(state: State, released: State | None, now: int) -> State:
    if state == released:
        return state
    # Later than what learners have, and no earlier than what the author tried of the same content.
    return State(state.hash, max(now, state.modified, released.modified + 1 if released else 0))
