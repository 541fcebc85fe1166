"""cards/<deck>/deck.lock.jsonl: a deck's lock as text that git can merge.

One JSON object a line, sorted, an object an id; `.gitattributes` merges the file by union, so two branches leave two
lines of one id where both touched it, and reading settles them:

- `{"flashgen": 2, "uid": …}` says the format and whose lock it is
- `{"release": version, "time": seconds, "after": the version before}`
- `{"deck": name, "language": …}` is a name under which the deck was released
- `{"gap": "kind/fact/part/item", "number": …, "released": true}` keeps a cloze number
- `{"adopted": "kind/fact/part", "language": …, "guid": …}` gives a note the guid it has in an older deck
- `{"adopted-type": our id, "id": …, "kind": …, "language": …, "fields": [[our id, old id], …],
  "cards": [[our id, old id or null, name], …]}` does so for a note type
- `{"note": guid, "id": ms, "hash": …, "modified": seconds, "fact": "kind/fact/part", "title": …,
  "language": …, "released": […]}`
- `{"type": id, "hash": …, "modified": …, "kind": …, "language": …, "family": …, "fields": […], "cards": […],
  "released": […]}`

`fields` and `cards` are `[id, name]` each. `released` is `[hash, modified]` as last made public, and is left out before
that; `"gone": true` says that the last release had the note no more.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from msgspec import DecodeError
from msgspec.json import Decoder
from msgspec.structs import replace

from flashgen.errors import LockError
from flashgen.model import MAX_GAP
from flashgen.pack.lock import HIGHEST, GapEntry, Lock, NoteEntry, Release, Slots, State, TypeEntry
from flashgen.pack.lockdump import FORMAT, line_of
from flashgen.read.files import read_bytes

NAME = "deck.lock.jsonl"
# A million notes and more.
LARGEST = 500_000_000

_RESTORE = "take the file back from git: learners' progress rests on it"
_KEEP_ONE = "take back the lock and the deck.yaml of the branch that released last, and release once more"
_Entry = TypeVar("_Entry", NoteEntry, TypeEntry)


def read_lock(file: Path, shown: str, uid: str, released: str) -> Lock:
    """Return a deck's lock, a new one where there is none and nothing was released; two branches' lines are settled.

    `released` is the version that deck.yaml says was released, or "". Raises LockError where the lock is damaged, lost,
    of another deck, of a newer flashgen, or holds two releases that contradict each other.
    """
    reader = _Reader(uid)
    try:
        data = read_bytes(file, LARGEST)
        # All of it, since a name that nobody knows is passed over: `released`, damaged, would be lost unseen.
        data.decode()
        lines = [*reader.lines(data)]
    except FileNotFoundError:
        if released:
            message = f"{shown} is gone, but deck.yaml says that {released} was released"
            raise LockError(message, _RESTORE) from None
        return Lock(uid)
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or error
        raise LockError(f"{shown} cannot be read: {why}", _RESTORE) from None
    for number, line in lines:
        try:
            reader.take(_entry(line))
        except (ValueError, KeyError, TypeError, RecursionError):
            hint = "settle the merge: keep the lines of both sides" if line[:7] in _CONFLICT else _RESTORE
            raise LockError(f"{shown}:{number}: this line is damaged", hint) from None
        except LockError as error:
            raise LockError(f"{shown}:{number}: {error}", error.hint) from None
    try:
        lock = reader.settle()
    except LockError as error:
        raise LockError(f"{shown}: {error}", error.hint) from None
    if released and released not in {release.version for release in lock.releases}:
        known = f"knows no release later than {lock.latest.version}" if lock.latest else "knows of no release"
        raise LockError(f"{shown} {known}, but deck.yaml says that {released} was released", _RESTORE)
    lock.read_from = fingerprint(data)
    return lock


def fingerprint(data: bytes) -> str:
    """Return what stands for the bytes of a lock's file, "" for those of none."""
    return hashlib.sha256(data).hexdigest() if data else ""


# Anki's ids of fields and card templates are any number of 64 bits.
_HIGHEST_SLOT = 2**63
_WRITTEN_PLAINLY = ("hash", "fact", "language", "kind", "family")
_PLAIN = re.compile(r'[^"\\\x00-\x1f]*')
_CONFLICT = ("<<<<<<<", "=======", ">>>>>>>", "|||||||")


_NOTES = Decoder(NoteEntry)
_NOTE = b'{"note":'
_NULL = re.compile(rb":\s*null")


class _Reader:
    """Collects the lines of a lock, and settles those of which there are two."""

    def __init__(self, uid: str) -> None:
        self.lock = Lock(uid)
        self.seen_header = False
        # Entries of one id whose released states differ: judged once all releases are known.
        self.contested: list[tuple[str, State, State]] = []

    def lines(self, data: bytes) -> Iterator[tuple[int, str]]:
        """Yield the lines that are left to `take`, with their numbers; most notes' lines are taken here."""
        # Nearly all of a lock stands between its first note and its last.
        start = 0 if data.startswith(_NOTE) else data.find(b"\n" + _NOTE) + 1 or len(data)
        end = data.find(b"\n", max(start, data.rfind(b"\n" + _NOTE) + 1)) + 1 or len(data)
        number = 0
        for part in filter(None, (data[:start], data[start:end], data[end:])):
            if part.startswith(_NOTE) and self._took_notes(part):
                number += part.count(b"\n")
                continue
            # Not by `splitlines`: a name may hold a line break of Unicode.
            for line in part.removesuffix(b"\n").split(b"\n"):
                number += 1
                if not (line.startswith(_NOTE) and self._took_notes(line)) and (text := line.decode()).strip():
                    yield number, text

    def _took_notes(self, lines: bytes) -> bool:
        """Take the lines of notes as `take` would, in a sixth of the time; False where one wants a closer look."""
        if b"null" in lines and _NULL.search(lines):
            return False
        try:
            read = _NOTES.decode_lines(lines)
        except (DecodeError, RecursionError):
            return False
        if b"\\" in lines and not all(_PLAIN.fullmatch(f"{note.hash}{note.fact}{note.language}") for note in read):
            return False
        for note in read:
            self._put(self.lock.notes, note.guid, note, note.fact)
        return True

    def take(self, entry: Mapping[str, Any]) -> None:
        if "flashgen" in entry:
            self._header(entry)
        elif "release" in entry:
            release = Release(_text(entry["release"]), _whole(entry["time"]), _text(entry["after"]))
            if release not in self.lock.releases:
                self.lock.releases.append(release)
        elif "deck" in entry:
            self.lock.names.setdefault(_text(entry["language"]), set()).add(_text(entry["deck"]))
        elif "gap" in entry:
            self._gap(_text(entry["gap"]), GapEntry(_whole(entry["number"]), entry.get("released") is True))
        elif "adopted" in entry or "adopted-type" in entry:
            self.lock.adopted.take(entry)
        elif "note" in entry:
            fact, language = _text(entry["fact"]), _text(entry.get("language", ""))
            title = _text(entry.get("title", ""))
            gone = entry.get("gone") is True
            guid, state = _text(entry["note"]), _state(entry)
            note = NoteEntry(
                guid, _whole(entry["id"]), state.hash, state.modified, fact, title, language, _public(entry), gone
            )
            self._put(self.lock.notes, guid, note, fact)
        else:
            fields, cards = entry.get("fields", ()), entry.get("cards", ())
            kind = TypeEntry(
                _state(entry),
                _public(entry),
                # Format 1 called it `fact`, as in a note's line, and joined the language to it.
                _text(entry.get("kind", str(entry.get("fact", "")).partition("/")[0])),
                _text(entry.get("language", str(entry.get("fact", "")).partition("/")[2])),
                _slots(fields),
                _slots(cards),
                _text(entry.get("family", "")),
            )
            self._put(self.lock.types, _whole(entry["type"]), kind, kind.kind)

    def _header(self, entry: Mapping[str, Any]) -> None:
        if _whole(entry["flashgen"]) > FORMAT:
            raise LockError("this lock was written by a newer flashgen", "install that version or a later one")
        if entry["uid"] != self.lock.uid:
            hint = "give deck.yaml back the `uid` it had; for a new deck, made from a copy, delete the lock"
            raise LockError(f"this lock is of another deck, with uid {entry['uid']}", hint)
        self.seen_header = True

    def _put(self, entries: dict[Any, _Entry], key: object, entry: _Entry, name: str) -> None:
        """Keep an entry; of two, what each half says newest. The sources then tell whether that is still so."""
        other = entries.get(key)
        if other is None:
            entries[key] = entry
            return
        if other.released is not None and entry.released is not None and other.released != entry.released:
            self.contested.append((name, other.released, entry.released))
        newest = max(other, entry, key=_latest)
        public = max(other, entry, key=_latest_public)
        merged = replace(newest, released=public.released)
        if isinstance(other, NoteEntry) and isinstance(entry, NoteEntry):
            # Learners may have the id of the one that was released; else the smaller was allotted first.
            id_ = min(one.id for one in (other, entry) if one.released is not None or public.released is None)
            merged = replace(merged, id=id_, gone=other.gone or entry.gone)
        if isinstance(merged, TypeEntry) and isinstance(public, TypeEntry) and public.released is not None:
            # The shape is that of what was released.
            merged = replace(merged, fields=public.fields, cards=public.cards, family=public.family)
        entries[key] = merged

    def _gap(self, key: str, gap: GapEntry) -> None:
        if not 1 <= gap.number <= MAX_GAP:
            raise ValueError
        other = self.lock.gaps.get(key)
        if other is not None and other.released != gap.released:
            gap = other if other.released else gap
        elif other is not None:
            if gap.released and gap.number != other.number:
                raise LockError(f"`{key}` was released with two cloze numbers", _KEEP_ONE)
            gap = min(other, gap, key=lambda one: one.number)
        self.lock.gaps[key] = gap

    def settle(self) -> Lock:
        """Return the lock, once all lines are in. Raises LockError."""
        if not self.seen_header:
            raise LockError("its first line, which says whose lock it is, is gone", _RESTORE)
        history = _History(self.lock.releases)
        for name, one, other in self.contested:
            # What one branch had released before they parted, it had simply not released anew.
            parted = history.parted(one, other)
            if parted is not None:
                earlier, later = parted
                when = f"in {earlier} and in {later}" if earlier != later else f"both times as {later}"
                raise LockError(f"`{name}` was released in two states on two branches, {when}", _KEEP_ONE)
        self._part_notes()
        self._part_gaps()
        return self.lock

    def _part_notes(self) -> None:
        """Give notes that two branches put on one note id one each: Anki goes by guid, so no history moves."""
        ids = {note.id for note in self.lock.notes.values()}
        if len(ids) == len(self.lock.notes):
            return
        taken: dict[int, str] = {}
        highest = max(ids, default=0)
        order = sorted(self.lock.notes.items(), key=lambda item: (item[1].released is None, item[0]))
        for guid, note in order:
            if note.id in taken:
                highest += 1
                self.lock.notes[guid] = replace(note, id=highest)
            taken[self.lock.notes[guid].id] = guid

    def _part_gaps(self) -> None:
        """Give gaps of one note that two branches put on one number one each; what learners may have stays."""
        notes: dict[str, dict[int, str]] = {}
        order = sorted(self.lock.gaps.items(), key=lambda item: (not item[1].released, item[0]))
        moved: list[tuple[str, str]] = []
        for key, gap in order:
            taken = notes.setdefault(key.rpartition("/")[0], {})
            if taken.setdefault(gap.number, key) != key:
                if gap.released:
                    message = f"`{key}` and `{taken[gap.number]}` were released with one cloze number"
                    raise LockError(message, _KEEP_ONE)
                moved.append((key.rpartition("/")[0], key))
        for note, key in moved:
            number = max(notes[note]) + 1
            notes[note][number] = key
            self.lock.gaps[key] = GapEntry(number, released=False)


def _latest(entry: NoteEntry | TypeEntry) -> tuple[Any, ...]:
    # What it is counts too, so that the order of the lines does not.
    about = (entry.fact, entry.title) if isinstance(entry, NoteEntry) else (entry.kind, *_shape(entry))
    return entry.state.modified, entry.state.hash, entry.language, *about


def _latest_public(entry: NoteEntry | TypeEntry) -> tuple[Any, ...]:
    released = entry.released or State("", -1)
    return released.modified, released.hash, *(_shape(entry) if isinstance(entry, TypeEntry) else ())


def _shape(entry: TypeEntry) -> tuple[Any, ...]:
    return entry.family, entry.fields, entry.cards


class _History:
    """Which release came after which."""

    def __init__(self, releases: Iterable[Release]) -> None:
        self.releases = sorted({(release.time, release.version) for release in releases})
        self.after: dict[tuple[int, str], set[str]] = {}
        for release in releases:
            self.after.setdefault((release.time, release.version), set()).add(release.after)

    def parted(self, one: State, other: State) -> tuple[str, str] | None:
        """Return the versions that released two states, the later one last, if neither came after the other."""
        earlier, later = sorted(self._that_made(state) for state in (one, other))
        # Two branches may have released one version in one second.
        agree = one.modified != other.modified if earlier == later else self._follows(later, earlier)
        return None if agree or not earlier[1] else (earlier[1], later[1])

    def _that_made(self, state: State) -> tuple[int, str]:
        # A release gives its own time to what it changes.
        return max((release for release in self.releases if release[0] <= state.modified), default=(0, ""))

    def _follows(self, later: tuple[int, str], earlier: tuple[int, str]) -> bool:
        seen: set[tuple[int, str]] = set()
        todo = [later]
        while todo:
            release = todo.pop()
            if release == earlier:
                return True
            if release not in seen:
                seen.add(release)
                todo += [before for before in self.releases if before[1] in self.after.get(release, ())]
        return False


def _entry(line: str) -> Mapping[str, Any]:
    """Return what a line holds. Raises ValueError where `dump` would write it otherwise: half a letter, or escapes."""
    entry = json.loads(line)
    if not isinstance(entry, dict):
        raise TypeError
    if "\\" in line:
        line_of(entry).encode()
        if not all(_PLAIN.fullmatch(_text(entry[name])) for name in _WRITTEN_PLAINLY if name in entry):
            raise ValueError
    return entry


def _state(entry: Mapping[str, Any]) -> State:
    return State(_text(entry["hash"]), _whole(entry["modified"]))


def _public(entry: Mapping[str, Any]) -> State | None:
    if "released" not in entry:
        return None
    digest, modified = entry["released"]
    return State(_text(digest), _whole(modified))


def _slots(value: Iterable[Any]) -> Slots:
    return tuple((_signed(id_), _text(name)) for id_, name in value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _signed(value: object) -> int:
    # Half of the ids that Anki itself gives to fields and card templates are negative.
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > _HIGHEST_SLOT:
        raise TypeError
    return value


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= HIGHEST:
        raise ValueError
    return value
