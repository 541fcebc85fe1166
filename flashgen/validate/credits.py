"""media/credits.yaml → who made each file of a deck."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flashgen import rules
from flashgen.diagnostics import Report, Span
from flashgen.model import Credit, Document
from flashgen.schema import RECORD, Checker, Property, Type
from flashgen.values import Map, is_cut, nfc, span

CREDIT = {
    prop.name: prop
    for prop in (
        Property("author", Type.TEXT, required=True, about="who made it"),
        Property("licence", Type.PLAIN, required=True, about="such as `CC-BY-4.0`"),
        Property("source", Type.PLAIN, about="the page that it comes from"),
        Property("title", Type.TEXT, about="what its author called it"),
    )
}
_WEB = re.compile(r"https?://\S+")


def read_credits(document: Document, languages: Sequence[str] | None, report: Report) -> dict[str, Credit]:
    """Return the sound credits by the path of their file in `media/`; what is wrong is reported."""
    value = document.value
    found: dict[str, Credit] = {}
    hint = "write `pod.png: {author: …, licence: …}` lines"
    if not isinstance(value, Map):
        if document.whole and value not in (None, ""):
            message = "credits.yaml must hold a line for each file"
            report.add(rules.WRONG_SHAPE, message, Span(document.path), hint)
        return found
    check = Checker(document.path, report, languages)
    for path, credit in value.items():
        check.owner, check.sound = f"the credit of `{path}`", True
        if not isinstance(credit, Map):
            check.say(rules.WRONG_TYPE, f"{check.owner} must hold {RECORD}", value.keys_at[path], hint)
            continue
        check.record(credit, CREDIT)
        source = credit.get("source", "")
        if isinstance(source, str) and source.strip() and not _WEB.fullmatch(source.strip()):
            message = f"`{source}` is no address of a page"
            check.say(rules.BAD_LINK, message, credit.values_at["source"], "write `https://…`")
        # Of a file that cannot be read to its end, the last may lack something.
        if check.sound and not is_cut(credit):
            where = span(document.path, value.keys_at[path])
            author, title = credit["author"], credit.get("title")
            found[nfc(path)] = Credit(author, credit["licence"], source.strip(), title, where)
    return found
