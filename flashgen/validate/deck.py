"""deck.yaml → Deck, and outline.yaml → the statements a deck must teach."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from flashgen import rules
from flashgen.diagnostics import Related, Report, Span
from flashgen.identity import fresh_uid
from flashgen.model import Deck, DeckFolder, Document
from flashgen.schema import RECORD, Checker, Property, Type, bad_id, good_id, in_language
from flashgen.validate.speech import read_speech
from flashgen.values import Map, Position, Seq, Value, is_cut, span

DECK = {
    prop.name: prop
    for prop in (
        Property("uid", Type.PLAIN, required=True, about="The root of every identity, written once"),
        Property("name", Type.TEXT, required=True, about="The deck's name in Anki"),
        Property("languages", Type.WORDS, minimum=1, about="One package is built for each"),
        Property("version", Type.PLAIN, about="Such as `1.0`; written by `flashgen release`"),
        Property("licence", Type.PLAIN, about="What others may do with the deck, such as `CC-BY-4.0`"),
        Property("description", Type.MARKDOWN, about="What the deck teaches, shown in Anki"),
        Property("repository", Type.PLAIN, about="The page of the sources; each card then links to its fact there"),
        Property("retired", Type.WORDS, about="What left on purpose: ids of facts, or `fact/part`"),
        Property("released", Type.PLAIN, about="The version last made public; kept by `flashgen release`"),
        Property("formerly", Type.WORDS, about="Names this deck had before"),
        Property("speech", Type.ANY, about="Which languages Anki reads aloud, and in which voice"),
    )
}
# What a statement of outline.yaml may hold.
STATEMENT = {
    "id": Property("id", Type.PLAIN, required=True, about="what facts name under `covers`"),
    "says": Property("says", Type.TEXT, required=True, about="what the deck must teach"),
    "fix": Property("fix", Type.TEXT, about="what is wrong with it, and what is right"),
}
# A language as BCP 47 writes it: `ko`, `en`, `pt-BR`, `zh-Hant`.
LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


def read_deck(folder: DeckFolder, report: Report) -> Deck | None:
    """Return what a folder's deck.yaml says, or None after reporting why it cannot be used."""
    document = folder.deck
    value = document.value
    new_uid = f"`uid: {fresh_uid()}`"
    if not isinstance(value, Map):
        if document.whole:
            message = f"deck.yaml must hold {RECORD}" + ("; this one is empty" if value in (None, "") else "")
            report.add(rules.WRONG_SHAPE, message, Span(document.path), f"start with {new_uid} and `name: …`")
        return None
    check = Checker(document.path, report, _languages(value))
    check.owner = "deck.yaml"
    properties = dict(DECK)
    uid = value.get("uid", "")
    if uid == "" and not is_cut(value):
        at = value.keys_at.get("uid", next(iter(value.keys_at.values()), value.at))
        hint = f"write this line once, and never change it: {new_uid}"
        check.say(rules.MISSING_PROPERTY, "deck.yaml lacks its `uid`, the root of every identity", at, hint)
        # Told already.
        properties["uid"] = Property("uid", Type.ANY)
    check.record(value, properties)
    _check_languages(check, value)
    languages = check.languages
    _check_names(check, value)
    speech = read_speech(check, value, languages)
    retired = value.get("retired")
    for name, at in zip(retired, retired.values_at, strict=True) if isinstance(retired, Seq) else ():
        # A part, or a kind, may be named too: `fact/part`, `kind/fact`.
        if isinstance(name, str) and not all(good_id(word) for word in re.split("[/+]", name)):
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
        released=value.get("released", ""),
        formerly=value.get("formerly"),
        speech=speech,
    )


def languages_of(folder: DeckFolder) -> tuple[str, ...] | None:
    """Return the languages that facts are checked against: () where deck.yaml does not tell."""
    value = folder.deck.value
    if not isinstance(value, Map):
        return ()
    return _languages(value)


def check_uids(decks: Iterable[tuple[Deck, Value | None]], report: Report) -> None:
    """Report decks with one uid: their notes would have one guid, and Anki would take one for the other."""
    taken: dict[str, tuple[Deck, Span]] = {}
    for deck, written in decks:
        where = span(deck.path, written.values_at["uid"]) if isinstance(written, Map) else Span(deck.path)
        other, first = taken.setdefault(deck.uid, (deck, where))
        if other is not deck:
            message = f"the deck `{other.folder}` has this uid too; Anki would mix up their notes"
            hint = f"unless learners have it already, write: `uid: {fresh_uid()}`"
            report.add(rules.SAME_UID, message, where, hint, [Related("first here", first)])


def check_deck_names(decks: Iterable[tuple[Deck, Value | None]], report: Report) -> None:
    """Report packages that would land in one deck: Anki matches decks by name (anki-contract.md, 1.1).

    Each deck comes with what its deck.yaml holds.
    """
    taken: dict[str, tuple[Deck, str, Span]] = {}
    for deck, written in decks:
        for language in deck.editions:
            name = in_language(deck.name, language)
            where = _name_at(deck, written, language)
            other, other_language, first = taken.setdefault(name.casefold(), (deck, language, where))
            if other is not deck:
                message = f"the name `{name}` is that of the deck `{other.folder}` too"
                related = [Related("first here", first)]
                report.add(rules.SAME_DECK_NAME, message, where, "rename one of the decks", related)
            elif other_language != language:
                both = f"`{other_language}` and `{language}`"
                message = f"{both} have one deck name; Anki would mix their cards in one deck"
                hint = f"name each: `name: {{{other_language}: …, {language}: …}}`"
                report.add(rules.SAME_DECK_NAME, message, where, hint)


def _name_at(deck: Deck, written: Value | None, language: str) -> Span:
    if isinstance(deck.name, Map):
        return span(deck.path, deck.name.values_at[language])
    return span(deck.path, written.values_at["name"]) if isinstance(written, Map) else Span(deck.path)


def read_outline(document: Document, report: Report) -> Mapping[str, Span]:
    """Return the ids of an outline's statements, each with where it stands."""
    value = document.value
    statements: dict[str, Span] = {}
    if not isinstance(value, Seq):
        if value not in (None, "") and document.whole:
            hint = "write each statement as `- id: …` with `says: …`"
            report.add(rules.WRONG_SHAPE, "an outline must be a list of statements", Span(document.path), hint)
        return statements
    check = Checker(document.path, report, ())
    for item, at in zip(value, value.values_at, strict=True):
        check.owner = "this statement"
        if not isinstance(item, Map):
            check.say(rules.WRONG_TYPE, f"a statement must hold {RECORD}", at, "write `- id: …` with `says: …`")
            continue
        check.record(item, STATEMENT)
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
    # Where one of them is no language, facts are not judged by them.
    good = isinstance(listed, Seq) and all(isinstance(word, str) and LANGUAGE.fullmatch(word) for word in listed)
    return tuple(dict.fromkeys(listed)) if good else ()


def _check_languages(check: Checker, value: Map) -> None:
    listed = value.get("languages")
    if not isinstance(listed, Seq):
        return
    for number, (word, at) in enumerate(zip(listed, listed.values_at, strict=True)):
        if not isinstance(word, str):
            continue
        if not LANGUAGE.fullmatch(word):
            check.say(rules.BAD_LANGUAGE, f"`{word}` is not a language code", at, "write it as `ko`, `en` or `pt-BR`")
        elif word in listed[:number]:
            check.say(rules.BAD_LANGUAGE, f"`{word}` is listed twice", at, "keep one")


def _check_names(check: Checker, value: Map) -> None:
    names = value.get("name")
    where = value.values_at.get("name", value.at)
    texts = [(names, where)] if isinstance(names, str) else []
    if isinstance(names, Map):
        texts = [(text, names.values_at[language]) for language, text in names.items() if isinstance(text, str)]
    for text, at in texts:
        if text.strip():
            check_deck_name(check, text, at)


def check_deck_name(check: Checker, text: str, at: Position, *, sub: bool = False) -> None:
    """Report a name of a deck or subdeck that Anki would change on import (anki-contract.md, 2)."""
    parts = text.split("::")
    hint = "write names joined by `::`, with no space around it"
    if any(not part.strip() for part in parts):
        check.say(rules.BAD_DECK_NAME, f"the deck's name `{text}` has an empty part", at, hint)
    elif any(character in text for character in '\n\t"'):
        check.say(rules.BAD_DECK_NAME, "a deck's name cannot hold `\"`, tabs or line breaks", at, "leave them out")
    elif any(part != part.strip() or part.startswith(":") for part in parts):
        message = f"a part of the deck's name `{text}` starts or ends with a space or `:`"
        check.say(rules.BAD_DECK_NAME, message, at, hint)
    elif parts[0].casefold() == "default" and not sub:
        check.say(rules.BAD_DECK_NAME, "`Default` is Anki's own deck", at, "choose another name")
