"""Packages → the cards to look at."""

from __future__ import annotations

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


def chosen(package: Imported, *, every: bool) -> list[Chosen]:
    """Return all cards of a package, or the first of each card template and all that occlude a picture."""
    cards, templates = [], set()
    for note_id in package.notes:
        note = mw.col.get_note(note_id)
        note_type = note.note_type()
        is_occlusion = note_type.get("originalStockKind") == OCCLUSION
        for place, card in enumerate(note.cards()):
            template = card.template()
            is_new = (note_type["id"], template["name"]) not in templates
            templates.add((note_type["id"], template["name"]))
            if every or is_new or is_occlusion:
                cards.append(
                    Chosen(
                        card.id,
                        package.package,
                        note.guid,
                        note_type["name"],
                        template["name"],
                        card.ord,
                        dict(note.items()),
                        is_occlusion,
                        place == 0,
                    )
                )
    return cards
