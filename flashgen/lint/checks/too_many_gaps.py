"""FG323: a text with so many gaps that it is a list in disguise."""

from __future__ import annotations

from collections.abc import Iterator

from flashgen import rules
from flashgen.lint.card import Card
from flashgen.lint.check import CardCheck, Found, Limits


def _judge(card: Card, limits: Limits) -> Iterator[Found]:
    # The gaps of a list or a sequence are its items, which have limits of their own.
    if not card.is_first or not card.is_gap or card.kind.gaps:
        return
    gaps, most = len(card.note.ords), limits.count("gaps")
    if gaps > most:
        message = f"the text of `{card.name}` has {gaps} gaps; more than {most} ask for too much of one text"
        yield Found(card.prompt_at, message, "split it into several facts, or keep the gaps that matter")


CHECK = CardCheck(rules.TOO_MANY_GAPS, _judge, limits={"gaps": 5})
