"""The page over HTTP, for this computer alone.

It answers a fixed set of addresses: the page and its files, the notes, their cards, and the media that they show. No
part of an address is ever a path on the disk. A request that names another host is refused, so that no page of a
stranger can read a deck by pointing a name of its own at this computer.
"""

from __future__ import annotations

import errno
import mimetypes
import os
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from msgspec.json import encode

from flashgen.errors import FlashgenError
from flashgen.preview import client
from flashgen.preview.client import Client, Side
from flashgen.preview.index import View
from flashgen.preview.live import Live

HOST = "127.0.0.1"
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# A card holds markup of its author: it may draw, and run Anki's own handlers, and reach nothing but its media.
_CARD_POLICY = (
    "default-src 'none'; img-src 'self' data:; media-src 'self' data:; font-src 'self' data:; "
    "style-src 'self' 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'self'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-scripts allow-popups allow-popups-to-escape-sandbox"
)
# How long an open line stays silent, in seconds; a page that left is noticed then.
_PATIENCE = 15.0
_TYPES = {"js": "text/javascript", "css": "text/css", "html": "text/html", "svg": "image/svg+xml"}


@cache
def page_files() -> Mapping[str, bytes]:
    """Return the files of the page by name."""
    folder = files("flashgen.preview") / "assets"
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


class Server(ThreadingHTTPServer):
    """Serves a project's cards."""

    daemon_threads = True
    # Elsewhere than on POSIX it would let two servers share a port.
    allow_reuse_address = os.name == "posix"

    def __init__(self, live: Live, port: int) -> None:
        """Take the port; raises FlashgenError where it cannot be had."""
        self.live = live
        try:
            super().__init__((HOST, port), _Handler)
        except OverflowError as error:
            raise FlashgenError(f"{port} is no port", "choose one from 1024 to 65535 with `--port`") from error
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                message, hint = f"port {port} is taken", "close what listens there, perhaps another preview"
            else:
                message, hint = f"port {port} cannot be used: {error.strerror or error}", "choose one above 1023"
            raise FlashgenError(message, f"{hint}; or choose another port with `--port`") from error

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://{HOST}:{self.server_port}/"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a page that left in the middle of an answer."""


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "flashgen", ""

    def do_GET(self) -> None:
        """Answer, or say why not."""
        address = urlsplit(self.path)
        first, _, rest = address.path.removeprefix("/").partition("/")
        if not self._is_for_us(first):
            self._send(b"This preview is for this computer alone.", "text/plain", HTTPStatus.FORBIDDEN)
        elif first == "events":
            self._tell_changes()
        else:
            self._reply(first, unquote(rest), parse_qs(address.query))

    do_HEAD = do_GET  # noqa: N815 - as it is called there

    def _reply(self, first: str, rest: str, query: Mapping[str, list[str]]) -> None:
        try:
            answer = self._answer(first, rest, query)
        except Exception as error:  # noqa: BLE001 - a fault of ours is told where the answer would stand
            told = f"flashgen itself failed: {error!r}".encode()
            self._send(told, "text/plain", HTTPStatus.INTERNAL_SERVER_ERROR)
            return
        if answer is None:
            self._send(b"There is nothing here.", "text/plain", HTTPStatus.NOT_FOUND)
        else:
            self._send(*answer)

    def _is_for_us(self, first: str) -> bool:
        name = self.headers.get("Host", "").rpartition(":")[0]
        # A card has no origin, so its pictures seem to be asked for from elsewhere.
        is_strange = self.headers.get("Sec-Fetch-Site") == "cross-site" and first != "media"
        return name in (HOST, "localhost") and not is_strange

    def _answer(self, first: str, rest: str, query: Mapping[str, list[str]]) -> tuple[bytes, str] | None:
        view = self.server.live.view
        if first == "media":
            file = view.media.get(rest)
            return None if file is None else (file.data, mimetypes.guess_type(rest)[0] or "application/octet-stream")
        if first == "cards":
            card = _card(view, rest, query)
            return None if card is None else (card.encode(), "text/html")
        if first == "changes":
            return _changes(view, rest), "application/json"
        if first == "index.json":
            return view.index, "application/json"
        if first == "texts.json":
            return view.texts, "application/json"
        name = first or "index.html"
        page = None if rest else page_files().get(name)
        return None if page is None else (page, _TYPES[name.rpartition(".")[2]])

    def _send(self, data: bytes, type_: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        self._start(type_, status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def _start(self, type_: str, status: HTTPStatus) -> None:
        self.send_response(status)
        is_card = self.path.startswith("/cards/")
        self.send_header("Content-Type", f"{type_}; charset=utf-8" if type_.startswith("text/") else type_)
        self.send_header("Content-Security-Policy", _CARD_POLICY if is_card else _PAGE_POLICY)
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("X-Content-Type-Options", "nosniff")

    def _tell_changes(self) -> None:
        self._start("text/event-stream", HTTPStatus.OK)
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        if self.command == "HEAD":
            return
        for state in self.server.live.states(_PATIENCE):
            self.wfile.write(b": still here\n\n" if state is None else f"data: {state}\n\n".encode())
            self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as it is called there
        """Keep quiet: standard error is for the author."""


def _card(view: View, rest: str, query: Mapping[str, list[str]]) -> str | None:
    """Return a card's document: `rest` is `guid/ord/side`."""
    parts = rest.rsplit("/", 2)
    note = view.notes.get(parts[0])
    if note is None or len(parts) != 3 or parts[1] not in map(str, note.ords) or parts[2] not in list(Side):  # noqa: PLR2004
        return None
    shown_by = query.get("client", [Client.DESKTOP])[0]
    if shown_by not in list(Client):
        return None
    night = query.get("night") == ["1"]
    document = client.document(note, int(parts[1]), Side(parts[2]), Client(shown_by), night=night, media="/media/")
    return client.framed(document)


def _changes(view: View, guid: str) -> bytes:
    return encode(view.changes.get(guid))
