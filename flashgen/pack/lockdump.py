"""A deck's lock → its file, in the form that `lockfile` reads."""

from __future__ import annotations

import json
from collections.abc import Callable

from flashgen.pack.lock import Lock, State, TypeEntry

FORMAT = 2
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
    # Written by hand, since a deck of 100,000 notes has as many lines; nothing in them needs to be escaped.
    lines += sorted(
        f'{{"note":{_guid(guid)},"id":{note.id},"hash":"{note.state.hash}","modified":{note.state.modified},'
        f'"fact":"{note.fact}","title":{line_of(note.title)},"language":"{note.language}"'
        f"{_released(note.released)}{_GONE if note.gone else ''}}}"
        for guid, note in lock.notes.items()
    )
    lines += sorted(
        f'{{"type":{id_},"hash":"{kind.state.hash}","modified":{kind.state.modified},"kind":"{kind.kind}",'
        f'"language":"{kind.language}"{_family(kind)},"fields":{line_of(kind.fields)},"cards":{line_of(kind.cards)}'
        f"{_released(kind.released)}}}"
        for id_, kind in lock.types.items()
    )
    return ("\n".join(lines) + "\n").encode()


def called(line: str) -> str:
    """Return what a line of a lock is about, for its author, or "" where that is the deck as a whole."""
    entry = json.loads(line)
    if "type" in entry:
        return f"the note type of kind `{entry['kind']}`"
    named = entry.get("fact") or entry.get("gap") or entry.get("adopted")
    return f"`{named.replace('//', '/')}`" if named else ""


def _guid(guid: str) -> str:
    # One that was adopted may hold anything.
    return f'"{guid}"' if guid.isalnum() and guid.isascii() else json.dumps(guid)


_GONE = ',"gone":true'


def _released(state: State | None) -> str:
    return f',"released":["{state.hash}",{state.modified}]' if state else ""


def _family(kind: TypeEntry) -> str:
    return f',"family":"{kind.family}"' if kind.family else ""
