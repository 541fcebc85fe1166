"""deck.yaml → Deck, and outline.yaml → the statements a deck must teach."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping

from flashgen import rules
from flashgen.diagnostics import Related, Report, Span
from flashgen.model import Deck, DeckFolder, Document
from flashgen.schema import Checker, Property, Type, bad_id, good_id, in_language
from flashgen.values import Map, Seq, span

DECK = {
    prop.name: prop
    for prop in (
        Property("uid", Type.PLAIN, required=True, about="The root of every identity, written once"),
        Property("name", Type.TEXT, required=True, about="The deck's name in Anki"),
        Property("languages", Type.WORDS, minimum=1, about="One package is built for each"),
        Property("version", Type.PLAIN),
        Property("licence", Type.PLAIN),
        Property("description", Type.MARKDOWN),
        Property("repository", Type.PLAIN),
        Property("retired", Type.WORDS),
    )
}
_STATEMENT = {
    "id": Property("id", Type.PLAIN, required=True),
    "says": Property("says", Type.TEXT, required=True),
    "fix": Property("fix", Type.TEXT),
}
# A language as BCP 47 writes it: `ko`, `en`, `pt-BR`, `zh-Hant`.
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


def read_deck(folder: DeckFolder, report: Report) -> Deck | None:
    """Return what a folder's deck.yaml says, or None after reporting why it cannot be used."""
    document = folder.deck
    value = document.value
    if not isinstance(value, Map):
        if document.whole:
            hint = "start with `uid:` and `name:`"
            report.add(rules.WRONG_SHAPE, "deck.yaml must hold `key: value` lines", Span(document.path), hint)
        return None
    check = Checker(document.path, report, _languages(value))
    check.owner = "deck.yaml"
    properties = dict(DECK)
    if "uid" not in value:
        check.say(
            rules.MISSING_PROPERTY,
            "deck.yaml lacks `uid`, the root of every identity",
            value.at if not value.keys_at else next(iter(value.keys_at.values())),
            f"add this line once, and never change it: `uid: {secrets.token_hex(8)}`",
        )
        del properties["uid"]
    check.record(value, properties | {"uid": DECK["uid"]} if "uid" in value else properties)
    _check_languages(check, value)
    languages = check.languages
    _check_names(check, value, languages or ("",))
    for name, at in zip(value.get("retired", ()), getattr(value.get("retired"), "values_at", ()), strict=True):
        if isinstance(name, str) and not good_id(name):
            bad_id(check, name, at)
    if not check.sound or not document.whole:
        return None
    repository = value.get("repository", "").rstrip("/")
    return Deck(
        folder=folder.name,
        path=document.path,
        uid=value["uid"],
        name=value["name"],
        languages=tuple(languages) if languages is not None else None,
        version=value.get("version", ""),
        licence=value.get("licence", ""),
        description=value.get("description"),
        repository=repository,
        retired=value.get("retired"),
    )


def languages_of(folder: DeckFolder) -> tuple[str, ...] | None:
    """Return the languages that facts are checked against: () where deck.yaml does not tell."""
    value = folder.deck.value
    if not isinstance(value, Map):
        return ()
    return _languages(value)


def check_deck_names(decks: list[Deck], report: Report) -> None:
    """Report packages that would land in one deck: Anki matches decks by name (anki-contract.md, 1.1)."""
    taken: dict[str, tuple[Deck, str]] = {}
    for deck in decks:
        for language in deck.editions:
            name = in_language(deck.name, language)
            other = taken.setdefault(name.casefold(), (deck, language))
            if other == (deck, language):
                continue
            if other[0] is deck:
                message = f"`{other[1]}` and `{language}` have one deck name; Anki would mix their cards in one deck"
                report.add(rules.SAME_DECK_NAME, message, Span(deck.path), f"name the deck in `{language}` otherwise")
            else:
                message = f"the name `{name}` is that of the deck `{other[0].folder}` too"
                related = [Related("first here", Span(other[0].path))]
                report.add(rules.SAME_DECK_NAME, message, Span(deck.path), "rename one of the decks", related)


def read_outline(document: Document, report: Report) -> Mapping[str, Span]:
    """Return the ids of an outline's statements, each with where it stands."""
    value = document.value
    statements: dict[str, Span] = {}
    if not isinstance(value, Seq):
        if value is not None and document.whole:
            hint = "write each statement as `- id: …` with `says: …`"
            report.add(rules.WRONG_SHAPE, "an outline must be a list of statements", Span(document.path), hint)
        return statements
    check = Checker(document.path, report, ())
    for item, at in zip(value, value.values_at, strict=True):
        check.owner = "this statement"
        if not isinstance(item, Map):
            check.say(rules.WRONG_TYPE, "a statement is a record", at, "write `- id: …` with `says: …`")
            continue
        check.record(item, _STATEMENT)
        name = item.get("id")
        if not isinstance(name, str) or not name:
            continue
        where = span(document.path, item.values_at["id"])
        if not good_id(name):
            bad_id(check, name, item.values_at["id"])
        elif name in statements:
            related = [Related("first here", statements[name])]
            report.add(rules.DUPLICATE_ID, f"`{name}` names two statements", where, "rename one", related)
        else:
            statements[name] = where
    return statements


def _languages(value: Map) -> tuple[str, ...] | None:
    listed = value.get("languages")
    if listed is None:
        return None
    return tuple(word for word in listed if isinstance(word, str)) if isinstance(listed, Seq) else ()


def _check_languages(check: Checker, value: Map) -> None:
    listed = value.get("languages")
    if not isinstance(listed, Seq):
        return
    for number, (word, at) in enumerate(zip(listed, listed.values_at, strict=True)):
        if not isinstance(word, str):
            continue
        if not _LANGUAGE.fullmatch(word):
            check.say(rules.BAD_LANGUAGE, f"`{word}` is not a language code", at, "write it as `ko`, `en` or `pt-BR`")
        elif word in listed[:number]:
            check.say(rules.BAD_LANGUAGE, f"`{word}` is listed twice", at, "keep one")


def _check_names(check: Checker, value: Map, languages: tuple[str, ...] | list[str] | object) -> None:
    names = value.get("name")
    where = value.values_at.get("name", value.at)
    texts = [(names, where)] if isinstance(names, str) else []
    if isinstance(names, Map):
        texts = [(text, names.values_at[language]) for language, text in names.items() if isinstance(text, str)]
    for text, at in texts:
        check_deck_name(check, text, at)


def check_deck_name(check: Checker, text: str, at: tuple[int, int, int, int]) -> None:
    """Report a deck name that Anki would change on import (anki-contract.md, 2)."""
    parts = text.split("::")
    if any(not part.strip() or part != part.strip() or part.startswith(":") for part in parts):
        check.say(rules.BAD_DECK_NAME, f"`{text}` has an empty part", at, "write names joined by `::`, with no spaces")
    elif "\n" in text or '"' in text:
        check.say(rules.BAD_DECK_NAME, "a deck's name cannot hold quotes or line breaks", at, "leave them out")
    elif parts[0].casefold() == "default":
        check.say(rules.BAD_DECK_NAME, "`Default` is Anki's own deck", at, "choose another name")
