"""Packages → the cards to look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from anki.cards import CardId
from anki.collection import ImportAnkiPackageRequest
from anki.notes import NoteId
from aqt import mw

# Anki's number for note types that occlude a picture.
OCCLUSION = 6


@dataclass(frozen=True)
class Imported:
    package: str
    notes: list[NoteId]


@dataclass(frozen=True)
class Chosen:
    """A card to look at. `is_first` says that it is the first of its note."""

    id: CardId
    package: str
    guid: str
    note_type: str
    card: str
    ord: int
    fields: dict[str, str]
    is_occlusion: bool
    is_first: bool


def imported(packages: list[Path]) -> list[Imported]:
    """Import packages as learners do, and return what notes came with each."""
    found, known = [], set()
    for package in packages:
        options = mw.backend.get_import_anki_package_presets()
        mw.col.import_anki_package(ImportAnkiPackageRequest(package_path=str(package), options=options))
        notes = [note for note in mw.col.find_notes("") if note not in known]
        known.update(notes)
        found.append(Imported(package.name, sorted(notes)))
    # Python's cache does not know of what the backend brought.
    mw.col.models._clear_cache()
    return found


def chosen(package: Imported, which: str) -> Iterator[Chosen]:
    """Yield the cards of a package that are wanted: `few`, `one-per-kind` or `all`, as `run.py` explains them."""
    kinds = set()
    for note_id in package.notes:
        note = mw.col.get_note(note_id)
        note_type = note.note_type()
        is_occlusion = note_type.get("originalStockKind") == OCCLUSION
        for place, card in enumerate(note.cards()):
            template = card.template()["name"]
            kind = (note_type["id"], None if which == "few" else template)
            if which == "all" or kind not in kinds or (which == "one-per-kind" and is_occlusion):
                yield Chosen(
                    id=card.id,
                    package=package.package,
                    guid=note.guid,
                    note_type=note_type["name"],
                    card=template,
                    ord=card.ord,
                    fields=dict(note.items()),
                    is_occlusion=is_occlusion,
                    is_first=place == 0,
                )
            kinds.add(kind)
