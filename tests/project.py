"""A small project for tests of the command line, and the command line as a whole process, on a terminal too."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

COMMAND = [sys.executable, "-m", "flashgen"]
DECK = "uid: 5f1c6a0e9b7d4c21\nname: Kubernetes\nlanguages: [en]\n"
GOOD = "kind: basic\nfacts:\n  - {id: pod, front: What is a Pod?, back: The smallest unit}\n"
# A warning: no such language.
WARNED = f"{GOOD}  - id: unit\n    front: What is a unit?\n    back: |\n      ```yamll\n      a: b\n      ```\n"
# That warning, and two errors: a property that there is not, and an id that is taken.
FAULTY = (
    f"{WARNED}  - {{id: node, frnt: x, front: What is a Node?, back: A machine}}\n  - {{id: pod, front: x, back: x}}\n"
)
# What these tests find, and no more, whatever rules there will be.
SETTINGS = '[lint]\nselect = ["unknown-code-language", "stray-file"]\n'


def write(root: Path, **files: str) -> Path:
    """Make a project of one deck, `k8s`, whose files are given by their stems, and return its folder."""
    folder = root / "cards" / "k8s"
    folder.mkdir(parents=True, exist_ok=True)
    for stem, text in {"deck": DECK, **files}.items():
        (folder / f"{stem}.yaml").write_text(text, encoding="utf-8")
    (root / "flashgen.toml").write_text(SETTINGS, encoding="utf-8")
    return root


def environment(**more: str) -> dict[str, str]:
    """Return the environment of the tests, with the time stopped."""
    return {**os.environ, "SOURCE_DATE_EPOCH": "1700000000", **more}


def run(root: Path, *words: str, cwd: Path | None = None, **more: str) -> tuple[int, str, str]:
    """Run a command in a project, and return its exit code and what it wrote to both streams."""
    done = subprocess.run(
        [*COMMAND, *words], cwd=cwd or root, env=environment(**more), capture_output=True, encoding="utf-8", check=False
    )
    return done.returncode, done.stdout, done.stderr


def run_on_terminal(root: Path, *words: str, **more: str) -> tuple[int, str]:
    """Run a command on a terminal, and return its exit code and what stands there."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, *words],
        cwd=root,
        env=environment(**{"TERM": "xterm-256color", **more}),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                data = os.read(ours, 65536)
            except OSError:
                # So Linux tells that nobody has the other end any more.
                break
            if not data:
                break
            shown += data
        os.close(ours)
    return process.returncode, shown.decode().replace("\r\n", "\n")
