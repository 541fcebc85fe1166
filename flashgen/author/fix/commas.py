"""Quotes around texts in braces that hold a comma, which YAML takes for the start of another key."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from copy import deepcopy

from flashgen.author.fix.changes import Cured
from flashgen.rules import UNKNOWN_LANGUAGE
from flashgen.values import Map, Position, Seq, Value
from flashgen.write.edit import Edit, Places, apply, quoted, value_of


def quote_commas(text: str, languages: Collection[str]) -> Cured | None:
    """Return a YAML text in which `{ko: 하나, 둘}` is one text by language, or None where none is written so."""
    value = value_of(text)
    wanted = deepcopy(value)
    places = Places(text)
    edits: list[Edit] = []
    pieces: list[Position] = []
    for record, copy in zip(_maps(value), _maps(wanted), strict=True):
        if text[places.start(record.at)] == "{" and _is_torn(record, languages):
            edits += _edits(record, copy, text, places, languages)
            pieces += [at for key, at in record.keys_at.items() if key not in languages]
    if not edits or value_of(apply(text, edits)) != wanted:
        return None
    told = [(places.line(edit.start) + 1, f"put in quotes: {text[edit.start : edit.end]}") for edit in edits]
    return Cured(apply(text, edits), told, [(UNKNOWN_LANGUAGE, at) for at in pieces])


def _is_torn(record: Map, languages: Collection[str]) -> bool:
    """Whether a record is a text by language of which pieces became keys without a value."""
    keys = list(record)
    pieces = [key for key in keys if key not in languages]
    said = all(isinstance(record[key], str) and record[key] != "" for key in keys if key in languages)
    return bool(pieces) and keys[0] in languages and said and all(record[key] == "" for key in pieces)


def _edits(record: Map, copy: Map, text: str, places: Places, languages: Collection[str]) -> Iterator[Edit]:
    copy.clear()
    keys = list(record)
    for number, key in enumerate(keys):
        if key not in languages:
            continue
        last = number
        while last + 1 < len(keys) and keys[last + 1] not in languages:
            last += 1
        copy[key] = record[key]
        if last == number:
            continue
        start, end = places.start(record.values_at[key]), places.end(record.keys_at[keys[last]])
        whole = text[start:end]
        if all(character not in whole for character in "\"'\r\n:"):
            copy[key] = whole
            yield Edit(start, end, quoted(whole))
        else:
            # It is not sure what was meant: what is wanted then cannot be had, and the file stays as it is.
            copy[keys[last]] = whole


def _maps(value: Value | None) -> Iterator[Map]:
    """Yield all records in a value that hold no others, in their order."""
    entries = list(value.values()) if isinstance(value, Map) else value if isinstance(value, Seq) else []
    if isinstance(value, Map) and not any(isinstance(entry, Map | Seq) for entry in entries):
        yield value
    for entry in entries:
        yield from _maps(entry)
