"""FG307: two prompts that ask the same in other words, and want different answers.

Prompts are alike if nothing is left of what differs between them but what says nothing: articles, auxiliaries, number,
particles, and words such as “main”. So every prompt has a key, and one look in a dictionary finds its like. How many
letters two prompts share tells nothing: “the capital of France” and “the capital of Spain” are no danger to each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flashgen import rules
from flashgen.diagnostics import Related
from flashgen.lint import english
from flashgen.lint.card import Card
from flashgen.lint.check import Deck, DeckCheck, Found, Limits
from flashgen.lint.words import word_set
from flashgen.model import Fact

_Key = tuple[str, tuple[str, ...], tuple[str, ...]]
_AROUND = "?？.,!;:\"'“”‘’()…"
_QUIET = word_set("""
    a an the of is are was were be been does did has have had what which that this these those it its there by
    name main exactly please tell me
""")
_OTHER_WORDS = {"whom": "who", "color": "colour", "behavior": "behaviour", "gray": "grey"}
# Behind these letters, an `e` belongs to the verb: stored, served, used, reduced.
_WITH_E = frozenset("rvsczgu")
_LONG_ENOUGH = 5
_IN_LETTERS = re.compile("[A-Z]?[a-z'’]+")
# Which of these particles a speaker takes changes no question; an object's (을, 를) does.
_PARTICLE = re.compile(r"(?<=.)(?:이란|란|은|는|이|가|의|에)$")
_ENDS_KOREAN = re.compile(r"(?:무엇|무엇이|누구|어디)(?:인가|인가요|입니까|일까|일까요)$")
_QUIET_KOREAN = word_set("모두 주로 바로 다음 중 중에서")


def _judge(deck: Deck, _: Limits) -> Iterator[Found]:
    first: dict[_Key, Card] = {}
    for card in deck.cards:
        kept, sought = _keys(card, deck.language) if card.answer else ((), ())
        others = (first[key] for key in sought if key in first)
        other = next((other for other in others if _are_confused(card, other)), None)
        for key in kept:
            first.setdefault(key, card)
        if other is not None:
            message = f"`{card.name}` asks what `{other.name}` asks, in other words, and wants another answer"
            hint = "say in one what tells them apart, or name each under `confused_with` of the other"
            yield Found(card.prompt_at, message, hint, card.fact, (Related("the other one", other.prompt_at),))


def _keys(card: Card, language: str) -> tuple[tuple[_Key, ...], tuple[_Key, ...]]:
    """Return what a prompt is known by, and by what those are known that ask the same."""
    told = _told_korean(card.prompt) if language == "ko" else _told(card.prompt)
    if not told:
        return (), ()
    as_it_is = ("", told, card.asked[1:])
    if language == "ko":
        return (as_it_is,), (as_it_is,)
    # What comes first matters, as in who manages whom; but a passive turns it round.
    mine, its = ("passive", "active") if "by" in card.prompt.split() else ("active", "passive")
    in_order = tuple(sorted(told))
    return (as_it_is, (mine, in_order, card.asked[1:])), (as_it_is, (its, in_order, card.asked[1:]))


def _are_confused(card: Card, other: Card) -> bool:
    return (
        card.fact is not other.fact
        and card.asked != other.asked
        and card.answer.casefold() != other.answer.casefold()
        and not _is_named(card.fact, other.fact)
        and not _is_named(other.fact, card.fact)
    )


def _is_named(fact: Fact, other: Fact) -> bool:
    return other.id in fact.data.get("confused_with", ())


def _told(prompt: str) -> tuple[str, ...]:
    """Return the words of an English prompt that tell something, in their plain form."""
    found = [(word.strip(_AROUND), word.strip(_AROUND).casefold()) for word in prompt.split()]
    last = len(found) - 1
    told = (
        _plain(written, folded)
        for at, (written, folded) in enumerate(found)
        if folded and folded not in _QUIET and (folded != "do" or at == last)
    )
    return tuple(_OTHER_WORDS.get(word, word) for word in told)


def _plain(written: str, word: str) -> str:
    # HTTPS is no plural.
    if not _IN_LETTERS.fullmatch(written):
        return word
    word = english.stem(word)
    if word.endswith("ed") and len(word) > _LONG_ENOUGH:
        return word[:-1] if word[-3] in _WITH_E else word[:-2]
    return word


def _told_korean(prompt: str) -> tuple[str, ...]:
    """Return the words of a Korean prompt that tell something, without the particles that change nothing."""
    found = [word.strip(_AROUND) for word in prompt.casefold().split()]
    if found and _ENDS_KOREAN.match(found[-1]):
        found.pop()
    return tuple(_PARTICLE.sub("", word) for word in found if word and word not in _QUIET_KOREAN)


CHECK = DeckCheck(rules.SIMILAR_PROMPT, _judge, languages=frozenset({"en", "ko"}))
