"""Ids for facts, and for their items, that have none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from copy import deepcopy

from flashgen.author.fix.changes import Cured
from flashgen.model import Kind
from flashgen.read.kind_words import PART
from flashgen.rules import MISSING_ID
from flashgen.schema import Property, Type, ids_of, slug
from flashgen.values import Map, Position, Seq, Value
from flashgen.write.edit import Edit, Places, apply, line_break, value_of

_CLOZE = re.compile(r"\{\{c[0-9]+::(.*?)(?:::.*?)?\}\}")
_SAID = frozenset({Type.TEXT, Type.MARKDOWN, Type.CLOZE, Type.HTML, Type.PLAIN})
# An id put in, how that is told, and the record that has it now.
_Given = tuple[Edit, str, Map]


def ids_in(value: Value | None) -> Iterator[str]:
    """Yield the ids that the facts of a file have and had."""
    for fact in _facts(value):
        yield from (name for name, _ in ids_of(fact))


def give_ids(text: str, kinds: Mapping[str, Kind], taken: set[str]) -> Cured | None:
    """Return a fact file's text in which each fact has an id, or None where that is so, or cannot be had.

    Those that are given are unique among those `taken`, and join them.
    """
    value = value_of(text)
    if not isinstance(value, Map):
        return None
    places, newline = Places(text), line_break(text)
    edits: list[_Given] = []
    wanted: Value = deepcopy(value)
    for fact, copy in zip(_facts(value), _facts(wanted), strict=True):
        named = fact.get("kind", value.get("kind"))
        kind = kinds.get(named) if isinstance(named, str) else None
        if fact.get("draft") == "true":
            continue
        own = {name: kind.properties[name] for name in kind.own} if kind else {}
        if _says(fact) and not _has_id(fact):
            name = _name(fact, own, kind.name if kind else "fact", taken)
            edits.append((_edit(fact, name, text, places, newline), f"gave this fact the id `{name}`", fact))
            copy["id"] = name
        for known in own.values():
            items = fact.get(known.name)
            if known.type is Type.LIST and isinstance(items, Seq):
                edits += _of_items(items, copy[known.name], known, text, places, newline)
    changed = apply(text, [edit for edit, *_ in edits])
    if not edits or value_of(changed) != wanted:
        return None
    told = [(_line(edit, edits, places), what) for edit, what, _ in edits]
    return Cured(changed, told, [(MISSING_ID, _lacking(record)) for *_, record in edits])


def _of_items(items: Seq, copies: Seq, known: Property, text: str, places: Places, newline: str) -> Iterator[_Given]:
    records = [(item, copy) for item, copy in zip(items, copies, strict=True) if isinstance(item, Map)]
    taken = {name for item, _ in records for name, _ in ids_of(item)}
    for item, copy in records:
        if _says(item) and not _has_id(item):
            name = _name(item, known.items, known.name.replace("_", "-"), taken)
            copy["id"] = name
            yield _edit(item, name, text, places, newline), f"gave this item of `{known.name}` the id `{name}`", item


def _facts(value: Value | None) -> list[Map]:
    facts = value.get("facts") if isinstance(value, Map) else None
    return [fact for fact in facts if isinstance(fact, Map)] if isinstance(facts, Seq) else []


def _has_id(record: Map) -> bool:
    own = record.get("id", "")
    return not isinstance(own, str) or own.strip() != ""


def _says(value: Value) -> bool:
    """Whether there is any text in a value; what is still to be filled in gets its id when it is."""
    if isinstance(value, str):
        return value.strip() != ""
    return any(map(_says, value.values() if isinstance(value, Map) else value))


def _name(record: Map, properties: Mapping[str, Property], otherwise: str, taken: set[str]) -> str:
    """Return an id that is not taken, and take it: after what the record says first, else counted."""
    own = [known for name, known in properties.items() if name not in PART and name in record]
    texts = [record[known.name] for known in own if known.type in _SAID]
    stem = _slug(texts[0]) if texts else ""
    name, number = stem or f"{slug(otherwise) or 'fact'}-1", 1
    while name in taken:
        number += 1
        name = f"{stem or slug(otherwise) or 'fact'}-{number}"
    taken.add(name)
    return name


def _slug(text: Value) -> str:
    """Return the id that a text gives in the first of its languages that is written in Latin letters, or ""."""
    texts = [text] if isinstance(text, str) else list(text.values()) if isinstance(text, Map) else []
    for entry in texts:
        plain = unicodedata.normalize("NFKD", _CLOZE.sub(r"\1", entry)) if isinstance(entry, str) else ""
        letters = [character for character in plain if character.isalpha()]
        if letters and all(character.isascii() for character in letters):
            return _shortened(slug("".join(c for c in plain if not unicodedata.combining(c)).replace("'", "")))
    return ""


def _shortened(name: str, limit: int = 50) -> str:
    return name if len(name) <= limit else name[:limit].rpartition("-")[0] or name[:limit]


def _edit(record: Map, name: str, text: str, places: Places, newline: str) -> Edit:
    """Return the change that gives a record its id: in the place of an empty one, else before its first property."""
    if "id" in record:
        start, end = places.start(record.values_at["id"]), places.end(record.values_at["id"])
        if start == end:
            # Behind the colon, whatever follows it.
            start = end = places.end(record.keys_at["id"]) + text[places.end(record.keys_at["id"]) :].index(":") + 1
            return Edit(start, end, f" {name}")
        return Edit(start, end, name)
    first = _lacking(record)
    at = places.start(first)
    if text[places.start(record.at)] == "{":
        return Edit(at, at, f"id: {name}, ")
    return Edit(at, at, f"id: {name}{newline}{' ' * first[1]}")


def _lacking(record: Map) -> Position:
    """Return where it is told that a record has no id: at an empty one, else where it starts."""
    return record.keys_at.get("id") or next(iter(record.keys_at.values()))


def _line(edit: Edit, edits: list[_Given], places: Places) -> int:
    """Return the line, from 1, of a change in the text that all of them make."""
    above = sum(other.text.count("\n") or other.text.count("\r") for other, *_ in edits if other.start < edit.start)
    return places.line(edit.start) + above + 1
