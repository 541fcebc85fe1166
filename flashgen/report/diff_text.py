"""A difference as text: removed words as [-old-], added ones as {+new+}."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flashgen.compare.difference import CardChange, Changed, Difference, Named, Sides
from flashgen.compare.words import Piece
from flashgen.report import diff_words as words

_MARKS = {" ": "{}", "-": "[-{}-]", "+": "{{+{}+}}"}


def lines(differences: Iterable[Difference], *, sides: bool) -> Iterator[str]:
    """Yield the lines of a report, a paragraph a deck and language."""
    for number, difference in enumerate(differences):
        if number:
            yield ""
        yield f"{words.title(difference)}: {words.summary(difference)}"
        if not difference.is_first:
            yield from _sections(difference, sides=sides)


def _sections(difference: Difference, *, sides: bool) -> Iterator[str]:
    yield from _section(words.ADDED, _named(difference.added))
    changed = (line for note in difference.changed for line in _changed(note, sides=sides))
    yield from _section(words.CHANGED, changed)
    yield from _section(words.RETIRED, _named(difference.retired))
    yield from _section(words.lost_heading(difference), _named(difference.lost))
    yield from _section(words.RENAMED, _renamed(difference))
    yield from _section(words.EMPTIED, map(words.told_emptied, difference.emptied))
    yield from _section(words.SKIPPED, _named(difference.skipped))
    yield from _section(words.TYPES, map(words.told_type, difference.note_types))
    yield from _section(words.MOVED, map(words.told_moved, difference.moved))


def _section(heading: tuple[str, str], entries: Iterable[str]) -> Iterator[str]:
    for number, entry in enumerate(entries):
        if not number:
            yield ""
            yield f"{heading[0]}: {heading[1]}".rstrip()
        yield f"  {entry}"


def _named(notes: Iterable[Named]) -> Iterator[str]:
    return map(words.label, notes)


def _changed(change: Changed, *, sides: bool) -> Iterator[str]:
    yield words.label(change.note)
    if not change.is_known:
        yield f"  {words.UNKNOWN}"
        return
    for field in change.fields:
        yield f"  {words.clean(field.field)}: {marked(field.words)}"
    if change.old_tags != change.new_tags:
        yield f"  tags: {marked(words.tag_pieces(change))}"
    if not change.is_visible:
        yield f"  {words.ONLY_SOURCE}"
    if sides:
        for card in change.cards:
            yield from _card(card)


def _card(card: CardChange) -> Iterator[str]:
    yield f"  card “{words.clean(card.card)}”:"
    yield from _sides("old", card.old)
    yield from _sides("new", card.new)


def _sides(age: str, sides: Sides | None) -> Iterator[str]:
    if sides is None:
        yield f"    {age}: none"
        return
    yield f"    {age} question: {words.clean(sides.question)}"
    yield f"    {age} answer:   {words.clean(sides.answer)}"


def _renamed(difference: Difference) -> Iterator[str]:
    for what, advice, none in words.told_renames(difference):
        yield what
        if none:
            yield f"  {none}"
        yield from (f"  {entry.line}   # {entry.place}" for entry in advice)


def marked(pieces: tuple[Piece, ...]) -> str:
    """Return the pieces of a word diff on one line."""
    return " ".join(_MARKS[sign].format(text) for sign, text in words.shortened(pieces) if text)
