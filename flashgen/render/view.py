"""A note → its cards as Anki shows them: what the preview, `verify` and the tests look at."""

from __future__ import annotations

from functools import lru_cache

from flashgen.model import Note
from flashgen.render import reviewer
from flashgen.render.reviewer import Rendered

_parse = lru_cache(maxsize=256)(reviewer.parse)


def render_card(note: Note, card_ord: int) -> Rendered:
    """Return both sides of one of a note's cards, as Anki in English shows a new card in the deck it came with."""
    kind = note.note_type
    is_cloze = kind.family.has_gaps
    card = kind.templates[0 if is_cloze else card_ord]
    fields = {field.name: text for field, text in zip(kind.fields, note.fields, strict=True)}
    specials = {
        "Card": card.name,
        # Only a collection gives cards their ids.
        "CardID": "0",
        "CardFlag": "flag0",
        "Deck": note.deck,
        "Subdeck": note.deck.rpartition("::")[2],
        "Tags": " ".join(sorted(note.tags, key=str.casefold)),
        "Type": kind.name,
    }
    return reviewer.render(_parse(card.front), _parse(card.back), fields, specials, card_ord, cloze=is_cloze)
