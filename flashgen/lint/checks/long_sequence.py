"""FG319: a sequence of more steps than one keeps in mind."""

from __future__ import annotations

from collections.abc import Iterator

from flashgen import rules
from flashgen.lint.check import Found, Limits, Whole, WholeCheck
from flashgen.values import span


def _judge(whole: Whole, limits: Limits) -> Iterator[Found]:
    kinds, most = limits.words("kinds"), limits.count("steps")
    for entry in whole.facts:
        for fact in entry.facts:
            name = fact.kind.gaps
            if name is None or fact.kind.name not in kinds:
                continue
            steps = len(fact.data.get(name, ()))
            if steps > most:
                message = f"`{fact.id}` has {steps} steps; more than {most} are hard to keep in their order"
                hint = "split it into two facts, the second of which starts with the last step of the first"
                yield Found(span(fact.path, fact.data.keys_at[name]), message, hint, fact)


CHECK = WholeCheck(rules.LONG_SEQUENCE, _judge, limits={"steps": 7, "kinds": ("sequence",)})
