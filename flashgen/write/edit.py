"""Changes to a YAML text that keep all the rest of it to the character, and how values are written in YAML."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping

from msgspec import Struct

from flashgen.diagnostics import Report
from flashgen.read.source import parse_yaml
from flashgen.values import LINE_BREAK, Position, Value

# What other programs take for nothing at all.
_NOTHING = re.compile(r"~|null|Null|NULL|")


class Edit(Struct, frozen=True, order=True):
    """A stretch of a text, in characters from 0, and what stands there instead."""

    start: int
    end: int
    text: str


class Places:
    """Where lines and columns, both from 0, stand in a text."""

    def __init__(self, text: str) -> None:
        self.length = len(text)
        self.starts = [0, *(match.end() for match in LINE_BREAK.finditer(text))]

    def start(self, at: Position) -> int:
        """Return where a position starts."""
        return self._offset(at[0], at[1])

    def end(self, at: Position) -> int:
        """Return where a position ends."""
        return self._offset(at[2], at[3])

    def line(self, offset: int) -> int:
        """Return the line, from 0, that a place in the text is on."""
        return bisect_right(self.starts, offset) - 1

    def _offset(self, line: int, column: int) -> int:
        return min(self.starts[line] + column, self.length) if line < len(self.starts) else self.length


def apply(text: str, edits: Iterable[Edit]) -> str:
    """Return the text with these changes, none of which may overlap."""
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def readable(text: str) -> bool:
    """Whether a YAML text without a byte order mark can be read to its end, with nothing in it that is no YAML."""
    return _parsed(text)[1]


def value_of(text: str) -> Value | None:
    """Return what a YAML text without a byte order mark says, or None where it says nothing or cannot be read."""
    value, good = _parsed(text)
    return value if good else None


def _parsed(text: str) -> tuple[Value | None, bool]:
    report = Report()
    value, whole = parse_yaml(text, "", report)
    return value, whole and not report.failed


def line_break(text: str) -> str:
    """Return how a text ends its lines."""
    match = LINE_BREAK.search(text)
    return match.group() if match else "\n"


def scalar(text: str) -> str:
    """Return a text of one line as YAML writes it, in quotes only where it needs them, in brackets or out of them."""
    if not _NOTHING.fullmatch(text) and value_of(f"a: [{text}]\nb: {text}\n") == {"a": [text], "b": text}:
        return text
    return quoted(text)


def quoted(text: str) -> str:
    """Return a text of one line in quotes: double ones, unless it holds what they would read otherwise."""
    if '"' in text or "\\" in text:
        return "'" + text.replace("'", "''") + "'"
    return f'"{text}"'


def written(value: str | Mapping[str, str], indent: str) -> str:
    """Return what stands behind a `:` for a text, or for one a language, with a key of this indentation."""
    if isinstance(value, str):
        return f" {scalar(value)}" if value else ""
    return "".join(f"\n{indent}  {name}:{written(text, indent)}" for name, text in value.items())
