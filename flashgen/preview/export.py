"""The page as a folder: the same page and cards, without a server, hosted anywhere or opened from the disk."""

from __future__ import annotations

import base64
import json
import mimetypes
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from msgspec import to_builtins

from flashgen.errors import WriteError
from flashgen.model import Note
from flashgen.preview import client
from flashgen.preview.client import Client
from flashgen.preview.index import View
from flashgen.preview.server import page_files

# What an export may replace: a folder that holds this is one.
_MARK = "flashgen-preview.json"
# How many notes one file of data holds.
_CHUNK = 100
# In the order in which each needs those before it.
_MODULES = ("dom", "model", "server", "exported", "list", "filters", "findings", "card", "main")
# A card stands in a frame of the page, and what the page may do binds it: its handlers have to run, and nothing else
# may be reached. That no script of the page comes from an author's text, `dom.js` sees to.
_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; media-src data:; font-src data:; base-uri 'self'; form-action 'none'"
)


def export(view: View, folder: Path) -> None:
    """Write the page into a folder, new, empty or an earlier export. Raises WriteError; then nothing changed."""
    _check(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        # Beside it, since only a rename inside one file system is atomic.
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}.", suffix=".part", dir=folder.parent) as beside:
            new, old = Path(beside, "new"), Path(beside, "old")
            for name, data in _files(view):
                file = new / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(data)
            if folder.exists():
                folder.rename(old)
            try:
                new.rename(folder)
            except OSError:
                if old.exists():
                    old.rename(folder)
                raise
    except OSError as error:
        raise WriteError(f"{folder} cannot be written: {error.strerror or error}") from error


def _check(folder: Path) -> None:
    hint = "name a new folder, an empty one, or one that an earlier `preview --static` wrote"
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise WriteError(f"{folder} is no folder", hint)
    if folder.is_dir() and any(folder.iterdir()) and not (folder / _MARK).is_file():
        raise WriteError(f"{folder} holds other files, which would be lost", hint)


def _files(view: View) -> Iterator[tuple[str, bytes]]:
    page = page_files()
    yield _MARK, b'{"made by": "flashgen preview --static"}\n'
    yield "index.html", _html(page["index.html"].decode()).encode()
    yield "preview.js", _script(page).encode()
    for name in ("preview.css", "icon.svg"):
        yield name, page[name]
    yield "data/index.js", _data("index", view.index.decode())
    yield "data/texts.js", _data("texts", view.texts.decode())
    yield "data/shells.js", _data("shells", _dump(_shells(view)))
    notes = iter(view.notes.values())
    for number, chunk in enumerate(iter(lambda: list(islice(notes, _CHUNK)), [])):
        yield f"data/notes-{number}.js", _data(f"notes-{number}", _dump(_told(view, chunk)))
    for name, file in view.media.items():
        yield f"data/media/{name}.js", _data(f"media/{name}", _dump(_address(name, file.data)))


def _html(page: str) -> str:
    policy = f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    page = page.replace('data-source="server"', 'data-source="exported"')
    page = page.replace('<meta charset="utf-8">', f'<meta charset="utf-8">\n{policy}')
    return page.replace('<script type="module" src="main.js">', '<script defer src="preview.js">')


def _script(page: Mapping[str, bytes]) -> str:
    """Return the page's modules as one script: a page opened from the disk may load no modules."""
    joined = "\n".join(page[f"{name}.js"].decode() for name in _MODULES)
    plain = re.sub(r"^import .*;\n|^export (?=\w)", "", joined, flags=re.MULTILINE)
    # In a block its names are its own, and two of one name are a fault that every browser tells.
    return f'"use strict";\n{{\n{plain}}}\n'


def _address(name: str, data: bytes) -> str:
    """Return media as an address that holds it: a frame without rights may load no file from the disk."""
    type_ = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return f"data:{type_};base64,{base64.b64encode(data).decode()}"


def _data(name: str, data: str) -> bytes:
    return f"previewData({_dump(name)}, {data});\n".encode()


def _dump(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _shells(view: View) -> dict[str, Any]:
    shells = {
        f"{each}-{int(night)}": client.framed(client.shell(each, night=night))
        for each in Client
        for night in (False, True)
    }
    return {"chunk": _CHUNK, "shells": shells, "styles": view.styles, "media": list(view.media)}


def _told(view: View, notes: Sequence[Note]) -> dict[str, Any]:
    return {
        note.guid: {
            "cards": {
                card_ord: [both.question, both.answer]
                for card_ord, both in ((card_ord, client.bodies(note, card_ord)) for card_ord in note.ords)
            },
            "changes": to_builtins(view.changes.get(note.guid)),
        }
        for note in notes
    }
