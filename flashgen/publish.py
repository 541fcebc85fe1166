"""`release`: a deck's state becomes public, and its learners are told what that brings."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from flashgen import rules
from flashgen.compare.changelog import Labels, add_section, section
from flashgen.compare.changes import Changes, since_release
from flashgen.diagnostics import Report, Span
from flashgen.errors import FlashgenError, ProjectError
from flashgen.inputs import Aids
from flashgen.model import Edition
from flashgen.pack import pack, stamp
from flashgen.pack.lock import Lock
from flashgen.pack.lockfile import NAME
from flashgen.pipeline import DIST, Built, check
from flashgen.read.project import CARDS, DECK
from flashgen.write import write, write_bytes, write_lock
from flashgen.write.settings import set_property

# 1.0, 2.1.3, 2026.11
_VERSION = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9}){0,3}")


class Released(Struct, frozen=True):
    """A release: the notes for learners by language, and the packages, none of which a dry run writes."""

    notes: tuple[tuple[str, str], ...]
    built: tuple[Built, ...]


def release(
    root: Path,
    version: str,
    now: int,
    decks: Collection[str] = (),
    *,
    dry_run: bool = False,
    aids: Aids | None = None,
) -> tuple[Report, Released | None]:
    """Make a deck's state public under a version: return what was found, and the release, None where that forbids it.

    Any finding does, warnings too. `now` is in seconds. Raises FlashgenError.
    """
    report = Report()
    checked = check(root, report, decks, aids=aids)
    folders = {folder.name for folder in checked.project.decks}
    if len(folders) > 1:
        raise ProjectError(
            "a release is of one deck", f"name it with `--deck`; the decks are: {', '.join(sorted(folders))}"
        )
    editions = checked.editions
    if editions and not editions[0].deck.licence:
        deck_file = Span(editions[0].deck.path)
        report.add(rules.MISSING_LICENCE, "the deck has no licence", deck_file, "add one, such as `licence: CC-BY-4.0`")
    if len(report) or not editions:
        return report, None
    lock = checked.locks[editions[0].deck.folder]
    changes = [since_release(edition, lock) for edition in editions]
    again = _check_version(version, lock, editions)
    notes = () if again else _notes(checked.project.labels, editions, changes, lock, version, now)
    folder = root / CARDS / editions[0].deck.folder
    # Before anything is written: a file in another style is refused.
    marked = _marked(folder / DECK, version)
    if dry_run:
        return report, Released(notes, ())
    for edition in editions:
        stamp(edition, lock, now)
    if not again:
        lock.release(version, editions, now)
    packages = [pack(edition, lock) for edition in editions]
    # The notes first: a release that stops half-way is taken up again by the same command, which then finds what is
    # released already in the lock, and writes the rest.
    for (language, text), edition in zip(notes, editions, strict=False):
        file = folder / changelog_name(edition)
        old = file.read_text(encoding="utf-8") if file.is_file() else ""
        write_bytes(file, add_section(old, text, version, language, edition.name, checked.project.labels).encode())
    write_lock(folder / NAME, lock)
    write_bytes(folder / DECK, marked)
    return report, Released(notes, tuple(Built(package, write(package, root / DIST)) for package in packages))


def changelog_name(edition: Edition) -> str:
    """Return the name of the file that tells learners of a language what changed."""
    return f"CHANGELOG.{edition.language}.md" if len(edition.deck.editions) > 1 else "CHANGELOG.md"


def _check_version(version: str, lock: Lock, editions: Collection[Edition]) -> bool:
    """Return whether this version is released already, and only its files may be missing. Raises FlashgenError."""
    if not _VERSION.fullmatch(version):
        raise FlashgenError(f"`{version}` is not a version", "write numbers joined by dots, such as `1.0`")
    # Not the newest: of two branches that were merged, the later in time may have had the lower version.
    highest = max((release.version for release in lock.releases), key=_numbers, default=None)
    if highest is None:
        return False
    if highest == version and all(map(lock.is_public, editions)):
        return True
    if _numbers(version) <= _numbers(highest):
        raise FlashgenError(f"{highest} is released already", f"choose a later version than {highest}")
    return False


def _numbers(version: str) -> list[int]:
    numbers = [int(number) for number in version.split(".") if number.isdigit()]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return numbers


def _notes(
    labels: Labels, editions: tuple[Edition, ...], changes: list[Changes], lock: Lock, version: str, now: int
) -> tuple[tuple[str, str], ...]:
    date = datetime.fromtimestamp(now, UTC).date().isoformat()
    return tuple(
        (edition.language, section(edition, change, lock, version, date, labels))
        for edition, change in zip(editions, changes, strict=True)
    )


def _marked(file: Path, version: str) -> bytes:
    """Return what deck.yaml holds once a version is released. Raises FlashgenError."""
    text = file.read_bytes().decode("utf-8")
    for name in ("version", "released"):
        text = set_property(text, name, version)
    return text.encode()
