"""The theme → the stylesheet of a note type, and the fonts and pictures that it names.

Anki keeps a file that only CSS names where its name starts with `_`, and never takes another file under a name that it
knows (anki-contract.md, 1.7). So fonts and pictures are packed under names that say what is in them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import tinycss2
from msgspec import Struct

from flashgen import rules
from flashgen.diagnostics import Report, Span, did_you_mean
from flashgen.model import Kind, Media
from flashgen.read.files import is_file
from flashgen.render.environment import Templates
from flashgen.render.faults import TemplateFault
from flashgen.render.html import Problem
from flashgen.render.media import FileData, from_elsewhere, name_in_anki, read_file

# What stands in a sheet for the address of a file that is looked for.
_MARK: Final = re.compile(r'"(flashgen:\d+:\d+)"')
_TYPES: Final = (".gif", ".jpeg", ".jpg", ".otf", ".png", ".svg", ".ttf", ".webp", ".woff", ".woff2")
# What takes an address in brackets, and what takes one as a mere string.
_CALLS: Final = ("url", "src")
_SETS: Final = ("image-set", "-webkit-image-set")
_BROKEN: Final = {
    "bad-string": ("this string is not closed on its line", "close it"),
    "bad-url": ("this address is cut off", "write it in quotes"),
    "eof-in-string": ("this string is never closed", "close it"),
    "eof-in-url": ("this address is never closed", "close it with `)`"),
}


class Style(Struct, frozen=True):
    """What Anki stores as a note type's CSS, and the files that it names."""

    css: str
    media: tuple[Media, ...]


class _Address(Struct, frozen=True):
    """What CSS loads, and where; in the sheet, `mark` stands for it. Or what is wrong there."""

    text: str
    line: int
    column: int
    width: int
    mark: str = ""
    problem: Problem | None = None


def stylesheet(kind: Kind, templates: Templates, report: Report) -> Style | None:
    """Return the tokens, the shared rules and the kind's own, or None after reporting what is wrong with them.

    A project's tokens come after the built-in ones, so that they name only what they change; its other files stand in
    the place of the built-in ones.
    """
    files = [*reversed(templates.files("_theme/tokens.css"))]
    for name in ("_theme/card.css", f"{kind.name}/style.css"):
        files += templates.files(name)[:1]
    parts: list[str] = []
    media: dict[str, Media] = {}
    is_sound = True
    for file in files:
        try:
            css, addresses = _read(templates.text(file))
        except TemplateFault as fault:
            fault.tell(report)
            is_sound = False
            continue
        except (RecursionError, ValueError):
            # Python's own limits, which tinycss2 hands on.
            message = "these styles nest too deep, or hold too large a number"
            hint = "close their braces and brackets, and shorten the number"
            report.add(rules.TEMPLATE_SYNTAX, message, Span(templates.shown(file)), hint)
            is_sound = False
            continue
        shown = templates.shown(file)
        names: dict[str, str] = {}
        for address in addresses:
            found = address.problem or _find(address.text, file, shown)
            if isinstance(found, Media):
                media[found.name] = found
                # What follows `#` names a part of the file; `?` only ever told servers something.
                part = address.text[address.text.find("#") :] if "#" in address.text else ""
                names[address.mark] = f'"{found.name}{part}"'
                continue
            rule, message, hint = found
            where = Span(shown, address.line, address.column, address.line, address.column + address.width)
            report.add(rule, message, where, hint)
            is_sound = False
        parts.append(_MARK.sub(lambda match, names=names: names.get(match[1], match[0]), css))  # type: ignore[misc]
    return Style("\n".join(filter(None, parts)), tuple(media.values())) if is_sound else None


@lru_cache(maxsize=64)
def _read(text: str) -> tuple[str, tuple[_Address, ...]]:
    """Return CSS without its comments, which are for maintainers, and what in it is or takes an address."""
    nodes = tinycss2.parse_component_value_list(text, skip_comments=True)
    addresses = tuple(_addresses(nodes))
    css = tinycss2.serialize(nodes)
    return "\n".join(line.rstrip() for line in css.splitlines() if line.strip()), addresses


def _addresses(nodes: Iterable[Any], around: str = "") -> Iterator[_Address]:
    """Yield what loads a file, and what is broken; addresses of files become marks in the nodes."""
    is_import = False
    for node in nodes:
        # What an `@import` loads is told with it.
        is_import = is_import and node != ";"
        width = len(getattr(node, "representation", ""))
        at = (node.source_line, node.source_column)
        if node.type == "error":
            message, hint = _BROKEN.get(node.kind, (f"this `{node.kind}` closes nothing", "delete it"))
            yield _Address("", *at, 1, problem=(rules.TEMPLATE_SYNTAX, message, hint))
        elif node.type == "at-keyword" and node.lower_value == "import":
            problem = (rules.EXTERNAL_REQUEST, "`@import` loads another file", "copy its rules into this one")
            yield _Address("", *at, len("@import"), problem=problem)
            is_import = True
        elif node.type == "url" or (node.type == "string" and around in (*_CALLS, *_SETS)):
            if is_import or re.match(r"data:|#", node.value, re.IGNORECASE):
                continue
            mark = f"flashgen:{at[0]}:{at[1]}"
            node.representation = f'url("{mark}")' if node.type == "url" else f'"{mark}"'
            yield _Address(node.value, *at, width, mark)
        elif node.type == "function" and not is_import:
            yield from _addresses(node.arguments, node.lower_name)
        elif node.type.endswith("block"):
            yield from _addresses(node.content)


def _find(address: str, sheet: Path, shown: str) -> Media | Problem:
    """Return the file at an address in a sheet, under its name in Anki, or what is wrong with it."""
    if (elsewhere := from_elsewhere(address, f"put the file beside {shown}, and name it there")) is not None:
        return elsewhere
    path, folder = unquote(re.split("[?#]", address)[0]), shown.rpartition("/")[0]
    file = sheet.parent / path
    if not is_file(file) or not file.resolve().is_relative_to(sheet.parent.resolve()):
        near = (entry.relative_to(sheet.parent).as_posix() for entry in sorted(sheet.parent.rglob("*")))
        hint = did_you_mean(path, near) or f"put it in {folder}/"
        return rules.MISSING_MEDIA, f"there is no file `{path}` in {folder}/", hint
    if file.suffix.lower() not in _TYPES:
        return rules.ODD_FORMAT, f"`{path}` is of a type that is not packed", f"use {', '.join(_TYPES)}"
    read = read_file(file, path)
    if not isinstance(read, FileData):
        return read
    data = read.data
    name = name_in_anki(path, hashlib.sha256(data).hexdigest(), file.suffix.lower())
    return Media(f"_{name}", data)
