"""Drawings: their masks lie where the regions are drawn, in every language, and Anki takes them for its own."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import anki_judge
import pytest
from PIL import Image, ImageChops

from flashgen import pipeline
from flashgen.cache import Cache
from flashgen.model import Note
from flashgen.render.drawing import Drawing, localise
from flashgen.render.svg import Svg, SvgFault, read_svg

NOW = 1_780_000_000
# What makes masks hard: groups in groups, each transformed, a view box that starts elsewhere, strokes, paths, text.
DRAWING = """\
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="-100 -50 640 480">
  <defs>
    <linearGradient id="tint"><stop offset="0" stop-color="#e8f1fa"/><stop offset="1" stop-color="#0b5cad"/>
    </linearGradient>
    <rect id="shape" width="60" height="30"/>
  </defs>
  <rect x="-100" y="-50" width="640" height="480" fill="#ffffff"/>
  <g transform="translate(100 50)"><g id="box" transform="scale(2)">
    <rect x="10" y="10" width="50" height="20" fill="url(#tint)"/></g></g>
  <path id="curve" d="M 0 200 C 40 120, 160 120, 200 200" fill="none" stroke="#000" stroke-width="6"/>
  <g id="turned" transform="rotate(45 400 100)"><rect x="380" y="80" width="40" height="40"/></g>
  <use id="used" xlink:href="#shape" x="300" y="250"/>
  <g id="named"><text x="100" y="320" font-size="24" text-anchor="middle">name</text></g>
  <text id="caption" x="300" y="400" font-size="20"><tspan x="300" font-weight="600">caption</tspan></text>
</svg>
"""
FACTS = """\
kind: diagram
facts:
  - id: parts
    title: {ko: 부분들, en: The parts}
    picture: parts.svg
    alt: {ko: 도형 몇 개, en: A few shapes}
    labels:
      caption: {ko: "짧은\\n설명", en: A caption that is long}
    regions:
      - {id: box, answer: {ko: 상자, en: Box}, question: {ko: 이것은?, en: What is this?}, why: It is blue.}
      - {id: curve, answer: {ko: 곡선, en: Curve}}
      - {id: name, element: named, answer: {ko: 이름이 아주 긴 것, en: Name}}
    why: {ko: 그냥, en: Because}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project" / "cards" / "shapes"
    (folder / "media").mkdir(parents=True)
    (folder / "media" / "parts.svg").write_text(DRAWING, "utf-8")
    (folder / "deck.yaml").write_text("uid: shapes\nname: {ko: 도형, en: Shapes}\nlanguages: [ko, en]\n", "utf-8")
    (folder / "facts.yaml").write_text(FACTS, "utf-8")
    return tmp_path / "project"


def build(root: Path, now: int = NOW) -> dict[str, Path]:
    report, built = pipeline.build(root, now)
    assert [finding.message for finding in report] == []
    return {entry.file.name: entry.file for entry in built}


def notes(root: Path, language: str) -> list[Note]:
    report = pipeline.Report()
    editions = pipeline.check(root, report).editions
    assert [finding.message for finding in report] == []
    return list(next(edition for edition in editions if edition.language == language).notes)


def masks(note: Note) -> dict[int, dict[str, float]]:
    """The rectangles of an occlusion note, by cloze number."""
    found = re.findall(r"\{\{c(\d+)::image-occlusion:rect((?::[a-z]+=[.0-9]+)+)\}\}", note.fields[0])
    return {
        int(number): {key: float(value) for key, value in re.findall(r"([a-z]+)=([.0-9]+)", sides)}
        for number, sides in found
    }


def sound(text: str = DRAWING) -> Svg:
    svg = read_svg(text.encode())
    assert isinstance(svg, Svg), svg
    return svg


def drawn(svg: Svg, words: Mapping[str, str] | None = None) -> Drawing:
    return localise(svg, "hash", words or {}, Cache())


@pytest.mark.parametrize(
    ("element", "box"),
    [
        # By hand: scale(2) and then translate(100 50); the stroke counts; a square of 40 turned by 45° is 56.6 wide.
        pytest.param("box", (120, 70, 100, 40), id="transformed groups"),
        pytest.param("curve", (-2.6, 137, 205.2, 64.4), id="a path and its stroke"),
        pytest.param("turned", (371.7, 71.7, 56.6, 56.6), id="a rotation"),
        pytest.param("used", (300, 250, 60, 30), id="a use of what stands elsewhere"),
    ],
)
def test_a_region_is_measured_where_it_is_drawn(element: str, box: tuple[float, ...]) -> None:
    # It is looked at in 160 pixels, and rounded outwards.
    assert drawn(sound()).region(element) == pytest.approx(box, abs=2 * max(box[2:]) / 160)


def test_a_text_is_measured_in_the_words_of_its_language() -> None:
    short, long = (drawn(sound(), {"named": words}).region("named") for words in ("이름", "이름이 아주 긴 것"))
    assert short is not None
    assert long is not None
    assert long[2] > 2 * short[2]
    # It is centred on 100 in both.
    assert [box[0] + box[2] / 2 for box in (short, long)] == pytest.approx([100, 100], abs=2)


def test_a_word_of_several_lines_stands_around_its_place() -> None:
    one, two = (drawn(sound(), {"caption": words}).region("caption") for words in ("ab", "ab\nab"))
    assert one is not None
    assert two is not None
    assert two[1] + two[3] / 2 == pytest.approx(one[1] + one[3] / 2, abs=2)
    assert two[3] > 1.5 * one[3]


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_mask_covers_all_that_is_drawn_of_its_region(project: Path, language: str) -> None:
    (note, _) = notes(project, language)
    svg = sound()
    answers = {"ko": ("상자", "곡선", "이름이 아주 긴 것"), "en": ("Box", "Curve", "Name")}[language]
    whole = picture(drawn(svg, {"named": answers[2]}).plain())
    for (number, mask), element in zip(masks(note).items(), ("box", "curve", "named"), strict=True):
        without = sound(DRAWING.replace(f'id="{element}"', f'id="{element}" display="none"'))
        changed = ImageChops.difference(whole, picture(drawn(without, {"named": answers[2]}).plain())).getbbox()
        assert changed is not None, number
        left, top = mask["left"] * whole.width, mask["top"] * whole.height
        right, bottom = left + mask["width"] * whole.width, top + mask["height"] * whole.height
        assert left <= changed[0]
        assert top <= changed[1]
        assert right >= changed[2]
        assert bottom >= changed[3]
        # And little more: what stands beside it is a clue.
        assert (right - left) * (bottom - top) < 1.35 * (changed[2] - changed[0]) * (changed[3] - changed[1]) + 400


def picture(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


def test_a_region_that_is_asked_for_cannot_be_read_and_one_that_is_told_can() -> None:
    drawing = drawn(sound(), {"named": "Name"})
    plain, asked, told = picture(drawing.plain()), picture(drawing.asked("named")), picture(drawing.told("named"))
    # 1280 pixels on 640 units, from (-100, -50): the word's own place.
    word = (2 * (100 - 20 + 100), 2 * (320 - 16 + 50), 2 * (100 + 20 + 100), 2 * (320 + 50))
    assert ImageChops.difference(plain.crop(word), told.crop(word)).getbbox() is None
    assert ImageChops.difference(plain, told).getbbox() is not None
    blank = picture(drawn(sound(), {"named": " "}).asked("box")).crop(word)
    assert ImageChops.difference(asked.crop(word), plain.crop(word)).getbbox() is not None
    assert ImageChops.difference(asked.crop(word), blank).getbbox() is not None


def test_hide_one_leaves_the_others_in_sight(project: Path) -> None:
    assert notes(project, "en")[0].fields[0].count(":oi=1") == 3
    facts = project / "cards/shapes/facts.yaml"
    facts.write_text(FACTS.replace("    regions:\n", "    hide: one\n    regions:\n"), "utf-8")
    assert notes(project, "en")[0].fields[0].count(":oi=1") == 0


def test_a_new_region_moves_no_number(project: Path) -> None:
    build(project)
    before = masks(notes(project, "en")[0])
    facts = project / "cards/shapes/facts.yaml"
    facts.write_text(FACTS.replace("      - {id: box", "      - {id: used, answer: Use}\n      - {id: box"), "utf-8")
    after = masks(notes(project, "en")[0])
    assert set(after) == {1, 2, 3, 4}
    assert {number: after[number] for number in before} == before


def test_anki_takes_it_for_an_image_occlusion_of_its_own(project: Path, tmp_path: Path) -> None:
    package = build(project)["shapes.ko.apkg"]
    with anki_judge.new_collection(tmp_path) as collection:
        anki_judge.import_package(collection, package)
        (note_id,) = collection.find_notes('"header:부분들"')
        note_type = collection.get_note(note_id).note_type()
        assert note_type is not None
        assert (note_type["type"], note_type["originalStockKind"]) == (1, 6)
        found = collection.get_image_occlusion_note(note_id).note
        assert (found.header, found.back_extra, found.occlude_inactive) == ("부분들", "그냥", True)
        assert sorted((entry.ordinal, entry.shapes[0].shape) for entry in found.occlusions) == [
            (1, "rect"),
            (2, "rect"),
            (3, "rect"),
        ]
        assert found.image_data.startswith(b"\x89PNG")
        assert collection.card_count() == 4
        assert collection.get_empty_cards().report == ""
        checked = collection.media.check()
        assert (list(checked.missing), list(checked.unused)) == ([], [])


def test_a_learner_edits_it_in_the_occlusion_editor(project: Path, tmp_path: Path) -> None:
    package = build(project)["shapes.en.apkg"]
    with anki_judge.new_collection(tmp_path) as collection:
        anki_judge.import_package(collection, package)
        (note_id,) = collection.find_notes('"header:The parts"')
        text = collection.get_note(note_id).fields[0]
        collection.update_image_occlusion_note(
            note_id=note_id,
            occlusions=text + "<br>{{c4::image-occlusion:ellipse:left=.1:top=.1:rx=.1:ry=.1:oi=1}}",
            header="Mine",
            back_extra="Mine too",
            tags=[],
        )
        assert len(collection.get_note(note_id).cards()) == 4
        assert collection.get_note(note_id).fields[2:4] == ["Mine", "Mine too"]


def test_the_same_sources_give_the_same_pictures(project: Path) -> None:
    first = build(project)["shapes.en.apkg"].read_bytes()
    assert build(project, NOW + 86_400)["shapes.en.apkg"].read_bytes() == first


def test_a_drawing_that_changed_comes_with_its_notes(project: Path, tmp_path: Path) -> None:
    package = build(project)["shapes.en.apkg"]
    with anki_judge.new_collection(tmp_path) as collection:
        anki_judge.import_package(collection, package)
        file = project / "cards/shapes/media/parts.svg"
        file.write_text(DRAWING.replace("#e8f1fa", "#fdf1e4"), "utf-8")
        build(project, NOW + 86_400)
        assert anki_judge.import_package(collection, package) == {"updated": 2}
        with zipfile.ZipFile(package) as archive:
            names = json.loads(archive.read("media")).values()
        assert {path.name for path in Path(collection.media.dir()).iterdir()} > set(names)


def test_what_an_editor_left_in_a_drawing_is_dropped() -> None:
    svg = sound(
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:editor="http://www.inkscape.org/namespaces/inkscape"'
        ' editor:version="1" viewBox="0 0 10 10"><!-- by hand --><metadata><x/></metadata><?editor x?>'
        '<editor:view><rect width="1"/></editor:view><rect id="a" width="5" height="5" editor:label="x"/></svg>'
    )
    assert [(element.tag.rpartition("}")[2], element.attrib) for element in svg.root] == [
        ("rect", {"id": "a", "width": "5", "height": "5"})
    ]


@pytest.mark.parametrize(
    ("inside", "rule"),
    [
        pytest.param("<script>alert(1)</script>", "unsafe-svg", id="a script"),
        pytest.param("<foreignObject><p>x</p></foreignObject>", "unsafe-svg", id="a page"),
        pytest.param('<rect onclick="alert(1)"/>', "unsafe-svg", id="a handler"),
        pytest.param('<a href="javascript:alert(1)"><rect/></a>', "unsafe-svg", id="a link that runs"),
        pytest.param('<animate attributeName="x"/>', "unsafe-svg", id="an animation"),
        pytest.param('<image href="https://example.org/x.png"/>', "external-request", id="a picture from elsewhere"),
        pytest.param('<image href="file:///etc/passwd"/>', "external-request", id="a file"),
        pytest.param('<image href="data:image/svg+xml,x"/>', "external-request", id="an SVG in the SVG"),
        pytest.param('<use href="other.svg#x"/>', "external-request", id="a use of another file"),
        pytest.param('<rect fill="url(https://example.org/x)"/>', "external-request", id="a paint from elsewhere"),
        pytest.param('<rect style="fill:URL( http://x )"/>', "external-request", id="a style from elsewhere"),
        pytest.param("<style>@import 'x.css';</style>", "external-request", id="an import"),
        pytest.param("<style>@font-face {src: url(x.woff)}</style>", "external-request", id="a font"),
        pytest.param("<g>" * 200 + "</g>" * 200, "unsafe-svg", id="nesting without end"),
        pytest.param("<rect/>" * 20_001, "unsafe-svg", id="elements without end"),
        pytest.param("<g>", "broken-svg", id="an open element"),
        pytest.param("&amp;&undefined;", "broken-svg", id="an entity of no one"),
    ],
)
def test_what_runs_or_loads_or_never_ends_is_refused(inside: str, rule: str) -> None:
    found = read_svg(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{inside}</svg>'.encode())
    assert isinstance(found, SvgFault)
    assert found.rule.name == rule


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        pytest.param('<!DOCTYPE svg [<!ENTITY a "b">]><svg/>', "unsafe-svg", id="entities"),
        pytest.param("", "broken-svg", id="nothing"),
        pytest.param("<html/>", "broken-svg", id="another language"),
        pytest.param('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 nan 10"/>', "broken-svg", id="no numbers"),
        pytest.param('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 0 10"/>', "broken-svg", id="no area"),
        pytest.param('<svg xmlns="http://www.w3.org/2000/svg" width="100%"/>', "broken-svg", id="no size of its own"),
    ],
)
def test_what_is_no_drawing_is_told(text: str, rule: str) -> None:
    found = read_svg(text.encode())
    assert isinstance(found, SvgFault)
    assert found.rule.name == rule


def test_a_plain_doctype_is_read() -> None:
    sound(
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
        '<svg xmlns="http://www.w3.org/2000/svg" width="20px" height="10"/>'
    )


def test_a_diff_names_it_by_its_title_and_its_masks_by_number(project: Path) -> None:
    old = project / "old.apkg"
    old.write_bytes(build(project)["shapes.en.apkg"].read_bytes())
    facts = project / "cards/shapes/facts.yaml"
    facts.write_text(FACTS.replace("      - {id: box", "      - {id: used, answer: Use}\n      - {id: box"), "utf-8")
    build(project, NOW + 86_400)
    shown = subprocess.run(
        [sys.executable, "-m", "flashgen", "-C", project, "diff", old, project / "dist/shapes.en.apkg"],
        capture_output=True,
        encoding="utf-8",
        check=True,
    ).stdout
    assert "The parts" in shown
    assert "{+[mask-4]+}" in shown
    assert "image-occlusion" not in shown
