"""What the tests of the author's commands share: flashgen as a process, and projects to run it in."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

DECK = "uid: author\nname: Examples\n"


def flashgen(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run flashgen as a whole process, without a terminal."""
    return subprocess.run(
        [sys.executable, "-m", "flashgen", *arguments],
        cwd=cwd,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def put(root: Path, files: dict[str, str]) -> Path:
    """Write files below a folder, line ends as they are given, and return the folder."""
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
    return root
