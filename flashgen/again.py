"""`build` and `check`, answered from the cache where nothing changed since they were last asked.

Then the pipeline is not even loaded. What is remembered is how a run ended that found no error: its findings, and the
packages it wrote, which are looked at before anyone is told that they are there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from flashgen.cache import Cache
from flashgen.diagnostics import Report
from flashgen.findings_data import from_data, to_data
from flashgen.inputs import Aids, Inputs, read_inputs, state_of
from flashgen.stages import Stages

if TYPE_CHECKING:
    from flashgen.lint.selection import Selection


class Made(Struct, frozen=True):
    """A package: its deck's name, how many notes and cards it holds, and its file, or None where none was written."""

    name: str
    notes: int
    cards: int
    file: Path | None = None


def build(
    root: Path,
    now: int,
    decks: Collection[str],
    languages: Collection[str],
    *,
    locked: bool = False,
    strict: bool = False,
    lint: Selection | None = None,
    stages: Stages | None = None,
    aids: Aids | None = None,
) -> tuple[Report, tuple[Made, ...]]:
    """Do as `pipeline.build` does, and return what was found and what stands in dist/. Raises FlashgenError."""
    stages = stages or Stages()

    def load() -> None:
        from flashgen import pipeline  # noqa: F401, PLC0415
        from flashgen.write import load_packer  # noqa: PLC0415

        load_packer()

    def run(inputs: Inputs | None) -> tuple[Report, tuple[Made, ...], Mapping[str, str]]:
        with stages("load"):
            from flashgen import pipeline  # noqa: PLC0415
            from flashgen.lint.selection import EVERYTHING  # noqa: PLC0415

        report, built = pipeline.build(
            root,
            now,
            decks,
            languages,
            locked=locked,
            strict=strict,
            lint=lint or EVERYTHING,
            stages=stages,
            aids=replace(aids or Aids(), inputs=inputs),
        )
        made = tuple(
            Made(entry.package.decks[0].name, len(entry.package.rows), _cards(entry.package.rows), entry.file)
            for entry in built
        )
        return report, made, dict(entry.lock for entry in built)

    about = ("build", f"{locked} {strict} {lint}", _chosen(decks, languages))
    return _again(root, about, stages, (aids or Aids()).cache, run, load)


def check(
    root: Path,
    decks: Collection[str],
    languages: Collection[str],
    *,
    lint: Selection | None = None,
    stages: Stages | None = None,
    aids: Aids | None = None,
) -> tuple[Report, tuple[Made, ...]]:
    """Do as `pipeline.check` does, and return what was found and what a build would make. Raises FlashgenError."""
    stages = stages or Stages()

    def load() -> None:
        from flashgen import pipeline  # noqa: F401, PLC0415

    def run(inputs: Inputs | None) -> tuple[Report, tuple[Made, ...], Mapping[str, str]]:
        with stages("load"):
            from flashgen import pipeline  # noqa: PLC0415
            from flashgen.lint.selection import EVERYTHING  # noqa: PLC0415

        report = Report()
        editions = pipeline.check(
            root, report, decks, languages, stages, replace(aids or Aids(), inputs=inputs), lint=lint or EVERYTHING
        ).editions
        made = tuple(
            Made(edition.name, len(edition.notes), sum(len(note.ords) for note in edition.notes))
            for edition in editions
        )
        return report, made, {}

    return _again(root, ("check", str(lint), _chosen(decks, languages)), stages, (aids or Aids()).cache, run, load)


def _chosen(decks: Collection[str], languages: Collection[str]) -> str:
    return json.dumps([sorted(set(decks)), sorted(set(languages))])


def _cards(rows: Iterable[Any]) -> int:
    return sum(len(row.note.ords) for row in rows)


def _again(
    root: Path,
    about: Sequence[str],
    stages: Stages,
    cache: Cache,
    run: Callable[[Inputs | None], tuple[Report, tuple[Made, ...], Mapping[str, str]]],
    load: Callable[[], object],
) -> tuple[Report, tuple[Made, ...]]:
    """Return how the last such run ended, if nothing that it read or wrote changed since; else run.

    `run` also returns the hashes of the locks that it wrote, by their paths in the project; `load` loads what it needs.
    """
    if cache.folder is None:
        return run(None)[:2]
    with stages("inputs"):
        before = read_inputs(root, meanwhile=load)
        if before is not None and (kept := _find(root, about, before, cache)) is not None:
            return kept
    report, made, written = run(before)
    with stages("inputs"):
        after = read_inputs(root, before)
        if before is not None and after is not None and not report.failed and after.is_after(before, written):
            _keep(root, about, after, cache, report, made)
    return report, made


def _find(root: Path, about: Sequence[str], inputs: Inputs, cache: Cache) -> tuple[Report, tuple[Made, ...]] | None:
    kept = cache.get("run", str(root), *about, inputs.digest())
    if kept is None:
        return None
    known = json.loads(kept)
    report = Report()
    for finding in known["findings"]:
        report.add(*from_data(finding))
    made = tuple(Made(name, notes, cards, root / file if file else None) for name, notes, cards, file in known["made"])
    files = (entry.file for entry in made)
    return (report, made) if known["states"] == [_state(file) for file in files if file is not None] else None


def _keep(root: Path, about: Sequence[str], inputs: Inputs, cache: Cache, report: Report, made: Sequence[Made]) -> None:
    rows = [
        [entry.name, entry.notes, entry.cards, entry.file.relative_to(root).as_posix() if entry.file else None]
        for entry in made
    ]
    states = [_state(entry.file) for entry in made if entry.file is not None]
    known = {"findings": [to_data(finding) for finding in report], "made": rows, "states": states}
    cache.put(json.dumps(known).encode(), "run", str(root), *about, inputs.digest())


def _state(file: Path) -> list[int] | None:
    try:
        return [*state_of(file.stat())]
    except OSError:
        return None
