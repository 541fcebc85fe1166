"""How much there is to read in a text: words in English, syllables in Korean."""

from __future__ import annotations

import re

from flashgen.pattern import pattern
from flashgen.render.plain import plain_text

# Read as one thing: a line of code (its text is not prose), a formula, an address, a piece of code within a line.
_BLOCK = pattern(r"<pre\b.*?</pre>", re.DOTALL)
_THING = pattern(r"<code\b[^>]*>.*?</code>|\\\(.*?\\\)|\\\[.*?\\\]|https?://\S+", re.DOTALL)
_WORD = pattern(r"[^\W_]+(?:['’.,:/-][^\W_]+)*")
_SYLLABLE = pattern("[\uac00-\ud7a3]")
_NOT_HANGUL = pattern("(?:(?![\uac00-\ud7a3])[^\\W_])+(?:['’.,:/-](?:(?![\uac00-\ud7a3])[^\\W_])+)*")

# A word in other letters, or a number, takes about as long to read as two Korean syllables.
_FOREIGN = 2


def size(html: str, language: str) -> int:
    """Return how much a reader reads: Korean syllables, with two for each other word; elsewhere words.

    A line of a code block, a formula and a web address are a word each.
    """
    lines = 0
    if "<" in html or "\\" in html or "://" in html:
        for block in _BLOCK.findall(html):
            lines += block.count("\n") + 1
        html = _THING.sub(" x ", _BLOCK.sub(" ", html))
    text = plain_text(html)
    if language == "ko":
        return len(_SYLLABLE.findall(text)) + _FOREIGN * (len(_NOT_HANGUL.findall(text)) + lines)
    return len(_WORD.findall(text)) + lines


def unit(language: str) -> str:
    """Return what `size` counts."""
    return "syllables" if language == "ko" else "words"
