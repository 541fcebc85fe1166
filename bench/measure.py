"""Whole processes, measured in turn: their time, and the memory of all that they start."""

import contextlib
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_MEBIBYTE = 2**20 if sys.platform == "darwin" else 2**10
# How often memory is looked at, in seconds.
_LOOK = 0.02


@dataclass(frozen=True)
class Compared:
    """Medians of the seconds of a command, of the one that it is measured against, and of the ratios of their runs.

    `peaks` is the memory of each in MiB, from runs of their own.
    """

    ours: float
    theirs: float
    ratio: float
    peaks: tuple[float, float]

    def row(self, name: str, bar: str) -> str:
        """Return a line of the table; `bar` says what the ratio should be."""
        ours, theirs = self.peaks
        memory = f"{ours:.0f} MiB / {theirs:.0f} MiB = {ours / theirs:.1f}×"
        return f"| {name} | {self.ours:.2f} s / {self.theirs:.2f} s | {self.ratio:.2f}× | {bar} | {memory} |"


def compare(
    ours: Sequence[str], theirs: Sequence[str], runs: int, before: Callable[[], None] = lambda: None
) -> Compared:
    """Run two commands in turn, `before` each of ours, and return what they took."""
    pairs = []
    for _ in range(runs):
        before()
        pairs.append((take(ours), take(theirs)))
    before()
    return Compared(
        statistics.median(our for our, _ in pairs),
        statistics.median(their for _, their in pairs),
        statistics.median(our / their for our, their in pairs),
        (peak(ours), peak(theirs)),
    )


def take(command: Sequence[str]) -> float:
    """Run a command to its end, and return the seconds that took."""
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def peak(command: Sequence[str]) -> float:
    """Run a command to its end, and return the most memory that it and what it started took at once, in MiB.

    Where that cannot be seen, it is that of the largest process.
    """
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    most = 0.0
    while True:
        pid, status, usage = os.wait4(child.pid, os.WNOHANG)
        if pid:
            break
        most = max(most, sum(_shares(child.pid)))
        time.sleep(_LOOK)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, command)
    return max(most, usage.ru_maxrss / _MEBIBYTE)


def _shares(session: int) -> Iterator[float]:
    """Yield what each process of a session takes, pages that several share split among them."""
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError, ValueError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(fields[3]) == session:
                lines = (folder / "smaps_rollup").read_text().splitlines()
                yield next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 2**10
