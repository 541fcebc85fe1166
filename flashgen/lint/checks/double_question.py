"""FG311: a prompt that asks for two facts at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from flashgen import rules
from flashgen.lint.card import Card
from flashgen.lint.check import CardCheck, Found, Limits
from flashgen.lint.korean import NIEUN, RIEUL, final
from flashgen.pattern import pattern

_SENTENCE = pattern(r"[^.!?]*(?:[.!?](?=\S)[^.!?]*)*[.!?]?")

_ASKS = r"(?:what|why|how|where|when|which|who|whom|whose)"
_HELPS = r"(?:is|are|was|were|am|do|does|did|can|could|will|would|shall|should|has|have|had|may|might|must)"
_BEFORE = r"(?:(?:in|at|on|by|from|to|for|of|with|under|through|into|about) )?"
_ENGLISH = pattern(rf"\b{_ASKS}\b", re.IGNORECASE)
_EMBEDS = pattern(rf"\b(?:{_ASKS}|whether)\b", re.IGNORECASE)
_OPENS = pattern(rf"(?:(?:and|or|but|so|then|if so),? )?{_BEFORE}(?:{_ASKS}|{_HELPS}(?:n't)?)\b", re.IGNORECASE)
# A question of its own has its verb in front: `and when is it`, but not `and when it melts`.
_SECOND = pattern(
    rf",? (?:and|or),? ({_BEFORE}(?:(?:what|which|who|whom|whose)"
    rf"|(?:why|how|where|when)(?=(?: \w+){{0,3}}? {_HELPS}\b|\?)))\b",
    re.IGNORECASE,
)
_TWINS = pattern(rf"(?:^|[,:] ){_BEFORE}({_ASKS} (?:and|or) {_ASKS}) {_HELPS}\b", re.IGNORECASE)
_WHY = pattern(r",? (and why)(?: not)?\?$", re.IGNORECASE)
_ITS = pattern(
    rf"^{_BEFORE}(?:what|who|which \w+) (?:is|are|was|were)\b(?!.*\b(?:between|difference|relation)).*?"
    r" (and (?:its|their|his|her) [\w-]+(?: [\w-]+){0,2})\?$",
    re.IGNORECASE,
)
# “The author and the year of …”, answered by two things.
_PAIR = pattern(
    r"(?:what (?:is|are|was|were)|name|give|state) (?!.*\b(?:between|difference|relation|ratio|sum|product)\b)"
    r"the .+?,? (and (?:the|its) [a-z]+)\b",
    re.IGNORECASE,
)
_PARTS = pattern(r"[,;·/]|\band\b|(?<=[가-힣])[와과] |그리고")
_TOLD = pattern(r"(?:explain|describe|state|say|tell)\b", re.IGNORECASE)

# A word of a Korean question with its particle; `누구나`, `언제든`, `어디서나` ask nothing, and `얼마나` does.
_KOREAN = pattern(
    r"(?<![가-힣])(?:왜|(?:무엇|무슨|뭐|뭘|어떻게|어디|어느|어떤|언제|누가|누구|몇(?!몇)|얼마)[가-힣]*?(?<![나든])|얼마나)"
    r"(?:인가|인지|일까)?(?![가-힣])"
)
_KOREAN_EMBEDS = pattern(r"([가-힣])지(?:를|가|는|도|만)?(?![가-힣])")
_KOREAN_TOLD = pattern(r"(?:설명|서술|기술|작성|답|말|쓰|적)\S*(?:라|시오|오|세요)\.?$")
_KOREAN_JOINS = pattern(r"(?:며|고|는데)(?:,|$| )|,$|(?<![가-힣])그리고(?= |$)")
_KOREAN_ASKS = pattern(r"[은는란]\?$")
_KOREAN_PAIR = pattern(
    r". ([가-힣]+(?<!사이)[와과](?: (?!\S+(?:의|가|이|을|를|로|에|에서|은|는) )\S+){0,2} [가-힣]+?)"
    r"(?<!차이)(?<!차이점)(?<!관계)(?<!공통점)(?<!비율)[은는](?: 각각)?(?: (?:무엇|누구|언제|어디)인가)?\?$"
)
_KOREAN_CHOICE = pattern(r"[가까],? .*[가까]\?$")


def second_question(text: str, language: str) -> str | None:
    """Return the words that open a second question in a prompt, or None where it asks for one thing."""
    if language == "ko":
        return _second_in_korean(text)
    sentences = _sentences(text)
    questions = [one for one in sentences if one.endswith("?") and (_OPENS.match(one) or _ENGLISH.search(one))]
    if len(questions) > 1:
        return questions[1]
    for sentence in sentences:
        if not sentence.endswith("?") and not _TOLD.match(sentence):
            continue
        if twins := _TWINS.search(sentence):
            return twins[1]
        if also := _WHY.search(sentence) or _ITS.search(sentence):
            return also[1]
        for second in _SECOND.finditer(sentence):
            # With two such words before it, the last of them opened a clause that this one goes on.
            if len(_EMBEDS.findall(sentence[: second.start()])) == 1:
                return f"and {second[1]}"
    return None


def _pair(text: str, answer: str, language: str) -> str | None:
    """Return the words that ask for two things by name, where the answer has two parts, or None."""
    found = _KOREAN_PAIR.search(text) if language == "ko" else _PAIR.match(text)
    return found[1] if found and _PARTS.search(answer.strip()) else None


def _second_in_korean(text: str) -> str | None:
    sentences = _sentences(text)
    questions = [one for one in sentences if one.endswith("?") and _asks_in_korean(one)]
    if len(questions) > 1:
        return questions[1]
    for sentence in sentences:
        told = _KOREAN_TOLD.search(sentence) is not None
        if not told and (not sentence.endswith("?") or _has_clause(sentence)):
            continue
        asking = list(_KOREAN.finditer(sentence))
        for first, second in pairwise(asking):
            between = sentence[first.end() : second.start()].strip()
            if between in ("", ",") or _KOREAN_JOINS.search(between) or first[0].endswith(("이며", "이고")):
                return f"{first[0]} … {second[0]}"
    return None


def _has_clause(sentence: str) -> bool:
    """Whether a Korean sentence holds a question as one of its parts: 하는지, 인지, 할지."""
    ends = _KOREAN_EMBEDS.findall(sentence)
    return any(final(syllable) in (NIEUN, RIEUL) for syllable in ends)


def _asks_in_korean(sentence: str) -> bool:
    return any(asks.search(sentence) for asks in (_KOREAN, _KOREAN_ASKS, _KOREAN_CHOICE))


def _sentences(text: str) -> list[str]:
    return [stripped for one in _SENTENCE.findall(text) if (stripped := one.strip())]


def _judge(card: Card, _: Limits) -> Iterator[Found]:
    if card.is_gap:
        return
    second = second_question(card.asking, card.language) or _pair(card.asking, card.answering, card.language)
    if second is not None:
        message = f"`{card.name}` asks for two things at once: “{second}”"
        yield Found(card.prompt_at, message, "make a fact of each")


CHECK = CardCheck(rules.DOUBLE_QUESTION, _judge, languages=frozenset({"en", "ko"}))
