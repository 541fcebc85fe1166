"""Feeds damaged and hostile inputs to the command line, and tells which it does not stand.

    .venv/bin/python tests/fuzz/run.py                      100,000 inputs
    .venv/bin/python tests/fuzz/run.py --inputs 500         a sample
    .venv/bin/python tests/fuzz/run.py --show 4711 DIR      one input, written to a folder

An input is a whole project, a package or both, and a command. None may end in a traceback, take more than 5 seconds of
the processor or 500 MB, leave with an exit code that is not documented, or leave a file behind that it should not. The
inputs hang on `--seed` and their number alone. The exit code is 1 where one failed.
"""

from __future__ import annotations

import argparse
import json
import queue
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

# However busy the machine is, an input that has not ended by then waits for something.
_PATIENCE = 120
# A process of its own for so many inputs: what one leaves in memory weighs on few.
_BATCH = 2000


@dataclass
class Result:
    """How many inputs ran, with which exit codes, how long the slowest took, and what failed: number → why."""

    count: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    slowest: float = 0
    failed: dict[int, str] = field(default_factory=dict)
    told: set[int] = field(default_factory=set)


def fuzz(inputs: int, seed: str, first: int = 0, tell: Callable[[Result], None] = lambda _: None) -> Result:
    """Run so many inputs, and return what came of it; tell of it on the way, after each process."""
    result = Result()
    at = first
    while at < first + inputs:
        last = min(first + inputs, at + _BATCH)
        at = _run_batch(at, last, seed, result)
        tell(result)
    return result


def _run_batch(first: int, last: int, seed: str, result: Result) -> int:
    """Run inputs in one process, and return the number of the next: the process may end before the last."""
    command = [sys.executable, Path(__file__).parent / "worker.py"]
    command += ["--seed", seed, "--first", str(first), "--last", str(last)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8") as worker:
        return _follow(worker, last, result)


def _follow(worker: subprocess.Popen[str], last: int, result: Result) -> int:
    said: list[str] = []
    listener = threading.Thread(target=lambda: said.extend(worker.stderr or ()), daemon=True)
    listener.start()
    running: int | None = None
    for line in _lines(worker):
        if line is None:
            worker.kill()
            said.append("it waits for something, and never ends")
            break
        if "start" in line:
            running = line["start"]
            continue
        running = line["end"]
        result.count += 1
        result.codes[str(line["code"])] += 1
        result.slowest = max(result.slowest, line["seconds"])
        if line["fault"]:
            result.failed[running] = f"{line['what']}: {line['fault']}"
    code = worker.wait()
    listener.join()
    if code == 0:
        return last
    if running is None:
        raise RuntimeError(f"the worker does not start: {''.join(said)}")
    result.count += 1
    result.failed[running] = f"the process ended with {code}: {''.join(said)[-3000:]}"
    return running + 1


def _lines(worker: subprocess.Popen[str]) -> Iterator[dict[str, Any] | None]:
    """Yield what a worker says, and None where it says nothing for too long."""
    waiting: queue.Queue[str | None] = queue.Queue()

    def listen() -> None:
        assert worker.stdout is not None
        for line in worker.stdout:
            waiting.put(line)
        waiting.put(None)

    threading.Thread(target=listen, daemon=True).start()
    while True:
        try:
            line = waiting.get(timeout=_PATIENCE)
        except queue.Empty:
            yield None
            return
        if line is None:
            return
        yield json.loads(line)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0, help="the number of the first")
    parser.add_argument("--seed", default="0")
    parser.add_argument("--show", nargs=2, metavar=("NUMBER", "DIR"))
    given = parser.parse_args()
    if given.show:
        return _show(given.seed, int(given.show[0]), Path(given.show[1]))
    result = fuzz(given.inputs, given.seed, given.first, _tell)
    return int(bool(result.failed))


def _tell(result: Result) -> None:
    for number in [number for number in result.failed if number not in result.told]:
        print(f"input {number}: {result.failed[number]}\n")
        result.told.add(number)
    codes = ", ".join(f"{count} with {code}" for code, count in sorted(result.codes.items()))
    told = f"{result.count} inputs: {codes}; the slowest took {result.slowest} s; {len(result.failed)} failed"
    print(told, flush=True)


def _show(seed: str, number: int, folder: Path) -> int:
    from fuzz.seeds import seeds, write
    from fuzz.worker import input_of

    made = input_of(seeds(), seed, number)
    write(folder / "project", made.files)
    write(folder, made.packages)
    print(f"cd {folder}/project && flashgen {' '.join(made.arguments)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
