"""The words that templates and choices say: one catalogue a language, in `labels/<language>.yaml`.

That of all kinds, in `_labels/`, may hold what single kinds say as well, by their names under `kinds:`, so that whoever
translates has one file.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from flashgen import rules
from flashgen.diagnostics import Report, Span
from flashgen.read.source import read_yaml
from flashgen.schema import LONGEST_TEXT
from flashgen.values import Map, span

# Where a catalogue of all kinds holds what single ones say.
OF_KINDS = "kinds"
# The language whose words stand in for those that another lacks.
FALLBACK = "en"


def read_labels(folder: Path, shown: str, report: Report) -> dict[str, dict[str, str]]:
    """Return the catalogues of a folder: language → dotted name → words."""
    catalogues: dict[str, dict[str, str]] = {}
    for file in sorted(folder.glob("*.yaml")):
        path = f"{shown}/{file.name}"
        value, _ = read_yaml(file, path, report)
        words = catalogues[file.stem] = {}
        if isinstance(value, Map):
            _flatten(value, "", words, path, report)
        elif value is not None:
            message = "a catalogue must hold `name: words` lines"
            report.add(rules.WRONG_SHAPE, message, Span(path), "start with `title: …`")
    return catalogues


def _flatten(value: Map, prefix: str, words: dict[str, str], path: str, report: Report) -> None:
    for name, text in value.items():
        if isinstance(text, Map):
            _flatten(text, f"{prefix}{name}.", words, path, report)
        elif isinstance(text, str) and len(text) > LONGEST_TEXT:
            message = f"`{prefix}{name}` has {len(text)} characters; {LONGEST_TEXT} are the limit"
            report.add(rules.TOO_LONG, message, span(path, value.values_at[name]), "shorten it")
        elif isinstance(text, str) and text.strip():
            words[prefix + name] = text.strip()
        else:
            at = span(path, value.values_at[name] if text else value.keys_at[name])
            report.add(rules.WRONG_TYPE, f"`{prefix}{name}` takes words", at, "write them after the `:`")


def of_kind(catalogues: Mapping[str, Mapping[str, str]], kind: str) -> dict[str, dict[str, str]]:
    """Return the words that the catalogues of all kinds hold for one of them, in the languages that have any."""
    prefix = f"{OF_KINDS}.{kind}."
    found = {
        language: {name.removeprefix(prefix): said for name, said in words.items() if name.startswith(prefix)}
        for language, words in catalogues.items()
    }
    return {language: words for language, words in found.items() if words}


def merge(
    catalogues: Mapping[str, Mapping[str, str]], over: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, str]]:
    """Return the first catalogues with the second's words laid over them."""
    languages = [*catalogues, *(language for language in over if language not in catalogues)]
    return {name: {**catalogues.get(name, {}), **over.get(name, {})} for name in languages}
