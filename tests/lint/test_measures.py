"""Heuristics are held to their labelled cards, and their pages to what was measured."""

from __future__ import annotations

from functools import cache
from typing import Final

import pytest
from measure import CASES, LANGUAGES, Measured, measure

from flashgen.explain import PAGES
from flashgen.lint.registry import all_checks
from flashgen.rules import RULES

ON: Final = {rule.name: rule.on for rule in RULES}
ENOUGH_TO_FIND, ENOUGH_NEAR_MISSES = 10, 30
measured = cache(measure)


def sentence(language: str, seen: Measured) -> str:
    """What a rule's page says of it in one language."""
    found, kept = seen.all, seen.held_out
    return (
        f"Measured in {LANGUAGES[language]} on {seen.found} cards to find and {seen.not_found} near misses: precision "
        f"{found.precision:.0%}, recall {found.recall:.0%}\n(held out while it was tuned: {kept.precision:.0%} and "
        f"{kept.recall:.0%})."
    )


@pytest.mark.parametrize(("rule", "language"), CASES)
def test_a_heuristic_that_is_on_is_mostly_right(rule: str, language: str) -> None:
    seen = measured(rule, language)
    assert seen.found >= ENOUGH_TO_FIND
    assert seen.not_found >= ENOUGH_NEAR_MISSES
    languages = all_checks()[rule].languages
    assert languages is not None
    if ON[rule] and language in languages:
        assert seen.all.precision >= 0.8, seen.misjudged
        assert seen.held_out.precision >= 0.8, seen.misjudged


@pytest.mark.parametrize(("rule", "language"), CASES)
def test_a_page_says_what_was_measured(request: pytest.FixtureRequest, rule: str, language: str) -> None:
    page, start = PAGES / f"{rule}.md", f"\nMeasured in {LANGUAGES[language]} "
    text, said = page.read_text(encoding="utf-8"), sentence(language, measured(rule, language))
    if request.config.getoption("--update"):
        before, found, after = text.partition(start)
        rest = after.partition(").\n")[2] if found else ""
        text = f"{before if found else text}\n{said}\n{rest}"
        page.write_text(text, encoding="utf-8")
    assert f"\n{said}\n" in text


def test_every_heuristic_that_judges_words_is_measured() -> None:
    by_words = {(name, language) for name, check in all_checks().items() for language in check.languages or ()}
    assert by_words == set(CASES)
