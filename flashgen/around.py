"""What is around a run: the clock, the environment, the terminal and the shell's folder. Nothing else reads them."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from flashgen.errors import FlashgenError, ProjectError
from flashgen.wishes import Color, Format, Wishes

if TYPE_CHECKING:
    from flashgen.commands.ask import Ask
    from flashgen.commands.findings import Findings
    from flashgen.commands.screen import Screen
    from flashgen.inputs import Aids


def project_or_none(wishes: Wishes) -> Path | None:
    """Return the project, or None where there is none around: flashgen's own kinds are known anywhere."""
    try:
        return project(wishes)
    except ProjectError:
        return None


def project(wishes: Wishes) -> Path:
    """Return the folder of the project that `-C` names, or of the one around the shell's. Raises ProjectError."""
    from flashgen.read.places import find_root

    return wishes.directory.resolve() if wishes.directory else find_root(Path.cwd())


def base(wishes: Wishes) -> Path:
    """Return the folder that shown paths start from: the one of the shell, or of `-C`, which stands in for it."""
    return wishes.directory.resolve() if wishes.directory else Path.cwd()


def width() -> int | None:
    """Return the columns of the terminal, or None where the output goes elsewhere."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def ask() -> Ask | None:
    """Return what asks the author, or None where there is nobody at a terminal."""
    from flashgen.commands.ask import Ask

    return Ask(sys.stdin, sys.stderr) if sys.stdin.isatty() and sys.stderr.isatty() else None


def findings(
    wishes: Wishes,
    root: Path,
    format_: Format = Format.AUTO,
    output: Path | None = None,
    *,
    strict: bool = False,
    statistics: bool = False,
) -> Findings:
    """Return how findings are told, with `auto` settled by where they go."""
    from flashgen.commands.findings import Findings

    on_github = os.environ.get("GITHUB_ACTIONS") == "true"
    if statistics and format_ in (Format.GITHUB, Format.SARIF):
        raise FlashgenError(f"`--statistics` has no place in the format {format_}", "use full, concise or json")
    if output is not None and output.is_dir():
        raise FlashgenError(f"`{output}` is a folder", "name a file with `-o`")
    if format_ is Format.AUTO:
        in_text = Format.FULL if sys.stdout.isatty() or output else Format.CONCISE
        format_ = Format.GITHUB if on_github and not output and not statistics else in_text
    # GitHub takes paths from the root of the repository, in which the project may be a folder.
    workspace = Path(os.environ.get("GITHUB_WORKSPACE") or root).resolve()
    root = root.resolve()
    inside = root.relative_to(workspace).as_posix() if root.is_relative_to(workspace) else "."
    folder = "" if inside == "." else f"{inside}/"
    return Findings(screen(wishes), format_, output, strict, statistics, folder)


def screen(wishes: Wishes) -> Screen:
    """Return what is known of the terminal; nothing else asks it or the environment for colours."""
    from flashgen.commands.screen import Screen
    from flashgen.report.paint import Paint

    out, err = (Paint(on=_is_coloured(stream, wishes.color)) for stream in (sys.stdout, sys.stderr))
    is_live = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    return Screen(out, err, wishes.quiet, wishes.verbose, is_live)


def _is_coloured(stream: TextIO, wish: str) -> bool:
    """Whether a stream takes colours, by no-color.org and force-color.org: what was asked for, then what it is."""
    if wish != Color.AUTO:
        return wish == Color.ALWAYS
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (stream.isatty() and os.environ.get("TERM") != "dumb")


# What lives until the process ends.
_HELD: list[object] = []


@contextmanager
def aids(*, once: bool = False) -> Iterator[Aids]:
    """Give what makes runs quicker: their cache, and as many processes as there are processors for this one.

    `once` says that the process ends with the run.
    """
    from flashgen.cache import Cache
    from flashgen.inputs import Aids

    workers = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with Cache(_cache_folder()) as cache:
        yield Aids(cache, workers=workers, held=_HELD if once else None)


def _cache_folder() -> Path | None:
    """Return where runs keep what the next one need not make again; FLASHGEN_CACHE names it, or nothing."""
    given = os.environ.get("FLASHGEN_CACHE")
    if given is not None:
        return Path(given) if given.strip() else None
    home = os.environ.get("XDG_CACHE_HOME", "")
    if sys.platform == "win32":
        home = home or os.environ.get("LOCALAPPDATA", "")
    try:
        # As the XDG specification says, a path that is not absolute counts for nothing.
        return (Path(home) if Path(home).is_absolute() else Path.home() / ".cache") / "flashgen"
    except RuntimeError:
        # Whoever runs this has no home.
        return None


def now() -> int:
    """Return the time to build at, in seconds; SOURCE_DATE_EPOCH wins over the clock."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given is None:
        return int(time.time())
    if not given.isascii() or not given.isdigit() or not 0 < int(given) < 2**33:
        raise FlashgenError(
            f"SOURCE_DATE_EPOCH is `{given}`, which is no time", "set it to seconds since 1970, or unset it"
        )
    return int(given)
