"""FG331: a sentence that is the same in every language of its deck."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from flashgen import rules
from flashgen.lint.check import Found, Limits, Whole, WholeCheck
from flashgen.pattern import pattern
from flashgen.schema import Property, Type
from flashgen.values import Map, Position, Seq, Value, span

_TEXTS = (Type.TEXT, Type.MARKDOWN, Type.CLOZE, Type.HTML, Type.TEXTS, Type.MAP)
# Code, formulas, addresses and the marks of gaps are the same in every language.
_THING = pattern(r"```.*?```|`[^`]*`|\\\(.*?\\\)|https?://\S+|<[^>]*>|\{\{c\d+::|\}\}", re.DOTALL)
_WORD = pattern(r"[^\W\d_]{2,}")


def _judge(whole: Whole, limits: Limits) -> Iterator[Found]:
    most = limits.count("words")
    for entry in whole.facts:
        if len(entry.deck.editions) > 1:
            for fact in entry.facts:
                for text, at in _single(fact.data, fact.kind.properties):
                    if len(_WORD.findall(_THING.sub(" ", text))) > most:
                        message = f"this text of `{fact.id}` is one for all languages of the deck"
                        hint = f"write it in each: `{{{', '.join(f'{name}: …' for name in entry.deck.editions)}}}`"
                        yield Found(span(fact.path, at), message, hint, fact)


def _single(record: Map, properties: Mapping[str, Property]) -> Iterator[tuple[str, Position]]:
    """Yield the texts of a record that do not differ by language, each with where it stands."""
    for name, value in record.items():
        prop = properties.get(name)
        if prop is None:
            continue
        if prop.type is Type.LIST and isinstance(value, Seq):
            for item in value:
                if isinstance(item, Map):
                    yield from _single(item, prop.items)
        elif prop.type in _TEXTS:
            yield from _strings(value, record.values_at[name], prop)


def _strings(value: Value, at: Position, prop: Property) -> Iterator[tuple[str, Position]]:
    if isinstance(value, str):
        yield value, at
    elif isinstance(value, Map) and prop.type in (Type.TEXTS, Type.MAP):
        yield from ((text, value.values_at[key]) for key, text in value.items() if isinstance(text, str))


CHECK = WholeCheck(rules.UNTRANSLATED_TEXT, _judge, limits={"words": 3})
