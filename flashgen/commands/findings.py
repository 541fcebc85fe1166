"""Findings on standard output, and their count beneath."""

from __future__ import annotations

from pathlib import Path

from flashgen.diagnostics import Report, Severity
from flashgen.report import concise, full


def show_findings(report: Report, root: Path, format_: str) -> None:
    """Print the findings in the format wanted."""
    if not len(report):
        return
    for text in concise.lines(report) if format_ == "concise" else full.blocks(report, root):
        print(text)
    if format_ == "full":
        print(summary(report))


def summary(report: Report) -> str:
    """Return how many findings there are, in how many files."""
    counts = [(report.count(severity), severity.value) for severity in (Severity.ERROR, Severity.WARNING)]
    told = " and ".join(f"{count} {word}{'s' * (count != 1)}" for count, word in counts if count)
    files = len({finding.span.path for finding in report})
    return f"Found {told} in {files} file{'s' * (files != 1)}."
