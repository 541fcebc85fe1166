"""FG511: a line of code that no phone shows as one line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flashgen import rules
from flashgen.lint.card import Card
from flashgen.lint.check import CardCheck, Found, Limits
from flashgen.pattern import pattern
from flashgen.render.plain import fill_gaps
from flashgen.render.reviewer import strip_html

_BLOCK = pattern(r"<pre\b.*?</pre>", re.DOTALL)


def _judge(card: Card, limits: Limits) -> Iterator[Found]:
    if not card.is_first:
        return
    most = limits.count("characters")
    for name, html in card.fields.items():
        if "<pre" not in html:
            continue
        blocks = [strip_html(block) for block in _BLOCK.findall(fill_gaps(html))]
        longest = max((len(line.rstrip()) for block in blocks for line in block.splitlines()), default=0)
        if longest > most:
            message = f"a line of code of `{card.name}` has {longest} characters; beyond {most}, phones break it"
            yield Found(card.field_at((name,)), message, "shorten it, or break it where a reader would")


CHECK = CardCheck(rules.WIDE_CODE, _judge, limits={"characters": 60})
