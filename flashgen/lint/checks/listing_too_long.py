"""FG703: a deck's name or description that AnkiWeb's form for shared decks would not take."""

from __future__ import annotations

from collections.abc import Iterator

from flashgen import rules
from flashgen.diagnostics import Span
from flashgen.lint.check import Deck, DeckCheck, Found, Limits
from flashgen.schema import in_language


def _judge(deck: Deck, limits: Limits) -> Iterator[Found]:
    edition = deck.edition
    where = Span(edition.deck.path)
    texts = {"name": edition.name, "description": in_language(edition.deck.description, edition.language)}
    for what, text in texts.items():
        most = limits.count(what)
        if len(text) > most:
            message = f"the {what} has {len(text):,} characters; AnkiWeb takes {most:,} when a deck is shared"
            yield Found(where, message, "shorten it")


CHECK = DeckCheck(rules.LISTING_TOO_LONG, _judge, limits={"name": 60, "description": 65_000})
