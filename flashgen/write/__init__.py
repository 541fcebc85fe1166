"""Package → dist/*.apkg."""

from __future__ import annotations

from pathlib import Path

from flashgen.errors import WriteError
from flashgen.pack.rows import Package
from flashgen.read.files import leads_out
from flashgen.write.atomic import write_bytes
from flashgen.write.locks import OvertakenError, write_lock

__all__ = ["OvertakenError", "write", "write_bytes", "write_lock"]


def write(package: Package, folder: Path) -> Path:
    """Write a package into a project's folder, and return its file. Raises WriteError; then the old one is whole."""
    if leads_out(folder, folder.parent):
        raise WriteError(f"{folder} is a link that leads out of the project", "make it a folder")
    # Only a build needs genanki, at the end, and what it imports takes as long as typer.
    from flashgen.pack.genanki_adapter import write_apkg  # noqa: PLC0415

    file = folder / package.filename
    write_bytes(file, write_apkg(package))
    return file
