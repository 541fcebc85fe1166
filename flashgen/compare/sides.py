"""A note of a package → its cards as plain text."""

from __future__ import annotations

import re
from functools import lru_cache

from flashgen.compare.difference import CardChange, Sides
from flashgen.compare.packed import PackedNote
from flashgen.compare.words import readable
from flashgen.render import reviewer

# Where the answer starts: what Anki's browser cuts its Answer column at.
_ANSWER = re.compile(r"<hr\s+id\s*=\s*[\"']?answer[\"']?\s*/?>", re.IGNORECASE)
_parse = lru_cache(maxsize=256)(reviewer.parse)


def compare_cards(old: PackedNote, new: PackedNote) -> tuple[CardChange, ...]:
    """Return the cards whose sides differ, or which only one of the two has."""
    changes = []
    for ord_ in sorted({*old.ords, *new.ords}):
        before = sides(old, ord_) if ord_ in old.ords else None
        after = sides(new, ord_) if ord_ in new.ords else None
        if before != after:
            changes.append(CardChange(card_name(new if ord_ in new.ords else old, ord_), before, after))
    return tuple(changes)


def card_name(note: PackedNote, ord_: int) -> str:
    """Return what tells a card from the others of its note."""
    kind = note.note_type
    if kind.is_cloze or ord_ >= len(kind.cards):
        return f"gap {ord_ + 1}" if kind.is_cloze else f"card {ord_ + 1}"
    return kind.cards[ord_][1]


def sides(note: PackedNote, ord_: int) -> Sides:
    """Return what a reader sees of a card; a template that Anki refuses says so in the place of its text."""
    kind = note.note_type
    place = 0 if kind.is_cloze else ord_
    if not 0 <= place < len(kind.sides):
        return Sides("(no card template)", "(no card template)")
    specials = {
        "Card": kind.cards[place][1],
        "CardID": "0",
        "CardFlag": "flag0",
        "Deck": note.deck,
        "Subdeck": note.deck.rpartition("::")[2],
        "Tags": " ".join(note.tags),
        "Type": kind.name,
    }
    front, back = kind.sides[place]
    try:
        card = reviewer.render(_parse(front), _parse(back), note.texts, specials, ord_, cloze=kind.is_cloze)
    except reviewer.TemplateError as error:
        return Sides(f"(cannot be shown: {error})", f"(cannot be shown: {error})")
    return Sides(readable(card.question), readable(_ANSWER.split(card.answer, maxsplit=1)[-1]))
