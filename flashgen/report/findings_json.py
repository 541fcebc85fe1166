"""Findings as one JSON object, for scripts. Keys are only ever added; `format` is raised where one goes or changes.

```
{"format": 1,
 "errors": 1, "warnings": 2,            how many there are
 "findings": [{
   "code": "FG104",                     of the rule, as its name; neither ever changes
   "name": "unknown-property",
   "severity": "error",                 or "warning"
   "message": text,
   "hint": text,                        the cure, or null
   "fixable": true,                     whether `check --fix` mends it
   "path": "cards/k8s/pods.yaml",       from the project's folder on, with `/`
   "span": SPAN,                        or null where the file or folder as a whole is meant
   "related": [{"message": text, "path": path, "span": SPAN or null}]}],
 "statistics": [{"code": "FG104", "name": "unknown-property", "severity": "error", "count": 1}],
 "packages": ["dist/k8s.apkg"]}         what `build` wrote, from the project's folder on
```

SPAN is `{"line": 7, "column": 5, "end_line": 7, "end_column": 10}`: characters count from 1, the end is exclusive.
"""

from __future__ import annotations

from collections.abc import Collection

from flashgen.diagnostics import Finding, Severity, Span
from flashgen.report.json_text import json_text
from flashgen.report.statistics import counts

FORMAT = 1
_Json = dict[str, object]


def dump(findings: Collection[Finding], packages: Collection[str] = (), fixable: Collection[Finding] = ()) -> str:
    """Return the object as text."""
    severities = [finding.rule.severity for finding in findings]
    return json_text(
        {
            "format": FORMAT,
            "errors": severities.count(Severity.ERROR),
            "warnings": severities.count(Severity.WARNING),
            "findings": [{**_finding(finding), "fixable": finding in fixable} for finding in findings],
            "statistics": [
                {"code": rule.code, "name": rule.name, "severity": rule.severity.value, "count": count}
                for rule, count in counts(findings)
            ],
            "packages": list(packages),
        }
    )


def _finding(finding: Finding) -> _Json:
    return {
        "code": finding.rule.code,
        "name": finding.rule.name,
        "severity": finding.rule.severity.value,
        "message": finding.message,
        "hint": finding.hint,
        "path": finding.span.path,
        "span": _span(finding.span),
        "related": [
            {"message": related.message, "path": related.span.path, "span": _span(related.span)}
            for related in finding.related
        ],
    }


def _span(span: Span) -> _Json | None:
    if not span.line:
        return None
    return {"line": span.line, "column": span.column, "end_line": span.end_line, "end_column": span.end_column}
