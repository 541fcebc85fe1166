"""A deck's lock → its file, unless another run wrote that meanwhile: what that one released would be lost."""

from __future__ import annotations

from pathlib import Path

from flashgen.errors import WriteError
from flashgen.pack.lock import Lock
from flashgen.pack.lockdump import dump
from flashgen.pack.lockfile import fingerprint
from flashgen.write.atomic import write_bytes


class OvertakenError(WriteError):
    """The file is not as it was when the lock was read from it. A run that starts anew finds what is there now."""


def write_lock(file: Path, lock: Lock, data: bytes | None = None) -> None:
    """Put a lock in the file that it was read from; `data` is what `dump` made of it, where that is known already.

    Raises OvertakenError, or WriteError; then what stood there is untouched.
    """

    def check() -> None:
        if fingerprint(file.read_bytes() if file.is_file() else b"") != lock.read_from:
            hint = "run the command again; one at a time writes a deck"
            raise OvertakenError(f"{file} was written by another run meanwhile", hint)

    write_bytes(file, dump(lock) if data is None else data, check)
