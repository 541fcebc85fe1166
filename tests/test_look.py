"""What learners see: every card in Chromium, as Anki on a computer and AnkiDroid show it, by day and by night.

By default each card is looked at in two of the four ways, and of the shipped decks a few of each kind of card;
`FLASHGEN_FULL=1` looks at all of them in all ways.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Final

import anki_judge
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route
from pygments.token import STANDARD_TYPES

from flashgen import pipeline
from flashgen.diagnostics import Report
from flashgen.model import Edition, Family, Note
from flashgen.preview.client import Client, Side, document, fill, shell
from flashgen.schema import in_language

ROOT: Final = Path(__file__).parent.parent
PROJECTS: Final = Path(__file__).parent / "projects"
FULL: Final = os.environ.get("FLASHGEN_FULL") == "1"
WIDTHS: Final = (320, 390, 768, 1280)
WAYS: Final = tuple(product(Client, (False, True)))
HOST: Final = "http://card.invalid/"
SMALLEST, SMALLEST_BASE = 13, 16

# The text nodes' font sizes in pixels, and what reaches beyond the window.
MEASURE: Final = """() => {
  const sizes = new Map();
  const walk = document.createTreeWalker(document.querySelector(".fg"), NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode.data.trim(), parent = walk.currentNode.parentElement;
    if (text && parent.checkVisibility() && !parent.closest("math"))
      sizes.set(parseFloat(getComputedStyle(parent).fontSize), text.slice(0, 40));
  }
  const wide = [...document.querySelectorAll(".fg *")]
    .filter(it => it.getBoundingClientRect().right > innerWidth + 0.5 && !it.closest("pre, .fg-table, math"));
  return {
    sizes: [...sizes], base: parseFloat(getComputedStyle(document.querySelector(".fg")).fontSize),
    scrolls: document.documentElement.scrollWidth > innerWidth || document.body.scrollWidth > innerWidth,
    wide: wide.map(it => it.outerHTML.slice(0, 80)),
  };
}"""

FAULTS: Final = """async () => {
  const context = {include: [[".fg"]], exclude: [["input#typeans"], [".replay-button"]]};
  const {violations} = await axe.run(context, {resultTypes: ["violations"]});
  return violations.filter(rule => ["serious", "critical"].includes(rule.impact)).flatMap(rule =>
    rule.nodes.map(node => `${rule.id}: ${node.html.slice(0, 90)} ${node.failureSummary}`));
}"""


@dataclass(frozen=True)
class Card:
    edition: Edition
    note: Note
    ord: int

    def __str__(self) -> str:
        return f"{self.edition.name} {self.note.fact.id} {self.note.part} {self.ord + 1}"


def editions_of(root: Path) -> tuple[Edition, ...]:
    report = Report()
    editions = pipeline.check(root, report).editions
    assert [finding.message for finding in report] == []
    return editions


@cache
def cards_of(project: str) -> tuple[Card, ...]:
    found = editions_of(ROOT if project == "shipped" else PROJECTS / project)
    cards = [Card(edition, note, ord_) for edition in found for note in edition.notes for ord_ in note.ords]
    if project != "shipped" or FULL:
        return tuple(cards)
    seen: dict[tuple[str, str, int], int] = {}
    few = []
    for card in cards:
        kind = (card.edition.language, card.note.note_type.kind, min(card.ord, 1))
        seen[kind] = seen.get(kind, 0) + 1
        few += [card] if seen[kind] == (2 if card.edition.language == "ko" else 1) else []
    return tuple(few)


class Viewer:
    """A browser's page with one card in it. `asked` are the requests for anything but the card's own media."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: list[str] = []
        self.media: dict[str, bytes] = {}
        page.route("**/*", self._answer)

    def _answer(self, route: Route) -> None:
        url = route.request.url
        if url.startswith("data:"):
            route.continue_()
        elif (name := url.removeprefix(HOST)) in self.media:
            route.fulfill(body=self.media[name])
        else:
            self.asked.append(url)
            route.abort()

    def show(self, card: Card, side: Side, client: Client = Client.DESKTOP, *, night: bool = False) -> None:
        self.media = {file.name: file.data for file in card.edition.media}
        html = document(card.note, card.ord, side, client, night=night, media=HOST)
        self.page.set_content(html, wait_until="load")

    def show_body(self, css: str, body: str, client: Client, *, night: bool) -> None:
        self.page.set_content(fill(shell(client, night=night), css, body, 0, HOST))

    def resize(self, width: int) -> None:
        self.page.set_viewport_size({"width": width, "height": 800})

    def style(self, selector: str, name: str, pseudo: str | None = None) -> str:
        script = "([it, name, pseudo]) => getComputedStyle(document.querySelector(it), pseudo)[name]"
        return str(self.page.evaluate(script, [selector, name, pseudo]))

    def box(self, selector: str) -> dict[str, float]:
        box = self.page.locator(selector).first.bounding_box()
        assert box is not None, selector
        return dict(box)

    def faults(self) -> list[str]:
        """What axe finds serious in the card itself; what Anki puts in is Anki's."""
        if self.page.evaluate("typeof axe") == "undefined":
            self.page.evaluate(Axe().axe_script)
        return list(self.page.evaluate(FAULTS))


@pytest.fixture
def viewer(browser: Browser) -> Iterator[Viewer]:
    page = browser.new_page()
    yield Viewer(page)
    page.close()


# --- Every card


@pytest.mark.parametrize("project", ["shipped", *sorted(path.name for path in PROJECTS.iterdir())])
def test_every_card_fits_reads_and_asks_for_nothing(project: str, viewer: Viewer) -> None:
    wrong: list[str] = []
    for number, (card, side) in enumerate(product(cards_of(project), Side)):
        # By turns, a day and a night, each in another client.
        ways = WAYS if FULL else (WAYS[number // 2 % 2], WAYS[3 - number // 2 % 2])
        for client, night in ways:
            where = f"{card} {side} {client} {'night' if night else 'day'}"
            viewer.show(card, side, client, night=night)
            for width in WIDTHS:
                viewer.resize(width)
                seen = viewer.page.evaluate(MEASURE)
                if seen["scrolls"] or seen["wide"]:
                    wrong.append(f"{where}: wider than {width}: {seen['wide']}")
                wrong += [f"{where}: {size}px: {text}" for size, text in seen["sizes"] if size < SMALLEST]
                if seen["base"] < SMALLEST_BASE:
                    wrong.append(f"{where}: base text of {seen['base']}px")
            wrong += [f"{where}: {fault}" for fault in viewer.faults()]
            wrong += [f"{where}: asks for {url}" for url in viewer.asked]
            viewer.asked.clear()
    assert not wrong, "\n".join(wrong[:20])


def test_the_back_repeats_the_prompt_in_its_place(viewer: Viewer) -> None:
    viewer.resize(390)
    for card in cards_of("every-kind"):
        places = []
        for side in Side:
            viewer.show(card, side, Client.ANKIDROID)
            box = viewer.box(".fg-prompt")
            places.append((viewer.page.locator(".fg-kind").inner_text(), box["x"], box["y"], box["width"]))
        assert places[0] == places[1], card


def test_each_kind_has_a_mark_of_its_own(viewer: Viewer) -> None:
    marks: dict[str, str] = {}
    for card in cards_of("every-kind"):
        viewer.show(card, Side.QUESTION)
        marks[card.note.fact.kind.name] = viewer.style(".fg-kind", "maskImage", "::before")
        assert viewer.page.locator(".fg-kind").inner_text().strip()
    assert len(set(marks.values())) == len(marks)
    assert all("svg" in mark for mark in marks.values())


# --- What single kinds show


def card_of(project: str, kind: str, ord_: int = 0) -> Card:
    return next(it for it in cards_of(project) if it.note.note_type.kind == kind and it.ord == ord_)


def test_a_comparison_stands_side_by_side_where_there_is_room(viewer: Viewer) -> None:
    viewer.show(card_of("every-kind", "comparison"), Side.QUESTION)
    for width, beside in ((768, True), (320, False)):
        viewer.resize(width)
        one, other = (viewer.box(f".fg-sides tr:nth-child({number})") for number in (1, 2))
        assert (one["y"] == other["y"]) is beside
        assert (one["x"] == other["x"]) is not beside


def test_the_asked_slab_of_a_stack_differs_by_more_than_colour(viewer: Viewer) -> None:
    viewer.show(card_of("every-kind", "layer"), Side.ANSWER)
    here, other = ".fg-stack .fg-here", ".fg-stack tr:not(.fg-here)"
    assert viewer.style(here, "borderTopWidth") != viewer.style(other, "borderTopWidth")
    assert viewer.style(f"{here} th", "fontWeight") != viewer.style(f"{other} th", "fontWeight")
    top, below = (viewer.box(f".fg-stack tr:nth-child({number})") for number in (1, 2))
    assert top["y"] + top["height"] < below["y"]


@pytest.mark.parametrize("night", [False, True])
def test_gaps_are_told_by_weight_and_line_too(viewer: Viewer, *, night: bool) -> None:
    card = card_of("every-kind", "cloze")
    viewer.show(card, Side.QUESTION, night=night)
    assert viewer.style(".cloze", "borderBottomStyle") == "solid"
    viewer.show(card, Side.ANSWER, night=night)
    assert int(viewer.style(".cloze", "fontWeight")) >= 700
    assert viewer.style(".cloze", "textDecorationLine") == "underline"
    assert viewer.style(".cloze", "color") != viewer.style(".fg-prompt", "color")


def test_steps_after_the_asked_one_wait_for_the_back(viewer: Viewer) -> None:
    card = card_of("every-kind", "sequence", 1)
    viewer.show(card, Side.QUESTION)
    shown = [it.is_visible() for it in viewer.page.locator(".fg-steps > span").all()]
    assert shown == [True, True, False]
    viewer.show(card, Side.ANSWER)
    assert all(it.is_visible() for it in viewer.page.locator(".fg-steps > span").all())


def test_right_to_left_cards_run_from_the_right(viewer: Viewer) -> None:
    viewer.resize(390)
    for card in cards_of("rtl"):
        viewer.show(card, Side.ANSWER, Client.ANKIDROID)
        assert viewer.style(".fg", "direction") == "rtl"
        badge, whole = viewer.box(".fg-kind"), viewer.box(".fg")
        assert badge["x"] + badge["width"] > whole["x"] + whole["width"] / 2
    viewer.show(card_of("rtl", "basic"), Side.ANSWER)
    assert viewer.style(".fg-answer", "borderRightStyle") == "solid"
    assert viewer.style(".fg-answer", "borderLeftStyle") == "none"


def occlusions(project: str) -> list[Card]:
    return [card for card in cards_of(project) if card.note.note_type.family is Family.OCCLUSION]


@pytest.mark.parametrize("client", Client)
def test_a_diagram_fits_on_a_screen_with_its_masks_on_it(viewer: Viewer, client: Client) -> None:
    for width in (390, 1280):
        viewer.resize(width)
        for card in occlusions("shipped")[:4]:
            viewer.show(card, Side.QUESTION, client)
            viewer.page.wait_for_function("document.getElementById('image-occlusion-container').style.aspectRatio")
            picture, masks = viewer.box("#image-occlusion-container img"), viewer.box("#image-occlusion-canvas")
            assert picture == masks
            assert picture["y"] + picture["height"] < 800
            ratio = viewer.page.evaluate("(({naturalWidth: w, naturalHeight: h}) => w / h)(document.images[0])")
            assert picture["width"] / picture["height"] == pytest.approx(ratio, rel=0.01)


def test_a_diagram_says_its_own_answer_and_no_other(viewer: Viewer) -> None:
    for card in occlusions("every-kind"):
        answers = [in_language(region["answer"], card.edition.language) for region in card.note.fact.data["regions"]]
        viewer.show(card, Side.ANSWER)
        assert viewer.page.locator(".fg-told").inner_text() == answers[card.ord]
        viewer.show(card, Side.QUESTION)
        assert not any(answer in viewer.page.locator(".fg").inner_text() for answer in answers)


def test_a_picture_keeps_a_light_ground_at_night(viewer: Viewer) -> None:
    card = next(it for it in cards_of("wide") if it.note.fact.id == "picture")
    viewer.show(card, Side.QUESTION, night=True)
    assert viewer.page.evaluate("document.querySelector('.fg img').naturalWidth") == 900
    assert viewer.style(".fg img", "backgroundColor") == "rgb(255, 255, 255)"
    assert viewer.style(".fg img", "paddingTop") != "0px"


# --- What Anki itself puts on cards

NATIVE: Final = """<div class="fg fg-basic fg-back" lang="en"><div class="fg-prompt">
<a class=hint href="#">Show the hint</a><div class=hint>A hint</div>
<a class="replay-button soundLink" href=#><svg viewBox="0 0 64 64"><circle cx="32" cy="32" r="29"/></svg></a>
<code id=typeans><span class=typeGood>docker </span><span class=typeBad>bild</span><span class=typeMissed>-</span><br>
<span id=typearrow>&darr;</span><br><span class=typeGood>docker </span><span class=typeMissed>build</span></code></div>
<div class="fg-answer">Press <kbd>Ctrl</kbd> <kbd>C</kbd>, <ruby>漢<rt>한</rt></ruby> <code>code</code>
<div class="fg-code"><pre><code class="fg-hl">CODE</code></pre></div></div>
<div class="fg-why">Why, with <code>code</code> and <a href="#a">a link</a></div>
<div class="fg-older"><b class="fg-label">Older</b> text, with <code>code</code></div>
<div class="fg-table" tabindex="0"><table><tr><th>a</th><td>b</td></tr></table></div><blockquote>quoted</blockquote>
<button id="toggle">Toggle</button><div class="fg-credit">Picture: <a href="#b">N. N.</a></div>
<div class="fg-source"><span class="fg-label">Source</span> <a href="#c">a page</a></div></div>
<div id="image-occlusion-container"><canvas id="image-occlusion-canvas"></canvas></div>"""


def native() -> str:
    code = " ".join(f'<span class="{name}">{name}</span>' for name in sorted(set(STANDARD_TYPES.values())) if name)
    return NATIVE.replace("CODE", code)


@pytest.mark.parametrize(("client", "night"), WAYS)
def test_what_anki_puts_in_is_at_home(viewer: Viewer, client: Client, *, night: bool) -> None:
    css = card_of("every-kind", "basic").note.note_type.css
    viewer.show_body(css, native(), client, night=night)
    viewer.resize(320)
    assert viewer.faults() == []
    seen = viewer.page.evaluate(MEASURE)
    assert (seen["scrolls"], seen["wide"]) == (False, [])
    assert min(size for size, _ in seen["sizes"]) >= SMALLEST
    # What was typed is told by line as well as by colour.
    lines = [viewer.style(f".type{it}", "textDecorationLine") for it in ("Good", "Bad", "Missed")]
    assert lines == ["none", "line-through", "underline"]
    assert "Arial" not in viewer.style("#typeans", "fontFamily")


def test_the_field_to_type_in_is_set_as_code(viewer: Viewer) -> None:
    viewer.show(card_of("every-kind", "command"), Side.QUESTION)
    assert "monospace" in viewer.style("#typeans", "fontFamily")
    assert float(viewer.style("#typeans", "fontSize").removesuffix("px")) >= SMALLEST_BASE


# --- The tokens

GROUNDS: Final = ("ground", "plate", "accent-soft", "accent-gap-soft", "accent-structure-soft", "accent-command-soft")
CODE: Final = tuple(f"code-{it}" for it in ("text", "comment", "keyword", "string", "number", "name", "tag", "error"))
TEXT_ON: Final = (
    *product(("text", "muted", "link"), GROUNDS),
    *product(CODE, ("code", "ground")),
    *(
        (accent, ground)
        for it in ("", "-gap", "-structure", "-command")
        for accent in (f"accent{it}",)
        for ground in ("ground", "plate", f"accent{it}-soft", "code")
    ),
    ("ground", "accent-gap"),
    ("terminal-text", "terminal"),
    ("terminal-sign", "terminal"),
    *((f"{it}-text", it) for typed in ("good", "bad", "missed") for it in (typed, f"terminal-{typed}")),
)
LINES_ON: Final = (
    *product(("line",), GROUNDS[:2]),
    ("mask-line", "mask"),
    ("mask-line", "picture-ground"),
    ("mask-asked", "mask"),
    ("mask-asked", "picture-ground"),
    ("mask-asked-line", "mask-asked"),
    ("mask-told-line", "picture-ground"),
)


def luminance(colour: list[float]) -> float:
    linear = [it / 12.92 if it <= 0.04045 else ((it + 0.055) / 1.055) ** 2.4 for it in (part / 255 for part in colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(("client", "night"), WAYS)
def test_the_tokens_contrast(viewer: Viewer, client: Client, *, night: bool) -> None:
    viewer.show_body(card_of("every-kind", "basic").note.note_type.css, "<p id=probe>", client, night=night)
    names = sorted({name for pair in (*TEXT_ON, *LINES_ON) for name in pair})
    script = """names => Object.fromEntries(names.map(name => {
      const probe = document.getElementById("probe");
      probe.style.color = `var(--fg-${name})`;
      return [name, getComputedStyle(probe).color.match(/[0-9.]+/g).map(Number)];
    }))"""
    colours = viewer.page.evaluate(script, names)
    assert all(len(colour) == 3 for colour in colours.values()), "no token is see-through"
    weak = []
    for pairs, least in ((TEXT_ON, 4.5), (LINES_ON, 3)):
        for name, ground in pairs:
            light, dark = sorted((luminance(colours[it]) for it in (name, ground)), reverse=True)
            if (ratio := (light + 0.05) / (dark + 0.05)) < least:
                weak.append(f"{name} on {ground}: {ratio:.2f}")
    assert not weak


# --- A project's own look

OWN: Final = '.card { --fg-accent: #7a0044; --fg-own: url("own.woff2#part"); }\n'


def own_project(root: Path, font: bytes = b"a font") -> Path:
    shutil.copytree(PROJECTS / "minimal", root)
    theme = root / "templates" / "_theme"
    theme.mkdir(parents=True)
    (theme / "own.woff2").write_bytes(font)
    (theme / "tokens.css").write_text(OWN, encoding="utf-8")
    return root


def test_a_project_names_only_the_tokens_it_changes(viewer: Viewer, tmp_path: Path) -> None:
    edition = editions_of(own_project(tmp_path / "own"))[0]
    card = Card(edition, edition.notes[0], edition.notes[0].ords[0])
    viewer.show(card, Side.QUESTION)
    assert viewer.style(".fg-kind", "color") == "rgb(122, 0, 68)"
    assert viewer.style(".card", "backgroundColor") == "rgb(255, 255, 255)"
    viewer.show(card, Side.QUESTION, night=True)
    assert viewer.style(".fg-kind", "color") == "rgb(124, 192, 255)"


def test_a_project_replaces_the_shared_rules_as_a_whole(tmp_path: Path) -> None:
    root = own_project(tmp_path / "own")
    (root / "templates/_theme/card.css").write_text(".fg { color: teal; }\n", encoding="utf-8")
    css = editions_of(root)[0].notes[0].note_type.css
    assert ".fg { color: teal; }" in css
    assert ".fg-answer" not in css
    assert "--fg-ground" in css


def test_fonts_of_a_theme_reach_anki_under_names_of_their_content(tmp_path: Path) -> None:
    root = own_project(tmp_path / "own")
    names = []
    with anki_judge.new_collection(tmp_path) as collection:
        for day, font in enumerate((b"a font", b"another font")):
            (root / "templates/_theme/own.woff2").write_bytes(font)
            report, built = pipeline.build(root, 1_700_000_000 + day * 86_400)
            assert [finding.message for finding in report] == []
            anki_judge.import_package(collection, built[0].file)
            styles = {note_type["css"] for note_type in anki_judge.note_types(collection).values()}
            (name,) = (file.name for file in built[0].package.media)
            assert all(f'url("{name}#part")' in css for css in styles)
            assert (Path(collection.media.dir()) / name).read_bytes() == font
            names.append(name)
        assert collection.media.check().missing == []
        assert collection.media.check().unused == []
    assert all(name.startswith("_own-") and name.endswith(".woff2") for name in names)
    assert names[0] != names[1]
