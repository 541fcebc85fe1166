"""The language of a deck that lists none: known in English and in Korean, and never taken for one of the two."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
import yaml

from flashgen import pipeline
from flashgen.diagnostics import Report
from flashgen.lint import deck_of

LABELLED: Final = yaml.safe_load((Path(__file__).parent / "languages.yaml").read_text(encoding="utf-8"))
JUDGED: Final = ("en", "ko")
ENOUGH: Final = 0.9


def decks(held_out: bool) -> list[tuple[str, str]]:
    labelled = LABELLED["held_out"] if held_out else LABELLED
    return [(language, deck) for language, texts in labelled.items() if language != "held_out" for deck in texts]


def fact(number: int, card: str) -> dict[str, str]:
    prompt, _, answer = card.partition(" | ")
    if "[...]" in prompt:
        return {"id": f"card-{number}", "kind": "cloze", "text": prompt.replace("[...]", f"{{{{c1::{answer}}}}}")}
    return {"id": f"card-{number}", "kind": "basic", "front": prompt, "back": answer}


@pytest.fixture(scope="module")
def guessed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each labelled deck is taken for, all of them decks of one project."""
    root = tmp_path_factory.mktemp("languages")
    texts = [deck for held_out in (False, True) for _, deck in decks(held_out)]
    for number, deck in enumerate(texts):
        folder = root / "cards" / f"deck-{number:03}"
        folder.mkdir(parents=True)
        settings = {"uid": f"languages-{number}", "name": f"Languages {number}"}
        (folder / "deck.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
        facts = [fact(at, card) for at, card in enumerate(deck.splitlines())]
        (folder / "facts.yaml").write_text(yaml.safe_dump({"facts": facts}, allow_unicode=True), encoding="utf-8")
    report = Report()
    editions = pipeline.check(root, report).editions
    assert not report.failed, list(report)
    assert len(editions) == len(texts)
    return {texts[int(edition.deck.folder[-3:])]: deck_of(edition).language for edition in editions}


@pytest.mark.parametrize("held_out", [False, True], ids=["all but those held out", "held out"])
def test_no_deck_is_taken_for_another_language(held_out: bool, guessed: dict[str, str]) -> None:
    wrong = [(deck, guessed[deck]) for language, deck in decks(held_out) if guessed[deck] not in ("", language)]
    assert wrong == []


@pytest.mark.parametrize("held_out", [False, True], ids=["all but those held out", "held out"])
@pytest.mark.parametrize("language", JUDGED)
def test_a_card_or_two_tell_a_language(language: str, held_out: bool, guessed: dict[str, str]) -> None:
    texts = [deck for spoken, deck in decks(held_out) if spoken == language]
    silent = [deck for deck in texts if not guessed[deck]]
    assert len(silent) <= (1 - ENOUGH) * len(texts), silent
