"""How often a rule is right: its labelled cards under `examples/`, built as a deck and judged by flashgen itself.

`.venv/bin/python tests/lint/measure.py [RULE…]` prints the figures, and the cards that a rule misjudges.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from flashgen.diagnostics import Report
from flashgen.lint.selection import Selection
from flashgen.pipeline import check

EXAMPLES: Final = Path(__file__).parent / "examples"
LANGUAGES: Final = {"en": "English", "ko": "Korean"}
CASES: Final = sorted(tuple(path.name.split(".")[:2]) for path in EXAMPLES.glob("*.yaml"))


@dataclass(frozen=True, slots=True)
class Figures:
    """What became of some cards: found and to be found, found in vain, and not found."""

    right: int
    in_vain: int
    missed: int

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.in_vain) if self.right + self.in_vain else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


@dataclass(frozen=True, slots=True)
class Measured:
    """A rule's figures in one language, of all its cards and of those held out, and which it misjudged."""

    found: int
    not_found: int
    all: Figures
    held_out: Figures
    misjudged: tuple[tuple[str, dict[str, str]], ...]


def measure(rule: str, language: str) -> Measured:
    """Return a rule's figures in a language."""
    labelled = yaml.safe_load((EXAMPLES / f"{rule}.{language}.yaml").read_text(encoding="utf-8"))
    cards = [(card, True) for card in labelled["found"]] + [(card, False) for card in labelled["not_found"]]
    hit = _found(rule, language, [card for card, _ in cards])
    judged = [(card, wanted, index in hit) for index, (card, wanted) in enumerate(cards)]
    wrong = tuple(("missed" if wanted else "in vain", card) for card, wanted, found in judged if wanted != found)
    held_out = [entry for entry in judged if entry[0].get("held_out")]
    found, not_found = len(labelled["found"]), len(labelled["not_found"])
    return Measured(found, not_found, _figures(judged), _figures(held_out), wrong)


def _figures(judged: list[tuple[dict[str, str], bool, bool]]) -> Figures:
    outcomes = [(wanted, found) for _, wanted, found in judged]
    return Figures(outcomes.count((True, True)), outcomes.count((False, True)), outcomes.count((True, False)))


def _found(rule: str, language: str, cards: list[dict[str, str]]) -> set[int]:
    """Return which cards a rule finds, by a deck with a file for each."""
    with tempfile.TemporaryDirectory() as folder:
        deck = Path(folder, "cards", "deck")
        deck.mkdir(parents=True)
        settings = {"uid": "examples", "name": "Examples", "languages": [language], "licence": "CC0-1.0"}
        _write(deck / "deck.yaml", settings)
        for index, card in enumerate(cards):
            facts = [{"id": f"card-{index}", **_fact(card)}]
            if "beside" in card:
                # Two cards that are judged together are a deck of their own.
                deck = Path(folder, "cards", f"deck-{index}")
                deck.mkdir()
                _write(deck / "deck.yaml", {**settings, "uid": f"examples-{index}", "name": f"Examples {index}"})
                facts.append({"id": "beside", **_fact(card["beside"])})
            _write(deck / f"{index}.yaml", {"facts": facts})
        report = Report()
        check(Path(folder), report, lint=Selection(select=("E", rule)))
        # Two labelled cards may ask the same, and answer it well and badly.
        faults = [finding for finding in report if finding.rule.name not in (rule, "same-prompt")]
        assert not faults, faults
        return {int(Path(finding.span.path).stem) for finding in report if finding.span and finding.rule.name == rule}


def _fact(card: dict[str, str]) -> dict[str, str]:
    """Return a fact that makes the card: one with a gap where its `text` or its prompt has one, else a `basic` one."""
    fact = {"context": card["context"]} if "context" in card else {}
    gap = f"{{{{c1::{card['answer']}{'::' + card['hint'] if 'hint' in card else ''}}}}}" if "answer" in card else ""
    if "text" in card:
        return {**fact, "kind": "cloze", "text": card["text"]}
    if "[...]" in card["prompt"]:
        return {**fact, "kind": "cloze", "text": card["prompt"].replace("[...]", gap)}
    return {**fact, "kind": "basic", "front": card["prompt"], "back": card["answer"]}


def _write(path: Path, value: object) -> None:
    path.write_text(yaml.safe_dump(value, allow_unicode=True), encoding="utf-8")


def table(rule: str) -> str:
    """Return the figures of a rule in each language, as its page states them."""
    lines = [
        "| | must find | must not | precision | recall | held out: precision | recall |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, language in CASES:
        if name == rule:
            seen = measure(rule, language)
            shares = (seen.all.precision, seen.all.recall, seen.held_out.precision, seen.held_out.recall)
            figures = " | ".join(f"{share:.0%}" for share in shares)
            lines.append(f"| {LANGUAGES[language]} | {seen.found} | {seen.not_found} | {figures} |")
    return "\n".join(lines)


def main(wanted: list[str]) -> None:
    """Print the figures of the rules that are wanted, or of all, and what was misjudged outside what is held out."""
    for rule, language in CASES:
        if wanted and rule not in wanted:
            continue
        seen = measure(rule, language)
        sys.stdout.write(
            f"{rule:20} {language} {seen.found:3} {seen.not_found:3}  "
            f"precision {seen.all.precision:4.0%} recall {seen.all.recall:4.0%}  "
            f"held out {seen.held_out.precision:4.0%} {seen.held_out.recall:4.0%}\n"
        )
        for what, card in seen.misjudged:
            if not card.get("held_out"):
                shown = card.get("text") or f"{card['prompt']} — {card['answer']}"
                sys.stdout.write(f"    {what}: {shown!r}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
