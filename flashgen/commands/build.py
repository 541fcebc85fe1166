"""`flashgen build`: facts in, packages out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING

from flashgen.again import Made
from flashgen.again import build as run_build
from flashgen.commands.findings import Findings, counted, shown_path
from flashgen.diagnostics import Report
from flashgen.inputs import Aids
from flashgen.stages import Stages

if TYPE_CHECKING:
    from flashgen.lint.selection import Selection

_NEXT = """\
Next: import them in Anki with File ▸ Import; on AnkiDroid and AnkiMobile, open the file.
Importing a newer package over an older one keeps all progress."""


def run(
    root: Path,
    clock: Callable[[], int],
    decks: Collection[str],
    languages: Collection[str],
    wanted: Selection | None,
    findings: Findings,
    aids: Aids,
    stages: Stages,
    base: Path,
    *,
    locked: bool,
    watch: bool,
) -> int:
    """Build, show what was found and made, by its path from `base`, and return the exit code."""

    def work(stages: Stages) -> tuple[Report, tuple[Made, ...]]:
        return run_build(
            root,
            clock(),
            decks,
            languages,
            locked=locked,
            strict=findings.is_strict,
            lint=wanted,
            stages=stages,
            aids=aids,
        )

    if watch:
        # What watches takes longer to load than a run that finds all it needs in the cache.
        from flashgen.commands.rounds import follow  # noqa: PLC0415

        return follow(root, findings, lambda stages: _in_a_line(findings, *work(stages)))
    with findings.screen.at_work(stages):
        report, made = work(stages)
    files = [entry.file for entry in made if entry.file is not None]
    findings.show(report, root, [file.relative_to(root).as_posix() for file in files], aside=findings.screen.is_quiet)
    if findings.stop(report):
        why = "" if report.failed else " With --strict, warnings stop a build."
        findings.screen.tell(f"Nothing was written; what stands in dist/ is as it was.{why}")
        return 1
    for file in files:
        print(shown_path(file, base), file=sys.stderr if findings.owns_output else sys.stdout)
    if made:
        findings.screen.tell(_told(made))
    return 0


def _in_a_line(findings: Findings, report: Report, made: Collection[Made]) -> tuple[Report, str]:
    if findings.stop(report):
        return report, "nothing was written"
    notes = counted(sum(entry.notes for entry in made), "note")
    return report, f"{notes} in {counted(len(made), 'package')}"


def _told(made: Collection[Made]) -> str:
    lines = [f"Made “{entry.name}”: {counted(entry.notes, 'note')}, {counted(entry.cards, 'card')}." for entry in made]
    return "\n".join([*lines, _NEXT])
