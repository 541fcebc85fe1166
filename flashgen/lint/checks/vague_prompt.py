"""FG308: a prompt that does not say what is wanted, so that many answers fit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flashgen import rules
from flashgen.lint.card import Card
from flashgen.lint.check import CardCheck, Found, Limits
from flashgen.lint.words import words
from flashgen.pattern import pattern

_NAME = r"(?:list|name|give|mention|state)"
_ENGLISH = pattern(
    r"(?:discuss|elaborate on|comment on|reflect on|talk about|tell (?:me|us) (?:more )?about"
    r"|write (?:something |an essay |a paragraph )?about) \w.*"
    rf"|{_NAME} (?:some|several|a few|any|a couple of|various) \w.*"
    rf"|{_NAME} (?:me )?(?:an |one |some |two |three |several )?(?:examples?|instances?) of\b.*"
    # One of many: `Name a planet.`
    r"|(?:name|mention|list) (?:an?|one) (?:\w+[ -]?){1,3}\.?"
    r"|what (?:do|can|should|must|would|could) (?:you|one|we|i) (?:know|say|tell|remember|learn)(?: me)? about\b.*"
    r"|what (?:is|are|was|were|makes?) (?:so )?"
    r"(?:important|special|notable|interesting|significant|remarkable|noteworthy|unique) about\b.*"
    r"|what about (?:\S+ ){0,4}\S+",
    re.IGNORECASE,
)
_EXPLAIN = pattern(r"(?:[Dd]escribe|[Ee]xplain|[Oo]utline|[Ss]ummari[sz]e) (?P<what>\w.*)")
# What makes it a question of its own: how, why, `the shape of`; but not `the theory of`.
_PRECISE = pattern(
    r"\b(?:why|how|what|whether|that|where|when|who|which|if|between|using)\b|[:,;(]"
    r"|\bin (?:terms of|words|one|two|a|Roman)\b"
    r"|\bthe (?!theory|theories|concept|idea|notion|principles?|history|causes?|effects?|importance|significance|role"
    r"|war|battle|treaty|law|process|fall|rise|discovery|invention|life|work|structure|nature|function)\w+ of\b",
    re.IGNORECASE,
)
_LONG_TOPIC = 6

_ABOUT = r"(?:에 ?대해서?|에 ?대하여|에 ?관해서?|에 ?관하여|에 ?대한 것을)"
_LOOSELY = r"(?:간단히|간략히|자세히|짧게|아는 대로|아는 것을|생각나는 대로|모두|자유롭게)"
_DO = r" ?(?:해 ?(?:보시오|보세요|보라|보자|주세요)|해라|해|하시오|하세요|하십시오|하여라|하라|시오|라|세요|십시오)\.?"
_WRITE = r"(?:쓰시오|쓰라|써라|적으시오|(?:써|적어|말해|논해) ?(?:보시오|보세요|보라|보자|주세요))\.?"
_KOREAN = pattern(
    rf".*[을를] (?:{_LOOSELY} )*(?:논|논술|나열|열거){_DO}"
    rf"|.*{_LOOSELY} (?:말{_DO}|{_WRITE})"
    r"|.*의 예를 (?:하나 |한 가지 |두 가지 |몇 가지 )?(?:들어 )?"
    rf"(?:드시오|들라|들어라|보시오|보세요|보라|말{_DO}|{_WRITE})\.?"
    rf"|.*{_ABOUT}\.?"
    rf"|.*{_ABOUT} (?:알아야 할|아는|기억할|알아둘|중요한) (?:것|점)[은는]?\??"
    rf"|.*{_ABOUT} 무엇을 (?:말할|알|아|이야기할).*\?"
)
_KOREAN_EXPLAIN = pattern(
    rf"(?P<what>.*\w)(?:[을를] (?:{_LOOSELY} )*(?:설명|서술|기술|정리|소개|요약){_DO}"
    rf"|{_ABOUT} (?:{_LOOSELY} )*(?:(?:설명|서술|기술|정리|소개|요약|말|이야기){_DO}|{_WRITE}))"
)
_KOREAN_PRECISE = pattern(
    r"(?:이유|까닭|차이|차이점|공통점|방법|조건|모양|뜻|의미|정의|값|과정|순서|원리|관계|용도|목적|절차|근거|때"
    r"|하는 일)$"
    r"|(?:^|\s)(?:왜|어떻게|무엇)"
    # The shape of it, its parts: one side of it, if it is none that a book could be written on.
    r"|의 (?:\S+ )*(?!개념|역사|특징|특성|중요성|의의|전개|내용|업적|영향|원인|배경|이론)\S+$"
)
# `광합성이란?` and `역할은?` ask what something is.
_KOREAN_TOPIC = ("란?", "은?", "는?")
# How many are wanted makes it a list, not vague.
_KOREAN_COUNT = pattern(r"(?:\d|[두세네]|다섯|여섯|일곱) ?(?:가지|개)")

# From how many words on an answer to one word with a question mark is one that nobody could guess.
_LONG_ANSWER = {"en": 5, "ko": 4}


def is_vague(prompt: str, answer: str, language: str, *, has_context: bool) -> bool:
    """Whether a prompt leaves open what is wanted; both texts are given as prose."""
    is_one_word = prompt.endswith("?") and len(words(prompt)) == 1 and not prompt.endswith(_KOREAN_TOPIC)
    if is_one_word and not has_context and len(answer.split()) >= _LONG_ANSWER[language]:
        return True
    return _is_korean(prompt) if language == "ko" else _is_english(prompt)


def _is_english(prompt: str) -> bool:
    explain = _EXPLAIN.fullmatch(prompt)
    if explain:
        return not _PRECISE.search(explain["what"]) and len(words(explain["what"])) <= _LONG_TOPIC
    return _ENGLISH.fullmatch(prompt) is not None


def _is_korean(prompt: str) -> bool:
    if _KOREAN_COUNT.search(prompt):
        return False
    explain = _KOREAN_EXPLAIN.fullmatch(prompt)
    is_open = explain is not None and _KOREAN_PRECISE.search(explain["what"]) is None
    return is_open or _KOREAN.fullmatch(prompt) is not None


def _judge(card: Card, _: Limits) -> Iterator[Found]:
    if card.is_gap:
        return
    if is_vague(card.asking, card.answering, card.language, has_context=bool(card.context)):
        message = "the prompt leaves open what is wanted: many answers fit, and the card takes one"
        yield Found(
            card.prompt_at, message, "ask for one thing, so that no other answer fits: which, what, why, how many"
        )


CHECK = CardCheck(rules.VAGUE_PROMPT, _judge, languages=frozenset({"en", "ko"}))
