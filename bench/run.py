"""How fast flashgen is, and how much memory it takes, beside plain scripts that do the same work from memory.

`python bench/run.py [--runs 5] [--large] [--peers]`. Every time is that of a whole process. The two run in turn, and
what counts is the median of the ratios of neighbours, which holds on a busy machine too. `--large` adds 100,000 facts,
and how time and memory grow; `--peers` adds the field's tools, each installed for that into a folder of its own.
"""

import argparse
import compileall
import math
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import yaml
from measure import Compared, compare, take
from peers import PEERS, install
from project import write_notes, write_pictures, write_project

ROOT = Path(__file__).parent.parent
REFERENCE = [sys.executable, str(Path(__file__).with_name("reference.py"))]
FLASHGEN = [sys.executable, "-m", "flashgen"]
IMPORTS = [sys.executable, "-c", "import typer, yaml, jinja2"]
# What takes longer is not measured to the end, in seconds.
PATIENCE = 120
LARGE = 100_000


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--large", action="store_true", help="measure 1,000 and 100,000 facts too")
    parser.add_argument("--peers", action="store_true", help="measure the field's tools too")
    wanted = parser.parse_args()
    # As pip installs it: a checkout may lack the bytecode that every other library has.
    compileall.compile_dir(ROOT / "flashgen", quiet=1)
    print("| case | flashgen / the plain script | ratio | at most | memory |\n|---|---|---|---|---|")
    with _project() as root:
        write_project(root, wanted.facts)
        usual = _measure(root, wanted.facts, wanted.runs)
    _measure_check(wanted.runs)
    with _project() as root:
        _measure_pictures(root, wanted.runs)
    if wanted.large:
        _measure_growth(usual, wanted.facts, wanted.runs)
    if wanted.peers:
        with _project() as root:
            write_project(root, wanted.facts)
            _measure_peers(root, wanted.runs)


@contextmanager
def _project() -> Iterator[Path]:
    """Give an empty project, and a cache of its own."""
    with tempfile.TemporaryDirectory(prefix="flashgen-bench-") as folder:
        os.environ["FLASHGEN_CACHE"] = f"{folder}/cache"
        yield Path(folder)


def _measure(root: Path, facts: int, runs: int) -> Compared:
    """Print what builds of a project take, and return the cold one."""
    build = [*FLASHGEN, "-C", str(root), "build"]
    take(build)
    write_notes(root)
    plain = [*REFERENCE, "genanki", str(root / "notes.json"), str(root / "plain.apkg")]
    cold = compare(build, plain, runs, before=lambda: _forget(root))
    _show(f"cold build, {facts:,} facts", cold, "3.0×" if facts < LARGE else "2.5×, memory 4×")
    _show(f"nothing changed, {facts:,} facts", compare(build, plain, runs), "0.5×")
    numbers = count()
    one = compare(build, plain, runs, before=lambda: _edit(root / "cards/bench/050.yaml", next(numbers)))
    _show(f"one fact changed, {facts:,} facts", one, "1.2×")
    if facts < LARGE:
        loaded = [*REFERENCE, "yaml", str(root / "cards/bench"), str(root / "plain.apkg")]
        _show(f"cold build beside `yaml.safe_load` and genanki, {facts:,} facts", _beside(build, loaded, root), "")
    return cold


def _measure_check(runs: int) -> None:
    """Print what a check of the decks that ship takes, after one file was touched or none, and without a cache."""
    with _project() as root:
        shutil.copytree(ROOT / "cards", root / "cards")
        check = [*FLASHGEN, "-C", str(root), "check"]
        take(check)
        for what, file in (("a file of facts", "50-pods.yaml"), ("deck.yaml", "deck.yaml")):
            touched = root / "cards/kubernetes" / file
            numbers = count()
            edited = compare(check, IMPORTS, runs, before=lambda: _add_line(touched, next(numbers)))  # noqa: B023 - at once
            _show(f"`check` of the deck that ships, {what} edited, beside its imports", edited, "4×")
        cold = compare(check, IMPORTS, runs, before=lambda: shutil.rmtree(root / "cache", ignore_errors=True))
        _show("the same without a cache", cold, "")
        _show("the same, nothing changed", compare(check, IMPORTS, runs), "")


def _measure_pictures(root: Path, runs: int) -> None:
    """Print what a build with many pictures takes."""
    write_pictures(root)
    plain = [*REFERENCE, "pictures", str(root / "cards/bench/media"), str(root / "plain.zip")]
    found = compare([*FLASHGEN, "-C", str(root), "build"], plain, runs, before=lambda: _forget(root))
    _show("1,000 pictures of 200 kB, beside reading, hashing and zipping them", found, "1.3×")


def _measure_growth(usual: Compared, facts: int, runs: int) -> None:
    """Print what few and many facts take, and how time and memory grow from the few to the many."""
    found = {facts: usual}
    for size in (1_000, LARGE):
        with _project() as root:
            write_project(root, size)
            found[size] = _measure(root, size, runs if size < facts else min(runs, 3))
    grown = math.log(100)
    few, many = found[1_000], found[LARGE]
    seconds, peak = math.log(many.ours / few.ours) / grown, math.log(many.peaks[0] / few.peaks[0]) / grown
    print(f"\nFrom 1,000 to 100,000 facts time grows with exponent {seconds:.2f}, memory with {peak:.2f} (bar 1.05).")


def _measure_peers(root: Path, runs: int) -> None:
    """Print what the field's tools take for the same notes, beside a cold build."""
    notes = [
        (fact["id"], fact["front"], fact["back"], fact["tags"])
        for file in sorted((root / "cards/bench").glob("[0-9]*.yaml"))
        for fact in yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)["facts"]
    ]
    build = [*FLASHGEN, "-C", str(root), "build"]
    for name, peer in PEERS.items():
        folder = root / f"peer-{peer.package}"
        folder.mkdir()
        command = install(peer, folder / "venv")
        if isinstance(command, str):
            print(f"| {name} | {command} | | | |", flush=True)
            continue
        work = folder / "work"
        work.mkdir()
        peer.write(work, notes)
        # Each tool works in the folder where it stands.
        there = ["env", "-C", str(work), *command]
        try:
            subprocess.run(there, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True, timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            print(f"| {name} | more than {PATIENCE} s | | | |", flush=True)
        except subprocess.CalledProcessError as error:
            print(f"| {name} | fails with {error.returncode} | | | |", flush=True)
        else:
            _show(f"cold build beside {name}", _beside(build, there, root, min(runs, 3)), "")


def _beside(build: list[str], other: list[str], root: Path, runs: int = 3) -> Compared:
    return compare(build, other, runs, before=lambda: _forget(root))


def _show(name: str, compared: Compared, bar: str) -> None:
    print(compared.row(name, bar), flush=True)


def _forget(root: Path) -> None:
    """Delete what a build made, and what it kept."""
    for folder in ("dist", "cache"):
        shutil.rmtree(root / folder, ignore_errors=True)
    (root / "cards/bench/deck.lock.jsonl").unlink(missing_ok=True)


def _add_line(file: Path, number: int) -> None:
    with file.open("a", encoding="utf-8") as out:
        out.write(f"# {number}\n")


def _edit(file: Path, number: int) -> None:
    """Change the text of one fact."""
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    lines[4] = f'    front: "edited {number} times, and asked anew"\n'
    file.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
