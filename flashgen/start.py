"""Where a run begins. Plain calls of `build` and `check` do not wait for Typer, which takes longer than small runs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from flashgen import runs
from flashgen.ends import end
from flashgen.wishes import Wishes

_COMMANDS = ("build", "check")
_QUIET, _VERBOSE = ("-q", "--quiet"), ("-v", "--verbose")
# What Typer makes something else of on Windows, whose shells leave it to the programs.
_SIGNS = frozenset("*?[~$%")


def main() -> NoReturn:
    """Run the command line, and leave with its exit code."""
    plain = read_plain(sys.argv[1:])
    if plain is not None:
        name, wishes = plain
        end(lambda: runs.build(wishes) if name == "build" else runs.check(wishes))
    from flashgen import cli  # noqa: PLC0415 - all other calls wait for it

    cli.main()


def read_plain(arguments: Sequence[str]) -> tuple[str, Wishes] | None:
    """Return the command and the wishes of a plain call, or None for Typer, which also tells what is wrong with it.

    Plain is a call of `build` or `check` with no more than `-C DIR`, `-q` and `-v`.
    """
    names: list[str] = []
    wishes = Wishes()
    rest = iter(arguments)
    for word in rest:
        if word == "-C" and wishes.directory is None:
            directory = next(rest, "")
            if not directory or directory.startswith("-") or _SIGNS.intersection(directory):
                return None
            wishes.directory = Path(directory)
        elif word in _QUIET:
            wishes.quiet = True
        elif word in _VERBOSE:
            wishes.verbose = True
        elif word in _COMMANDS:
            names.append(word)
        else:
            return None
    return (names[0], wishes) if len(names) == 1 else None
