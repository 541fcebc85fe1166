"""Package → the bytes of an .apkg, written by genanki. The only module that imports it.

genanki 0.13 is sound in its schema and its rows; what real Anki needs beyond that is mended here, by overriding
(anki-contract.md, 2, lists the defects): card generation, ids, times, due order, field and template ids, JSON that
names a note type twice, a database that stays behind, an archive with today's date in it.
"""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import genanki
from genanki.apkg_col import APKG_COL
from genanki.apkg_schema import APKG_SCHEMA

from flashgen.model import OCCLUSION_FIELDS, DeckRow, Family, NoteTypeRow, Package, Row

# Anki's default fields for what genanki leaves out (its schema 11).
_FIELD = {"font": "Arial", "media": [], "rtl": False, "size": 20, "sticky": False}
_TEMPLATE = {"bafmt": "", "bqfmt": "", "bfont": "", "bsize": 0, "did": None}
# The archive's dates mean nothing; the earliest that a zip can say keeps the bytes the same.
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


# By this number Anki opens its occlusion editor for a note type, and finds in it the fields by their tags
# (anki-contract.md, 3).
_STOCK_OCCLUSION = 6


def _of_occlusion(place: int, family: Family) -> dict[str, Any]:
    if family is not Family.OCCLUSION or place >= len(OCCLUSION_FIELDS):
        return {}
    return {"tag": place, "preventDeletion": OCCLUSION_FIELDS[place] != "Comments"}


class _Model(genanki.Model):  # type: ignore[misc]  # genanki has no types
    """A note type with its own time, and ids on fields and card templates."""

    def __init__(self, row: NoteTypeRow) -> None:
        kind = row.note_type
        super().__init__(
            kind.id,
            kind.name,
            fields=[
                {**_FIELD, "name": field.name, "id": field.id, **_of_occlusion(place, kind.family)}
                for place, field in enumerate(kind.fields)
            ],
            templates=[
                {**_TEMPLATE, "name": card.name, "id": card.id, "qfmt": card.front, "afmt": card.back}
                for card in kind.templates
            ],
            css=kind.css,
            model_type=self.CLOZE if kind.family.has_gaps else self.FRONT_BACK,
            sort_field_index=kind.title_field,
        )
        self.modified = row.modified
        self.stock = {"originalStockKind": _STOCK_OCCLUSION} if kind.family is Family.OCCLUSION else {}

    # Anki computes it itself; genanki's own guess fails on some templates.
    _req: list[Any] = []  # noqa: RUF012

    def to_json(self, _timestamp: float, deck_id: int) -> dict[str, Any]:
        return {**super().to_json(self.modified, deck_id), "id": self.model_id, **self.stock}


class _Note(genanki.Note):  # type: ignore[misc]
    """A note with its own id and time, and the cards that Anki's rules give it."""

    def __init__(self, row: Row, model: _Model) -> None:
        super().__init__(model, list(row.note.fields), guid=row.note.guid, due=row.note.position)
        self.row = row

    @cached_property
    def cards(self) -> list[genanki.Card]:
        return [genanki.Card(ord_) for ord_ in self.row.note.ords]

    def _format_tags(self) -> str:
        tags = self.row.note.tags
        return f" {' '.join(tags)} " if tags else ""

    def _check_invalid_html_tags_in_fields(self) -> None:
        """Leave it be: our own renderer wrote the HTML, and genanki's check is wrong on some of it."""

    def write_to_db(self, cursor: sqlite3.Cursor, _timestamp: float, deck_id: int, id_gen: Iterator[int]) -> None:
        super().write_to_db(cursor, self.row.modified, deck_id, _Ids(self.row.id, id_gen))


class _Ids:
    """The note's own id first, then an id for each of its cards."""

    def __init__(self, note_id: int, card_ids: Iterator[int]) -> None:
        self.note_id: int | None = note_id
        self.card_ids = card_ids

    def __next__(self) -> int:
        if self.note_id is not None:
            note_id, self.note_id = self.note_id, None
            return note_id
        return next(self.card_ids)


class _Deck(genanki.Deck):  # type: ignore[misc]
    """A deck whose description is Markdown-free HTML, as its notes' fields are."""

    def __init__(self, row: DeckRow) -> None:
        super().__init__(row.id, row.name, row.description)


class _Package(genanki.Package):  # type: ignore[misc]
    """A package whose indexes are made when its rows are in: that is faster, and leaves no gaps to vacuum."""

    def write_to_db(self, cursor: sqlite3.Cursor, timestamp: float, id_gen: Iterator[int]) -> None:
        tables, index, indexes = APKG_SCHEMA.partition("CREATE INDEX")
        cursor.executescript(tables)
        cursor.executescript(APKG_COL)
        for deck in self.decks:
            deck.write_to_db(cursor, timestamp, id_gen)
        cursor.executescript(index + indexes)


def write_apkg(package: Package) -> bytes:
    """Return an .apkg that every Anki reads: one compressed database of schema 11, and its list of media."""
    models = {row.note_type.id: _Model(row) for row in package.note_types}
    decks = {row.name: _Deck(row) for row in package.decks}
    for row in package.rows:
        decks[row.note.deck].add_note(_Note(row, models[row.note.note_type.id]))
    connection = sqlite3.connect(":memory:")
    try:
        cursor = connection.cursor()
        writer = _Package(list(decks.values()))
        writer.write_to_db(cursor, package.created, _card_ids(package))
        _tidy(cursor, package)
        connection.commit()
        database = connection.serialize()
    finally:
        connection.close()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as out:
        names = json.dumps({str(number): file.name for number, file in enumerate(package.media)}).encode()
        for name, data in (("collection.anki2", database), ("media", names)):
            # Level 5 writes one percent more than 6, in three quarters of the time.
            out.writestr(zipfile.ZipInfo(name, _ZIP_DATE), data, zipfile.ZIP_DEFLATED, compresslevel=5)
        for number, file in enumerate(package.media):
            # Pictures are compressed as they are.
            out.writestr(zipfile.ZipInfo(str(number), _ZIP_DATE), file.data, zipfile.ZIP_STORED)
    return archive.getvalue()


def _card_ids(package: Package) -> Iterator[int]:
    """Yield ids for the package's cards: Anki goes by note and template, so they need only be free and not ahead."""
    free = min((row.id for row in package.rows), default=1)
    while True:
        yield free
        free += 1


def _tidy(cursor: sqlite3.Cursor, package: Package) -> None:
    """Write the collection's JSON anew, its keys in order and each note type once, and its times as ours."""
    models, decks = cursor.execute("SELECT models, decks FROM col").fetchone()
    cursor.execute(
        "UPDATE col SET models = ?, decks = ?, crt = ?, mod = ?, scm = ?",
        (
            _ordered(models),
            _ordered(decks),
            package.created,
            package.created * 1000,
            package.created * 1000,
        ),
    )


def _ordered(text: str) -> str:
    return json.dumps(dict(sorted(json.loads(text).items())), ensure_ascii=False, separators=(",", ":"))
