"""Where things lie in a project, and where the project lies."""

from __future__ import annotations

from pathlib import Path

from flashgen.errors import ProjectError

CARDS, TEMPLATES = "cards", "templates"
# In `templates/`, the words that all kinds share.
LABELS = "_labels"
# Before the paths of what comes with flashgen.
BUILT_IN = "flashgen:"
# What a deck shows and plays, in its folder.
MEDIA = "media"
DECK, OUTLINE, CREDITS = "deck.yaml", "outline.yaml", f"{MEDIA}/credits.yaml"


def find_root(start: Path) -> Path:
    """Return the closest folder, from `start` upwards, that holds `cards/`.

    Raises ProjectError where there is none.
    """
    for folder in (start, *start.parents):
        if (folder / CARDS).is_dir():
            return folder
    raise ProjectError(
        f"there is no flashgen project in {start} or above it",
        "go to the folder that holds `cards/`, name it with `-C DIR`, or make one with `flashgen init`",
    )


def built_in_templates() -> Path:
    """Return the folder of the kinds that ship with flashgen."""
    package = Path(__file__).parent.parent
    # In a checkout the templates stand beside the package, in a wheel inside it.
    inside = package / TEMPLATES
    return inside if inside.is_dir() else package.parent / TEMPLATES
