"""English, as far as the rules read it: words that say little by themselves, and the stem of the others."""

from __future__ import annotations

from flashgen.lint.words import word_set

EMPTY = word_set("""
    a an the of and or to in on at by for from with without as is are was were be been it its their his her this that
    these those there which what who whose when where why how do does did done has have had can could will would than
    then so such also if into
""")
# One of a few that everybody knows: alone, they are no piece of knowledge that a text could give away.
COMMON = word_set("""
    yes no not none all both each every only same other another more most less least many few some any up down in out on
    off over under left right top bottom front back inside outside above below high higher low lower large larger small
    smaller big long short fast slow hot cold old new early late before after first second third last next one two three
    four five six seven eight nine ten half double zero north south east west positive negative increase increases
    decrease decreases rise rises fall falls true false
""")
# So many words that say something make an answer that its prompt can repeat.
FEW = 2


def stem(word: str) -> str:
    """Return a word without the ending of a plural or of a genitive."""
    word = word.removesuffix("'s").removesuffix("’s")
    if len(word) <= len("gas") or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    return word[:-2] if word.endswith(("shes", "ches", "xes", "sses")) else word[:-1]
