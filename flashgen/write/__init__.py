"""Package → dist/*.apkg."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from sqlite3 import Connection
from types import ModuleType

from flashgen.errors import WriteError
from flashgen.pack.rows import Package
from flashgen.read.files import leads_out
from flashgen.write.atomic import Prepared, prepare, write_bytes
from flashgen.write.locks import OvertakenError, write_lock

__all__ = ["OvertakenError", "load_packer", "preparing", "write", "write_bytes", "write_lock"]

# So many packages are compressed at once, beside the one whose rows are put together.
_AT_ONCE = 2


def load_packer() -> ModuleType:
    """Return what writes packages. Only a build needs it, at its end: what genanki imports takes as long as typer."""
    from flashgen.pack import genanki_adapter  # noqa: PLC0415

    return genanki_adapter


@contextmanager
def preparing(packages: Collection[Package], folder: Path) -> Iterator[Callable[[], list[Path]]]:
    """Write packages beside all that goes on meanwhile; the function given waits for them, and puts each in its place.

    It returns their files in a project's folder, and raises WriteError. What it never put there leaves nothing behind.
    """
    if leads_out(folder, folder.parent):
        raise WriteError(f"{folder} is a link that leads out of the project", "make it a folder")
    packer = load_packer()
    # The packer has loaded it already.
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    def make(package: Package, filled: Connection) -> Prepared:
        database = packer.finish_database(filled)
        prepared = prepare(folder / package.filename, lambda out: packer.write_apkg(package, database, out))
        made.callback(prepared.drop)
        return prepared

    with ExitStack() as made, ThreadPoolExecutor(_AT_ONCE) as threads:
        begun = [threads.submit(make, package, packer.fill_database(package)) for package in packages]
        try:
            yield lambda: [entry.put() for entry in [future.result() for future in begun]]
        finally:
            for future in begun:
                future.cancel()


def write(package: Package, folder: Path) -> Path:
    """Write a package into a project's folder, and return its file. Raises WriteError; then the old one is whole."""
    with preparing([package], folder) as put:
        return put()[0]
