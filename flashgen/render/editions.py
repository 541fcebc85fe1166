"""Facts → Notes: one edition a language, its fields and card templates filled through Jinja."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cache as once
from itertools import groupby
from typing import TYPE_CHECKING, Protocol

from msgspec.structs import replace

from flashgen import rules
from flashgen.cache import Cache
from flashgen.diagnostics import Related, Report, Span
from flashgen.identity import guid
from flashgen.inputs import Inputs
from flashgen.known import KnownNote
from flashgen.model import Deck, DeckFacts, Edition, Fact, Kind, Known, Note, NoteType, Project
from flashgen.read.project import CARDS, shown
from flashgen.render import reviewer
from flashgen.render.credits import credits_html
from flashgen.render.drawings import Drawings
from flashgen.render.faults import TemplateFault
from flashgen.render.fields import FieldRenderer, Filling, Numbers
from flashgen.render.markup import markdown_html, strip_tags
from flashgen.render.media import Library
from flashgen.render.words import Words
from flashgen.schema import in_language
from flashgen.values import span

if TYPE_CHECKING:
    from jinja2 import Template

    from flashgen.render.environment import Templates

__all__ = ["Numbers", "render"]


def render(
    project: Project,
    decks: Collection[DeckFacts],
    numbers: Numbers,
    report: Report,
    only: Collection[str] = (),
    cache: Cache | None = None,
    types: NoteTypes | None = None,
    inputs: Inputs | None = None,
) -> tuple[Edition, ...]:
    """Return the decks' editions; `only` names the languages to render, all where it is empty.

    What cannot be rendered is reported and left out. `types` knows note types that an earlier run compiled, `inputs`
    the hashes of files.
    """
    cache = cache or Cache()

    @once
    def templates() -> Templates:
        # Where the cache knows all note types, and no field has a template, Jinja is not even loaded.
        from flashgen.render.environment import Templates  # noqa: PLC0415

        return Templates(project.template_folders, lambda path: shown(path, project.root))

    editions: list[Edition] = []
    for facts in decks:
        folder = project.root / CARDS / facts.deck.folder
        library = Library(folder, shown(folder, project.root), facts.credits, inputs)
        drawings = Drawings(library, report, cache)
        renderers = (
            _EditionRenderer(project, facts, language, numbers, templates, drawings, report, types)
            for language in facts.deck.editions
            if not only or language in only
        )
        editions += [renderer.render() for renderer in renderers]
        # What is shown by no text is known when every language was rendered, and no fact was set aside.
        if not only and facts.complete and not report.failed:
            library.report_folder(report)
    return tuple(editions)


class NoteTypes(Protocol):
    """Note types by their deck, their language and the key of their kind."""

    def find(self, deck: Deck, language: str, kind: str) -> NoteType | None:
        """Return a note type that an earlier run compiled, or None where it is not known."""

    def add(self, deck: Deck, language: str, note_type: NoteType) -> None:
        """Take a note type that was compiled now."""


class _EditionRenderer:
    def __init__(
        self,
        project: Project,
        facts: DeckFacts,
        language: str,
        numbers: Numbers,
        templates: Callable[[], Templates],
        drawings: Drawings,
        report: Report,
        types: NoteTypes | None,
    ) -> None:
        self.project, self.types = project, types
        self.facts, self.deck, self.language = facts, facts.deck, language
        self.numbers, self.templates, self.report = numbers, templates, report
        self.words = Words(language, project.labels, report)
        self.drawings = drawings
        self.makers: dict[str, _NoteMaker | None] = {}
        self.titles: dict[str, str] = {}

    def render(self) -> Edition:
        name = in_language(self.deck.name, self.language)
        notes: list[Note] = []
        for path, facts in groupby(self.facts.facts, lambda fact: fact.path):
            if (known := self.facts.known.get(path)) is not None:
                self._take(known, name, notes)
                continue
            for fact in facts:
                deck_name = self._deck_name(name, fact)
                for kind in fact.kind.with_companions:
                    maker = self._maker(kind)
                    if maker is None:
                        continue
                    for part_id, part in fact.parts(kind):
                        note = maker.make(maker.renderer.fill(fact, part_id, part), deck_name, len(notes) + 1)
                        if note is not None:
                            notes.append(note)
        shown, credits_ = self.drawings.library.take_shown()
        made_by = credits_html(credits_, self.language, self.words.of_deck("credit.heading")) if credits_ else ""
        description = "\n".join(filter(None, (self._description(), made_by)))
        edition = Edition(self.deck, self.language, name, description, tuple(notes))
        styling = [file for note_type in edition.note_types.values() for file in note_type.media]
        media = {file.name: file for file in (*shown, *styling)}
        return replace(edition, media=tuple(media[name] for name in sorted(media)))

    def _deck_name(self, name: str, fact: Fact) -> str:
        subdeck = in_language(fact.subdeck, self.language)
        return f"{name}::{subdeck}" if subdeck else name

    def _take(self, known: Known, name: str, notes: list[Note]) -> None:
        """Add the notes of a file that an earlier run made, each with what hangs on the notes before it."""
        facts, makers = known.facts, dict[str, _NoteMaker | None]()
        kinds = {kind.key: kind for one in known.kinds for kind in one.with_companions}
        for made in known.notes[self.language]:
            if made.kind not in makers:
                makers[made.kind] = self._maker(kinds[made.kind])
            if (maker := makers[made.kind]) is not None:
                fact = facts[made.fact]
                deck_name = name if fact.subdeck is None else self._deck_name(name, fact)
                notes.append(maker.take(made, fact, deck_name, len(notes) + 1))

    def _maker(self, kind: Kind) -> _NoteMaker | None:
        if kind.key not in self.makers:
            note_type = self._note_type(kind)
            files = self._field_templates(kind)
            renderer = FieldRenderer(
                kind, self.deck, self.language, self.words, self.numbers, files, self.drawings, self.report
            )
            self.makers[kind.key] = _NoteMaker(renderer, note_type) if note_type is not None else None
            if note_type is not None:
                self._check_title(note_type)
        return self.makers[kind.key]

    def _note_type(self, kind: Kind) -> NoteType | None:
        deck, language = self.deck, self.language
        note_type = self.types.find(deck, language, kind.key) if self.types is not None else None
        if note_type is None:
            from flashgen.render.cards import compile_kind  # noqa: PLC0415 - as above

            note_type = compile_kind(kind, deck, language, self.templates(), self.words, self.report)
            if self.types is not None and note_type is not None:
                self.types.add(deck, language, note_type)
        return note_type

    def _check_title(self, note_type: NoteType) -> None:
        """Report two kinds of one title: Anki would rename one of their note types."""
        other = self.titles.setdefault(note_type.name.casefold(), note_type.kind)
        if other != note_type.kind:
            message = f"the kinds `{other}` and `{note_type.kind}` have one title in `{self.language}`"
            kind = note_type.kind.partition("+")[0]
            path = next(
                folder / kind for folder in self.project.template_folders if (folder / kind / "kind.yaml").is_file()
            )
            where = Span(shown(path / "labels" / f"{self.language}.yaml", self.project.root))
            self.report.add(rules.SAME_TITLE, message, where, "give one another `title:`")

    def _field_templates(self, kind: Kind) -> dict[str, Template]:
        files = {}
        for spec in kind.fields:
            if spec.is_template:
                try:
                    files[spec.source] = self.templates().get(f"{kind.name}/{spec.source}")
                except TemplateFault as fault:
                    fault.tell(self.report)
        return files

    def _description(self) -> str:
        made = markdown_html(in_language(self.deck.description, self.language))
        where = Span(self.deck.path)
        if "<img" in made.html:
            message, hint = "a deck's description can show no picture and play no sound", "show it on a card"
            self.report.add(rules.PICTURE_OUT_OF_PLACE, message, where, hint)
        for rule, message, hint in made.problems:
            self.report.add(rule, message, where, hint)
        return made.html


class _NoteMaker:
    """Makes the notes of one kind in one edition."""

    def __init__(self, renderer: FieldRenderer, note_type: NoteType) -> None:
        self.renderer, self.note_type = renderer, note_type
        self.deck: Deck = renderer.deck
        self.names = [field.name for field in note_type.fields]
        self.firsts = [spec.first for spec in renderer.kind.fields]
        self.fronts = [reviewer.parse(template.front) for template in note_type.templates]
        self.spoken = [reviewer.spoken(template.back) for template in note_type.templates]
        # Which cards a note has hangs on which of its fields are empty, and whether it has tags: few ways to be.
        self.ords: dict[tuple[bool, ...], tuple[int, ...]] = {}
        self.first_fields: dict[str, Fact] = {}

    def make(self, filling: Filling, deck_name: str, position: int) -> Note | None:
        """Return the note, or None after reporting that it has no card."""
        fact, fields = filling.fact, filling.htmls
        ords = self._ords(filling)
        if ords is None:
            return None
        if not filling.faulty:
            self._check_first_field(fact, strip_tags(fields[0]))
        if any(self.spoken):
            self._check_speech(filling, ords)
        kind = self.renderer.kind.key
        return Note(
            guid=guid(self.deck.uid, self.renderer.language, kind, fact.origin, filling.part_id),
            note_type=self.note_type,
            fields=tuple(fields),
            tags=fact.tags,
            deck=deck_name,
            ords=ords,
            position=position,
            digest=filling.digest(fact.tags, self.firsts),
            fact=fact,
            part=filling.part_id,
        )

    def take(self, made: KnownNote, fact: Fact, deck_name: str, position: int) -> Note:
        """Return a note that an earlier run made."""
        self._check_first_field(fact, made.fields[0] if made.first is None else made.first)
        return Note(
            guid=made.guid,
            note_type=self.note_type,
            fields=made.fields,
            tags=fact.tags,
            deck=deck_name,
            ords=made.ords,
            position=position,
            digest=made.digest,
            fact=fact,
            part=made.part,
            asked=made.asked,
            title=made.title,
        )

    def _ords(self, filling: Filling) -> tuple[int, ...] | None:
        fact = filling.fact
        if self.note_type.family.has_gaps:
            ords = reviewer.cloze_ords(filling.htmls)
            blank = ords == (0,) and not any("{{c" in html for html in filling.htmls)
        else:
            way = (bool(fact.tags), *map(reviewer.is_empty, filling.htmls))
            if way not in self.ords:
                named = dict(zip(self.names, filling.htmls, strict=True))
                filled = reviewer.filled_names(named, tags=bool(fact.tags))
                self.ords[way] = tuple(i for i, front in enumerate(self.fronts) if reviewer.renders(front, filled))
            ords = self.ords[way]
            # A prompt whose own fields are all blank asks nothing, even where a context line shows.
            blank = not ords
        if blank and (filling.faulty or self.renderer.kind.companion):
            # A fault of its text is told already; and a companion has something to ask of some facts only.
            return None
        if blank:
            where = span(fact.path, fact.at)
            hint = f"fill in what the prompts of kind `{fact.kind.name}` show"
            message = f"`{fact.id}` would have no card: every front is empty"
            self.renderer.tell(rules.BLANK_FRONT, message, where, fact, hint)
            return None
        return ords

    def _check_speech(self, filling: Filling, ords: tuple[int, ...]) -> None:
        """Report a sound in a field that is read aloud: Anki's voice takes its file's name for words."""
        # Clozes share one card template.
        told = frozenset[str]().union(*(self.spoken[min(ord_, len(self.spoken) - 1)] for ord_ in ords))
        for name, html in zip(self.names, filling.htmls, strict=True):
            if name in told and "[sound:" in html:
                fact = filling.fact
                message = f"Anki's voice would read out the name of the sound in the {name.lower()} of `{fact.id}`"
                hint = "give the sound a property of its own, or leave the language out of `speech:`"
                self.renderer.tell(rules.SPOKEN_FILE_NAME, message, span(fact.path, fact.at), fact, hint)

    def _check_first_field(self, fact: Fact, text: str) -> None:
        """Report two notes of a kind with one first field: Anki takes them for duplicates."""
        other = self.first_fields.setdefault(text, fact)
        if other is fact or not text or fact.allow.covers(rules.DUPLICATE_FIRST_FIELD):
            return
        self.renderer.report.add(
            rules.DUPLICATE_FIRST_FIELD,
            f"the {self.names[0].lower()} of `{fact.id}` is that of `{other.id}` too: {_cut(text)}",
            span(fact.path, fact.at),
            "word one of them otherwise; Anki marks notes with one first field as duplicates",
            [Related("the other one", span(other.path, other.at))],
        )


def _cut(text: str, limit: int = 50) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
