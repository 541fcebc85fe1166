"""What a fact, or the project for its kind, sets aside of what is found in it."""

from __future__ import annotations

from flashgen.diagnostics import Rule, Severity
from flashgen.values import Map


class Allowances:
    """The rules that a fact sets aside, each with its reason, and which of them were needed.

    `ignored` names the rules that the project sets aside for the fact's kind.
    """

    __slots__ = ("ignored", "reasons", "used")

    def __init__(self, reasons: Map | None = None) -> None:
        self.reasons = reasons
        self.ignored: frozenset[str] = frozenset()
        self.used: set[str] = set()

    def covers(self, rule: Rule) -> bool:
        """Whether the rule is set aside here, which then counts as used. Errors never are."""
        if rule.severity is Severity.ERROR:
            return False
        if self.reasons is not None and rule.name in self.reasons:
            self.used.add(rule.name)
            return True
        return rule.name in self.ignored
