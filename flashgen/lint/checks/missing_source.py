"""FG314: a fact without a source, in a deck that gives the sources of its facts."""

from __future__ import annotations

from collections.abc import Iterator

from flashgen import rules
from flashgen.lint.check import Found, Limits, Whole, WholeCheck
from flashgen.values import span


def _judge(whole: Whole, limits: Limits) -> Iterator[Found]:
    for entry in whole.facts:
        bare = [fact for fact in entry.facts if fact.value("source") is None]
        # Not every deck has sources to give: words of a language, names of one's own.
        if not entry.facts or len(entry.facts) - len(bare) < limits.share("share") * len(entry.facts):
            continue
        for fact in bare:
            hint = "add `source: https://…` to it, or to the top of its file"
            yield Found(span(fact.path, fact.at), f"`{fact.id}` names no source, as most facts here do", hint, fact)


CHECK = WholeCheck(rules.MISSING_SOURCE, _judge, limits={"share": 0.5})
