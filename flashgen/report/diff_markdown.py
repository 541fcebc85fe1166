"""A difference as Markdown, for a pull request or release notes: removed words struck out, added ones bold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from flashgen.compare.difference import CardChange, Changed, Difference, Named
from flashgen.compare.words import Piece
from flashgen.report import diff_words as words

_MARKS = {" ": "{}", "-": "~~{}~~", "+": "**{}**"}
_SPECIAL = re.compile(r"([\\`*_\[\]<>~#|$@&])")


def lines(differences: Iterable[Difference], *, sides: bool) -> Iterator[str]:
    """Yield the lines of a report, a heading a deck and language."""
    for number, difference in enumerate(differences):
        if number:
            yield ""
        yield f"## {escaped(words.title(difference))}"
        yield ""
        yield f"{escaped(words.summary(difference))}."
        if not difference.is_first:
            yield from _sections(difference, sides=sides)


def _sections(difference: Difference, *, sides: bool) -> Iterator[str]:
    yield from _section(words.ADDED, _named(difference.added))
    changed = (line for note in difference.changed for line in _changed(note, sides=sides))
    yield from _section(words.CHANGED, changed)
    yield from _section(words.RETIRED, _named(difference.retired))
    yield from _section(words.lost_heading(difference), _named(difference.lost))
    yield from _section(words.RENAMED, _renamed(difference))
    emptied = (f"- {escaped(words.told_emptied(entry))}" for entry in difference.emptied)
    yield from _section(words.EMPTIED, emptied)
    yield from _section(words.SKIPPED, _named(difference.skipped))
    yield from _section(words.TYPES, (f"- {escaped(words.told_type(change))}" for change in difference.note_types))
    moved = (f"- {escaped(words.told_moved(entry))}" for entry in difference.moved)
    yield from _section(words.MOVED, moved)


def _section(heading: tuple[str, str], entries: Iterable[str]) -> Iterator[str]:
    for number, entry in enumerate(entries):
        if not number:
            yield ""
            # Our own words, and code in them.
            yield f"**{heading[0]}**: {heading[1]}".rstrip()
            yield ""
        yield entry


def _named(notes: Iterable[Named]) -> Iterator[str]:
    return (f"- {escaped(words.label(note))}" for note in notes)


def _changed(change: Changed, *, sides: bool) -> Iterator[str]:
    yield f"- {escaped(words.label(change.note))}"
    if not change.is_known:
        yield f"  - {words.UNKNOWN}"
        return
    for field in change.fields:
        yield f"  - {escaped(field.field)}: {marked(field.words)}"
    if change.old_tags != change.new_tags:
        yield f"  - tags: {marked(words.tag_pieces(change))}"
    if not change.is_visible:
        yield f"  - {words.ONLY_SOURCE}"
    if sides:
        for card in change.cards:
            yield from _card(card)


def _card(card: CardChange) -> Iterator[str]:
    yield f"  - card “{escaped(card.card)}”"
    for age, shown in (("old", card.old), ("new", card.new)):
        if shown is None:
            yield f"    - {age}: none"
        else:
            yield f"    - {age} question: {escaped(shown.question)}"
            yield f"    - {age} answer: {escaped(shown.answer)}"


def _renamed(difference: Difference) -> Iterator[str]:
    for what, advice, none in words.told_renames(difference):
        yield f"- {escaped(what)}"
        if none:
            yield f"  - {none}"
        yield from (f"  - `{entry.line}` {entry.place}" for entry in advice)


def marked(pieces: tuple[Piece, ...]) -> str:
    """Return the pieces of a word diff on one line."""
    return " ".join(_MARKS[sign].format(escaped(text)) for sign, text in words.shortened(pieces) if text)


def escaped(text: str) -> str:
    """Return text that Markdown shows as it is."""
    return _SPECIAL.sub(r"\\\1", words.clean(text))
