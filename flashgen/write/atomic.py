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


def write_bytes(file: Path, data: bytes, check: Callable[[], None] | None = None) -> None:
    """Put data in a file, unless it holds just that. Raises WriteError; then what stood there is untouched.

    `check` is called when all is ready, right before the file changes; it may raise to let it be.
    """
    try:
        _clear(file)
        if holds(file, data):
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        out, name = _begin(file)
        try:
            with out:
                out.write(data)
                out.flush()
                os.fsync(out.fileno())
                # mkstemp makes files that only their owner may read.
                name.chmod(0o666 & ~_umask())
                if check is not None:
                    check()
                if sys.platform != "win32":
                    # While it is held, no other run takes it for litter.
                    name.replace(file)
            if sys.platform == "win32":
                name.replace(file)
        except BaseException:
            with contextlib.suppress(OSError):
                name.unlink()
            raise
    except OSError as error:
        raise WriteError(f"{file} cannot be written: {error.strerror or error}") from error


def holds(file: Path, data: bytes) -> bool:
    """Whether a file holds just this. Raises OSError where it cannot be read."""
    return file.is_file() and file.stat().st_size == len(data) and file.read_bytes() == data


def _begin(file: Path) -> tuple[BinaryIO, Path]:
    """Return a new file beside this one, open and held, since only a rename inside one file system is atomic."""
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=_SUFFIX, dir=file.parent)
    try:
        out = os.fdopen(handle, "wb")
        _hold(out)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
    if not Path(name).exists():
        # Another run took it for litter between these two lines.
        out.close()
        return _begin(file)
    return out, Path(name)


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


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
