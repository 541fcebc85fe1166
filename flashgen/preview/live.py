"""A project that is rebuilt as its files are saved, with its last good state kept."""

from __future__ import annotations

import json
import threading
import time
import traceback
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from flashgen.diagnostics import Finding, Report, Severity
from flashgen.errors import FlashgenError
from flashgen.inputs import Aids, read_inputs
from flashgen.lint.selection import EVERYTHING, Selection
from flashgen.pipeline import check
from flashgen.preview.index import View, told, view
from flashgen.watch import Watch, let_go

# From so many notes on, cards are shown before they are judged: the card rules take longer than all before them.
_MANY = 2_000
_UNJUDGED = replace(EVERYTHING, cards=False)
# More than an author reads before mending the first ones.
_MOST_FINDINGS = 100
_OUR_FAULT = "flashgen itself failed: this is our fault, not yours"
_LAST_GOOD = "the last good state"


class Live:
    """The state that the page shows: the last good view, and what is wrong since."""

    def __init__(
        self,
        root: Path,
        decks: Collection[str],
        languages: Collection[str],
        tell: Callable[[str], None],
        aids: Aids | None = None,
    ) -> None:
        """Build the first state, without which there is nothing to show; raises FlashgenError."""
        self.root, self.decks, self.languages, self.tell = root, decks, languages, tell
        # First: what is saved while the first state is built is seen by it.
        self._files = Watch(root)
        # No other processes: one that is begun beside a server's threads may wait for what they hold, for ever.
        self.aids = replace(aids or Aids(), inputs=read_inputs(root), workers=0)
        self._changed = threading.Condition()
        self._number = 0
        self.is_good = False
        report = Report()
        checked = check(root, report, decks, languages, aids=self.aids)
        self._show(view(checked, report), report)

    def _show(self, new: View, report: Report) -> None:
        self.is_good = not report.failed
        self._publish(new, _problem_of(report, "all cards that have no error") if report.failed else None)

    def _publish(self, new: View, problem: dict[str, Any] | None) -> None:
        with self._changed:
            self.view, self.problem = new, problem
            self._number += 1
            self._changed.notify_all()

    @property
    def state(self) -> str:
        """What the page has to know of a change, as JSON: which view to show, and what is wrong."""
        return json.dumps({"view": self.view.name, "problem": self.problem}, ensure_ascii=False)

    def states(self, patience: float) -> Iterator[str | None]:
        """Yield the state now and after every change, and None where nothing changed for `patience` seconds."""
        seen = -1
        while True:
            with self._changed:
                if self._number == seen:
                    self._changed.wait(patience)
                is_new, seen = self._number != seen, self._number
                state = self.state if is_new else None
            yield state

    def rebuild(self) -> None:
        """Read the project anew; what goes wrong is told beside the last good view."""
        start, before = time.perf_counter(), self.state
        is_large = len(self.view.notes) >= _MANY
        self._read(EVERYTHING if not is_large else _UNJUDGED)
        if self.state != before:
            self.tell(self._told(time.perf_counter() - start))
        if is_large:
            self._read(EVERYTHING)
        let_go()

    def _read(self, lint: Selection) -> None:
        report = Report()
        try:
            self.aids = replace(self.aids, inputs=read_inputs(self.root, self.aids.inputs))
            checked = check(self.root, report, self.decks, self.languages, aids=self.aids, lint=lint)
            # A state with errors lacks facts; beside a whole one it would look as if cards were lost.
            new = view(checked, report) if not report.failed or not self.is_good else None
        except FlashgenError as error:
            self._publish(self.view, _problem(str(error), error.hint))
        except Exception:  # noqa: BLE001 - a fault of ours is told, and the page lives on
            hint = "please report it with the lines below"
            self._publish(self.view, _problem(_OUR_FAULT, hint, trace=traceback.format_exc()))
        else:
            if new is None:
                self._publish(self.view, _problem_of(report))
            else:
                self._show(new, report)

    def _told(self, seconds: float) -> str:
        state = self.problem["title"] if self.problem else f"{len(self.view.notes):,} notes"
        return f"{state} ({seconds:.2f} s)"

    def watch(self, stop: threading.Event) -> None:
        """Rebuild whenever a file is saved, until told to stop."""
        for _ in self._files.changes(stop):
            self.rebuild()


def _problem_of(report: Report, behind: str = _LAST_GOOD) -> dict[str, Any]:
    errors = [finding for finding in report if finding.rule.severity is Severity.ERROR]
    title = f"{len(errors)} error{'s' * (len(errors) != 1)} to mend"
    hint = None if len(errors) <= _MOST_FINDINGS else f"the first {_MOST_FINDINGS} are shown"
    return _problem(title, hint, errors[:_MOST_FINDINGS], behind=behind)


def _problem(
    title: str, hint: str | None, findings: Sequence[Finding] = (), trace: str = "", behind: str = _LAST_GOOD
) -> dict[str, Any]:
    """Return what the page tells; `behind` is what it shows meanwhile."""
    told_findings = [told(finding) for finding in findings]
    return {"title": title, "hint": hint, "findings": told_findings, "trace": trace, "behind": behind}
