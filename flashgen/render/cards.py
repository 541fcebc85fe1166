"""A kind's Jinja files → Anki's card templates, for one deck in one language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

from jinja2 import pass_context
from jinja2.runtime import Context

from flashgen import rules
from flashgen.diagnostics import Report, Span
from flashgen.identity import number
from flashgen.model import CardSpec, CardTemplate, Deck, Field, Kind, NoteType
from flashgen.render import reviewer
from flashgen.render.environment import Templates, run
from flashgen.render.faults import Misuse, TemplateFault
from flashgen.render.style import stylesheet
from flashgen.render.words import Words
from flashgen.schema import in_language

_CURE = "what a field holds is known at review time; use `{% given %}`, or compute it in `fields/`"


class FieldRef:
    """A field inside a card template: printing it gives Anki's `{{Field}}`; its content is not there to be used."""

    __slots__ = ("filters", "name")

    def __init__(self, name: str, filters: tuple[str, ...] = ()) -> None:
        self.name, self.filters = name, filters

    def __html__(self) -> str:
        return "{{" + ":".join((*self.filters, self.name)) + "}}"

    __str__ = __html__

    def through(self, filter_: str) -> FieldRef:
        """Return the field seen through one of Anki's filters."""
        return FieldRef(self.name, (filter_, *self.filters))

    def section(self, sign: str) -> str:
        """Return Anki's mark that opens (`#`, `^`) or closes (`/`) a section of this field."""
        return f"{{{{{sign}{self.name}}}}}"

    def _misused(self, *_: object) -> NoReturn:
        raise Misuse(
            rules.FIELD_USED_AS_VALUE,
            f"the field `{self.name}` is used as a value",
            _CURE,
            self.name.lower().replace(" ", "_"),
        )

    __bool__ = __len__ = __iter__ = __contains__ = __getitem__ = _misused
    __add__ = __radd__ = __mul__ = __mod__ = __lt__ = __gt__ = __le__ = __ge__ = _misused
    __eq__ = __ne__ = _misused
    __hash__ = None  # type: ignore[assignment]

    def __getattr__(self, name: str) -> NoReturn:
        # Python and Jinja look for protocols (`__html_format__`, …) that a field rightly lacks.
        if name.startswith("__"):
            raise AttributeError(name)
        self._misused()


def _anki_filter(name: str):  # type: ignore[no-untyped-def]  # noqa: ANN202
    def apply(field: object) -> FieldRef:
        if not isinstance(field, FieldRef):
            hint = f"write `{{{{ field | {name} }}}}`"
            raise Misuse(rules.FIELD_USED_AS_VALUE, f"`{name}` takes a field", hint, name)
        return field.through(name)

    return apply


@pass_context
def _speak(context: Context, field: object) -> FieldRef | str:
    """Return a field read aloud by Anki, or nothing where the deck has no voice for its language."""
    if not isinstance(field, FieldRef):
        raise Misuse(rules.FIELD_USED_AS_VALUE, "`speak` takes a field", "write `{{ field | speak }}`", "speak")
    voice = context.get("voice", "")
    return field.through(f"tts {voice}") if voice else ""


ANKI_FILTERS = {name: _anki_filter(name) for name in ("cloze", "hint", "text", "type")} | {"speak": _speak}
# The languages of ISO 639 that are mostly written in Arabic, Hebrew or Thaana letters.
_RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
_SPECIAL = {"deck": "Deck", "subdeck": "Subdeck", "tags": "Tags", "card": "Card", "note_type": "Type"}


def compile_kind(
    kind: Kind, deck: Deck, language: str, templates: Templates, words: Words, report: Report
) -> NoteType | None:
    """Return the note type of a kind, or None after reporting what is wrong with its templates."""
    key = (deck.uid, language, kind.key)
    templates.environment.filters.update(ANKI_FILTERS)
    failed = False
    compiled: list[CardTemplate] = []
    for card in kind.cards:
        title = words.title(kind, f"cards.{card.id}", card.id)
        try:
            front = _compile_side(kind, card, deck, language, "front", templates, words)
            back = _compile_side(kind, card, deck, language, "back", templates, words)
            _check_front(kind, card, front, compiled, templates)
        except TemplateFault as fault:
            fault.tell(report)
            failed = True
            continue
        compiled.append(CardTemplate(number("card", *key, card.first), title, front, back))
    style = stylesheet(kind, templates, report)
    if failed or style is None:
        return None
    title = words.title(kind, "title", kind.name)
    if kind.companion:
        title = words.title(kind, f"companions.{kind.companion}", f"{title} – {kind.companion}")
    if kind.revision > 1:
        # Learners may have the one before, and Anki would put a `+` behind a second name.
        title = f"{title} ({kind.revision})"
    return NoteType(
        id=number("note type", *key, str(kind.revision)),
        name=f"{in_language(deck.name, language)} – {title}",
        family=kind.family,
        fields=tuple(Field(number("field", *key, spec.first), spec.name) for spec in kind.fields),
        templates=tuple(compiled),
        css=style.css,
        kind=kind.key,
        media=style.media,
        right_to_left=_runs_right_to_left(deck, language),
    )


def _compile_side(
    kind: Kind, card: CardSpec, deck: Deck, language: str, side: str, templates: Templates, words: Words
) -> str:
    template = templates.get(f"{kind.name}/{card.id}.html.j2")
    fields = {spec.variable: FieldRef(spec.name) for spec in kind.fields}
    variables: dict[str, Any] = {
        **{name: FieldRef(field) for name, field in _SPECIAL.items()},
        **fields,
        "side": side,
        "kind": kind.name,
        "card_id": card.id,
        "language": language if deck.languages else "",
        "direction": "rtl" if _runs_right_to_left(deck, language) else "ltr",
        "voice": _voice(deck, language),
        "say": words.say(kind),
        "has": lambda name: name in fields,
        "card_title": words.title(kind, f"cards.{card.id}", card.id),
        "kind_title": words.title(kind, "title", kind.name),
    }
    lines = (line.strip() for line in run(template, variables).splitlines())
    return "\n".join(line for line in lines if line)


def _runs_right_to_left(deck: Deck, language: str) -> bool:
    return bool(deck.languages) and language.partition("-")[0] in _RIGHT_TO_LEFT


def _voice(deck: Deck, language: str) -> str:
    """Return the voice that reads a language aloud, or ""; a deck that lists no languages has one at the most."""
    return deck.speech.get(language, "") if deck.languages else next(iter(deck.speech.values()), "")


def _check_front(kind: Kind, card: CardSpec, front: str, others: list[CardTemplate], templates: Templates) -> None:
    """Raise TemplateFault for what Anki would refuse in a note type (anki-contract.md, 5)."""
    path = next(folder / kind.name for folder in templates.folders if (folder / kind.name).is_dir())
    where = Span(templates.shown(path / f"{card.id}.html.j2"))
    try:
        parsed = reviewer.parse(front)
    except reviewer.TemplateError as error:
        raise TemplateFault(rules.TEMPLATE_SYNTAX, str(error), where) from None
    if not any(field.name in parsed.names() for field in kind.fields):
        raise TemplateFault(rules.BLANK_FRONT, "the front shows no field", where, "print a field in its prompt")
    if any(front == other.front for other in others):
        message = "two cards of this kind have one front"
        raise TemplateFault(rules.SAME_FRONTS, message, where, "let them ask differently")
    if kind.family.has_gaps and not any(_shows_gaps(front)):
        hint = "print the field with its gaps through `| cloze`"
        raise TemplateFault(rules.MISSING_CLOZE, f"the front of a `{kind.family}` kind shows no gaps", where, hint)


def _shows_gaps(front: str) -> Iterator[bool]:
    for part in front.split("{{")[1:]:
        yield "cloze" in part.split("}}")[0].split(":")[:-1]
