"""`flashgen check`: everything that is wrong, at once."""

from __future__ import annotations

import sys
from collections.abc import Collection
from pathlib import Path

from flashgen.again import check as run_check
from flashgen.cache import Cache
from flashgen.commands.findings import show_findings


def run(root: Path, decks: Collection[str], languages: Collection[str], format_: str, cache: Cache) -> int:
    """Check, show what was found, and return the exit code."""
    report, made = run_check(root, decks, languages, cache=cache)
    show_findings(report, root, format_)
    if report.failed:
        return 1
    cards = sum(entry.cards for entry in made)
    packages = "1 package" if len(made) == 1 else f"{len(made)} packages"
    print(f"All is well: {cards} cards in {packages}.", file=sys.stderr)
    return 0
