"""How fast flashgen is, and how much memory it takes, next to a plain genanki script that writes the same notes.

`python bench/run.py [--facts 10000] [--runs 5] [--growth]`. Every time is that of a whole process. The two run in turn,
and what counts is the median of the ratios of neighbours, which holds on a busy machine too.
"""

import argparse
import json
import math
import os
import random
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path

FILES = 100
LENGTH = 97
REFERENCE = Path(__file__).with_name("reference.py")
MARKUP = ("**{}**", "*{}*", "`{}`", "[{}](https://example.org/docs)", "**{}** and `get`", "one:\n\n- {}\n- two\n")
_MEBIBYTE = 2**20 if sys.platform == "darwin" else 2**10


@dataclass(frozen=True)
class Run:
    """What one process took, in seconds and MiB."""

    seconds: float
    peak: float


@dataclass(frozen=True)
class Compared:
    """Medians of a command and of the one it is measured against, and of the ratios of their runs."""

    ours: Run
    theirs: Run
    ratio: Run

    def __str__(self) -> str:
        """Return a line of the table."""
        time_ = f"{self.ours.seconds:8.3f} s /{self.theirs.seconds:7.3f} s = {self.ratio.seconds:5.2f}x"
        return f"{time_}   {self.ours.peak:7.1f} MiB /{self.theirs.peak:6.1f} MiB = {self.ratio.peak:5.2f}x"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--growth", action="store_true", help="measure 1,000, 10,000 and 100,000 facts")
    wanted = parser.parse_args()
    sizes = (1_000, 10_000, 100_000) if wanted.growth else (wanted.facts,)
    cold = [measure(count, wanted.runs) for count in sizes]
    ours, theirs = [sys.executable, "-m", "flashgen", "--help"], [sys.executable, "-c", "import typer"]
    show("--help against `import typer`", compare(ours, theirs, wanted.runs))
    for (small, before), (large, after) in pairwise(zip(sizes, cold, strict=True)):
        grown = math.log(large / small)
        seconds = math.log(after.ours.seconds / before.ours.seconds) / grown
        peak = math.log(after.ours.peak / before.ours.peak) / grown
        print(f"{small:,} to {large:,} facts: time grows with exponent {seconds:.2f}, memory with {peak:.2f}")


def measure(count: int, runs: int) -> Compared:
    """Measure builds of `count` facts, and return the cold one."""
    with tempfile.TemporaryDirectory(prefix="flashgen-bench-") as folder:
        root = Path(folder)
        write_project(root, count)
        build = [sys.executable, "-m", "flashgen", "-C", folder, "build"]
        take(build)
        write_notes(root)
        reference = [sys.executable, str(REFERENCE), str(root / "notes.json"), str(root / "reference.apkg")]
        cold = compare(build, reference, runs, before=lambda: forget(root))
        show(f"cold build, {count:,} facts", cold)
        show(f"nothing changed, {count:,} facts", compare(build, reference, runs))
    return cold


def compare(ours: list[str], theirs: list[str], runs: int, before: Callable[[], None] = lambda: None) -> Compared:
    """Run two commands in turn, and return their medians."""
    pairs = []
    for _ in range(runs):
        before()
        pairs.append((take(ours), take(theirs)))
    ratios = [Run(our.seconds / their.seconds, our.peak / their.peak) for our, their in pairs]
    return Compared(median([our for our, _ in pairs]), median([their for _, their in pairs]), median(ratios))


def median(runs: list[Run]) -> Run:
    """Return the median of each."""
    return Run(statistics.median(run.seconds for run in runs), statistics.median(run.peak for run in runs))


def take(command: list[str]) -> Run:
    """Run a command to its end."""
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, command)
    return Run(seconds, usage.ru_maxrss / _MEBIBYTE)


def show(name: str, compared: Compared) -> None:
    """Print a line of the table."""
    print(f"{name:32} {compared}", flush=True)


def forget(root: Path) -> None:
    """Delete what a build made."""
    shutil.rmtree(root / "dist", ignore_errors=True)
    (root / "cards/bench/deck.lock.jsonl").unlink(missing_ok=True)


def write_project(root: Path, count: int) -> None:
    """Write a project of `count` facts. A third of them hold Markdown."""
    chance = random.Random(97)  # noqa: S311 - no secret
    # As many words as a textbook has, the nth of them 1/n as frequent as the first: so packages shrink as real ones do.
    words = ["".join(chance.choices("etaoinshrdlu", k=chance.randint(2, 9))) for _ in range(3_000)]
    frequent = list(accumulate(1 / rank for rank in range(1, len(words) + 1)))
    folder = root / "cards/bench"
    folder.mkdir(parents=True)
    (folder / "deck.yaml").write_text("uid: 0123456789abcdef\nname: Bench\n")
    for number in range(FILES):
        # File by file, so that this process stays small: a child's peak is never below its parent's size.
        lines = ["kind: basic", "facts:"]
        for fact in range(number * count // FILES, (number + 1) * count // FILES):
            lines += [f"  - id: fact-{fact}", f"    tags: [bench::part-{number}, bench::set-{fact % 7}]"]
            lines += [f"    {side}: {json.dumps(text(chance, words, frequent, fact))}" for side in ("front", "back")]
        (folder / f"{number:03}.yaml").write_text("\n".join(lines) + "\n")


def text(chance: random.Random, words: list[str], frequent: list[float], number: int) -> str:
    """Return about 97 characters, with Markdown in them for every third number."""
    picked = chance.choices(words, cum_weights=frequent, k=LENGTH)
    markup = "" if number % 3 else chance.choice(MARKUP).format(" ".join(picked[:2]))
    plain = " ".join((str(number), *picked[2:]))[: LENGTH - len(markup)]
    return f"{plain} {markup}".strip()


def write_notes(root: Path) -> None:
    """Write the package's notes as the reference reads them."""
    with zipfile.ZipFile(root / "dist/bench.apkg") as archive:
        archive.extract("collection.anki2", root)
    rows = sqlite3.connect(root / "collection.anki2").execute("SELECT guid, flds, tags FROM notes ORDER BY id")
    with (root / "notes.json").open("w") as out:
        out.write("[")
        for number, (guid, fields, tags) in enumerate(rows):
            note = [guid, *fields.split("\x1f")[:2], tags.split()]
            out.write((",\n" if number else "") + json.dumps(note))
        out.write("]")


if __name__ == "__main__":
    main()
