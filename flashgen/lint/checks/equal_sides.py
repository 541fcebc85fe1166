"""FG317: a comparison in an aspect in which its subjects do not differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flashgen import rules
from flashgen.lint.check import Found, Limits, Whole, WholeCheck
from flashgen.model import Fact
from flashgen.schema import Property, Type, in_language
from flashgen.values import Map, Position, span


def _judge(whole: Whole, _: Limits) -> Iterator[Found]:
    for entry in whole.facts:
        # A file that is known was found to be without this fault; to look again, it would have to be read again.
        for fact in (fact for fact in entry.facts if fact.path not in entry.known):
            for sides, at in sides_of(fact):
                for language in entry.deck.editions:
                    said = {_plain(in_language(text, language)) for text in sides.values()}
                    if len(sides) > 1 and len(said) == 1:
                        message = f"all sides say the same: `{in_language(next(iter(sides.values())), language)}`"
                        hint = "say in what they differ, or ask of one of them alone"
                        yield Found(span(fact.path, at), message, hint, fact)
                        break


def sides_of(fact: Fact) -> Iterator[tuple[Map, Position]]:
    """Yield the maps of a fact that say how each item of a list is, such as the sides of an aspect, with their keys."""
    yield from _maps(fact.data, fact.kind.properties)


def _maps(record: Map, properties: Mapping[str, Property]) -> Iterator[tuple[Map, Position]]:
    for name, value in record.items():
        if isinstance(value, str):
            continue
        prop = properties[name]
        if prop.type is Type.MAP and prop.keys is not None:
            yield value, record.keys_at[name]
        elif prop.type is Type.LIST:
            for item in value:
                yield from _maps(item, prop.items)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


CHECK = WholeCheck(rules.EQUAL_SIDES, _judge)
