"""The deck that ships: what it must teach, it teaches, in both languages, with its sources."""

import re
from pathlib import Path

import pytest
import yaml

from flashgen.diagnostics import Report
from flashgen.model import Edition, Note
from flashgen.pipeline import check
from flashgen.render.markup import strip_tags

ROOT = Path(__file__).parent.parent
CARDS = ROOT / "cards" / "kubernetes"
HANGUL = re.compile("[가-힣]")


@pytest.fixture(scope="module")
def editions() -> dict[str, Edition]:
    report = Report()
    checked = check(ROOT, report, ["kubernetes"])
    assert [finding.message for finding in report] == []
    return {edition.language: edition for edition in checked.editions}


def field(note: Note, name: str) -> str:
    return dict(zip([entry.name for entry in note.note_type.fields], note.fields, strict=True)).get(name, "")


def test_it_comes_in_korean_and_english(editions: dict[str, Edition]) -> None:
    assert list(editions) == ["ko", "en"]
    assert [note.fact.id for note in editions["ko"].notes] == [note.fact.id for note in editions["en"].notes]


def test_every_statement_is_taught(editions: dict[str, Edition]) -> None:
    statements = {row["id"] for row in yaml.safe_load((CARDS / "outline.yaml").read_text(encoding="utf-8"))}
    covered = {word for note in editions["en"].notes for word in note.fact.data.get("covers", ())}
    assert len(statements) == 46
    assert covered == statements


def test_every_outdated_statement_says_what_older_texts_say(editions: dict[str, Edition]) -> None:
    rows = yaml.safe_load((CARDS / "outline.yaml").read_text(encoding="utf-8"))
    for edition in editions.values():
        older = {word for note in edition.notes if field(note, "Older") for word in note.fact.data.get("covers", ())}
        assert {row["id"] for row in rows if "fix" in row} <= older


def test_every_card_names_its_source(editions: dict[str, Edition]) -> None:
    for edition in editions.values():
        for note in edition.notes:
            assert re.search(r'<a href="https://', field(note, "Source")), note.fact.id


def test_every_card_says_what_it_is_about(editions: dict[str, Edition]) -> None:
    for edition in editions.values():
        assert all(field(note, "Context") for note in edition.notes)


def test_the_english_cards_hold_no_korean(editions: dict[str, Edition]) -> None:
    for note in editions["en"].notes:
        assert not HANGUL.search("".join(note.fields)), note.fact.id
    for note_type in {note.note_type.id: note.note_type for note in editions["en"].notes}.values():
        assert not HANGUL.search("".join(card.front + card.back + card.name for card in note_type.templates))


def test_every_built_in_kind_earns_its_place_in_the_deck(editions: dict[str, Edition]) -> None:
    kinds = {path.parent.name for path in (ROOT / "templates").glob("*/kind.yaml")}
    assert {note.fact.kind.name for note in editions["ko"].notes} == kinds


def test_all_is_asked_once(editions: dict[str, Edition]) -> None:
    for edition in editions.values():
        prompts = [(note.fact.kind.name, strip_tags(note.fields[0])) for note in edition.notes]
        assert len(set(prompts)) == len(prompts)
