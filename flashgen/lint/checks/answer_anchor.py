"""FG409: a back without the mark that Anki scrolls to."""

from __future__ import annotations

from collections.abc import Iterator

from flashgen import rules
from flashgen.lint.check import Found, Limits, Whole, WholeCheck
from flashgen.lint.sources import own_cards
from flashgen.pattern import pattern

_ANCHOR = pattern(r"""<[^>]*\sid=["']?answer["'\s>]""")


def _judge(whole: Whole, _: Limits) -> Iterator[Found]:
    for card, template, where in own_cards(whole):
        if _ANCHOR.search(template.back) is None:
            hint = 'write `<hr id="answer">` above the answer, or extend `_layout/card.html.j2`'
            yield Found(where, f"the back of `{card.id}` does not say where its answer starts", hint)


CHECK = WholeCheck(rules.ANSWER_ANCHOR, _judge)
