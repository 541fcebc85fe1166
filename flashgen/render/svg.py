"""An SVG file → its tree, or what is wrong with it.

A picture comes from anywhere: it may hold nothing that runs, nothing that loads, and no trap for its reader. What does
is told and never cut out in silence; only what editors leave behind (their own elements, comments) is dropped.
"""

from __future__ import annotations

import re
from typing import NoReturn
from xml.etree import ElementTree as ET
from xml.parsers import expat

from msgspec import Struct, field

from flashgen import rules
from flashgen.diagnostics import Rule

NAMESPACE = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_RUNS = ("script", "foreignObject", "iframe", "handler", "listener")
_MOVES = ("animate", "animateColor", "animateMotion", "animateTransform", "set", "discard", "mpath")
_URL = re.compile(r"url\s*\(\s*['\"]?\s*(?!['\"#\s])|@import", re.IGNORECASE)
_PACKED = re.compile(r"data:image/(?:png|jpeg|gif|webp)[;,]", re.IGNORECASE)
_DOCTYPE = re.compile(rb"<!DOCTYPE[^>\[]*\[|<!ENTITY", re.IGNORECASE)
_LENGTH = re.compile(r"\s*\+?([0-9]*\.?[0-9]+)(?:px)?\s*")
# Bounds on what is drawn: no honest picture comes near them, and what goes beyond costs minutes.
MAX_BYTES, MAX_ELEMENTS, MAX_DEPTH, MAX_STRETCH = 5_000_000, 20_000, 100, 20
_MAX_SIDE = 100_000.0

ET.register_namespace("", NAMESPACE)
ET.register_namespace("xlink", _XLINK)


class SvgFault(Struct, frozen=True):
    """What is wrong with a file, at a line of it (from 1; 0 means the file as a whole)."""

    rule: Rule
    message: str
    hint: str
    line: int = 0


class Svg(Struct, frozen=True):
    """The tree of a file that is sound. `box` is its `viewBox`: left, top, width and height in its own units."""

    root: ET.Element
    box: tuple[float, float, float, float]
    ids: frozenset[str]


class _Refused(Exception):  # noqa: N818 - ends the parser's run, and never leaves this module
    pass


def read_svg(data: bytes) -> Svg | SvgFault:
    """Return the tree of an SVG file, or the first thing that is wrong with it."""
    if len(data) > MAX_BYTES:
        hint = "simplify the drawing, or save it as a picture of pixels"
        return SvgFault(rules.UNSAFE_SVG, f"the drawing is larger than {MAX_BYTES // 1_000_000} MB", hint)
    if _DOCTYPE.search(data):
        return SvgFault(rules.UNSAFE_SVG, "the drawing declares entities", "delete its `<!DOCTYPE … [ … ]>`")
    reader = _Reader()
    reader.read(data)
    if reader.fault is not None:
        return reader.fault
    root = reader.root
    if root is None or root.tag != _name("svg"):
        hint = f'start it with `<svg xmlns="{NAMESPACE}" viewBox="0 0 640 480">`'
        return SvgFault(rules.BROKEN_SVG, "this is no SVG", hint)
    return _sized(root, frozenset(reader.ids))


def _sized(root: ET.Element, ids: frozenset[str]) -> Svg | SvgFault:
    """Return the drawing with its size, or what is wrong with that."""
    box = _view_box(root)
    if box is None:
        hint = 'give its `<svg>` a `viewBox="0 0 640 480"`'
        return SvgFault(rules.BROKEN_SVG, "the drawing says not how large it is", hint)
    if max(box[2:]) > MAX_STRETCH * min(box[2:]):
        message = f"the drawing is more than {MAX_STRETCH} times as long one way as the other"
        return SvgFault(rules.UNSAFE_SVG, message, "give its `viewBox` the size of what is seen")
    return Svg(root, box, ids)


def write_svg(root: ET.Element) -> str:
    """Return a tree as text, as a rasteriser or a browser reads it."""
    return ET.tostring(root, encoding="unicode")


def _name(tag: str) -> str:
    return f"{{{NAMESPACE}}}{tag}"


def local(element: ET.Element) -> str:
    """Return the name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


class _Reader(Struct):
    """Builds the tree, and stops at what it refuses. expat tells the line, which ElementTree's own parser hides."""

    root: ET.Element | None = None
    open: list[ET.Element | None] = field(default_factory=list)
    ids: dict[str, int] = field(default_factory=dict)
    count: int = 0
    fault: SvgFault | None = None
    parser: expat.XMLParserType = field(default_factory=lambda: expat.ParserCreate("utf-8", "}"))

    def __post_init__(self) -> None:
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.EntityDeclHandler = self._entity

    def read(self, data: bytes) -> None:
        """Build the tree, or note the first fault."""
        try:
            self.parser.Parse(data, True)
        except _Refused:
            return
        except expat.ExpatError as error:
            message = f"this is no sound SVG: {expat.ErrorString(error.code)}"
            hint = "open it in a browser, which shows the place"
            self.fault = SvgFault(rules.BROKEN_SVG, message, hint, error.lineno)

    def _refuse(self, rule: Rule, message: str, hint: str) -> NoReturn:
        self.fault = SvgFault(rule, message, hint, self.parser.CurrentLineNumber)
        raise _Refused

    def _entity(self, *_: object) -> NoReturn:
        self._refuse(rules.UNSAFE_SVG, "the drawing declares entities", "delete its `<!DOCTYPE … [ … ]>`")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if self.count > MAX_ELEMENTS or len(self.open) >= MAX_DEPTH:
            hint = "simplify the drawing, or save it as a picture of pixels"
            limit = f"more than {MAX_ELEMENTS} elements, or {MAX_DEPTH} inside each other"
            self._refuse(rules.UNSAFE_SVG, f"the drawing has {limit}", hint)
        space, _, name = tag.rpartition("}")
        dropped = bool(self.open) and self.open[-1] is None
        if dropped or space not in ("", NAMESPACE) or name == "metadata":
            # What editors leave behind: no reader of SVG draws it.
            self.open.append(None)
            return
        self._check_element(name, attributes)
        element = ET.Element(_name(name))
        for key, value in attributes.items():
            owner, _, attribute = key.rpartition("}")
            if owner and owner not in (_XLINK, "http://www.w3.org/XML/1998/namespace"):
                continue
            self._check_attribute(name, attribute, value)
            element.set(f"{{{owner}}}{attribute}" if owner else key, value)
        self._take_id(attributes.get("id"))
        if self.open and (parent := self.open[-1]) is not None:
            parent.append(element)
        elif self.root is None:
            self.root = element
        self.open.append(element)

    def _take_id(self, name: str | None) -> None:
        if name is None:
            return
        if name in self.ids:
            message = f"`{name}` is the id of two elements, the first in line {self.ids[name]}"
            self._refuse(rules.BROKEN_SVG, message, "rename one of them")
        self.ids[name] = self.parser.CurrentLineNumber

    def _end(self, _: str) -> None:
        element = self.open.pop()
        if element is not None and local(element) == "style" and _URL.search(element.text or ""):
            self._refuse(rules.EXTERNAL_REQUEST, "the drawing's style loads from outside of it", "delete its `url(…)`")

    def _text(self, text: str) -> None:
        element = self.open[-1] if self.open else None
        if element is None:
            return
        if len(element):
            element[-1].tail = (element[-1].tail or "") + text
        else:
            element.text = (element.text or "") + text

    def _check_element(self, name: str, attributes: dict[str, str]) -> None:
        if name in _RUNS:
            self._refuse(rules.UNSAFE_SVG, f"`<{name}>` cannot be part of a picture", "delete it from the drawing")
        if name in _MOVES:
            self._refuse(rules.UNSAFE_SVG, f"`<{name}>` moves, and cards stand still", "delete it from the drawing")
        target = next((attributes[key] for key in ("href", f"{_XLINK}}}href") if key in attributes), "")
        if name == "a" or not target or target.startswith("#"):
            return
        if name in ("image", "feImage") and _PACKED.match(target):
            return
        message = f"`<{name}>` would load `{target[:40]}` from outside of the drawing"
        self._refuse(rules.EXTERNAL_REQUEST, message, "draw it, or embed the picture of pixels")

    def _check_attribute(self, element: str, name: str, value: str) -> None:
        if name.lower().startswith("on"):
            self._refuse(rules.UNSAFE_SVG, f"`{name}` of `<{element}>` would run a script", "delete it")
        if _URL.search(value):
            message = f"`{name}` of `<{element}>` loads from outside of the drawing"
            self._refuse(rules.EXTERNAL_REQUEST, message, "delete its `url(…)`")
        if value.strip().lower().startswith("javascript:"):
            self._refuse(rules.UNSAFE_SVG, f"`{name}` of `<{element}>` would run a script", "delete it")


def _view_box(root: ET.Element) -> tuple[float, float, float, float] | None:
    numbers = re.split(r"[\s,]+", root.get("viewBox", "").strip())
    if len(numbers) == len(("left", "top", "width", "height")):
        try:
            left, top, width, height = map(float, numbers)
        except ValueError:
            return None
    else:
        sides = [_LENGTH.fullmatch(root.get(side, "")) for side in ("width", "height")]
        if sides[0] is None or sides[1] is None:
            return None
        left = top = 0.0
        width, height = float(sides[0][1]), float(sides[1][1])
    sound = 0 < width < _MAX_SIDE and 0 < height < _MAX_SIDE and abs(left) < _MAX_SIDE and abs(top) < _MAX_SIDE
    return (left, top, width, height) if sound else None
