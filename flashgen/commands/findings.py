"""Findings as their author wants them: where, in which format, and how many of them stop a command."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterable
from pathlib import Path

from msgspec import Struct, field

from flashgen.commands.screen import Screen
from flashgen.diagnostics import Finding, Report, Severity
from flashgen.report.paint import BOLD, CYAN, Paint
from flashgen.rules import MENDED

JSON, SARIF, GITHUB, FULL, CONCISE = "json", "sarif", "github", "full", "concise"
# Each is one document, which owns what it is written to.
DOCUMENTS = (JSON, SARIF)


class Findings(Struct, frozen=True):
    """How findings are told.

    `format` is one of those above; `file` takes them in the place of standard output. With `strict`, warnings stop a
    command as errors do. `repository` is the project's folder in its repository, "" or ending in `/`.
    `has_summary` asks for their count beneath text in full.
    """

    screen: Screen = field(default_factory=Screen)
    format: str = FULL
    file: Path | None = None
    is_strict: bool = False
    as_statistics: bool = False
    repository: str = ""
    has_summary: bool = True

    def stop(self, report: Report) -> bool:
        """Whether what was found stops the command."""
        return report.stops(strict=self.is_strict)

    @property
    def owns_output(self) -> bool:
        """Whether standard output is one document, so that nothing else may go there."""
        return self.format in DOCUMENTS and self.file is None

    def show(self, report: Report, root: Path, packages: Collection[str] = (), *, aside: bool = False) -> None:
        """Tell what was found in the project at `root`; `packages` are what was written, by their paths in it.

        With `aside`, text goes to standard error, out of the way of results.
        """
        findings = list(report)
        if self.file is not None:
            from flashgen.write.atomic import write_bytes

            text = self._text(findings, root, packages, Paint())
            write_bytes(self.file, (text + "\n" if text else "").encode())
            return
        if self.screen.is_quiet and not self.is_strict and self.format not in DOCUMENTS:
            findings = [finding for finding in findings if finding.rule.severity is Severity.ERROR]
        aside = aside and self.format not in DOCUMENTS
        text = self._text(findings, root, packages, self.screen.err if aside else self.screen.out)
        if text:
            print(text, file=sys.stderr if aside else sys.stdout)
        # Whoever reads a log can look it up; whoever sits at a terminal is told how.
        if findings and self.format == FULL and self.screen.is_live and self.has_summary and not self.as_statistics:
            self.screen.tell(more(findings))

    def _text(self, findings: Collection[Finding], root: Path, packages: Collection[str], paint: Paint) -> str:
        # Each when it is wanted: they take longer to load than a run that finds all it needs in the cache.
        if self.format == JSON:
            from flashgen.report import findings_json

            return findings_json.dump(findings, packages, _fixable(findings, root))
        if self.format == SARIF:
            import flashgen
            from flashgen.report import sarif

            return sarif.dump(findings, flashgen.__version__, self.repository)
        return "\n".join(self._lines(findings, root, paint)) if findings else ""

    def _lines(self, findings: Collection[Finding], root: Path, paint: Paint) -> Iterable[str]:
        from flashgen.report import concise, full, github, statistics

        if self.as_statistics:
            return statistics.lines(findings, paint)
        if self.format == GITHUB:
            return github.lines(findings, self.repository)
        if self.format == CONCISE:
            return concise.lines(findings, paint)
        if self.screen.is_quiet or not self.has_summary:
            return full.blocks(findings, root, paint)
        fixable = _fixable(findings, root)
        blocks = [*full.blocks(findings, root, paint, fixable), paint(summary(findings), BOLD)]
        if fixable:
            which = f"{len(fixable):,} of them" if len(findings) > len(fixable) else "them all"
            mark = paint(full.MARK, CYAN)
            blocks.append(f"{mark} `flashgen check --fix` mends {'it' if len(findings) == 1 else which}.")
        return blocks


def _fixable(findings: Iterable[Finding], root: Path) -> frozenset[Finding]:
    """Return those of the findings that `check --fix` would mend."""
    if all(finding.rule not in MENDED for finding in findings):
        return frozenset()
    # Few runs have one that it might mend, and only these have to load what can.
    from flashgen.author.fix import fixable

    return fixable(root, findings)


def shown_path(file: Path, base: Path) -> str:
    """Return a file's path as a command run in the folder `base` takes it."""
    try:
        return Path(os.path.relpath(file, base)).as_posix()
    except ValueError:
        # On Windows there is no way from one drive to another.
        return file.as_posix()


def summary(findings: Collection[Finding]) -> str:
    """Return how many findings there are, in how many files."""
    files = len({finding.span.path for finding in findings})
    return f"Found {count(findings)} in {counted(files, 'file')}."


def more(findings: Collection[Finding]) -> str:
    """Return how to read more of what was found."""
    codes = dict.fromkeys(finding.rule.code for finding in findings)
    others = ", or another of these codes," if len(codes) > 1 else ""
    return f"`flashgen explain {next(iter(codes))}`{others} says more."


def count(findings: Collection[Finding]) -> str:
    """Return how many errors and warnings there are, in words."""
    severities = [finding.rule.severity for finding in findings]
    counts = [(severities.count(severity), severity.value) for severity in (Severity.ERROR, Severity.WARNING)]
    return " and ".join(counted(number, word) for number, word in counts if number)


def counted(number: int, word: str) -> str:
    """Return a number of things in words."""
    return f"{number:,} {word}{'s' * (number != 1)}"
