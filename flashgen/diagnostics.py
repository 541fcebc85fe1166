"""Findings: what is wrong in an author's files, as data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum

from msgspec import Struct


class Severity(StrEnum):
    """How much a finding weighs: an error stops a build, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


class Rule(Struct, frozen=True):
    """One thing that can be wrong, under a code and a name that never change; `on` unless it has to be asked for."""

    code: str
    name: str
    severity: Severity
    on: bool = True


class Span(Struct, frozen=True, order=True):
    """A stretch of a file: lines and columns count characters from 1, the end is exclusive.

    `path` is relative to the project, with `/`. Line 0 means the file or folder as a whole.
    """

    path: str
    line: int = 0
    column: int = 0
    end_line: int = 0
    end_column: int = 0


class Related(Struct, frozen=True):
    """A second place that belongs to a finding, and why."""

    message: str
    span: Span


class Finding(Struct, frozen=True):
    """One problem: what is wrong, where, and how to mend it."""

    rule: Rule
    message: str
    span: Span
    hint: str | None = None
    related: tuple[Related, ...] = ()


# An author mends the first few; to hold millions of them would take the machine's memory.
MOST_PER_FILE = 10_000
# A longer word is no slip of the pen.
_LONGEST_WORD = 200


class Report:
    """The findings of one run, each told once, in the order of the files; of one file, so many and no more."""

    def __init__(self) -> None:
        # A dict, because the same fault can be met once per language.
        self._findings: dict[Finding, None] = {}
        self._left_out: frozenset[str] = frozenset()
        self._of_file: dict[str, int] = {}
        self._failed = False

    def leave_out(self, names: Iterable[str]) -> None:
        """Note no findings of the rules of these names from now on."""
        self._left_out = self._left_out.union(names)

    def add(
        self,
        rule: Rule,
        message: str,
        span: Span,
        hint: str | None = None,
        related: Iterable[Related] = (),
    ) -> None:
        """Note a finding, unless its rule is left out."""
        if rule.name in self._left_out:
            return
        told = self._of_file[span.path] = self._of_file.get(span.path, 0) + 1
        # Of many warnings, the first error among them is told.
        is_first_error = rule.severity is Severity.ERROR and not self._failed
        self._failed |= is_first_error
        if told <= MOST_PER_FILE or is_first_error:
            self._findings[Finding(rule, message, span, hint, tuple(related))] = None

    def take(self, other: Report) -> None:
        """Note all that another report holds, and leave out from now on what it leaves out."""
        self._findings |= other._findings
        self._failed |= other._failed
        for path, told in other._of_file.items():
            self._of_file[path] = self._of_file.get(path, 0) + told
        self.leave_out(other._left_out)

    def __iter__(self) -> Iterator[Finding]:
        """Yield the findings, sorted by place, then code."""
        return iter(sorted(self._findings, key=lambda f: (f.span, f.rule.code, f.message)))

    def __len__(self) -> int:
        return len(self._findings)

    def count(self, severity: Severity) -> int:
        """Return how many findings weigh this much."""
        return sum(finding.rule.severity is severity for finding in self._findings)

    @property
    def failed(self) -> bool:
        """Whether there is an error, so that nothing may be written."""
        return self._failed

    def stops(self, *, strict: bool) -> bool:
        """Whether nothing may be written: there is an error, or, where one is strict, a warning."""
        return self.failed or (strict and len(self) > 0)


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """Return a hint that names the closest known word, or None where nothing is close."""
    # Few runs have such a finding, and all would wait for the import.
    import difflib  # noqa: PLC0415

    if len(word) > _LONGEST_WORD:
        return None
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.7)
    return f"did you mean `{close[0]}`?" if close else None


def one_of(known: Iterable[str]) -> str:
    """Return the known words as a phrase for a hint."""
    words = [f"`{word}`" for word in known]
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + f" or {words[-1]}" if words else "nothing"


def choose(word: str, known: Iterable[str]) -> str:
    """Return the best hint for a word that is not one of the known ones."""
    words = list(known)
    return did_you_mean(word, words) or f"use {one_of(words)}"
