"""FG410: a back on which the question is gone."""

from __future__ import annotations

from collections.abc import Iterator

from flashgen import rules
from flashgen.lint.check import Found, Limits, Whole, WholeCheck
from flashgen.lint.shape import shape_of
from flashgen.lint.sources import own_cards
from flashgen.render import reviewer


def _judge(whole: Whole, _: Limits) -> Iterator[Found]:
    for card, template, where in own_cards(whole):
        asked = set(shape_of(template.front, template.back).prompt.fields)
        told = reviewer.parse(template.back).names()
        if asked and asked.isdisjoint(told) and "FrontSide" not in told:
            hint = "print its prompt on both sides, or extend `_layout/card.html.j2`, which does"
            yield Found(where, f"the back of `{card.id}` shows nothing of what was asked", hint)


CHECK = WholeCheck(rules.PROMPT_MISSING_ON_BACK, _judge)
