"""How long the stages of a run take, and which one is at work."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Stages:
    """The seconds that each stage took, by its name, in the order in which they began.

    The pipeline names its stages here; `-v` shows what they took, and a long run shows which one is at work.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.at_work = ""
        self.began = time.perf_counter()

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """Measure what runs inside; a stage that comes again adds to what it took before. None runs inside another."""
        self.at_work = name
        self.seconds.setdefault(name, 0.0)
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] += time.perf_counter() - start
            self.at_work = ""

    @property
    def total(self) -> float:
        """The seconds since all began."""
        return time.perf_counter() - self.began
