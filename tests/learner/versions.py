"""The Ankis whose learners are played, and an environment for each.

All of them install on Python 3.11 from their own wheels. The newest is the one that the tests have anyway.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from anki_venv import python_with

NEWEST = "newest"


@dataclass(frozen=True)
class Anki:
    """A version, and what of its importer differs from the newest (anki-contract.md, 1.4)."""

    version: str
    # Fields and card templates are matched by their ids; else by their names, so that none can be renamed.
    has_ids: bool = True
    # There is *Merge note types* to tick.
    can_merge: bool = True
    # A note that an import updates gets the time of the import, not that of the package.
    stamps: bool = False

    def __str__(self) -> str:
        return self.version


PLAYED = (
    Anki("2.1.66", has_ids=False, can_merge=False, stamps=True),
    Anki("23.10.1", stamps=True),
    Anki("24.11", stamps=True),
    Anki("25.2.7"),
    Anki("25.9.5"),
    Anki(NEWEST),
)


def python_of(anki: Anki) -> Path:
    """Return the Python that has this Anki."""
    return Path(sys.executable) if anki.version == NEWEST else python_with(f"anki=={anki}", "anki.collection")
