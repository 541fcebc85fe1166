"""Findings as GitHub's workflow commands, which its pages show as annotations at their lines.

Their form is that of "Workflow commands for GitHub Actions" in GitHub's documentation; what has to be escaped, and how,
is that of `@actions/core`, which is what makes and reads them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flashgen.diagnostics import Finding, Span
from flashgen.read.places import BUILT_IN
from flashgen.report.concise import place

_DATA = (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"))
_PROPERTY = (*_DATA, (":", "%3A"), (",", "%2C"))


def lines(findings: Iterable[Finding], folder: str = "") -> Iterator[str]:
    """Yield a command for each finding; `folder` is the project's in its repository, "" or ending in `/`."""
    for finding in findings:
        rule = finding.rule
        properties = {"title": f"flashgen {rule.code} {rule.name}", **_place(finding.span, folder)}
        told = ",".join(f"{name}={_escaped(str(value), _PROPERTY)}" for name, value in properties.items())
        yield f"::{rule.severity} {told}::{_escaped(_message(finding), _DATA)}"


def _message(finding: Finding) -> str:
    related = [f"{related.message}: {place(related.span)}" for related in finding.related]
    hint = [f"hint: {finding.hint}"] if finding.hint else []
    return "\n".join([finding.message, *related, *hint])


def _place(span: Span, folder: str) -> dict[str, str | int]:
    # A path such as flashgen:templates/… is in no repository.
    is_ours = span.path.startswith(BUILT_IN)
    where: dict[str, str | int] = {"file": span.path if is_ours else folder + span.path}
    if not span.line:
        return where
    where["line"] = span.line
    # GitHub takes columns only for a place within one line.
    if span.end_line == span.line:
        where |= {"col": span.column, "endLine": span.end_line, "endColumn": span.end_column}
    else:
        # A block of text ends where the next line begins; below that line an annotation would seem to speak of it.
        where["endLine"] = span.end_line - (span.end_column == 1)
    return where


def _escaped(text: str, pairs: Iterable[tuple[str, str]]) -> str:
    for character, escape in pairs:
        text = text.replace(character, escape)
    return text
