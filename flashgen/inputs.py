"""What a run reads of a project: its files and what is in them, as hashes."""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct, field

from flashgen.cache import Cache, digest_of

_FOLDERS = ("cards", "templates")
# A run refuses larger files without reading them.
_LARGEST = 500_000_000
_CHUNK = 1 << 20
# With so many bytes to be read, several threads are worth their while.
_MUCH = 16_000_000
# The bytes of a hash.
_SIZE = 32
# Whoever nests deeper means harm, or has a link in mind.
DEEPEST = 40
_FILES = ("pyproject.toml", "flashgen.toml")


class Inputs(Struct, frozen=True):
    """The files and folders of a project, by their paths in it.

    A file has its hash and what the system tells of its last change; a folder has nothing.
    """

    files: Mapping[str, tuple[str, tuple[int, ...]]]

    def digest(self) -> str:
        """Return the hash of all names and contents."""
        return digest_of(*(part for name, (hash_, _) in sorted(self.files.items()) for part in (name, hash_)))

    def is_after(self, before: Inputs, written: Mapping[str, str]) -> bool:
        """Whether nothing was touched since `before` but what was `written`, which has the hashes given."""
        return all(
            self.files.get(name, ("", None))[0] == written[name]
            if name in written
            else self.files.get(name) == before.files.get(name)
            for name in {*self.files, *before.files, *written}
        )


class Aids(Struct, frozen=True):
    """What makes a run quicker, and changes nothing else: the cache, what the run will read, and how many processes.

    Without `inputs`, fact files are all read and made; with no `workers`, no other process is begun. `held` takes all
    that was made, where the process ends with the run: to free it piece by piece takes as long as to check it.
    """

    cache: Cache = field(default_factory=Cache)
    inputs: Inputs | None = None
    workers: int = 1
    held: list[object] | None = None

    def hold(self, *made: object) -> None:
        """Keep what was made from being freed, if nothing comes after this run."""
        if self.held is not None:
            self.held.extend(made)


def state_of(about: os.stat_result) -> tuple[int, ...]:
    """Return what tells whether a file is still what it was. The time of its last change cannot be set by anyone."""
    return about.st_size, about.st_mtime_ns, about.st_ctime_ns, about.st_ino


def read_inputs(
    root: Path, known: Inputs | None = None, meanwhile: Callable[[], object] | None = None
) -> Inputs | None:
    """Return what a run would read, or None where names and contents do not say all of it: a link, a pipe.

    Files that are as they were in `known` are not read anew. Where there is much to read and something to be done
    `meanwhile`, another process begins to read, and this one helps when it has done that.
    """
    found: dict[str, tuple[str, tuple[int, ...]]] = {}
    unknown: dict[str, tuple[int, ...]] = {}
    before = known.files if known is not None else {}
    try:
        for name, about in _entries(root):
            if stat.S_ISDIR(about.st_mode):
                found[name] = ("", ())
                continue
            if not stat.S_ISREG(about.st_mode) or about.st_size > _LARGEST:
                return None
            state = state_of(about)
            old = before.get(name)
            if old is None or old[1] != state:
                unknown[name] = state
            else:
                found[name] = old
        sizes = {f"{root}/{name}": state[0] for name, state in unknown.items()}
        if meanwhile is not None and sum(sizes.values()) > _MUCH and hasattr(os, "fork"):
            hashes = _shared(sizes, meanwhile)
        else:
            hashes = _hashes([*sizes], sum(sizes.values()))
    except OSError:
        return None
    return Inputs(found | dict(zip(unknown, zip(hashes, unknown.values(), strict=True), strict=True)))


def _hashes(files: Sequence[str], size: int) -> Sequence[str]:
    """Return the hashes of files that have so many bytes together. Raises OSError."""
    if size < _MUCH:
        return [*map(_hash, files)]
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - most projects are small

    with ThreadPoolExecutor() as threads:
        return [*threads.map(_hash, files)]


def _shared(sizes: Mapping[str, int], meanwhile: Callable[[], object]) -> Sequence[str]:
    """Return the hashes of files that this process and a helper take turns to read. Raises OSError."""
    portions = _portions(sizes)
    hashes: dict[int, Sequence[str]] = {}
    (waiting, given), (told, telling) = os.pipe(), os.pipe()
    with open(waiting, "rb", buffering=0) as numbers, open(told, "rb") as helped:  # noqa: PTH123 - no path
        with open(given, "wb") as out:  # noqa: PTH123
            out.write(bytes(range(len(portions))))
        helper = _begin_helper(portions, numbers, helped, telling)
        os.close(telling)
        try:
            meanwhile()
            while number := numbers.read(1):
                hashes[number[0]] = [*map(_hash, portions[number[0]])]
            told_of = iter(partial(helped.read, 1), b"")
            by_helper = {number[0]: helped.read(_SIZE * len(portions[number[0]])) for number in told_of}
        except BaseException:
            # It has nobody to work for.
            os.kill(helper, signal.SIGKILL)
            raise
        finally:
            _, status = os.waitpid(helper, 0)
    if status == 0:
        for place, data in by_helper.items():
            hashes[place] = [data[at : at + _SIZE].hex() for at in range(0, len(data), _SIZE)]
    # What the helper failed at is done here, or fails here too.
    return [hash_ for place, files in enumerate(portions) for hash_ in hashes.get(place) or map(_hash, files)]


def _begin_helper(portions: Sequence[Sequence[str]], numbers: BinaryIO, helped: BinaryIO, telling: int) -> int:
    """Begin a process that hashes the portions whose `numbers` it gets hold of, and return its id."""
    process = os.fork()
    if process:
        return process
    status = 1
    try:
        # Whoever reads what is told here may be gone, which is seen when nobody has it open.
        helped.close()
        made = []
        while number := numbers.read(1):
            made.append(number + bytes.fromhex("".join(map(_hash, portions[number[0]]))))
        # Only now: whoever reads it may be busy, and a pipe holds little.
        with open(telling, "wb") as out:
            out.write(b"".join(made))
        status = 0
    finally:
        os._exit(status)


def _portions(sizes: Mapping[str, int]) -> Sequence[Sequence[str]]:
    """Return files in portions of about the same size, in their order: as many as a byte can number."""
    most = sum(sizes.values()) / 255
    portions: list[list[str]] = [[]]
    before = 0
    for file, size in sizes.items():
        if before >= len(portions) * most:
            portions.append([])
        portions[-1].append(file)
        before += size
    return portions


def _hash(file: str) -> str:
    # Not `file_digest`, which takes a new buffer for each file: pictures take half as long again.
    hash_ = hashlib.sha256()
    with open(file, "rb", buffering=0) as opened:  # noqa: PTH123 - a path object a file takes longer than small files
        while data := opened.read(_CHUNK):
            hash_.update(data)
    return hash_.hexdigest()


def _entries(root: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Yield all that a run may read, by its path in the project.

    Raises OSError for a link, which leads elsewhere, for folders that nest too deep and for a name that is no text.
    """
    waiting = []
    for name in (*_FOLDERS, *_FILES):
        with contextlib.suppress(FileNotFoundError):
            about = (root / name).lstat()
            yield name, _no_link(name, about)
            if stat.S_ISDIR(about.st_mode):
                waiting.append(name)
    while waiting:
        folder = waiting.pop()
        if folder.count("/") >= DEEPEST:
            raise OSError(folder)
        with os.scandir(root / folder) as entries:
            for entry in entries:
                name = f"{folder}/{entry.name}"
                if not name.isascii():
                    _check_text(name)
                yield name, _no_link(name, entry.stat(follow_symlinks=False))
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(name)


def _check_text(name: str) -> None:
    try:
        name.encode()
    except UnicodeEncodeError:
        raise OSError(name) from None


def _no_link(name: str, about: os.stat_result) -> os.stat_result:
    if stat.S_ISLNK(about.st_mode):
        raise OSError(name)
    return about
