"""A new project, from the files in `flashgen/starter/`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from flashgen.author.editors import FOLDER, comment, refresh
from flashgen.author.new_words import catalogue, catalogue_of, speaks
from flashgen.diagnostics import Report
from flashgen.errors import ProjectError
from flashgen.read.labels import FALLBACK
from flashgen.read.project import CARDS
from flashgen.schema import Checker, slug
from flashgen.validate.deck import LANGUAGE, check_deck_name
from flashgen.values import Map, Position, Seq, Value
from flashgen.write import write_bytes
from flashgen.write.edit import Edit, Places, apply, value_of, written

STARTER = Path(__file__).parent.parent / "starter"


class Started(Struct, frozen=True):
    """What was made: the files, and those that were there already and stay as they are.

    `to_translate` are those that hold words for a language that flashgen does not speak.
    """

    deck: str
    made: tuple[str, ...]
    kept: tuple[str, ...]
    to_translate: tuple[str, ...] = ()


def deck_folder(root: Path, name: str) -> str:
    """Return the folder of a project's first deck: what its packages are called."""
    return slug(root.name) or slug(name) or "deck"


def refuse_project(root: Path) -> None:
    """Raise ProjectError where a project, or no folder, stands already."""
    if (root / CARDS).exists():
        hint = f"`flashgen new` adds facts to it; another deck is another folder in {CARDS}/ with a deck.yaml"
        raise ProjectError(f"{root} holds a project already", hint)
    if root.exists() and not root.is_dir():
        raise ProjectError(f"{root} is a file", "name a folder, new or not")


def wrong_name(name: str) -> str | None:
    """Return what keeps a text from being a deck's name, or None."""
    report = Report()
    check_deck_name(Checker("", report), name, (0, 0, 0, 0))
    return next((f"{finding.message}; {finding.hint}" for finding in report), None)


def wrong_language(languages: Sequence[str]) -> str | None:
    """Return what is wrong with a list of languages, or None."""
    wrong = next((language for language in languages if not LANGUAGE.fullmatch(language)), None)
    return None if wrong is None else f"`{wrong}` is not a language code"


def start_project(root: Path, names: Mapping[str, str], uid: str) -> Started:
    """Write a project with one deck, whose name is given by language, and return what was made.

    Files that are there already stay as they are. Raises ProjectError and WriteError.
    """
    refuse_project(root)
    folder = deck_folder(root, next(iter(names.values())))
    files = _files(folder, names, uid)
    kept = tuple(name for name in files if (root / name).exists())
    made = tuple(name for name in files if name not in kept)
    for name in made:
        line = comment(root, root / name) if name.endswith(".yaml") else ""
        write_bytes(root / name, f"{line}{files[name]}".encode())
    schemas = (f"{FOLDER}/",) if refresh(root) else ()
    catalogues = tuple(name for name in map(catalogue_of, names) if name in made)
    return Started(folder, (*made, *schemas), kept, catalogues)


def _files(folder: str, names: Mapping[str, str], uid: str) -> dict[str, str]:
    """Return the texts of a new project's files by path."""
    languages = list(names)
    first = next(iter(names.values()))
    deck = {"UID": uid, " NAME": written(first if len(names) == 1 else names, ""), "LANGUAGES": ", ".join(languages)}
    return {
        f"{CARDS}/{folder}/deck.yaml": _filled(localise(_read("deck.yaml"), languages), deck),
        f"{CARDS}/{folder}/facts.yaml": localise(_read("facts.yaml"), languages),
        **{catalogue_of(language): catalogue(language) for language in languages if not speaks(language)},
        ".gitignore": _read("gitignore"),
        ".gitattributes": _read("gitattributes"),
        "README.md": _filled(_read("README.md"), {"NAME": first, "FOLDER": folder}),
    }


def _filled(text: str, words: Mapping[str, str]) -> str:
    return re.sub("|".join(words), lambda match: words[match.group()], text)


def localise(text: str, languages: Sequence[str]) -> str:
    """Return a YAML text whose texts, written in many languages, are in these alone."""
    places = Places(text)
    edits = []
    for column, value, at in _texts(value_of(text), ""):
        wanted = {language: value.get(language, value[FALLBACK]) for language in languages}
        new = written(wanted if len(wanted) > 1 else next(iter(wanted.values())), column)
        start = len(text[: places.start(at)].rstrip())
        # A mapping in lines ends where the next thing starts.
        end = places.end(value.at) if text[places.start(at)] == "{" else _last(value, places)
        edits.append(Edit(start, end, new))
    return apply(text, edits)


def _texts(value: Value | None, indent: str) -> Iterator[tuple[str, Map, Position]]:
    """Yield the texts by language in a value, each with its key's indentation and where it stands."""
    if isinstance(value, Map):
        for name, entry in value.items():
            if isinstance(entry, Map) and FALLBACK in entry:
                yield " " * value.keys_at[name][1], entry, value.values_at[name]
            else:
                yield from _texts(entry, indent)
    elif isinstance(value, Seq):
        for entry in value:
            yield from _texts(entry, indent)


def _last(value: Map, places: Places) -> int:
    return max(places.end(at) for at in value.values_at.values())


def _read(name: str) -> str:
    return (STARTER / name).read_text(encoding="utf-8")
