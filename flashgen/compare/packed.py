"""An .apkg → what is in it: the notes, note types and decks of a package that flashgen or any other tool made."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flashgen.errors import FlashgenError

# A package of 100,000 notes holds 40 MB; what claims far more is a bomb.
_MAX_DATABASE = 1 << 30
# Newest first: a package may carry an older one as a stand-in that says "please update".
_DATABASES = ("collection.anki21", "collection.anki2")


@dataclass(frozen=True, slots=True)
class PackedType:
    """A note type of a package. `fields` and `cards` are its (id or None, name) in order."""

    id: int
    name: str
    is_cloze: bool
    fields: tuple[tuple[int | None, str], ...]
    cards: tuple[tuple[int | None, str], ...]
    css: str
    sides: tuple[tuple[str, str], ...]
    modified: int


@dataclass(frozen=True, slots=True)
class PackedNote:
    """A note of a package; `id` in milliseconds, `modified` in seconds, `ords` of its cards."""

    guid: str
    id: int
    note_type: PackedType
    fields: tuple[str, ...]
    tags: tuple[str, ...]
    modified: int
    deck: str
    ords: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PackedDeck:
    """A package: its notes by guid, in the order of their new cards, and the names of its decks."""

    notes: Mapping[str, PackedNote]
    types: Mapping[int, PackedType]
    decks: tuple[str, ...]


def read_apkg(file: Path) -> PackedDeck:
    """Return what a package holds. Raises FlashgenError where it is no package, or one that cannot be read here."""
    try:
        with zipfile.ZipFile(file) as archive:
            data = _database(archive, file)
        connection = sqlite3.connect(":memory:")
        try:
            connection.deserialize(data)
            return _read(connection)
        finally:
            connection.close()
    except OSError as error:
        raise FlashgenError(f"{file} cannot be read: {error.strerror or error}") from None
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise FlashgenError(f"{file} is not an Anki package: {error}", "name an .apkg file") from None
    except (sqlite3.Error, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise FlashgenError(f"{file} is damaged: {error}", "export it from Anki anew") from None


def _database(archive: zipfile.ZipFile, file: Path) -> bytes:
    names = set(archive.namelist())
    if "collection.anki21b" in names:
        hint = "export it with “Support older Anki versions” ticked"
        raise FlashgenError(f"{file} is in Anki's newest format, which flashgen does not read", hint)
    for name in _DATABASES:
        if name in names:
            if archive.getinfo(name).file_size > _MAX_DATABASE:
                raise FlashgenError(f"{file} holds more than {_MAX_DATABASE >> 20} MB, and is not read")
            with archive.open(name) as member:
                # What the archive says of its sizes is not to be trusted.
                data = member.read(_MAX_DATABASE + 1)
            if len(data) > _MAX_DATABASE:
                raise FlashgenError(f"{file} holds more than {_MAX_DATABASE >> 20} MB, and is not read")
            return data
    raise FlashgenError(f"{file} holds no collection", "name an .apkg file")


def _read(connection: sqlite3.Connection) -> PackedDeck:
    models, decks = connection.execute("SELECT models, decks FROM col").fetchone()
    types = {int(key): _type(int(key), value) for key, value in json.loads(models).items()}
    names = {int(key): _name(value) for key, value in json.loads(decks).items()}
    cards: dict[int, tuple[int, list[int]]] = {}
    order: dict[int, int] = {}
    for nid, did, ord_, due in connection.execute("SELECT nid, did, ord, due FROM cards ORDER BY ord"):
        cards.setdefault(nid, (did, []))[1].append(ord_)
        order.setdefault(nid, due)
    notes: dict[str, PackedNote] = {}
    rows = connection.execute("SELECT id, guid, mid, mod, tags, flds FROM notes").fetchall()
    rows.sort(key=lambda row: (order.get(row[0], 0), row[0]))
    for id_, guid, mid, modified, tags, fields in rows:
        did, ords = cards.get(id_, (0, []))
        deck = names.get(did, "")
        notes[guid] = PackedNote(
            guid, id_, types[mid], tuple(fields.split("\x1f")), tuple(tags.split()), modified, deck, tuple(ords)
        )
    used = sorted({note.deck for note in notes.values() if note.deck})
    return PackedDeck(notes, types, tuple(used))


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
    )


def _id(value: Mapping[str, Any]) -> int | None:
    id_ = value.get("id")
    return id_ if isinstance(id_, int) else None


def _name(value: Mapping[str, Any]) -> str:
    return str(value["name"])
