"""A deck's lock → its file, in the form that `lockfile` reads."""

from __future__ import annotations

import json
from collections.abc import Callable

from msgspec.json import Encoder

from flashgen.pack.lock import Lock, NoteEntry, State, TypeEntry

FORMAT = 2
_encode = Encoder().encode
line_of: Callable[[object], str] = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def dump(lock: Lock) -> bytes:
    """Return a lock as it is written."""
    lines = [line_of({"flashgen": FORMAT, "uid": lock.uid})]
    releases = sorted(lock.releases, key=lambda release: (release.time, release.version, release.after))
    lines += [line_of({"release": entry.version, "time": entry.time, "after": entry.after}) for entry in releases]
    lines += sorted(
        line_of({"deck": name, "language": language}) for language, names in lock.names.items() for name in names
    )
    lines += sorted(
        line_of({"gap": key, "number": gap.number, **({"released": True} if gap.released else {})})
        for key, gap in lock.gaps.items()
    )
    lines += lock.adopted.lines()
    notes = sorted(map(_note, lock.notes.values()))
    types = sorted(
        f'{{"type":{id_},"hash":"{kind.state.hash}","modified":{kind.state.modified},"kind":"{kind.kind}",'
        f'"language":"{kind.language}"{_family(kind)},"fields":{line_of(kind.fields)},"cards":{line_of(kind.cards)}'
        f"{_released(kind.released)}}}"
        for id_, kind in lock.types.items()
    )
    return b"\n".join((*(line.encode() for line in lines), *notes, *(line.encode() for line in types), b""))


def called(line: str) -> str:
    """Return what a line of a lock is about, for its author, or "" where that is the deck as a whole."""
    entry = json.loads(line)
    if "type" in entry:
        return f"the note type of kind `{entry['kind']}`"
    named = entry.get("fact") or entry.get("gap") or entry.get("adopted")
    return f"`{named.replace('//', '/')}`" if named else ""


def _note(entry: NoteEntry) -> bytes:
    line = _encode(entry)
    if entry.guid.isascii() and entry.guid.isprintable():
        return line
    # One that was adopted may hold anything.
    return b'{"note":%b%b' % (json.dumps(entry.guid).encode(), line[len(b'{"note":') + len(_encode(entry.guid)) :])


def _released(state: State | None) -> str:
    return f',"released":["{state.hash}",{state.modified}]' if state else ""


def _family(kind: TypeEntry) -> str:
    return f',"family":"{kind.family}"' if kind.family else ""
