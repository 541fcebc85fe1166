"""`flashgen check`: everything that is wrong, at once."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from flashgen.again import check as run_check
from flashgen.commands.findings import Findings, counted
from flashgen.inputs import Aids
from flashgen.stages import Stages

if TYPE_CHECKING:
    from flashgen.lint.selection import Selection


def run(
    root: Path,
    decks: Collection[str],
    languages: Collection[str],
    wanted: Selection | None,
    findings: Findings,
    aids: Aids,
    stages: Stages,
) -> int:
    """Check by the rules that are wanted, show what was found, and return the exit code."""
    with findings.screen.at_work(stages):
        report, made = run_check(root, decks, languages, lint=wanted, stages=stages, aids=aids)
    findings.show(report, root)
    if findings.stop(report):
        return 1
    cards = counted(sum(entry.cards for entry in made), "card")
    well = "No errors" if len(report) else "All is well"
    findings.screen.praise(f"{well}: {cards} in {counted(len(made), 'package')}.")
    return 0
