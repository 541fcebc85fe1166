"""FG322: a gap with nothing around it that tells what belongs there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flashgen import rules
from flashgen.lint.card import Card
from flashgen.lint.check import CardCheck, Found, Limits
from flashgen.lint.words import word_set, words
from flashgen.pattern import pattern
from flashgen.render.plain import plain_text

_GAP = pattern(r'<span class="cloze" [^>]*>\[(.*?)\]</span>', re.DOTALL)
_MARK = "\ue000"
_MEDIA = pattern(r"<img|<svg|\[sound:")
# Words that tell nothing by themselves.
_EMPTY = word_set("""
    a an the of to in on at by for with from as is are was were be been has have had do does did it its this that these
    those they he she there and or but not also called can will which who
    이다 있다 한다 된다 그 저 것 수 등 및 또는 그리고
""")


def _judge(card: Card, limits: Limits) -> Iterator[Found]:
    # What a list shows around its gap are its other items, and its title tells what they are.
    if not card.is_gap or not card.answer or card.kind.gaps or card.context or _MEDIA.search(card.prompt_html):
        return
    if any(hint != "..." for hint in _GAP.findall(card.prompt_html)):
        return
    shown = plain_text(_GAP.sub(_MARK, card.prompt_html))
    # In Korean, what is written on to the gap is a particle or an ending.
    around = " ".join(word for word in shown.split() if _MARK not in word) if card.language == "ko" else shown
    told = [word for word in words(around) if word.casefold() not in _EMPTY]
    if len(told) < limits.count("words"):
        message = f"little tells what belongs in the gap of `{card.name}`: `{shown.replace(_MARK, '[...]')}`"
        yield Found(card.prompt_at, message, "say more around it, or give it a hint or a `context`")


CHECK = CardCheck(rules.GAP_WITHOUT_CONTEXT, _judge, limits={"words": 2}, languages=frozenset({"en", "ko"}))
