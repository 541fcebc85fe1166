"""What an author says in a text, apart from what is only shown there: code, mathematics, quotations and titles."""

from __future__ import annotations

import re

from flashgen.pattern import pattern
from flashgen.render.plain import plain_text

# What takes the place of what is only shown: a word that no rule looks for.
SHOWN = "x"
_CODE = pattern(r"<(code|pre)\b.*?</\1>|\\\(.*?\\\)|\\\[.*?\\\]", re.DOTALL)
_QUOTE = pattern("[\"'“„«「『《〈‘]")
_QUOTED = pattern(
    r"\"[^\"]*\"|“[^”]*”|„[^“”]*[“”]|«[^»]*»|「[^」]*」|『[^』]*』|《[^》]*》|〈[^〉]*〉"
    # An apostrophe opens no quotation, and closes none: `Bayes' rule`, `don't`. Korean goes on behind the mark.
    r"|(?<!\w)'[^'\n]+'(?![A-Za-z])|‘[^’\n]+’(?![A-Za-z])"
)


def prose(html: str) -> str:
    """Return the text of HTML on one line; a word stands for each code, formula, quotation or title in it."""
    if "<code" in html or "<pre" in html or "\\" in html:
        html = _CODE.sub(SHOWN, html)
    return unquoted(plain_text(html))


def unquoted(text: str) -> str:
    """Return a text in which a word stands for each quotation or title."""
    return _QUOTED.sub(SHOWN, text) if _QUOTE.search(text) else text
