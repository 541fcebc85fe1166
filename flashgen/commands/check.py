"""`flashgen check`: everything that is wrong, at once."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from flashgen.again import check as run_check
from flashgen.commands.findings import Findings, counted
from flashgen.diagnostics import Report
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
    *,
    watch: bool,
    mend: bool,
) -> int:
    """Check by the rules that are wanted, show what was found, and return the exit code.

    With `mend`, the cures that are sure are written first, and told line by line.
    """
    if mend:
        # Only who mends needs what knows all kinds.
        from flashgen.author.fix import fix  # noqa: PLC0415

        for change in fix(root, decks):
            findings.screen.tell(f"{change.path}:{change.line}: {change.what}")

    def work(stages: Stages) -> tuple[Report, str]:
        report, made = run_check(root, decks, languages, lint=wanted, stages=stages, aids=aids)
        cards = counted(sum(entry.cards for entry in made), "card")
        return report, "" if findings.stop(report) else f"{cards} in {counted(len(made), 'package')}"

    if watch:
        # What watches takes longer to load than a run that finds all it needs in the cache.
        from flashgen.commands.rounds import follow  # noqa: PLC0415

        return follow(root, findings, work)
    with findings.screen.at_work(stages):
        report, told = work(stages)
    findings.show(report, root)
    if findings.stop(report):
        return 1
    findings.screen.praise(f"{'No errors' if len(report) else 'All is well'}: {told}.")
    return 0
