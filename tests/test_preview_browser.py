"""The preview in a real browser: what an author sees and does."""

from __future__ import annotations

import functools
import http.server
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import media_files
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FrameLocator, Locator, Page, expect

DECK = "uid: preview-browser\nname: {en: Cities, ko: 도시}\nlanguages: [en, ko]\n"
FACTS = """\
kind: basic
facts:
  - id: seoul
    front: {en: The capital of Korea?, ko: 대한민국의 수도는?}
    back: {en: Seoul, ko: 서울}
    tags: [place::asia]
  - id: bern
    front: {en: "![the flag](flag.png) The capital of Switzerland?", ko: "![국기](flag.png) 스위스의 수도는?"}
    back: {en: "Bern. [More](https://example.org/bern)", ko: 베른}
    reverse: true
    tags: [place::europe]
  - id: aare
    kind: cloze
    text: {en: "The {{c1::Aare}} flows through {{c2::Bern}}.", ko: "{{c1::아레}}강은 {{c2::베른}}을 지난다."}
    tags: [place::europe]
"""
MORE = "".join(f"  - {{id: city-{n}, front: City {n}?, back: '{n}'}}\n" for n in range(60))
PICTURE = media_files.png(size=1)


@dataclass(frozen=True)
class Preview:
    """A running preview: its project and its address."""

    root: Path
    address: str

    @property
    def facts(self) -> Path:
        return self.root / "cards" / "cities" / "facts.yaml"

    def save(self, old: str, new: str) -> None:
        text = self.facts.read_text("utf-8")
        assert old in text
        self.facts.write_text(text.replace(old, new), "utf-8")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project" / "cards" / "cities"
    (folder / "media").mkdir(parents=True)
    (folder / "media" / "flag.png").write_bytes(PICTURE)
    (folder / "deck.yaml").write_text(DECK, "utf-8")
    (folder / "facts.yaml").write_text(FACTS, "utf-8")
    return tmp_path / "project"


@contextmanager
def serve(project: Path) -> Iterator[Preview]:
    command = [sys.executable, "-m", "flashgen", "-C", str(project), "preview", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as running:
        assert running.stdout is not None
        try:
            yield Preview(project, running.stdout.readline().strip())
        finally:
            running.terminate()


@pytest.fixture
def preview(project: Path) -> Iterator[Preview]:
    with serve(project) as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A window whose faults, and requests to other hosts than the page's own, fail the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme="light")
    opened = context.new_page()
    faults: list[str] = []
    asked: set[str] = set()
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    opened.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    yield opened
    own = urlsplit(opened.url).netloc
    context.close()
    assert faults == []
    assert asked <= {own, ""}


@pytest.fixture(params=["server", "folder"])
def playing(request: pytest.FixtureRequest, page: Page, tmp_path: Path) -> Iterator[Page]:
    """A card that asks what is heard, shown by the server and from a folder on the disk."""
    project = Path(__file__).parent / "projects" / "media"
    card = "#search=What do you hear"
    if request.param == "server":
        with serve(project) as running:
            page.goto(running.address + card)
            yield page
        return
    command = [sys.executable, "-m", "flashgen", "-C", str(project), "preview", "--static", str(tmp_path / "site")]
    subprocess.run(command, check=True, capture_output=True)
    page.goto((tmp_path / "site" / "index.html").as_uri() + card)
    yield page


def side(page: Page, name: str) -> FrameLocator:
    return page.frame_locator(f"#{name} iframe:not(.coming)")


def expect_side(page: Page, name: str, text: str) -> None:
    expect(side(page, name).locator("body")).to_contain_text(text)


def row(page: Page, number: int) -> Locator:
    return page.locator(f"#row-{number}")


def count(page: Page, text: str) -> None:
    expect(page.locator("#number")).to_have_text(text)


def test_every_card_is_shown_with_both_sides_and_its_place(preview: Preview, page: Page) -> None:
    page.goto(preview.address)
    count(page, "10 cards")
    expect_side(page, "question", "The capital of Korea?")
    expect_side(page, "answer", "Seoul")
    expect(page.locator("#facts")).to_contain_text("cards/cities/facts.yaml:3")
    row(page, 1).click()
    picture = side(page, "question").get_by_role("img")
    assert picture.evaluate("async (picture) => { await picture.decode(); return picture.naturalWidth; }") == 1


def test_a_sound_plays(playing: Page) -> None:
    frame = side(playing, "question")
    frame.locator(".replay-button").click()
    player = frame.locator("video")
    expect(player).to_be_hidden()
    expect(player).to_have_js_property("ended", value=True)
    assert player.evaluate("(player) => player.error") is None


def test_filters_and_search_narrow_the_list(preview: Preview, page: Page) -> None:
    page.goto(preview.address)
    page.get_by_label("Language").select_option("ko")
    count(page, "5 cards of 10")
    page.get_by_label("Tag").select_option("place::europe")
    count(page, "4 cards of 10")
    page.get_by_label("Kind").select_option("cloze")
    count(page, "2 cards of 10")
    page.get_by_role("button", name="Clear filters").click()
    page.get_by_label("Search").fill("bern FLOWS")
    count(page, "2 cards of 10")
    expect_side(page, "question", "flows through Bern")
    page.get_by_label("Search").fill("nowhere")
    expect(page.get_by_text("No card passes these filters.")).to_be_visible()


def test_what_is_chosen_outlives_a_reload(preview: Preview, page: Page) -> None:
    page.goto(preview.address)
    page.get_by_label("Kind").select_option("cloze")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("n")
    expect_side(page, "question", "The Aare flows")
    page.reload()
    count(page, "4 cards of 10")
    expect(page.locator("#place")).to_have_text("2 / 4")
    expect(page.locator("html")).to_have_attribute("data-theme", "night")


def test_the_keyboard_does_it_all(preview: Preview, page: Page) -> None:
    page.goto(preview.address)
    expect_side(page, "question", "The capital of Korea?")
    page.keyboard.press("Space")
    expect(page.locator("#answer")).to_be_hidden()
    page.keyboard.press("Space")
    expect(page.locator("#question")).to_be_hidden()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#place")).to_have_text("2 / 10")
    expect(page.locator("#question")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#place")).to_have_text("1 / 10")
    page.keyboard.press("n")
    expect(side(page, "question").locator("body")).to_have_class("card card1 isLin nightMode night_mode")
    page.keyboard.press("c")
    expect(side(page, "question").locator("html")).to_have_class("mobile android linux js")
    page.keyboard.press("w")
    assert page.locator("#question .screen").evaluate("(screen) => screen.clientWidth") in (358, 360)
    page.keyboard.press("/")
    expect(page.get_by_label("Search")).to_be_focused()
    page.keyboard.type("flows")
    count(page, "2 cards of 10")
    page.keyboard.press("Escape")
    count(page, "10 cards")


def test_keys_work_after_a_click_into_a_card(preview: Preview, page: Page) -> None:
    page.goto(preview.address)
    side(page, "question").locator("body").click()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#place")).to_have_text("2 / 10")


def test_saving_shows_the_new_text_and_keeps_place_and_filters(preview: Preview, page: Page) -> None:
    preview.save("kind: basic\nfacts:\n", f"kind: basic\nfacts:\n{MORE}")
    page.goto(preview.address)
    page.get_by_label("Language").select_option("en")
    page.locator("#list").evaluate("(list) => (list.scrollTop = 40 * 56 - 200)")
    row(page, 40).click()
    expect_side(page, "question", "City 40?")
    scrolled = page.locator("#list").evaluate("(list) => list.scrollTop")
    preview.save("front: City 40?", "front: City forty?")
    expect_side(page, "question", "City forty?")
    expect(page.locator(".row[aria-selected=true]")).to_contain_text("City forty?")
    expect(page.get_by_label("Language")).to_have_value("en")
    assert page.locator("#list").evaluate("(list) => list.scrollTop") == scrolled


def test_saving_a_template_a_style_or_a_picture_shows_too(preview: Preview, page: Page) -> None:
    page.goto(preview.address)
    row(page, 1).click()
    expect_side(page, "question", "Switzerland")
    (preview.root / "cards/cities/media/flag.png").write_bytes(PICTURE + b"\0")
    old = side(page, "question").get_by_role("img").get_attribute("src")
    expect(side(page, "question").get_by_role("img")).not_to_have_attribute("src", old or "")
    theme = preview.root / "templates" / "_theme"
    theme.mkdir(parents=True)
    (theme / "tokens.css").write_text(".card { outline: 3px solid rgb(1, 2, 3); }\n")
    expect(side(page, "question").locator("body")).to_have_css("outline-color", "rgb(1, 2, 3)")


def test_an_error_is_a_panel_over_the_last_good_state(preview: Preview, page: Page) -> None:
    page.goto(preview.address)
    expect_side(page, "answer", "Seoul")
    preview.save("back: {en: Seoul", "bak: {en: Seoul")
    panel = page.get_by_role("alert")
    for text in ("unknown-property", "cards/cities/facts.yaml:5", "bak", "did you mean"):
        expect(panel).to_contain_text(text)
    expect_side(page, "answer", "Seoul")
    count(page, "10 cards")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    preview.facts.write_text("kind: [", "utf-8")
    expect(panel).to_contain_text("cards/cities/facts.yaml:1")
    preview.facts.write_text(FACTS.replace("Seoul", "Seoul!"), "utf-8")
    expect(panel).to_be_hidden()
    expect_side(page, "answer", "Seoul!")


def test_findings_and_changes_stand_at_their_cards(project: Path, page: Page) -> None:
    subprocess.run([sys.executable, "-m", "flashgen", "-C", str(project), "build"], check=True, capture_output=True)
    facts = FACTS.replace("{en: Seoul,", "{en: Seoul on the Han,")
    facts = facts.replace("    reverse: true\n", "    reverse: true\n    allow: {long-answer: it is short}\n")
    (project / "cards/cities/facts.yaml").write_text(facts, "utf-8")
    (project / "cards/cities/media/unused.png").write_bytes(PICTURE)
    with serve(project) as preview:
        page.goto(preview.address)
        page.get_by_label("Changes").select_option("changed")
        page.get_by_label("Language").select_option("en")
        count(page, "1 card of 10")
        expect(page.locator(".changes h3")).to_have_text("Changed since the last build")
        expect(page.locator(".changes ins")).to_have_text("on the Han")
        page.get_by_role("button", name="Clear filters").click()
        page.locator("#filter-finding").select_option("unused-allow")
        # A finding of a fact is one of its cards in every language.
        count(page, "4 cards of 10")
        expect(page.locator("#more .finding")).to_contain_text("unused-allow")
        page.get_by_role("button", name="2 findings").click()
        expect(page.locator("#panel")).to_contain_text("unused-media")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(preview: Preview, page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(preview.address)
    preview.save("back: {en: Seoul", "bak: {en: Seoul")
    expect(page.get_by_role("alert")).to_be_visible()
    page.locator("#help summary").click()
    results = Axe().run(page)
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in results.response["violations"]] == []


@pytest.mark.parametrize("width", [320, 360, 768])
def test_a_narrow_window_has_all_of_it_and_never_scrolls_sideways(preview: Preview, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    page.goto(preview.address)
    expect_side(page, "question", "The capital of Korea?")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("#main").evaluate("(main) => main.scrollWidth <= main.clientWidth")
    page.get_by_role("button", name="Cards", exact=True).click()
    row(page, 1).click()
    expect_side(page, "question", "Switzerland")
    page.keyboard.press("Space")
    expect_side(page, "answer", "Bern")


def test_a_script_of_an_author_reaches_neither_page_nor_network(preview: Preview, page: Page) -> None:
    page.goto(preview.address)
    frame = page.frame_locator("#question iframe:not(.coming)").locator("body")
    reached = frame.evaluate(
        "async () => { const tries = [() => parent.document.title, () => localStorage.length];"
        " const got = tries.map((attempt) => { try { return attempt(); } catch (error) { return error.name; } });"
        " return got; }"
    )
    assert reached == ["SecurityError", "SecurityError"]


@pytest.mark.parametrize("how", ["disk", "server"])
def test_the_export_is_the_same_page(project: Path, tmp_path: Path, page: Page, how: str) -> None:
    site = tmp_path / "site"
    command = [sys.executable, "-m", "flashgen", "-C", str(project), "preview", "--static", str(site)]
    subprocess.run(command, check=True, capture_output=True)
    handler = functools.partial(_Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page.goto(f"file://{site}/index.html" if how == "disk" else f"http://127.0.0.1:{server.server_port}/")
        count(page, "10 cards")
        expect_side(page, "question", "The capital of Korea?")
        expect_side(page, "answer", "Seoul")
        page.keyboard.press("ArrowRight")
        picture = side(page, "question").get_by_role("img")
        assert picture.evaluate("async (picture) => { await picture.decode(); return picture.naturalWidth; }") == 1
        page.get_by_label("Search").fill("flows")
        count(page, "2 cards of 10")
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        page.keyboard.press("n")
        expect(side(page, "question").locator("body")).to_have_class("card card1 isLin nightMode night_mode")
        server.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Keep quiet."""
