"""What a card rule is made of. Each stands in a module of `checks/`, as its `CHECK`; `registry` finds them all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct, field

from flashgen.diagnostics import Related, Rule, Span
from flashgen.lint.card import Card
from flashgen.model import DeckFacts, Edition, Fact, Kind, Project

# What a setting of a rule may be: a number, a share between 0 and 1, or a list of words.
Limit = int | float | tuple[str, ...]


class Limits:
    """A rule's settings: its defaults, and what the project sets otherwise."""

    __slots__ = ("_values",)

    def __init__(self, defaults: Mapping[str, Limit], own: Mapping[str, Limit] | None = None) -> None:
        self._values = {**defaults, **(own or {})}

    def count(self, name: str) -> int:
        """Return a setting that is a whole number."""
        value = self._values[name]
        assert isinstance(value, int)
        return value

    def share(self, name: str) -> float:
        """Return a setting that is a share."""
        value = self._values[name]
        assert isinstance(value, int | float)
        return value

    def words(self, name: str) -> tuple[str, ...]:
        """Return a setting that is a list of words."""
        value = self._values[name]
        assert isinstance(value, tuple)
        return value


class Found(Struct, frozen=True):
    """One weak place: where, what, and its cure. `fact` is whose `allow` may set it aside; card rules leave it out."""

    at: Span
    message: str
    hint: str | None = None
    fact: Fact | None = None
    related: tuple[Related, ...] = ()


class Deck(Struct, frozen=True):
    """A deck in one language: its edition and all its cards, in source order; `language` as in a card."""

    edition: Edition
    cards: tuple[Card, ...]
    language: str


class Whole(Struct, frozen=True):
    """What does not hang on a language: all that was read, each deck's facts, its editions, and the kinds in use."""

    project: Project
    facts: tuple[DeckFacts, ...]
    editions: tuple[Edition, ...]

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds and companions that notes were made of, by name."""
        used = {note.fact.kind.name: note.fact.kind for edition in self.editions for note in edition.notes}
        return tuple(kind for name in sorted(used) for kind in used[name].with_companions)


class CardCheck(Struct, frozen=True):
    """A rule that judges a card by itself.

    `judge` yields what it finds, `limits` holds its settings and their defaults, and `languages` the primary tags of
    those that it can judge, None where it looks at no words. What it finds hangs on the note, its kind and language and
    what the author wrote of the fact, but not on where that stands: a card that is as it was is not judged again.
    """

    rule: Rule
    judge: Callable[[Card, Limits], Iterable[Found]]
    limits: Mapping[str, Limit] = field(default_factory=dict)
    languages: frozenset[str] | None = None


class DeckCheck(Struct, frozen=True):
    """A rule that judges cards beside each other; see `CardCheck`."""

    rule: Rule
    judge: Callable[[Deck, Limits], Iterable[Found]]
    limits: Mapping[str, Limit] = field(default_factory=dict)
    languages: frozenset[str] | None = None


class WholeCheck(Struct, frozen=True):
    """A rule that judges facts, kinds and decks, whatever their language; see `CardCheck`."""

    rule: Rule
    judge: Callable[[Whole, Limits], Iterable[Found]]
    limits: Mapping[str, Limit] = field(default_factory=dict)
    languages: None = None


Check = CardCheck | DeckCheck | WholeCheck
