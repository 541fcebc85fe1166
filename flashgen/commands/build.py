"""`flashgen build`: facts in, packages out."""

from __future__ import annotations

import sys
from collections.abc import Collection
from pathlib import Path

from flashgen.commands.findings import show_findings
from flashgen.pipeline import Built
from flashgen.pipeline import build as run_build

_NEXT = """\
Next: import them in Anki with File ▸ Import; on AnkiDroid and AnkiMobile, open the file.
Importing a newer package over an older one keeps all progress."""


def run(root: Path, now: int, decks: Collection[str], languages: Collection[str], format_: str, *, locked: bool) -> int:
    """Build, show what was found and made, and return the exit code."""
    report, built = run_build(root, now, decks, languages, locked=locked)
    show_findings(report, root, format_)
    if report.failed:
        print("Nothing was written; what stands in dist/ is as it was.", file=sys.stderr)
        return 1
    for entry in built:
        print(entry.file.relative_to(root).as_posix())
    if built:
        print(_made(built), file=sys.stderr)
    return 0


def _made(built: Collection[Built]) -> str:
    lines = []
    for entry in built:
        rows = entry.package.rows
        cards = sum(len(row.note.ords) for row in rows)
        name = entry.package.decks[0].name
        lines.append(f"Made “{name}”: {len(rows)} notes, {cards} cards.")
    return "\n".join([*lines, _NEXT])
