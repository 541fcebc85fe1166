"""The project's own templates and styles as text, for rules that judge them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tinycss2

from flashgen.diagnostics import Span
from flashgen.lint.check import Whole
from flashgen.model import CardSpec, CardTemplate, Kind, Project
from flashgen.read.files import read_bytes
from flashgen.read.project import shown


def own_files(project: Project, pattern: str) -> Iterator[tuple[str, str]]:
    """Yield the path, as findings name it, and the text of each file under the project's own `templates/`, sorted."""
    for folder in project.template_folders:
        if folder.is_relative_to(project.root):
            for file in sorted(folder.rglob(pattern)):
                yield shown(file, project.root), text_of(file)


def text_of(file: Path) -> str:
    """Return the text of a file as far as it can be read: what cannot is told by whoever needs it."""
    try:
        return read_bytes(file).decode("utf-8", "replace")
    except OSError:
        return ""


def rules_of(css: str) -> list[Any]:
    """Return the rules of a style sheet, none where it cannot be read, which is told by whoever puts it on cards."""
    try:
        return list(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True))
    except (RecursionError, ValueError):
        return []


def is_own(kind: Kind, project: Project) -> bool:
    """Whether a kind is the project's, so that its author can mend it."""
    return kind.folder.is_relative_to(project.root)


def own_cards(whole: Whole) -> Iterator[tuple[CardSpec, CardTemplate, Span]]:
    """Yield each card of the project's own kinds, in each edition: what makes it, as it was compiled, and its file."""
    kinds = {kind.key: kind for kind in whole.kinds if is_own(kind, whole.project)}
    for edition in whole.editions:
        for note_type in edition.note_types.values():
            if (kind := kinds.get(note_type.kind)) is not None:
                for card, template in zip(kind.cards, note_type.templates, strict=True):
                    yield card, template, Span(shown(kind.folder / f"{card.id}.html.j2", whole.project.root))


def find(pattern: str, text: str, path: str) -> Span:
    """Return where a pattern first stands in a text, or its group `word`, else the file as a whole."""
    match = re.search(pattern, text, re.MULTILINE)
    if match is None:
        return Span(path)
    return place(text, path, *match.span("word" if "word" in match.re.groupindex else 0))


def place(text: str, path: str, start: int, end: int) -> Span:
    """Return the span of a stretch of a text that lies within a line."""
    line = text.count("\n", 0, start) + 1
    column = start - (text.rfind("\n", 0, start) + 1) + 1
    return Span(path, line, column, line, column + end - start)
