"""Real Anki as the judge of our packages: open a collection, import as learners do, read back what came of it."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from anki.collection import Collection, ImportAnkiPackageRequest
from anki.models import NotetypeDict

# What Check Database says when it found nothing to mend.
ALL_IS_WELL = "Database rebuilt and optimized."
_COLLECTION = "collection.anki2"


@cache
def _template() -> Path:
    # Once for all tests: a new collection takes ten times as long as a copy.
    folder = Path(tempfile.mkdtemp(prefix="anki-template-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    Collection(str(folder / _COLLECTION)).close()
    return folder / _COLLECTION


@contextmanager
def new_collection(folder: Path) -> Iterator[Collection]:
    """A collection as a learner first has it, in a folder of its own under `folder`."""
    home = Path(tempfile.mkdtemp(prefix="anki-", dir=folder))
    shutil.copy(_template(), home / _COLLECTION)
    collection = Collection(str(home / _COLLECTION))
    try:
        yield collection
    finally:
        collection.close()


def import_package(collection: Collection, package: Path) -> dict[str, int]:
    """Import with Anki's default options, and return its log: what happened → to how many notes."""
    # On a collection where nothing was imported by hand yet, these are the defaults.
    options = collection._backend.get_import_anki_package_presets()
    log = collection.import_anki_package(ImportAnkiPackageRequest(package_path=str(package), options=options)).log
    # The backend changes note types behind the back of this cache.
    collection.models._clear_cache()
    counts = {field.name: value for field, value in log.ListFields() if field.name != "dupe_resolution"}
    found = counts.pop("found_notes", 0)
    lengths = {name: len(notes) for name, notes in counts.items()}
    assert sum(lengths.values()) == found, "Anki tells of every note once"
    return lengths


def note_types(collection: Collection) -> dict[int, NotetypeDict]:
    """Note types by id, those that Anki brings along left out: its ids are from the clock, ours lie far above."""
    ids = (int(entry.id) for entry in collection.models.all_names_and_ids())
    return {id_: note_type for id_ in ids if id_ >= 10**13 and (note_type := collection.models.get(id_)) is not None}


def deck_descriptions(collection: Collection) -> dict[str, str]:
    """Decks and their descriptions, Anki's own deck left out."""
    decks = (collection.decks.get(entry.id) for entry in collection.decks.all_names_and_ids())
    return {deck["name"]: deck["desc"] for deck in decks if deck["id"] != 1}


def rows(collection: Collection, table: str) -> list[list[object]]:
    """All rows of a table, in the order of their ids."""
    return collection.db.all(f"select * from {table} order by id")  # noqa: S608


def card_place(collection: Collection) -> dict[tuple[str, int], tuple[int, str]]:
    """For each card, by guid and ord: its id and its deck."""
    found = collection.db.all("select n.guid, c.ord, c.id, c.did from cards c join notes n on n.id = c.nid")
    return {(guid, ord_): (id_, collection.decks.name(did)) for guid, ord_, id_, did in found}


def new_cards_in_order(collection: Collection, deck: str) -> list[tuple[str, int]]:
    """The guid and ord of every new card of a deck and its subdecks, in the order in which Anki hands them out."""
    deck_id = collection.decks.id_for_name(deck)
    assert deck_id is not None
    collection.decks.select(deck_id)
    preset = collection.decks.get_config(1)
    # New cards count towards the reviews of a day too.
    preset["new"]["perDay"] = preset["rev"]["perDay"] = 9999
    preset["newSortOrder"] = 1  # as gathered; by default Anki then sorts by card template, inside the day's new cards
    collection.decks.update_config(preset)
    queued = collection.sched.get_queued_cards(fetch_limit=9999)
    guids = dict(collection.db.all("select id, guid from notes"))
    return [(guids[entry.card.note_id], entry.card.template_idx) for entry in queued.cards]


__all__ = [
    "ALL_IS_WELL",
    "Collection",
    "card_place",
    "deck_descriptions",
    "import_package",
    "new_cards_in_order",
    "new_collection",
    "note_types",
    "rows",
]
