"""A card as a learner sees it, in plain text, and where in the author's files each part of it comes from."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping

from flashgen.diagnostics import Span
from flashgen.lint import english_question, korean_question
from flashgen.lint.once import once
from flashgen.lint.prose import prose
from flashgen.lint.shape import Shape, Stretch, shape_of
from flashgen.model import Edition, Fact, Family, Kind, Note
from flashgen.pattern import pattern
from flashgen.render import clozes, reviewer
from flashgen.render.plain import plain_text
from flashgen.render.view import fields_of, specials_of, template_of
from flashgen.values import Map, Position, Seq, Value, span

_TYPED = pattern(r"\[\[type:(?:(cloze|nc):)?([^\]]+)\]\]")
_SOUND = pattern(r"\[sound:[^\]]*\]")
# What pictures and sounds are told apart by.
_SEEN = pattern(r'\bsrc="([^"]*)"|\[sound:([^\]]*)\]')
_WORDS = pattern(r"\w+")


class Card:
    """One card of a note in one edition. Each text is made when it is first asked for, and shared by all rules.

    `language` is the primary tag of the language that its words are in, such as `ko`, or "" where it is not known.
    Texts are in NFC, without tags, their entities decoded, their white space single blanks.
    """

    # The card rules that find something in it: in this run, and in an earlier one, None where there was none. Few cards
    # have their own.
    found: frozenset[str] = frozenset()
    suspected: Collection[str] | None = None

    def __init__(self, note: Note, card_ord: int, edition: Edition, language: str) -> None:
        self.note, self.ord, self.edition, self.language = note, card_ord, edition, language

    @property
    def fact(self) -> Fact:
        """The fact that it asks for."""
        return self.note.fact

    @property
    def kind(self) -> Kind:
        """The kind, or the companion, whose card it is."""
        key = self.note.note_type.kind
        return next(kind for kind in self.fact.kind.with_companions if kind.key == key)

    @property
    def name(self) -> str:
        """What a finding calls its fact: the id, with the part's behind a `/`."""
        return f"{self.fact.id}/{self.note.part}" if self.note.part else self.fact.id

    @property
    def is_first(self) -> bool:
        """Whether it is the first card of its note: what is judged once a note is judged here."""
        return self.ord == self.note.ords[0]

    @property
    def is_gap(self) -> bool:
        """Whether it asks for a gap, whose prompt fills in on the back."""
        return self.shape.answer is None and bool(self.shape.gapped)

    @once
    def shape(self) -> Shape:
        """What its card template marks."""
        template = template_of(self.note, self.ord)
        return shape_of(template.front, template.back)

    @once
    def fields(self) -> Mapping[str, str]:
        """The HTML of its note's fields, by name."""
        return fields_of(self.note)

    @once
    def prompt_html(self) -> str:
        """The prompt on the front, as HTML; a gap shows `[...]` or its hint in brackets."""
        return _without_entry(self._fill(self.shape.prompt, None))

    @once
    def prompt(self) -> str:
        """The prompt on the front."""
        return _read(self.prompt_html)

    @once
    def asking(self) -> str:
        """What the author says in the prompt: a word stands for each code, formula, quotation or title in it."""
        return prose(self.prompt_html)

    @once
    def revealed_html(self) -> str:
        """The prompt on the back, as HTML, where a gap is filled in as `<span class="cloze" …>`."""
        return _without_entry(self._fill(self.shape.revealed, ""))

    @once
    def revealed(self) -> str:
        """The prompt on the back, with all gaps filled in."""
        return _read(self.revealed_html)

    @once
    def answer_html(self) -> str:
        """What is to be recalled, as HTML: the answer on the back, without what only stands beside it, or the gap."""
        if self.shape.answer is None or self.shape.told:
            told = self.shape.told or self.shape.gapped
            return " … ".join(clozes.answer(self.fields[name], self.ord + 1) for name in told)
        html = self._fill(self.shape.answer, "")
        return _TYPED.sub(lambda typed: self.fields.get(typed[2], ""), html) if "[[type:" in html else html

    @once
    def answer(self) -> str:
        """What is to be recalled; "" where it is nothing that can be read, such as a region of a picture."""
        # Which region a picture asks for is seen, not read: its words are no prompt to judge an answer by.
        return "" if self.note.note_type.family is Family.OCCLUSION else _read(self.answer_html)

    @once
    def answering(self) -> str:
        """What the author says in the answer, as in `asking`."""
        return prose(self.answer_html)

    @once
    def context(self) -> str:
        """The line above the prompt that tells what it is about, or ""."""
        stretch = self.shape.context
        return _read(self._fill(stretch, None)) if any(map(self.fields.get, stretch.fields)) else ""

    @once
    def asked(self) -> tuple[str, ...]:
        """All that a learner is given on the front, as it compares: prompt, context, pictures and sounds."""
        html = self.prompt_html
        seen = ["".join(found) for found in _SEEN.findall(html)] if "<" in html or "[sound:" in html else ()
        return (self.prompt.casefold(), self.context.casefold(), *seen)

    @once
    def asks(self) -> str:
        """What stands for all that it asks, to be compared with another card."""
        if self.note.asked:
            return self.note.asked[self.note.ords.index(self.ord)]
        return _mark(self.asked)

    @once
    def readings(self) -> tuple[str, ...]:
        """What stands for its question, whatever way it is asked, with what stands beside it: one for each reading.

        There is none where no answer can be read, or the question cannot.
        """
        if not self.answer:
            return ()
        if self.language == "ko":
            questions = korean_question.plain_questions(self.prompt)
        else:
            html = english_question.noun_first(self.prompt_html)
            text = self.prompt if html is self.prompt_html else plain_text(html)
            questions = (english_question.plain_question(text),)
        return tuple(_mark((" ".join(words), *self.asked[1:])) for words in questions if words)

    @property
    def compared_by(self) -> tuple[str | None, tuple[str, ...] | None]:
        """What it `asks`, and its `readings`, as far as a rule wanted them."""
        return vars(self).get("asks"), vars(self).get("readings")

    def recall(self, found: Collection[str], asks: str | None, readings: tuple[str, ...] | None) -> None:
        """Take what an earlier run found of it: the card rules that it breaks, and what it is `compared_by`."""
        self.suspected = found
        made = {"asks": asks, "readings": readings}
        vars(self).update((name, value) for name, value in made.items() if value is not None)

    @property
    def fact_at(self) -> Span:
        """Where the fact's id stands."""
        return span(self.fact.path, self.fact.at)

    @property
    def prompt_at(self) -> Span:
        """Where the text of the prompt stands, as closely as is known."""
        return self.field_at(self.shape.prompt.fields)

    @property
    def answer_at(self) -> Span:
        """Where the text of the answer stands, as closely as is known."""
        if self.shape.answer is not None:
            return self.field_at(self.shape.answer.fields)
        item = self._item_of_gap()
        return item or self.field_at(self.shape.gapped)

    @property
    def context_at(self) -> Span:
        """Where the context stands."""
        return self.field_at(("Context",))

    def field_at(self, names: Iterable[str]) -> Span:
        """Return where the property stands that fills the first of these fields that one alone fills, else the fact."""
        sources = {spec.name: spec.source for spec in self.kind.fields}
        for name in names:
            source = sources.get(name, "")
            record = self.part if source.startswith("part.") else self.fact.data
            at = self.property_at(source.removeprefix("part."), record)
            if at is not None:
                return at
        return self.fact_at

    def property_at(self, name: str, record: Map | None = None) -> Span | None:
        """Return where a property of a record, or of the fact, stands in the card's language, or None."""
        for holder in (self.fact.data if record is None else record, self.fact.shared):
            if name in holder:
                return span(self.fact.path, _at(holder[name], holder.values_at[name], self.edition.language))
        return None

    @property
    def part(self) -> Map | None:
        """The item of the fact that made its note, or None where the fact makes one note as a whole."""
        return next((part for first, part in self.fact.parts(self.kind) if first == self.note.part), None)

    def _fill(self, stretch: Stretch, front: str | None) -> str:
        values = self.fields
        # Nothing that the reviewer could do otherwise; and nearly all of a large deck's prompts are like that.
        if stretch.only:
            return values[stretch.only]
        if stretch.plain is not None:
            return "".join([node if isinstance(node, str) else values[node.field] for node in stretch.plain])
        if stretch.has_specials:
            values = {**specials_of(self.note, self.ord), **values}
        return reviewer.fill(stretch.tree, values, self.ord, front)

    def _item_of_gap(self) -> Span | None:
        """Return where the text stands that the card's gap hides, if it is a text of a list or a map alone."""
        wanted = _WORDS.findall(self.answer)
        if not wanted:
            return None
        language = self.edition.language
        texts = list(_texts(self.fact.data if self.part is None else self.part, language))
        return next((span(self.fact.path, at) for text, at in texts if _WORDS.findall(text) == wanted), None)


def _mark(parts: Iterable[str]) -> str:
    """Return what stands for texts that are compared."""
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=12).hexdigest()


def _texts(value: Value, language: str) -> Iterator[tuple[str, Position]]:
    """Yield the texts of a value in one language, each with where it stands."""
    pairs: Iterable[tuple[Value, Position]] = ()
    if isinstance(value, Map):
        pairs = [(item, value.values_at[key]) for key, item in value.items()]
        if language in value:
            pairs = [(value[language], value.values_at[language])]
    elif isinstance(value, Seq):
        pairs = zip(value, value.values_at, strict=True)
    for item, at in pairs:
        if isinstance(item, str):
            yield item, at
        else:
            yield from _texts(item, language)


def _at(value: Value, at: Position, language: str) -> Position:
    return value.values_at.get(language, at) if isinstance(value, Map) else at


def _without_entry(html: str) -> str:
    """Return HTML without the place where an answer is typed in."""
    return _TYPED.sub("", html) if "[[type:" in html else html


def _read(html: str) -> str:
    return plain_text(_SOUND.sub("", html) if "[sound:" in html else html)
