"""Files that are written whole or not at all, and no litter of runs that were ended on the way."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from flashgen.errors import WriteError

_SUFFIX = ".part"
_CHUNK = 1 << 20


class Prepared:
    """What a file is to hold, written beside it and not in its place yet; nothing where it holds just that already."""

    def __init__(self, file: Path, opened: BinaryIO | None = None, name: Path | None = None) -> None:
        self.file, self._opened, self._name = file, opened, name

    def put(self) -> Path:
        """Put it in its place, and return the file. Raises WriteError; then what stood there is untouched."""
        if self._name is not None and self._opened is not None:
            try:
                if sys.platform == "win32":
                    self._opened.close()
                # While it is held, no other run takes it for litter.
                self._name.replace(self.file)
            except OSError as error:
                self.drop()
                raise _refused(self.file, error) from error
            self._opened.close()
            self._opened = self._name = None
        return self.file

    def drop(self) -> None:
        """Leave what stands there, unless it was put there already."""
        # What waits to be written may find no room, even now.
        with contextlib.suppress(OSError):
            if self._opened is not None:
                self._opened.close()
        with contextlib.suppress(OSError):
            if self._name is not None:
                self._name.unlink()
        self._opened = self._name = None


def prepare(file: Path, fill: Callable[[BinaryIO], None]) -> Prepared:
    """Return what a file is to hold, which `fill` writes. Raises WriteError, or what `fill` raises; nothing is left."""
    try:
        _clear(file)
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            out, name = _begin(file)
        except OSError:
            # Where nothing can be written, nothing has to be if it is there already.
            with tempfile.TemporaryFile() as elsewhere:
                fill(elsewhere)
                if _is_same(elsewhere, file):
                    return Prepared(file)
            raise
        prepared = Prepared(file, out, name)
        try:
            fill(out)
            if _is_same(out, file):
                prepared.drop()
                return prepared
            out.flush()
        except BaseException:
            prepared.drop()
            raise
    except OSError as error:
        raise _refused(file, error) from error
    return prepared


def write_bytes(file: Path, data: bytes, check: Callable[[], None] | None = None) -> None:
    """Put data in a file, unless it holds just that. Raises WriteError; then what stood there is untouched.

    `check` is called when all is ready, right before the file changes; it may raise to let it be.
    """
    try:
        _clear(file)
        if file.is_file() and file.stat().st_size == len(data) and file.read_bytes() == data:
            return
    except OSError as error:
        raise _refused(file, error) from error

    def fill(out: BinaryIO) -> None:
        out.write(data)
        out.flush()
        # A power supply may fail: of what is kept in git, this leaves one whole state. A package is only made again.
        os.fsync(out.fileno())

    prepared = prepare(file, fill)
    try:
        if check is not None:
            check()
        prepared.put()
    finally:
        prepared.drop()


def _refused(file: Path, error: OSError) -> WriteError:
    return WriteError(f"{file} cannot be written: {error.strerror or error}")


def _is_same(written: BinaryIO, file: Path) -> bool:
    """Whether a file holds what was just written elsewhere."""
    size = written.tell()
    if not file.is_file() or file.stat().st_size != size:
        return False
    written.seek(0)
    with file.open("rb") as old:
        while new := written.read(_CHUNK):
            if old.read(_CHUNK) != new:
                written.seek(size)
                return False
    return True


def _begin(file: Path) -> tuple[BinaryIO, Path]:
    """Return a new file beside this one, open and held, since only a rename inside one file system is atomic."""
    name = file.with_name(f".{file.name}.{os.urandom(6).hex()}{_SUFFIX}")
    # As the umask has it, which `tempfile` does not ask.
    handle = os.open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        out = os.fdopen(handle, "w+b")
        _hold(out)
    except BaseException:
        with contextlib.suppress(OSError):
            name.unlink()
        raise
    if not name.exists():
        # Another run took it for litter between these two lines.
        out.close()
        return _begin(file)
    return out, name


def _clear(file: Path) -> None:
    """Delete what runs that were killed while they wrote this file left beside it."""
    if not file.parent.is_dir():
        return
    for left in file.parent.glob(f".{_escaped(file.name)}.*{_SUFFIX}"):
        # One that is being written is held, and stays.
        with contextlib.suppress(OSError), left.open("rb") as opened:
            _hold(opened)
            if sys.platform != "win32":
                left.unlink()
        if sys.platform == "win32":
            with contextlib.suppress(OSError):
                left.unlink()


def _hold(opened: BinaryIO) -> None:
    """Hold an open file for as long as it is open or its process lives; OSError where another holds it.

    On Windows an open file cannot be deleted, which does as well.
    """
    if sys.platform != "win32":
        import fcntl  # noqa: PLC0415 - Windows has none

        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _escaped(name: str) -> str:
    return "".join(f"[{character}]" if character in "*?[" else character for character in name)
