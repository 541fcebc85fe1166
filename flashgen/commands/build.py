"""`flashgen build`: facts in, packages out."""

from __future__ import annotations

import sys
from collections.abc import Collection
from pathlib import Path

from flashgen.again import Made
from flashgen.again import build as run_build
from flashgen.cache import Cache
from flashgen.commands.findings import show_findings

_NEXT = """\
Next: import them in Anki with File ▸ Import; on AnkiDroid and AnkiMobile, open the file.
Importing a newer package over an older one keeps all progress."""


def run(
    root: Path,
    now: int,
    decks: Collection[str],
    languages: Collection[str],
    format_: str,
    cache: Cache,
    *,
    locked: bool,
) -> int:
    """Build, show what was found and made, and return the exit code."""
    report, made = run_build(root, now, decks, languages, locked=locked, cache=cache)
    show_findings(report, root, format_)
    if report.failed:
        print("Nothing was written; what stands in dist/ is as it was.", file=sys.stderr)
        return 1
    for entry in made:
        if entry.file is not None:
            print(entry.file.relative_to(root).as_posix())
    if made:
        print(_told(made), file=sys.stderr)
    return 0


def _told(made: Collection[Made]) -> str:
    lines = [f"Made “{entry.name}”: {entry.notes} notes, {entry.cards} cards." for entry in made]
    return "\n".join([*lines, _NEXT])
