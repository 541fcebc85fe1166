"""The HTML of a field → the text that a reader sees of it."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flashgen.model import Note

_LONGEST_TITLE = 60

_BREAK = re.compile(r"</?(?:br|p|div|li|tr|td|th|h[1-6])\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_CLOZE = re.compile(r"\{\{c\d+::((?:(?!\{\{c\d+::).)*?)(?:::(?:(?!\}\}).)*)?\}\}", re.DOTALL)


def plain_text(field: str) -> str:
    """Return the text of a field on one line, its gaps filled in and its markup left out."""
    if "<" not in field and "&" not in field and "{{c" not in field:
        return " ".join(field.split())
    return _read(field)


# A note's first field is often the prompt of its card as well; a file has some hundreds.
@lru_cache(maxsize=1024)
def _read(field: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", _BREAK.sub(" ", fill_gaps(field)))).split())


def fill_gaps(field: str) -> str:
    """Return the HTML of a field with its gaps filled in."""
    while "{{c" in field and (filled := _CLOZE.sub(r"\1", field)) != field:
        field = filled
    return field


def title_of(note: Note) -> str:
    """Return what tells a reader which note is meant: the text of its first field, or its header, cut short."""
    if note.title:
        return note.title
    return cut(plain_text(note.fields[note.note_type.title_field]))


def cut(text: str) -> str:
    """Return a text as a title, cut short where it is too long for one."""
    return text if len(text) <= _LONGEST_TITLE else text[: _LONGEST_TITLE - 1] + "…"
