"""What is wrong with a template, before and after it is known where: without Jinja, which few runs have to load."""

from __future__ import annotations

from flashgen.diagnostics import Report, Rule, Span


class Misuse(Exception):  # noqa: N818 - raised inside templates, where `run` gives it its place
    """A template asks for what cannot be. `culprit` is the word in the template's line that shows where."""

    def __init__(self, rule: Rule, message: str, hint: str, culprit: str) -> None:
        super().__init__(message)
        self.rule, self.message, self.hint, self.culprit = rule, message, hint, culprit


class TemplateFault(Exception):  # noqa: N818 - a fault of the author's, which becomes a finding
    """A template cannot be used. Carries the finding."""

    def __init__(self, rule: Rule, message: str, span: Span, hint: str | None = None) -> None:
        super().__init__(message)
        self.rule, self.message, self.span, self.hint = rule, message, span, hint

    def tell(self, report: Report) -> None:
        """Report the fault."""
        report.add(self.rule, self.message, self.span, self.hint)
