"""The language of a deck that does not say: English or Korean where that is certain, else none.

A wrong guess would judge an author's words by the rules of another language, so each sign has to be one that no other
language shares: how prompts begin in English, and in Korean particles and words that ask. What is quoted has been left
out before; titles are left out here, since a German deck asks who wrote *The Lord of the Rings*. A list of vocabulary
tells nothing: its author may speak either language.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from flashgen.lint.words import is_question, word_set, words
from flashgen.pattern import pattern

_LETTER = pattern(r"[^\W\d_]")
_LATIN = pattern(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_HANGUL = pattern("[\uac00-\ud7a3\u1100-\u11ff\u3130-\u318f]")

# What a question begins with in English alone. `Was` is German, `Is` Dutch, `Do` Portuguese.
_OPENING = word_set("what what's which who who's whom whose when where why how does did can could should would")
# What English texts are full of. Each is a word of some other language too, so one is no sign.
_ENGLISH = _OPENING | word_set("""
    the and are with from that this these of is was were by to for it it's its on at as be an a in has have had not or
    if than then into between during because made called do you your name
""")
_ENGLISH_ALONE = word_set("the with from that this these it's because between during into than your")
# “Is insulin a hormone?”, “In which year …?”
_OPENING_WORDS = pattern(
    r"(?:is|are|was|were) [\w ]+? an? \w|(?:in|on|at|to|from|by|for|of|under|with) (?:which|what|whose)\b"
)
# The same of other languages in Latin letters, without what is English too.
_FOREIGN = word_set("""
    der das ist wer wie von für nicht ein eine einen des dem den im zu mit und oder wo wann warum welche welcher welches
    de het een van wat welke waar hoe niet el la le les los las un une una et est que qui quel quelle quels où du en
    y es o cuál quién qué il lo gli di che chi quale come dove da os em qual quem é och är vem vad vilken som för og er
    hvem hvad hvilken hva hvor på af til co kto jest czy jak na ce care este cine mi ki az egy kim ne bir apa siapa yang
    quid quis kio kiu estas kuka mikä on dat dit nie bedeutet heißt betekent significa signifie betyder betyr
    é cad cén tá agus
""")
# From a capital to the last one behind it, with small words between: “The Old Man and the Sea”.
_TITLE = pattern(r"\b[A-Z][\w'’]*(?: (?:(?:of|the|and|an?|in|on|to|for|with|from|at|by|is|has) ){0,2}[A-Z][\w'’]*)+")
_KOREAN = pattern(
    # A particle behind a Korean word, or behind a foreign one; a word that asks; an ending that bids.
    r"(?!(?:가|마|노|고)을(?![가-힣]))[가-힣](?:은|는|을|를|에서|에게|으로|까지|부터|이란|란)(?![가-힣])"
    r"|[A-Za-z0-9)](?:은|는|이|가|을|를|의|에|로|와|과|란|에서|으로|이란)(?![가-힣])"
    r"|(?<![가-힣])(?:무엇|누구|누가|어디|언제|왜|어떻게|어떤|어느|무슨|몇)|(?:하시오|하라|인가|이다|한다)(?![가-힣])"
    r"|[가-힣]의 [가-힣]"
)
_HALF: Final = 0.5
# A deck with next to no letters of other kinds.
_ALL: Final = 0.9
# English words come as thick as this in English texts; a few of at least two kinds are needed.
_THICK, _FEW, _KINDS = 0.25, 3, 2


def language_of(cards: Iterable[tuple[str, str]]) -> str:
    """Return `en` or `ko` for the prompts and answers of a deck that lists no languages, or "" for neither."""
    told = [(_untitled(prompt), _untitled(answer)) for prompt, answer in cards]
    both = " ".join(" ".join(texts) for texts in told)
    if both and len(_HANGUL.findall(both)) >= _ALL * len(_LETTER.findall(both)) > 0:
        return "ko"
    in_english = sum(_opens_in_english(prompt) for prompt, _ in told)
    if in_english > sum(_is_foreign(prompt) for prompt, _ in told):
        return "en"
    if sum(_asks_in_korean(prompt, answer) for prompt, answer in told) > in_english:
        return "ko"
    return "en" if not in_english and _is_english(" ".join(prompt for prompt, _ in told)) else ""


def _untitled(text: str) -> str:
    """Return a text without titles; its first word is small, since a capital there says nothing."""
    return _TITLE.sub("", text[:1].lower() + text[1:])


def _opens_in_english(prompt: str) -> bool:
    found = words(prompt.casefold())
    opens = bool(found) and (found[0] in _OPENING or (prompt.isascii() and bool(_OPENING_WORDS.match(prompt))))
    return opens and not _is_foreign(prompt)


def _is_foreign(prompt: str) -> bool:
    """Whether a prompt is in neither English nor, for the most part, in Latin letters at all."""
    found = words(prompt.casefold())
    foreign = sum(word in _FOREIGN for word in found)
    if len(_LATIN.findall(prompt)) < _HALF * len(_LETTER.findall(prompt)):
        return True
    return foreign > 0 and foreign >= _HALF * sum(word in _ENGLISH for word in found)


def _asks_in_korean(prompt: str, answer: str) -> bool:
    """Whether a prompt is in Korean, and its author's language; who learns Korean has an answer in another one."""
    hangul, latin = len(_HANGUL.findall(prompt)), len(_LATIN.findall(prompt))
    if not _KOREAN.search(prompt) or hangul < _HALF * (len(_LETTER.findall(prompt)) - latin) or _has_foreign(prompt):
        return False
    if _HANGUL.search(answer):
        return True
    return (is_question(prompt) or "[...]" in prompt) and not _has_foreign(answer) and not _is_english(answer)


def _has_foreign(text: str) -> bool:
    return not _FOREIGN.isdisjoint(words(text.casefold()))


def _is_english(text: str) -> bool:
    found = words(text.casefold())
    english = [word for word in found if word in _ENGLISH]
    return (
        text.isascii()
        and len(english) >= max(_FEW, _THICK * len(found))
        and len(set(english)) >= _KINDS
        and not _ENGLISH_ALONE.isdisjoint(english)
        and _FOREIGN.isdisjoint(found)
    )
