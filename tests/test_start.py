"""Plain calls, which start without Typer: what they are, and that Typer would do just the same."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import project
import pytest

from flashgen.start import read_plain
from flashgen.wishes import Wishes

# The whole command line, as calls that are not plain reach it.
TYPER = [sys.executable, "-c", "from flashgen import cli; cli.main()"]
PLAIN = {
    "build": Wishes(),
    "check": Wishes(),
    "-q check": Wishes(quiet=True),
    "check --quiet": Wishes(quiet=True),
    "-v build -q -v": Wishes(quiet=True, verbose=True),
    "build -C .": Wishes(Path()),
    "-C other check --verbose": Wishes(Path("other"), verbose=True),
    "-C nowhere build": Wishes(Path("nowhere")),
    "-C build check": Wishes(Path("build")),
}


@pytest.mark.parametrize("call", PLAIN)
def test_a_plain_call_does_what_typer_does(call: str, tmp_path: Path) -> None:
    words = call.split()
    assert read_plain(words) == (next(word for word in words[::-1] if word in ("build", "check")), PLAIN[call])
    told = []
    for number, command in enumerate((project.COMMAND, TYPER)):
        root = tmp_path / str(number)
        project.write(root, facts=project.GOOD)
        project.write(root / "other", facts=project.FAULTY)
        done = subprocess.run(
            [*command, *words], cwd=root, env=project.environment(), capture_output=True, encoding="utf-8", check=False
        )
        made = sorted(path.relative_to(root).as_posix() for path in root.rglob("*.apkg"))
        seconds = re.compile(r"\d+\.\d{3} s")
        out, err = (seconds.sub("", text).replace(str(root), "…") for text in (done.stdout, done.stderr))
        told.append((done.returncode, out, err, made))
    assert told[0] == told[1]


@pytest.mark.parametrize(
    "call",
    [
        "", "--version", "build --help", "preview", "build check", "build build", "build other", "check --fix",
        "check --strict", "-qv build", "--quiet=1 check", "-C", "build -C", "-C -q build", "-C a -C b build",
        "-Cother build",
        "-C * build", "-C ~ build", "-C $HOME build", "-C %HOME% build", "-- build", "build --", "BUILD",
    ],
)  # fmt: skip
def test_any_other_call_is_left_to_typer(call: str) -> None:
    assert read_plain(call.split()) is None


def test_a_plain_call_does_not_load_typer(tmp_path: Path) -> None:
    project.write(tmp_path, facts=project.GOOD)
    told = "import sys; from flashgen.start import main\ntry: main()\nfinally: print([*sys.modules])"
    for words, loaded in (["check"], False), (["check", "--strict"], True):
        done = subprocess.run(
            [sys.executable, "-c", told, *words], cwd=tmp_path, capture_output=True, encoding="utf-8", check=True
        )
        assert ("'typer'" in done.stdout) is loaded
