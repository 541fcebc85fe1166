"""Quotes around texts that YAML reads as something else, where it is sure which text is meant."""

from __future__ import annotations

import re
from collections.abc import Collection

from flashgen import rules
from flashgen.author.fix.changes import Cured
from flashgen.diagnostics import Finding, Report
from flashgen.read.source import parse_yaml
from flashgen.values import Map, Seq, Value
from flashgen.write.edit import Edit, Places, apply, quoted, readable, value_of

# The faults that quotes around the whole of a value on its line cure, by how they are told (yaml_words.py, source.py).
_CURED = re.compile(
    r"a value cannot start with .*|a `: ` inside a text reads as a key|text goes on after this `[\]}]`|"
    r"the text goes on after its closing quote|`.*` reads as a tag|`.*` has no `&.*` before it"
)
_RULES = (rules.YAML_SYNTAX, rules.YAML_TAG, rules.YAML_ALIAS)
# The indentation, dashes and key before a value on its line, and the value.
_LINE = re.compile(
    r"((?P<indent> *(?:- +)*)(?:[^\s\"'#\[\]{},&*!|>%@`-][^\"'#\[\]{}]*?:|(?<=- )(?=\S))) *(?P<value>\S.*?)\s*"
)
_MOST = 1000


def quote(text: str, keys: Collection[str]) -> Cured | None:
    """Return a YAML text in which the values that broke it stand in quotes, or None where that does not mend it all.

    `keys` are the names that a value may have swallowed where a line break was forgotten.
    """
    told: list[tuple[int, str]] = []
    wanted: dict[int, str] = {}
    before = text
    while len(told) < _MOST and not readable(text):
        finding = _first(text)
        cured = _CURED.match(finding.message) if finding is not None else None
        if finding is None or cured is None:
            return None
        line = finding.span.line - 1
        places = Places(text)
        found = _value_on(text, places, line)
        if found is None or line in wanted or not _is_sure(found[1], cured.group(), keys):
            return None
        start, value = found
        text = apply(text, [Edit(start, start + len(value), quoted(value))])
        wanted[line] = value
        told.append((line + 1, f"put in quotes: {_cut(value)}"))
    # Each must be the text that stood there, and no key or part of another.
    said = _by_line(value_of(text))
    if text == before or any(value not in said.get(line, ()) for line, value in wanted.items()):
        return None
    # All of it can be read now.
    return Cured(text, told, [(rule, None) for rule in _RULES])


def _is_sure(value: str, complaint: str, keys: Collection[str]) -> bool:
    """Whether all of a value is meant as one text."""
    if any(match[1] in keys for match in re.finditer(r"([\w-]+):(?: |$)", value)):
        return False
    if value[0] in "[{":
        # A text that only starts with brackets, or with a gap.
        gap = value.startswith("{{") and "`{{`" in complaint
        return gap or re.match(r"(\[[^\[\]{}]*\]|\{[^\[\]{}]*\}) ?\w", value) is not None
    if value[0] in "\"'":
        return re.match(r"""("[^"]*"|'(?:[^']|'')*') ?\w""", value) is not None
    return True


def _first(text: str) -> Finding | None:
    report = Report()
    parse_yaml(text, "", report)
    faults = [finding for finding in report if finding.rule in _RULES]
    return faults[0] if faults and len(faults) == len(report) else None


def _value_on(text: str, places: Places, line: int) -> tuple[int, str] | None:
    """Return where the value on a line starts, and the value, or None where more than that may be meant."""
    start = places.starts[line]
    following = places.starts[line + 1] if line + 1 < len(places.starts) else len(text)
    match = _LINE.fullmatch(text[start:following])
    # What stands behind ` #` may be a remark, or not.
    if match is None or " #" in match["value"] or match["value"][0] in "|>":
        return None
    rows = zip(places.starts[line + 1 :], [*places.starts[line + 2 :], len(text)], strict=True)
    said = next((row for start_, end in rows if (row := text[start_:end]).strip()), "")
    # A deeper line belongs to the value.
    if len(said) - len(said.lstrip(" ")) > len(match["indent"]) and not said.lstrip().startswith("#"):
        return None
    return start + match.start("value"), match["value"]


def _by_line(value: Value | None) -> dict[int, list[str]]:
    """Return the texts of a value by the line, from 0, that they start on."""
    found: dict[int, list[str]] = {}
    open_ = [value]
    while open_:
        entry = open_.pop()
        parts = []
        if isinstance(entry, Map):
            parts = [(entry[name], at) for name, at in entry.values_at.items()]
        elif isinstance(entry, Seq):
            parts = list(zip(entry, entry.values_at, strict=True))
        for part, at in parts:
            if isinstance(part, str):
                found.setdefault(at[0], []).append(part)
            else:
                open_.append(part)
    return found


def _cut(text: str, limit: int = 40) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
