"""FG321: a gap that grammar alone fills in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from flashgen import rules
from flashgen.lint.card import Card
from flashgen.lint.check import Deck, DeckCheck, Found, Limits
from flashgen.lint.gaps import Gap, gaps_of
from flashgen.lint.korean import RIEUL, final
from flashgen.pattern import pattern

# Prepositions with a meaning, and `a` or `an`, are what language decks ask for; these are hardly ever.
_SMALL = pattern(r"the|of|and|is|are|was|were|be|been|has|have|had|can|could|will|would|that|which|[,.]")
_NAMED = pattern(
    r"\b(?:word|operator|keyword|gene|letter|article|conjunction|verb|particle|command|symbol|function|term|named|called"
    r"|written|mark|sign)s?\s*$",
    re.IGNORECASE,
)
_TAUGHT = pattern(
    r"\b(?:grammar|spelling|punctuation|articles?|prepositions?|verbs?|tenses?|pronouns?|conjunctions?|adverbs?|syntax|idioms?"
    r"|vocabulary|phrases?)\b",
    re.IGNORECASE,
)

# In a context they name what is taught; in a text they may be a revolution or a king.
_LANGUAGE = pattern(
    r"\b(?:english|french|german|latin|greek|spanish|italian|portuguese|dutch|swedish|esl|toefl|toeic|ielts)\b",
    re.IGNORECASE,
)
_HINTED = {"en": "{{c1::of::preposition}}", "ko": "{{c1::은::조사}}"}
# Where so many of the texts with gaps hide such a word, the deck teaches the language.
_LANGUAGE_DECK = 0.4

_AFTER_CONSONANT = pattern("은|이|을|과|으로|이다|이었다|이나|이며")
_AFTER_VOWEL = pattern("는|가|를|와|다|였다|나|며")
_AFTER_ALL = pattern("에|의|에서|에게|에게서|께서|부터|까지|처럼|보다|한테|이다|라고")
# 대로 is a road.
_ROAD = pattern(r"대로$")
_ALONE = {"있다": r"[어아여져고해] $", "수": r"[가-힣] $", "것": r"[가-힣] $"}
_ALONE_AFTER = {"있다": r"^[.]?$", "수": r"^ (?:있|없)", "것": r"^(?:이다|은|이|을)"}
_KOREAN_TAUGHT = pattern("문법|조사|어미|맞춤법|띄어쓰기|한국어|국어|품사|어법|접사|TOPIK")
_HANGUL = pattern("[가-힣]$")


def too_small(gap: Gap, language: str, context: str) -> bool:
    """Return whether a reader fills a gap without knowing the subject."""
    if gap.hint or gap.is_code or gap.is_quoted:
        return False
    around = f"{context} {gap.before} {gap.after}"
    if language == "ko":
        return _KOREAN_TAUGHT.search(around) is None and _is_grammar_in_korean(gap)
    return (
        _SMALL.fullmatch(gap.answer) is not None
        and _is_attached(gap)
        and not (_TAUGHT.search(around) or _LANGUAGE.search(context) or _NAMED.search(gap.before))
    )


def _is_attached(gap: Gap) -> bool:
    """Whether a mark ends a word, as it does where it was taken into the gap by mistake."""
    return gap.answer.isalpha() or gap.before[-1:].isalpha()


def _is_grammar_in_korean(gap: Gap) -> bool:
    answer, before, after = gap.answer, gap.before, gap.after
    if answer in _ALONE:
        return re.search(_ALONE[answer], before) is not None and re.search(_ALONE_AFTER[answer], after) is not None
    # A particle hangs on a word, and a word's end follows it.
    if re.match(r"[\w·]", after) or not _HANGUL.search(before):
        return False
    if _AFTER_ALL.fullmatch(answer):
        return True
    ending = final(before[-1])
    if answer == "로":
        return ending in (0, RIEUL) and _ROAD.search(before + answer) is None
    return (_AFTER_CONSONANT if ending else _AFTER_VOWEL).fullmatch(answer) is not None


def _judge(deck: Deck, _: Limits) -> Iterator[Found]:
    texts = [card for card in deck.cards if card.is_first and card.is_gap and not card.kind.gaps]
    found = [list(_small_gaps(card)) for card in texts]
    if sum(map(bool, found)) <= _LANGUAGE_DECK * len(texts):
        yield from chain.from_iterable(found)


def _small_gaps(card: Card) -> Iterator[Found]:
    for name in card.shape.gapped:
        for gap in gaps_of(card.fields[name]):
            if too_small(gap, card.language, card.context):
                message = f"gap {gap.number} of `{card.name}` hides only “{gap.answer}”, which grammar gives away"
                hint = f"hide what carries the fact, or say with a hint what is taught: `{_HINTED[card.language]}`"
                yield Found(card.field_at((name,)), message, hint, card.fact)


CHECK = DeckCheck(rules.GAP_TOO_SMALL, _judge, languages=frozenset({"en", "ko"}))
