"""What was made before, kept for the next run: never needed, never trusted, never in the way.

A value is kept under the hash of all that it was made from, flashgen's own code among it. So it never grows stale, and
whoever finds it may use it instead of making it again. The file lies outside of the sources, in a folder that is
its user's alone; it may be deleted at any time, and is forgotten where it is damaged. It holds bytes that are only ever
read as data, and several runs may use it at once.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Self

# What is kept at the most, in bytes; and how much waits in memory before it is written.
LIMIT = 512 << 20
_WAITING = 8 << 20
# How long a run waits for another one that writes just now, in seconds.
_PATIENCE = 2.0
# The value last, so that what stands before it is read without it.
_TABLE = "CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, run INTEGER, size INTEGER, seal BLOB, value BLOB)"


class Cache:
    """Values by keys. Nothing that goes wrong with it is ever told: then a run only takes longer.

    Without a folder nothing is kept. `limit` bounds the bytes of all values; those that no run wanted for longest go
    first. What a key is made of need not name flashgen itself: the cache does.
    """

    def __init__(self, folder: Path | None = None, limit: int = LIMIT) -> None:
        self.folder, self.limit = folder, limit
        self._waiting: dict[str, bytes] = {}
        self._wanted: list[str] = []
        self._size = 0
        self._opened: sqlite3.Connection | None = None
        # The preview draws pictures in whichever thread wants them.
        self._lock = threading.RLock()

    def get(self, *parts: str | bytes) -> bytes | None:
        """Return what was made from these parts, or None where it is not known."""
        key = self._key(parts)
        with self._lock:
            return self._get(key)

    def _get(self, key: str) -> bytes | None:
        if key in self._waiting:
            return self._waiting[key]
        if (connection := self._connection()) is None:
            return None
        try:
            row = connection.execute("SELECT seal, value FROM kept WHERE key = ?", (key,)).fetchone()
        except sqlite3.Error as error:
            self._forget(error)
            return None
        # A disk may lie, and half a file is no file.
        if row is None or not isinstance(row[1], bytes) or row[0] != _seal(key, row[1]):
            return None
        self._wanted.append(key)
        return row[1]

    def put(self, value: bytes, *parts: str | bytes) -> None:
        """Keep what was made from these parts."""
        if self.folder is None:
            return
        key = self._key(parts)
        with self._lock:
            self._waiting[key] = value
            self._size += len(value)
            if self._size > _WAITING:
                self._write()

    def make(self, make: Callable[[], bytes], *parts: str | bytes) -> bytes:
        """Return what is made from these parts, and keep it."""
        value = self.get(*parts)
        if value is None:
            value = make()
            self.put(value, *parts)
        return value

    def flush(self) -> None:
        """Write what waits."""
        with self._lock:
            if self._waiting:
                self._write()

    def close(self) -> None:
        """Write what waits, and let go of the file."""
        with self._lock:
            self.flush()
            if self._opened is not None:
                self._opened.close()
                self._opened = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @cached_property
    def _program(self) -> str:
        return _program()

    def _key(self, parts: Iterable[str | bytes]) -> str:
        return digest_of(self._program, *parts) if self.folder is not None else ""

    def _connection(self) -> sqlite3.Connection | None:
        if self._opened is None and self.folder is not None:
            try:
                self._opened = _open(self.folder)
            except (sqlite3.Error, OSError) as error:
                self._forget(error)
        return self._opened

    def _write(self) -> None:
        waiting, self._waiting, self._size = self._waiting, {}, 0
        if (connection := self._connection()) is None:
            return
        try:
            connection.execute("BEGIN IMMEDIATE")
            run = 1 + connection.execute("SELECT coalesce(max(run), 0) FROM kept").fetchone()[0]
            rows = ((key, run, len(value), _seal(key, value), value) for key, value in waiting.items())
            connection.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?, ?)", rows)
            connection.executemany("UPDATE kept SET run = ? WHERE key = ?", ((run, key) for key in self._wanted))
            self._wanted = []
            self._make_room(connection)
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            self._forget(error)

    def _make_room(self, connection: sqlite3.Connection) -> None:
        size = connection.execute("SELECT coalesce(sum(size), 0) FROM kept").fetchone()[0]
        if size <= self.limit:
            return
        for key, freed in connection.execute("SELECT key, size FROM kept ORDER BY run, key").fetchall():
            connection.execute("DELETE FROM kept WHERE key = ?", (key,))
            size -= freed
            # Some room more, so that not every run has to make some.
            if size <= self.limit * 3 // 4:
                break

    def _forget(self, error: Exception) -> None:
        """Go on without the file; one that is damaged is deleted, and one that another run is writing is left."""
        if self._opened is not None:
            with contextlib.suppress(sqlite3.Error):
                self._opened.close()
        folder, self.folder, self._opened = self.folder, None, None
        self._waiting = {}
        # Its subclasses tell of a lock, a full disk or the like; this one of a file that is no database any more.
        if folder is not None and type(error) is sqlite3.DatabaseError:
            for file in _files(folder):
                with contextlib.suppress(OSError):
                    file.unlink()


def digest_of(*parts: str | bytes) -> str:
    """Return the hash of a list of texts or bytes."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogateescape") if isinstance(part, str) else part
        # With its length, so that no two lists of parts look alike.
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()


def _program() -> str:
    """Return what stands for the code that makes values: Python, flashgen's files, and what is installed beside it."""
    package = Path(__file__).parent
    own = (line for folder in (package, package.parent / "templates") for line in _about(folder))
    installed = (name for folder in sys.path for name in _names(folder) if name.endswith((".dist-info", ".egg-info")))
    return digest_of(sys.version, sys.platform, *sorted(own), *sorted(set(installed)))


def _about(folder: Path) -> Iterator[str]:
    """Yield what tells whether a file of flashgen's own is another one than before: they are too many to be read."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                if entry.name != "__pycache__":
                    yield from _about(Path(entry.path))
            else:
                about = entry.stat()
                yield f"{entry.path} {about.st_size} {about.st_mtime_ns}"


def _names(folder: str) -> list[str]:
    try:
        return [entry.name for entry in Path(folder).iterdir()]
    except OSError:
        return []


def _seal(key: str, value: bytes) -> bytes:
    seal = hashlib.sha256(key.encode())
    seal.update(value)
    return seal.digest()


def _files(folder: Path) -> Iterable[Path]:
    return [folder / f"flashgen.sqlite{end}" for end in ("", "-wal", "-shm", "-journal")]


def _open(folder: Path) -> sqlite3.Connection:
    """Return the file's database. Raises OSError where others could write to it, or sqlite3.Error."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if hasattr(os, "getuid"):
        about = folder.stat()
        if about.st_uid != os.getuid() or about.st_mode & 0o022:
            raise PermissionError(folder)
    connection = sqlite3.connect(
        next(iter(_files(folder))), timeout=_PATIENCE, isolation_level=None, check_same_thread=False
    )
    # What a run adds is written once, not to a log and then to its place; readers wait for that. And what a failing
    # power supply takes away is only made again.
    connection.execute("PRAGMA journal_mode = TRUNCATE")
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute(_TABLE)
    return connection
