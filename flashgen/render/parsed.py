"""Text that needs a parser → the HTML of a field.

`scan` keeps clozes and mathematics from Markdown, and `commonmark` parses it.
"""

from __future__ import annotations

from functools import lru_cache

from flashgen import rules
from flashgen.render.commonmark import to_html
from flashgen.render.html import Html, inert, without_gaps
from flashgen.render.markup import quick_html
from flashgen.render.scan import Scan
from flashgen.values import FORBIDDEN, nfc


@lru_cache(maxsize=4096)
def markdown(text: str) -> Html:
    """Return the HTML of Markdown, whose clozes are text."""
    scan = Scan()
    html = to_html(scan.cut(text, gaps=False), scan)
    return _finished(without_gaps(scan.put_back(html)), scan)


@lru_cache(maxsize=4096)
def cloze(text: str) -> Html:
    """Return the HTML of Markdown with Anki's clozes in it."""
    scan = Scan()
    cut = scan.cut(text.strip(), gaps=True)
    # Without its gaps and its mathematics, many a text needs no parser.
    quick = quick_html(cut)
    html = to_html(cut, scan) if quick is None else quick
    if not scan.numbers and scan.sound:
        scan.say(rules.MISSING_GAP, "there is no gap in this text", "mark one: `{{c1::answer}}`")
    if scan.sound:
        scan.check_nesting(html)
    return _finished(scan.put_back(without_gaps(scan.keep_apart(html))), scan)


def _finished(html: str, scan: Scan) -> Html:
    """Return HTML as Anki will store it: an entity can name what no source may hold, or a letter in two parts."""
    if (found := FORBIDDEN.search(html)) is not None:
        message = f"the character U+{ord(found.group()):04X} cannot stand on a card"
        scan.say(rules.CONTROL_CHARACTER, message, "delete its entity")
    return Html(inert(nfc(html)), tuple(scan.problems))
