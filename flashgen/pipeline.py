"""The whole of flashgen in five steps: read, validate, render, pack, write. Start reading here."""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flashgen import rules
from flashgen.diagnostics import Report
from flashgen.errors import ProjectError
from flashgen.model import DeckFacts, Edition, Package, Project
from flashgen.pack import pack
from flashgen.pack.lock import Lock
from flashgen.pack.lockfile import NAME, dump, read_lock
from flashgen.read.project import CARDS, read_project
from flashgen.render import render
from flashgen.validate import validate
from flashgen.values import span
from flashgen.write import write, write_bytes


@dataclass(frozen=True, slots=True)
class Built:
    """A package and the file it was written to."""

    package: Package
    file: Path


def build(
    root: Path, now: int, decks: Collection[str] = (), languages: Collection[str] = ()
) -> tuple[Report, tuple[Built, ...]]:
    """Turn a project folder into packages: return what was found, and what was written, which is nothing on errors.

    `now` is in seconds; `decks` and `languages` say what to build, all where they are empty. Raises FlashgenError.
    """
    report = Report()
    with _collector_paused():
        project = read_project(root, report, decks)
        facts = validate(project, report)
        _refuse_unknown(languages, project, facts)
        locks = {entry.deck.folder: _lock(root, entry) for entry in facts}
        editions = _render(project, facts, locks, report, languages)
        if report.failed:
            return report, ()
        packages = [pack(edition, locks[edition.deck.folder], now) for edition in editions]
        # The lock first: one that is ahead of its package makes the next build write the same package again.
        for name, lock in locks.items():
            write_bytes(root / CARDS / name / NAME, dump(lock))
        return report, tuple(Built(package, write(package, root / "dist")) for package in packages)


def check(
    root: Path, decks: Collection[str] = (), languages: Collection[str] = ()
) -> tuple[Report, tuple[Edition, ...]]:
    """Do all that `build` does but pack and write: return what was found, and the notes. Raises FlashgenError."""
    report = Report()
    with _collector_paused():
        project = read_project(root, report, decks)
        facts = validate(project, report)
        _refuse_unknown(languages, project, facts)
        locks = {entry.deck.folder: _lock(root, entry) for entry in facts}
        return report, _render(project, facts, locks, report, languages)


def _render(
    project: Project,
    facts: Collection[DeckFacts],
    locks: dict[str, Lock],
    report: Report,
    languages: Collection[str],
) -> tuple[Edition, ...]:
    editions: list[Edition] = []
    for entry in facts:
        numbers = locks[entry.deck.folder].number_gaps(entry.facts)
        editions += render(project, [entry], numbers, report, languages)
        # What no language broke is known only when every language was rendered.
        if not languages:
            _report_unused_allowances(entry, report)
    return tuple(editions)


def _refuse_unknown(languages: Collection[str], project: Project, facts: Collection[DeckFacts]) -> None:
    """Raise ProjectError for a language that no deck has; a deck that was set aside may have any."""
    known = sorted({language for entry in facts for language in entry.deck.editions})
    if len(facts) < len(project.decks) or not known:
        return
    for language in languages:
        if language not in known:
            raise ProjectError(f"no deck has the language `{language}`", f"the languages are: {', '.join(known)}")


def _lock(root: Path, facts: DeckFacts) -> Lock:
    folder = facts.deck.folder
    return read_lock(root / CARDS / folder / NAME, f"{CARDS}/{folder}/{NAME}", facts.deck.uid, "")


def _report_unused_allowances(entry: DeckFacts, report: Report) -> None:
    for fact in entry.facts:
        reasons = fact.allow.reasons
        for name in reasons or ():
            if reasons is not None and name not in fact.allow.used:
                where = span(fact.path, reasons.keys_at[name])
                message = f"`{fact.id}` allows `{name}`, which it does not break"
                report.add(rules.UNUSED_ALLOW, message, where, "delete it")


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Keep the garbage collector from walking the facts over and over: it took half the time of reading them."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            # What lives now lives to the end: else the collector walks all of it at once, and again at exit.
            gc.freeze()
            gc.enable()
