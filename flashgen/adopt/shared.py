"""Old note types that another deck of the project took over: one that several old decks share is one in Anki."""

from __future__ import annotations

import json
from pathlib import Path

from msgspec.structs import replace

from flashgen.compare.packed import PackedType
from flashgen.errors import LockError
from flashgen.pack.lock import TypeEntry
from flashgen.pack.lockfile import NAME, read_lock
from flashgen.read.project import CARDS

# By the id that learners know it by.
Shared = dict[int, TypeEntry]


def read_shared(root: Path) -> Shared:
    """Return the old note types whose ids the project's decks keep, as they pack them. Raises LockError."""
    shared: Shared = {}
    for file in sorted((root / CARDS).glob(f"*/{NAME}")):
        shown = file.relative_to(root).as_posix()
        try:
            # Whose lock it is, is for the build of that deck to judge.
            with file.open(encoding="utf-8") as lines:
                uid = str(json.loads(next(lines))["uid"])
        except (OSError, ValueError, KeyError, TypeError, StopIteration):
            raise LockError(f"{shown} cannot be read", "take the file back from git") from None
        lock = read_lock(file, shown, uid, "")
        shared |= {entry.id: lock.types[entry.id] for entry in lock.adopted.types.values() if entry.id in lock.types}
    return shared


def as_learners_have_it(old: PackedType, shared: Shared) -> PackedType:
    """Return an old note type with the ids that another deck of ours gave its fields and cards."""
    entry = shared.get(old.id)
    return old if entry is None else replace(old, fields=entry.fields, cards=entry.cards)
