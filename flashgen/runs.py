"""`build` and `check`, once their flags are read."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from flashgen.around import aids, base, findings, now, project
from flashgen.stages import Stages
from flashgen.wishes import Format, Wishes

if TYPE_CHECKING:
    from flashgen.lint.selection import Selection


def build(
    wishes: Wishes,
    decks: Collection[str] = (),
    languages: Collection[str] = (),
    *,
    locked: bool = False,
    select: Collection[str] | None = None,
    ignore: Collection[str] | None = None,
    strict: bool = False,
    format_: Format = Format.AUTO,
    output: Path | None = None,
    statistics: bool = False,
    watch: bool = False,
) -> int:
    """Build, and return the exit code. Raises FlashgenError."""
    stages = Stages()
    with stages("load"):
        from flashgen.commands.build import run
    root = project(wishes)
    shown = findings(wishes, root, format_, output, strict=strict, statistics=statistics)
    wanted = _selection(select, ignore)
    with aids(once=not watch) as means:
        return run(root, now, decks, languages, wanted, shown, means, stages, base(wishes), locked=locked, watch=watch)


def check(
    wishes: Wishes,
    decks: Collection[str] = (),
    languages: Collection[str] = (),
    *,
    fix: bool = False,
    select: Collection[str] | None = None,
    ignore: Collection[str] | None = None,
    strict: bool = False,
    format_: Format = Format.AUTO,
    output: Path | None = None,
    statistics: bool = False,
    watch: bool = False,
) -> int:
    """Check, and return the exit code. Raises FlashgenError."""
    stages = Stages()
    with stages("load"):
        from flashgen.commands.check import run
    root = project(wishes)
    shown = findings(wishes, root, format_, output, strict=strict, statistics=statistics)
    wanted = _selection(select, ignore)
    with aids(once=not watch) as means:
        return run(root, decks, languages, wanted, shown, means, stages, watch=watch, mend=fix)


def _selection(select: Collection[str] | None, ignore: Collection[str] | None) -> Selection | None:
    """Return which rules the flags want, if they say so: each takes one word, or several between commas."""
    if select is None and ignore is None:
        return None
    from flashgen.lint.selection import Selection

    wanted, unwanted = (
        None if words is None else tuple(word.strip() for text in words for word in text.split(","))
        for words in (select, ignore)
    )
    return Selection(wanted, unwanted or ())
