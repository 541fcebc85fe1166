"""FG312: a prompt that asks for what is wrong, or for what does not belong.

A fact that is itself a lack or a ban (`Why can't penguins fly?`) is asked for with a negation as well, and is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flashgen import rules
from flashgen.lint.card import Card
from flashgen.lint.check import CardCheck, Found, Limits
from flashgen.pattern import pattern

_NOT = r"(?:\b(?:not|cannot|never|except|false|incorrect|untrue|wrong|least)\b|n't\b)"
_CHOICE = r"(?:statements?|claims?|assertions?|answers?|options?|choices?|sentences?)"
_ENGLISH = pattern(
    rf"\b(?:which|what|who)(?: one| ones)? of (?:the following|these|those)\b[^.?]*?{_NOT}"
    rf"|\b(?:all|each|every one)(?: of)? (?:the following|these|those)\b[^.?]*?\bexcept\b"
    rf"|\b(?:every|all)\b[^.?]*? except one\b"
    rf"|\b(?:which|what) (?:one )?(?:(?:is|are|was|were) not|isn't|aren't|wasn't|weren't)\b"
    rf"|\bwho (?:is|are|was|were) not (?:an?|one of|among)\b"
    # A list to choose from.
    rf"|\b(?:which|what|who)\b[^.?:]*?{_NOT}[^.?:]*: [^.?]*, [^.?]* or "
    rf"|\bwhich {_CHOICE}\b[^.?,]*?{_NOT}"
    rf"|\bwhat is (?:incorrect|false|untrue|wrong) about\b"
    rf"|\b(?:find|pick|choose|select|identify|spot|name) the (?:false|incorrect|wrong|untrue)\b"
    rf"|\bodd one out\b"
    # In capitals, as in an exam.
    rf"|\b(?:which|what|who)\b[^.?]*? (?:is|are|was|were|does|do|did|would|should|can|will) (?-i:NOT)\b",
    re.IGNORECASE,
)

_THING = r"(?:것|하나|항목|보기|설명|서술|진술|문장|내용|선지)"
_KOREAN = pattern(
    r"(?:다음|아래|보기)의? ?(?:[가-힣]+ )?(?:중|가운데|중에서|가운데서|에서),? [^.?]*?"
    r"(?:아닌|않은|않는|틀린|잘못된) \S+(?:[은는]?\?|[을를] 고르)"
    rf"|(?:이|가|은|는) 아닌 {_THING}"
    r"|(?:옳|맞|적절하|적합하|바르|올바르|알맞|타당하|해당하|해당되|속하|포함되|일치하|분류되)지"
    rf" (?:않은|않는|못한) {_THING}"
    r"|(?:해당하|해당되|속하|포함되)지 (?:않는|않았던|않던) \S+[은는]\?"
    r"|(?:틀린|잘못된|그른|부적절한|거짓인|보기 어려운|거리가 먼|관계없는|관련 없는|사실과 다른|내용과 다른|할 수 없는)"
    rf" {_THING}[은는을]"
    r"|수 없는 것은\?"
)


def negation(text: str, language: str) -> str | None:
    """Return the words by which a prompt asks for what is not so, or None."""
    found = (_KOREAN if language == "ko" else _ENGLISH).search(text)
    return found[0] if found else None


def _judge(card: Card, _: Limits) -> Iterator[Found]:
    if card.is_gap:
        return
    found = negation(card.asking, card.language)
    if found is not None:
        message = f"`{card.name}` asks for what is not so, which is then what is remembered: “{found}”"
        yield Found(card.prompt_at, message, "ask for what is so")


CHECK = CardCheck(rules.NEGATIVE_PROMPT, _judge, languages=frozenset({"en", "ko"}))
