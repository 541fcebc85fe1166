"""FG509: a deck in a script whose signs hang on the language, which the deck does not name."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from flashgen import rules
from flashgen.diagnostics import Span
from flashgen.lint.check import Deck, DeckCheck, Found, Limits
from flashgen.pattern import pattern

_HAN = pattern("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")
_LETTER = pattern(r"[^\W\d_]")
_SAMPLE = 200


def _judge(deck: Deck, limits: Limits) -> Iterator[Found]:
    written = deck.edition.deck
    # A language is part of every identity: once a deck is public, its learners would lose their progress.
    if written.languages is not None or written.released:
        return
    text = " ".join(f"{card.prompt} {card.answer}" for card in islice(deck.cards, _SAMPLE))
    letters = len(_LETTER.findall(text))
    if letters and len(_HAN.findall(text)) >= limits.share("share") * letters:
        message = "the deck does not say in which language it is; its signs are drawn as the client's language has them"
        hint = "before the first release, add `languages: [ja]`, or `zh-Hans`, `zh-Hant`, `ko`"
        yield Found(Span(written.path), message, hint)


CHECK = DeckCheck(rules.MISSING_LANG, _judge, limits={"share": 0.3})
