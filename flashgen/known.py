"""What is known of a fact file beside its facts: what they are called and name, and notes that were made before."""

from __future__ import annotations

from msgspec import Struct, field

from flashgen.diagnostics import Span


class Names(Struct):
    """What the facts of a file are called and name: their ids and tags, what they cover and refer to, each with why.

    Faulty facts and drafts count as well.
    """

    ids: list[str] = field(default_factory=list)
    tags: dict[str, None] = field(default_factory=dict)
    covered: list[str] = field(default_factory=list)
    references: list[tuple[str, Span, str]] = field(default_factory=list)


class KnownNote(Struct, array_like=True, frozen=True):
    """A note that an earlier run made of a known fact, without its note type, whose kind's key it has.

    `fact` is its place among them; `first` what Anki compares its first field by, None where that is the
    field itself.
    """

    guid: str
    kind: str
    fields: tuple[str, ...]
    ords: tuple[int, ...]
    digest: str
    fact: int
    part: str
    asked: tuple[str, ...]
    first: str | None
    title: str
