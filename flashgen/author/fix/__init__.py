"""Cures that are sure, put into an author's files: quotes, ids, and the ids that facts had before.

Each changes a YAML text and keeps all the rest of it to the character; a file that would not read as is wanted
afterwards is left alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import partial
from pathlib import Path

from flashgen.author.fix.changes import Change, FileText, Told
from flashgen.author.fix.commas import quote_commas
from flashgen.author.fix.ids import give_ids, ids_in
from flashgen.author.fix.quotes import quote
from flashgen.author.fix.renames import write_formerly
from flashgen.author.kinds import all_kinds
from flashgen.diagnostics import Finding, Report, Rule
from flashgen.read.project import CARDS, CREDITS, DECK, OUTLINE, yaml_files
from flashgen.rules import MENDED
from flashgen.validate.deck import DECK as DECK_PROPERTIES
from flashgen.validate.facts import FILE
from flashgen.values import Map, Seq, Value

__all__ = ["Change", "fix", "fixable"]


def fix(root: Path, decks: Collection[str] = ()) -> list[Change]:
    """Write the cures that are sure into the files of these decks, all where none are named; return what changed.

    Raises WriteError.
    """
    return _mend(root, decks, dry=False)[0]


def fixable(root: Path, findings: Iterable[Finding]) -> frozenset[Finding]:
    """Return those of a project's findings that `fix` would mend, and write nothing."""
    # Few runs have one of these, and none of the others has to try.
    asked = [finding for finding in findings if finding.rule in MENDED]
    mended: dict[tuple[Rule, str], list[Told]] = {}
    for told in _mend(root, (), dry=True)[1] if asked else ():
        mended.setdefault((told.rule, told.path), []).append(told)
    return frozenset(
        finding
        for finding in asked
        if any(told.means(finding) for told in mended.get((finding.rule, finding.span.path), ()))
    )


def _mend(root: Path, decks: Collection[str], *, dry: bool) -> tuple[list[Change], list[Told]]:
    changes: list[Change] = []
    mended: list[Told] = []
    kinds = all_kinds(root, Report())
    keys = {name for kind in kinds.values() for name in kind.properties} | set(FILE) | set(DECK_PROPERTIES)
    for folder in sorted(path for path in (root / CARDS).iterdir() if path.is_dir() and path.name[0] != "."):
        if decks and folder.name not in decks:
            continue
        files = [FileText(root, file, dry=dry) for file in _files(folder)]
        for file in files:
            changes += file.write(partial(quote, keys=keys))
        languages = next((_languages(file.value) for file in files if file.file == folder / DECK), ())
        for file in files:
            changes += file.write(partial(quote_commas, languages=languages))
        facts = [file for file in files if file.file.relative_to(folder).as_posix() not in (DECK, OUTLINE, CREDITS)]
        # What cannot be read may have any id.
        if all(file.is_readable for file in facts):
            taken = {name for file in facts for name in ids_in(file.value)} | _retired(files)
            for file in facts:
                changes += file.write(partial(give_ids, kinds=kinds, taken=taken))
        mended += [told for file in files for told in file.mended]
    renamed, found = write_formerly(root, decks, dry=dry)
    return [*changes, *renamed], [*mended, *found]


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
