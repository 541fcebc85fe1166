"""A fact to be filled in, written where it belongs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from flashgen.author.editors import comment, refresh
from flashgen.author.kinds import example_of
from flashgen.author.place import file_for, kind_of, put_fact, refuse_id
from flashgen.author.skeleton import skeleton
from flashgen.errors import FlashgenError, ProjectError
from flashgen.model import DeckFolder, Kind
from flashgen.read.places import MEDIA
from flashgen.read.project import CREDITS, DECK, OUTLINE
from flashgen.validate.deck import languages_of
from flashgen.write import write_bytes

_YAML = (".yaml", ".yml")


class Added(Struct, frozen=True):
    """The file a fact was put in, whether that is new, the line it starts on, and what has to be filled in."""

    file: Path
    is_new: bool
    line: int
    wanted: tuple[str, ...]


def deck_of(root: Path, decks: Sequence[DeckFolder], name: str | None, file: Path | None) -> DeckFolder | None:
    """Return the deck that is meant, or None where there are several. Raises ProjectError where none can be meant."""
    if not decks:
        raise ProjectError(f"{root / 'cards'} holds no deck", "make a folder in it with a deck.yaml")
    if name is not None:
        # A name that is no deck's was refused when they were read.
        return next(deck for deck in decks if deck.name == name)
    if len(decks) == 1:
        return decks[0]
    return next((deck for deck in decks if file and (root / file).resolve().is_relative_to(deck.folder)), None)


def add_fact(root: Path, deck: DeckFolder, kind: Kind, name: str, given: Path | None) -> Added:
    """Put a fact to be filled in into a deck, in the file that is given, else in the one where its like stand.

    Raises FlashgenError where the id or the file will not do; then nothing is written.
    """
    refuse_id(deck, name)
    file = file_for(root, deck, kind.name) if given is None else _file(root, deck, given)
    is_new = not file.is_file()
    text = f"{comment(root, file)}kind: {kind.name}\n" if is_new else _text(file, root)
    example = example_of(kind)
    lines = skeleton(
        kind,
        name,
        languages_of(deck) or (),
        example.facts[0] if example else None,
        with_kind=kind_of(text) != kind.name,
    )
    placed = put_fact(text, file.relative_to(root).as_posix(), name, lines)
    write_bytes(file, placed.text.encode())
    if is_new:
        # What its first line names is there.
        refresh(root)
    wanted = tuple(known for known in kind.own if kind.properties[known].required)
    return Added(file, is_new, placed.line, wanted)


def _file(root: Path, deck: DeckFolder, given: Path) -> Path:
    """Return the file that is meant: its path starts in the project, or in the deck."""
    given = given if given.suffix else given.with_suffix(_YAML[0])
    file = (root / given).resolve()
    if not file.is_relative_to(deck.folder):
        file = (deck.folder / given).resolve()
    inside = file.relative_to(deck.folder) if file.is_relative_to(deck.folder) else None
    folder = deck.folder.relative_to(root).as_posix()
    if inside is None or inside.suffix not in _YAML:
        raise ProjectError(f"{given} is no place for facts", f"name a .yaml file in {folder}/")
    if inside.as_posix() in (DECK, OUTLINE, CREDITS) or any(part[0] == "." for part in inside.parts):
        raise ProjectError(f"{folder}/{inside.as_posix()} holds no facts", "name another file")
    if inside.parts[0] == MEDIA:
        raise ProjectError(f"{folder}/media/ holds no facts", f"name a .yaml file in {folder}/")
    return file


def _text(file: Path, root: Path) -> str:
    try:
        return file.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        shown = file.relative_to(root).as_posix()
        raise FlashgenError(f"{shown} cannot be read", "run `flashgen check`, and mend it first") from error
