"""One line a finding, for pipes and editors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flashgen.diagnostics import Finding, Span
from flashgen.report.paint import CYAN, PLAIN, Paint


def lines(findings: Iterable[Finding], paint: Paint = PLAIN) -> Iterator[str]:
    """Yield `path:line:column: severity code name: message (hint)` for each finding."""
    for finding in findings:
        rule = finding.rule
        named = paint.severity(f"{rule.severity} {rule.code}", rule.severity)
        hint = f" ({paint(finding.hint, CYAN)})" if finding.hint else ""
        yield f"{paint(place(finding.span), CYAN)}: {named} {rule.name}: {finding.message}{hint}"


def place(span: Span) -> str:
    """Return `path:line:column`, or the path alone where a whole file is meant."""
    return f"{span.path}:{span.line}:{span.column}" if span.line else span.path
