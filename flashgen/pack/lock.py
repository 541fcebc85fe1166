"""cards/<deck>/deck.lock.jsonl: what was built, so that unchanged notes keep their ids and times.

One JSON object a line, sorted, so that git can merge two branches line by line:

- the header: `{"flashgen": 1, "uid": …}`
- a note: `{"note": guid, "id": note id in ms, "hash": …, "modified": seconds, "fact": …}`
- a note type: `{"type": id, "hash": …, "modified": seconds, "kind": …, "language": …}`
- a gap: `{"gap": "kind/fact/part/item", "number": cloze number}`
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from flashgen.errors import LockError
from flashgen.model import Fact, Note, NoteType
from flashgen.render.markup import MAX_GAP

FILE = "deck.lock.jsonl"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Stamp:
    """What was last built under an id.

    A hash of its content, when that content was first built (seconds), its note id (milliseconds; 0 for note types),
    and what it is, for readers.
    """

    hash: str
    modified: int
    id: int = 0
    about: tuple[str, ...] = ()


@dataclass(slots=True)
class Lock:
    """The lock of one deck, all languages in it. It only grows: what is not built now may come back."""

    uid: str
    notes: dict[str, Stamp] = field(default_factory=dict)
    types: dict[int, Stamp] = field(default_factory=dict)
    gaps: dict[str, int] = field(default_factory=dict)

    def number_gaps(self, facts: Iterable[Fact]) -> dict[tuple[str, str, str, str], int]:
        """Return the cloze number of every gap, allotting the next unused one to what is new.

        A number, once allotted, is kept for ever, so a step that comes between moves nobody's history.
        """
        highest: dict[str, int] = {}
        for key, number in self.gaps.items():
            note = key.rpartition("/")[0]
            highest[note] = max(highest.get(note, 0), number)
        numbers: dict[tuple[str, str, str, str], int] = {}
        for fact in facts:
            gaps = fact.gaps()
            if not gaps:
                continue
            for part, _ in fact.parts():
                note = f"{fact.kind.name}/{fact.origin}/{part}"
                for gap in gaps:
                    key = f"{note}/{gap}"
                    if key not in self.gaps:
                        highest[note] = self.gaps[key] = highest.get(note, 0) + 1
                    if self.gaps[key] > MAX_GAP:
                        message = f"`{fact.id}` has had more than {MAX_GAP} parts, and Anki numbers no more"
                        raise LockError(message, "split it into two facts")
                    numbers[fact.kind.name, fact.origin, part, gap] = self.gaps[key]
        return numbers

    def stamp_notes(self, notes: Iterable[Note], now: int) -> None:
        """Give every note its id and time. A note as it was keeps both; a changed one gets a later time."""
        taken = {stamp.id for stamp in self.notes.values()}
        free = now * 1000
        for note in notes:
            old = self.notes.get(note.guid)
            about = (note.fact.kind.name, note.fact.id, note.part) if note.part else (note.fact.kind.name, note.fact.id)
            if old is None or not old.id:
                while free in taken:
                    free += 1
                taken.add(free)
                old = replace(old, id=free) if old else Stamp(note.digest, now, free, about)
                self.notes[note.guid] = old
            if old.hash != note.digest:
                self.notes[note.guid] = Stamp(note.digest, max(now, old.modified + 1), old.id, about)
            elif old.about != about:
                self.notes[note.guid] = Stamp(old.hash, old.modified, old.id, about)

    def stamp_type(self, note_type: NoteType, language: str, now: int) -> Stamp:
        """Return a note type's stamp, with a later time where it changed."""
        digest = hash_type(note_type)
        old = self.types.get(note_type.id)
        modified = now if old is None else old.modified if old.hash == digest else max(now, old.modified + 1)
        stamp = self.types[note_type.id] = Stamp(digest, modified, 0, (note_type.kind, language))
        return stamp

    def dump(self) -> bytes:
        """Return the lock as it is written."""
        lines = [_line({"flashgen": FORMAT, "uid": self.uid})]
        lines += sorted(_line({"gap": key, "number": number}) for key, number in self.gaps.items())
        lines += sorted(
            f'{{"note":"{guid}","id":{stamp.id},"hash":"{stamp.hash}","modified":{stamp.modified},'
            f'"fact":"{"/".join(stamp.about)}"}}'
            for guid, stamp in self.notes.items()
        )
        lines += sorted(
            _line({"type": id_, "hash": stamp.hash, "modified": stamp.modified, "fact": "/".join(stamp.about)})
            for id_, stamp in self.types.items()
        )
        return ("\n".join(lines) + "\n").encode()


def read_lock(file: Path, shown: str, uid: str) -> Lock:
    """Return a deck's lock, a new one where there is none.

    Raises LockError where it is damaged, of another deck, or of a newer flashgen.
    """
    lock = Lock(uid)
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return lock
    except (OSError, UnicodeDecodeError) as error:
        raise LockError(f"{shown} cannot be read: {error}", _RESTORE) from None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            _take(lock, json.loads(line))
        except (ValueError, KeyError, TypeError):
            raise LockError(f"{shown}:{number}: this line is damaged", _RESTORE) from None
        except LockError as error:
            raise LockError(f"{shown}:{number}: {error}", error.hint) from None
    _untangle(lock)
    return lock


_RESTORE = "take the file back from git: learners' progress rests on it"


def _take(lock: Lock, entry: Mapping[str, object]) -> None:
    if "flashgen" in entry:
        if not isinstance(entry["flashgen"], int) or entry["flashgen"] > FORMAT:
            raise LockError("this lock was written by a newer flashgen", "install that version or a later one")
        if entry["uid"] != lock.uid:
            raise LockError(f"this lock is of another deck, with uid {entry['uid']}", "mend `uid` in deck.yaml")
        return
    if "gap" in entry:
        number = entry["number"]
        if not isinstance(number, int) or not 1 <= number <= MAX_GAP:
            raise ValueError
        key = str(entry["gap"])
        lock.gaps[key] = min(number, lock.gaps.get(key, number))
        return
    stamp = Stamp(
        str(entry["hash"]), _whole(entry["modified"]), _whole(entry.get("id", 0)), tuple(str(entry["fact"]).split("/"))
    )
    # Two lines of one thing come from two branches. The later one is what learners may have: nothing older may win.
    if "note" in entry:
        guid = str(entry["note"])
        lock.notes[guid] = max(stamp, lock.notes.get(guid, stamp), key=_lateness)
    else:
        id_ = _whole(entry["type"])
        lock.types[id_] = max(stamp, lock.types.get(id_, stamp), key=_lateness)


def _untangle(lock: Lock) -> None:
    """Take back what two branches gave to two things each, since both had taken the next free number.

    The first by name keeps it; the other gets a new one, as if it were new.
    """
    numbers: set[tuple[str, int]] = set()
    for key, number in sorted(lock.gaps.items()):
        place = (key.rpartition("/")[0], number)
        if place in numbers:
            del lock.gaps[key]
        numbers.add(place)
    ids: set[int] = set()
    for guid, stamp in sorted(lock.notes.items()):
        if stamp.id in ids:
            lock.notes[guid] = replace(stamp, id=0)
        ids.add(stamp.id)


def _lateness(stamp: Stamp) -> tuple[int, str, int]:
    return stamp.modified, stamp.hash, stamp.id


def hash_type(note_type: NoteType) -> str:
    """Return what stands for a note type's content."""
    content = {
        "name": note_type.name,
        "family": note_type.family,
        "css": note_type.css,
        "fields": [[field.id, field.name] for field in note_type.fields],
        "templates": [[card.id, card.name, card.front, card.back] for card in note_type.templates],
    }
    return hashlib.sha256(_line(content).encode()).hexdigest()[:32]


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError
    return value


def _line(entry: Mapping[str, object]) -> str:
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":"))
