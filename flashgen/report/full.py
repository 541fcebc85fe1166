"""A finding with the lines it speaks of, a caret under the place, and the cure."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from flashgen.diagnostics import Finding, Severity, Span
from flashgen.read.places import BUILT_IN, TEMPLATES, built_in_templates
from flashgen.report.concise import place
from flashgen.report.paint import BLUE, BOLD, CYAN, PLAIN, Paint
from flashgen.values import LINE_BREAK

_WIDEST = 100


# Marks a finding that `check --fix` mends.
MARK = "[*]"


def blocks(
    findings: Iterable[Finding], root: Path, paint: Paint = PLAIN, fixable: Collection[Finding] = ()
) -> Iterator[str]:
    """Yield a block of text for each finding; `root` is the project that its paths start from."""

    # Findings come in the order of the files. Not kept from one call to the next: files change while they are watched.
    @lru_cache(maxsize=2)
    def read(path: str) -> list[str]:
        return _lines(root, path)

    for finding in findings:
        yield "\n".join(_block(finding, read, paint, is_fixable=finding in fixable)) + "\n"


def _block(finding: Finding, read: Callable[[str], list[str]], paint: Paint, *, is_fixable: bool) -> Iterator[str]:
    rule = finding.rule
    head = paint.severity(f"{rule.severity}[{rule.code}] {rule.name}", rule.severity, BOLD)
    mark = f" {paint(MARK, CYAN)}" if is_fixable else ""
    yield f"{head}{mark}: {paint(finding.message, BOLD)}"
    yield f"  {paint('-->', BLUE)} {paint(place(finding.span), CYAN)}"
    yield from _excerpt(finding.span, read, rule.severity, paint)
    for related in finding.related:
        yield f"   {paint('=', BLUE)} {related.message}: {paint(place(related.span), CYAN)}"
    if finding.hint:
        yield f"   {paint('=', BLUE)} {paint('hint', CYAN)}: {finding.hint}"


def _excerpt(span: Span, read: Callable[[str], list[str]], severity: Severity, paint: Paint) -> Iterator[str]:
    lines = read(span.path)
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
    carets = paint.severity("^" * max(1, _columns(marked)), severity)
    bar = paint(f"{' ' * width} |", BLUE)
    yield bar
    yield f"{paint(f'{span.line} |', BLUE)} {'…' if cut else ''}{shown}"
    yield f"{bar} {' ' * (_columns(line[cut:start]) + bool(cut))}{carets}"


def _lines(root: Path, path: str) -> list[str]:
    prefix = f"{BUILT_IN}{TEMPLATES}/"
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
