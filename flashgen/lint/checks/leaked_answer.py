"""FG305: an answer that stands on the front already, so that nothing is recalled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from flashgen import rules
from flashgen.lint import english, korean
from flashgen.lint.card import Card
from flashgen.lint.check import CardCheck, Found, Limits
from flashgen.lint.prose import unquoted
from flashgen.pattern import pattern
from flashgen.render.plain import plain_text

_WORD = pattern(r"[^\W_]+(?:['’._/][^\W_]+)*")
_ASIDE = pattern(r"\([^()]*\)")
# Words that are spoken of, not used, as in `the plural of *sheep*`, and formulas, which are no words.
_MENTIONED = pattern(r"<(em|i|q|cite)\b[^>]*>.*?</\1>|\\\(.*?\\\)|\\\[.*?\\\]", re.DOTALL)
# The answer is one of those that the prompt offers.
_CHOICE = pattern(r"\bor\b|\bwhich of\b|\b(?:between|among|of)\b[^?]*,[^?]*\band\b|\bdiffer", re.IGNORECASE)
_KOREAN_CHOICE = pattern(
    r" (?:가운데|중|중에|중에서|또는|아니면|혹은)(?=[ ,?])|(?:와|과) .*(?:차이|다른)|[가-힣]가,? [^?]*[가-힣]가\?"
)
# An answer of more words is no name, and a prompt repeats it word for word by design if at all.
_NAME = 6
# So few words that ask nothing are a term to translate or to define.
_TERM = 3


def is_leaked(prompt: str, answer: str, language: str, share: float) -> bool:
    """Whether a prompt holds the answer: as a run of words, or at least this share of its words that say something."""
    choice, own = (_KOREAN_CHOICE, korean) if language == "ko" else (_CHOICE, english)
    wanted = _words(answer)
    while wanted and wanted[0] in {"a", "an", "the"}:
        wanted = wanted[1:]
    stems = [own.stem(word) for word in wanted]
    telling = [stem for stem in stems if stem not in own.EMPTY]
    if all(stem in own.COMMON or stem.isdigit() or len(stem) == 1 for stem in telling):
        return False
    asked = [own.stem(word) for word in _words(prompt)]
    known = set(asked)
    shared = sum(stem in known for stem in telling)
    # An equation says something new of the names that a prompt gives.
    is_repeated = len(telling) >= own.FEW and shared >= share * len(telling) and "=" not in answer
    # What looks like a word's ending may be a part of it.
    is_held = len(wanted) <= _NAME and (_holds(asked, stems) or _holds(asked, wanted))
    return (is_held or is_repeated) and choice.search(prompt) is None


def _holds(words: Sequence[str], run: Sequence[str]) -> bool:
    return any(words[start : start + len(run)] == run for start in range(len(words) - len(run) + 1))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _said(html: str, plain: str) -> str:
    """Return the text of a prompt without the words that it only speaks of."""
    without = _MENTIONED.sub(" ", html) if "<" in html or "\\" in html else html
    return unquoted(plain if without == html else plain_text(without))


def _judge(card: Card, limits: Limits) -> Iterator[Found]:
    # Beside the gap of a list or a comparison stand others of its kind, which may share words with it.
    if (card.is_gap and card.kind.gaps) or "<pre" in card.answer_html:
        return
    # A word of another language may be the same in this one: `die Hand`.
    if not card.is_gap and "?" not in card.prompt and len(card.prompt.split()) <= _TERM:
        return
    answer, language = _ASIDE.sub("", card.answer), card.language
    if is_leaked(_said(card.prompt_html, card.prompt), answer, language, limits.share("share")):
        hint = "ask without its words, or ask for another piece of it"
        yield Found(card.prompt_at, "the answer stands in the prompt", hint)
    elif card.context and is_leaked(card.context, answer, language, 1.0):
        # It may stand at the top of the file, for many facts.
        hint = "name something wider there, or give the fact a `context` of its own"
        yield Found(card.context_at, f"the answer of `{card.name}` stands in the `context`", hint)


CHECK = CardCheck(rules.LEAKED_ANSWER, _judge, limits={"share": 0.8}, languages=frozenset({"en", "ko"}))
