"""FG510: a table with more columns than a phone has room for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flashgen import rules
from flashgen.lint.card import Card
from flashgen.lint.check import CardCheck, Found, Limits
from flashgen.pattern import pattern

_ROW = pattern(r"<tr\b.*?</tr>", re.DOTALL)
_CELL = pattern(r"<t[hd]\b")


def _judge(card: Card, limits: Limits) -> Iterator[Found]:
    if not card.is_first:
        return
    most = limits.count("columns")
    for name, html in card.fields.items():
        if "<table" not in html:
            continue
        columns = max((len(_CELL.findall(row)) for row in _ROW.findall(html)), default=0)
        if columns > most:
            message = f"the table of `{card.name}` has {columns} columns; a phone has room for {most}"
            hint = "leave columns out, turn rows into columns, or make a `comparison` of it"
            yield Found(card.field_at((name,)), message, hint)


CHECK = CardCheck(rules.WIDE_TABLE, _judge, limits={"columns": 3})
