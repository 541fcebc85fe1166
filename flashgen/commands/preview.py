"""`flashgen preview`: every card as a client shows it, on a page that follows the files."""

from __future__ import annotations

import sys
import threading
import webbrowser
from collections.abc import Collection
from pathlib import Path

from flashgen.cache import Cache
from flashgen.commands.findings import show_findings
from flashgen.diagnostics import Report
from flashgen.pipeline import check
from flashgen.preview.export import export
from flashgen.preview.index import view
from flashgen.preview.live import Live
from flashgen.preview.server import Server


def run_static(root: Path, decks: Collection[str], languages: Collection[str], folder: Path, cache: Cache) -> int:
    """Write the page into a folder, and return the exit code."""
    report = Report()
    checked = check(root, report, decks, languages, cache=cache)
    if report.failed:
        show_findings(report, root, "full")
        print(f"Nothing was written; {folder} is as it was.", file=sys.stderr)
        return 1
    export(view(checked, report), folder)
    print(folder / "index.html")
    return 0


def run(root: Path, decks: Collection[str], languages: Collection[str], port: int, cache: Cache, *, open_: bool) -> int:
    """Serve the page until interrupted, and return the exit code."""
    live = Live(root, decks, languages, tell, cache)
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
