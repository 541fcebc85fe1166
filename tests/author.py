"""What the tests of the author's commands share: flashgen as a process, and projects to run it in."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import subprocess
import sys
import termios
from pathlib import Path

DECK = "uid: author\nname: Examples\n"


def flashgen(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run flashgen as a whole process, without a terminal."""
    return subprocess.run(
        [sys.executable, "-m", "flashgen", *arguments],
        cwd=cwd,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def put(root: Path, files: dict[str, str]) -> Path:
    """Write files below a folder, line ends as they are given, and return the folder."""
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
    return root


class Terminal:
    """A terminal that flashgen runs on: what it shows is read as it comes, and answers are typed."""

    def __init__(self, *arguments: str | Path, cwd: Path) -> None:
        self.shown = ""
        self.read_in_full = 0
        self._ours, theirs = pty.openpty()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "flashgen", *arguments],
            cwd=cwd,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            # Only of its own terminal does a process hear Ctrl-C.
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - no threads here
        )
        os.close(theirs)

    def answer(self, question: str, typed: str) -> None:
        """Wait for a question, and type an answer to it."""
        self._wait_for(question)
        os.write(self._ours, typed.encode())

    def end(self) -> int:
        """Wait for the end, and return the exit code."""
        while self._read():
            pass
        os.close(self._ours)
        return self._process.wait(timeout=60)

    def _wait_for(self, text: str) -> None:
        while (found := self.shown.find(text, self.read_in_full)) < 0:
            assert self._read(), f"it ended without asking `{text}`:\n{self.shown}"
        self.read_in_full = found + len(text)

    def _read(self) -> bool:
        ready, _, _ = select.select([self._ours], [], [], 60)
        assert ready, f"nothing came for a minute after:\n{self.shown}"
        try:
            data = os.read(self._ours, 65536)
        except OSError:
            # As Linux says that the other end was closed.
            return False
        self.shown += data.decode("utf-8", "replace").replace("\r\n", "\n")
        return bool(data)
