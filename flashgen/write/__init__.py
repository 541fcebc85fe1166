"""Package → dist/*.apkg."""

from __future__ import annotations

from pathlib import Path

from flashgen.pack.rows import Package
from flashgen.write.atomic import write_bytes

__all__ = ["write", "write_bytes"]


def write(package: Package, folder: Path) -> Path:
    """Write a package into a folder, and return its file. Raises WriteError; then the old file is whole."""
    # Only a build needs genanki, at the end, and what it imports takes as long as typer.
    from flashgen.pack.genanki_adapter import write_apkg  # noqa: PLC0415

    file = folder / package.filename
    write_bytes(file, write_apkg(package))
    return file
