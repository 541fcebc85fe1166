"""`flashgen new`: a fact, or a kind, to be filled in; or words to be translated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from flashgen.author.facts import add_fact, deck_of
from flashgen.author.kinds import all_kinds, find_kind
from flashgen.author.new_kind import start_kind
from flashgen.author.new_words import start_words
from flashgen.author.place import refuse_id
from flashgen.author.start import wrong_language
from flashgen.commands.ask import Ask
from flashgen.commands.findings import Findings, shown_path
from flashgen.commands.screen import Screen
from flashgen.diagnostics import Report
from flashgen.errors import ProjectError
from flashgen.model import DeckFolder, Kind
from flashgen.read.project import read_project
from flashgen.validate.deck import languages_of


def run(
    root: Path,
    kind: str | None,
    name: str | None,
    deck: str | None,
    file: Path | None,
    ask: Ask | None,
    findings: Findings,
    base: Path,
) -> int:
    """Add a fact, show where it is as seen from `base`, and return the exit code. What is not given is asked for."""
    report = Report()
    kinds = all_kinds(root, report)
    if kind is not None and kind not in kinds and report.failed:
        # It may be one that its mistakes hide.
        findings.show(report, root)
        return 1
    if kind is not None and (name is not None or ask is not None):
        meant = find_kind(kinds, kind)
    elif ask is not None:
        meant = _ask_kind(ask, kinds)
    else:
        hint = "write `flashgen new KIND ID`; `flashgen kinds` lists the kinds"
        raise ProjectError("a new fact needs a kind and an id", hint)
    decks = read_project(root, Report(), [deck] if deck else ()).decks
    home = deck_of(root, decks, deck, file) or _ask_deck(ask, decks)
    if name is None:
        assert ask is not None
        name = ask.text(
            f"Id of the new `{meant.name}`: lower-case words joined by `-`", "", lambda it: _wrong(home, it)
        )
    added = add_fact(root, home, meant, name, file)
    print(f"{shown_path(added.file, base)}:{added.line}")
    wanted = " and ".join(filter(None, (", ".join(added.wanted[:-1]), added.wanted[-1]))) if added.wanted else "it"
    findings.screen.tell(f"Fill in {wanted}; `flashgen check` tells what is missing.")
    return 0


def run_kind(root: Path, name: str, screen: Screen, base: Path) -> int:
    """Start a kind, show its files as seen from `base`, and return the exit code."""
    decks = read_project(root, Report()).decks
    languages = dict.fromkeys(language for deck in decks for language in languages_of(deck) or ("en",))
    for file in start_kind(root, name, languages or ("en",)):
        print(shown_path(file, base))
    screen.tell(
        f"It works as it is: `flashgen new {name} ID` starts a fact. Change what a fact holds in kind.yaml, and the\n"
        "cards in the files beside it; `flashgen check` tells what does not fit."
    )
    return 0


def run_words(root: Path, language: str, screen: Screen, base: Path) -> int:
    """Write a language's words to be translated, show their file as seen from `base`, and return the exit code."""
    if wrong := wrong_language([language]):
        raise ProjectError(wrong, "write a code such as `fr` or `pt-BR`")
    print(shown_path(start_words(root, language), base))
    screen.tell("They are in English still; translate what stands behind the colons.")
    return 0


def _ask_kind(ask: Ask, kinds: Mapping[str, Kind]) -> Kind:
    width = max(map(len, kinds))
    return kinds[ask.choice("Kind", [f"{name:<{width}}  {kind.about}" for name, kind in kinds.items()])]


def _ask_deck(ask: Ask | None, decks: Sequence[DeckFolder]) -> DeckFolder:
    names = [deck.name for deck in decks]
    if ask is None:
        raise ProjectError("there are several decks", f"name one with `--deck`: {', '.join(names)}")
    return decks[names.index(ask.choice("Deck", names))]


def _wrong(deck: DeckFolder, name: str) -> str | None:
    try:
        refuse_id(deck, name)
    except ProjectError as error:
        return f"{error}; {error.hint}"
    return None
