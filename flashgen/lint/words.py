"""Words of a text, and the language they are in where a deck does not say."""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORD = re.compile(r"[^\W_]+(?:['’._/-][^\W_]+)*")
_HANGUL = re.compile("[\uac00-\ud7a3\u1100-\u11ff\u3130-\u318f]")
_LETTER = re.compile(r"[^\W\d_]")
# Words that every English text is full of, and no other language that is written in Latin letters: `is` and `of` are
# Dutch, `for` is Danish.
_ENGLISH = frozenset(
    ("the", "and", "are", "does", "what", "which", "with", "from", "that", "this", "how", "when", "who", "where", "why")
)
_ENOUGH = 0.08
_HALF = 0.3


def words(text: str) -> list[str]:
    """Return the words of a text, as they are written: `kube-apiserver`, `v1.2` and `don't` are one each."""
    return _WORD.findall(text)


def language_of(texts: Iterable[str]) -> str:
    """Return `ko` or `en` for texts of a deck that lists no languages, or "" where it is neither for certain."""
    sample = " ".join(texts)
    letters = len(_LETTER.findall(sample))
    if letters and len(_HANGUL.findall(sample)) >= _HALF * letters:
        return "ko"
    tokens = words(sample.casefold())
    known = sum(token in _ENGLISH for token in tokens)
    return "en" if tokens and known >= _ENOUGH * len(tokens) else ""


def word_set(text: str) -> frozenset[str]:
    """Return the words of a list that is written as a text."""
    return frozenset(text.split())


def is_question(text: str) -> bool:
    """Whether a text ends with a question mark of any script, quoted or not."""
    return text.rstrip(" »”\"'」』").endswith(("?", "？", "؟"))
