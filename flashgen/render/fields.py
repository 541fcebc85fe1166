"""A fact → the fields of its notes, in one language."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from msgspec import Struct, field
from msgspec.structs import replace

from flashgen.diagnostics import Report, Rule, Span
from flashgen.model import Credit, Deck, Fact, FieldSpec, Kind
from flashgen.render.credits import credit_html, credit_text
from flashgen.render.drawings import Drawings
from flashgen.render.faults import Misuse, TemplateFault
from flashgen.render.html import Html, escape, link, quote
from flashgen.render.markup import MARKUP_VERSION, cloze_html, gap_html, markdown_html, plain_html
from flashgen.render.media_types import HEAVY
from flashgen.render.words import Words
from flashgen.rules import FIELD_USED_AS_VALUE
from flashgen.schema import FILES, Property, Type, in_language, origin
from flashgen.values import Map, Seq, Value, span

if TYPE_CHECKING:
    from jinja2 import Template

    from flashgen.render.diagrams import Picture

# (fact, part, gap) → cloze number, all by their first ids.
Numbers = Mapping[tuple[str, str, str, str], int]


def _raw_html(text: str) -> Html:
    from flashgen.render.raw_html import raw_html  # noqa: PLC0415 - few kinds have such a property

    return raw_html(text)


_MAKERS: dict[Type, Callable[[str], Html]] = {
    Type.MARKDOWN: markdown_html,
    Type.CLOZE: cloze_html,
    Type.HTML: _raw_html,
}
# What a property of a type that is not simply `media` may name.
_SORTS = {Type.PICTURE: ("picture",), Type.SOUND: ("sound",), Type.VIDEO: ("video",)}
_URL = re.compile(r"https?://\S+")


class Filling(Struct):
    """The fields of one note as they are made: HTML for the learner, and source text for the digest.

    `data` is the fact's own record; `seen` holds the paths of the files that the note shows.
    """

    fact: Fact
    part_id: str
    part: Map | None
    data: Map
    htmls: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    faulty: bool = False

    def digest(self, tags: tuple[str, ...], names: Iterable[str]) -> str:
        """Return what stands for the note's content: it changes when an author changes it, and never otherwise.

        `names` are the first that its fields ever had. What is empty counts for nothing, so that a field that a new
        revision of the kind adds changes only the notes that fill it.
        """
        filled = [f"{name}\x1e{source}" for name, source in zip(names, self.sources, strict=True) if source]
        content = "\x1f".join((str(MARKUP_VERSION), " ".join(tags), *filled))
        return hashlib.sha256(content.encode()).hexdigest()[:32]


# Makes a field: its HTML, and its source text.
_Filler = Callable[[Filling], tuple[str, str]]
_BLANK = ("", "")


class FieldRenderer:
    """Fills the fields of one kind, for one deck in one language. Made once, called for every note."""

    def __init__(
        self,
        kind: Kind,
        deck: Deck,
        language: str,
        words: Words,
        numbers: Numbers,
        templates: Mapping[str, Template],
        drawings: Drawings,
        report: Report,
    ) -> None:
        self.kind, self.deck, self.language, self.words = kind, deck, language, words
        self.numbers, self.templates, self.library, self.report = numbers, templates, drawings.library, report
        self.drawings = drawings
        self.fillers = [self._filler(spec) for spec in kind.fields]
        self.source_at = next((at for at, spec in enumerate(kind.fields) if spec.source == "source"), None)

    def fill(self, fact: Fact, part_id: str, part: Map | None) -> Filling:
        """Return the fields of a fact's note. Faults in its texts and templates are reported."""
        filling = Filling(fact, part_id, part, fact.data)
        for filler in self.fillers:
            html, source = filler(filling)
            filling.htmls.append(html)
            filling.sources.append(source)
        if filling.seen:
            self._credit(filling)
        return filling

    def _credit(self, filling: Filling) -> None:
        """Add who made the files of a note to its source line."""
        known = self.library.credits or {}
        made_by = [(path, known[path]) for path in dict.fromkeys(filling.seen) if path in known]
        if self.source_at is None or not made_by:
            return
        lines = dict.fromkeys(self._credit_line(path, credit) for path, credit in made_by)
        filling.htmls[self.source_at] = " · ".join(filter(None, (filling.htmls[self.source_at], *lines)))
        texts = (credit_text(credit, self.language) for _, credit in made_by)
        filling.sources[self.source_at] = "\x1d".join((filling.sources[self.source_at], *texts))

    def _credit_line(self, path: str, credit: Credit) -> str:
        what = self.words.of_deck(f"credit.{self.library.what(path)}")
        return f'<span class="fg-credit">{escape(what)}: {credit_html(credit, self.language)}</span>'

    def _filler(self, spec: FieldSpec) -> _Filler:
        if not spec.source:
            return lambda _: _BLANK
        if spec.is_template:
            return self._template_filler(spec)
        if spec.source == "source":
            return self._fill_source
        if spec.source.startswith("part."):
            assert self.kind.each is not None
            prop = self.kind.properties[self.kind.each.items].items[spec.source.removeprefix("part.")]
            return self._property_filler(prop, of_part=True)
        return self._property_filler(self.kind.properties[spec.source], of_part=False)

    def _property_filler(self, prop: Property, *, of_part: bool) -> _Filler:
        name, language, make = prop.name, self.language, _MAKERS.get(prop.type, plain_html)
        if prop.type in (Type.CHOICE, Type.BOOLEAN):
            make = self._maker(prop)
        common = name in ("context", "as_of")
        if prop.type in FILES:
            return self._file_filler(prop, of_part=of_part)

        def fill(filling: Filling) -> tuple[str, str]:
            record = filling.part if of_part else filling.data
            value = filling.fact.value(name) if common else record.get(name) if record is not None else None
            if value is None:
                return _BLANK
            text = value if type(value) is str else in_language(value, language)
            made = make(text)
            if "<img" in made.html:
                made, text = self.library.place(made, text, filling.seen)
            if made.problems:
                self.tell_all(made, filling, record, name)
            return made.html, text

        return fill

    def _file_filler(self, prop: Property, *, of_part: bool) -> _Filler:
        return lambda filling: self.file(prop, filling.part if of_part else filling.data, filling)

    def file(self, prop: Property, record: Map | None, filling: Filling) -> tuple[str, str]:
        """Return how the file that a property names is shown, and what stands for it in the digest."""
        value = record.get(prop.name) if record is not None else None
        alt = ""
        if isinstance(value, Map) and "file" in value:
            alt, value = in_language(value.get("alt"), self.language).strip(), value["file"]
        path = in_language(value, self.language).strip()
        if not path:
            return _BLANK
        of = _SORTS.get(prop.type, tuple(HEAVY))
        cure = f"say what it shows: `{prop.name}: {{file: {path}, alt: …}}`"
        shown = self.library.show(path, quote(alt), filling.seen, of=of, cure=cure)
        if shown.problems:
            self.tell_all(Html("", shown.problems), filling, record, prop.name)
        return shown.html, f"{path}\x1d{alt}\x1d{shown.stamp}"

    def _maker(self, prop: Property) -> Callable[[str], Html]:
        if prop.type is Type.CHOICE:
            return lambda text: Html(escape(self.words.choice(self.kind, prop.name, text)))
        return lambda text: Html("1" if text == "true" else "")

    def _fill_source(self, filling: Filling) -> tuple[str, str]:
        text = in_language(filling.fact.value("source"), self.language).strip()
        html = ""
        if text and _URL.fullmatch(text):
            html = link(text, urlsplit(text).netloc.removeprefix("www."))
        elif text:
            made = markdown_html(text)
            if "<img" in made.html:
                made, text = self.library.place(made, text, filling.seen)
            if made.problems:
                fact = filling.fact
                self.tell_all(made, filling, fact.data if "source" in fact.data else fact.shared, "source")
            html = made.html
        if self.deck.repository:
            # Not in the digest: a line that moved is no new content.
            fact = filling.fact
            where = f"{self.deck.repository}/blob/HEAD/{fact.path}#L{fact.at[0] + 1}"
            html += (" · " if html else "") + link(where, fact.id)
        return html, text

    def tell_all(self, made: Html, filling: Filling, record: Map | None, name: str) -> None:
        """Report what is wrong with a text, at the property of the record that holds it."""
        fact = filling.fact
        filling.faulty |= not made.sound
        where = span(fact.path, fact.at)
        if record is not None and name in record:
            value: Value = record[name]
            at = record.values_at[name]
            if isinstance(value, Map):
                at = value.values_at.get(self.language, at)
            where = span(fact.path, at)
        for rule, message, hint in made.problems:
            self.tell(rule, message, where, fact, hint)

    def tell(self, rule: Rule, message: str, where: Span, fact: Fact, hint: str | None) -> None:
        """Report a finding on a fact, unless the fact allows it."""
        if not fact.allow.covers(rule):
            self.report.add(rule, message, where, hint)

    def _template_filler(self, spec: FieldSpec) -> _Filler:
        template = self.templates.get(spec.source)
        from flashgen.render.environment import run  # noqa: PLC0415 - few kinds have such a field

        def fill(filling: Filling) -> tuple[str, str]:
            if template is None:
                filling.faulty = True
                return _BLANK
            scope = _Scope(self, filling)
            try:
                text = run(template, scope.variables())
            except TemplateFault as fault:
                fault.tell(self.report)
                filling.faulty = True
                return _BLANK
            text = text.strip()
            return scope.put_back(text, html=True), scope.put_back(text, html=False)

        return fill


class Prose(str):
    """A text of a fact inside a template: it compares and counts as the author wrote it, and prints as HTML."""

    __slots__ = ("shown", "stand_in")
    stand_in: str
    # How long its HTML is, which the stand-in hides from those who count.
    shown: int

    def __html__(self) -> str:
        return self.stand_in


class Record:
    """An item of a list inside a template: its properties by name, and nothing that could hide one of them."""

    __slots__ = ("_values", "first_id")

    def __init__(self, values: Mapping[str, Any], first_id: str) -> None:
        self._values, self.first_id = values, first_id

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def get(self, name: str) -> Any:
        """Return a property, or "" where an item of its kind has none of that name."""
        return self._values.get(name, "")


_STAND_IN = re.compile("\U0010f000([0-9]+);")


class _Scope:
    """What a file under `fields/` sees of one fact. Texts print as stand-ins, which become HTML or source text."""

    def __init__(self, renderer: FieldRenderer, filling: Filling) -> None:
        self.renderer, self.filling = renderer, filling
        self.kept: list[tuple[str, str]] = []
        self.gaps = set(filling.fact.gaps(renderer.kind))

    def variables(self) -> dict[str, Any]:
        fact, part = self.filling.fact, self.filling.part
        properties = self.renderer.kind.properties
        variables = {name: self._value(properties[name], fact.data) for name in self.renderer.kind.own}
        variables |= {"id": fact.id, "part": None, "gap": self._gap, "say": self.renderer.words.say(self.renderer.kind)}
        each = self.renderer.kind.each
        if each is not None and part is not None:
            listed = fact.data[each.items]
            position = next(index for index, item in enumerate(listed) if item is part)
            variables["part"] = variables[each.items][position]
        return variables

    def put_back(self, text: str, *, html: bool) -> str:
        """Return a template's text with each stand-in replaced by its HTML, or by the source it was made from."""
        while _STAND_IN.search(text):
            text = _STAND_IN.sub(lambda match: self.kept[int(match[1])][0 if html else 1], text)
        return text

    def _keep(self, text: str, html: str, source: str) -> Prose:
        prose = Prose(text)
        self.kept.append((html, source))
        prose.stand_in = f"\U0010f000{len(self.kept) - 1};"
        prose.shown = len(html)
        return prose

    def _text(self, prop: Property, value: Value | None, record: Map) -> Prose:
        if prop.type in FILES:
            html, source = self.renderer.file(prop, record, self.filling)
            return self._keep(source.partition("\x1d")[0], html, source)
        text = in_language(value, self.renderer.language).strip()
        if prop.type is Type.CHOICE and text:
            made = Html(escape(self.renderer.words.choice(self.renderer.kind, prop.name, text)))
        else:
            made = _MAKERS.get(prop.type, plain_html)(text)
        source = text
        if "<img" in made.html:
            made, source = self.renderer.library.place(made, text, self.filling.seen)
        if made.problems:
            self.renderer.tell_all(made, self.filling, record, prop.name)
        return self._keep(text, made.html, source)

    def _value(self, prop: Property, record: Map) -> Any:
        value = record.get(prop.name)
        if prop.type is Type.LIST:
            return [self._item(prop, item) for item in value or () if isinstance(item, Map)]
        if prop.type is Type.DRAWING:
            return self._drawing(prop)
        if prop.type in (Type.MAP, Type.TEXTS):
            entry = Property(prop.name, Type.MARKDOWN if prop.type is Type.MAP else Type.TEXT)
            texts = value if isinstance(value, Map) else Map()
            return {name: self._text(replace(entry, name=name), text, texts) for name, text in texts.items()}
        if prop.type is Type.WORDS:
            return [self._text(prop, word, record) for word in value] if isinstance(value, Seq) else []
        if prop.type in (Type.BOOLEAN, Type.NUMBER):
            return _plain_value(prop, value)
        return self._text(prop, value, record)

    def _drawing(self, prop: Property) -> Picture:
        from flashgen.render.diagrams import draw  # noqa: PLC0415 - few decks have drawings

        renderer, fact = self.renderer, self.filling.fact
        language, seen = renderer.language, self.filling.seen
        picture, sound = draw(renderer.drawings, fact, prop.name, language, self._keep, renderer.tell, seen)
        self.filling.faulty |= not sound
        return picture

    def _item(self, prop: Property, item: Map) -> Record:
        inner = (entry for entry in prop.items.values() if entry.name not in ("id", "formerly"))
        values = {entry.name: self._value(entry, item) for entry in inner}
        return Record({"id": item["id"], **values}, origin(item))

    def _gap(self, item: Record, text: Prose | None = None) -> Prose:
        """Return the gap of an item: its `text`, or another text given."""
        if not isinstance(item, Record) or item.first_id not in self.gaps:
            gaps = self.renderer.kind.gaps
            message = f"`gap` takes an item of `{gaps}`" if gaps else "`gap` needs a list whose items have gaps"
            hint = "write `gap(item)`, or `gap(item, text)`" if gaps else "add `gaps: …` to kind.yaml"
            raise Misuse(FIELD_USED_AS_VALUE, message, hint, "gap")
        filling = self.filling
        shown: Prose = item["text"] if text is None else text
        hint = item.get("hint")
        key = (self.renderer.kind.key, filling.fact.origin, filling.part_id, item.first_id)
        number = self.renderer.numbers[key]
        html, source = self.kept[int(shown.stand_in[1:-1])]
        return self._keep(shown, gap_html(number, html, escape(hint)), f"{{{{c{number}::{source}::{hint}}}}}")


def _plain_value(prop: Property, value: Value | None) -> bool | int | None:
    if prop.type is Type.BOOLEAN:
        return value == "true"
    return int(value) if isinstance(value, str) else None
