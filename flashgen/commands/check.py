"""`flashgen check`: everything that is wrong, at once."""

from __future__ import annotations

import sys
from collections.abc import Collection
from pathlib import Path

from flashgen.commands.findings import show_findings
from flashgen.diagnostics import Report
from flashgen.pipeline import check as run_check


def run(root: Path, decks: Collection[str], languages: Collection[str], format_: str) -> int:
    """Check, show what was found, and return the exit code."""
    report = Report()
    editions = run_check(root, report, decks, languages).editions
    show_findings(report, root, format_)
    if report.failed:
        return 1
    cards = sum(len(note.ords) for edition in editions for note in edition.notes)
    packages = "1 package" if len(editions) == 1 else f"{len(editions)} packages"
    print(f"All is well: {cards} cards in {packages}.", file=sys.stderr)
    return 0
