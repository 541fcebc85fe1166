"""One property of a YAML file set anew, with the rest of the file kept to the byte."""

from __future__ import annotations

from flashgen.diagnostics import Report
from flashgen.errors import FlashgenError
from flashgen.read.source import parse_yaml
from flashgen.values import LINE_BREAK, Map


def set_property(text: str, name: str, value: str) -> str:
    """Return the text of a YAML mapping in which a property has a value, changed where it stands, else added last.

    Raises FlashgenError where the text is no mapping written in lines.
    """
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    body = text.removeprefix(mark)
    mapping, whole = parse_yaml(body, "", Report())
    if not whole or not isinstance(mapping, Map) or body.lstrip().startswith("{"):
        raise FlashgenError(
            f"`{name}` cannot be written: the file is not `key: value` lines", f"write `{name}: {value}`"
        )
    quoted = f'"{value}"'
    if name in mapping:
        line, column, end_line, end_column = mapping.values_at[name]
        start, end = _offset(body, line, column), _offset(body, end_line, end_column)
        return mark + body[:start] + (quoted if start < end else f" {quoted}") + body[end:]
    newline = "\r\n" if "\r\n" in body else "\n"
    body = body if body.endswith(("\n", "\r")) or not body else body + newline
    return f"{mark}{body}{name}: {quoted}{newline}"


def _offset(text: str, line: int, column: int) -> int:
    """Return where a line and column, both from 0, stand in a text."""
    start = 0
    for found, match in enumerate(LINE_BREAK.finditer(text), 1):
        if found > line:
            break
        start = match.end()
    return start + column
