"""`flashgen preview`: every card as a client shows it, on a page that follows the files."""

from __future__ import annotations

import threading
import webbrowser
from collections.abc import Collection
from pathlib import Path

from msgspec.structs import replace

from flashgen.commands.findings import Findings
from flashgen.commands.screen import Screen
from flashgen.diagnostics import Report
from flashgen.inputs import Aids, read_inputs
from flashgen.pipeline import check
from flashgen.preview.export import export
from flashgen.preview.index import view
from flashgen.preview.live import Live
from flashgen.preview.server import Server
from flashgen.stages import Stages


def run_static(
    root: Path,
    decks: Collection[str],
    languages: Collection[str],
    findings: Findings,
    aids: Aids,
    stages: Stages,
    folder: Path,
) -> int:
    """Write the page into a folder, and return the exit code."""
    report = Report()
    with findings.screen.at_work(stages):
        checked = check(root, report, decks, languages, stages, replace(aids, inputs=read_inputs(root)))
        if not report.failed:
            with stages("write"):
                export(view(checked, report), folder)
    if report.failed:
        findings.show(report, root)
        findings.screen.tell(f"Nothing was written; {folder} is as it was.")
        return 1
    print(folder / "index.html")
    return 0


def run(
    root: Path,
    decks: Collection[str],
    languages: Collection[str],
    screen: Screen,
    port: int,
    aids: Aids,
    *,
    open_: bool,
) -> int:
    """Serve the page until interrupted, and return the exit code."""
    live = Live(root, decks, languages, screen.tell, aids)
    server = Server(live, port)
    stop = threading.Event()
    threading.Thread(target=live.watch, args=(stop,), daemon=True).start()
    print(server.address, flush=True)
    screen.tell("The page follows your files. Ctrl-C ends it.")
    if open_:
        webbrowser.open(server.address)
    try:
        server.serve_forever()
    finally:
        stop.set()
        server.server_close()
    return 0
