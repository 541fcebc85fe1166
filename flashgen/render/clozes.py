"""What Anki reads of clozes in a field, and how it shows them, masks of image occlusions among them.

The rules are Anki 26.9's (`rslib/src/cloze.rs`), and `tests/test_reviewer.py` holds them against its backend.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from msgspec import Struct

_CLOZE_MARK: Final = re.compile(r"\{\{c([0-9,]+)::|\}\}")
_DEEPEST_CLOZE: Final = 10
# In attributes Anki keeps ASCII letters and digits, and all beyond Latin-1 (the htmlescape crate).
_ATTRIBUTE: Final = {code: f"&#x{code:02X};" for code in range(256) if not re.match("[0-9A-Za-z]", chr(code))}
_ATTRIBUTE.update({ord('"'): "&quot;", ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;"})
_PROPERTY: Final = re.compile(r":([^=]+)=((?:[^\\:]|\\[\\:])++(?!\\)|\Z)")
_SIZES: Final = {name: name for name in ("width", "height", "rx", "ry", "scale")}
_PLACES: Final = {name: name for name in ("left", "top", "angle", "fill", "points", "text")}
_PROPERTIES: Final = {**_PLACES, **_SIZES, "oi": "occludeInactive", "fs": "font-size"}


class Cloze(Struct, frozen=True):
    """A gap: its card numbers, what it hides, and what stands in its place."""

    numbers: tuple[int, ...]
    nodes: "tuple[str | Cloze, ...]"
    hint: str


@lru_cache(maxsize=1024)
def _parse_numbers(digits: str) -> tuple[int, ...]:
    """Return the numbers of `{{c1,2::`; what does not fit 16 bits is no number to Anki."""
    parts = {part.lstrip("0") or "0" for part in digits.split(",") if part}
    return tuple(sorted(int(part) for part in parts if len(part) <= len("65535") and int(part) < 1 << 16))


def parse(text: str) -> tuple[str | Cloze, ...]:
    """Return the text cut at its clozes; one that never closes is lost with all it holds."""
    stack: list[tuple[tuple[int, ...], list[str | Cloze], list[str]]] = [((), [], ["..."])]
    piece, *rest = _CLOZE_MARK.split(text)
    for digits, after in zip(rest[::2], rest[1::2], strict=True):
        numbers = _parse_numbers(digits or "")
        if digits and not numbers:
            piece += f"{{{{c{digits}::{after}"
            continue
        if piece:
            has_hint = len(stack) > 1 and not piece.startswith("image-occlusion:")
            shown, colons, hint = piece.partition("::") if has_hint else (piece, "", "")
            stack[-1][1].append(shown)
            stack[-1][2].extend([hint] if colons else [])
        piece = after
        if numbers and len(stack) <= _DEEPEST_CLOZE:
            stack.append((numbers, [], ["..."]))
        elif not numbers and len(stack) > 1:
            closed, nodes, hints = stack.pop()
            stack[-1][1].append(Cloze(closed, tuple(nodes), hints[-1]))
        elif not numbers:
            stack[0][1].append("}}")
    stack[-1][1].append(piece)
    return tuple(stack[0][1])


def numbers_in(fields: Iterable[str]) -> set[int]:
    """Return the numbers of all clozes in a note's fields."""
    found: set[int] = set()
    for text in fields:
        layers = [found]
        for digits in _CLOZE_MARK.findall(text) if "{{c" in text else ():
            if not digits and len(layers) > 1:
                layers[-2].update(layers.pop())
            elif digits and len(layers) <= _DEEPEST_CLOZE and (numbers := _parse_numbers(digits)):
                layers.append(set(numbers))
    return found - {0}


def reveal(nodes: Iterable[str | Cloze], number: int, *, hide: bool) -> tuple[str, bool]:
    """Return the text with its clozes as spans, and whether the number is among them."""
    parts, found = [], False
    for node in nodes:
        if isinstance(node, str):
            parts.append(node)
            continue
        active, inside, ordinals = number in node.numbers, False, ",".join(map(str, node.numbers))
        state = "cloze" if active else "cloze-inactive"
        start = node.nodes[0] if node.nodes else ""
        if isinstance(start, str) and start.startswith("image-occlusion:"):
            state = "cloze" if (active and hide) or 0 in node.numbers else "cloze-highlight" if active else state
            parts.append(f'<div class="{state}" data-ordinal="{ordinals}" {_mask(start.partition(":")[2])}></div>')
        else:
            shown, inside = reveal(node.nodes, number, hide=hide)
            if active and hide:
                state, shown = f'{state}" data-cloze="{shown.translate(_ATTRIBUTE)}', f"[{node.hint}]"
            parts.append(f'<span class="{state}" data-ordinal="{ordinals}">{shown}</span>')
        found = found or active or inside
    return "".join(parts), found


def answer(text: str, number: int) -> str:
    """Return what a learner is to type for a number's gaps: each one's text, once where all are the same."""
    found: list[str] = []

    def collect(nodes: Iterable[str | Cloze]) -> None:
        for node in nodes:
            if isinstance(node, Cloze):
                if number in node.numbers:
                    found.append(_plain(node.nodes))
                collect(node.nodes)

    collect(parse(text))
    return found[0] if len(set(found)) == 1 else ", ".join(found)


def _plain(nodes: Iterable[str | Cloze]) -> str:
    return "".join(node if isinstance(node, str) else _plain(node.nodes) for node in nodes)


def _mask(text: str) -> str:
    """Return the attributes from which Anki's script draws the shape of an image occlusion."""
    shape, colon, _ = text.partition(":")
    parts = [f'data-shape="{shape}" '] if colon and shape in {"rect", "ellipse", "polygon", "text"} else []
    end = len(shape)
    while match := _PROPERTY.match(text, end):
        end, name, value = match.end(), match[1], re.sub(r"\\([\\:])", r"\1", match[2])
        if name == "points":
            value = " ".join(pair for pair in value.split(" ") if "," in pair)
        elif name == "text":
            value = value.translate(_ATTRIBUTE)
        if name in _PROPERTIES and value and not (value == "0" and name in _SIZES):
            parts.append(f'data-{_PROPERTIES[name]}="{value}" ')
    return "".join(parts)
