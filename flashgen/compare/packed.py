"""An .apkg → what is in it: the notes, note types and decks of a package that flashgen or any other tool made."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from flashgen.errors import FlashgenError
from flashgen.read.files import open_regular

# A package of 100,000 notes holds 40 MB; what claims far more is a bomb. So is what was packed far smaller than a
# database of texts can be, which takes a tenth of its room, or a fifth.
_MAX_DATABASE, _MAX_RATIO, _SMALL = 1 << 28, 100, 1 << 24
# Of what all notes say, and of what the note types and decks are: as Python's texts and records these take more room.
_MAX_TEXT, _MAX_JSON = 1 << 27, 1 << 23
# Reading takes far fewer steps of SQLite's machine, in thousands, even for such a package.
_MAX_STEPS = 100_000
# Newest first: a package may carry an older one as a stand-in that says "please update".
_DATABASES = ("collection.anki21", "collection.anki2")
_TABLES = ("col", "notes", "cards")


class PackedType(Struct, frozen=True):
    """A note type of a package. `fields` and `cards` are its (id or None, name) in order, `sort` its sort field."""

    id: int
    name: str
    is_cloze: bool
    fields: tuple[tuple[int | None, str], ...]
    cards: tuple[tuple[int | None, str], ...]
    css: str
    sides: tuple[tuple[str, str], ...]
    modified: int
    sort: int = 0


class PackedNote(Struct, frozen=True):
    """A note of a package; `id` in milliseconds, `modified` in seconds, `ords` of its cards."""

    guid: str
    id: int
    note_type: PackedType
    fields: tuple[str, ...]
    tags: tuple[str, ...]
    modified: int
    deck: str
    ords: tuple[int, ...]

    @property
    def texts(self) -> Mapping[str, str]:
        """The fields by name, as many as both the note and its note type have; a missing one is empty."""
        given = (*self.fields, *[""] * len(self.note_type.fields))
        return {name: text for (_, name), text in zip(self.note_type.fields, given, strict=False)}


class PackedDeck(Struct, frozen=True):
    """A package: its notes by guid, in the order of their new cards, and the names of its decks."""

    notes: Mapping[str, PackedNote]
    types: Mapping[int, PackedType]
    decks: tuple[str, ...]


def read_apkg(file: Path) -> PackedDeck:
    """Return what a package holds. Raises FlashgenError where it is no package, or one that cannot be read here."""
    damaged = FlashgenError(f"{file} is damaged", "export it from Anki anew")
    try:
        with open_regular(file) as opened, zipfile.ZipFile(opened) as archive:
            data = _database(archive, file)
        with contextlib.closing(sqlite3.connect(":memory:")) as connection:
            _open(connection, data, file)
            # SQLite has a copy.
            del data
            return _read(connection, file)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        if isinstance(error, RecursionError):
            raise damaged from None
        message = f"{file} is not an Anki package, or a damaged one: {error}"
        raise FlashgenError(message, "name an .apkg file") from None
    except OSError as error:
        raise FlashgenError(f"{file} cannot be read: {error.strerror or error}", "name an .apkg file") from None
    except sqlite3.Error as error:
        raise FlashgenError(f"{file} is damaged: {error}", "export it from Anki anew") from None
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, MemoryError):
        raise damaged from None


def _database(archive: zipfile.ZipFile, file: Path) -> bytes:
    names = set(archive.namelist())
    if "collection.anki21b" in names:
        hint = "export it with “Support older Anki versions” ticked"
        raise FlashgenError(f"{file} is in Anki's newest format, which flashgen does not read", hint)
    for name in _DATABASES:
        if name in names:
            information = archive.getinfo(name)
            if information.flag_bits & 1:
                raise FlashgenError(f"{file} is encrypted", "export it from Anki anew")
            if information.file_size > _MAX_DATABASE:
                raise _too_large(file, _MAX_DATABASE)
            if information.file_size > max(_SMALL, _MAX_RATIO * information.compress_size):
                raise FlashgenError(f"{file} is packed smaller than any collection can be, and is not read")
            # Anki reads no others, and some take far more memory than they fill.
            if information.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise FlashgenError(f"{file} is packed in a way that Anki does not read", "export it from Anki anew")
            # No more than the archive says is ever unpacked.
            return archive.read(information)
    raise FlashgenError(f"{file} holds no collection", "name an .apkg file")


def _too_large(file: Path, most: int) -> FlashgenError:
    return FlashgenError(f"{file} holds more than {most >> 20} MB, and is not read")


def _open(connection: sqlite3.Connection, data: bytes, file: Path) -> None:
    """Put the data of a stranger in a connection: plain tables only, and no endless work."""
    if not data:
        raise FlashgenError(f"{file} holds no Anki collection", "export it from Anki anew")
    # A database in write-ahead mode cannot be opened in memory; these two bytes of its header say so.
    connection.deserialize(data[:18] + b"\1\1" + data[20:] if data[18:20] == b"\2\2" else data)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_DATABASE)
    steps = iter(range(_MAX_STEPS))
    connection.set_progress_handler(lambda: next(steps, None) is None, 1000)
    kinds = dict(connection.execute("SELECT name, type || ' ' || substr(sql, 1, 12) FROM sqlite_master"))
    if any(kinds.get(name, "").upper() != "TABLE CREATE TABLE" for name in _TABLES):
        raise FlashgenError(f"{file} holds no Anki collection", "export it from Anki anew")


def _read(connection: sqlite3.Connection, file: Path) -> PackedDeck:
    if connection.execute("SELECT max(length(models) + length(decks)) FROM col").fetchone()[0] > _MAX_JSON:
        raise _too_large(file, _MAX_JSON)
    models, decks = connection.execute("SELECT models, decks FROM col").fetchone()
    types = {int(key): _type(int(key), value) for key, value in json.loads(models).items()}
    names = {int(key): _name(value) for key, value in json.loads(decks).items()}
    cards: dict[int, tuple[int, list[int]]] = {}
    order: dict[int, int] = {}
    for nid, did, ord_, due in connection.execute("SELECT nid, did, ord, due FROM cards ORDER BY ord"):
        cards.setdefault(nid, (did, []))[1].append(int(ord_))
        order.setdefault(nid, int(due))
    rows = list(_note_rows(connection, file))
    rows.sort(key=lambda row: (order.get(row[0], 0), row[0]))
    notes: dict[str, PackedNote] = {}
    for id_, guid, mid, modified, tags, fields in rows:
        did, ords = cards.get(id_, (0, []))
        deck = names.get(did, "")
        notes[guid] = PackedNote(
            guid, id_, types[mid], tuple(fields.split("\x1f")), tuple(tags.split()), modified, deck, tuple(ords)
        )
    used = sorted({note.deck for note in notes.values() if note.deck})
    return PackedDeck(notes, types, tuple(used))


def _note_rows(connection: sqlite3.Connection, file: Path) -> Iterator[tuple[int, str, int, int, str, str]]:
    # Columns that are computed as they are read can hold more than the file does.
    size = 0
    for id_, guid, mid, modified, tags, fields in connection.execute(
        "SELECT id, guid, mid, mod, tags, flds FROM notes"
    ):
        size += len(tags) + len(fields)
        if size > _MAX_TEXT:
            raise _too_large(file, _MAX_TEXT)
        # SQLite keeps anything in any column.
        if not isinstance(guid, str) or not isinstance(fields, str) or not isinstance(tags, str):
            raise TypeError
        yield int(id_), guid, int(mid), int(modified), tags, fields


def _type(id_: int, value: Mapping[str, Any]) -> PackedType:
    fields, cards = value["flds"], value["tmpls"]
    return PackedType(
        id=id_,
        name=_name(value),
        is_cloze=value["type"] == 1,
        fields=tuple((_id(field), _name(field)) for field in fields),
        cards=tuple((_id(card), _name(card)) for card in cards),
        css=str(value["css"]),
        sides=tuple((str(card["qfmt"]), str(card["afmt"])) for card in cards),
        modified=int(value["mod"]),
        sort=int(value.get("sortf", 0)),
    )


def _id(value: Mapping[str, Any]) -> int | None:
    id_ = value.get("id")
    return id_ if isinstance(id_, int) else None


def _name(value: Mapping[str, Any]) -> str:
    return str(value["name"])
