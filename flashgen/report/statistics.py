"""How often each rule was broken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from flashgen.diagnostics import Finding, Rule
from flashgen.report.paint import PLAIN, Paint


def counts(findings: Iterable[Finding]) -> list[tuple[Rule, int]]:
    """Return the rules that were broken and how often, the most frequent first."""
    found = Counter(finding.rule for finding in findings)
    return sorted(found.items(), key=lambda entry: (-entry[1], entry[0].code))


def lines(findings: Iterable[Finding], paint: Paint = PLAIN) -> Iterator[str]:
    """Yield `count severity code name` for each rule that was broken."""
    counted = counts(findings)
    width = max((len(str(count)) for _, count in counted), default=0)
    for rule, count in counted:
        yield f"{count:>{width}}  {paint.severity(f'{rule.severity:7}', rule.severity)}  {rule.code} {rule.name}"
