"""Findings ↔ what JSON can hold, to be kept in the cache."""

from __future__ import annotations

from typing import Any

from flashgen import rules
from flashgen.diagnostics import Finding, Related, Rule, Span

_RULES = {rule.code: rule for rule in rules.RULES}


def to_data(finding: Finding) -> list[Any]:
    """Return a finding as JSON can hold it."""
    related = [[entry.message, _place(entry.span)] for entry in finding.related]
    return [finding.rule.code, finding.message, _place(finding.span), finding.hint, related]


def from_data(data: list[Any]) -> tuple[Rule, str, Span, str | None, list[Related]]:
    """Return a finding's rule, message, span, hint and related places, as `Report.add` takes them."""
    code, message, place, hint, related = data
    return _RULES[code], message, Span(*place), hint, [Related(text, Span(*at)) for text, at in related]


def _place(span: Span) -> list[Any]:
    return [span.path, span.line, span.column, span.end_line, span.end_column]
