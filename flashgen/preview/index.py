"""What was checked → the data of the page: a lean list of notes, and more of each only when it is asked for."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from msgspec import Struct

from flashgen.compare.changes import since_release
from flashgen.compare.words import readable
from flashgen.diagnostics import Finding, Report, Span
from flashgen.model import Edition, Media, Note, NoteType
from flashgen.pack.lock import Lock
from flashgen.pipeline import Checked
from flashgen.preview.changes import Change, changes_of
from flashgen.read.project import shown
from flashgen.render.plain import title_of

UNCHANGED, NEW, CHANGED = range(3)


class View(Struct, frozen=True, dict=True, weakref=True):
    """One state of the project as the page shows it. `name` stands for all of it.

    `styles` holds the CSS of each note type, in the order of the index.
    """

    checked: Checked
    findings: tuple[Finding, ...]
    notes: Mapping[str, Note]
    media: Mapping[str, Media]
    index: bytes
    styles: tuple[str, ...]
    name: str

    @cached_property
    def texts(self) -> bytes:
        """What the page searches in, a text a note, in their order; made when somebody first searches."""
        return _json([_searched(note) for note in self.notes.values()])

    @cached_property
    def changes(self) -> Mapping[str, Change]:
        """What changed in the notes that changed; made when somebody first looks at one."""
        return changes_of(self.checked)


def view(checked: Checked, report: Report) -> View:
    """Return the page's data of a project that was checked."""
    notes = {note.guid: note for edition in checked.editions for note in edition.notes}
    media = {file.name: _held(file) for edition in checked.editions for file in edition.media}
    findings = tuple(report)
    made = _Index(checked, findings)
    index = _json(made.data())
    styles = tuple(note_type.css for _, note_type, _ in made.types.values())
    name = hashlib.blake2b(index, digest_size=8).hexdigest()
    return View(checked, findings, notes, media, index, styles, name)


def _held(file: Media) -> Media:
    """Return a file with its bytes at hand: the last good view outlives what its author saves. What is drawn waits."""
    return file if isinstance(file.content, bytes) or callable(file.content) else Media(file.name, file.data)


def told(finding: Finding) -> dict[str, Any]:
    """Return a finding as the page shows it."""
    return {
        "code": finding.rule.code,
        "rule": finding.rule.name,
        "severity": finding.rule.severity.value,
        "message": finding.message,
        "place": _place(finding.span),
        "hint": finding.hint,
        "related": [{"message": related.message, "place": _place(related.span)} for related in finding.related],
    }


def _json(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def _place(span: Span) -> str:
    return f"{span.path}:{span.line}" if span.line else span.path


def _searched(note: Note) -> str:
    return " ".join((note.fact.id, *note.tags, *(readable(text) for text in note.fields if text)))


class _Numbered(dict[Any, int]):
    """Values by the order in which they were first seen, so that notes hold short numbers."""

    def __missing__(self, value: Any) -> int:
        self[value] = len(self)
        return self[value]


class _Index:
    def __init__(self, checked: Checked, findings: Sequence[Finding]) -> None:
        self.checked, self.findings = checked, findings
        self.decks, self.tags, self.paths = _Numbered(), _Numbered(), _Numbered()
        self.types: dict[tuple[int, int], tuple[int, NoteType, str]] = {}

    def data(self) -> dict[str, Any]:
        """Return all that the page needs before it shows a card."""
        rows: list[list[Any]] = []
        for number, edition in enumerate(self.checked.editions):
            states = _states(edition, self.checked.locks[edition.deck.folder])
            rows += (self._row(note, number, states.get(note.guid, UNCHANGED)) for note in edition.notes)
        places = _Places(note for edition in self.checked.editions for note in edition.notes)
        return {
            "project": self.checked.project.root.name,
            "editions": [
                {"name": edition.name, "language": edition.language, "since": self._since(edition)}
                for edition in self.checked.editions
            ],
            "decks": list(self.decks),
            "tags": list(self.tags),
            "paths": list(self.paths),
            "types": [_told_type(note_type) for _, note_type, _ in self.types.values()],
            "findings": [told(finding) | {"notes": self._about(finding, places)} for finding in self.findings],
            "notes": rows,
        }

    def _row(self, note: Note, edition: int, state: int) -> list[Any]:
        type_, _, look = self._type(note.note_type, edition)
        text = "\x1f".join((look, note.deck, *note.tags, *note.fields))
        return [
            note.guid,
            title_of(note),
            edition,
            self.decks[note.deck],
            type_,
            [self.tags[tag] for tag in note.tags],
            note.fact.id,
            self.paths[note.fact.path],
            note.fact.at[0] + 1,
            state,
            hashlib.blake2b(text.encode(), digest_size=6).hexdigest(),
            note.ords,
        ]

    def _type(self, note_type: NoteType, edition: int) -> tuple[int, NoteType, str]:
        key = (edition, note_type.id)
        if key not in self.types:
            sides = (text for card in note_type.templates for text in (card.name, card.front, card.back))
            names = (field.name for field in note_type.fields)
            look = hashlib.blake2b("\x1f".join((note_type.name, note_type.css, *names, *sides)).encode()).hexdigest()
            self.types[key] = (len(self.types), note_type, look)
        return self.types[key]

    def _since(self, edition: Edition) -> str:
        lock = self.checked.locks[edition.deck.folder]
        return f"release {lock.latest.version}" if lock.latest else "the last build" if lock.notes else ""

    def _about(self, finding: Finding, places: _Places) -> list[int]:
        """Return the notes of the fact, or of the kind, that a finding speaks of."""
        root = self.checked.project.root
        kinds = {
            name for name, kind in self.checked.project.kinds.items() if _is_in(finding.span, shown(kind.folder, root))
        }
        spans = (finding.span, *(related.span for related in finding.related))
        return sorted({*places.of_kinds(kinds), *(note for span in spans for note in places.at(span))})


def _told_type(note_type: NoteType) -> dict[str, Any]:
    cards = [] if note_type.family.has_gaps else [card.name for card in note_type.templates]
    return {"kind": note_type.kind.partition("+")[0], "name": note_type.name, "cards": cards}


def _is_in(span: Span, folder: str) -> bool:
    return span.path == folder or span.path.startswith(f"{folder}/")


def _states(edition: Edition, lock: Lock) -> dict[str, int]:
    """Return which notes are new or changed since the last release, or before the first one since the last build."""
    if lock.latest:
        changes = since_release(edition, lock)
        return {note.guid: NEW for note in changes.new} | {note.guid: CHANGED for note in changes.changed}
    built = {guid: entry.hash for guid, entry in lock.notes.items()}
    return {
        note.guid: CHANGED if note.guid in built else NEW
        for note in edition.notes
        if built.get(note.guid) != note.digest
    }


class _Places:
    """Which notes a place in a file speaks of."""

    def __init__(self, notes: Iterable[Note]) -> None:
        self.kinds: dict[str, list[int]] = {}
        self.facts: dict[str, dict[tuple[int, ...], list[int]]] = {}
        for number, note in enumerate(notes):
            self.kinds.setdefault(note.fact.kind.name, []).append(number)
            self.facts.setdefault(note.fact.path, {}).setdefault(note.fact.extent, []).append(number)
        self.starts = {path: sorted(facts) for path, facts in self.facts.items()}

    def of_kinds(self, kinds: Iterable[str]) -> Iterator[int]:
        """Yield the notes of kinds."""
        for kind in kinds:
            yield from self.kinds.get(kind, ())

    def at(self, span: Span) -> Sequence[int]:
        """Return the notes of the fact that a place lies in."""
        starts = self.starts.get(span.path, [])
        place = (span.line - 1, span.column - 1)
        found = bisect_right(starts, (*place, 1 << 40, 0)) - 1
        if not span.line or found < 0 or place >= starts[found][2:]:
            return ()
        return self.facts[span.path][starts[found]]
