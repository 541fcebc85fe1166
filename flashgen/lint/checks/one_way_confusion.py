"""FG207: a fact names another as one it is confused with, and the other does not name it back."""

from __future__ import annotations

from collections.abc import Iterator

from flashgen import rules
from flashgen.lint.check import Found, Limits, Whole, WholeCheck
from flashgen.model import Fact
from flashgen.schema import ids_of
from flashgen.values import Position, Seq, span


def _judge(whole: Whole, _: Limits) -> Iterator[Found]:
    for entry in whole.facts:
        # A fact that was set aside may name the other.
        if not entry.complete or not any("confused_with" in fact.data for fact in entry.facts):
            continue
        facts = {name: fact for fact in entry.facts for name, _ in ids_of(fact.data)}
        for fact in entry.facts:
            for name, at in _confused_with(fact):
                other = facts.get(name, fact)
                if other is fact or any(facts.get(back) is fact for back, _ in _confused_with(other)):
                    continue
                message = f"`{fact.id}` is confused with `{name}`, which does not say so of it"
                yield Found(span(fact.path, at), message, f"add `confused_with: [{fact.id}]` to `{name}`", fact)


def _confused_with(fact: Fact) -> list[tuple[str, Position]]:
    names = fact.data.get("confused_with")
    return list(zip(names, names.values_at, strict=True)) if isinstance(names, Seq) else []


CHECK = WholeCheck(rules.ONE_WAY_CONFUSION, _judge)
