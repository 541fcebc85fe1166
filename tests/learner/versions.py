"""The Ankis whose learners are played, and an environment for each.

All of them install on Python 3.11 from their own wheels. The newest is the one that the tests have anyway.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from dataclasses import dataclass
from pathlib import Path

NEWEST = "newest"


@dataclass(frozen=True)
class Anki:
    """A version, and what of its importer differs from the newest (anki-contract.md, 1.4)."""

    version: str
    # Fields and card templates are matched by their ids; else by their names, so that none can be renamed.
    has_ids: bool = True
    # There is *Merge note types* to tick.
    can_merge: bool = True
    # A note that an import updates gets the time of the import, not that of the package.
    stamps: bool = False

    def __str__(self) -> str:
        return self.version


PLAYED = (
    Anki("2.1.66", has_ids=False, can_merge=False, stamps=True),
    Anki("23.10.1", stamps=True),
    Anki("24.11", stamps=True),
    Anki("25.2.7"),
    Anki("25.9.5"),
    Anki(NEWEST),
)


def python_of(anki: Anki) -> Path:
    """Return the Python that has this Anki. What has to be installed is kept for the next time."""
    if anki.version == NEWEST:
        return Path(sys.executable)
    given = os.environ.get("FLASHGEN_ANKI_VENVS")
    # Beside what pytest itself keeps: ignored by git, and safe to delete.
    folder = Path(given) if given else Path(__file__).parents[2] / ".pytest_cache" / "anki"
    home = folder / f"{anki}-python{sys.version_info.major}.{sys.version_info.minor}"
    if not _works(home):
        folder.mkdir(parents=True, exist_ok=True)
        # Made aside and then renamed, so that one which was left half-way is never taken for whole.
        made = Path(tempfile.mkdtemp(prefix=f"{home.name}-", dir=folder))
        venv.create(made, symlinks=True)
        pip = [sys.executable, "-m", "pip", "--python", str(_python(made)), "install", "-q", f"anki=={anki}"]
        subprocess.run(pip, check=True)
        if home.exists():
            home.rename(made.with_suffix(".old"))
        made.rename(home)
    return _python(home)


def _python(home: Path) -> Path:
    return home / "bin" / "python"


def _works(home: Path) -> bool:
    check = [str(_python(home)), "-c", "import anki.collection"]
    return home.exists() and subprocess.run(check, check=False, capture_output=True).returncode == 0
