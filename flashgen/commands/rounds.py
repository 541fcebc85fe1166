"""`--watch`: a round now and one whenever a file is saved, a line each."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from pathlib import Path

from msgspec.structs import replace

from flashgen.commands.findings import Findings, count
from flashgen.diagnostics import Finding, Report
from flashgen.errors import FlashgenError, ProjectError
from flashgen.report.paint import GREEN, RED, YELLOW
from flashgen.stages import Stages
from flashgen.watch import Watch, let_go

# Does the work: returns what was found, and what to say of it.
Round = Callable[[Stages], tuple[Report, str]]


def follow(root: Path, findings: Findings, work: Round) -> int:
    """Work until interrupted. Raises ProjectError where the first round cannot even begin."""
    if findings.owns_output:
        raise FlashgenError(
            f"with `--watch`, findings as {findings.format} need a file of their own", "name it with `-o FILE`"
        )
    files = Watch(root)
    rounds = _Rounds(root, findings, work)
    rounds.go(())
    files.know_locks()
    findings.screen.tell("Watching the project's files. Ctrl-C ends it.")
    for changed in files.changes(threading.Event()):
        rounds.go(changed)
        files.know_locks()
    return 0


class _Rounds:
    """The rounds of a watch; a finding is shown when it is new, and then only counted."""

    def __init__(self, root: Path, findings: Findings, work: Round) -> None:
        self.root, self.findings, self.work = root, replace(findings, has_summary=False), work
        self.known: set[Finding] | None = None

    def go(self, changed: Collection[Path]) -> None:
        """Do a round, and tell how it went."""
        start = time.perf_counter()
        stages = Stages()
        report = Report()
        try:
            with self.findings.screen.at_work(stages):
                report, told = self.work(stages)
        except FlashgenError as error:
            if self.known is None and isinstance(error, ProjectError):
                raise
            told, style = f"{error}{f' ({error.hint})' if error.hint else ''}", RED
        else:
            self._show(report)
            style = GREEN
            told = "; ".join(filter(None, (count(list(report)) or "no findings", told)))
            if len(report):
                style = YELLOW
            if self.findings.stop(report):
                style = RED
        self.known = set(report)
        self._tell(f"{_named(changed, self.root)}{told} ({time.perf_counter() - start:.2f} s)", style)
        let_go()

    def _show(self, report: Report) -> None:
        if self.findings.file is not None or self.findings.as_statistics:
            self.findings.show(report, self.root)
            return
        new = Report()
        for finding in report:
            if finding not in (self.known or ()):
                new.add(finding.rule, finding.message, finding.span, finding.hint, finding.related)
        self.findings.show(new, self.root)

    def _tell(self, line: str, style: str) -> None:
        self.findings.screen.tell(self.findings.screen.err(line, style))


def _named(changed: Collection[Path], root: Path) -> str:
    """Return which files were saved, in few words."""
    if not changed:
        return ""
    first, *others = (file.relative_to(root).as_posix() if file.is_relative_to(root) else file.name for file in changed)
    return f"{first}{f' and {len(others)} more' if others else ''}: "
