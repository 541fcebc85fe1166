"""The terminal that a command speaks to, and how much its author wants to hear."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from msgspec import Struct, field

from flashgen.report.paint import CYAN, GREEN, Paint
from flashgen.stages import Stages

# Work that is done sooner shows no progress, and how often what is shown is drawn anew, in seconds.
_PATIENCE = 1.0
_BEAT = 0.2


class Screen(Struct, frozen=True):
    """What the command line has found out about the terminal.

    `out` and `err` colour what goes to standard output and standard error, or leave it as it is. `is_quiet` asks for
    errors and results alone, `is_verbose` for what each stage took. `is_live` says that somebody watches standard
    error on a terminal that can draw a line anew.
    """

    out: Paint = field(default_factory=Paint)
    err: Paint = field(default_factory=Paint)
    is_quiet: bool = False
    is_verbose: bool = False
    is_live: bool = False

    def tell(self, text: str) -> None:
        """Say what goes on, out of the way of results."""
        if not self.is_quiet:
            print(text, file=sys.stderr, flush=True)

    def praise(self, text: str) -> None:
        """Say that all went well."""
        self.tell(self.err(text, GREEN))

    @contextmanager
    def at_work(self, stages: Stages) -> Iterator[None]:
        """Show which stage is at work once it takes longer, and afterwards, if wanted, what each took."""
        done = threading.Event()
        drawing = threading.Thread(target=self._draw, args=(stages, done), daemon=True)
        if self.is_live and not self.is_quiet:
            drawing.start()
        try:
            yield
        finally:
            done.set()
            if drawing.ident is not None:
                drawing.join()
            if self.is_verbose:
                self._profile(stages)

    def _draw(self, stages: Stages, done: threading.Event) -> None:
        if done.wait(_PATIENCE):
            return
        while not done.wait(_BEAT):
            at_work = self.err(stages.at_work or "work", CYAN)
            print(f"\r{at_work} … {stages.total:.0f} s\x1b[K", end="", file=sys.stderr, flush=True)
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def _profile(self, stages: Stages) -> None:
        total = stages.total
        told = {**stages.seconds, "other": total - sum(stages.seconds.values()), "total": total}
        width = max(map(len, told))
        for name, seconds in told.items():
            print(f"{self.err(f'{name:{width}}', CYAN)}  {seconds:7.3f} s", file=sys.stderr)
