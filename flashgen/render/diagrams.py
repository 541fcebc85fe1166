"""What files under `fields/` see of a drawing: its picture, the masks of its regions, and a region asked or told.

The words of a drawing come from the fact: its `labels`, and the `answer` of each region that holds one text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Protocol

from flashgen import rules
from flashgen.diagnostics import Report, Rule, Span, choose
from flashgen.model import Fact, Media
from flashgen.render.drawing import Drawing, find, localise, text_of, unprintable
from flashgen.render.markup import escape
from flashgen.render.media import Library
from flashgen.render.svg import Svg, SvgFault, read_svg
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


class Region(Protocol):
    """An item of the list `regions` inside a template."""

    def __getitem__(self, name: str) -> object:
        """Return a property."""

    def get(self, name: str) -> object:
        """Return a property, or "" where it has none of that name."""


@dataclass(slots=True)
class Drawings:
    """The drawings of one deck: each file is read once, and drawn once for each set of words."""

    library: Library
    report: Report
    _files: dict[str, tuple[Svg, str] | None] = field(default_factory=dict)
    _drawn: dict[tuple[str, str], Drawing] = field(default_factory=dict)

    def open(self, path: str, fact: Fact, at: Position) -> tuple[Svg, str] | None:
        """Return the tree of a file and the hash of its bytes, or None after reporting why there is none."""
        if path not in self._files:
            self._files[path] = None
            found = self.library.drawing(path)
            if not isinstance(found, bytes):
                self.report.add(*found[:2], span(fact.path, at), found[2])
                return None
            svg = read_svg(found)
            if isinstance(svg, SvgFault):
                where = Span(f"{self.library.shown}/{path}", svg.line, 1 if svg.line else 0, svg.line, 2 * bool(svg.line))
                self.report.add(svg.rule, svg.message, where, svg.hint)
                return None
            self._files[path] = (svg, hashlib.sha256(found).hexdigest())
        return self._files[path]

    def draw(self, svg: Svg, file_hash: str, words: Mapping[str, str]) -> Drawing:
        """Return the drawing with these words in it."""
        made = localise(svg, file_hash, words)
        return self._drawn.setdefault((file_hash, made.stamp), made)


class Picture:
    """A drawing of a fact, in one language. Printing it gives the picture."""

    __slots__ = ("_alt", "_drawing", "_keep", "_library", "_stem")

    def __init__(self, drawing: Drawing, library: Library, keep: Keep, path: str, alt: str) -> None:
        self._drawing, self._library, self._keep, self._alt = drawing, library, keep, alt
        self._stem = PurePosixPath(path).stem

    def __html__(self) -> str:
        return self._show("", self._drawing.plain).__html__()

    def asked(self, region: Region) -> Kept:
        """Return the picture with a region hidden under a question mark."""
        name = _element(region)
        return self._show(f"asked {name}", lambda: self._drawing.asked(name))

    def told(self, region: Region) -> Kept:
        """Return the picture with a line around a region."""
        name = _element(region)
        return self._show(f"told {name}", lambda: self._drawing.told(name))

    def mask(self, region: Region, others: bool = True) -> Kept:
        """Return the shape of Anki's that hides a region; with `others`, it stays hidden while another is asked."""
        name = _element(region)
        shape = "image-occlusion:rect" + _sides(self._drawing, name) + (":oi=1" if others else "")
        return self._keep(shape, shape, f"{self._drawing.stamp} {name} {others}")

    def _show(self, what: str, make: Callable[[], bytes]) -> Kept:
        stamp = hashlib.sha256(f"{self._drawing.stamp} {what}".encode()).hexdigest()
        name = self._library.show_drawn(self._stem, stamp, make)
        alt = escape(self._alt).replace('"', "&quot;")
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


def draw(drawings: Drawings, fact: Fact, name: str, language: str, keep: Keep, tell: Tell) -> Picture | None:
    """Return the drawing that a property names, with the fact's words in it, or None after reporting what is wrong."""
    data = fact.data
    opened = drawings.open(data[name], fact, data.values_at[name])
    if opened is None:
        return None
    svg, file_hash = opened
    words: dict[str, str] = {}
    places = {**dict(_labels(data)), **dict(_answers(data, svg))}
    for element, (value, at) in places.items():
        found = find(svg, element)
        text = text_of(found) if found is not None else None
        if text is not None and value is not None:
            words[element] = in_language(value, language)
            if lacking := unprintable(words[element]):
                message = f"the font of drawings has no `{lacking}`"
                tell(rules.UNDRAWN_CHARACTER, message, span(fact.path, at), fact, "write it otherwise in pictures")
        elif found is None:
            message = f"the drawing has no element with the id `{element}`"
            tell(rules.MISSING_ELEMENT, message, span(fact.path, at), fact, choose(element, sorted(svg.ids)))
        elif value is not None:
            message, hint = f"`{element}` is not one text in the drawing", "name a `<text>`, or what holds just one"
            tell(rules.MISSING_ELEMENT, message, span(fact.path, at), fact, hint)
    drawing = drawings.draw(svg, file_hash, words)
    sound = len(words) == len([value for value, _ in places.values() if value is not None])
    for element, (value, at) in places.items() if sound else ():
        if element in dict(_regions(data)) and find(svg, element) is not None and drawing.region(element) is None:
            message, hint = f"the region `{element}` draws nothing", "name what is seen of it"
            tell(rules.MISSING_ELEMENT, message, span(fact.path, at), fact, hint)
            sound = False
    alt = in_language(data.get("alt"), language)
    return Picture(drawing, drawings.library, keep, data[name], alt) if sound else None


def _labels(data: Map) -> Iterator[tuple[str, tuple[Value | None, Position]]]:
    labels = data.get("labels")
    if isinstance(labels, Map):
        for name, text in labels.items():
            yield name, (text, labels.keys_at[name])


def _regions(data: Map) -> Iterator[tuple[str, Map]]:
    for item in data.get("regions", ()):
        yield str(item.get("element") or item["id"]), item


def _answers(data: Map, svg: Svg) -> Iterator[tuple[str, tuple[Value | None, Position]]]:
    """Yield the element of each region, with its answer where it holds one text that no label fills."""
    labelled = dict(_labels(data))
    for element, item in _regions(data):
        found = find(svg, element)
        text = text_of(found) if found is not None else None
        filled = element in labelled or text is None or text.get("id") in labelled
        at = item.values_at["element" if "element" in item else "id"]
        if element not in labelled:
            yield element, (None if filled else item.get("answer"), at)
