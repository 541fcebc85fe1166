"""Values as YAML gives them: text, mappings and sequences that remember where they stood."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Protocol

from msgspec import Struct

from flashgen.diagnostics import Span

# Line and column from 0, end exclusive, as libyaml counts: start line, start column, end line, end column.
Position = tuple[int, int, int, int]

# What Anki strips or breaks on (anki-contract.md, 2), what is no character at all or a byte order mark gone astray, and
# the plane that `markup` keeps for its own marks. NEL (U+0085) is a line break to YAML.
_FORBIDDEN = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff\U00100000-\U0010ffff"
)
FORBIDDEN = re.compile(f"[{_FORBIDDEN}]")
# What ends a line to YAML 1.1, by which libyaml counts.
LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


# In ASCII, what remains when these are taken away; no expression is as quick.
_ASCII = bytes(byte for byte in range(128) if not FORBIDDEN.match(chr(byte)))


def holds_forbidden(text: str) -> bool:
    """Whether a character stands in a text that no card can hold."""
    return text.encode().translate(None, _ASCII) != b"" if text.isascii() else FORBIDDEN.search(text) is not None


def nfc(text: str) -> str:
    """Return text in NFC, as Anki stores it: identities and comparisons rest on it."""
    return text if text.isascii() or unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


class Map(dict[str, Any]):
    """A YAML mapping. `keys_at` and `values_at` hold the position of each key and value, `at` its own."""

    __slots__ = ("at", "keys_at", "values_at")

    def __init__(self) -> None:
        self.keys_at: dict[str, Position] = {}
        self.values_at: dict[str, Position] = {}
        self.at: Position = (0, 0, 0, 0)


class Seq(list[Any]):
    """A YAML sequence. `values_at` holds the position of each item, `at` its own."""

    __slots__ = ("at", "values_at")

    def __init__(self) -> None:
        self.values_at: list[Position] = []
        self.at: Position = (0, 0, 0, 0)


Value = str | Map | Seq


class Content(Protocol):
    """What an author wrote of a fact: its own record, and what its file says of all its facts."""

    @property
    def data(self) -> Map:
        """The fact's record."""

    @property
    def shared(self) -> Map:
        """The file's."""


class Written(Struct, frozen=True):
    """What an author wrote of a fact, as it was read."""

    data: Map
    shared: Map


def is_cut(value: Map | Seq) -> bool:
    """Whether reading stopped inside a value, so that its last entry cannot be judged: it ends where it starts."""
    return value.at[2:] == value.at[:2]


def span(path: str, at: Position) -> Span:
    """Return the span of a position, counted from 1."""
    return Span(path, at[0] + 1, at[1] + 1, at[2] + 1, at[3] + 1)
