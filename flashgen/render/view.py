"""A note → its cards as Anki shows them: what the preview, `verify` and the tests look at."""

from __future__ import annotations

from functools import lru_cache

from flashgen.model import CardTemplate, Note
from flashgen.render import reviewer
from flashgen.render.reviewer import Rendered

_parse = lru_cache(maxsize=256)(reviewer.parse)


def render_card(note: Note, card_ord: int) -> Rendered:
    """Return both sides of one of a note's cards, as Anki in English shows a new card in the deck it came with."""
    card = template_of(note, card_ord)
    fields, is_cloze = fields_of(note), note.note_type.family.has_gaps
    return reviewer.render(
        _parse(card.front), _parse(card.back), fields, specials_of(note, card_ord), card_ord, cloze=is_cloze
    )


def template_of(note: Note, card_ord: int) -> CardTemplate:
    """Return the card template of one of a note's cards."""
    return note.note_type.templates[0 if note.note_type.family.has_gaps else card_ord]


def fields_of(note: Note) -> dict[str, str]:
    """Return the HTML of a note's fields by their names."""
    return dict(zip(note.note_type.field_names, note.fields))  # noqa: B905 - as many, and each card asks


def specials_of(note: Note, card_ord: int) -> dict[str, str]:
    """Return Anki's special fields of a new card, but for `FrontSide`."""
    return {
        "Card": template_of(note, card_ord).name,
        # Only a collection gives cards their ids.
        "CardID": "0",
        "CardFlag": "flag0",
        "Deck": note.deck,
        "Subdeck": note.deck.rpartition("::")[2],
        "Tags": " ".join(sorted(note.tags, key=str.casefold)),
        "Type": note.note_type.name,
    }
