"""FG327: words that a text can do without."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flashgen import rules
from flashgen.lint.card import Card
from flashgen.lint.check import CardCheck, Found, Limits
from flashgen.pattern import pattern

_ENGLISH = pattern(
    r"\b(?:basically|needless to say|as (?:everyone|everybody|we all) knows?|it goes without saying|really just"
    r"|just simply|obviously(?! true| false| wrong)|simply because|essentially,|fundamentally,)(?!\w)"
    r"|^(?:of course|obviously|simply put)\b"
    r"|\b(?:it is|it's|is|are|they're) (?:just|really|simply) an?\b"
    r"|\bvery (?:important|useful|popular|famous|interesting|well-known)\b"
    r"|, (?:really|basically|actually)\?"
    r"|\b(?:actually|really) (?:say|mean|do|is)\b",
    re.IGNORECASE,
)
_KOREAN = pattern(
    r"(?<![가-힣])(?:당연히|당연한 말이지만|두말할 것 없이|말할 것도 없이|누구나 알다시피|다들 알다시피|쉽게 말해서?"
    r"|한마디로|대체(?= 무엇| 왜)"
    r"|말 그대로 그냥|그냥(?= [가-힣]+ ?(?:묶음|것|이름|파일|값|프로그램))|(?:기본적으로|사실상)(?= (?:무엇|어떤|왜))"
    r"|(?:매우|아주|굉장히|정말) (?:중요한|유용한|유명한|흥미로운|잘 알려진))"
    r"(?![가-힣])"
    r"|^(?:물론|단순히)(?= )"
)


def hedge(text: str, language: str) -> str | None:
    """Return a word of a text that adds nothing to it, or None."""
    found = (_KOREAN if language == "ko" else _ENGLISH).search(text)
    return found[0].strip(" ,?") if found and found[0] != text.strip(" .") else None


def _judge(card: Card, _: Limits) -> Iterator[Found]:
    for in_answer, text in enumerate((card.asking, card.answering)):
        word = hedge(text, card.language)
        if word is not None:
            at = card.answer_at if in_answer else card.prompt_at
            yield Found(at, f"`{card.name}` says as much without “{word}”", "leave it out")


CHECK = CardCheck(rules.HEDGE_WORD, _judge, languages=frozenset({"en", "ko"}))
