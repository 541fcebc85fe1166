"""FG309: a word such as `it` that stands for nothing on the card.

In the queue, cards of many facts are mixed, and what was said on the one before helps nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flashgen import rules
from flashgen.lint.card import Card
from flashgen.lint.check import CardCheck, Found, Limits
from flashgen.lint.korean import trimmed
from flashgen.lint.words import is_question, word_set
from flashgen.pattern import pattern

# What a prompt shows beside its words, and `this` may stand for.
_SHOWN = pattern(r"<(?:img|pre|blockquote|audio|video|table|ul|ol|svg)\b|\[sound:|class=\"fg-(?:quote|terminal)\"")
_GAP = pattern(r"\[[^\[\]]*\]")
# `This Side of Paradise: …`, `It Happened One Night won …`
_TITLED = pattern(r"^[^?:]{1,60}:\s|^[A-Z][a-z]+ [A-Z]")

_TOKEN = pattern(r"[^\W_]+(?:['’][^\W_]+)?|[^\w\s]")
_PERSONAL = word_set("it he she they him her them his its their")
_POINTING = word_set("this these those")
# What may stand before such a word and names nothing that it could stand for.
_NAMELESS = word_set("""
    what which who whom whose when where why how many much long far often old big large is are was were do does did can
    could will would should has have had must may might of in on at by for from to with during after before about into
    under over through between among as and or the a an happens happen happened becomes become makes make made causes
    cause caused comes come came goes go means mean meant takes take took gives give gave got gets get called named if
    not so then first last some all most each both name give state describe explain discovered invented wrote founded
    built led leads differ differs consists
""")
# `It takes … to`, `Why is it dangerous to`, `It was … who`: it stands for what follows, or for nothing.
_EMPTY_IT = pattern(
    r"\bit\b.*\b(?:to|that|who|whom|if|when|rain(?:ing)?|snow(?:ing)?)\b|\bit takes?\b|\btakes? it\b|\bdoes it take\b"
    r"|\btime is it\b|\bis it (?:said|known|believed|thought)\b",
    re.IGNORECASE,
)
_EMPTY_THEY = pattern(r"\bthey (?:call|say|speak|drive|use)\b", re.IGNORECASE)
_THOSE_WHO = pattern(r"\bthose (?:who|that|which|of|in|with)\b", re.IGNORECASE)
_BACKWARD = pattern(
    r"\bthe (?:above|former|latter|previous)\b(?= (?:theorem|formula|equation|example|code|figure|picture|text"
    r"|quotation|rule|card|question|definition|law|process|from|differ|called|do|does|is|be|than|to)\b|\?|,)",
    re.IGNORECASE,
)
# A question whose one clause holds nothing that the word could stand for: “In which key did he write …?”, “Who
# succeeded him?”. In “Which animal eats its young?” it stands for what is asked, so `its` and `her` are let be.
_KINDS = (
    "disease|disorder|condition|process|procedure|method|technique|treaty|agreement|drug|medicine|war|battle|event|reaction"
    "|function|structure|rule|law|crime|case|period|organ|muscle|nerve|piece|work|symphony|opera|term|concept|theory|system"
    "|command|book|novel|painting|country|city|river|king|queen|treatment|test|phenomenon|effect|change"
)
_ASKED = (
    "(?:who|what|when|where|why|how(?: many| much| long)?(?: [a-z]+)?"
    "|(?:(?:in|on|at|to|by|for|from|with) )?(?:which|what) [a-z]+)"
)
_ALONE = pattern(
    rf"^(?:{_ASKED} (?:did|does|do|can|could|will|is|was|are|were) (?P<subject>he|she|it|they)\b"
    rf"|(?:who|what|which [a-z]+) [a-z]+(?: the [a-z]+ (?:for|of|to))? (?P<object>him|them|it)"
    r"(?= (?:as|in|at|on|with|after|before|for|from|by)\b|\?)"
    r"|how (?:do|can) (?:you|we|one) [a-z]+ (?P<done>it|them)\b"
    rf"|(?:[a-z]+ ){{1,8}}(?P<kind>(?:this|these) (?:{_KINDS})s?)\b"
    rf"|(?P<told>that (?:{_KINDS})) [a-z]+)"
)

_KOREAN_PRONOUN = pattern(
    r"(?:이것|그것|저것)(?:들)?(?:은|이|을|를|의|에|으로|과|와|도|만|에서|에게|이란)?$"
    r"|(?:그녀|그들|이들)(?:은|는|이|가|을|를|의|에|에게|에서|과|와|로|도)?$"
    r"|(?:이는|그는|그가|그를|그의|그에게|이때|그때|후자는|전자는|후자의|후자가|이로써|이에)$"
)
_KOREAN_POINTING = word_set("이 그 해당")
# 이 씨, 이 다음, 그 유명한 …; and 해당 작용 is a name.
_NO_NOUN = pattern(r"다음|세상|씨|외|밖|전|후|중|가운데|같은|[가-힣]+한|[가-힣]+인")
_NAMED = ("해당 작용", "해당 과정")
_KOREAN_ABOVE = pattern(
    r"^(?:위|앞)의 (?:정리|식|그림|글|예|예시|문장|코드|현상|내용|설명|표|법칙|과정|조건|경우|공식|반응|용어|개념"
    r"|문제)"
)
_KOREAN_ASKING = word_set("왜 어떻게 언제 무엇 무슨 어떤 어디 어디서 어디에서 누가 몇 얼마나 다음")


def dangling(prompt: str, language: str, *, asks_gap: bool) -> str | None:
    """Return the word of a prompt, given as prose, that stands for nothing in it, or None.

    A statement without a question or a gap is a riddle, whose word stands for the answer.
    """
    is_asked = asks_gap or prompt.endswith(("?", "가", "는", "은") if language == "ko" else "?")
    if not is_asked or _TITLED.match(prompt):
        return None
    return _korean(prompt) if language == "ko" else _english(_GAP.sub(" gap ", prompt))


def _english(prompt: str) -> str | None:
    tokens = _TOKEN.findall(prompt)
    first = next((token for token in tokens if token.casefold() not in _NAMELESS), "")
    if _stands_for_nothing(first, prompt):
        return first
    alone = _ALONE.match(prompt[:1].lower() + prompt[1:])
    word: str = next(filter(None, alone.groups())) if alone else ""
    if word and not _is_empty(word, prompt):
        return word
    match = _BACKWARD.search(prompt)
    is_nameless = match and all(word.casefold() in _NAMELESS for word in _TOKEN.findall(prompt[: match.start()]))
    return match[0] if match and is_nameless else None


def _stands_for_nothing(token: str, prompt: str) -> bool:
    word = token.casefold()
    if token.isupper() and len(token) > 1:
        return False
    if word in _POINTING:
        return _THOSE_WHO.search(prompt) is None
    return word in _PERSONAL and not _is_empty(word, prompt)


def _is_empty(word: str, prompt: str) -> bool:
    empty = {"it": _EMPTY_IT, "they": _EMPTY_THEY}.get(word)
    return empty is not None and empty.search(prompt) is not None


def _korean(prompt: str) -> str | None:
    above = _KOREAN_ABOVE.match(prompt)
    if above:
        return above[0]
    # What an earlier sentence says is there to stand for.
    if ". " in prompt or "? " in prompt:
        return None
    found = [trimmed(word) for word in prompt.split()]
    while found and found[0] in _KOREAN_ASKING:
        found = found[1:]
    if len(found) <= 1:
        return None
    word, follows = found[0], found[1]
    if _KOREAN_PRONOUN.match(word):
        return word
    is_pointing = word in _KOREAN_POINTING and not _NO_NOUN.match(follows)
    return f"{word} {follows}" if is_pointing and not f"{word} {follows}".startswith(_NAMED) else None


def _judge(card: Card, _: Limits) -> Iterator[Found]:
    # A list has its title, and a context says what the card is about.
    if card.context or (card.is_gap and card.kind.gaps) or _SHOWN.search(card.prompt_html):
        return
    # A question whose answer is a question is to be translated.
    if is_question(card.answer):
        return
    word = dangling(card.asking, card.language, asks_gap=card.is_gap)
    if word is not None:
        message = f"nothing on the card says what `{word}` stands for"
        yield Found(card.prompt_at, message, "name it in the prompt, or say in `context` what the card is about")


CHECK = CardCheck(rules.DANGLING_PRONOUN, _judge, languages=frozenset({"en", "ko"}))
