"""One line a finding, for pipes and editors."""

from __future__ import annotations

from collections.abc import Iterator

from flashgen.diagnostics import Report, Span


def lines(report: Report) -> Iterator[str]:
    """Yield `path:line:column: severity code name: message (hint)` for each finding."""
    for finding in report:
        rule = finding.rule
        hint = f" ({finding.hint})" if finding.hint else ""
        yield f"{place(finding.span)}: {rule.severity} {rule.code} {rule.name}: {finding.message}{hint}"


def place(span: Span) -> str:
    """Return `path:line:column`, or the path alone where a whole file is meant."""
    return f"{span.path}:{span.line}:{span.column}" if span.line else span.path
