"""Project → Facts: everything that can be judged before a card is rendered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flashgen import rules
from flashgen.diagnostics import Report, choose, did_you_mean
from flashgen.model import Deck, DeckFacts, DeckFolder, Project
from flashgen.schema import in_language
from flashgen.validate.credits import read_credits
from flashgen.validate.deck import check_deck_names, check_uids, languages_of, read_deck, read_outline
from flashgen.validate.facts import FactReader
from flashgen.validate.file_names import check_file_names
from flashgen.values import span


def validate(
    project: Project, report: Report, ignored: Mapping[str, frozenset[str]] | None = None
) -> tuple[DeckFacts, ...]:
    """Return the sound facts of every deck whose deck.yaml can be used; all else is reported.

    `ignored` holds, by kind, the rules that the project sets aside for it.
    """
    validated = (_validate_deck(project, folder, report, ignored or {}) for folder in project.decks)
    found = [facts for facts in validated if facts is not None]
    written = {folder.name: folder.deck.value for folder in project.decks}
    decks = [(facts.deck, written[facts.deck.folder]) for facts in found]
    check_uids(decks, report)
    check_deck_names(decks, report)
    check_file_names((deck for deck, _ in decks), report)
    _check_subdecks(found, report)
    return tuple(found)


def read_facts(
    project: Project, folder: DeckFolder, report: Report, ignored: Mapping[str, frozenset[str]]
) -> tuple[Deck | None, FactReader]:
    """Return what deck.yaml says, or None where it cannot be used, and the reader of all fact files; raises Misfit."""
    deck = read_deck(folder, report)
    reader = FactReader(project, languages_of(folder), report, ignored)
    for document in folder.files:
        reader.read(document)
    return deck, reader


def _validate_deck(
    project: Project, folder: DeckFolder, report: Report, ignored: Mapping[str, frozenset[str]]
) -> DeckFacts | None:
    deck, reader = read_facts(project, folder, report, ignored)
    _check_outline(folder, reader, report)
    # A fact that a broken file does not show may be meant.
    if all(document.whole for document in folder.files):
        _check_references(reader, report)
    if deck is None:
        return None
    if deck.retired is not None:
        for name, at in zip(deck.retired, deck.retired.values_at, strict=True):
            if name in reader.ids:
                message = f"`{name}` is retired, but a fact still has this id"
                report.add(rules.DUPLICATE_ID, message, span(deck.path, at), "delete it here, or delete the fact")
    complete, credits_ = reader.complete, None
    if folder.credits is not None:
        credits_ = read_credits(folder.credits, languages_of(folder), report)
        complete &= folder.credits.whole
    return DeckFacts(deck, tuple(reader.facts), complete, credits_, reader.files, reader.known)


def _check_subdecks(decks: Iterable[DeckFacts], report: Report) -> None:
    """Report subdecks that Anki would take for another deck, or rename: it goes by name, whatever the case."""
    taken: dict[str, tuple[str, str]] = {}
    for entry in decks:
        for language in entry.deck.editions:
            name = in_language(entry.deck.name, language)
            taken.setdefault(name.casefold(), (name, entry.deck.folder))
    for entry in decks:
        for fact in entry.facts:
            subdeck = fact.subdeck
            for language in entry.deck.editions if subdeck is not None else ():
                name = f"{in_language(entry.deck.name, language)}::{in_language(subdeck, language)}"
                other, folder = taken.setdefault(name.casefold(), (name, entry.deck.folder))
                if (other, folder) != (name, entry.deck.folder):
                    whose = f"in the deck `{folder}`" if folder != entry.deck.folder else "elsewhere in this deck"
                    message = f"the subdeck `{name}` is `{other}` {whose}; Anki would make one deck of both"
                    report.add(rules.SAME_DECK_NAME, message, span(fact.path, fact.at), "name it otherwise")


def _check_outline(folder: DeckFolder, reader: FactReader, report: Report) -> None:
    statements = read_outline(folder.outline, report) if folder.outline is not None else {}
    whole = folder.outline is None or folder.outline.whole
    for name, where, key in reader.references:
        if key == "covers" and name not in statements and whole:
            hint = choose(name, statements) if statements else "write an outline.yaml beside deck.yaml"
            report.add(rules.DANGLING_REFERENCE, f"outline.yaml has no statement `{name}`", where, hint)
    # A file that could not be read to its end may cover anything.
    if all(document.whole for document in folder.files):
        for name, where in statements.items():
            if name not in reader.covered:
                hint = f"add `covers: [{name}]` to the fact that teaches it"
                report.add(rules.UNCOVERED_STATEMENT, f"no fact covers `{name}`", where, hint)


def _check_references(reader: FactReader, report: Report) -> None:
    for name, where, key in reader.references:
        if key != "covers" and name not in reader.ids:
            hint = did_you_mean(name, reader.ids) or "name a fact of this deck"
            report.add(rules.DANGLING_REFERENCE, f"`{key}` names no fact of this deck: `{name}`", where, hint)
