"""Cards in the reviewer, as a learner meets them, and pictures of the window."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import aqt
from anki.decks import DeckId
from anki.utils import strip_html
from aqt import mw
from aqt.qt import QApplication, QImage, QPoint, QRect, QWidget
from aqt.theme import Theme

from .cards import Chosen
from .waiting import evaluate, pause, until
from .watch import Watch

_WORDS = (Path(__file__).parent / "words.js").read_text(encoding="utf-8")
# What is on the page now gets a mark; where the mark is gone, the page shows the next side.
_MARK = "document.querySelectorAll('#qa > *').forEach(element => element.dataset.before = '')"
_DECKS = "document.querySelector('.decktd') !== null && !window.stale"
_SHOWN = """(() => {
  const qa = document.getElementById("qa");
  return qa !== null && qa.childElementCount > 0 && qa.querySelector("[data-before]") === null
    && getComputedStyle(qa).opacity === "1" && document.fonts.status === "loaded"
    && [...qa.querySelectorAll("img")].every(image => image.complete);
})()"""
_MASKS_DRAWN = """(() => {
  const canvas = document.getElementById("image-occlusion-canvas");
  return canvas === null || (canvas.width > 0
    && canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some(byte => byte > 0));
})()"""
_PAGE = """(() => {
  const root = document.documentElement, body = document.body;
  const canvas = document.getElementById("image-occlusion-canvas");
  const image = document.querySelector("#image-occlusion-container img");
  const colour = name => canvas && getComputedStyle(canvas).getPropertyValue(`--${name}-shape-color`).trim();
  const place = image && image.getBoundingClientRect();
  return {
    words: WORDS,
    card_height: document.getElementById("qa").getBoundingClientRect().height,
    ground: getComputedStyle(body).backgroundColor,
    size: {width: root.clientWidth, scroll_width: root.scrollWidth,
           height: root.clientHeight, scroll_height: root.scrollHeight},
    typed: [...document.querySelectorAll("#typeans span")].filter(span => span.checkVisibility())
      .map(span => [span.className, span.textContent]),
    occlusion: canvas && {
      image: [place.left, place.top, place.width, place.height],
      active: colour("active"), inactive: colour("inactive"), highlight: colour("highlight"),
    },
  };
})()""".replace("WORDS", _WORDS)
_ASKS = "document.getElementById('ansbut') !== null"
_EDITOR = """(() => {
  const masks = document.querySelector(".lower-canvas") ?? document.querySelector("canvas");
  const image = document.getElementById("image");
  return image !== null && image.complete && image.naturalWidth > 0 && masks !== null && masks.width > 0
    && masks.getContext("2d").getImageData(0, 0, masks.width, masks.height).data.some(byte => byte > 0);
})()"""
# What was asked for in the first frame is on its way to the screen in the second.
_NEXT_FRAMES = """window.framesDrawn = false,
  requestAnimationFrame(() => requestAnimationFrame(() => { window.framesDrawn = true }))"""
HEIGHTS = {"desktop": 900, "phone": 780}
WIDTHS = {"desktop": 1000, "phone": 380}


def slug(text: str) -> str:
    return re.sub(r"\W+", "-", text).strip("-")


class Camera:
    """Shows cards in one look after another. A look is a device and a theme, such as `phone-night`."""

    def __init__(self, out: Path, watch: Watch) -> None:
        self.out = out
        self.watch = watch
        self.look = ""
        self.deck = DeckId(0)
        self.before = QImage()
        # Anki's own smallest width is wider than a phone.
        mw.setMinimumWidth(0)
        mw.web.setMinimumWidth(0)
        self.wait_for_decks()

    def set_up(self, look: str) -> None:
        """Give the window the size and the theme of a look."""
        device, theme = look.split("-")
        self.look = look
        (self.out / look).mkdir(parents=True, exist_ok=True)
        mw.set_theme({"light": Theme.LIGHT, "night": Theme.DARK}[theme])
        mw.resize(WIDTHS[device], HEIGHTS[device])
        until(lambda: mw.web.width() == WIDTHS[device], "the page to be as wide as the window")
        # So that the reviewer's page is made anew, as when Anki is started with this theme.
        evaluate(mw.web.page(), "window.stale = true")
        mw.moveToState("deckBrowser")
        self.wait_for_decks()

    def wait_for_decks(self) -> None:
        """Wait for the list of decks: Anki draws it once it has counted them, and would draw it over the reviewer."""
        until(lambda: evaluate(mw.web.page(), _DECKS), "the list of decks")
        until(lambda: mw.web._domDone and mw.bottomWeb._domDone, "Anki to know that it is there")

    def take(self, number: int, card: Chosen) -> list[dict[str, Any]]:
        """Show a card, type an answer where it asks for one, and turn it: return what was seen of each side."""
        self.deal(card)
        if mw.state == "review":
            evaluate(mw.web.page(), _MARK)
            mw.reviewer.nextCard()
        else:
            mw.moveToState("review")
        self.wait_for_side("question")
        question = self.see(number, card, "question")
        if mw.reviewer.typeCorrect:
            self.type_an_answer(strip_html(mw.reviewer.typeCorrect))
        evaluate(mw.web.page(), _MARK)
        # What the button *Show Answer* does.
        mw.reviewer._linkHandler("ans")
        self.wait_for_side("answer")
        return [question, self.see(number, card, "answer")]

    def deal(self, card: Chosen) -> None:
        """Let Anki's scheduler hand out this card next: it is alone in a filtered deck."""
        deck = mw.col.sched.get_or_create_filtered_deck(self.deck)
        deck.name = "Shown"
        del deck.config.search_terms[1:]
        deck.config.search_terms[0].search = f"cid:{card.id}"
        self.deck = DeckId(mw.col.sched.add_or_update_filtered_deck(deck).id)
        mw.col.decks.select(self.deck)

    def type_an_answer(self, right: str) -> None:
        """Type an answer whose beginning is right, whose next letter is wrong, and whose end is missing."""
        typed = right[: len(right) // 2] + "\u00a4"
        evaluate(mw.web.page(), f"document.getElementById('typeans').value = {json.dumps(typed)}")

    def wait_for_side(self, side: str) -> None:
        page, buttons = mw.web.page(), mw.bottomWeb.page()
        until(lambda: evaluate(page, _SHOWN), "a side to be shown")
        until(lambda: evaluate(page, _MASKS_DRAWN), "the masks to be drawn")
        until(lambda: evaluate(buttons, _ASKS) is (side == "question"), "the buttons below")

    def see(self, number: int, card: Chosen, side: str) -> dict[str, Any]:
        """Take a picture, and return what the page and the window were then."""
        name = f"{self.look}/{number:03}-{slug(card.note_type)}-{slug(card.card)}-{card.ord + 1}-{side}.png"
        picture = self.shoot(mw, mw.web, self.out / name)
        corner = mw.web.mapTo(mw, QPoint(0, 0))
        return {
            **asdict(card),
            "side": side,
            "look": self.look,
            "picture": name,
            "web_view": [corner.x(), corner.y(), mw.web.width(), mw.web.height()],
            "picture_size": [picture.width(), picture.height()],
            "page": evaluate(mw.web.page(), _PAGE),
            "windows": [window.windowTitle() for window in self.other_windows()],
            **self.watch.told(),
        }

    def open_editor(self, number: int, card: Chosen) -> dict[str, Any]:
        """Press *Edit* on the card in the reviewer, and return what opened."""
        mw.onEditCurrent()
        window = aqt.dialogs._dialogs["EditCurrent"][1]
        window.resize(WIDTHS["desktop"], HEIGHTS["desktop"])
        page = window.editor.web.page()
        until(lambda: evaluate(page, _EDITOR), "the masks in the occlusion editor")
        name = f"{self.look}/{number:03}-{slug(card.note_type)}-editor.png"
        self.shoot(window, window.editor.web, self.out / name)
        seen = {
            **asdict(card),
            "picture": name,
            "is_occlusion_editor": window.editor.current_notetype_is_image_occlusion(),
            **self.watch.told(),
        }
        window.close()
        until(lambda: not self.other_windows(), "the editor to close")
        return seen

    def shoot(self, window: QWidget, view: QWidget, file: Path) -> QImage:
        """Save a picture of a window, once its web view shows something new, and the same twice."""
        evaluate(view.page(), _NEXT_FRAMES)
        until(lambda: evaluate(view.page(), "window.framesDrawn"), "the next frames")
        place = QRect(view.mapTo(window, QPoint(0, 0)), view.size())
        pictures = [QImage(), window.grab().toImage()]
        # The picture on the screen lags behind the page.
        until(lambda: self.is_new_and_still(window, place, pictures), f"{file.name} to be drawn")
        self.before = pictures[-1].copy(place)
        pictures[-1].save(str(file))
        return pictures[-1]

    def is_new_and_still(self, window: QWidget, place: QRect, pictures: list[QImage]) -> bool:
        pause(40)
        pictures.append(window.grab().toImage())
        return pictures[-1] == pictures[-2] and pictures[-1].copy(place) != self.before

    def other_windows(self) -> list[QWidget]:
        return [window for window in QApplication.topLevelWidgets() if window.isVisible() and window is not mw]
