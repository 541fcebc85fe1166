"""Rendered cards → findings on how they are written: what a learner would stumble over."""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterator, Mapping
from itertools import islice

from msgspec.structs import replace

from flashgen.cache import Cache
from flashgen.diagnostics import Report, Severity
from flashgen.lint.card import Card
from flashgen.lint.check import CardCheck, Check, Deck, DeckCheck, Found, Whole, WholeCheck
from flashgen.lint.memory import Memory
from flashgen.lint.prose import prose
from flashgen.lint.registry import all_checks
from flashgen.lint.settings import Settings
from flashgen.model import DeckFacts, Edition, Project
from flashgen.pattern import pattern
from flashgen.rules import RULES

__all__ = ["lint"]

# As many cards as tell which language a deck is in that does not say.
_SAMPLE = 200
_ITALICS = pattern("<em>.*?</em>", re.DOTALL)


def lint(
    project: Project,
    facts: Collection[DeckFacts],
    editions: Collection[Edition],
    settings: Settings,
    left_out: Collection[str],
    report: Report,
    *,
    warn: bool = True,
    in_part: bool = False,
    cache: Cache | None = None,
) -> Mapping[str, frozenset[str]]:
    """Judge all cards: report what is weak, and return which card rules could judge each deck, by its folder.

    Without `warn`, only the rules run whose findings are errors; where the decks are given only `in_part`, those that
    judge cards beside each other wait for the rest. The `cache` keeps what was found of each card, for the next run.
    """
    wanted = (rule for rule in RULES if warn or rule.severity is Severity.ERROR)
    named = all_checks({rule.name for rule in wanted} - set(left_out)).values()
    checks = [check for check in named if not (in_part and isinstance(check, DeckCheck))]
    if not checks:
        return {entry.deck.folder: frozenset() for entry in facts}
    judged: dict[str, set[str]] = {entry.deck.folder: set() for entry in facts}
    faulty = _faulty(facts, report)
    # Beside an error may stand text that cannot be written.
    remembers = cache if cache is not None and warn and not report.failed else Cache()
    needs_language = any(check.languages is not None for check in checks)
    for edition in editions:
        deck = deck_of(edition, faulty, needs_language=needs_language)
        able = [check for check in checks if check.languages is None or deck.language in check.languages]
        names = [check.rule.name for check in able]
        judged[edition.deck.folder].update(names)
        memory = Memory(remembers, deck, f"{names} {settings.own!r}")
        for check in able:
            for found in _findings(check, deck, settings):
                _tell(check, found, report)
        memory.keep()
    whole = Whole(project, tuple(facts), tuple(editions))
    for check in checks:
        if isinstance(check, WholeCheck):
            for found in check.judge(whole, settings.limits(check.rule.name)):
                _tell(check, found, report)
    # What is judged beside other facts may be allowed for one that had to be set aside.
    alone = {check.rule.name for check in checks if isinstance(check, CardCheck)}
    complete = {entry.deck.folder for entry in facts if entry.complete and not report.failed}
    return {name: frozenset(names if name in complete else names & alone) for name, names in judged.items()}


def deck_of(edition: Edition, faulty: Container[tuple[str, str]] = (), *, needs_language: bool = True) -> Deck:
    """Return an edition's cards, to be judged, without those of the faulty facts: their folder and id.

    Where the deck does not say in which language it is, that is guessed if it is needed, which takes a while.
    """
    language = edition.language.split("-")[0] if edition.deck.languages else _guess(edition) if needs_language else ""
    folder = edition.deck.folder
    notes = (note for note in edition.notes if (folder, note.fact.id) not in faulty)
    cards = tuple(Card(note, card_ord, edition, language) for note in notes for card_ord in note.ords)
    return Deck(edition, cards, language)


def _faulty(facts: Collection[DeckFacts], report: Report) -> Container[tuple[str, str]]:
    """Return the facts that hold an error: their cards lack what it is about."""
    errors: dict[str, set[int]] = {}
    if not report.failed:
        return ()
    for finding in report:
        if finding.rule.severity is Severity.ERROR:
            errors.setdefault(finding.span.path, set()).add(finding.span.line - 1)
    return {
        (entry.deck.folder, fact.id)
        for entry in facts
        for fact in entry.facts
        if any(fact.extent[0] <= line <= fact.extent[2] for line in errors.get(fact.path, ()))
    }


def _guess(edition: Edition) -> str:
    from flashgen.lint.guess import language_of  # noqa: PLC0415 - most decks say it

    cards = (Card(note, note.ords[0], edition, "") for note in islice(edition.notes, _SAMPLE))
    return language_of((_said(card.prompt_html), _said(card.answer_html)) for card in cards)


def _said(html: str) -> str:
    """Return what an author says in a text: a word in italics is often one of another language."""
    return prose(_ITALICS.sub("", html))


def _findings(check: Check, deck: Deck, settings: Settings) -> Iterator[Found]:
    limits = settings.limits(check.rule.name)
    if isinstance(check, DeckCheck):
        yield from check.judge(deck, limits)
    elif isinstance(check, CardCheck):
        name = check.rule.name
        for card in deck.cards:
            if card.suspected is None or name in card.suspected:
                for found in check.judge(card, limits):
                    card.found |= {name}
                    yield replace(found, fact=card.fact)


def _tell(check: Check, found: Found, report: Report) -> None:
    if found.fact is None or not found.fact.allow.covers(check.rule):
        report.add(check.rule, found.message, found.at, found.hint, found.related)
