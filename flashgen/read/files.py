"""The files of a project, which strangers may have made: links that lead away, pipes, what never ends."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from flashgen.errors import ChangedError, ProjectError
from flashgen.inputs import DEEPEST, state_of

# A file of facts, a template, a style: ten thousand facts have 4 MB.
LARGEST_TEXT = 16_000_000
# As much of a file's beginning and end as tells what it is.
END = 4096
_AGAIN = "run the command again"
# A pipe that nobody writes to would keep its reader waiting; Windows has none among its files.
_AT_ONCE = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class TooLargeError(OSError):
    """A file has more bytes than are read."""

    def __init__(self, size: int, largest: int) -> None:
        super().__init__(errno.EFBIG, f"it is larger than {largest // 1_000_000} MB")
        self.size = size


class Content:
    """What a file held when it was read, to be read again: what a deck shows would take much memory at once."""

    def __init__(self, file: Path | str, state: tuple[int, ...]) -> None:
        self.file, self.state = file, state

    def open(self) -> BinaryIO:
        """Return the file, open to be read. Raises ChangedError where it is not what it was."""
        try:
            opened = open_regular(self.file)
        except OSError as error:
            raise ChangedError(f"{self.file} cannot be read any more: {error.strerror or error}", _AGAIN) from error
        if state_of(os.fstat(opened.fileno())) == self.state:
            return opened
        opened.close()
        raise ChangedError(f"{self.file} was changed meanwhile", _AGAIN)

    def read(self) -> bytes:
        """Return all of it. Raises ChangedError."""
        with self.open() as opened:
            return opened.read()


class Ends(Struct, frozen=True):
    """The first and the last bytes of a file, how many it has in all, and what returns them."""

    head: bytes
    tail: bytes
    size: int
    whole: Callable[[], bytes]


def read_bytes(file: Path, largest: int = LARGEST_TEXT) -> bytes:
    """Return what a file holds. Raises OSError where it is no regular file, or has more bytes than `largest`.

    Its `strerror` is in an author's words, so that this goes the way of files that cannot be read for other reasons.
    """
    return read_content(file, largest)[0]


def read_content(file: Path | str, largest: int) -> tuple[bytes, Content]:
    """Return what a file holds, and how it is read again; raises OSError as `read_bytes` does."""
    with open_regular(file) as opened:
        about = os.fstat(opened.fileno())
        size = about.st_size
        if size > largest:
            raise TooLargeError(size, largest)
        # It may grow while it is read. Room for all that is asked for is taken before it is read.
        data = opened.read(size)
        while len(data) <= largest and (more := opened.read(1 << 16)):
            data += more
    if len(data) > largest:
        raise TooLargeError(len(data), largest)
    return data, Content(file, state_of(about))


def read_ends(file: Path | str, largest: int) -> tuple[Ends, Content]:
    """Return the ends of a file, and how it is read again; raises OSError as `read_bytes` does."""
    with open_regular(file) as opened:
        about = os.fstat(opened.fileno())
        size = about.st_size
        if size > largest:
            raise TooLargeError(size, largest)
        head = opened.read(END)
        if size > END:
            opened.seek(max(END, size - END))
        content = Content(file, state_of(about))
        return Ends(head, (head + opened.read(END))[-END:], size, content.read), content


def open_regular(file: Path | str) -> BinaryIO:
    """Return an open file, to be read. Raises OSError where it is none, without waiting for what it is instead."""
    opened = os.fdopen(os.open(file, os.O_RDONLY | _AT_ONCE), "rb")
    if stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
        return opened
    opened.close()
    raise OSError(errno.EINVAL, "it is a folder, a pipe or a device, not a file")


def check_folders(root: Path, folders: Iterable[str]) -> None:
    """Go through folders of a project before anything in them is read.

    Raises ProjectError, which names it, where something in them is neither a file nor a folder, leads out of the
    project by a link, has a name that is no text, or lies too deep.
    """
    for name in folders:
        _check_entry(root / name, root)
        # Links to folders are not followed.
        for folder, inner, files in os.walk(root / name, onerror=_unreadable):
            here = Path(folder)
            if len(here.relative_to(root).parts) > DEEPEST:
                raise ProjectError(f"folders nest more than {DEEPEST} deep in {name}/", "lay them out flatter")
            for entry in (*inner, *files):
                _check_entry(here / entry, root)


def _check_entry(path: Path, root: Path) -> None:
    try:
        shown = path.relative_to(root).as_posix()
        # Whatever the locale makes of it.
        os.fsencode(shown).decode()
        kind = path.lstat().st_mode
    except UnicodeError:
        raise ProjectError(f"the name of `{shown}` is not UTF-8", "rename it") from None
    except OSError:
        # It is not there, or gone by now: whoever wants it tells.
        return
    if stat.S_ISLNK(kind):
        if leads_out(path, root):
            raise ProjectError(f"{shown} is a link that leads out of the project", "put there what it leads to")
        kind = path.stat().st_mode if path.exists() else kind
    if not (stat.S_ISREG(kind) or stat.S_ISDIR(kind) or stat.S_ISLNK(kind)):
        raise ProjectError(f"{shown} is a pipe or a device, not a file", "delete it")


def _unreadable(error: OSError) -> None:
    # What is not there, or no folder, is told by whoever wants it.
    if not isinstance(error, FileNotFoundError | NotADirectoryError):
        raise ProjectError(f"{error.filename} cannot be read: {error.strerror or error}") from None


def is_file(path: Path) -> bool:
    """Whether there is a regular file; no file has a name that the system cannot even look for."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def leads_out(path: Path, root: Path) -> bool:
    """Whether a path leads out of a folder, by a link in it."""
    return not path.resolve().is_relative_to(root.resolve())
