"""Takes the pictures of README.md anew: `.venv/bin/python docs/pictures.py`. It needs Debian's Chromium."""

from __future__ import annotations

import io
import shutil
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from flashgen import pipeline
from flashgen.diagnostics import Report
from flashgen.model import Edition, Note
from flashgen.preview.client import Client, Side, document
from flashgen.preview.live import Live
from flashgen.preview.server import Server

ROOT = Path(__file__).parents[1]
OUT = Path(__file__).parent / "pictures"
WIDTH, GAP = 380, 16
HEIGHTS = {"cards": 480, "diagram": 680}
PORT = 4790
# Each row of a picture: the fact, its part, which card, and the side; by day, then by night.
CARDS = (
    ("kubelet", "", 0, Side.ANSWER),
    ("vm-vs-container-core", "", 0, Side.QUESTION),
    ("docker-workflow", "", 1, Side.ANSWER),
)
DIAGRAM = (("cluster-architecture", "", 0, Side.QUESTION), ("cluster-architecture", "", 0, Side.ANSWER))


def main() -> None:
    """Write the pictures of cards, of a diagram and of the preview."""
    checked = pipeline.check(ROOT, Report())
    english = next(edition for edition in checked.editions if edition.language == "en")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for name, cards in (("cards", CARDS), ("diagram", DIAGRAM)):
            pictures = [
                _card(browser, english, Path(folder), HEIGHTS[name], night, *card)
                for night in (False, True)
                for card in cards
            ]
            _write(name, pictures)
        # The page calls a project by its folder's name.
        project = Path(folder) / "kubernetes-decks"
        for part in ("cards", "templates"):
            shutil.copytree(ROOT / part, project / part)
        _write("preview", [_preview(browser, project)])
        browser.close()


def _card(
    browser: Browser,
    edition: Edition,
    folder: Path,
    height: int,
    night: bool,
    fact: str,
    part: str,
    ord_: int,
    side: Side,
) -> Image.Image:
    note = next(_notes(edition, fact, part))
    (folder / "media").mkdir(exist_ok=True)
    for file in edition.media:
        if file.name in "".join(note.fields):
            (folder / "media" / file.name).write_bytes(file.data)
    html = folder / "card.html"
    html.write_text(document(note, ord_, side, Client.DESKTOP, night=night), "utf-8")
    return _shot(browser, html.as_uri(), WIDTH, height)


def _notes(edition: Edition, fact: str, part: str) -> Iterator[Note]:
    return (note for note in edition.notes if note.fact.id == fact and part in ("", note.part))


def _preview(browser: Browser, project: Path) -> Image.Image:
    live = Live(project, (), ("en",), print)
    server = Server(live, PORT)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        return _shot(browser, f"http://127.0.0.1:{PORT}/", 1280, 800)
    finally:
        server.shutdown()


def _shot(browser: Browser, address: str, width: int, height: int) -> Image.Image:
    page = browser.new_page(viewport={"width": width, "height": height}, device_scale_factor=2)
    page.goto(address)
    page.wait_for_timeout(1500)
    data = page.screenshot()
    page.close()
    return Image.open(io.BytesIO(data)).convert("RGB")


def _write(name: str, pictures: list[Image.Image]) -> None:
    wide = sum(picture.width for picture in pictures) + 2 * GAP * (len(pictures) - 1)
    sheet = Image.new("RGB", (wide, max(picture.height for picture in pictures)), "#8a929e")
    left = 0
    for picture in pictures:
        sheet.paste(picture, (left, 0))
        left += picture.width + 2 * GAP
    OUT.mkdir(exist_ok=True)
    sheet.quantize(256, dither=Image.Dither.NONE).save(OUT / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
