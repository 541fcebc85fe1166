"""All the kinds that facts can be of, used or not, each with its example."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from flashgen.diagnostics import Report, choose
from flashgen.errors import ProjectError
from flashgen.model import Kind
from flashgen.read.kinds import kind_names
from flashgen.read.project import built_in_templates, read_kinds, template_folders
from flashgen.read.source import parse_yaml, read_text
from flashgen.schema import FILES, Property, Type
from flashgen.values import Map, Seq

EXAMPLE = "example.yaml"


class Example(Struct, frozen=True):
    """A fact file that shows a kind at work, as it is written, and its facts."""

    text: str
    facts: tuple[Map, ...]


def all_kinds(root: Path | None, report: Report) -> dict[str, Kind]:
    """Return the sound kinds of a project by name, flashgen's own among them, or these alone where `root` is None."""
    # Without a project the built-in kinds are found, and named, as those of a checkout.
    home = built_in_templates().parent if root is None else root
    return read_kinds(home, kind_names(template_folders(home)), report)


def find_kind(kinds: dict[str, Kind], name: str) -> Kind:
    """Return the kind of a name. Raises ProjectError, with the names there are."""
    if name not in kinds:
        raise ProjectError(f"there is no kind `{name}`", choose(name, kinds))
    return kinds[name]


def example_of(kind: Kind) -> Example | None:
    """Return a kind's example, or None where it has none that can be read."""
    report = Report()
    file = kind.folder / EXAMPLE
    text = read_text(file, EXAMPLE, report) if file.is_file() else None
    if text is None:
        return None
    value, _ = parse_yaml(text, EXAMPLE, report)
    facts = value.get("facts") if isinstance(value, Map) else None
    found = tuple(fact for fact in facts if isinstance(fact, Map)) if isinstance(facts, Seq) else ()
    # Which schema it has is of use beside it alone.
    text = re.sub(r"\A# yaml-language-server:.*\n", "", text)
    return Example(text, found) if found else None


def titles(kind: Kind) -> Iterator[str]:
    """Yield what each card of a kind is called, and for what of a fact it is made."""
    words: Mapping[str, str] = kind.labels.get("en") or next(iter(kind.labels.values()), {})
    each = f", for each of its {kind.gaps or (kind.each.items if kind.each else '')}"
    for card in kind.cards:
        yield words.get(f"cards.{card.id}", card.id) + (each if kind.gaps or kind.each else "")


def holds(known: Property) -> str:
    """Return what a property takes, in a few words."""
    takes = {
        Type.CHOICE: " or ".join(known.choices),
        Type.BOOLEAN: "true or false",
        Type.PLAIN: "one text" if known.name != "id" else "a name",
        Type.MAP: f"a text for each of `{known.keys}`" if known.keys else "texts by name",
        Type.TEXTS: "texts by name",
        Type.DRAWING: "an SVG in media/",
        Type.LIST: "a list",
        Type.WORDS: "a list of words",
        **{type_: f"a {type_} file in media/" for type_ in FILES - {Type.MEDIA}},
        Type.MEDIA: "a file in media/",
    }.get(known.type, str(known.type))
    limits: Iterable[str] = (
        *(("needed",) if known.required else ()),
        *((f"{known.minimum} or more",) if known.minimum else ()),
        *((f"{known.maximum} characters at most",) if known.maximum else ()),
    )
    return ", ".join((takes, *limits))
