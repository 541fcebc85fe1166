"""The whole of flashgen in five steps: read, validate, render, pack, write. Start reading here."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from flashgen import rules
from flashgen.diagnostics import Report, Span
from flashgen.errors import ChangedError, ProjectError
from flashgen.inputs import Aids
from flashgen.known_files import KnownFiles
from flashgen.lint import lint as judge_cards
from flashgen.lint.registry import check_names
from flashgen.lint.selection import EVERYTHING, Selection, left_out
from flashgen.lint.settings import Settings, check_kinds, read_settings
from flashgen.model import DeckFacts, Edition, Project
from flashgen.pack import pack, stamp
from flashgen.pack.adopted import take_over
from flashgen.pack.lock import Lock
from flashgen.pack.lockdump import called, dump
from flashgen.pack.lockfile import NAME, read_lock
from flashgen.pack.rows import Package
from flashgen.read.project import CARDS, read_project
from flashgen.render.editions import render
from flashgen.stages import Stages
from flashgen.validate import validate
from flashgen.validate.facts import Misfit
from flashgen.values import span
from flashgen.write import OvertakenError, load_packer, preparing, write_lock

DIST = "dist"
_ATTEMPTS = 5


class Built(Struct, frozen=True):
    """A package and the file it was written to; `lock` is the path in the project and the hash of its deck's lock."""

    package: Package
    file: Path
    lock: tuple[str, str] = ("", "")


class Checked(Struct, frozen=True):
    """All that is known before anything is packed: the notes as they are, and the locks of their decks as they were.

    `locks` are by the name of the deck's folder.
    """

    project: Project
    editions: tuple[Edition, ...]
    locks: Mapping[str, Lock]


def build(
    root: Path,
    now: int,
    decks: Collection[str] = (),
    languages: Collection[str] = (),
    *,
    locked: bool = False,
    strict: bool = False,
    lint: Selection = EVERYTHING,
    stages: Stages | None = None,
    aids: Aids | None = None,
) -> tuple[Report, tuple[Built, ...]]:
    """Turn a project folder into packages: return what was found, and what was written, which is nothing on errors.

    `now` is in seconds; `decks` and `languages` say what to build, all where they are empty. With `locked`, a lock that
    would change is an error; with `strict`, nothing is written on warnings either. Of the card rules that `lint`
    selects, those that only warn run if `strict` makes them count. Raises FlashgenError.
    """
    build_once = partial(
        _build, root, now, decks, languages, locked=locked, strict=strict, lint=lint, stages=stages, aids=aids
    )
    for _ in range(_ATTEMPTS - 1):
        # Two builds at once: the second finds in the lock what the first wrote, and goes on from there. One whose
        # author saved a picture meanwhile looks at it again.
        with suppress(OvertakenError, ChangedError):
            return build_once()
    return build_once()


def _build(
    root: Path,
    now: int,
    decks: Collection[str],
    languages: Collection[str],
    *,
    locked: bool,
    strict: bool,
    lint: Selection,
    stages: Stages | None,
    aids: Aids | None,
) -> tuple[Report, tuple[Built, ...]]:
    stages = stages or Stages()
    report = Report()
    with _collector_paused():
        lint = replace(lint, cards=strict)
        aids = aids or Aids()
        checked, keep = _check(root, report, decks, languages, stages, aids, lint, load_packer)
        if report.stops(strict=strict):
            keep()
            return report, ()
        with stages("pack"):
            for edition in checked.editions:
                stamp(edition, checked.locks[edition.deck.folder], now)
            packages = [pack(edition, checked.locks[edition.deck.folder]) for edition in checked.editions]
            aids.hold(packages)
        if locked:
            _report_changed_locks(checked.locks, root, report)
        if report.stops(strict=strict):
            return report, ()
        with stages("write"), preparing(packages, root / DIST) as put_packages:
            dumped = {name: dump(lock) for name, lock in checked.locks.items()}
            keep()
            # The locks first: one that is ahead of its package makes the next build write the same package again.
            for name, lock in checked.locks.items():
                write_lock(root / _lock_of(name), lock, dumped[name])
            locks = {name: (_lock_of(name), hashlib.sha256(data).hexdigest()) for name, data in dumped.items()}
            made = zip(checked.editions, packages, put_packages(), strict=True)
            return report, tuple(Built(package, file, locks[edition.deck.folder]) for edition, package, file in made)


def check(
    root: Path,
    report: Report,
    decks: Collection[str] = (),
    languages: Collection[str] = (),
    stages: Stages | None = None,
    aids: Aids | None = None,
    *,
    lint: Selection = EVERYTHING,
) -> Checked:
    """Do all that `build` does but pack and write, and judge the cards by the rules that `lint` selects.

    Returns the notes, and adds what was found to the report. Raises FlashgenError.
    """
    with _collector_paused():
        checked, keep = _check(root, report, decks, languages, stages or Stages(), aids or Aids(), lint, lambda: None)
        keep()
        return checked


def _check(
    root: Path,
    report: Report,
    decks: Collection[str],
    languages: Collection[str],
    stages: Stages,
    aids: Aids,
    lint: Selection,
    meanwhile: Callable[[], object],
) -> tuple[Checked, Callable[[], None]]:
    """Return what was checked, and what writes to the cache all that the next run can use of it.

    Where it has to wait for other processes, it does `meanwhile`.
    """
    lint.refuse_unknown()
    run = _Run(root, decks, languages, stages, aids, lint, meanwhile)
    if aids.inputs is not None:
        found = Report()
        with suppress(Misfit):
            checked, keep, used = run.check(found, with_known=True)
            # Of what is wrong beside other files, all files have to tell.
            if not (found.failed and used):
                report.take(found)
                aids.hold(checked, keep)
                return checked, keep
    checked, keep, _ = run.check(report, with_known=False)
    aids.hold(checked, keep)
    return checked, keep


class _Run(Struct, frozen=True):
    """One check, and what was asked of it."""

    root: Path
    decks: Collection[str]
    languages: Collection[str]
    stages: Stages
    aids: Aids
    lint: Selection
    meanwhile: Callable[[], object]

    def check(self, report: Report, *, with_known: bool) -> tuple[Checked, Callable[[], None], bool]:
        """Return what was checked, what keeps it, and whether it rests on files that another run or process made."""
        root, languages, stages = self.root, self.languages, self.stages
        with stages("read"):
            settings = read_settings(root, report)
            without = left_out(self.lint, settings.selection)
            report.leave_out(without)
        known = self._known_files(settings, without) if with_known else None
        with stages("read"):
            project = read_project(root, report, self.decks, known.kept if known else None)
            check_kinds(settings, project.kind_names, root, report)
        with stages("validate"):
            facts = validate(project, report, settings.per_kind)
        _refuse_unknown(languages, project, facts)
        with stages("lock"):
            locks = {entry.deck.folder: _lock(root, entry) for entry in facts}
        editions: list[Edition] = []
        rendered_anew: list[tuple[DeckFacts, tuple[Edition, ...]]] = []
        for entry in facts:
            lock = locks[entry.deck.folder]
            with stages("render"):
                numbers = lock.number_gaps(entry.facts)
                made = render(project, [entry], numbers, report, languages, self.aids.cache, known, self.aids.inputs)
                rendered = [take_over(edition, lock.adopted) for edition in made]
            # A fact that was set aside is not lost, and what no language broke is known when all were rendered.
            if entry.complete and not report.failed and lock.releases:
                with stages("compare"):
                    # Before the first release there is nothing to compare with, and no need to wait for the import.
                    from flashgen.compare.released import judge, judge_languages  # noqa: PLC0415

                    judge_languages(entry.deck, lock, report)
                    for edition in rendered:
                        judge(edition, lock, report)
            editions += rendered
            rendered_anew.append((entry, made))
        with stages("lint"):
            judged = judge_cards(
                project, facts, editions, settings, without, report, warn=self.lint.cards, cache=self.aids.cache
            )
        for entry in facts if not languages else ():
            _report_unused_allowances(entry, judged[entry.deck.folder], without, report)

        def keep() -> None:
            if known is not None:
                known.keep(rendered_anew, report)

        return Checked(project, tuple(editions), locks), keep, bool(known and known.kept)

    def _known_files(self, settings: Settings, without: frozenset[str]) -> KnownFiles:
        assert self.aids.inputs is not None
        files = KnownFiles(self.root, self.aids.inputs, self.aids.cache, self.decks, self.languages, without, settings)
        with self.stages("facts"):
            files.find_all(self.aids.workers, self.meanwhile)
        return files


def _refuse_unknown(languages: Collection[str], project: Project, facts: Collection[DeckFacts]) -> None:
    """Raise ProjectError for a language that no deck has; a deck that was set aside may have any."""
    known = sorted({language for entry in facts for language in entry.deck.editions})
    if len(facts) < len(project.decks) or not known:
        return
    for language in languages:
        if language not in known:
            raise ProjectError(f"no deck has the language `{language}`", f"the languages are: {', '.join(known)}")


def _lock(root: Path, facts: DeckFacts) -> Lock:
    deck = facts.deck
    return read_lock(root / _lock_of(deck.folder), _lock_of(deck.folder), deck.uid, deck.released)


def _lock_of(folder: str) -> str:
    return f"{CARDS}/{folder}/{NAME}"


def _report_changed_locks(locks: Mapping[str, Lock], root: Path, report: Report) -> None:
    for name, lock in locks.items():
        file, data = root / _lock_of(name), dump(lock)
        old = file.read_bytes() if file.is_file() else b""
        if old == data:
            continue
        known = set(old.splitlines())
        lines = [line for line in data.splitlines() if line not in known]
        which = [named for line in lines if (named := called(line.decode()))]
        if not lines:
            # As a merge leaves it.
            message = "the lock has lines twice or in another order than a build would write"
        else:
            first = f", the first for {which[0]}" if which else ""
            message = f"a build would write {len(lines)} line{'s' * (len(lines) != 1)} of the lock anew{first}"
        where = Span(_lock_of(name))
        report.add(rules.LOCK_BEHIND, message, where, "run `flashgen build`, and commit the lock")


def _report_unused_allowances(
    entry: DeckFacts, judged: Collection[str], without: Collection[str], report: Report
) -> None:
    """Report what is allowed in vain; `judged` are the card rules that ran, `without` all rules that are not wanted."""
    # What did not run, or cannot judge this deck's languages, may be allowed with reason.
    unknown = {*without, *check_names().difference(judged)}
    for fact in entry.facts:
        reasons = fact.allow.reasons
        for name in reasons or ():
            if reasons is not None and name not in fact.allow.used and name not in unknown | fact.allow.ignored:
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
