"""FG303: an answer that is a list: who forgets one item fails the card as a whole."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flashgen import rules
from flashgen.lint.card import Card
from flashgen.lint.check import CardCheck, Found, Limits
from flashgen.lint.prose import prose
from flashgen.lint.words import word_set, words
from flashgen.pattern import pattern

_LIST = pattern(r"</?[uo]l\b[^>]*>")
_ASIDE = pattern(r"\([^()]*\)|\[[^\[\]]*\]")
# A lead such as `The four bases are …` or `Four:` belongs to no item.
_LEAD = pattern(r"^[^,;·/]*?(?::| (?:are|is|were|includes?|comprises?|consists? of|made (?:up )?of)) (?=\S)")
_SEPARATORS = (r";\s+", r",\s+", r"\s+/\s+")
_LAST = pattern(r",?\s+(?:and|or|&)\s+|^(?:and|or|&)\s+")
_ARTICLE = pattern(r"^(?:a|an|the|and|or|its|their)\s+", re.IGNORECASE)
# What a part of a sentence begins with, or a date, and an item never does.
_CLAUSE = pattern(
    r"(?:was|were|is|are|has|had|have|will|can|after|before|in|on|at|by|from|with|without|which|who|whose|that|when|where"
    r"|while|since|because|so|but|yet|as|like|to|if|then|not|of|for|during|under|until|i|he|she|it|they|we|you|no|yes)\b"
    r"|.*\b(?:1\d|20)\d\d\b|(?:[A-Z]\.)+$",
    re.IGNORECASE,
)
_KOREAN_SEPARATORS = (r";\s*", r",\s+|、\s*", r"\s*·\s*", r"\s+/\s+")
_KOREAN_LAST = pattern(r"\s+(?:및|그리고|또는)\s+|^(?:및|그리고|또는)\s+")
# These end like `and`.
_NO_PARTICLE = word_set("사과 결과 효과 학과 통과 초과 경과 성과 치과 내과 외과 기와 교과 과 와")
# How a sentence that lists ends: `… 등이 있다`, `…로 이루어진다`.
_KOREAN_TAIL = pattern(
    r"(?: 등)?(?:이|가|을|를|으로|로)? ?(?:있다|있습니다|구성된다|구성됩니다|이루어진다|이루어져 있다|나뉜다|포함한다)$"
    r"|(?:이다|입니다)$| 등$"
)
# A part of a sentence: a verb's form that goes on, or with an object even a form that a noun could have.
_KOREAN_CLAUSE = pattern(
    r"(?:하고|되고|하며|되며|면서|거나|아서|어서|해서|하여|되어|지만|는데|니까|므로|으면|하자|[가-힣]다|습니다|세요)$"
    r"|[을를이가은는에로서] .*(?:고|며|자|어|여|아|해)$|\d{3,}"
)
_SHORT, _KOREAN_SHORT = 4, 3


_MARK = pattern(r"[,;/·、]|[와과]\s")


def items(text: str, language: str) -> list[str]:
    """Return the items that a text, given as prose, lists, or none where it is no list for certain."""
    if _MARK.search(text) is None:
        return []
    text = _ASIDE.sub("", text).strip().rstrip(".")
    if language == "ko":
        text = _KOREAN_TAIL.sub("", text)
        found = [*(_split(text, mark, _KOREAN_LAST) for mark in _KOREAN_SEPARATORS), _joined(text)]
        return max((parts for parts in found if all(map(_is_korean_item, parts))), key=len, default=[])
    text = _LEAD.sub("", text)
    found = [_split(text, mark, _LAST) for mark in _SEPARATORS]
    return max((parts for parts in found if all(map(_is_item, parts))), key=len, default=[])


def _split(text: str, separator: str, last: re.Pattern[str]) -> list[str]:
    parts = [part for part in re.split(separator, text) if part]
    if len(parts) > 1:
        parts[-1:] = [part for part in last.split(parts[-1]) if part]
    return parts


def _joined(text: str) -> list[str]:
    """Return what 와 and 과 join."""
    parts = [""]
    for word in text.split():
        is_joint = word[-1] in "와과" and word not in _NO_PARTICLE
        parts[-1] = f"{parts[-1]} {word[:-1] if is_joint else word}".strip()
        if is_joint:
            parts.append("")
    return [part for part in parts if part]


def _is_item(part: str) -> bool:
    part = _ARTICLE.sub("", part)
    return 0 < len(words(part)) <= _SHORT and not _CLAUSE.match(part)


def _is_korean_item(part: str) -> bool:
    return 0 < len(words(part)) <= _KOREAN_SHORT and not _KOREAN_CLAUSE.search(part)


def _judge(card: Card, limits: Limits) -> Iterator[Found]:
    if card.is_gap:
        return
    most, html = limits.count("items"), card.answer_html
    count = max(part.count("<li") for part in _LIST.split(html))
    if count <= most:
        count = len(items(prose(html), card.language))
    if count > most:
        message = f"the answer lists {count} items; who forgets one fails the card as a whole"
        hint = "make it a `list` or a `sequence` fact, whose items are asked one at a time"
        yield Found(card.answer_at, message, hint)


CHECK = CardCheck(rules.ENUMERATION_ANSWER, _judge, limits={"items": 3}, languages=frozenset({"en", "ko"}))
