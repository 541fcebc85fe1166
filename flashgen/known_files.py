"""Fact files that the pipeline need not make: those that an earlier run has kept, and those that several cores made.

What is kept of a file hangs on the file, its deck.yaml, the kinds and the settings, and on flashgen itself; it is found
under the hash of all of them.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import DecodeError, Struct, field
from msgspec.json import decode, encode

from flashgen.cache import Cache, digest_of
from flashgen.diagnostics import Report
from flashgen.inputs import Inputs, read_inputs
from flashgen.kept import KeptFile, are_templates_sound, from_note_type, keep, stand_alone, to_note_type
from flashgen.lint import lint
from flashgen.lint.card import Card
from flashgen.lint.registry import check_names
from flashgen.lint.settings import Settings
from flashgen.model import Deck, DeckFacts, Edition, Note, NoteType
from flashgen.read.project import CARDS, DECK, OUTLINE, TEMPLATES, is_searched, is_yaml, read_project
from flashgen.render.editions import render
from flashgen.validate import read_facts

# How much of the sources one process makes at once, in bytes: more would take more memory, less more time to begin.
_PORTION = 2_500_000
# With less than this to make for each, other processes would only begin when all is done.
_WORTH_A_PROCESS = 200_000
# How much is read at once of what other processes made.
_CHUNK = 1 << 20


class KnownFiles(Struct):
    """What is known of the fact files of one run, by their paths in the project.

    `without` names the rules that are not wanted; `languages` are those that are rendered, all where there are none.
    """

    root: Path
    inputs: Inputs
    cache: Cache
    decks: Collection[str]
    languages: Collection[str]
    without: frozenset[str]
    settings: Settings
    kept: dict[str, KeptFile] = field(default_factory=dict)
    _types: dict[tuple[str, str, str], bytes] = field(default_factory=dict)
    _made: dict[str, bytes] = field(default_factory=dict)
    _contexts: dict[str, Sequence[str]] = field(default_factory=dict)
    _type_contexts: dict[str, str] = field(default_factory=dict)

    def find_all(self, workers: int, meanwhile: Callable[[], object]) -> None:
        """Look for all fact files; if there is enough to be made, let so many processes make what is not known.

        `meanwhile` is done while they are at work.
        """
        unknown: dict[str, int] = {}
        for path, (hash_, about) in sorted(self.inputs.files.items()):
            if not self._is_wanted(path):
                continue
            data = self.cache.get(*self._context(_deck_of(path)), path, hash_)
            if data is None:
                unknown[path] = about[0]
            else:
                self._take(path, data)
        size = sum(unknown.values())
        # With one processor, another process is only begun where it keeps memory small.
        is_enough = size >= workers * _WORTH_A_PROCESS if workers > 1 else size > 2 * _PORTION
        if workers and is_enough and hasattr(os, "fork"):
            self._make(unknown, workers, meanwhile)

    def find(self, deck: Deck, language: str, kind: str) -> NoteType | None:
        """Return a note type that an earlier run or another process compiled, or None where it is not known."""
        data = self._types.get((deck.folder, language, kind))
        if data is None:
            data = self.cache.get(*self._of_type(deck, language, kind))
        return to_note_type(data) if data is not None else None

    def add(self, deck: Deck, language: str, note_type: NoteType) -> None:
        """Take a note type that was compiled now. One that brings files is compiled in every run."""
        if not note_type.media:
            self._types[deck.folder, language, note_type.kind] = from_note_type(note_type)

    def keep(self, made: Iterable[tuple[DeckFacts, Collection[Edition]]], report: Report) -> None:
        """Write what can be kept of decks that were made to the cache, unless a file changed meanwhile.

        `report` is that of the run, the card rules whose findings are errors included.
        """
        decks: dict[str, Deck] = {}
        for entry, editions in made:
            decks[entry.deck.folder] = entry.deck
            self._made.update(keep(entry, editions, report, _asked, check_names()))
        if not are_templates_sound(report):
            self._types = {}
        now = read_inputs(self.root, self.inputs) if self._made or self._types else None
        if now is not None and now.is_after(self.inputs, {}):
            for path, data in self._made.items():
                self.cache.put(data, *self._context(_deck_of(path)), path, self.inputs.files[path][0])
            for (deck, language, kind), data in self._types.items():
                if deck in decks:
                    self.cache.put(data, *self._of_type(decks[deck], language, kind))
            self.cache.flush()

    def _take(self, path: str, data: bytes) -> None:
        # What has another shape was never kept by this code, whatever its seal says.
        with contextlib.suppress(DecodeError):
            self.kept[path] = KeptFile(data, self.root / path, path)

    def _is_wanted(self, path: str) -> bool:
        """Whether the path is one of a fact file, as `read_project` finds them."""
        cards, _, inside = path.partition("/")
        deck, _, name = inside.partition("/")
        *folders, last = name.split("/")
        return (
            cards == CARDS
            and is_yaml(last)
            and name not in (DECK, OUTLINE)
            and deck[0] != "."
            and all(map(is_searched, folders))
            and (not self.decks or deck in self.decks)
        )

    def _context(self, deck: str) -> Sequence[str]:
        """Return all that what is made of a deck's files hangs on, but the files."""
        if deck not in self._contexts:
            own = self.inputs.files.get(f"{CARDS}/{deck}/{DECK}", ("", ()))[0]
            self._contexts[deck] = ("file", digest_of(own, *self._shared()))
        return self._contexts[deck]

    def _of_type(self, deck: Deck, language: str, kind: str) -> Sequence[str]:
        """Return all that a note type hangs on: most edits of deck.yaml change none of it."""
        if deck.folder not in self._type_contexts:
            # What `compile_kind` takes of a deck.
            own = repr((deck.uid, deck.name, deck.languages, deck.speech))
            self._type_contexts[deck.folder] = digest_of(own, *self._shared())
        return "note type", self._type_contexts[deck.folder], language, kind

    def _shared(self) -> Iterator[str]:
        """Yield what is the same for all decks: what was asked for, and the project's own templates."""
        ignored = {kind: sorted(names) for kind, names in self.settings.per_kind.items()}
        yield json.dumps([sorted(set(self.languages)), sorted(self.without), ignored, repr(self.settings.own)])
        for name, (hash_, _) in sorted(self.inputs.files.items()):
            if name.startswith(f"{TEMPLATES}/"):
                yield f"{name} {hash_}"

    def _make(self, unknown: Mapping[str, int], workers: int, meanwhile: Callable[[], object]) -> None:
        """Let processes make files, and take each as it is made; where one fails, the pipeline will tell why."""
        shares: list[list[Sequence[str]]] = [[] for _ in range(workers)]
        for number, portion in enumerate(_portions(unknown, workers)):
            shares[number % workers].append(portion)
        begun: dict[int, int] = {}
        with contextlib.ExitStack() as pipes:
            # Where this process is interrupted, the others have nobody to work for.
            pipes.callback(_end, begun)
            # Where no more processes are to be had, the pipeline makes the rest.
            with contextlib.suppress(OSError):
                for share in shares:
                    ours, theirs = os.pipe()
                    pipes.callback(os.close, ours)
                    try:
                        begun[self._begin(share, theirs, (*begun.values(), ours))] = ours
                    finally:
                        os.close(theirs)
            meanwhile()
            for parts, data in _arriving(begun.values()):
                if len(parts) > 1:
                    deck, language, kind = parts
                    self._types[deck, language, kind] = data
                else:
                    self._made[parts[0]] = data
                    self._take(parts[0], data)
            for process in [*begun]:
                os.waitpid(process, 0)
                del begun[process]

    def _begin(self, portions: Sequence[Sequence[str]], out: int, others: Iterable[int]) -> int:
        """Begin a process that makes files and writes what it made to a pipe, and return its id.

        `others` are what it need not hold open: the ends from which this process reads.
        """
        process = os.fork()
        if process:
            return process
        try:
            for other in others:
                os.close(other)
            with open(out, "wb") as made:
                for portion in portions:
                    for parts, data in self._portion(portion):
                        # No name in JSON holds a line break.
                        made.write(b"%b\n%d\n" % (encode(parts), len(data)))
                        made.write(data)
        finally:
            # Without the parent's ways to end: what it holds open is not this process's to close.
            os._exit(0)

    def _portion(self, paths: Sequence[str]) -> Iterator[tuple[Sequence[str], bytes]]:
        """Yield what can be kept of some files of one deck, all that belongs to others left aside.

        A file goes by its path; a note type by its deck, language and kind.
        """
        report = Report()
        report.leave_out(self.without)
        project = read_project(self.root, report, [_deck_of(paths[0])], paths=paths)
        deck, reader = read_facts(project, project.decks[0], report, self.settings.per_kind)
        if deck is not None:
            alone = stand_alone(project.kinds.values())
            bound = {fact.path for fact in reader.facts if fact.kind.name not in alone}
            facts = tuple(fact for fact in reader.facts if fact.path not in bound)
            entry = DeckFacts(deck, facts, complete=False, names=reader.files)
            editions = render(project, [entry], {}, report, self.languages, types=self)
            lint(project, [entry], editions, self.settings, self.without, report, warn=False, in_part=True)
            yield from (((path,), data) for path, data in keep(entry, editions, report, _asked, check_names()))
            if not are_templates_sound(report):
                # What is wrong is told by whoever compiles them.
                self._types = {}
            yield from self._types.items()


def _deck_of(path: str) -> str:
    return path.split("/")[1]


def _asked(note: Note, edition: Edition) -> tuple[str, ...]:
    return note.asked or tuple(Card(note, card_ord, edition, "").asks for card_ord in note.ords)


def _end(processes: Iterable[int]) -> None:
    """End processes of ours that are still at work."""
    for process in processes:
        with contextlib.suppress(OSError):
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)


def _portions(sizes: Mapping[str, int], workers: int) -> Iterator[Sequence[str]]:
    """Yield the files in portions, each of one deck: as many for each process, and none too large."""
    most = min(_PORTION, -(-sum(sizes.values()) // workers))
    portion: list[str] = []
    size = 0
    for path, length in sizes.items():
        if portion and (size >= most or _deck_of(portion[0]) != _deck_of(path)):
            yield portion
            portion, size = [], 0
        portion.append(path)
        size += length
    if portion:
        yield portion


def _arriving(pipes: Iterable[int]) -> Iterator[tuple[list[str], bytes]]:
    """Yield what other processes write, whichever has the next, until all are done."""
    from selectors import EVENT_READ, DefaultSelector  # noqa: PLC0415 - few runs wait for others

    with DefaultSelector() as waiting:
        for pipe in pipes:
            waiting.register(pipe, EVENT_READ, bytearray())
        while waiting.get_map():
            for ready, _ in waiting.select():
                if data := os.read(ready.fd, _CHUNK):
                    ready.data.extend(data)
                    yield from _whole(ready.data)
                else:
                    waiting.unregister(ready.fd)


def _whole(arrived: bytearray) -> Iterator[tuple[list[str], bytes]]:
    """Yield, and take away, what has arrived whole."""
    while (name := arrived.find(b"\n")) >= 0 and (size := arrived.find(b"\n", name + 1)) >= 0:
        start, end = size + 1, size + 1 + int(arrived[name + 1 : size])
        if end > len(arrived):
            return
        yield decode(arrived[:name], type=list[str]), bytes(arrived[start:end])
        del arrived[:end]
