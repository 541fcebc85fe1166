"""Words of a text."""

from __future__ import annotations

from flashgen.pattern import pattern

_WORD = pattern(r"[^\W_]+(?:['’._/-][^\W_]+)*")


def words(text: str) -> list[str]:
    """Return the words of a text, as they are written: `kube-apiserver`, `v1.2` and `don't` are one each."""
    return _WORD.findall(text)


def word_set(text: str) -> frozenset[str]:
    """Return the words of a list that is written as a text."""
    return frozenset(text.split())


def is_question(text: str) -> bool:
    """Whether a text ends with a question mark of any script, quoted or not."""
    return text.rstrip(" »”\"'」』").endswith(("?", "？", "؟"))
