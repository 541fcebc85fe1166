"""What the rules on language take into account beside a card's words: dates, the deck around it, settings, and gaps."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from flashgen import pipeline
from flashgen.diagnostics import Finding, Report
from flashgen.lint.gaps import gaps_of
from flashgen.lint.selection import Selection

DECK = {"uid": "rules", "name": "Rules", "licence": "CC0-1.0"}
MOONS = {"front": "How many moons of Saturn are known to date?", "back": "274"}
SHOWN = "The {{c1::ribosome}} makes the proteins of a cell, and number %d is here to tell"
SMALL = "The mitochondrion {{c1::is}} the powerhouse of cell number %d"


def check(root: Path, rule: str, facts: list[dict[str, object]], **more: object) -> list[Finding]:
    """What a rule finds in a deck in English."""
    folder = root / "cards" / "deck"
    folder.mkdir(parents=True)
    (folder / "deck.yaml").write_text(yaml.safe_dump({**DECK, "languages": ["en"]}), encoding="utf-8")
    numbered = [{"id": f"fact-{number}", "kind": "basic", **fact} for number, fact in enumerate(facts)]
    (folder / "facts.yaml").write_text(yaml.safe_dump({**more, "facts": numbered}), encoding="utf-8")
    report = Report()
    pipeline.check(root, report, lint=Selection(select=(rule,)))
    assert {finding.rule.name for finding in report} <= {rule}
    return list(report)


def cloze(text: str) -> dict[str, object]:
    return {"kind": "cloze", "text": text}


def test_a_fact_that_says_when_it_was_true_may_age(tmp_path: Path) -> None:
    assert check(tmp_path / "own", "volatile-fact", [{**MOONS, "as_of": "2025-03"}]) == []
    assert len(check(tmp_path / "none", "volatile-fact", [MOONS])) == 1


def test_what_older_texts_say_may_age(tmp_path: Path) -> None:
    fact = {"front": "How many moons has Mars?", "back": "2", "older": "Only one is known to date."}
    assert check(tmp_path, "volatile-fact", [fact]) == []


def test_a_fact_ages_in_its_why_as_well(tmp_path: Path) -> None:
    fact = {
        "front": "How many moons has Mars?",
        "back": "2",
        "why": "It is unlike Saturn, of which 274 are known so far.",
    }
    found = check(tmp_path, "volatile-fact", [fact])
    assert [finding.message for finding in found] == [
        "`fact-0` will not stay true, and does not say when it was: “so far”"
    ]


def test_a_deck_that_teaches_a_language_hides_small_words(tmp_path: Path) -> None:
    few = [cloze(SMALL % 0), *(cloze(SHOWN % number) for number in range(9))]
    many = [*(cloze(SMALL % number) for number in range(9)), cloze(SHOWN % 0)]
    assert len(check(tmp_path / "few", "gap-too-small", few)) == 1
    assert check(tmp_path / "many", "gap-too-small", many) == []


def test_how_much_a_gap_may_hide_is_a_setting(tmp_path: Path) -> None:
    tmp_path.joinpath("flashgen.toml").write_text("[lint.gap-too-big]\nwords = 20\n", encoding="utf-8")
    long = "The French Revolution began because {{c1::bread prices rose, the crown was bankrupt and hope was gone}}."
    assert check(tmp_path, "gap-too-big", [cloze(long)]) == []


@pytest.mark.parametrize(
    ("odd", "what"),
    [
        ("It holds the urine.", "the answer of `fact-9` ends with a full stop, unlike 9 of 10 of its kind"),
        ("Urine", None),
        ("It fills. Then it empties.", None),
        ("Run `docker build .`", None),
        ("docker build -t web .", None),
    ],
)
def test_an_answer_that_ends_unlike_the_others(odd: str, what: str | None, tmp_path: Path) -> None:
    same = [{"front": f"What does organ {number} do?", "back": f"It does task {number}"} for number in range(9)]
    found = check(tmp_path, "inconsistent-ending", [*same, {"front": "And the bladder?", "back": odd}])
    assert [finding.message for finding in found] == ([what] if what else [])


def test_where_half_end_so_and_half_so_there_is_no_custom(tmp_path: Path) -> None:
    stops = [{"front": f"What does organ {it} do?", "back": f"It does task {it}" + "." * (it % 2)} for it in range(12)]
    assert check(tmp_path, "inconsistent-ending", stops) == []


def test_a_gap_knows_what_stands_around_it() -> None:
    outer, inner, code = sorted(
        gaps_of("A {{c1::big {{c2::red::colour}} fox}} runs <code>{{c3::ls}} -l</code>"), key=lambda gap: gap.number
    )
    assert (outer.answer, outer.hint, outer.before, outer.after) == ("big red fox", "", "A ", " runs ls -l")
    assert (inner.answer, inner.hint, inner.before, inner.after) == ("red", "colour", "A big ", " fox runs ls -l")
    assert (code.answer, code.is_code, outer.is_code) == ("ls", True, False)


@pytest.mark.parametrize(
    ("text", "is_quoted"),
    [
        ('He said "{{c1::no}}" twice', True),
        ("the word '{{c1::no}}'", True),
        ("《{{c1::no}}》", True),
        ('He said "yes" and {{c1::no}}', False),
        ("the dogs' {{c1::no}}", False),
    ],
)
def test_a_gap_knows_whether_it_is_quoted(text: str, is_quoted: bool) -> None:
    assert gaps_of(text)[0].is_quoted is is_quoted
