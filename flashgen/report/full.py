"""A finding with the lines it speaks of, a caret under the place, and the cure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from flashgen.diagnostics import Finding, Report, Span
from flashgen.read.project import built_in_templates
from flashgen.report.concise import place
from flashgen.values import LINE_BREAK

_WIDEST = 100


def blocks(report: Report, root: Path) -> Iterator[str]:
    """Yield a block of text for each finding; `root` is the project that its paths start from."""
    for finding in report:
        yield "\n".join(_block(finding, root)) + "\n"


def _block(finding: Finding, root: Path) -> Iterator[str]:
    rule = finding.rule
    yield f"{rule.severity}[{rule.code}] {rule.name}: {finding.message}"
    yield f"  --> {place(finding.span)}"
    yield from _excerpt(finding.span, root)
    for related in finding.related:
        yield f"   = {related.message}: {place(related.span)}"
    if finding.hint:
        yield f"   = hint: {finding.hint}"


def _excerpt(span: Span, root: Path) -> Iterator[str]:
    lines = _lines(root, span.path)
    if not 1 <= span.line <= len(lines):
        return
    width = len(str(span.line))
    line = lines[span.line - 1]
    start = span.column - 1
    end = span.end_column - 1 if span.end_line == span.line else len(line)
    # A long line is shown from just before the place.
    cut = max(0, start - _WIDEST // 2) if len(line) > _WIDEST else 0
    # A tab is shown as an arrow: where it stands in the indentation, it is the fault itself.
    shown = line[cut : cut + _WIDEST].replace("\t", "→")
    marked = line[start : min(max(end, start + 1), cut + _WIDEST)]
    yield f"{' ' * width} |"
    yield f"{span.line} | {'…' if cut else ''}{shown}"
    yield f"{' ' * width} | {' ' * (_columns(line[cut:start]) + bool(cut))}{'^' * max(1, _columns(marked))}"


@lru_cache(maxsize=64)
def _lines(root: Path, path: str) -> list[str]:
    prefix = "flashgen:templates/"
    file = built_in_templates() / path.removeprefix(prefix) if path.startswith(prefix) else root / path
    try:
        text = file.read_text(encoding="utf-8-sig", errors="replace")
    except (OSError, ValueError):
        return []
    text = unicodedata.normalize("NFC", text)
    return ["".join(c if c.isprintable() or c == "\t" else "�" for c in line) for line in LINE_BREAK.split(text)]


def _columns(text: str) -> int:
    """Return how many columns a terminal gives to text: Korean letters take two, combining marks none."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )
