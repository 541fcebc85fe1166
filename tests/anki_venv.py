"""Virtual environments for what the tests run beside what they import: other Ankis, older libraries."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path


def python_with(requirement: str, module: str) -> Path:
    """Return a Python that has a package, which gives it a module."""
    return python_of(requirement.replace("==", "-"), [requirement], module)


def python_of(name: str, requirements: Sequence[str], modules: str) -> Path:
    """Return a Python of a name that has these packages, which give it modules. It is kept for the next time.

    FLASHGEN_ANKI_VENVS names the folder that keeps it; else it is the user's cache, and safe to delete.
    """
    given = os.environ.get("FLASHGEN_ANKI_VENVS")
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(given) if given else Path(cache) / "flashgen"
    home = folder / f"{name}-python{sys.version_info.major}.{sys.version_info.minor}"
    if not _works(home, modules):
        folder.mkdir(parents=True, exist_ok=True)
        # Made aside and then renamed, so that one which was left half-way is never taken for whole.
        made = Path(tempfile.mkdtemp(prefix=f"{home.name}-", dir=folder))
        venv.create(made, symlinks=True)
        subprocess.run(
            [sys.executable, "-m", "pip", "--python", _python(made), "install", "-q", *requirements], check=True
        )
        if home.exists():
            home.rename(made.with_suffix(".old"))
        made.rename(home)
    return _python(home)


def _python(home: Path) -> Path:
    return home / "bin" / "python"


def _works(home: Path, modules: str) -> bool:
    check = [_python(home), "-c", f"import {modules}"]
    return home.exists() and subprocess.run(check, check=False, capture_output=True).returncode == 0
