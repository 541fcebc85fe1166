"""FG707: a large deck that asks nearly everything in one way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from flashgen import rules
from flashgen.diagnostics import Span
from flashgen.lint.check import Deck, DeckCheck, Found, Limits


def _judge(deck: Deck, limits: Limits) -> Iterator[Found]:
    notes = deck.edition.notes
    counts = Counter(note.fact.kind.name for note in notes)
    for kind, count in counts.most_common(1):
        if len(notes) > limits.count("notes") and count > limits.share("share") * len(notes):
            message = f"{count} of {len(notes)} notes are of the kind `{kind}`"
            hint = "see with `flashgen kinds` what other ways of asking there are"
            yield Found(Span(deck.edition.deck.path), message, hint)


CHECK = DeckCheck(rules.UNEVEN_KINDS, _judge, limits={"share": 0.8, "notes": 50})
