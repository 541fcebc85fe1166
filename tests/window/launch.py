"""Starts real Anki with our add-on, on a screen of its own that nobody sees."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ADDON = Path(__file__).parent / "addon"
# Debian's names of what Anki's window needs beside its wheel; Chromium, which other tests need, brings the rest.
DEBIAN = "chromium xvfb libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxkbcommon-x11-0"
_PROFILE = "User 1"


class LaunchError(Exception):
    """Anki could not be started, or the add-on could not do its job."""


def launch(python: Path, packages: list[Path], out: Path, cards: str, looks: list[str], seconds: float) -> dict:
    """Show cards of packages in Anki, leave the pictures in `out`, and return what was seen."""
    if out.exists() and any(out.iterdir()) and not (out / "seen.json").exists():
        raise LaunchError(f"{out} would be emptied, and holds something else than pictures of cards")
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="anki-window-") as home, screen() as display:
        base = Path(home) / "base"
        _make_base(base)
        job = Path(home) / "job.json"
        wanted = {"packages": [str(package.resolve()) for package in packages], "out": str(out.resolve())}
        job.write_text(json.dumps({**wanted, "cards": cards, "looks": looks}), encoding="utf-8")
        _run(python, base, _environment(display, job, Path(home)), out / "anki.log", seconds)
    file = out / "seen.json"
    if not file.exists():
        said = (out / "anki.log").read_text(encoding="utf-8")[-3000:]
        raise LaunchError(f"Anki ended early. On Debian it needs {DEBIAN}. It said:\n{said}")
    seen = json.loads(file.read_text(encoding="utf-8"))
    if "failed" in seen:
        raise LaunchError(seen["failed"])
    return seen


@contextmanager
def screen() -> Iterator[str]:
    """Run an X server that draws into memory, and yield the name of its display."""
    if shutil.which("Xvfb") is None:
        raise LaunchError(f"Xvfb is missing. On Debian: apt-get install {DEBIAN}")
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1280x960x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL)
    os.close(writer)
    try:
        # It says its number once it is ready.
        with os.fdopen(reader) as said:
            number = said.readline().strip()
        if not number:
            raise LaunchError("Xvfb did not start")
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()


def _make_base(base: Path) -> None:
    """Make Anki's folder as it is after the first start: a profile, a language, our add-on, and no wish to update."""
    shutil.copytree(ADDON, base / "addons21" / "flashgen_window", ignore=shutil.ignore_patterns("__pycache__"))
    (base / "gldriver6").write_text("software", encoding="utf-8")
    about_all = {"firstRun": False, "defaultLang": "en_US", "check_for_updates": False, "id": 1, "created": 0}
    about_one = {"mainWindowGeom": None, "mainWindowState": None, "syncKey": None, "autoSync": False}
    database = sqlite3.connect(base / "prefs21.db")
    with database:
        database.execute("create table profiles (name text primary key collate nocase, data blob not null)")
        for name, data in (("_global", about_all), (_PROFILE, about_one)):
            database.execute("insert into profiles values (?, ?)", (name, pickle.dumps(data, protocol=4)))
    database.close()


def _environment(display: str, job: Path, home: Path) -> Mapping[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if name != "WAYLAND_DISPLAY"},
        "DISPLAY": display,
        "FLASHGEN_WINDOW_JOB": str(job),
        # A second Anki of the same user would hand its job to the first.
        "ANKI_SINGLE_INSTANCE_KEY": str(home),
        "XDG_RUNTIME_DIR": str(home),
        "TMPDIR": str(home),
        # Drawn by the processor alone, so that it looks the same on every machine.
        "QT_QUICK_BACKEND": "software",
        "LIBGL_ALWAYS_SOFTWARE": "1",
        "QTWEBENGINE_CHROMIUM_FLAGS": "--no-sandbox --disable-gpu",
        "QTWEBENGINE_DISABLE_SANDBOX": "1",
    }


def _run(python: Path, base: Path, environment: Mapping[str, str], log: Path, seconds: float) -> None:
    command = [str(python), "-c", "import aqt; aqt.run()", "-b", str(base), "-p", _PROFILE, "-l", "en_US"]
    with log.open("wb") as file:
        anki = subprocess.Popen(command, env=environment, stdout=file, stderr=subprocess.STDOUT)
        try:
            anki.wait(seconds)
        except subprocess.TimeoutExpired:
            raise LaunchError(f"Anki did not end within {seconds:.0f} seconds; see {log}") from None
        finally:
            anki.kill()
            anki.wait()
