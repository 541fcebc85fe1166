"""Cures that are sure, put into an author's files: quotes, ids, and the ids that facts had before.

Each changes a YAML text and keeps all the rest of it to the character; a file that would not read as is wanted
afterwards is left alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial
from pathlib import Path

from flashgen.author.fix.changes import Change, FileText
from flashgen.author.fix.commas import quote_commas
from flashgen.author.fix.ids import give_ids, ids_in
from flashgen.author.fix.quotes import quote
from flashgen.author.fix.renames import write_formerly
from flashgen.author.kinds import all_kinds
from flashgen.diagnostics import Report
from flashgen.read.project import CARDS, CREDITS, DECK, OUTLINE, yaml_files
from flashgen.validate.deck import DECK as DECK_PROPERTIES
from flashgen.validate.facts import FILE
from flashgen.values import Map, Seq, Value

__all__ = ["Change", "fix"]


def fix(root: Path, decks: Collection[str] = ()) -> list[Change]:
    """Write the cures that are sure into the files of these decks, all where none are named; return what changed.

    Raises WriteError.
    """
    changes: list[Change] = []
    kinds = all_kinds(root, Report())
    keys = {name for kind in kinds.values() for name in kind.properties} | set(FILE) | set(DECK_PROPERTIES)
    for folder in sorted(path for path in (root / CARDS).iterdir() if path.is_dir() and path.name[0] != "."):
        if decks and folder.name not in decks:
            continue
        files = [FileText(root, file) for file in _files(folder)]
        for file in files:
            changes += file.write(partial(quote, keys=keys))
        languages = next((_languages(file.value) for file in files if file.file == folder / DECK), ())
        for file in files:
            changes += file.write(partial(quote_commas, languages=languages))
        facts = [file for file in files if file.file.relative_to(folder).as_posix() not in (DECK, OUTLINE, CREDITS)]
        if not all(file.is_readable for file in facts):
            # What cannot be read may have any id.
            continue
        taken = {name for file in facts for name in ids_in(file.value)} | _retired(files)
        for file in facts:
            changes += file.write(partial(give_ids, kinds=kinds, taken=taken))
    return [*changes, *write_formerly(root, decks)]


def _files(folder: Path) -> Iterator[Path]:
    yield from yaml_files(folder)
    if (folder / CREDITS).is_file():
        yield folder / CREDITS


def _languages(deck: Value | None) -> tuple[str, ...]:
    listed = deck.get("languages") if isinstance(deck, Map) else None
    return tuple(name for name in listed if isinstance(name, str)) if isinstance(listed, Seq) else ()


def _retired(files: Collection[FileText]) -> set[str]:
    deck = next((file.value for file in files if file.file.name == DECK), None)
    retired = deck.get("retired") if isinstance(deck, Map) else None
    return {name for name in retired if isinstance(name, str)} if isinstance(retired, Seq) else set()
