"""What a record of YAML may hold, as data, and its check.

A kind's properties, `deck.yaml` and `kind.yaml` are all described this way, so that every file is judged in the same
words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from flashgen import rules
from flashgen.allowances import Allowances
from flashgen.diagnostics import Related, Report, Rule, Severity, Span, choose, did_you_mean, one_of
from flashgen.values import Map, Position, Seq, Value, is_cut, span

ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
MAX_ID = 60
# No card shows as much, and what reads Markdown takes far longer for a text that is ten times as long.
LONGEST_TEXT = 20_000
WHOLE_NUMBER = re.compile(r"-?[0-9]{1,15}")


class Type(StrEnum):
    """The types of property. The first four are for readers, and may differ by language."""

    TEXT = "text"
    MARKDOWN = "markdown"
    CLOZE = "cloze"
    HTML = "html"
    PLAIN = "plain"
    CHOICE = "choice"
    BOOLEAN = "boolean"
    NUMBER = "number"
    WORDS = "words"
    LIST = "list"
    MAP = "map"
    TEXTS = "texts"
    DRAWING = "drawing"
    MEDIA = "media"
    PICTURE = "picture"
    SOUND = "sound"
    VIDEO = "video"
    ANY = "any"


# Files of the deck's `media/`.
FILES = frozenset({Type.MEDIA, Type.PICTURE, Type.SOUND, Type.VIDEO})
# What other programs take for `true` and `false`.
_YES, _NO = ("yes", "y", "on", "1"), ("no", "n", "off", "0")
_COMMA = "put a text that holds `, ` in quotes"
RECORD = "`key: value` lines"


class Property(Struct, frozen=True):
    """One property: its name, type and limits.

    `maximum` counts characters, `minimum` items. `items` are the properties of a list's records; `keys` names the list
    whose ids are a map's keys.
    """

    name: str
    type: Type
    required: bool = False
    about: str = ""
    maximum: int | None = None
    minimum: int = 0
    choices: tuple[str, ...] = ()
    items: Mapping[str, Property] = field(default_factory=dict)
    keys: str | None = None


NO_ALLOWANCES = Allowances()
# A file of `media/`, where its path alone does not say enough.
FILE_KEYS = {name: Property(name, Type.TEXT, required=name == "file") for name in ("file", "alt")}


class Checker:
    """Checks the records of one file. `sound` turns False at the first error.

    `languages` is None where the deck lists none, and empty where deck.yaml could not be read: then any will do.
    """

    __slots__ = ("allow", "languages", "owner", "path", "report", "root", "sound")

    def __init__(self, path: str, report: Report, languages: Sequence[str] | None = None) -> None:
        self.path, self.report, self.languages = path, report, languages
        self.allow = NO_ALLOWANCES
        self.root: Map | None = None
        self.owner = ""
        self.sound = True

    def say(
        self,
        rule: Rule,
        message: str,
        at: Position,
        hint: str | None = None,
        related: Sequence[Related] = (),
    ) -> None:
        """Report a finding of this file, unless the fact allows it."""
        if self.allow.covers(rule):
            return
        if rule.severity is Severity.ERROR:
            self.sound = False
        self.report.add(rule, message, span(self.path, at), hint, related)

    def record(self, value: Map, properties: Mapping[str, Property], declared: Span | None = None) -> None:
        """Check a record: its keys, what it lacks, and each value. `declared` is where its properties are listed."""
        cut = is_cut(value)
        last = next(reversed(value), None) if cut else None
        for key, item in value.items():
            if key == last:
                continue
            known = properties.get(key)
            if known is None:
                self._unknown(key, item, value.keys_at[key], properties, declared)
            elif type(item) is str and known.type is not Type.ANY and not item.strip():
                self._empty(known, value.keys_at[key])
            else:
                _CHECKS[known.type](self, known, item, value.values_at[key], value.keys_at[key])
        for name, wanted in properties.items() if not cut else ():
            if wanted.required and name not in value:
                rule = rules.MISSING_ID if name == "id" else rules.MISSING_PROPERTY
                hint = f"add `{name}: …`" + (f" ({_first(wanted.about)})" if wanted.about else "")
                at = value.at if not value.keys_at else next(iter(value.keys_at.values()))
                whose = self.owner or "this file"
                self.say(rule, f"{whose} lacks `{name}`", at, hint)

    def _unknown(
        self, key: str, item: Value, at: Position, properties: Mapping[str, Property], declared: Span | None
    ) -> None:
        of = f" of {self.owner}" if self.owner else ""
        hint = did_you_mean(key, properties)
        if key == "<<":
            hint = "merge keys are not read; write shared values once at the top of the file"
        elif hint is None and item == "":
            hint = _COMMA
        elif hint is None:
            hint = f"use {one_of(properties)}, or delete it"
            if declared:
                hint = f"delete it; `flashgen kinds {declared.path.split('/')[-2]}` shows what there is"
        related = [Related("its properties are listed here", declared)] if declared else ()
        self.say(rules.UNKNOWN_PROPERTY, f"`{key}` is not a property{of}", at, hint, related)

    # One method a type: the property, its value, where the value and its key stand.

    def text(self, known: Property, value: Value, at: Position, key_at: Position) -> None:
        """Check text that may differ by language."""
        if type(value) is str:
            self._filled(known, value, at, key_at)
            return
        if not isinstance(value, Map):
            self._wrong(known, value, at, "text", _text_cure(value))
            return
        if self.languages is None:
            hint = f"write one text, or add `languages: [{', '.join(value)}]` to deck.yaml"
            message = f"`{known.name}` differs by language, but deck.yaml lists no `languages:`"
            self.say(rules.UNKNOWN_LANGUAGE, message, key_at, hint)
            return
        for language, text in value.items():
            if self.languages and language not in self.languages:
                other = _COMMA if text == "" else "list it in deck.yaml under `languages:`, or delete it"
                hint = did_you_mean(language, self.languages) or other
                message = f"`{language}` is not a language of this deck"
                self.say(rules.UNKNOWN_LANGUAGE, message, value.keys_at[language], hint)
            elif type(text) is not str:
                self._wrong(known, text, value.values_at[language], "text", _text_cure(text))
            else:
                self._filled(known, text, value.values_at[language], value.keys_at[language], f" in `{language}`")
        for language in self.languages:
            if language in value:
                continue
            if known.required:
                rule, hint = rules.MISSING_LANGUAGE, f"add `{language}: …`"
            else:
                rule = rules.UNTRANSLATED_EXTRA
                hint = f"add `{language}: …`, or `allow: {{{rule.name}: why}}` to the fact"
            self.say(rule, f"`{known.name}` has no text for `{language}`", key_at, hint)

    def file(self, known: Property, value: Value, at: Position, key_at: Position) -> None:
        """Check the path of a file, which may differ by language, alone or with what it says to those who miss it."""
        if not isinstance(value, Map) or not value.keys() & FILE_KEYS.keys():
            self.text(known, value, at, key_at)
            return
        owner, self.owner = self.owner, f"`{known.name}`"
        self.record(value, FILE_KEYS)
        self.owner = owner

    def plain(self, known: Property, value: Value, at: Position, key_at: Position) -> None:
        """Check text that is the same in every language."""
        if type(value) is str:
            self._filled(known, value, at, key_at)
        else:
            self._wrong(known, value, at, "text", _text_cure(value))

    def choice(self, known: Property, value: Value, at: Position, key_at: Position) -> None:  # noqa: ARG002 - one shape for all
        """Check one of a few words."""
        if type(value) is not str:
            self._wrong(known, value, at, "one word", f"use {one_of(known.choices)}")
        elif value not in known.choices:
            self.say(rules.BAD_CHOICE, f"`{known.name}` cannot be `{_cut(value)}`", at, choose(value, known.choices))

    def boolean(self, known: Property, value: Value, at: Position, key_at: Position) -> None:  # noqa: ARG002 - one shape for all
        """Check `true` or `false`."""
        if value not in ("true", "false"):
            word = value.lower() if type(value) is str else ""
            meant = "true" if word in ("true", *_YES) else "false" if word in ("false", *_NO) else None
            self._wrong(known, value, at, "`true` or `false`", f"write `{meant}`" if meant else None)

    def number(self, known: Property, value: Value, at: Position, key_at: Position) -> None:  # noqa: ARG002 - one shape for all
        """Check a whole number."""
        if type(value) is not str or not WHOLE_NUMBER.fullmatch(value):
            self._wrong(known, value, at, "a whole number", "write its digits alone")

    def words(self, known: Property, value: Value, at: Position, key_at: Position) -> None:
        """Check a list of plain texts."""
        if not isinstance(value, Seq):
            hint = f"write `[{_cut(value)}]`" if type(value) is str else "write words in brackets: `[one, two]`"
            self._wrong(known, value, at, "a list of words", hint)
            return
        for word, word_at in zip(value, value.values_at, strict=True):
            if type(word) is not str:
                self._wrong(known, word, word_at, "words", "write one word")
            elif len(word) > LONGEST_TEXT:
                message = f"a word of `{known.name}` has {len(word)} characters; {LONGEST_TEXT} are the limit"
                self.say(rules.TOO_LONG, message, word_at, "shorten it")
            elif not word.strip():
                self.say(rules.EMPTY_VALUE, f"a word of `{known.name}` is empty", word_at, "fill it in, or delete it")
        if len(value) < known.minimum:
            message = f"`{known.name}` needs at least {known.minimum}, and has {len(value)}"
            self.say(rules.TOO_FEW, message, key_at, "add more" if known.required else "add more, or delete the line")

    def list_of_records(self, known: Property, value: Value, at: Position, key_at: Position) -> None:
        """Check a list of records, each with an id of its own."""
        if not isinstance(value, Seq):
            self._wrong(known, value, at, "a list", "start each item with `- `")
            return
        if len(value) < known.minimum:
            message = f"`{known.name}` needs at least {known.minimum} items, and has {len(value)}"
            self.say(rules.TOO_FEW, message, key_at, "add items, or use a plainer kind")
        owner, taken = self.owner, dict[str, Position]()
        for number, (item, item_at) in enumerate(zip(value, value.values_at, strict=True), 1):
            self.owner = f"item {number} of `{known.name}`"
            if isinstance(item, Map):
                self.record(item, known.items)
                self._part_ids(item, taken)
            else:
                hint = "write it as `- id: …` with its properties below"
                self.say(rules.WRONG_TYPE, f"{self.owner} must hold {RECORD}", item_at, hint)
        self.owner = owner

    def map_of_texts(self, known: Property, value: Value, at: Position, key_at: Position) -> None:
        """Check a text for each id of the list that `keys` names."""
        if not isinstance(value, Map):
            self._wrong(known, value, at, RECORD, f"write {RECORD} below it")
            return
        others = self.root.get(known.keys) if self.root is not None and known.keys else None
        if others is None and known.keys is None:
            for key, text in value.items():
                self.plain(Property(key, Type.PLAIN), text, value.values_at[key], value.keys_at[key])
            return
        listed = others if isinstance(others, Seq) else ()
        ids = [item["id"] for item in listed if isinstance(item, Map) and isinstance(item.get("id"), str)]
        for key, text in value.items():
            if key in ids:
                entry = Property(key, Type.MARKDOWN, required=True, maximum=known.maximum)
                self.text(entry, text, value.values_at[key], value.keys_at[key])
            else:
                message = f"`{key}` is not an id of `{known.keys}`"
                self.say(rules.UNKNOWN_PROPERTY, message, value.keys_at[key], choose(key, ids))
        for name in ids:
            if name not in value:
                self.say(rules.MISSING_PROPERTY, f"`{known.name}` lacks `{name}`", key_at, f"add `{name}: …`")

    def texts(self, known: Property, value: Value, at: Position, key_at: Position) -> None:  # noqa: ARG002 - one shape for all
        """Check a text for each name that the author chose."""
        if not isinstance(value, Map):
            self._wrong(known, value, at, RECORD, f"write {RECORD} below it")
            return
        for key, text in value.items():
            self.text(Property(key, Type.TEXT, required=True), text, value.values_at[key], value.keys_at[key])

    def anything(self, known: Property, value: Value, at: Position, key_at: Position) -> None:
        """Leave the value to its own reader."""

    def _part_ids(self, item: Map, taken: dict[str, Position]) -> None:
        own: set[str] = set()
        for name, at in ids_of(item):
            if not good_id(name):
                bad_id(self, name, at)
            elif name in own:
                self.say(rules.DUPLICATE_ID, f"`{name}` is an id of this item already", at, "delete it")
            elif name in taken:
                first = Related("first here", span(self.path, taken[name]))
                self.say(rules.DUPLICATE_ID, f"`{name}` names two items", at, "give one another id", [first])
            else:
                taken[name] = at
            own.add(name)

    def _empty(self, known: Property, key_at: Position, where: str = "") -> None:
        hint = "fill it in" if known.required else "fill it in, or delete the line"
        rule = rules.MISSING_ID if known.name == "id" else rules.EMPTY_VALUE
        self.say(rule, f"`{known.name}` is empty{where}", key_at, hint)

    def _filled(self, known: Property, text: str, at: Position, key_at: Position, where: str = "") -> None:
        if not text.strip():
            self._empty(known, key_at, where)
        elif len(text) > (most := LONGEST_TEXT if known.maximum is None else known.maximum):
            message = f"`{known.name}` has {len(text)} characters; {most} are the limit"
            self.say(rules.TOO_LONG, message, at, "shorten it")

    def _wrong(self, known: Property, value: Value, at: Position, takes: str, hint: str | None = None) -> None:
        got = "a list" if isinstance(value, Seq) else RECORD if isinstance(value, Map) else f"`{_cut(value)}`"
        self.say(rules.WRONG_TYPE, f"`{known.name}` takes {takes}, not {got}", at, hint)


_Check = Callable[[Checker, Property, Any, Position, Position], None]
_CHECKS: dict[Type, _Check] = {
    **dict.fromkeys((Type.TEXT, Type.MARKDOWN, Type.CLOZE, Type.HTML), Checker.text),
    **dict.fromkeys(FILES, Checker.file),
    Type.PLAIN: Checker.plain,
    Type.CHOICE: Checker.choice,
    Type.BOOLEAN: Checker.boolean,
    Type.NUMBER: Checker.number,
    Type.WORDS: Checker.words,
    Type.LIST: Checker.list_of_records,
    Type.MAP: Checker.map_of_texts,
    Type.TEXTS: Checker.texts,
    Type.DRAWING: Checker.plain,
    Type.ANY: Checker.anything,
}


def good_id(name: str) -> bool:
    """Whether a name is an id: lower-case words of letters and digits, joined by `-`, 60 characters at most."""
    return len(name) <= MAX_ID and ID.fullmatch(name) is not None


def bad_id(checker: Checker, name: str, at: Position) -> None:
    """Report a name that is no id, with the id it could be."""
    message, hint = why_no_id(name)
    checker.say(rules.BAD_ID, message, at, hint)


def why_no_id(name: str) -> tuple[str, str]:
    """Return why a name is no id, and the cure: the id it could be."""
    message = f"`{_cut(name)}` is not an id"
    if ID.fullmatch(name):
        message = f"this id has {len(name)} characters; {MAX_ID} are the limit"
    near = slug(name)
    return message, f"for instance `{near}`" if near else "use lower-case letters, digits and `-`"


def slug(text: str) -> str:
    """Return the id that a text gives, or "" where it holds no letter or digit that an id may have."""
    return "-".join(re.findall("[a-z0-9]+", text.lower()))[:MAX_ID].strip("-")


def ids_of(record: Map) -> list[tuple[str, Position]]:
    """Return the ids that a record has and had (`formerly`), each with where it stands."""
    found: list[tuple[str, Position]] = []
    own, former = record.get("id"), record.get("formerly")
    if isinstance(own, str) and own.strip():
        found.append((own, record.values_at["id"]))
    if isinstance(former, Seq):
        found += [(name, at) for name, at in zip(former, former.values_at, strict=True) if isinstance(name, str)]
    return found


def origin(record: Map) -> str:
    """Return the id that a record's identity hangs on: the first it ever had. `formerly` lists the oldest first."""
    former = record.get("formerly")
    return str(former[0]) if isinstance(former, Seq) and former else str(record["id"])


def in_language(value: Value | None, language: str) -> str:
    """Return a localised text in one language, or "" where it has none."""
    if value is None or isinstance(value, str):
        return value or ""
    text = value.get(language, "") if isinstance(value, Map) else ""
    return text if isinstance(text, str) else ""


def _text_cure(value: Value) -> str:
    return f"write one text; put it in quotes if it starts with `{'[` or `-' if isinstance(value, Seq) else '{'}`"


def _first(about: str) -> str:
    return about.split(". ", maxsplit=1)[0].rstrip(".")


def _cut(text: str, limit: int = 40) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
