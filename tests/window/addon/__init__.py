"""An Anki add-on that shows cards to a camera: it imports packages, opens cards in the reviewer, and takes pictures.

It runs inside Anki, which `launch.py` starts with a job: a JSON file that FLASHGEN_WINDOW_JOB names. What it saw goes
into `seen.json`, beside the pictures, and then it ends Anki.
"""

from __future__ import annotations

import json
import os
import traceback
from pathlib import Path

from aqt import gui_hooks, mw

from .cards import chosen, imported
from .reviewer import Camera
from .watch import Watch

# Before any web view says a word.
WATCH = Watch()


def run(job: dict) -> dict:
    """Do a job, and return what `seen.json` says."""
    out = Path(job["out"])
    packages = imported([Path(package) for package in job["packages"]])
    cards = [card for package in packages for card in chosen(package, job["cards"])]
    camera = Camera(out, WATCH)
    sights, editors = [], []
    for look in job["looks"]:
        camera.set_up(look)
        for number, card in enumerate(cards, 1):
            sights += camera.take(number, card)
            if look == job["looks"][0] and card.is_occlusion and card.is_first:
                editors.append(camera.open_editor(number, card))
    return {"sights": sights, "editors": editors, "elsewhere": WATCH.told()}


def main() -> None:
    job = json.loads(Path(os.environ["FLASHGEN_WINDOW_JOB"]).read_text(encoding="utf-8"))
    try:
        seen = run(job)
    except Exception:  # noqa: BLE001 - told by the one who started us; here, Anki would open a window for it
        seen = {"failed": traceback.format_exc()}
        mw.grab().save(str(Path(job["out"], "failed.png")))
    Path(job["out"], "seen.json").write_text(json.dumps(seen, ensure_ascii=False, indent=1), encoding="utf-8")
    # Without the backup that Anki makes when it is closed: this collection is thrown away.
    os._exit(0)


# Once Anki is open and idle.
gui_hooks.main_window_did_init.append(lambda: mw.progress.single_shot(100, main))
