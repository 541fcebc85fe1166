"""FG304: a question that yes or no answers, which is guessed half the time."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flashgen import rules
from flashgen.lint import korean
from flashgen.lint.card import Card
from flashgen.lint.check import CardCheck, Found, Limits
from flashgen.lint.words import is_question
from flashgen.pattern import pattern

_AUXILIARY = r"(?:is|are|was|were|do|does|did|can|could|will|would|should|has|have|had|must|may|might)(?:n't|n’t)?"
_OPENING = (
    r"(?:in|on|at|for|when|if|after|before|during|under|given|according|with|as|of|among|since|unless|once|by|within)"
)
# `Is a tuple mutable?`, and with an opening, `In Python, is a tuple mutable?`; but not `Must, in winemaking: …`.
_YES_NO = pattern(rf"(?:{_OPENING}\b[^?]*?, )?{_AUXILIARY} (?!of\b|is\b|are\b|was\b|were\b)\w[^?]*\?$", re.IGNORECASE)
_TAG = pattern(rf", {_AUXILIARY} (?:it|he|she|they|there|you|we|I)\?$|, (?:right|correct|true)\?$", re.IGNORECASE)
_TRUE_OR_FALSE = pattern(
    r"^\W*(?:true or false|yes or no|right or wrong|is it true that|is it correct that|t/f)\b", re.IGNORECASE
)
# What makes it another question: a choice, a word that asks, or a polite wrapping of one.
_OTHER = pattern(
    r"\bor\b|\b(?:what|why|how|whom|whose)\b|\b(?:when|where|who|which)\?"
    r"|\b(?:know|say|tell|name|list|explain|recall|remember|give|guess) (?:me |us )?"
    r"(?:which|who|when|where|if|the|a|an|two|three)\b"
    # `Had Alexander lived, which …`, `Will Shakespeare was …`
    r"|^(?:will|may|can|must|might|have|had|were|should)\b.*(?:,| in| of| at| on| to| by) (?:which|who|where|when)\b"
    r"|^(?:will|may|can|must|might)\b \w+(?:'s|’s)? (?:is|are|was|were|has|had)\b",
    re.IGNORECASE,
)
_ANSWER = pattern(r"(?:yes|no|true|false|nope|right|wrong|correct|incorrect)(?=$|\s*[,.;:!(–—-])", re.IGNORECASE)
_ASKING = pattern(
    r"\b(?:what|which|who|whom|whose|when|where|why|how|name|give|translate|mean|means|english|say)\b", re.IGNORECASE
)
_SENTENCE = pattern(r"(?<=[.?!])\s+(?=\S)")
_KOREAN_TRUE_OR_FALSE = pattern(
    r"^\W*(?:참 ?(?:또는|이나|/|·) ?거짓|참인가,? 거짓인가|맞으면|○ ?/? ?×|O ?/ ?X)"
    r"|\(\s*(?:O ?/ ?X|○ ?/ ?×|참/거짓|예/아니요)\s*\)\.?$"
)
_KOREAN_ANSWER = pattern(
    r"(?:예|네|아니요|아니오|아니다|아닙니다|그렇다|그렇습니다|그렇지 않다|맞다|맞습니다|틀리다|참|거짓|옳다|그르다"
    r"|[OX○×])(?=$|\s*[,.;:!(])"
)


def is_yes_no(prompt: str, answer: str, language: str) -> bool:
    """Whether yes or no answers a prompt; both are given as prose."""
    return _is_korean(prompt, answer) if language == "ko" else _is_english(prompt, answer)


def _is_english(prompt: str, answer: str) -> bool:
    if _TRUE_OR_FALSE.match(prompt) or _TAG.search(prompt):
        return True
    last = _SENTENCE.split(prompt)[-1]
    if _YES_NO.match(last):
        return _OTHER.search(last) is None
    is_sentence = prompt.endswith((".", "?")) and not _ASKING.search(prompt) and " or " not in prompt
    return is_sentence and _ANSWER.match(answer) is not None


def _is_korean(prompt: str, answer: str) -> bool:
    if _KOREAN_TRUE_OR_FALSE.search(prompt):
        return True
    if korean.asks_for_something(prompt):
        return False
    last = _SENTENCE.split(prompt)[-1]
    found = last.split()
    if last.endswith("?") and found and korean.asks(found[-1]):
        # 포유류인가 어류인가: a choice that is named.
        return not any(map(korean.asks, found[:-1])) and "아니면" not in found
    return last.endswith(("다.", "다", "다?")) and _KOREAN_ANSWER.match(answer) is not None


def _judge(card: Card, _: Limits) -> Iterator[Found]:
    # A question whose answer is a question is to be translated.
    if card.is_gap or is_question(card.answer):
        return
    if is_yes_no(card.asking, card.answering, card.language):
        message = "the question is answered by yes or no, which is guessed half the time"
        yield Found(card.prompt_at, message, "ask for what makes it so: which, what, why, how, how many")


CHECK = CardCheck(rules.YES_NO_PROMPT, _judge, languages=frozenset({"en", "ko"}))
