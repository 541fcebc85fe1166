"""FG318: a side of a comparison that is so much longer than another that its length tells it."""

from __future__ import annotations

from collections.abc import Iterator

from flashgen import rules
from flashgen.lint.check import Found, Limits, Whole, WholeCheck
from flashgen.lint.checks.equal_sides import sides_of
from flashgen.schema import in_language
from flashgen.values import span

# Fewer letters are a word or two, whose length tells nothing.
_SHORT = 10


def _judge(whole: Whole, limits: Limits) -> Iterator[Found]:
    for entry in whole.facts:
        for fact in entry.facts:
            for sides, at in sides_of(fact):
                for language in entry.deck.editions:
                    lengths = sorted(len(in_language(text, language)) for text in sides.values())
                    if len(lengths) > 1 and lengths[-1] > limits.share("times") * max(lengths[0], _SHORT):
                        message = f"one side is {lengths[-1] / lengths[0]:.0f} times as long as another"
                        hint = "say as much of each, or no more than what is compared"
                        yield Found(span(fact.path, at), message, hint, fact)
                        break


CHECK = WholeCheck(rules.UNEVEN_SIDES, _judge, limits={"times": 3.0})
