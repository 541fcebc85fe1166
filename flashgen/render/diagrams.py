"""What files under `fields/` see of a drawing: its picture, the masks of its regions, and a region asked or told.

The words of a drawing come from the fact: its `labels`, and the `answer` of each region that holds one text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Protocol
from xml.etree import ElementTree as ET

from msgspec import Struct, field

from flashgen import rules
from flashgen.diagnostics import Rule, Span, choose
from flashgen.model import Fact
from flashgen.render.drawing import Drawing, find, text_of
from flashgen.render.drawings import Drawings
from flashgen.render.html import quote
from flashgen.render.raster import DrawingError
from flashgen.render.svg import Svg, SvgFault
from flashgen.schema import in_language
from flashgen.values import Map, Position, Value, span

# Anki's masks are fractions of the picture; this many digits are less than a pixel.
_DIGITS = 4
# A mask stands a little over what it hides.
_MARGIN = 0.004

Tell = Callable[[Rule, str, Span, Fact, str | None], None]


class Kept(Protocol):
    """A text inside a template, which prints as HTML."""

    def __html__(self) -> str:
        """Return what stands in for the HTML."""


Keep = Callable[[str, str, str], Kept]
ShowDrawn = Callable[[str, str, Callable[[], bytes]], str]


class Region(Protocol):
    """An item of the list `regions` inside a template."""

    def __getitem__(self, name: str) -> object:
        """Return a property."""

    def get(self, name: str) -> object:
        """Return a property, or "" where it has none of that name."""


class Picture:
    """A drawing of a fact, in one language. Printing it gives the picture. One that is faulty shows nothing."""

    __slots__ = ("_alt", "_drawing", "_keep", "_path", "_show_drawn")

    def __init__(self, drawing: Drawing | None, show_drawn: ShowDrawn, keep: Keep, path: str, alt: str) -> None:
        self._drawing, self._show_drawn, self._keep, self._path, self._alt = drawing, show_drawn, keep, path, alt

    def __html__(self) -> str:
        return self._show("plain", Drawing.plain).__html__()

    def asked(self, region: Region) -> Kept:
        """Return the picture with a region hidden under a question mark."""
        name = _element(region)
        return self._show(f"asked {name}", lambda drawing: drawing.asked(name))

    def told(self, region: Region) -> Kept:
        """Return the picture with a line around a region."""
        name = _element(region)
        return self._show(f"told {name}", lambda drawing: drawing.told(name))

    def mask(self, region: Region, others: bool = True) -> Kept:
        """Return the shape of Anki's that hides a region; with `others`, it stays hidden while another is asked."""
        drawing, name = self._drawing, _element(region)
        if drawing is None:
            return self._keep("", "", "")
        shape = "image-occlusion:rect" + _sides(drawing, name) + (":oi=1" if others else "")
        return self._keep(shape, shape, f"{drawing.stamp} {name} {others}")

    def _show(self, what: str, make: Callable[[Drawing], bytes]) -> Kept:
        drawing = self._drawing
        if drawing is None:
            return self._keep("", "", "")
        stamp = hashlib.sha256(f"{drawing.stamp} {what}".encode()).hexdigest()
        name = self._show_drawn(self._path, stamp, lambda: make(drawing))
        alt = quote(self._alt)
        return self._keep(self._alt, f'<img src="{name}" alt="{alt}">', f"{stamp} {self._alt}")


def _sides(drawing: Drawing, element: str) -> str:
    """Return the sides of a mask: a little more than the region, none of it outside of the picture."""
    left, top, width, height = drawing.svg.box
    box = drawing.region(element)
    if box is None:
        return ""
    margin = _MARGIN * max(width, height)
    start = max(0.0, (box[0] - margin - left) / width), max(0.0, (box[1] - margin - top) / height)
    end = (
        min(1.0, (box[0] + box[2] + margin - left) / width),
        min(1.0, (box[1] + box[3] + margin - top) / height),
    )
    sides = {"left": start[0], "top": start[1], "width": end[0] - start[0], "height": end[1] - start[1]}
    return "".join(f":{side}={f'{value:.{_DIGITS}f}'.lstrip('0')}" for side, value in sides.items())


def _element(region: Region) -> str:
    return str(region.get("element") or region["id"])


def draw(
    drawings: Drawings, fact: Fact, name: str, language: str, keep: Keep, tell: Tell, seen: list[str]
) -> tuple[Picture, bool]:
    """Return the drawing that a property names, with the fact's words in it, and whether it is sound.

    What is wrong with it is reported. The paths of what is shown of it are added to `seen`.
    """
    data = fact.data
    alt = in_language(data.get("alt"), language)
    path = data.get(name, "")
    opened = drawings.open(path, fact, data.values_at[name]) if path else None
    drawing = None
    if opened is not None:
        svg, file_hash = opened
        words = _Words(drawings, svg, fact, language, tell)
        words.take_labels()
        words.take_answers()
        if words.sound:
            drawing = drawings.draw(svg, file_hash, words.found)
            try:
                drawing = drawing if words.regions_show(drawing) else None
            except DrawingError as error:
                hint = "simplify the drawing, or save it as a picture of pixels"
                drawings.tell(path, SvgFault(rules.BROKEN_SVG, f"this cannot be drawn: {error}", hint))
                drawing = None
    show_drawn = partial(drawings.library.show_drawn, seen)
    return Picture(drawing, show_drawn, keep, path, alt), drawing is not None or not path


class _Words(Struct):
    """The words of a fact for its drawing, by the ids of the elements that they stand in."""

    drawings: Drawings
    svg: Svg
    fact: Fact
    language: str
    tell: Tell
    found: dict[str, str] = field(default_factory=dict)
    sound: bool = True

    def take_labels(self) -> None:
        labels = self.fact.data.get("labels", Map())
        for name, text in labels.items():
            element = self._element(name, labels.keys_at[name])
            if element is not None and text_of(element) is None:
                message, hint = f"`{name}` is not one text in the drawing", "name a `<text>`, or what holds just one"
                self._say(rules.MISSING_ELEMENT, message, labels.keys_at[name], hint)
            elif element is not None:
                self._take(name, text, labels.values_at[name])

    def take_answers(self) -> None:
        """Take the answer of each region that holds just one text, which no label fills."""
        labelled = {id(text_of(element)) for name in self.found if (element := find(self.svg, name)) is not None}
        for name, item, at in self._regions():
            element = self._element(name, at)
            text = text_of(element) if element is not None else None
            if text is not None and id(text) not in labelled:
                self._take(name, item["answer"], item.values_at["answer"])

    def regions_show(self, drawing: Drawing) -> bool:
        """Return whether something is drawn in each region."""
        for name, _, at in self._regions():
            if drawing.region(name) is None:
                message, hint = f"the region `{name}` draws nothing", "name an element that is seen"
                self._say(rules.MISSING_ELEMENT, message, at, hint)
        return self.sound

    def _regions(self) -> Iterator[tuple[str, Map, Position]]:
        for item in self.fact.data.get("regions", ()):
            key = "element" if "element" in item else "id"
            yield item[key], item, item.values_at[key]

    def _element(self, name: str, at: Position) -> ET.Element | None:
        element = find(self.svg, name)
        if element is None:
            message = f"the drawing has no element with the id `{name}`"
            self._say(rules.MISSING_ELEMENT, message, at, choose(name, sorted(self.svg.ids)))
        return element

    def _take(self, name: str, value: Value, at: Position) -> None:
        self.found[name] = in_language(value, self.language)
        if lacking := self.drawings.unprintable(self.found[name]):
            at = value.values_at.get(self.language, at) if isinstance(value, Map) else at
            message = f"the font of drawings has no `{lacking}`"
            self._say(rules.UNDRAWN_CHARACTER, message, at, "write it otherwise in pictures")

    def _say(self, rule: Rule, message: str, at: Position, hint: str) -> None:
        self.sound = False
        self.tell(rule, message, span(self.fact.path, at), self.fact, hint)
