"""FG407: a field of a kind that none of its cards shows."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from flashgen import rules
from flashgen.lint.check import Found, Limits, Whole, WholeCheck
from flashgen.lint.sources import is_own, text_of
from flashgen.model import OCCLUSION_FIELDS, Family, Kind
from flashgen.read.kinds import MORE
from flashgen.render import reviewer


def _judge(whole: Whole, _: Limits) -> Iterator[Found]:
    shown = defaultdict[str, set[str]](set)
    # Learners' note types keep the fields they have: Anki would take one less for another note type.
    released = {note.note_type.kind for edition in whole.editions if edition.deck.released for note in edition.notes}
    for edition in whole.editions:
        for note_type in edition.note_types.values():
            for template in note_type.templates:
                for side in (template.front, template.back):
                    shown[note_type.kind] |= reviewer.parse(side).names()
    for kind in whole.kinds:
        if kind.key in shown.keys() - released and is_own(kind, whole.project):
            yield from _unused(kind, shown[kind.key])


def _unused(kind: Kind, shown: set[str]) -> Iterator[Found]:
    cards = "\n".join(text_of(kind.folder / f"{card.id}.html.j2") for card in kind.cards)
    # Anki sorts by the first field and tells duplicates by it, shown or not.
    for spec in kind.fields[1:]:
        of_anki = spec.name == MORE or (kind.family is Family.OCCLUSION and spec.name in OCCLUSION_FIELDS)
        # One that is only read aloud is shown in decks with a voice.
        if spec.name in shown or of_anki or re.search(rf"\b{spec.variable}\b", cards):
            continue
        message = f"no card of the kind `{kind.key}` shows its field `{spec.name}`"
        yield Found(spec.span, message, f"print `{{{{ {spec.variable} }}}}` in a card, or delete the field")


CHECK = WholeCheck(rules.UNUSED_FIELD, _judge)
