"""A table that an author writes → which old note becomes which fact."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from flashgen.diagnostics import Report
from flashgen.errors import FlashgenError
from flashgen.read.source import parse_yaml
from flashgen.values import Map, nfc

_HINT = "write lines of two columns: the old note's guid or first field, and the fact's id"
_DELIMITERS = {".csv": ",", ".tsv": "\t", ".txt": "\t"}
_HEADERS = ({"old", "guid", "text", "note"}, {"fact", "id"})


class Row(Struct, frozen=True):
    """An old note's guid or text, and the fact, or `fact/part`, that takes its place. `where` is `file:line`."""

    old: str
    fact: str
    where: str


def read_table(file: Path) -> tuple[Row, ...]:
    """Return the lines of a .csv, .tsv, .txt or .yaml file. Raises FlashgenError where it cannot be read."""
    try:
        text = nfc(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise FlashgenError(f"{file} cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise FlashgenError(f"{file} is not in UTF-8", "save it in UTF-8") from None
    ending = file.suffix.lower()
    if ending in (".yaml", ".yml"):
        return tuple(_yaml_rows(text, file.name))
    if ending not in _DELIMITERS:
        raise FlashgenError(f"{file} is no table", "name it .csv, .tsv or .yaml")
    return tuple(_csv_rows(text, file.name, _DELIMITERS[ending]))


def _csv_rows(text: str, name: str, delimiter: str) -> Iterator[Row]:
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    first = True
    try:
        for cells in lines:
            where = f"{name}:{lines.line_num}"
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != 2:  # noqa: PLR2004 - what the hint says
                raise FlashgenError(f"{where}: this line has {len(cells)} columns", _HINT)
            old, fact = (cell.strip() for cell in cells)
            if not (first and old.lower() in _HEADERS[0] and fact.lower() in _HEADERS[1]):
                yield Row(old, fact, where)
            first = False
    except csv.Error as error:
        raise FlashgenError(f"{name}:{lines.line_num}: {error}", _HINT) from None


def _yaml_rows(text: str, name: str) -> Iterator[Row]:
    report = Report()
    value, whole = parse_yaml(text, name, report)
    for finding in report:
        raise FlashgenError(f"{name}:{finding.span.line}: {finding.message}", finding.hint)
    if not whole or not isinstance(value, Map):
        raise FlashgenError(f"{name} is no table", "write lines of `old guid or first field: fact`")
    for old, fact in value.items():
        where = f"{name}:{value.keys_at[old][0] + 1}"
        if not isinstance(fact, str):
            raise FlashgenError(f"{where}: this names no fact", "write `old guid or first field: fact`")
        yield Row(old.strip(), fact.strip(), where)
