"""What an author reads of a badly worded card, and what else than its words a rule goes by."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from flashgen import pipeline
from flashgen.diagnostics import Finding, Report
from flashgen.lint.selection import Selection

WORDING = (
    "long-answer",
    "long-prompt",
    "enumeration-answer",
    "yes-no-prompt",
    "leaked-answer",
    "vague-prompt",
    "dangling-pronoun",
)
COUNT = " ".join(f"w{number}" for number in range(31))
SYLLABLES = "가나다라마바사아자차" * 4 + "카"


def check(root: Path, *facts: dict[str, object], language: str = "en", settings: str = "") -> list[Finding]:
    """What the rules on wording find in a deck of these facts."""
    folder = root / "cards" / "deck"
    folder.mkdir(parents=True, exist_ok=True)
    deck = {"uid": "rules", "name": "Rules", "licence": "CC0-1.0", "languages": [language]}
    (folder / "deck.yaml").write_text(yaml.safe_dump(deck), encoding="utf-8")
    (root / "flashgen.toml").write_text(settings, encoding="utf-8")
    numbered = [{"id": f"fact-{number}", "kind": "basic", **fact} for number, fact in enumerate(facts)]
    text = yaml.safe_dump({"facts": numbered}, allow_unicode=True, sort_keys=False, width=1000)
    (folder / "facts.yaml").write_text(text, encoding="utf-8")
    report = Report()
    pipeline.check(root, report, lint=Selection(select=("E", "unused-allow", *WORDING)))
    return list(report)


def basic(front: str, back: str = "Forty-two", **more: str) -> dict[str, object]:
    return {"front": front, "back": back, **more}


@pytest.mark.parametrize(
    ("fact", "where", "message", "hint"),
    [
        (
            basic("What is a day?", COUNT[: COUNT.index(" w19")]),
            "long-answer 5:9",
            "the answer has 19 words; more than 18 are too much to recall as a whole",
            "keep the one thing that is asked, and put the rest in `why` or in facts of its own",
        ),
        (
            basic(COUNT),
            "long-prompt 4:10",
            "the prompt has 31 words; more than 30 take long to read at every review",
            "leave out what the answer does not hang on, or say it in `context`",
        ),
        (
            basic("What are the bases of DNA?", "adenine, thymine, guanine and cytosine"),
            "enumeration-answer 5:9",
            "the answer lists 4 items; who forgets one fails the card as a whole",
            "make it a `list` or a `sequence` fact, whose items are asked one at a time",
        ),
        (
            basic("Is a tomato a fruit?", "Botanically"),
            "yes-no-prompt 4:10",
            "the question is answered by yes or no, which is guessed half the time",
            "ask for what makes it so: which, what, why, how, how many",
        ),
        (
            basic("Which sea is the Baltic Sea?", "The Baltic Sea"),
            "leaked-answer 4:10",
            "the answer stands in the prompt",
            "ask without its words, or ask for another piece of it",
        ),
        (
            basic("Which process makes sugar of light?", "Photosynthesis", context="Photosynthesis"),
            "leaked-answer 6:12",
            "the answer of `fact-0` stands in the `context`",
            "name something wider there, or give the fact a `context` of its own",
        ),
        (
            basic("Describe the heart.", "A muscle"),
            "vague-prompt 4:10",
            "the prompt leaves open what is wanted: many answers fit, and the card takes one",
            "ask for one thing, so that no other answer fits: which, what, why, how many",
        ),
        (
            basic("What does it do?", "Pumps"),
            "dangling-pronoun 4:10",
            "nothing on the card says what `it` stands for",
            "name it in the prompt, or say in `context` what the card is about",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and value[-1].isdigit() else "",
)
def test_an_author_reads_what_is_weak_and_its_cure(
    tmp_path: Path, fact: dict[str, object], where: str, message: str, hint: str
) -> None:
    (finding,) = check(tmp_path, fact)
    assert finding.span is not None
    assert f"{finding.rule.name} {finding.span.line}:{finding.span.column}" == where
    assert (finding.message, finding.hint) == (message, hint)


def test_korean_is_counted_in_syllables(tmp_path: Path) -> None:
    (finding,) = check(tmp_path, basic("가나다는?", SYLLABLES), language="ko")
    assert finding.message == "the answer has 41 syllables; more than 40 are too much to recall as a whole"


def test_a_project_sets_its_own_limits(tmp_path: Path) -> None:
    settings = "[lint.long-answer]\nwords = 1\n[lint.enumeration-answer]\nitems = 2\n"
    found = check(tmp_path, basic("What is a flag made of?", "red, white, blue"), settings=settings)
    assert [finding.message for finding in found] == [
        "the answer has 3 words; more than 1 are too much to recall as a whole",
        "the answer lists 3 items; who forgets one fails the card as a whole",
    ]


def test_words_are_judged_in_the_languages_that_were_measured(tmp_path: Path) -> None:
    assert check(tmp_path, basic(COUNT, f"{COUNT}, {COUNT}"), basic("Is it?", "No"), language="de") == []


def test_a_fact_allows_what_it_does_on_purpose(tmp_path: Path) -> None:
    allowed = {"allow": {"leaked-answer": "That city and state are one is the point."}}
    assert check(tmp_path, {**basic("What is the capital of Singapore?", "Singapore"), **allowed}) == []


def test_the_rows_of_a_list_are_no_prompt_to_read_and_no_leak(tmp_path: Path) -> None:
    items = [{"id": f"part-{number}", "text": f"{COUNT[:40]} {number}"} for number in range(4)]
    assert check(tmp_path, {"kind": "list", "title": "What it holds", "items": items}) == []


def test_each_gap_of_a_text_is_held_against_the_rest_of_it(tmp_path: Path) -> None:
    text = "The {{c1::colon}} takes up water; the rectum follows the colon, and stores {{c2::stool}}."
    (finding,) = check(tmp_path, {"id": "bowel", "kind": "cloze", "text": text})
    assert finding.rule.name == "leaked-answer"


def test_a_picture_says_what_a_pronoun_stands_for(tmp_path: Path) -> None:
    media = tmp_path / "cards" / "deck" / "media"
    media.mkdir(parents=True)
    circle = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="3"/></svg>'
    (media / "heart.svg").write_text(circle, encoding="utf-8")
    shown, told = basic("What is this? ![a round muscle](heart.svg)"), basic("What is this for?")
    assert [finding.message for finding in check(tmp_path, shown, told)] == [
        "nothing on the card says what `this` stands for"
    ]
