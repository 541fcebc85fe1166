"""Contact sheets: one card of every kind and direction, question beside answer, as PNGs to look at.

    .venv/bin/python tests/look/sheet.py FOLDER [--project DIR] [--width 360] [--language ko] [--night] [--ankidroid]

writes `FOLDER/<deck>-<language>-<width>-<day or night>.png`. Without flags it makes all of
this repository's decks, at 360 and 900 pixels, by day and by night.
"""

from __future__ import annotations

import argparse
import html
import shutil
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, Route, sync_playwright

from flashgen import pipeline
from flashgen.diagnostics import Report
from flashgen.model import Edition, Family, Note
from flashgen.preview.client import Client, Side, document

ROOT = Path(__file__).parents[2]
HOST = "http://card.invalid/"
PAGE = """<!doctype html><style>body { margin: 0; padding: 16px; background: #808890; display: inline-grid; gap: 16px;
grid-template-columns: repeat(%d, max-content); align-items: start } iframe { border: 0; display: block }</style>"""
# As high as what it shows.
FIT = """for (const it of document.querySelectorAll("iframe"))
  it.height = Math.ceil(it.contentDocument.body.getBoundingClientRect().bottom + 16)"""


def one_of_each(edition: Edition) -> Iterator[tuple[Note, int]]:
    """Yield a card for every card template; of a cloze, its second gap where it has one."""
    seen = set()
    for note in edition.notes:
        is_standard = note.note_type.family is Family.STANDARD
        for ord_ in note.ords if is_standard else note.ords[:2][-1:]:
            key = (note.note_type.id, ord_ if is_standard else 0)
            if key not in seen:
                seen.add(key)
                yield note, ord_


def draw(browser: Browser, edition: Edition, width: int, client: Client, file: Path, *, night: bool) -> None:
    media = {f"{HOST}{entry.name}": entry.data for entry in edition.media}

    def answer(route: Route) -> None:
        known = route.request.url in media
        route.fulfill(body=media[route.request.url]) if known else route.abort()

    page = browser.new_page(device_scale_factor=2 if width < 500 else 1)
    page.route(f"{HOST}**", answer)
    frames = (
        f'<iframe width="{width}" srcdoc="{html.escape(text)}"></iframe>'
        for (note, ord_), side in product(one_of_each(edition), Side)
        for text in [document(note, ord_, side, client, night=night, media=HOST)]
    )
    page.set_content(PAGE % (6 if width < 500 else 2) + "".join(frames), wait_until="load")
    page.evaluate(FIT)
    size = page.evaluate("[document.body.scrollWidth, document.body.scrollHeight]")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.screenshot(path=file)
    page.close()


def main() -> None:
    flags = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    flags.add_argument("folder", type=Path)
    flags.add_argument("--project", type=Path, default=ROOT)
    flags.add_argument("--width", type=int, action="append")
    flags.add_argument("--language", action="append", default=[])
    flags.add_argument("--night", action="append_const", const=True)
    flags.add_argument("--ankidroid", action="store_true")
    given = flags.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    client = Client.ANKIDROID if given.ankidroid else Client.DESKTOP
    editions = pipeline.check(given.project, Report(), (), given.language).editions
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for edition, width, night in product(editions, given.width or (360, 900), given.night or (False, True)):
            file = given.folder / f"{edition.deck.folder}-{edition.language}-{width}-{'night' if night else 'day'}.png"
            draw(browser, edition, width, client, file, night=night)
        browser.close()


if __name__ == "__main__":
    main()
