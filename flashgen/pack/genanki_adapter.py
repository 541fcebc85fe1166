"""Package → an .apkg, written by genanki. The only module that imports it.

genanki 0.13 is sound in its schema and its rows; what real Anki needs beyond that is mended here, by overriding
(anki-contract.md, 2, lists the defects): card generation, ids, times, due order, field and template ids, JSON that
names a note type twice, a database that stays behind, an archive with today's date in it.
"""

from __future__ import annotations

import functools
import json
import sqlite3
import sys
import zipfile
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing
from typing import Any, BinaryIO

from flashgen.model import OCCLUSION_FIELDS, Family
from flashgen.pack.deflate import deflated
from flashgen.pack.rows import DeckRow, NoteTypeRow, Package, Row
from flashgen.pack.stored import ZIP_DATE, store

# genanki wants one decorator of the package `cached_property`, which loads all of asyncio for it: that takes as long as
# thousands of rows. The standard library has the same decorator under the same name.
sys.modules.setdefault("cached_property", functools)
import genanki  # noqa: E402 - after that
from genanki.apkg_col import APKG_COL  # noqa: E402
from genanki.apkg_schema import APKG_SCHEMA  # noqa: E402

# Anki's default fields for what genanki leaves out (its schema 11).
_FIELD = {"font": "Arial", "media": [], "size": 20, "sticky": False}
_TEMPLATE = {"bafmt": "", "bqfmt": "", "bfont": "", "bsize": 0, "did": None}


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
                {
                    **_FIELD,
                    "name": field.name,
                    "id": field.id,
                    "rtl": kind.right_to_left,
                    **_of_occlusion(place, kind.family),
                }
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


class _Deck(genanki.Deck):  # type: ignore[misc]
    """A deck whose description is Markdown-free HTML, as its notes' fields are."""

    def __init__(self, row: DeckRow) -> None:
        super().__init__(row.id, row.name, row.description)


class _Package(genanki.Package):  # type: ignore[misc]
    """A package of rows: each note with its own id and time, and the cards that Anki's rules give it.

    genanki's own loop looks at each note and card by itself, which takes twice as long as all the rest of the database.
    """

    def __init__(self, decks: list[_Deck], rows: Mapping[str, Collection[Row]]) -> None:
        super().__init__(decks)
        self.rows = rows

    def write_to_db(self, cursor: sqlite3.Cursor, timestamp: float, id_gen: Iterator[int]) -> None:
        cursor.executescript(_TABLES)
        cursor.executescript(APKG_COL)
        for deck in self.decks:
            deck.write_to_db(cursor, timestamp, id_gen)
            cursor.executemany(_INSERT_NOTE, _notes(self.rows[deck.name]))
            cursor.executemany(_INSERT_CARD, _cards(self.rows[deck.name], deck.deck_id, id_gen))


_INDEXES = APKG_SCHEMA[APKG_SCHEMA.index("CREATE INDEX") :]
_TABLES = APKG_SCHEMA.removesuffix(_INDEXES)
# As genanki writes them: what a note or card is not told stays 0 or empty, and -1 says that nothing was synced yet.
_INSERT_NOTE = "INSERT INTO notes VALUES(?, ?, ?, ?, -1, ?, ?, ?, 0, 0, '')"
_INSERT_CARD = "INSERT INTO cards VALUES(?, ?, ?, ?, ?, -1, 0, 0, ?, 0, 0, 0, 0, 0, 0, 0, 0, '')"


def _notes(rows: Iterable[Row]) -> Iterator[tuple[int, str, int, int, str, str, str]]:
    joined: dict[tuple[str, ...], str] = {}
    for row in rows:
        note = row.note
        tags = joined.get(note.tags)
        if tags is None:
            tags = joined[note.tags] = f" {' '.join(note.tags)} " if note.tags else ""
        fields, note_type = note.fields, note.note_type
        first = fields[note_type.title_field]
        yield row.id, note.guid, note_type.id, row.modified, tags, "\x1f".join(fields), first


def _cards(rows: Iterable[Row], deck: int, ids: Iterator[int]) -> Iterator[tuple[int, int, int, int, int, int]]:
    for row in rows:
        for ord_ in row.note.ords:
            yield next(ids), row.id, deck, ord_, row.modified, row.note.position


def write_apkg(package: Package, database: bytes, out: BinaryIO) -> None:
    """Write an .apkg that every Anki reads: its database compressed, its list of media, and the media.

    Nearly all of that is done outside of Python, and leaves other threads to go on.
    """
    with zipfile.ZipFile(out, "w") as archive:
        names = json.dumps({str(number): file.name for number, file in enumerate(package.media)}).encode()
        for name, data in (("collection.anki2", database), ("media", names)):
            _deflate(archive, out, name, data)
        # Pictures are compressed as they are.
        store(archive, out, package.media)


def _deflate(archive: zipfile.ZipFile, out: BinaryIO, name: str, data: bytes) -> None:
    """Write an entry compressed by several threads. zipfile has one thread, so it is told afterwards what it stored."""
    entry = zipfile.ZipInfo(name, ZIP_DATE)
    with archive.open(entry, "w") as stored:
        for piece in deflated(data):
            stored.write(piece)
    entry.compress_type, entry.file_size, entry.CRC = zipfile.ZIP_DEFLATED, len(data), zlib.crc32(data)
    end = out.tell()
    out.seek(entry.header_offset)
    out.write(entry.FileHeader(zip64=False))
    out.seek(end)


def fill_database(package: Package) -> sqlite3.Connection:
    """Return a package's rows in a database of schema 11, which `finish_database` needs to end and to close."""
    models = {row.note_type.id: _Model(row) for row in package.note_types}
    decks = {row.name: _Deck(row) for row in package.decks}
    rows: dict[str, list[Row]] = {name: [] for name in decks}
    for row in package.rows:
        rows[row.note.deck].append(row)
        decks[row.note.deck].add_model(models[row.note.note_type.id])
    # In memory: nothing to wait for, and nothing to clear away. Another thread may end it.
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    try:
        cursor = connection.cursor()
        _Package(list(decks.values()), rows).write_to_db(cursor, package.created, _card_ids(package))
        _tidy(cursor, package)
    except BaseException:
        connection.close()
        raise
    return connection


def finish_database(connection: sqlite3.Connection) -> bytes:
    """Return the bytes of a database, and close it. All of it is done outside of Python."""
    with closing(connection):
        # Made when the rows are in: that is faster, and leaves no gaps to vacuum.
        connection.executescript(_INDEXES)
        connection.commit()
        return connection.serialize()


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
