"""What changed in a note, word by word, since the release or the last build."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from flashgen.compare.difference import Changed
from flashgen.compare.packed import read_apkg
from flashgen.compare.since import beside_release
from flashgen.compare.sources import beside_package
from flashgen.compare.words import Piece
from flashgen.errors import FlashgenError
from flashgen.model import Edition
from flashgen.pack.lock import Lock
from flashgen.pipeline import DIST, Checked


class Change(Struct, frozen=True):
    """The fields that changed, each with the way from the old words to the new, and the tags that came and went."""

    fields: tuple[tuple[str, tuple[Piece, ...]], ...]
    tags: tuple[Piece, ...]


def changes_of(checked: Checked) -> Mapping[str, Change]:
    """Return what is known of the notes that changed, by guid."""
    dist = checked.project.root / DIST
    return {
        changed.note.guid: _change(changed)
        for edition in checked.editions
        for changed in _changed(edition, checked.locks[edition.deck.folder], dist)
        if changed.is_known
    }


def _changed(edition: Edition, lock: Lock, dist: Path) -> tuple[Changed, ...]:
    if lock.latest:
        return beside_release(edition, lock, dist).changed
    folder = edition.deck.folder
    file = next(filter(Path.is_file, (dist / f"{folder}.{edition.language}.apkg", dist / f"{folder}.apkg")), None)
    try:
        return beside_package(edition, lock, read_apkg(file), file.name).changed if file else ()
    except FlashgenError:
        # The package only helps to say more.
        return ()


def _change(changed: Changed) -> Change:
    old, new = set(changed.old_tags), set(changed.new_tags)
    tags = [("-", tag) for tag in sorted(old - new)] + [("+", tag) for tag in sorted(new - old)]
    return Change(tuple((field.field, field.words) for field in changed.fields), tuple(tags))
