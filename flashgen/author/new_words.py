"""A catalogue of the words that come with flashgen, for a language that it does not speak, to be translated."""

from __future__ import annotations

from pathlib import Path

from flashgen.author.editors import comment, refresh
from flashgen.errors import ProjectError
from flashgen.read.kinds import kind_names
from flashgen.read.labels import FALLBACK, OF_KINDS
from flashgen.read.places import LABELS, TEMPLATES, built_in_templates
from flashgen.write import write_bytes

_HEAD = """\
# What the cards and the release notes say by themselves, to be put into `{language}`: it is English still.
# Keep what stands in braces, such as {{when}}.
"""
_KINDS = f"""
# What single kinds say, and what Anki calls their note types and cards. Nothing asks for those that you do not use.
{OF_KINDS}:
"""


def speaks(language: str) -> bool:
    """Whether flashgen comes with words of a language."""
    return (built_in_templates() / LABELS / f"{language}.yaml").is_file()


def catalogue_of(language: str) -> str:
    """Return where the words of a language stand in a project that brings its own."""
    return f"{TEMPLATES}/{LABELS}/{language}.yaml"


def catalogue(language: str) -> str:
    """Return the text of a catalogue that holds all words of flashgen in English."""
    folder = built_in_templates()
    shared = (folder / LABELS / f"{FALLBACK}.yaml").read_text(encoding="utf-8")
    kinds = ""
    for name in kind_names((folder,)):
        words = (folder / name / "labels" / f"{FALLBACK}.yaml").read_text(encoding="utf-8")
        kinds += f"  {name}:\n" + "".join(f"    {line}" for line in words.splitlines(keepends=True))
    return _HEAD.format(language=language) + shared + _KINDS + kinds


def start_words(root: Path, language: str) -> Path:
    """Write the catalogue of a language into a project, and return its file. Raises ProjectError where one is there."""
    file = root / catalogue_of(language)
    if file.exists():
        raise ProjectError(f"there is {catalogue_of(language)} already", "`flashgen check` tells what it lacks")
    if speaks(language):
        hint = f"to say single ones otherwise, write them into {catalogue_of(language)}"
        raise ProjectError(f"flashgen has all words in `{language}`", hint)
    write_bytes(file, f"{comment(root, file)}{catalogue(language)}".encode())
    refresh(root)
    return file
