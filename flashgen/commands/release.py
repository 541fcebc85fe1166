"""`flashgen release`: a state of a deck becomes public."""

from __future__ import annotations

import sys
from collections.abc import Collection
from pathlib import Path

from flashgen.cache import Cache
from flashgen.commands.findings import show_findings
from flashgen.publish import release


def run(
    root: Path, version: str, now: int, decks: Collection[str], format_: str, cache: Cache, *, dry_run: bool
) -> int:
    """Release, show what learners will read, and return the exit code."""
    report, released = release(root, version, now, decks, dry_run=dry_run, cache=cache)
    show_findings(report, root, format_)
    if released is None:
        print("Nothing was released: a release takes no finding, warnings included.", file=sys.stderr)
        return 1
    for _, text in released.notes:
        print(text)
    for entry in released.built:
        print(entry.file.relative_to(root).as_posix())
    if dry_run:
        print("This was a dry run; nothing was written.", file=sys.stderr)
    else:
        print(
            f"Released {version}. Commit deck.yaml, the lock and the changelogs, then share the packages.",
            file=sys.stderr,
        )
    return 0
