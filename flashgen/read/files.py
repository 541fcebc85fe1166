"""The bytes of a project's files, which strangers may have made: a link that leads away, a pipe, what never ends.

All of it is told as an OSError whose `strerror` is in an author's words, so that it goes the way of files that cannot
be read for any other reason.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

# A file of facts, a template, a style: ten thousand facts have 4 MB.
LARGEST_TEXT = 16_000_000
# A pipe that nobody writes to would keep its reader waiting; Windows has none among its files.
_AT_ONCE = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def read_bytes(file: Path, largest: int = LARGEST_TEXT, root: Path | None = None) -> bytes:
    """Return what a file holds.

    Raises OSError where it is no regular file, has more bytes than `largest`, or lies outside of `root` by a link.
    """
    if root is not None and leads_out(file, root):
        raise OSError(errno.EXDEV, "it is a link that leads out of the project")
    with os.fdopen(os.open(file, os.O_RDONLY | _AT_ONCE), "rb") as opened:
        status = os.fstat(opened.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "it is a folder, a pipe or a device, not a file")
        # It may grow while it is read.
        data = opened.read(largest + 1) if status.st_size <= largest else b""
    if len(data) > largest or status.st_size > largest:
        raise OSError(errno.EFBIG, f"it is larger than {largest // 1_000_000} MB")
    return data


def is_file(path: Path) -> bool:
    """Whether there is a regular file; no file has a name that the system cannot even look for."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def leads_out(path: Path, root: Path) -> bool:
    """Whether a path leads out of a folder, by a link in it."""
    return not path.resolve().is_relative_to(root.resolve())
