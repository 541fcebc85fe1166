"""YAML text → plain values that remember where they stood.

Built straight from the events of libyaml: no typing, no tags, no constructors. That is several times as fast as
PyYAML's loaders, and gives the line and column of every key and value on the way. `usual` reads usual files, faster
still; here is all that may be said of the others.
"""

from __future__ import annotations

import re
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

import yaml
from yaml._yaml import CParser

from flashgen import rules
from flashgen.diagnostics import Related, Report, Rule, Span
from flashgen.read.files import read_bytes
from flashgen.read.usual import UnusualError, read_usual
from flashgen.read.yaml_words import QUOTE, explain
from flashgen.values import FORBIDDEN, LINE_BREAK, Map, Position, Seq, Value, holds_forbidden, nfc, span

_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
# The short escapes of characters that no card can hold.
_SHORT = {"0": 0x00, "a": 0x07, "b": 0x08, "v": 0x0B, "f": 0x0C, "e": 0x1B}
MAX_DEPTH = 32
# What the aliases of one file may add, counted in values: enough for real sharing, too little for a bomb.
MAX_ALIASED = 10_000
# What one file may hold: some ten thousand facts have a tenth of them.
MAX_VALUES = 1_000_000
_WRITE_OUT = "write the value out, or put a text that starts with `*` in quotes"
_CORE_TAG = "tag:yaml.org,2002:"


def read_yaml(file: Path, path: str, report: Report) -> tuple[Value | None, bool]:
    """Return the value of a YAML file, and whether all of it could be read.

    `path` is the file's name in findings. After a syntax error the value holds what stood before it, and is cut.
    """
    text = read_text(file, path, report)
    return (None, False) if text is None else parse_yaml(text, path, report)


def read_text(file: Path, path: str, report: Report) -> str | None:
    """Return the text of a file, in NFC and without a byte order mark, or None where it cannot be read."""
    try:
        data = read_bytes(file)
    except OSError as error:
        report.add(rules.UNREADABLE_FILE, f"cannot be read: {error.strerror or error}", Span(path))
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = LINE_BREAK.split(data[: error.start].decode("utf-8-sig", "replace"))
        line, column = len(before) - 1, len(before[-1])
        report.add(
            rules.NOT_UTF8,
            f"the byte 0x{data[error.start]:02x} is not UTF-8",
            span(path, (line, column, line, column + 1)),
            hint="save the file as UTF-8",
        )
        return None
    return nfc(text)


def parse_yaml(text: str, path: str, report: Report) -> tuple[Value | None, bool]:
    """Return the value of a YAML text, and whether all of it could be read."""
    if holds_forbidden(text):
        text = _report_forbidden(text, path, report)
    with suppress(UnusualError):
        return read_usual(text), True
    return parse_any(text, path, report)


def parse_any(text: str, path: str, report: Report) -> tuple[Value | None, bool]:
    """Return the value of a YAML text, usual or not, and whether all of it could be read."""
    builder = _Builder(path, report, text)
    try:
        builder.run(CParser(text))
    except yaml.YAMLError as error:
        message, hint, at = explain(error, text)
        report.add(rules.YAML_SYNTAX, message, span(path, at), hint)
    except _Refused:
        pass
    else:
        return builder.root, True
    _cut_off(builder.root)
    return builder.root, False


def _cut_off(value: Value | None) -> None:
    """Mark the last entry of each level as cut: what it lacks may stand behind the fault."""
    while isinstance(value, Map | Seq):
        value.at = (*value.at[:2], *value.at[:2])
        entries: list[Value] = list(value.values()) if isinstance(value, Map) else value
        value = entries[-1] if entries else None


def _report_forbidden(text: str, path: str, report: Report) -> str:
    for number, line in enumerate(LINE_BREAK.split(text)):
        for match in FORBIDDEN.finditer(line):
            at = (number, match.start(), number, match.end())
            report.add(rules.CONTROL_CHARACTER, _unseen(match.group()), span(path, at), "delete it")
    # Stand-ins let libyaml read on, so that the file's other faults are told too.
    return FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)


def _unseen(character: str) -> str:
    return f"the character U+{ord(character):04X} cannot stand on a card"


class _Refused(Exception):  # noqa: N818 - never leaves this module
    """A construct that flashgen does not take; told already."""


class _Builder:
    def __init__(self, path: str, report: Report, text: str) -> None:
        self.path, self.report, self.text = path, report, text
        self.root: Value | None = None
        self.sizes: dict[int, int] = {}
        self.aliased = 0

    def run(self, parser: Any) -> None:  # noqa: C901, PLR0912, PLR0915 - a call an event would double its time
        """Build `root` from the parser's events."""
        scalar, alias = yaml.ScalarEvent, yaml.AliasEvent
        mapping, sequence = yaml.MappingStartEvent, yaml.SequenceStartEvent
        ends = (yaml.MappingEndEvent, yaml.SequenceEndEvent)
        next_event, has_escapes = parser.get_event, "\\" in self.text
        anchors: dict[str, Value] = {}
        stack: list[tuple[Any, str | None, Position | None]] = []
        # The open container, the key that waits for its value, and where that key stands.
        open_: Any = None
        key: str | None = None
        key_at: Position | None = None
        documents = values = 0
        value: Any
        while (event := next_event()) is not None:
            what = type(event)
            if what is scalar:
                start, end = event.start_mark, event.end_mark
                at = (start.line, start.column, end.line, end.column)
                value = event.value
                if event.tag is not None or event.anchor is not None:
                    self._note(event, value, anchors, at)
                # Only between these quotes can an escape make what the text does not hold.
                if has_escapes and event.style == '"':
                    value = nfc(self._clean(value, at) if FORBIDDEN.search(value) else value)
                if key is None and type(open_) is Map:
                    key, key_at = value, at
                    continue
            elif what in ends:
                mark = event.end_mark
                open_.at = (*open_.at[:2], mark.line, mark.column)
                open_, key, key_at = stack.pop()
                continue
            elif what is mapping or what is sequence:
                start = event.start_mark
                at = (start.line, start.column, start.line, start.column + 1)
                if key is None and type(open_) is Map:
                    self._refuse_key(open_, at)
                if len(stack) == MAX_DEPTH:
                    self._refuse(rules.YAML_SYNTAX, f"nested more than {MAX_DEPTH} deep", at, "write it flatter")
                value = Map() if what is mapping else Seq()
                value.at = at
                if event.tag is not None or event.anchor is not None:
                    self._note(event, value, anchors, at)
            elif what is alias:
                start, end = event.start_mark, event.end_mark
                at = (start.line, start.column, end.line, end.column)
                value = self._alias(event.anchor, anchors, at, [open_, *(entry[0] for entry in stack)])
                if type(open_) is Map and key is None:
                    self._refuse(rules.YAML_ALIAS, "an alias cannot be a key", at, "write the key out")
            else:
                if what is yaml.DocumentStartEvent:
                    documents += 1
                    if documents > 1:
                        mark = event.start_mark
                        at = (mark.line, mark.column, mark.line, mark.column + 3)
                        hint = "put it in a file of its own"
                        self._refuse(rules.YAML_SYNTAX, "a second document starts here", at, hint)
                continue

            values += 1
            if values > MAX_VALUES:
                message = f"this file holds more than {MAX_VALUES:,} values"
                self._refuse(rules.TOO_LARGE, message, at, "split it in several files")
            # Put the value where it belongs, before its own content is known: after a syntax error it is kept.
            if open_ is None:
                self.root = value
            elif type(open_) is Map:
                assert key is not None
                assert key_at is not None
                if key in open_:
                    self._duplicate(open_, key, key_at)
                else:
                    open_[key] = value
                    open_.keys_at[key] = key_at
                    open_.values_at[key] = at
            else:
                open_.append(value)
                open_.values_at.append(at)
            if what is scalar or what is alias:
                key = key_at = None
            else:
                stack.append((open_, None, None))
                open_, key, key_at = value, None, None

    def _note(self, event: Any, value: Value, anchors: dict[str, Value], at: Position) -> None:
        if event.tag is not None:
            tag = _short(event.tag.replace(_CORE_TAG, "!!", 1) if event.tag.startswith(_CORE_TAG) else event.tag)
            self.report.add(
                rules.YAML_TAG,
                f"`{tag}` reads as a tag, which means nothing here; every value is text",
                span(self.path, (*at[:2], at[0], at[1] + len(tag))),
                "delete it, or put the text in quotes",
            )
        if event.anchor is not None:
            anchors[event.anchor] = value

    def _alias(self, name: str, anchors: dict[str, Value], at: Position, open_: list[Any]) -> Value:
        if name not in anchors:
            self._refuse(rules.YAML_ALIAS, f"`*{name}` has no `&{name}` before it", at, _WRITE_OUT)
        value = anchors[name]
        if any(value is entry for entry in open_):
            self._refuse(rules.YAML_ALIAS, f"`*{name}` stands inside what it names", at, "write the value out")
        self.aliased += self._size(value)
        if self.aliased > MAX_ALIASED:
            self._refuse(
                rules.YAML_ALIAS, f"aliases repeat more than {MAX_ALIASED:,} values", at, "write the values out"
            )
        return value

    def _size(self, value: Value) -> int:
        """Return how many values stand in a value, aliases written out."""
        if isinstance(value, str):
            return 1
        size = self.sizes.get(id(value))
        if size is None:
            parts = value.values() if isinstance(value, Map) else value
            size = self.sizes[id(value)] = 1 + sum(map(self._size, parts))
        return size

    def _clean(self, value: str, at: Position) -> str:
        lines = self._lines
        for number in range(at[0], at[2] + 1):
            start = at[1] if number == at[0] else 0
            end = at[3] if number == at[2] else len(lines[number])
            for match in _ESCAPE.finditer(lines[number], start, end):
                code = match[1] or match[2] or match[3]
                character = chr(int(code, 16) if code else _SHORT.get(match[4], 0x20))
                if FORBIDDEN.match(character):
                    where = span(self.path, (number, match.start(), number, match.end()))
                    self.report.add(rules.CONTROL_CHARACTER, _unseen(character), where, "delete its escape")
        return FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", value)

    @cached_property
    def _lines(self) -> list[str]:
        return LINE_BREAK.split(self.text)

    def _duplicate(self, where: Map, key: str, at: Position) -> None:
        first = span(self.path, where.keys_at[key])
        self.report.add(
            rules.DUPLICATE_KEY,
            f"`{_short(key)}` stands here a second time",
            span(self.path, at),
            "keep one of the two",
            [Related("first here", first)],
        )

    def _refuse_key(self, open_: Map, at: Position) -> NoReturn:
        line, column = at[:2]
        if (line, column - 1) == open_.at[:2]:
            # Clozes start so: `text: {{c1::Pod}} …`.
            where = (line, column - 1, line, column + 1)
            self._refuse(rules.YAML_SYNTAX, "a value cannot start with `{{`", where, QUOTE)
        self._refuse(rules.YAML_SYNTAX, "a key must be plain text", at, "put the key in quotes")

    def _refuse(self, rule: Rule, message: str, at: Position, hint: str) -> NoReturn:
        self.report.add(rule, message, span(self.path, at), hint)
        raise _Refused


def _short(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
