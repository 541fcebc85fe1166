"""Who made a deck's pictures and sounds, in words for learners."""

from __future__ import annotations

from collections.abc import Iterable

from flashgen.model import Credit
from flashgen.render.html import escape, link
from flashgen.schema import in_language


def credit_html(credit: Credit, language: str) -> str:
    """Return title, author and licence on one line; the first of them leads to the file's page."""
    title, author, licence = _told(credit, language)
    first, *rest = filter(None, (title, author, licence))
    return ", ".join((link(credit.source, first) if credit.source else escape(first), *map(escape, rest)))


def credit_text(credit: Credit, language: str) -> str:
    """Return what stands for a credit in a note's digest."""
    return "\x1c".join((*_told(credit, language), credit.source))


def credits_html(credits_: Iterable[Credit], language: str, heading: str) -> str:
    """Return the list of credits for a deck's description."""
    lines = "\n".join(dict.fromkeys(f"<li>{credit_html(credit, language)}</li>" for credit in credits_))
    return f"<p>{escape(heading)}</p>\n<ul>\n{lines}\n</ul>"


def _told(credit: Credit, language: str) -> tuple[str, str, str]:
    title, author = (in_language(value, language).strip() for value in (credit.title, credit.author))
    return title, author, credit.licence.strip()
