"""Pictures of cards in real Anki's own window, and what was seen there.

    .venv/bin/python tests/window/run.py dist/*.apkg --out FOLDER

shows cards of packages in Anki on a screen in memory, question and answer, at the widths of a desktop and of a phone,
by day and by night, and opens the occlusion editor on each note that occludes a picture. The pictures go to a folder
of FOLDER a look; `FOLDER/seen.json` says of each which card it shows, what its page says and measures, errors of
JavaScript, and requests to the outside, which are stopped. FOLDER is emptied first.

Anki (`aqt`, of the version of the `anki` that is installed here) gets an environment of its own, kept in the user's
cache. Xvfb and the libraries of Anki's window come from Debian; what is missing is named.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from anki_venv import python_with
from launch import LaunchError, launch

LOOKS = ["desktop-light", "desktop-night", "phone-light", "phone-night"]
CHOICES = {
    "few": "the first card of each note type",
    "one-per-kind": "the first of each card template, and all that occlude a picture",
    "all": "all",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packages", nargs="+", type=Path, metavar="PACKAGE.apkg")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    help_on_cards = "; ".join(f"{name}: {which}" for name, which in CHOICES.items())
    parser.add_argument("--cards", choices=CHOICES, default="one-per-kind", help=help_on_cards)
    parser.add_argument("--looks", nargs="+", choices=LOOKS, default=LOOKS)
    parser.add_argument("--python", type=Path, help="one that has aqt, instead of an environment made here")
    parser.add_argument("--seconds", type=float, default=3600, help="how long Anki may take")
    given = parser.parse_args()
    try:
        python = given.python or python_with(f"aqt=={importlib.metadata.version('anki')}", "aqt")
        launch(python, given.packages, given.out, given.cards, given.looks, given.seconds)
    except LaunchError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    print(f"See {given.out}.")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
