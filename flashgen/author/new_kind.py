"""A new kind in a project's `templates/`, from the files in `flashgen/starter/kind/`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from flashgen.author.editors import comment, refresh
from flashgen.author.start import STARTER
from flashgen.errors import ProjectError
from flashgen.read.labels import FALLBACK
from flashgen.read.project import TEMPLATES, built_in_templates
from flashgen.schema import good_id, why_no_id
from flashgen.write import write_bytes

_LABELS = "labels"


def start_kind(root: Path, name: str, languages: Iterable[str]) -> tuple[Path, ...]:
    """Write a kind that works at once, with words in these languages, and return its files.

    Raises ProjectError where the name is no id, or is taken.
    """
    if not good_id(name):
        raise ProjectError(*why_no_id(name))
    folder = root / TEMPLATES / name
    if folder.exists():
        raise ProjectError(f"there is {TEMPLATES}/{name}/ already", "choose another name")
    if (built_in_templates() / name).exists():
        hint = "choose another name"
        raise ProjectError(f"flashgen has a kind `{name}` already, whose place yours would take", hint)
    pattern = STARTER / "kind"
    words = {"TITLE": name.replace("-", " ").capitalize(), "KIND": name}
    files = {path.name: path for path in sorted(pattern.iterdir()) if path.is_file()}
    for language in languages:
        own = pattern / _LABELS / f"{language}.yaml"
        files[f"{_LABELS}/{language}.yaml"] = own if own.is_file() else pattern / _LABELS / f"{FALLBACK}.yaml"
    for shown, file in files.items():
        text = file.read_text(encoding="utf-8")
        for word, meant in words.items():
            text = text.replace(word, meant)
        line = comment(root, folder / shown) if file.suffix == ".yaml" else ""
        write_bytes(folder / shown, f"{line}{text}".encode())
    refresh(root)
    return tuple(folder / shown for shown in files)
