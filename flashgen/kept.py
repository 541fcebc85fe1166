"""What was made of a fact file ↔ bytes, so that another process or another run can go on from there.

Only a file in which nothing was found is kept, and only facts that hang on nothing outside of it: no pictures, sounds
or drawings, and no gaps, whose numbers the lock allots. All that one file has to do with another is judged anew.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any, cast

from msgspec import Struct
from msgspec.msgpack import Decoder, decode, encode

from flashgen import rules
from flashgen.allowances import Allowances
from flashgen.diagnostics import Report, Span
from flashgen.known import KnownNote, Names
from flashgen.model import (
    CardTemplate,
    DeckFacts,
    Edition,
    Fact,
    Family,
    Field,
    Kind,
    Known,
    Note,
    NoteType,
)
from flashgen.read.source import read_yaml
from flashgen.render.html import strip_tags
from flashgen.render.plain import cut, title_of
from flashgen.schema import FILES, Property, Type
from flashgen.values import Map, Position

_FROM_ELSEWHERE = {*FILES, Type.DRAWING}


def keep(
    entry: DeckFacts,
    editions: Collection[Edition],
    report: Report,
    asked: Callable[[Note, Edition], tuple[str, ...]],
    anew: Collection[str],
) -> Iterator[tuple[str, bytes]]:
    """Yield the path of each file of a deck that can be kept, and what is kept of it.

    `report` is that of the run that made the editions, which are all that were asked for; `asked` tells what stands for
    what each card of a note asks, and `anew` are the rules that are judged anew in every run.
    """
    if not are_templates_sound(report):
        return
    faulty = {finding.span.path for finding in report}
    notes = [(edition, _by_path(edition.notes)) for edition in editions]
    alone = stand_alone(fact.kind for fact in entry.facts)
    for path, facts in _by_path(entry.facts).items():
        made = [(edition, by_path.get(path, [])) for edition, by_path in notes]
        if path in faulty or path in entry.known or not all(fact.kind.name in alone for fact in facts):
            continue
        if any(_shows_files(note) for _, them in made for note in them):
            continue
        data = {edition.language: [(note, asked(note, edition)) for note in them] for edition, them in made}
        yield path, _packed(facts, entry.names[path], data, anew)


def are_templates_sound(report: Report) -> bool:
    """Whether a run found no error, and nothing at all outside of the decks.

    What is wrong with a kind is told once, and could be told of any file.
    """
    return not report.failed and all(finding.span.path.startswith("cards/") for finding in report)


def stand_alone(kinds: Iterable[Kind]) -> frozenset[str]:
    """Return the names of those kinds whose facts hang on nothing outside of their file."""
    by_name = {kind.name: kind for kind in kinds}
    return frozenset(name for name, kind in by_name.items() if _stands_alone(kind))


def _stands_alone(kind: Kind) -> bool:
    return not any(one.gaps for one in kind.with_companions) and not any(
        _is_from_elsewhere(prop) for prop in kind.properties.values()
    )


def _shows_files(note: Note) -> bool:
    text = "".join(note.fields)
    return "<img" in text or "[sound:" in text


def _is_from_elsewhere(prop: Property) -> bool:
    return prop.type in _FROM_ELSEWHERE or any(map(_is_from_elsewhere, prop.items.values()))


class KeptFile:
    """What was kept of one file, to be made facts and notes of again. `file` is read again where that is asked for."""

    def __init__(self, data: bytes, file: Path, path: str) -> None:
        self.file, self.path = file, path
        self._data = _FILE.decode(data)

    @property
    def kinds(self) -> Collection[str]:
        """The names of the kinds that its facts are of."""
        return self._data.kinds

    def known(self, kinds: Mapping[str, Kind]) -> Known:
        """Return it anew, with kinds of these names."""
        data, path = self._data, self.path
        source = _Source(self.file, path)
        own = [kinds[name] for name in data.kinds]
        plain = [Allowances() for _ in own]
        facts = [
            Fact(
                kept.id,
                kept.origin or kept.id,
                own[kept.kind],
                path,
                kept.at,
                kept.extent,
                data.tags[kept.tags],
                _as_map(kept.subdeck),
                plain[kept.kind] if kept.allow is None else _allowances(kept.allow),
                _Reread(source, kept.number),
            )
            for kept in data.facts
        ]
        references = [(word, Span(path, *at), key) for word, at, key in data.references]
        names = Names(data.ids, dict.fromkeys(data.words), data.covered, references)
        return Known(names, tuple(own), tuple(facts), data.notes)


class _KeptAllowances(Struct, array_like=True, frozen=True):
    """A fact's `allow`: each rule's name with its reason and place, and which of them were used."""

    reasons: list[tuple[str, str, Position]]
    used: list[str]


class _KeptFact(Struct, array_like=True, frozen=True):
    """A fact; its kind and tags are places in the file's lists, `number` its place in the file, drafts counted."""

    id: str
    origin: str | None
    kind: int
    at: Position
    extent: Position
    tags: int
    subdeck: dict[str, str] | str | None
    number: int
    allow: _KeptAllowances | None


class _KeptData(Struct, frozen=True):
    kinds: list[str]
    tags: list[tuple[str, ...]]
    facts: list[_KeptFact]
    notes: dict[str, tuple[KnownNote, ...]]
    ids: list[str]
    words: list[str]
    covered: list[str]
    references: list[tuple[str, Position, str]]


_FILE = Decoder(_KeptData)


def _packed(
    facts: Sequence[Fact],
    names: Names,
    notes: Mapping[str, Sequence[tuple[Note, tuple[str, ...]]]],
    anew: Collection[str],
) -> bytes:
    places = {fact.id: place for place, fact in enumerate(facts)}
    kinds = {name: number for number, name in enumerate({fact.kind.name: None for fact in facts})}
    tags: dict[tuple[str, ...], int] = {}
    numbers = {id(record): number for number, record in enumerate(facts[0].shared["facts"])}
    kept_facts = [
        _KeptFact(
            fact.id,
            fact.origin if fact.origin != fact.id else None,
            kinds[fact.kind.name],
            fact.at,
            fact.extent,
            tags.setdefault(fact.tags, len(tags)),
            cast("dict[str, str] | str | None", fact.subdeck),
            numbers[id(fact.data)],
            _allowed(fact.allow, anew),
        )
        for fact in facts
    ]
    kept_notes = {
        language: tuple(
            KnownNote(
                note.guid,
                note.note_type.kind,
                note.fields,
                note.ords,
                note.digest,
                places[note.fact.id],
                note.part,
                asked,
                *_first_and_title(note),
            )
            for note, asked in them
        )
        for language, them in notes.items()
    }
    references = [
        (word, (where.line, where.column, where.end_line, where.end_column), key)
        for word, where, key in names.references
    ]
    return encode(
        _KeptData(
            list(kinds), list(tags), kept_facts, kept_notes, names.ids, list(names.tags), names.covered, references
        )
    )


def _first_and_title(note: Note) -> tuple[str | None, str]:
    first = note.fields[0]
    if "<" not in first and "&" not in first and "{{c" not in first and note.note_type.title_field == 0:
        # Nearly all are text alone, which is read by the same rule for both.
        text = " ".join(first.split())
        return None if text == first else text, cut(text)
    text = strip_tags(first)
    return None if text == first else text, title_of(note)


def _allowed(allow: Allowances, anew: Collection[str]) -> _KeptAllowances | None:
    if allow.reasons is None:
        return None
    reasons = [(name, reason, allow.reasons.keys_at[name]) for name, reason in allow.reasons.items()]
    # What is found beside other files is judged anew.
    return _KeptAllowances(reasons, sorted(allow.used.difference(anew, {rules.DUPLICATE_FIRST_FIELD.name})))


def _allowances(kept: _KeptAllowances) -> Allowances:
    reasons = Map()
    for name, reason, at in kept.reasons:
        reasons[name] = reason
        reasons.keys_at[name] = at
    made = Allowances(reasons)
    made.used.update(kept.used)
    return made


def from_note_type(note_type: NoteType) -> bytes:
    """Return what is kept of a note type that brings no files."""
    return encode(note_type)


def to_note_type(data: bytes) -> NoteType:
    """Return a note type that was kept."""
    whole = decode(data)
    made = {
        "family": Family(whole["family"]),
        "fields": tuple(Field(**entry) for entry in whole["fields"]),
        "templates": tuple(CardTemplate(**card) for card in whole["templates"]),
        "media": (),
    }
    return NoteType(**{**whole, **made})


def _as_map(subdeck: dict[str, str] | str | None) -> str | Map | None:
    """Return the name of a subdeck, or its names by language, which are kept as a mere mapping."""
    if not isinstance(subdeck, dict):
        return subdeck
    names = Map()
    names.update(subdeck)
    return names


class _Source:
    """A file that may be read again."""

    def __init__(self, file: Path, path: str) -> None:
        self.file, self.path = file, path

    @cached_property
    def value(self) -> Map:
        """What it holds."""
        value, _ = read_yaml(self.file, self.path, Report())
        assert isinstance(value, Map)
        return value


class _Reread:
    """What an author wrote of a fact, read again when somebody asks: most commands never do."""

    __slots__ = ("number", "source")

    def __init__(self, source: _Source, number: int) -> None:
        self.source, self.number = source, number

    @property
    def data(self) -> Map:
        """The fact's record."""
        record: Map = self.source.value["facts"][self.number]
        return record

    @property
    def shared(self) -> Map:
        """The file's."""
        return self.source.value


def _by_path(them: Iterable[Any]) -> dict[str, list[Any]]:
    """Return facts, or notes, by the files that they come from."""
    found: dict[str, list[Any]] = {}
    for path, group in groupby(them, lambda one: one.path if isinstance(one, Fact) else one.fact.path):
        found.setdefault(path, []).extend(group)
    return found
