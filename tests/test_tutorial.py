"""The tutorial, followed to the letter: each file is saved and each command run, and shows what the page says."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

TUTORIAL: Final = (Path(__file__).parent.parent / "docs" / "tutorial.md").read_text(encoding="utf-8")
BLOCK: Final = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
SKIPPED: Final = "…"
# What a new user's terminal has: flashgen on the path, git with a name, and a browser, which here opens nothing.
ENVIRONMENT: Final = {
    **{name: value for name, value in os.environ.items() if not name.startswith("FLASHGEN_")},
    "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    "BROWSER": "true",
    **{f"GIT_{who}_{what}": "learner" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
}


def commands(block: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each command of a block with the lines that it prints."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, *lines = part.splitlines()
        yield command, lines


def run(command: str, folder: Path) -> list[str]:
    """Return what a command prints; the preview runs until it has said where it is."""
    is_preview = command.startswith("flashgen preview")
    # Its own port may be taken while other tests run.
    words = [*shlex.split(command), *(["--port", "0"] if is_preview else [])]
    with subprocess.Popen(
        words, cwd=folder, env=ENVIRONMENT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        if is_preview:
            assert running.stdout is not None
            shown = running.stdout.readline()
            running.terminate()
            assert shown.startswith("http://127.0.0.1:")
            return []
        out, err = running.communicate(timeout=60)
    # Only the page's own mistake fails.
    assert running.returncode == ("\nFound " in out), out + err
    return (out + err).splitlines()


def is_shown(wanted: list[str], shown: list[str]) -> bool:
    """Return whether lines are those of the page, where `…` stands for any."""
    pattern = "\n".join(re.escape(line) if line != SKIPPED else "(?:.*\n?)*?" for line in wanted)
    return re.fullmatch(pattern.replace("(?:.*\n?)*?\n", "(?:.*\n)*?"), "\n".join(shown)) is not None


def test_it_can_be_followed_to_the_letter(tmp_path: Path) -> None:
    folder = tmp_path
    uid = ""
    for language, block in BLOCK.findall(TUTORIAL):
        if language == "yaml":
            place, text = block.split("\n", 1)
            (folder / place.removeprefix("# ")).write_text(text.replace("made-by-init", uid), encoding="utf-8")
            continue
        assert language == "console"
        for command, wanted in commands(block):
            if command.startswith("cd "):
                folder /= command.removeprefix("cd ")
                uid = re.search(r"^uid: (\w+)", (folder / "cards/tea/deck.yaml").read_text("utf-8"), re.MULTILINE)[1]
                continue
            shown = run(command, folder)
            if wanted or not command.startswith("flashgen"):
                assert is_shown(wanted, shown), f"{command} prints\n" + "\n".join(shown)
    assert (folder / "dist" / "tea.apkg").is_file()
    assert (folder / "cards" / "tea" / "CHANGELOG.md").is_file()
    # What the page names by the way works as well.
    for command in re.findall(r"`(flashgen [^`]+)`", TUTORIAL):
        assert run(command, folder)
