"""`flashgen release`: a state of a deck becomes public."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from flashgen.commands.findings import Findings, shown_path
from flashgen.inputs import Aids
from flashgen.publish import release


def run(
    root: Path,
    version: str,
    now: int,
    decks: Collection[str],
    findings: Findings,
    aids: Aids,
    base: Path,
    *,
    dry_run: bool,
) -> int:
    """Release, show what learners will read and the packages by their paths from `base`, and return the exit code."""
    report, released = release(root, version, now, decks, dry_run=dry_run, aids=aids)
    findings.show(report, root)
    if released is None:
        findings.screen.tell("Nothing was released: a release takes no finding, warnings included.")
        return 1
    for _, text in released.notes:
        print(text)
    for entry in released.built:
        print(shown_path(entry.file, base))
    if dry_run:
        findings.screen.tell("This was a dry run; nothing was written.")
    else:
        findings.screen.praise(
            f"Released {version}. Commit deck.yaml, the lock and the changelogs, then share the packages."
        )
    return 0
