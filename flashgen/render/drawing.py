"""A drawing with its words in one language → pictures, and the masks of its regions.

A region is an element of the SVG. Where it lies is measured by drawing it alone, so that transforms, groups, strokes,
text and all else count as they are drawn.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Mapping
from itertools import pairwise
from xml.etree import ElementTree as ET

from msgspec import Struct, field
from msgspec.structs import replace

from flashgen.cache import Cache
from flashgen.render.raster import RASTER_VERSION, Box, extent, lacks, to_png
from flashgen.render.svg import NAMESPACE, Svg, local

# What is drawn over and around a region that a normal card asks for: a colour of the theme's, and a plate on it.
_MARK, _PLATE = "#9a4a00", "#fdf1e4"
_LINE = "1.25em"
_STYLE_OF_TSPAN = ("x", "dx", "dy", "y", "style", "class", "fill", "font-size", "font-weight", "text-anchor")


class Drawing(Struct, frozen=True):
    """A drawing in one language. `stamp` stands for the file and the words in it."""

    svg: Svg
    stamp: str
    cache: Cache = field(default_factory=Cache)
    _regions: dict[str, Box | None] = field(default_factory=dict)

    def region(self, element: str) -> Box | None:
        """Return where an element is drawn, in the drawing's own units, or None where it draws nothing."""
        if element not in self._regions:
            kept = self.cache.make(lambda: self._measure(element), "region", self.stamp, element)
            box = json.loads(kept)
            self._regions[element] = tuple(box) if box else None
        return self._regions[element]

    def _measure(self, element: str) -> bytes:
        alone = _alone(self.svg.root, element)
        return json.dumps(extent(replace(self.svg, root=alone)) if alone is not None else None).encode()

    def plain(self) -> bytes:
        """Return the picture as PNG."""
        return self.cache.make(lambda: to_png(self.svg), "plain", self.stamp)

    def told(self, element: str) -> bytes:
        """Return the picture as PNG, a line around a region."""
        return self._marked("told", element, filled=False)

    def asked(self, element: str) -> bytes:
        """Return the picture as PNG, a region hidden under a plate with a question mark."""
        return self._marked("asked", element, filled=True)

    def _marked(self, how: str, element: str, *, filled: bool) -> bytes:
        def draw() -> bytes:
            return to_png(_with(self.svg, self._mark(element, filled=filled)))

        return self.cache.make(draw, how, self.stamp, element)

    def _mark(self, element: str, *, filled: bool) -> list[ET.Element]:
        box = self.region(element)
        if box is None:
            return []
        unit = max(self.svg.box[2], self.svg.box[3]) / 160
        left, top, width, height = box[0] - unit / 2, box[1] - unit / 2, box[2] + unit, box[3] + unit
        frame = {"x": left, "y": top, "width": width, "height": height, "rx": 2 * unit, "stroke-width": unit}
        marks = [_element("rect", fill=_PLATE if filled else "none", stroke=_MARK, **frame)]
        if filled:
            size = max(3 * unit, min(0.8 * height, 0.8 * width, 12 * unit))
            place = {"x": left + width / 2, "y": top + height / 2 + 0.36 * size, "font-size": size}
            marks.append(_element("text", fill=_MARK, **{"text-anchor": "middle", "font-weight": 600}, **place))
            marks[-1].text = "?"
        return marks


def stamp_of(file_hash: str, words: Mapping[str, str]) -> str:
    """Return what stands for a drawing: the hash of its file, and the words in it."""
    said = "\x1f".join(f"{name}\x1e{words[name]}" for name in sorted(words))
    return hashlib.sha256(f"{RASTER_VERSION}\x1d{file_hash}\x1d{said}".encode()).hexdigest()


def localise(svg: Svg, stamp: str, words: Mapping[str, str], cache: Cache) -> Drawing:
    """Return the drawing with these words in its texts, by the ids of the texts or of what holds just one."""
    root = copy.deepcopy(svg.root)
    for element in list(root.iter()):
        text = text_of(element) if element.get("id") in words else None
        if text is not None:
            _write(text, words[str(element.get("id"))])
    return Drawing(replace(svg, root=root), stamp, cache)


def find(svg: Svg, name: str) -> ET.Element | None:
    """Return the element with an id."""
    return next((element for element in svg.root.iter() if element.get("id") == name), None)


def text_of(element: ET.Element) -> ET.Element | None:
    """Return the one text that an element is or holds, or None where it holds none or several."""
    texts = [inner for inner in element.iter() if local(inner) == "text"]
    return texts[0] if len(texts) == 1 else None


def unprintable(text: str) -> str:
    """Return the characters of a text that the font of drawings lacks."""
    return "".join(dict.fromkeys(character for character in text if not character.isascii() and lacks(character)))


def _alone(root: ET.Element, name: str) -> ET.Element | None:
    """Return the tree with all but one element set aside, where its `use` and gradients still find it."""
    copied = copy.deepcopy(root)
    path = _path(copied, name)
    if path is None:
        return None
    for parent, kept in pairwise(path):
        aside = ET.Element(f"{{{NAMESPACE}}}defs")
        aside.extend(child for child in parent if child is not kept)
        parent[:] = [aside, kept]
        # Words of its own stand beside the element, not in it.
        parent.text = kept.tail = None
    return copied


def _path(element: ET.Element, name: str) -> list[ET.Element] | None:
    if element.get("id") == name:
        return [element]
    for child in element:
        if (rest := _path(child, name)) is not None:
            return [element, *rest]
    return None


def _write(text: ET.Element, words: str) -> None:
    """Put words in a text, a line each, around the place and in the style that it had."""
    first = next((child for child in text if local(child) == "tspan"), None)
    like = {key: value for key, value in (first.attrib if first is not None else {}).items() if key in _STYLE_OF_TSPAN}
    lines = [line.strip() for line in words.strip().splitlines()]
    text[:] = []
    if len(lines) == 1 and not like:
        text.text = lines[0]
        return
    text.text = None
    for number, line in enumerate(lines):
        span = ET.SubElement(text, f"{{{NAMESPACE}}}tspan", like)
        span.text = line
        if len(lines) > 1:
            span.attrib.pop("y", None)
            span.set("x", like.get("x", text.get("x", "0")))
            # Lines spread evenly around the one that was there.
            span.set("dy", _LINE if number else f"-{(len(lines) - 1) / 2 * float(_LINE[:-2]):g}em")
            if number == 0 and "y" in like:
                span.set("y", like["y"])


def _with(svg: Svg, marks: list[ET.Element]) -> Svg:
    root = copy.deepcopy(svg.root)
    root.extend(marks)
    return replace(svg, root=root)


def _element(tag: str, **attributes: object) -> ET.Element:
    shown = {key: f"{value:g}" if isinstance(value, float) else str(value) for key, value in attributes.items()}
    return ET.Element(f"{{{NAMESPACE}}}{tag}", shown)
