"""An author: a small project that is edited, built and released."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from flashgen import pipeline, publish
from flashgen.pack.rows import Package
from flashgen.read.project import built_in_templates

DAY = 86_400
# The day 0 of every story. It lies in the past of Anki, whose clock cannot be set.
START = int(time.time()) - 60 * DAY

_CARD = '{% extends "_layout/card.html.j2" %}\n'
MEANING = _CARD + "{% block prompt %}{{ word }}{% endblock %}\n{% block answer %}{{ meaning }}{% endblock %}\n"
WORD = _CARD + "{% block prompt %}{{ meaning }}{% endblock %}\n{% block answer %}{{ word }}{% endblock %}\n"


@dataclass(frozen=True)
class Released:
    """A package that was made public: its notes by name, and the file."""

    package: Package
    file: Path

    @property
    def notes(self) -> dict[str, str]:
        return {named(row.note.fact.id, row.note.note_type.kind): row.note.guid for row in self.package.rows}


def named(fact: str, kind: str) -> str:
    """A fact's id is what tests call its note; a companion's has its name behind a `+`."""
    _, plus, companion = kind.partition("+")
    return fact + plus + companion


class Author:
    """A deck of three kinds, one of them the project's own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.deck: dict[str, object] = {
            "uid": "story",
            "name": "Story",
            "licence": "CC0-1.0",
            "description": "Words",
            # Each note links to its line, so that what moves has another text in the package.
            "repository": "https://example.org/story",
        }
        self.files: dict[str, list[dict]] = {
            "capitals": [
                _basic("seoul", "South Korea", "Seoul"),
                _basic("paris", "France", "Paris"),
                _basic("rome", "Italy", "Rome"),
                _basic("oslo", "Norway", "Oslo"),
                _basic("bern", "Switzerland", "Bern"),
                {**_basic("wien", "Austria", "Wien"), "reverse": "true"},
                {**_basic("riga", "Latvia", "Riga"), "deck": "Baltic"},
            ],
            "words": [
                {"id": "tea", "kind": "sequence", "title": "Making tea", "steps": _steps("boil", "steep", "pour")},
                {"id": "sun", "kind": "word", "word": "sol", "meaning": "sun"},
                {"id": "moon", "kind": "word", "word": "luna", "meaning": "moon"},
            ],
        }
        self.kind: dict = {
            "facts": {
                "word": {"type": "text", "required": "true"},
                "meaning": {"type": "markdown", "required": "true"},
                "remark": {"type": "text"},
            },
            "fields": {"Word": "word", "Meaning": "meaning", "Extra": "remark"},
            "cards": ["meaning", "word"],
        }
        self.labels: dict = {"title": "Word", "cards": {"meaning": "Word → meaning", "word": "Meaning → word"}}
        self.languages: dict[str, dict] = {"en": self.labels}
        self.media: dict[str, bytes] = {}
        # Files under templates/, beside kind.yaml and the labels of the project's own kind.
        self.templates: dict[str, str] = {"word/meaning.html.j2": MEANING, "word/word.html.j2": WORD}

    def fact(self, name: str) -> dict:
        return next(fact for facts in self.files.values() for fact in facts if fact["id"] == name)

    def remove(self, name: str) -> dict:
        """Take a fact out of its file."""
        for facts in self.files.values():
            for fact in facts:
                if fact["id"] == name:
                    facts.remove(fact)
                    return fact
        raise KeyError(name)

    def write(self) -> None:
        folder = self.root / "cards" / "story"
        shutil.rmtree(self.root / "templates", ignore_errors=True)
        for old in folder.glob("*.yaml"):
            old.unlink()
        _dump(folder / "deck.yaml", self.deck)
        # What cards are worth is no part of these stories.
        (self.root / "flashgen.toml").write_text('[lint]\nignore = ["FG3", "FG4", "FG5"]\n', encoding="utf-8")
        for name, facts in self.files.items():
            _dump(folder / f"{name}.yaml", {"kind": "basic", "facts": facts})
        for name, data in self.media.items():
            (folder / "media").mkdir(exist_ok=True)
            (folder / "media" / name).write_bytes(data)
        _dump(self.root / "templates/word/kind.yaml", self.kind)
        for language, labels in self.languages.items():
            _dump(self.root / f"templates/word/labels/{language}.yaml", labels)
        for name, text in self.templates.items():
            file = self.root / "templates" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")

    def build(self, day: int) -> None:
        self.write()
        report, _ = pipeline.build(self.root, START + day * DAY)
        assert [finding.message for finding in report] == []

    def release(self, version: str, day: int) -> dict[str, Released]:
        """Release, and return the package of each language."""
        self.write()
        report, released = publish.release(self.root, version, START + day * DAY)
        assert [finding.message for finding in report] == []
        assert released is not None
        self.deck |= {"version": version, "released": version}
        kept = self.root / "releases" / version
        kept.mkdir(parents=True)
        languages = [language for language, _ in released.notes]
        return {
            language: Released(built.package, Path(shutil.copy(built.file, kept)))
            for language, built in zip(languages, released.built, strict=True)
        }

    def refused(self, day: int) -> list[str]:
        """Build, and return the names of the rules that forbid it."""
        self.write()
        report, built = pipeline.build(self.root, START + day * DAY)
        assert built == ()
        return [finding.rule.name for finding in report]


def built_in(name: str) -> str:
    """A file of the built-in templates, to be changed in the project."""
    return (built_in_templates() / name).read_text(encoding="utf-8")


def _basic(name: str, country: str, city: str) -> dict:
    return {"id": name, "front": f"Capital of {country}?", "back": city, "tags": ["capital"]}


def _steps(*names: str) -> list[dict]:
    return [{"id": name, "text": name} for name in names]


def _dump(file: Path, value: Mapping[str, object]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(yaml.safe_dump(value, allow_unicode=True, sort_keys=False), encoding="utf-8")
