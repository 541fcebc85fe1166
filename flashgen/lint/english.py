"""English, as far as the rules read it: words that say nothing by themselves, and the stem of the others."""

from __future__ import annotations

from flashgen.lint.words import word_set

EMPTY = word_set("""
    a an the of and or to in on at by for from with without as is are was were be been it its their his her this that
    these those there which what who whose when where why how do does did done has have had can could will would not no
    yes than then so such same other more most one two three all each every only also if into out up down over under
    very
""")


def stem(word: str) -> str:
    """Return a word without the ending of a plural or of a genitive."""
    word = word.removesuffix("'s").removesuffix("’s")
    if len(word) <= len("gas") or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    return word[:-2] if word.endswith(("shes", "ches", "xes", "sses")) else word[:-1]
