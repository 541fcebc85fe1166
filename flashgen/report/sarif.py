"""Findings as SARIF 2.1.0, for code scanning and editors; the OASIS standard of that name says what each key means.

GitHub's page on SARIF support asks for descriptions and a help text of every rule, and takes a relative path as one
from the root of the repository.
"""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import quote

from flashgen.diagnostics import Finding, Rule, Span
from flashgen.explain import page, summary
from flashgen.read.places import BUILT_IN
from flashgen.report.json_text import json_text
from flashgen.rules import RULES

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_Json = dict[str, object]


def dump(findings: Collection[Finding], version: str, folder: str = "") -> str:
    """Return the log as text; `folder` is the project's in its repository, "" or ending in `/`."""
    numbers = {rule: number for number, rule in enumerate(RULES)}
    driver = {"name": "flashgen", "version": version, "rules": [_rule(rule) for rule in RULES]}
    run = {
        "tool": {"driver": driver},
        # What `Span` counts.
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, numbers[finding.rule], folder) for finding in findings],
    }
    return json_text({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(rule: Rule) -> _Json:
    help_ = page(rule)
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.name.replace("-", " ")},
        "fullDescription": {"text": summary(rule)},
        "help": {"text": help_, "markdown": help_},
        "defaultConfiguration": {"enabled": rule.on, "level": rule.severity.value},
    }


def _result(finding: Finding, number: int, folder: str) -> _Json:
    hint = f"\nhint: {finding.hint}" if finding.hint else ""
    result: _Json = {
        "ruleId": finding.rule.code,
        "ruleIndex": number,
        "level": finding.rule.severity.value,
        "message": {"text": finding.message + hint},
        "locations": [_location(finding.span, folder)],
    }
    if finding.related:
        result["relatedLocations"] = [
            {"id": number, **_location(related.span, folder), "message": {"text": related.message}}
            for number, related in enumerate(finding.related, 1)
        ]
    return result


def _location(span: Span, folder: str) -> _Json:
    is_ours = span.path.startswith(BUILT_IN)
    uri = quote(span.path, safe="/:") if is_ours else quote(folder + span.path)
    place: _Json = {"artifactLocation": {"uri": uri}}
    if span.line:
        place["region"] = {
            "startLine": span.line,
            "startColumn": span.column,
            "endLine": span.end_line,
            "endColumn": span.end_column,
        }
    return {"physicalLocation": place}
