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
            f"deck.yaml is not written in `key: value` lines, so `{name}` cannot be put in",
            "write each property on a line of its own, without the braces around them",
        )
    quoted = f'"{value}"'
    if name in mapping:
        line, column, end_line, end_column = mapping.values_at[name]
        start, end = _offset(body, line, column), _offset(body, end_line, end_column)
        changed = body[:start] + (quoted if start < end else f" {quoted}") + body[end:]
    else:
        newline = "\r\n" if "\r\n" in body else "\n"
        changed = body if body.endswith(("\n", "\r")) or not body else body + newline
        changed += f"{name}: {quoted}{newline}"
    # YAML has more ways to be written than those above were made for.
    if parse_yaml(changed, "", Report()) != ({**mapping, name: value}, True):
        hint = f"write `{name}: {quoted}` in it"
        raise FlashgenError(f"deck.yaml is written so that `{name}` cannot be put in", hint)
    return mark + changed


def _offset(text: str, line: int, column: int) -> int:
    """Return where a line and column, both from 0, stand in a text."""
    start = 0
    for found, match in enumerate(LINE_BREAK.finditer(text), 1):
        if found > line:
            break
        start = match.end()
    return start + column
