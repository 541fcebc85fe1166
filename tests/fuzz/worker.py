"""Runs inputs, one after the other, in a process that has only so much memory; `run.py` starts it and reads its lines.

A line is JSON: `{"start": number}` before an input, and after it `{"end": number, "seconds": …, "code": …, …}`.
An input that takes more time or memory than it may ends the process, or is a fault of its own.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from flashgen import start
from fuzz.change import Input, make
from fuzz.seeds import Seeds, read, seeds, write
from fuzz.structure import structured

SECONDS, MEMORY = 5, 500_000_000
_CODES = (0, 1, 2)
# Every so many inputs, one is run as a whole process too, as an author's shell runs it.
_AGAIN = 200
# What a command may write, and when: `build` and `adopt` keep the lock, `build` makes packages, `preview` a page.
_WRITES = {
    "build": re.compile(r"cards/[^/]+/deck\.lock\.jsonl|dist/[^/]+\.apkg"),
    "adopt": re.compile(r"cards/[^/]+/deck\.lock\.jsonl"),
    "preview": re.compile(r"page/.*"),
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", default="0")
    parser.add_argument("--first", type=int, required=True)
    parser.add_argument("--last", type=int, required=True)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="flashgen-cache-") as cache:
        os.environ |= {"SOURCE_DATE_EPOCH": "1700000000", "FLASHGEN_CACHE": cache}
        work(given.seed, given.first, given.last)


def work(seed: str, first: int, last: int) -> None:
    """Run inputs, and tell of each what came of it."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    known = seeds()
    _warm_up(known)
    own = _most()
    for number in range(first, last):
        print(json.dumps({"start": number}), file=out, flush=True)
        made = input_of(known, seed, number)
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        resource.setrlimit(resource.RLIMIT_AS, (_size() + MEMORY - own, -1))
        started = time.process_time()
        done = run(made, again=number % _AGAIN == 0)
        seconds = time.process_time() - started
        signal.setitimer(signal.ITIMER_PROF, 0)
        resource.setrlimit(resource.RLIMIT_AS, (-1, -1))
        line = {"end": number, "seconds": round(seconds, 3), "code": done.code, "fault": done.fault, "what": made.what}
        print(json.dumps(line), file=out, flush=True)


def input_of(known: Seeds, seed: str, number: int) -> Input:
    """Return an input by its number: every fifth is built by Hypothesis, the others are damaged seeds."""
    return structured(seed, number) if number % 5 == 4 else make(known, f"{seed}-{number}")


def _warm_up(known: Seeds) -> None:
    """Import what commands import as they run: it is no input's doing."""
    for name in ("drawing", "markup", "own-kind"):
        run(Input(name, known.projects[name], {}, ["build"]))
    run(Input("", known.projects["markup"], {}, ["preview", "--static", "page"]))


def _size() -> int:
    """Return how much room this process has asked for: what the inputs before have left in memory is not this one's."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()


def _most() -> int:
    """Return the most memory that this process had; what `getrusage` tells counts in whoever began it, before."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)[1]) * 1024


@dataclass(frozen=True)
class Done:
    """What a run said, and what is wrong with what it did, or ""."""

    code: int | None
    out: str
    err: str
    fault: str


def run(made: Input, *, again: bool = False) -> Done:
    """Run the command line on an input in this process, and perhaps again in one of its own, which must do the same."""
    base = Path("/dev/shm") if Path("/dev/shm").is_dir() else None  # noqa: S108 - a folder in memory, if there is one
    top = Path(tempfile.mkdtemp(prefix="flashgen-fuzz-", dir=base))
    root = top / "project"
    try:
        (root / "cards").mkdir(parents=True)
        write(root, made.files)
        write(top, made.packages)
        before = read(top)
        os.chdir(root)
        code, out, err, fault = _call([*made.arguments])
        after = read(top)
        fault = fault or _judge(made, code, out, err, before, after)
        if again and not fault:
            resource.setrlimit(resource.RLIMIT_AS, (-1, -1))
            os.chdir(top)
            shutil.rmtree(root)
            (root / "cards").mkdir(parents=True)
            write(top, before)
            os.chdir(root)
            whole = _call_whole([*made.arguments])
            if (*map(_without_chance, whole), read(top)) != (*map(_without_chance, (code, out, err)), after):
                fault = f"a process of its own does otherwise: {whole}, not {(code, out, err)}"
        return Done(code, out, err, fault)
    finally:
        os.chdir("/")
        shutil.rmtree(top)


def _call(arguments: list[str]) -> tuple[int | None, str, str, str]:
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    code: object = 0
    fault = ""
    argv, sys.argv = sys.argv, ["flashgen", *arguments]
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            start.main()
        except SystemExit as left:
            code = left.code
        except BaseException:  # noqa: BLE001 - a traceback is what is looked for
            fault = traceback.format_exc(limit=-8)
    sys.argv = argv
    told = []
    for stream in (out, err):
        stream.flush()
        told.append(stream.buffer.getvalue().decode())  # type: ignore[attr-defined]
    return (code if isinstance(code, int) else None), *told, fault


def _without_chance(said: object) -> object:
    """Return what was said without the uid that is put forward, which chance makes."""
    return re.sub(r"\b[0-9a-f]{16}\b", "…", said) if isinstance(said, str) else said


def _call_whole(arguments: list[str]) -> tuple[int, str, str]:
    done = subprocess.run([sys.executable, "-m", "flashgen", *arguments], capture_output=True, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def _judge(made: Input, code: int | None, out: str, err: str, before: dict[str, bytes], after: dict[str, bytes]) -> str:
    faults = []
    if code == 0 and re.search(r"\berror(?:\[| FG)", out):
        faults.append(f"exit code 0, and an error was found: {out}")
    if code not in _CODES:
        faults.append(f"exit code {code}")
    if "Traceback" in err or "not enough memory" in err:
        faults.append(err)
    if code == 1 and not out and "Nothing" not in err and made.arguments[0] != "diff":
        faults.append(f"exit code 1, and no finding: {err}")
    if code == 2 and not err.startswith(("flashgen: ", "Usage: ")):
        faults.append(f"exit code 2, and no reason: {err}")
    faults += _judge_files(made, code, before, after)
    return "\n".join(faults)


def _judge_files(made: Input, code: int | None, before: dict[str, bytes], after: dict[str, bytes]) -> Iterator[str]:
    allowed = _WRITES.get(made.arguments[0]) if code == 0 and "--dry-run" not in made.arguments else None
    for name in sorted(before.keys() | after.keys()):
        inside = name.removeprefix("project/")
        if before.get(name) == after.get(name):
            continue
        if allowed is None or not allowed.fullmatch(inside):
            yield f"{name} was written, with exit code {code}"
        elif name not in after:
            yield f"{name} is gone"
        elif name.endswith(".apkg") and zipfile.ZipFile(io.BytesIO(after[name])).testzip() is not None:
            yield f"{name} is no whole package"


if __name__ == "__main__":
    main()
