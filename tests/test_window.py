"""Real Anki's own window judges what a learner sees: `window/run.py` shows it our cards, and tells what came of them.

Beside them it shows two that Anki made itself. One occludes a picture, as ours do; the other has a script that fails
and a picture from elsewhere, and holds the watch to its word. `FLASHGEN_FULL=1` shows all cards of both languages at
both widths, by day and by night; else it is one of each note type, by day at a desk and by night on a phone.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any, Final

import anki_judge
import pytest
from anki.collection import ExportAnkiPackageOptions
from anki_judge import Collection
from PIL import Image, ImageColor, ImageDraw, ImageStat
from playwright.sync_api import Browser

from flashgen import pipeline
from flashgen.pack.rows import Package
from flashgen.preview.client import Side, document
from flashgen.render.plain import plain_text

ROOT: Final = Path(__file__).parent.parent
WINDOW: Final = Path(__file__).parent / "window"
FULL: Final = os.environ.get("FLASHGEN_FULL") == "1"
NOW: Final = 1_780_000_000
LANGUAGES: Final = ("ko", "en") if FULL else ("ko",)
DEVICES: Final = {"desktop": 1000, "phone": 380}
ALL_LOOKS: Final = tuple(f"{device}-{theme}" for device, theme in product(DEVICES, ("light", "night")))
LOOKS: Final = ALL_LOOKS if FULL else (ALL_LOOKS[0], ALL_LOOKS[-1])
HOST: Final = "http://card.invalid/"
# Two cards that Anki made, and a page that does what no card of ours may.
OCCLUDED, FAULTY = "occluded.apkg", "faulty.apkg"
OUTSIDE: Final = "http://192.0.2.1/pixel.png"
PAPER, HIDDEN, OTHER = (255, 255, 255), (20, 120, 220), (30, 150, 60)
MASK_IN_EDITOR: Final = (255, 235, 162)
RECT: Final = re.compile(r"{{c(\d+)::image-occlusion:rect:(.*?)}}")


@dataclass(frozen=True)
class Shown:
    """What Anki's window showed, and the packages it was given."""

    folder: Path
    packages: dict[str, Package]
    files: dict[str, Path]
    sights: list[dict[str, Any]]
    editors: list[dict[str, Any]]
    elsewhere: dict[str, list[str]]

    @property
    def ours(self) -> list[dict[str, Any]]:
        return [sight for sight in self.sights if sight["package"] in self.packages]

    def of(self, package: str) -> list[dict[str, Any]]:
        return [sight for sight in self.sights if sight["package"] == package]

    def picture(self, sight: dict[str, Any]) -> Image.Image:
        """Return what the page showed of a card, without Anki's bars above and below."""
        left, top, width, height = sight["web_view"]
        with Image.open(self.folder / sight["picture"]) as picture:
            return picture.convert("RGB").crop((left, top, left + width, top + height))


@pytest.fixture(scope="session")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    folder = tmp_path_factory.mktemp("window")
    shutil.copytree(ROOT / "cards", folder / "shipped" / "cards")
    shutil.copytree(Path(__file__).parent / "projects" / "every-kind", folder / "every-kind")
    built = [
        made for name in ("shipped", "every-kind") for made in pipeline.build(folder / name, NOW, (), LANGUAGES)[1]
    ]
    files = [*(made.file for made in built), occluded(folder), faulty(folder)]
    out = folder / "seen"
    size = ["--cards", "all" if FULL else "few", "--seconds", "3400" if FULL else "300"]
    command = [sys.executable, WINDOW / "run.py", *files, "--out", out, *size, "--looks", *LOOKS]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    seen = json.loads((out / "seen.json").read_text(encoding="utf-8"))
    packages = {made.file.name: made.package for made in built}
    return Shown(out, packages, {file.name: file for file in files}, **seen)


def occluded(folder: Path) -> Path:
    """Make a package as its author would in Anki: a picture, two masks, and the second on it asked for alone."""
    picture = Image.new("RGB", (400, 300), PAPER)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((40, 60, 160, 120), HIDDEN)
    draw.rectangle((240, 180, 360, 240), OTHER)
    picture.save(folder / "boxes.png")
    shapes = ("left=.1:top=.2:width=.3:height=.2:oi=1", "left=.6:top=.6:width=.3:height=.2:oi=1")
    masks = "<br>".join(f"{{{{c{n}::image-occlusion:rect:{shape}}}}}" for n, shape in enumerate(shapes, 1))
    with anki_judge.new_collection(folder) as collection:
        collection.add_image_occlusion_notetype()
        note_type = collection.models.by_name("Image Occlusion")
        assert note_type is not None
        collection.add_image_occlusion_note(note_type["id"], str(folder / "boxes.png"), masks, "Boxes", "", [])
        return exported(collection, folder / OCCLUDED)


def faulty(folder: Path) -> Path:
    """Make a package whose one card does what none of ours may."""
    with anki_judge.new_collection(folder) as collection:
        note_type = collection.models.by_name("Basic")
        assert note_type is not None
        note = collection.new_note(note_type)
        note.fields = [f'Front<img src="{OUTSIDE}"><script>nowhere()</script>', "Back"]
        collection.add_note(note, collection.decks.id_for_name("Default"))
        return exported(collection, folder / FAULTY)


def exported(collection: Collection, file: Path) -> Path:
    options = ExportAnkiPackageOptions(with_media=True, legacy=True)
    collection.export_anki_package(out_path=str(file), options=options, limit=None)
    return file


# --- Every card


def test_every_kind_is_shown_in_each_look_on_both_sides(shown: Shown) -> None:
    seen = Counter((sight["package"], sight["note_type"], sight["look"], sight["side"]) for sight in shown.ours)
    wanted = Counter(
        (name, row.note.note_type.name, look, side.value)
        for name, package in shown.packages.items()
        for row in package.rows
        for look, side in product(LOOKS, Side)
        for _ in row.note.ords
    )
    assert seen.keys() == wanted.keys()
    assert not FULL or seen == wanted


def test_the_window_says_what_the_preview_says(shown: Shown, browser: Browser) -> None:
    notes = {(name, row.note.guid): row.note for name, package in shown.packages.items() for row in package.rows}
    answers = {f"{HOST}{file.name}": file.data for package in shown.packages.values() for file in package.media}
    script = (WINDOW / "addon" / "words.js").read_text(encoding="utf-8")
    page = browser.new_page()
    page.route(f"{HOST}**", lambda route: route.fulfill(body=answers[route.request.url]))
    for sight in shown.ours:
        card = document(notes[sight["package"], sight["guid"]], sight["ord"], Side(sight["side"]), media=HOST)
        answers[HOST] = card.encode()
        page.goto(HOST)
        # Masks are drawn in the frame after the picture is there.
        page.evaluate("new Promise(requestAnimationFrame)")
        assert sight["page"]["words"] == page.evaluate(script) != "", sight["picture"]
    page.close()


def test_the_ground_is_that_of_the_theme_by_day_and_by_night(shown: Shown) -> None:
    tokens = (ROOT / "templates" / "_theme" / "tokens.css").read_text(encoding="utf-8")
    grounds = dict(zip(("light", "night"), re.findall(r"--fg-ground: (#\w+)", tokens), strict=True))
    for sight in shown.ours:
        picture = shown.picture(sight)
        # Down the left edge, where nothing else is drawn.
        edge = {picture.getpixel((2, y)) for y in range(picture.height)}
        assert edge == {ImageColor.getrgb(grounds[sight["look"].split("-")[1]])}, sight["picture"]


def test_nothing_scrolls_sideways(shown: Shown) -> None:
    sizes = {sight["picture"]: sight["page"]["size"] for sight in shown.ours}
    assert {name: size for name, size in sizes.items() if size["scroll_width"] > size["width"]} == {}
    for sight in shown.ours:
        # The page's own width is less where a bar to scroll by stands beside it.
        assert sight["web_view"][2] == DEVICES[sight["look"].split("-")[0]], sight["picture"]


def test_a_typed_answer_is_compared_with_the_right_one(shown: Shown) -> None:
    compared = [sight for sight in shown.ours if sight["page"]["typed"]]
    assert {(sight["package"], sight["look"]) for sight in compared} == set(product(shown.packages, LOOKS))
    for sight in compared:
        parts = sight["page"]["typed"]
        right = shown.packages[sight["package"]]
        (command,) = (row.note.fields for row in right.rows if row.note.guid == sight["guid"])
        below = parts[[text for _, text in parts].index("↓") + 1 :]
        assert {name for name, _ in parts} >= {"typeGood", "typeBad", "typeMissed"}
        assert "".join(text for _, text in below) in {plain_text(field) for field in command}


def test_no_script_fails_and_nothing_is_asked_from_outside(shown: Shown) -> None:
    told = [it for it in (*shown.ours, *shown.editors, *shown.of(OCCLUDED)) if it["errors"] or it["requests"]]
    assert [(it["picture"], it["errors"], it["requests"]) for it in told] == []
    assert [sight["picture"] for sight in shown.ours if sight["windows"]] == []
    assert shown.elsewhere == {"errors": [], "requests": []}


def test_the_watch_tells_of_a_script_that_fails_and_of_a_request_to_the_outside(shown: Shown) -> None:
    for sight in shown.of(FAULTY):
        assert OUTSIDE in sight["requests"], sight["picture"]
        assert any("nowhere is not defined" in error for error in sight["errors"]), sight["picture"]


# --- Occluded pictures


def test_masks_hide_and_answers_show_the_picture_below(shown: Shown) -> None:
    sights = [sight for sight in shown.sights if sight["is_occlusion"]]
    assert {sight["package"] for sight in sights} == {*shown.packages, OCCLUDED}
    for sight in sights:
        page, (left, top, width, height) = shown.picture(sight), sight["page"]["occlusion"]["image"]
        below = picture_in(shown.files[sight["package"]], sight["fields"]["Image"]).resize(
            (round(width), round(height))
        )
        for mask in masks_of(sight):
            box = mask.inner(width, height)
            there = page.crop((box[0] + round(left), box[1] + round(top), box[2] + round(left), box[3] + round(top)))
            if mask.colour:
                assert there.getcolors() == [(there.width * there.height, mask.colour)], (sight["picture"], mask)
            else:
                # On the whole: browsers scale a picture in ways of their own.
                assert mean(there) == pytest.approx(mean(below.crop(box)), abs=12), (sight["picture"], mask)


def test_anki_opens_its_occlusion_editor(shown: Shown) -> None:
    assert {editor["package"] for editor in shown.editors} == {*shown.packages, OCCLUDED}
    for editor in shown.editors:
        assert editor["is_occlusion_editor"], editor["picture"]
        with Image.open(shown.folder / editor["picture"]) as picture:
            colours = picture.convert("RGB").getcolors(picture.width * picture.height)
        masked = sum(count for count, colour in colours if colour == MASK_IN_EDITOR)
        assert masked > picture.width * picture.height / 500, editor["picture"]


@dataclass(frozen=True)
class Mask:
    """A rectangle of an occluded picture, in fractions of it, and what is to be seen there: None is the picture."""

    left: float
    top: float
    width: float
    height: float
    colour: tuple[int, ...] | None

    def inner(self, width: float, height: float) -> tuple[int, int, int, int]:
        """Return it in pixels, without its border."""
        edge = 5
        left, top = round(self.left * width) + edge, round(self.top * height) + edge
        right, bottom = (self.left + self.width) * width, (self.top + self.height) * height
        return left, top, max(left + 1, round(right) - edge), max(top + 1, round(bottom) - edge)


def masks_of(sight: dict[str, Any]) -> Iterator[Mask]:
    colours = {name: ImageColor.getrgb(sight["page"]["occlusion"][name]) for name in ("active", "inactive")}
    shapes = RECT.findall(sight["fields"]["Occlusion"])
    assert len(shapes) == sight["fields"]["Occlusion"].count("{{c")
    for number, text in shapes:
        values = dict(part.split("=") for part in text.split(":"))
        if int(number) == sight["ord"] + 1:
            colour = colours["active"] if sight["side"] == "question" else None
        else:
            colour = colours["inactive"] if values.get("oi") == "1" else None
        yield Mask(*(float(values[name]) for name in ("left", "top", "width", "height")), colour)


def picture_in(package: Path, field: str) -> Image.Image:
    (name,) = re.findall(r'<img[^>]* src="?([^" >]+)', field)
    with zipfile.ZipFile(package) as archive:
        members = {name: member for member, name in json.loads(archive.read("media")).items()}
        picture = Image.open(io.BytesIO(archive.read(members[name]))).convert("RGBA")
    # Pictures lie on a white plate.
    return Image.alpha_composite(Image.new("RGBA", picture.size, PAPER), picture).convert("RGB")


def mean(picture: Image.Image) -> list[float]:
    return ImageStat.Stat(picture).mean
