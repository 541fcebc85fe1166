"""FG507: a size in a project's CSS that a phone, or a reader's own zoom, cannot change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import tinycss2

from flashgen import rules
from flashgen.diagnostics import Span
from flashgen.lint.check import Found, Limits, Whole, WholeCheck
from flashgen.lint.sources import own_files, rules_of

_WIDTHS = ("width", "min-width")


def _judge(whole: Whole, limits: Limits) -> Iterator[Found]:
    for path, text in own_files(whole.project, "*.css"):
        for declaration in declarations(text):
            values = [token for token in declaration.value if token.type not in ("whitespace", "comment")]
            if len(values) != 1 or values[0].type != "dimension":
                continue
            fault = _fault(declaration.lower_name, values[0].value, values[0].lower_unit, limits)
            if fault is not None:
                line, column = declaration.source_line, declaration.source_column
                where = Span(path, line, column, line, column + len(declaration.name))
                yield Found(where, *fault)


def _fault(name: str, value: float, unit: str, limits: Limits) -> tuple[str, str] | None:
    if name in _WIDTHS and unit == "px" and value > limits.count("width"):
        return f"`{name}` is {value:g} pixels; a phone shows {limits.count('width')}", "write `max-width`, or use `%`"
    if name == "font-size" and unit == "px" and value < limits.count("font"):
        return f"letters of {value:g} pixels are too small to read", f"take {limits.count('font')}px or more, or `rem`"
    if name == "font-size" and unit in ("vw", "vh"):
        return f"letters measured in `{unit}` do not grow when a reader zooms", "use `rem`"
    return None


def declarations(css: str) -> Iterator[Any]:
    """Yield the declarations of a style sheet, in `@media` and its like too."""
    pending = rules_of(css)
    while pending:
        rule = pending.pop(0)
        if rule.type == "qualified-rule":
            found = tinycss2.parse_declaration_list(rule.content, skip_comments=True, skip_whitespace=True)
            yield from (entry for entry in found if entry.type == "declaration")
        elif rule.type == "at-rule" and rule.content is not None:
            pending[:0] = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)


CHECK = WholeCheck(rules.FIXED_SIZE, _judge, limits={"width": 320, "font": 13})
