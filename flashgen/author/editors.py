"""The JSON Schemas of a project, a file for each sort of YAML file, and the comment that ties a YAML file to its own.

They stand in `.schema/` and are committed: who clones a project has completion at once, and needs no flashgen for it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from msgspec.structs import replace

from flashgen import rules
from flashgen.author.json_schema import ANY, SAID, Languages, Schema, Writer, choose, described, ids, text
from flashgen.author.kinds import all_kinds, example_of
from flashgen.diagnostics import Report, Severity
from flashgen.model import DeckFolder, Document, Kind
from flashgen.read.kind_words import CARD, COMMON, COMPANION, EACH, FIELD, KIND, PART, PROPERTY
from flashgen.read.labels import OF_KINDS
from flashgen.read.project import CARDS, CREDITS, DECK, OUTLINE, TEMPLATES, yaml_files
from flashgen.read.source import read_yaml
from flashgen.schema import ID, Property, Type
from flashgen.validate.credits import CREDIT
from flashgen.validate.deck import DECK as DECK_PROPERTIES
from flashgen.validate.deck import LANGUAGE, STATEMENT, languages_of
from flashgen.validate.facts import FILE
from flashgen.values import Map
from flashgen.write import write_bytes
from flashgen.write.edit import line_break

FOLDER = ".schema"
_COMMENT = "# yaml-language-server: $schema="
_DRAFT = "http://json-schema.org/draft-07/schema#"
# No kind's name starts so.
_EVERY = "every."
_WEB = r"^\s*https?://\S+\s*$"


def schemas_of(root: Path, report: Report) -> dict[str, bytes]:
    """Return the files of a project's schemas by path; mistakes in its kinds are reported, and these left out."""
    kinds = all_kinds(root, report)
    languages = Languages.of(_languages(root))
    schemas = {
        "facts": _facts(kinds, Writer(languages)),
        "deck": _deck(languages),
        "outline": _outline(),
        "credits": _credits(Writer(languages)),
        "kind": _kind(),
        "labels": _labels(),
    }
    return {f"{FOLDER}/{name}.json": _dump(schema) for name, schema in schemas.items()}


def _languages(root: Path) -> Iterator[tuple[str, ...] | None]:
    """Yield the languages of each deck, None for one that lists none."""
    for file in sorted((root / CARDS).glob(f"*/{DECK}")):
        document = Document(DECK, *read_yaml(file, DECK, Report()))
        yield languages_of(DeckFolder(file.parent.name, file.parent, document, None, ()))


def stale(root: Path, schemas: Mapping[str, bytes]) -> tuple[str, ...]:
    """Return the schemas that are not on the disk as they should be."""
    return tuple(
        name for name, data in schemas.items() if not (root / name).is_file() or (root / name).read_bytes() != data
    )


def refresh(root: Path) -> tuple[str, ...]:
    """Write a project's schemas anew, unless its kinds have mistakes, and return those that changed."""
    report = Report()
    schemas = schemas_of(root, report)
    changed = () if report.failed else stale(root, schemas)
    for name in changed:
        write_bytes(root / name, schemas[name])
    return changed


def comment(root: Path, file: Path) -> str:
    """Return the first line of a YAML file of a project, which tells editors its schema."""
    parts = file.relative_to(root).parts
    name = "facts"
    if parts[0] == TEMPLATES:
        name = "kind" if parts[-1] == "kind.yaml" else "labels" if "abels" in parts[-2] else "facts"
    elif len(parts) > 2:  # noqa: PLR2004 - cards/<deck>/…
        inside = "/".join(parts[2:])
        name = {DECK: "deck", OUTLINE: "outline", CREDITS: "credits"}.get(inside, "facts")
    path = Path(os.path.relpath(root / FOLDER / f"{name}.json", file.parent)).as_posix()
    return f"{_COMMENT}{path}\n"


def is_wired(text_: str) -> bool:
    """Whether a YAML file says what its schema is."""
    return any(line.startswith("# yaml-language-server:") for line in text_.removeprefix("\ufeff").splitlines()[:3])


def _dump(schema: Schema) -> bytes:
    return (json.dumps({"$schema": _DRAFT, **schema}, ensure_ascii=False, indent=1) + "\n").encode()


def _facts(kinds: Mapping[str, Kind], write: Writer) -> Schema:
    names = list(kinds)
    definitions: Schema = {name: _fact(kind, write) for name, kind in kinds.items()} | _common(kinds, write)
    named: Schema = {"if": {"required": ["kind"]}}
    fact: Schema = {
        "type": "object",
        "properties": {"id": ids(), "kind": _kinds(kinds)},
        "allOf": [choose("kind", name, {"$ref": f"#/definitions/{name}"}) for name in names],
    }
    # A fact that names no kind is of its file's.
    unnamed = [choose("kind", name, _each_fact({**named, "else": {"$ref": f"#/definitions/{name}"}})) for name in names]
    top = write.record(FILE, about="Facts: what a deck teaches, each of one kind")
    top["properties"]["kind"] = described(_kinds(kinds), FILE["kind"].about)
    top["properties"]["tags"] = described(_tags(), FILE["tags"].about)
    top["properties"]["facts"] = described({"type": "array", "items": fact}, FILE["facts"].about)
    neither = {**named, "else": _each_fact({"required": ["kind"]})}
    return {**top, "allOf": [*unnamed, neither], "definitions": definitions}


def _each_fact(schema: Schema) -> Schema:
    return {"properties": {"facts": {"items": schema}}}


def _kinds(kinds: Mapping[str, Kind]) -> Schema:
    about = [kind.about for kind in kinds.values()]
    return {"enum": list(kinds), "enumDescriptions": about, "markdownEnumDescriptions": about}


def _common(kinds: Mapping[str, Kind], write: Writer) -> Schema:
    """Return the definitions of what every fact may hold."""
    allow = Property("allow", Type.ANY, about=COMMON["allow"].about)
    common: Schema = write.record({**COMMON, "allow": allow})["properties"]
    for name, schema in (("kind", _kinds(kinds)), ("tags", _tags()), ("allow", _allow())):
        common[name] = described(schema, COMMON[name].about)
    return {f"{_EVERY}{name}": schema for name, schema in common.items()}


def _fact(kind: Kind, write: Writer) -> Schema:
    example = example_of(kind)
    own = {name: known for name, known in kind.properties.items() if name not in COMMON or name == "id"}
    whole = write.record(own, example.facts[0] if example else Map(), kind.about)
    whole["properties"] |= {name: {"$ref": f"#/definitions/{_EVERY}{name}"} for name in COMMON}
    # A draft may lack, and hold, anything.
    draft = {"required": ["draft"], "properties": {"draft": {"enum": [True, "true"]}}}
    return {"if": draft, "then": {}, "else": whole}


def _tags() -> Schema:
    return {"type": "array", "items": {**text(), "pattern": r"^\S+$"}}


def _allow() -> Schema:
    warnings = [rule.name for rule in rules.RULES if rule.severity is not Severity.ERROR]
    return {"type": "object", "properties": {name: text() for name in warnings}, "additionalProperties": False}


def _deck(languages: Languages) -> Schema:
    code = f"^{LANGUAGE.pattern}$"
    # They are listed in this very file, which may be ahead of its schema.
    schema = Writer(replace(languages, pattern=code)).record(DECK_PROPERTIES, about="A deck: what learners import")
    # A part of a fact may be retired, or what it made under another kind: `fact/part`, `kind/fact`.
    schema["properties"]["retired"]["items"] = {**text(), "pattern": f"^{ID.pattern}(?:[/+]{ID.pattern})*$"}
    schema["properties"]["languages"]["items"] = {"type": "string", "pattern": code}
    voices = {"type": "object", "additionalProperties": {"type": "string", "pattern": "^[a-z]{2,3}_[A-Z]{2}$"}}
    schema["properties"]["speech"] |= {"anyOf": [{"type": ["boolean", "string"], "pattern": "^(true|false)$"}, voices]}
    return schema


def _outline() -> Schema:
    # Which languages an outline is in is nobody's business.
    statement = Writer(Languages(pattern=ANY)).record(STATEMENT, about="A statement that the deck must teach")
    return {"type": "array", "items": statement}


def _credits(write: Writer) -> Schema:
    credit = write.record(CREDIT, about="Who made this file of media/, and on what terms")
    credit["properties"]["source"] |= {"type": "string", "pattern": _WEB}
    return {"type": "object", "additionalProperties": credit}


def _kind() -> Schema:
    write = Writer(Languages())
    kind = write.record(KIND, about="A kind: what its facts hold, and the fields and cards that they make")
    companion = write.record(COMPANION, about="A note type beside the kind's own, with the same facts")
    for shape in (kind, companion):
        _refine(shape["properties"], write)
    kind["properties"]["companions"] |= {
        "type": "object",
        "propertyNames": ids(),
        "additionalProperties": companion,
    }
    kind["properties"]["facts"] |= _properties(COMMON)
    prop = write.record(PROPERTY)
    prop["properties"]["items"] |= {"$ref": "#/definitions/items"}
    prop["allOf"] = [choose("type", "choice", {"required": ["of"]}), choose("type", "list", {"required": ["items"]})]
    return {**kind, "definitions": {"property": prop, "items": _properties(PART)}}


def _refine(properties: Schema, write: Writer) -> None:
    field: Schema = {"anyOf": [text(), write.record(FIELD)]}
    card: Schema = {"anyOf": [ids(), write.record(CARD)]}
    properties["fields"] |= {"type": "object", "minProperties": 1, "additionalProperties": field}
    properties["cards"] |= {"type": "array", "minItems": 1, "items": card}
    properties["each"] |= {"anyOf": [text(), write.record(EACH)]}


def _properties(taken: Iterable[str]) -> Schema:
    names = {"not": {"enum": [*taken]}}
    return {"type": "object", "propertyNames": names, "additionalProperties": {"$ref": "#/definitions/property"}}


def _labels() -> Schema:
    words: Schema = {"type": "string", "pattern": SAID}
    by_card = {"type": "object", "additionalProperties": {"anyOf": [words, {"$ref": "#"}]}}
    return {
        "type": "object",
        "properties": {
            "title": described(words, "What the note type is called in Anki, behind the deck's name"),
            "cards": described(by_card, "What each card is called, by its id"),
            "companions": described(by_card, "What each companion's note type is called, by its name"),
            OF_KINDS: described(by_card, "In templates/_labels/, what single kinds say, by their names"),
        },
        "additionalProperties": {"anyOf": [words, {"$ref": "#"}]},
    }


def wire(root: Path) -> tuple[str, ...]:
    """Put the comment that names its schema into each YAML file of a project that has none; return those files."""
    files = [
        *(file for deck in sorted((root / CARDS).iterdir()) if deck.is_dir() for file in yaml_files(deck)),
        *sorted((root / CARDS).glob(f"*/{CREDITS}")),
        *sorted((root / TEMPLATES).glob("*/kind.yaml")),
        *sorted((root / TEMPLATES).glob("*labels/*.yaml")),
        *sorted((root / TEMPLATES).glob("*/labels/*.yaml")),
    ]
    changed = []
    for file in files:
        try:
            text_ = file.read_bytes().decode()
        except (OSError, UnicodeDecodeError):
            continue
        if not is_wired(text_):
            mark = "\ufeff" if text_.startswith("\ufeff") else ""
            line = comment(root, file).replace("\n", line_break(text_))
            write_bytes(file, f"{mark}{line}{text_.removeprefix(mark)}".encode())
            changed.append(file.relative_to(root).as_posix())
    return tuple(changed)
