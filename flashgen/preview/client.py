"""A side of a card → the HTML document that a client makes of it.

Anki's backend hands clients what `flashgen.render.view` returns; the rest is the clients' own doing, and done here as
in Anki 26.9 and AnkiDroid: their classes and base styles, fields to type in, play buttons, mathematics, and the masks
of image occlusion. Of AnkiDroid it is the frame; the markup within is Anki's.
"""

from __future__ import annotations

import html
import re
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Final

from msgspec import Struct

from flashgen.model import Note
from flashgen.render import clozes, reviewer
from flashgen.render.reviewer import Rendered
from flashgen.render.view import render_card

_ASSETS: Final = files("flashgen.preview") / "assets" / "card"
_TYPE: Final = re.compile(r"\[\[type:(.+?)\]\]")
_PLAY: Final = re.compile(r"\[anki:play:([qa]:\d+)\]")
_LINE_BREAKS: Final = re.compile(r"(?:\n|<br\s?/?>|</?div>)+", re.IGNORECASE)
# What Anki gives a field that says nothing else; flashgen's fields do not.
_FONT: Final = "font-family: 'Arial'; font-size: 20px"
_BUTTON: Final = (
    '\n<a class="replay-button soundLink" href=# onclick="return false;" draggable="false" %s>\n'
    '    <svg class="playImage" viewBox="0 0 64 64" version="1.1">\n'
    '        <circle cx="32" cy="32" r="29" />\n'
    '        <path d="M56.502,32.301l-37.502,20.101l0.329,-40.804l37.173,20.703Z" />\n'
    "    </svg>\n</a>"
)


class Client(StrEnum):
    """Who shows the card."""

    DESKTOP = "desktop"
    ANKIDROID = "ankidroid"


class Side(StrEnum):
    """What is seen of it."""

    QUESTION = "question"
    ANSWER = "answer"


class Bodies(Struct, frozen=True):
    """Both sides of a card as they stand in a client's document."""

    question: str
    answer: str


def document(
    note: Note,
    card_ord: int,
    side: Side,
    client: Client = Client.DESKTOP,
    *,
    night: bool = False,
    media: str = "media/",
) -> str:
    """Return one side of a note's card as a whole document; `media` is the address that pictures are found under."""
    both = bodies(note, card_ord)
    body = both.question if side is Side.QUESTION else both.answer
    return fill(shell(client, night=night), note.note_type.css, body, card_ord, media)


def bodies(note: Note, card_ord: int) -> Bodies:
    """Return both sides of a card, with all that a client puts in; raises TemplateError as Anki's backend would."""
    rendered = render_card(note, card_ord)
    expected = _expected(note, card_ord, rendered)
    return Bodies(
        *(
            _with_mathematics(_PLAY.sub(lambda match: _button(rendered.sounds.get(match[1])), text))
            for text in (_ask(rendered.question, expected), _compare(rendered.answer, expected))
        )
    )


def fill(shell_text: str, css: str, body: str, card_ord: int, media: str) -> str:
    """Return a client's document with a card put in."""
    slots = {"%media%": html.escape(media), "%number%": str(card_ord + 1), "%css%": css, "%body%": body}
    return re.sub("|".join(slots), lambda slot: slots[slot[0]], shell_text)


@cache
def shell(client: Client, *, night: bool) -> str:
    """Return the document of a client with slots for a card: `%media%`, `%number%`, `%css%` and `%body%`."""
    style, script = _asset(f"{client}.css"), _asset("occlusion.js")
    if client is Client.DESKTOP:
        title, page = "main webview", f'class="{"night-mode" if night else ""}" dir="ltr"'
        theme, wrapper = "isLin nightMode night_mode" if night else "isLin", 'id="qa" dir="auto"'
    else:
        title, page = "AnkiDroid Flashcard", 'class="mobile android linux js"'
        theme, wrapper = "night_mode nightMode ankidroid_dark_mode" if night else "", 'id="content" dir="auto"'
    return (
        f'<!doctype html>\n<html {page}>\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        '<base href="%media%" target="_blank">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<style>\n{style}</style>\n<script>\n{script}</script>\n</head>\n"
        f'<body class="{f"card card%number% {theme}".strip()}">\n<div {wrapper}><style>%css%</style>%body%</div>\n'
        "</body>\n</html>\n"
    )


def framed(text: str) -> str:
    """Return a document with the script that hands the page around it the keys that are pressed in the card."""
    return text.replace("</body>\n</html>", f"<script>\n{_asset('frame.js')}</script>\n</body>\n</html>")


@cache
def _asset(name: str) -> str:
    return (_ASSETS / name).read_text(encoding="utf-8")


def _expected(note: Note, card_ord: int, rendered: Rendered) -> str | None:
    """Return the text of the field that the question asks to type: None if there is no such field."""
    asked = _TYPE.search(rendered.question)
    if not asked:
        return ""
    form, _, name = asked[1].rpartition(":")
    names = [field.name for field in note.note_type.fields]
    if name not in names:
        return None
    text = note.fields[names.index(name)]
    if form == "cloze" and note.note_type.family.has_gaps:
        return clozes.answer(text, card_ord + 1) or None
    return text


def _button(sound: str | None) -> str:
    """Return the button that plays a file; speech is Anki's own, and says nothing here."""
    told = 'title="Anki reads this aloud"' if sound is None else f'data-sound="{html.escape(sound)}"'
    return _BUTTON % told


def _ask(question: str, expected: str | None) -> str:
    """Return the question with its field to type in."""
    field = f'\n<center>\n<input type=text id=typeans\n   style="{_FONT};">\n</center>\n'
    if expected is None:
        return _TYPE.sub(r"Type answer: unknown field \1", question)
    return _TYPE.sub(lambda _: field if expected else "", question)


def _compare(answer: str, expected: str | None) -> str:
    """Return the answer with what Anki shows of the right one, where the learner typed nothing."""
    if not expected:
        return _TYPE.sub("", answer)
    if not _TYPE.search(answer):
        return answer
    # In the question's place, its line would else come after the answer.
    line = "<hr id=answer>" if "<hr id=answer>" in answer else ""
    right = reviewer.strip_html(_LINE_BREAKS.sub(" ", expected)).strip()
    shown = f'{line}\n<div style="{_FONT}"><code id=typeans>{html.escape(right)}</code></div>'
    return _TYPE.sub(lambda _: shown, answer.replace("<hr id=answer>", ""))


def _with_mathematics(body: str) -> str:
    if r"\(" not in body and r"\[" not in body:
        return body
    # It takes a moment to import, and few cards need it.
    from flashgen.preview.mathematics import show_mathematics  # noqa: PLC0415

    return show_mathematics(body)
