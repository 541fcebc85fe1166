"""`flashgen kinds`, and the examples that it shows."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from author import DECK, flashgen, put

BUILT_IN = Path(__file__).parent.parent / "templates"
KINDS = sorted(path.parent.name for path in BUILT_IN.glob("*/kind.yaml"))
WORD = """\
about: A word of a foreign language.
facts:
  word: {type: text, required: true, max: 20, about: The word}
  meaning: {type: markdown, required: true}
fields: {Word: word, Meaning: meaning}
cards: [meaning]
"""
CARD = '{% extends "_layout/card.html.j2" %}{% block prompt %}{{ word }}{% endblock %}{% block answer %}{{ meaning }}'
OWN = {
    "cards/words/deck.yaml": DECK,
    "templates/word/kind.yaml": WORD,
    "templates/word/meaning.html.j2": CARD + "{% endblock %}\n",
    "templates/word/labels/en.yaml": "title: Word\ncards: {meaning: Word → meaning}\n",
}


def test_the_examples_of_all_kinds_are_a_deck_without_findings(tmp_path: Path) -> None:
    deck = put(tmp_path, {"cards/examples/deck.yaml": DECK}) / "cards/examples"
    for kind in KINDS:
        shutil.copy(BUILT_IN / kind / "example.yaml", deck / f"{kind}.yaml")
        if (BUILT_IN / kind / "media").is_dir():
            shutil.copytree(BUILT_IN / kind / "media", deck / "media", dirs_exist_ok=True)
    built = flashgen("-C", tmp_path, "build", "--strict")
    assert (built.returncode, built.stdout) == (0, "dist/examples.apkg\n"), built.stdout + built.stderr


def test_it_lists_every_kind_with_its_properties_and_an_example_anywhere(tmp_path: Path) -> None:
    shown = flashgen("kinds", cwd=tmp_path)
    assert (shown.returncode, shown.stderr) == (0, "")
    blocks = {block.partition(":")[0]: block for block in shown.stdout.split("\n\n")}
    assert [name for name in blocks if name in KINDS] == KINDS
    assert blocks["command"] == (
        "command: A command to type exactly, and what it does.\n"
        "  task, command; may have output, why, older\n"
        "  for example task: List the Pods of the current namespace · command: kubectl get pods · output: One …"
    )
    assert all("for example" in blocks[name] for name in KINDS)


@pytest.mark.parametrize("kind", ["basic", "diagram"])
def test_it_shows_a_kind_in_full_with_its_example_as_it_is_written(kind: str) -> None:
    shown = flashgen("kinds", kind)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout.endswith((BUILT_IN / kind / "example.yaml").read_text(encoding="utf-8"))


def test_it_shows_a_projects_own_kind(tmp_path: Path) -> None:
    shown = flashgen("-C", put(tmp_path, OWN), "kinds", "word")
    assert shown.returncode == 0
    assert shown.stdout.startswith(
        "word: A word of a foreign language.\n"
        "  defined in templates/word/kind.yaml\n"
        "\n"
        "A fact holds:\n"
        "  id       a name, needed                       Unique in the deck; progress hangs on it\n"
        "  word     text, needed, 20 characters at most  The word\n"
        "  meaning  markdown, needed\n"
    )
    assert shown.stdout.endswith("\nIts cards: Word → meaning.\n")


def test_a_mistake_in_a_kind_is_told_and_the_others_are_listed(tmp_path: Path) -> None:
    put(tmp_path, {**OWN, "templates/word/kind.yaml": WORD.replace("type: text", "type: txet")})
    listed = flashgen("-C", tmp_path, "kinds")
    assert listed.returncode == 1
    assert listed.stdout.startswith("basic: ")
    assert "templates/word/kind.yaml:3" in listed.stdout


def test_an_unknown_kind_is_told_with_the_one_that_may_be_meant() -> None:
    shown = flashgen("kinds", "sequense")
    assert (shown.returncode, shown.stdout) == (2, "")
    assert shown.stderr == "flashgen: there is no kind `sequense`\n  hint: did you mean `sequence`?\n"
