"""`flashgen preview`: every card as a client shows it, on a page that follows the files."""

from __future__ import annotations

import sys
import threading
import webbrowser
from collections.abc import Collection
from pathlib import Path

from flashgen.preview.live import Live
from flashgen.preview.server import Server


def run(root: Path, decks: Collection[str], languages: Collection[str], port: int, *, open_: bool) -> int:
    """Serve the page until interrupted, and return the exit code."""
    live = Live(root, decks, languages, tell)
    server = Server(live, port)
    stop = threading.Event()
    threading.Thread(target=live.watch, args=(stop,), daemon=True).start()
    print(server.address, flush=True)
    tell("The page follows your files. Ctrl-C ends it.")
    if open_:
        webbrowser.open(server.address)
    try:
        server.serve_forever()
    finally:
        stop.set()
        server.server_close()
    return 0


def tell(text: str) -> None:
    """Say what goes on, out of the way of results."""
    print(text, file=sys.stderr, flush=True)
