"""What a record may hold, as JSON Schema says it to editors: draft 7, which yaml-language-server reads.

Editors type what YAML leaves bare: `1.10` is a number to them, and text to flashgen. So wherever text may stand,
numbers and truth values may too. `tests/test_schema_agreement.py` holds this module and `flashgen.schema` to one
judgement.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from flashgen.schema import FILE_KEYS, FILES, ID, MAX_ID, Property, Type
from flashgen.values import Map, Seq

Schema = dict[str, Any]
BARE = ("string", "number", "boolean")
SAID = r"\S"
# What any name matches.
ANY = "^"
_ID = f"^{ID.pattern}$"
_BY_LANGUAGE = frozenset({Type.TEXT, Type.MARKDOWN, Type.CLOZE, Type.HTML})
# What YAML 1.2 makes of words without quotes.
_TRUTH = {"true": True, "false": False}
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]*)")


class Languages(Struct, frozen=True):
    """The languages that texts may differ by: none, or these.

    `exact` where every deck has just these, `pattern` where there may be others, which it is to match.
    """

    names: tuple[str, ...] = ()
    exact: bool = True
    pattern: str | None = None

    @classmethod
    def of(cls, decks: Iterable[Sequence[str] | None]) -> Languages:
        """Return the languages of a project from those of its decks: None for one that lists none, () if unreadable."""
        every = list(decks)
        names = dict.fromkeys(name for languages in every for name in languages or ())
        exact = all(tuple(languages or ()) == tuple(names) for languages in every)
        return cls(tuple(names), exact, ANY if () in every else None)


class Writer:
    """Writes the schemas of properties for decks of these languages."""

    def __init__(self, languages: Languages) -> None:
        self.languages = languages

    def record(self, properties: Mapping[str, Property], example: object = None, about: str = "") -> Schema:
        """Return the schema of a record with these properties, and no others."""
        shown = example if isinstance(example, Map) else {}
        schema: Schema = {
            "type": "object",
            "properties": {name: self.property(known, shown.get(name)) for name, known in properties.items()},
            "additionalProperties": False,
        }
        if "id" in properties and "formerly" in properties:
            schema["properties"]["formerly"]["items"] = ids()
        if needed := [name for name, known in properties.items() if known.required]:
            schema["required"] = needed
        return described(schema, about)

    def property(self, known: Property, example: object = None) -> Schema:
        """Return the schema of a property's value, with what it is for and what it can be."""
        return described(self._value(known, example), known.about, example)

    def _value(self, known: Property, example: object) -> Schema:  # noqa: C901, PLR0911 - one return a type
        match known.type:
            case Type.CHOICE:
                return {"enum": [value for choice in known.choices for value in _as_typed(choice)]}
            case Type.BOOLEAN:
                return {"type": ["boolean", "string"], "pattern": "^(true|false)$"}
            case Type.NUMBER:
                return {"type": ["integer", "string"], "pattern": "^-?[0-9]{1,15}$"}
            case Type.WORDS:
                return {"type": "array", "items": text(), **_at_least("minItems", known.minimum)}
            case Type.LIST:
                first = example[0] if isinstance(example, Seq) and example else None
                items = self.record(known.items, first)
                return {"type": "array", "items": items, **_at_least("minItems", known.minimum)}
            case Type.MAP | Type.TEXTS:
                entry = Property("", Type.MARKDOWN, required=True, maximum=known.maximum)
                by_name = known.keys is None and known.type is Type.MAP
                return {"type": "object", "additionalProperties": text() if by_name else self._text(entry)}
            case Type.ANY:
                return {}
            case _ if known.name == "id":
                return ids()
            case _ if known.type in FILES:
                return self._file(known)
            case _ if known.type in _BY_LANGUAGE:
                return self._text(known)
            case _:
                return text(known.maximum)

    def _text(self, known: Property) -> Schema:
        """Return the schema of a text that may differ by language."""
        one = text(known.maximum)
        names = self.languages.names
        if not names and self.languages.pattern is None:
            return one
        by_language: Schema = {"type": "object", "properties": dict.fromkeys(names, one)}
        by_language["additionalProperties"] = False
        if self.languages.pattern is not None:
            by_language["patternProperties"] = {self.languages.pattern: one}
        elif known.required and self.languages.exact:
            by_language["required"] = list(names)
        return {"anyOf": [one, by_language]}

    def _file(self, known: Property) -> Schema:
        """Return the schema of a file's path, alone or with what it says to those who miss it."""
        path = self._text(known)
        return {"anyOf": [*path.get("anyOf", [path]), self.record(FILE_KEYS)]}


def text(maximum: int | None = None) -> Schema:
    """Return the schema of a text that is the same in every language."""
    return {"type": list(BARE), "pattern": SAID, **({"maxLength": maximum} if maximum is not None else {})}


def ids() -> Schema:
    """Return the schema of an id, which may be written as a number."""
    return {"type": ["string", "integer", "boolean"], "pattern": _ID, "maxLength": MAX_ID, "minimum": 0}


def described(schema: Schema, about: str, example: object = None) -> Schema:
    """Return a schema with what its value is for, and an example, as editors show them."""
    if about:
        schema = {"description": about, **schema}
        if "`" in about:
            schema["markdownDescription"] = about
    if example is not None and not isinstance(example, Map | Seq):
        schema["examples"] = [example]
    return schema


def choose(name: str, chosen: str, then: Schema) -> Schema:
    """Return a schema that holds where a property has a value."""
    return {"if": {"properties": {name: {"const": chosen}}, "required": [name]}, "then": then}


def _as_typed(choice: str) -> Iterable[object]:
    """Yield a word, and what editors make of it without quotes."""
    yield choice
    if choice in _TRUTH:
        yield _TRUTH[choice]
    elif _WHOLE.fullmatch(choice):
        yield int(choice)


def _at_least(keyword: str, minimum: int) -> Schema:
    return {keyword: minimum} if minimum else {}
