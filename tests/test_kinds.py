"""What a kind makes of facts: which notes and cards, what they say to a learner, and which ids they keep."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from flashgen import pipeline
from flashgen.diagnostics import Report
from flashgen.identity import guid, number
from flashgen.lint.selection import Selection
from flashgen.model import Edition, Note
from flashgen.render.plain import plain_text
from flashgen.render.view import render_card

BUILT_IN = Path(__file__).parent.parent / "templates"
Record = dict[str, Any]

KIND = """\
facts:
  word: {type: text, required: true}
  meaning: {type: text, required: true}
  example: {type: text}
fields:
  Word: word
  Meaning: meaning
cards: [ask]
"""
COMPANIONS = """\
companions:
  example:
    fields: {Example: example, Word: word}
    cards: [from-example]
"""
LABELS = """\
title: Word
cards: {ask: Meaning, from-example: From its example}
companions: {example: Words in examples}
"""


class Maker:
    """A project of one deck without languages, and of kinds of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.put("cards/words/deck.yaml", "uid: kinds\nname: Words\n")

    def put(self, name: str, text: str) -> None:
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def word(self, kind: str, labels: str = LABELS) -> None:
        self.put("templates/word/kind.yaml", kind)
        self.put("templates/word/labels/en.yaml", labels)
        back = "{% if side == 'back' %}<hr id=answer> {{ meaning }}{% endif %}"
        self.put("templates/word/ask.html.j2", "{{ word }}" + back)
        back = "{% if side == 'back' %}<hr id=answer> {{ word }} {{ more }}{% endif %}"
        self.put("templates/word/from-example.html.j2", "{{ example }}?" + back)

    def facts(self, *facts: Record) -> None:
        self.put("cards/words/facts.yaml", json.dumps({"facts": facts}, ensure_ascii=False))

    def check(self) -> list[Edition]:
        report = Report()
        # Kinds lose and change their companions here, and keep what only those showed.
        unused = Selection(ignore=("unused-field", "unused-property"))
        editions = pipeline.check(self.root, report, lint=unused).editions
        assert [finding.message for finding in report] == []
        return list(editions)

    def notes(self) -> list[Note]:
        return list(self.check()[0].notes)

    def findings(self) -> list[str]:
        report = Report()
        pipeline.check(self.root, report)
        return [finding.message for finding in report]


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    return Maker(tmp_path)


def sides(note: Note) -> list[tuple[str, str]]:
    """What a learner reads of each of a note's cards."""
    rendered = [render_card(note, ord_) for ord_ in note.ords]
    assert not any(card.is_blank for card in rendered)
    return [(plain_text(card.question), plain_text(card.answer)) for card in rendered]


# --- Companions


CAT = {"id": "cat", "kind": "word", "word": "cat", "meaning": "a small animal", "example": "the … purrs"}
DOG = {"id": "dog", "kind": "word", "word": "dog", "meaning": "a loud animal"}


def test_a_companion_makes_notes_of_its_own_beside_those_of_its_kind(maker: Maker) -> None:
    maker.word(KIND + COMPANIONS)
    maker.facts(CAT, DOG)
    main, extra, dog = maker.notes()
    assert (main.note_type.name, extra.note_type.name) == ("Words – Word", "Words – Words in examples")
    assert [card.name for card in extra.note_type.templates] == ["From its example"]
    assert sides(main) == [("cat", "cat a small animal")]
    assert sides(extra) == [("the … purrs?", "the … purrs? cat")]
    # Where its front is blank there is no such note, and nothing is wrong.
    assert dog.fact.id == "dog"
    assert [note.position for note in (main, extra, dog)] == [1, 2, 3]
    assert extra.guid == guid("kinds", "en", "word+example", "cat")
    assert extra.note_type.id == number("note type", "kinds", "en", "word+example", "1")
    ids = [note.note_type.id for note in (main, extra)]
    ids += [part.id for note in (main, extra) for part in (*note.note_type.fields, *note.note_type.templates)]
    assert len(ids) == len(set(ids))


def test_a_companion_added_removed_or_changed_moves_nothing_of_its_kind(maker: Maker) -> None:
    maker.facts(CAT, DOG)
    maker.word(KIND)
    before = maker.notes()
    for companions in (COMPANIONS, COMPANIONS.replace("Word: word", "Meaning: meaning, Word: word")):
        maker.word(KIND + companions)
        after = [note for note in maker.notes() if note.note_type.kind == "word"]
        assert [(note.guid, note.digest, note.note_type, note.fields) for note in after] == [
            (note.guid, note.digest, note.note_type, note.fields) for note in before
        ]


def test_a_companion_stays_as_it_was_when_its_kind_gets_another_revision(maker: Maker) -> None:
    maker.facts(CAT)
    maker.word(KIND + COMPANIONS)
    main, extra = maker.notes()
    maker.word(f"revision: 2\n{KIND}{COMPANIONS}")
    main_now, extra_now = maker.notes()
    assert main_now.note_type.id != main.note_type.id
    assert (main_now.guid, extra_now.guid) == (main.guid, extra.guid)
    assert extra_now.note_type == extra.note_type
    maker.word(KIND + COMPANIONS.replace("    cards", "    revision: 2\n    cards"))
    main_now, extra_now = maker.notes()
    assert main_now.note_type == main.note_type
    assert extra_now.note_type.id != extra.note_type.id
    assert extra_now.guid == extra.guid


def test_a_companion_without_a_title_of_its_own_is_called_after_its_kind(maker: Maker) -> None:
    maker.facts(CAT)
    maker.word(KIND + COMPANIONS, LABELS.replace("companions: {example: Words in examples}\n", ""))
    assert [note.note_type.name for note in maker.notes()] == ["Words – Word", "Words – Word – example"]


# --- Fields and cards


def names(note: Note) -> list[str]:
    return [field.name for field in note.note_type.fields]


@pytest.mark.parametrize(
    "fields", ["  Word: word\n", "  More: meaning\n  Word: word\n", "  Word: word\n  More: meaning\n"]
)
def test_every_note_type_has_the_field_more_and_has_it_last(maker: Maker, fields: str) -> None:
    maker.facts(CAT)
    maker.word(KIND.replace("  Word: word\n", fields) + COMPANIONS)
    main, extra = maker.notes()
    assert names(main) == ["Word", "Meaning", "More"]
    assert names(extra) == ["Example", "Word", "More"]
    assert main.fields[-1] == ("a small animal" if "More" in fields else "")
    assert main.note_type.fields[-1].id == number("field", "kinds", "en", "word", "More")


def test_more_can_be_filled_after_a_release_and_shows_on_the_back(maker: Maker) -> None:
    maker.facts({**CAT, "kind": "basic", "front": "F", "back": "B"} | {"id": "x"})
    shutil.copytree(BUILT_IN / "basic", maker.root / "templates/basic")
    kind = maker.root / "templates/basic/kind.yaml"
    maker.facts({"id": "x", "kind": "basic", "front": "F", "back": "B"})
    (before,) = maker.notes()
    text = kind.read_text(encoding="utf-8")
    text = text.replace("fields:\n", "  extra: {type: text}\nfields:\n").replace("cards:", "  More: extra\ncards:")
    kind.write_text(text, encoding="utf-8")
    maker.facts({"id": "x", "kind": "basic", "front": "F", "back": "B", "extra": "and this"})
    (after,) = maker.notes()
    assert (after.guid, after.note_type) == (before.guid, before.note_type)
    assert sides(after) == [("Question F", "Question F B and this")]


def test_formerly_keeps_the_ids_of_renamed_fields_and_cards(maker: Maker) -> None:
    maker.facts(CAT)
    maker.word(KIND)
    (before,) = maker.notes()
    renamed = KIND.replace("Meaning: meaning", "Sense: {from: meaning, formerly: [Meaning]}")
    maker.word(renamed.replace("[ask]", "[{id: sense, formerly: [ask]}]"), LABELS.replace("ask:", "sense:"))
    maker.put("templates/word/sense.html.j2", "{{ word }}{% if side == 'back' %}<hr id=answer> {{ sense }}{% endif %}")
    (after,) = maker.notes()
    assert after.guid == before.guid
    assert after.digest == before.digest
    assert after.note_type.id == before.note_type.id
    assert [field.id for field in after.note_type.fields] == [field.id for field in before.note_type.fields]
    assert [card.id for card in after.note_type.templates] == [card.id for card in before.note_type.templates]
    assert names(after) == ["Word", "Sense", "More"]
    twice = renamed.replace(
        "Sense: {from: meaning, formerly: [Meaning]}", "Gist: {from: meaning, formerly: [Meaning, Sense]}"
    )
    maker.word(twice)
    maker.put("templates/word/ask.html.j2", "{{ word }}{% if side == 'back' %}<hr id=answer> {{ gist }}{% endif %}")
    (again,) = maker.notes()
    assert [field.id for field in again.note_type.fields] == [field.id for field in before.note_type.fields]


# --- A project's own


def test_a_project_takes_over_a_built_in_kind_as_a_whole(maker: Maker) -> None:
    maker.facts({"id": "x", "kind": "basic", "front": "F", "back": "B"})
    (built_in,) = maker.notes()
    maker.put(
        "templates/basic/kind.yaml",
        "facts:\n  front: {type: text, required: true}\n  back: {type: text}\nfields: {Front: front, Back: back}\n"
        "cards: [turn]\n",
    )
    maker.put(
        "templates/basic/turn.html.j2", "{{ front }}{% if side == 'back' %}<hr id=answer> means {{ back }}{% endif %}"
    )
    maker.put("templates/basic/labels/en.yaml", "title: Turned\ncards: {turn: Turn}\n")
    (note,) = maker.notes()
    assert sides(note) == [("F", "F means B")]
    assert note.note_type.name == "Words – Turned"
    # It is the same kind to learners: its notes are the same, and its note type is held to its shape.
    assert (note.guid, note.note_type.id) == (built_in.guid, built_in.note_type.id)


def test_a_project_adds_a_language_to_a_built_in_kind(maker: Maker) -> None:
    maker.put("cards/words/deck.yaml", "uid: kinds\nname: {en: Words, fr: Mots}\nlanguages: [en, fr]\n")
    maker.facts({"id": "x", "kind": "concept", "term": "port", "definition": "a number"})
    assert [name for name, *_ in told(maker)] == ["missing-catalogue"]
    maker.put(
        "templates/concept/labels/fr.yaml",
        "title: Notion\ncards: {definition: a, term: b, example: c}\nexample: 'Par exemple :'\n"
        "ask: {definition: '**{term}** : de quoi s’agit-il ?', term: Quel terme ?, example: De quoi ?}\n",
    )
    maker.put("templates/_labels/fr.yaml", "source: Source\nolder: Avant\nas_of: en {when}\n")
    assert told(maker) == []
    editions = pipeline.check(maker.root, Report()).editions
    english, french = (list(edition.notes) for edition in editions)
    assert [front for front, _ in sides(french[0])] == [
        "a port : de quoi s’agit-il ?",
        "b Quel terme ? a number",
    ]
    assert [front for front, _ in sides(english[0])] == [
        "Term → definition port: what is it?",
        "Definition → term Which term means this? a number",
    ]


FRENCH = """\
source: Source
older: Avant
as_of: en {when}
kinds:
  concept:
    title: Notion
    cards: {definition: terme, term: sens, example: exemple}
    ask: {definition: "**{term}** : de quoi s’agit-il ?", term: Quel terme ?, example: De quoi ?}
    example: "Par exemple :"
"""
CONCEPT = {"id": "x", "kind": "concept", "term": "port", "definition": "a number"}


def told(maker: Maker) -> list[tuple[str, str, str]]:
    report = Report()
    pipeline.check(maker.root, report)
    return [(finding.rule.name, finding.span.path, finding.message) for finding in report]


def test_one_catalogue_holds_what_all_kinds_say_in_a_language(maker: Maker) -> None:
    maker.put("cards/words/deck.yaml", "uid: kinds\nname: Mots\nlanguages: [fr]\n")
    maker.put("templates/_labels/fr.yaml", FRENCH)
    maker.facts(CONCEPT)
    (note,) = maker.notes()
    assert [front for front, _ in sides(note)] == ["terme port : de quoi s’agit-il ?", "sens Quel terme ? a number"]
    assert note.note_type.name == "Mots – Notion"
    # What stands with a kind goes before.
    maker.put("templates/concept/labels/fr.yaml", "title: Concept\n")
    (note,) = maker.notes()
    assert note.note_type.name == "Mots – Concept"
    assert [front for front, _ in sides(note)][1] == "sens Quel terme ? a number"


def test_each_word_that_a_language_lacks_is_told_and_english_stands_there(maker: Maker) -> None:
    maker.put("cards/words/deck.yaml", "uid: kinds\nname: Mots\nlanguages: [fr]\n")
    maker.put("templates/_labels/fr.yaml", FRENCH.replace("term: Quel terme ?, ", "").replace("older: Avant\n", ""))
    maker.facts(CONCEPT)
    stand_in = "in `fr`; English ones stand in their place"
    catalogue = "templates/_labels/fr.yaml"
    assert told(maker) == [
        ("missing-catalogue", catalogue, f"there are no words for `kinds.concept.ask.term` {stand_in}"),
        ("missing-catalogue", catalogue, f"there are no words for `older` {stand_in}"),
    ]
    (edition,) = pipeline.check(maker.root, Report()).editions
    (note,) = edition.notes
    assert [front for front, _ in sides(note)][1] == "sens Which term means this? a number"


def test_of_a_kind_of_ones_own_the_catalogue_that_it_lacks_is_told(maker: Maker) -> None:
    maker.put("cards/words/deck.yaml", "uid: kinds\nname: Mots\nlanguages: [fr]\n")
    maker.put("templates/_labels/fr.yaml", FRENCH)
    maker.word(KIND.replace("  example: {type: text}\n", ""))
    maker.facts({"id": "x", "kind": "word", "word": "port", "meaning": "a number"})
    message = "the kind `word` has no words in `fr`; its English ones stand in their place"
    assert [entry for entry in told(maker) if entry[0] == "missing-catalogue"] == [
        ("missing-catalogue", "templates/word/labels/fr.yaml", message)
    ]
    (edition,) = pipeline.check(maker.root, Report()).editions
    assert edition.notes[0].note_type.name == "Mots – Word"


def test_a_kind_of_ones_own_that_has_its_words_can_do_without_those_of_all_kinds(maker: Maker) -> None:
    maker.put("cards/words/deck.yaml", "uid: kinds\nname: Mots\nlanguages: [fr]\n")
    maker.word("facts:\n  word: {type: text, required: true}\nfields: {Word: word}\ncards: [ask]\n")
    maker.put(
        "templates/word/ask.html.j2", "{{ word }}{% if side == 'back' %}<hr id=answer>{{ say('source') }}{% endif %}"
    )
    maker.put("templates/word/labels/fr.yaml", "title: Mot\ncards: {ask: Sens}\n")
    maker.facts({"id": "x", "kind": "word", "word": "port"})
    message = "there is no catalogue for `fr`; the built-in words stand in English"
    assert ("missing-catalogue", "templates/_labels/fr.yaml", message) in told(maker)
    assert "missing-label" not in {name for name, *_ in told(maker)}


# --- What learners read of the built-in kinds


def test_each_with_having_makes_notes_of_those_items_only(maker: Maker) -> None:
    layers = [
        {"id": "app", "layer": "Application", "subject": "HTTP", "detail": "talks"},
        {"id": "middle", "layer": "Transport"},
        {"id": "net", "layer": "Network", "subject": "IP"},
    ]
    maker.facts({"id": "stack", "kind": "layer", "stack": "TCP/IP", "layers": layers})
    notes = maker.notes()
    assert [note.part for note in notes] == ["app", "net"]
    neighbours = "Application HTTP Transport Network IP"
    assert sides(notes[0]) == [
        (
            "Subject → layer TCP/IP, HTTP: where does it belong?",
            f"Subject → layer TCP/IP, HTTP: where does it belong? Application talks {neighbours}",
        ),
        (
            "Layer → subject TCP/IP, Application: what belongs here?",
            f"Layer → subject TCP/IP, Application: what belongs here? HTTP talks {neighbours}",
        ),
    ]
    # An item that gets the property makes a note, and moves no other.
    layers[1]["subject"] = "TCP"
    maker.facts({"id": "stack", "kind": "layer", "stack": "TCP/IP", "layers": layers})
    assert {note.guid for note in notes} < {note.guid for note in maker.notes()}


def test_a_list_asks_for_one_item_at_a_time_and_shows_the_others(maker: Maker) -> None:
    items = [{"id": "a", "text": "bread"}, {"id": "b", "text": "*milk*", "hint": "white"}, {"id": "c", "text": "eggs"}]
    maker.facts({"id": "shop", "kind": "list", "title": "To buy", "items": items, "why": "Breakfast"})
    (note,) = maker.notes()
    back = "Missing item To buy bread milk eggs Breakfast"
    assert sides(note) == [
        ("Missing item To buy [...] milk eggs", back),
        ("Missing item To buy bread [white] eggs", back),
        ("Missing item To buy bread milk [...]", back),
    ]


def test_a_comparison_asks_for_one_side_of_one_aspect(maker: Maker) -> None:
    aspects = [
        {"id": "speed", "aspect": "Speed", "sides": {"tcp": "slower", "udp": "faster"}},
        {"id": "order", "aspect": "Order", "sides": {"tcp": "kept", "udp": "lost"}, "why": "TCP counts."},
    ]
    subjects = [{"id": "tcp", "name": "TCP"}, {"id": "udp", "name": "UDP"}]
    maker.facts({"id": "both", "kind": "comparison", "subjects": subjects, "aspects": aspects})
    speed, order = maker.notes()
    assert plain_text(speed.fields[0]) == "TCP / UDP: Speed"
    assert sides(speed) == [
        ("Comparison Speed TCP [...] UDP faster", "Comparison Speed TCP slower UDP faster"),
        ("Comparison Speed TCP slower UDP [...]", "Comparison Speed TCP slower UDP faster"),
    ]
    assert sides(order)[0][1] == "Comparison Order TCP kept UDP lost TCP counts."


def test_a_sequence_asks_for_each_step(maker: Maker) -> None:
    steps = [{"id": "boil", "text": "Boil water"}, {"id": "pour", "text": "Pour it", "hint": "where?"}]
    maker.facts(
        {"id": "tea", "kind": "sequence", "title": "Tea", "steps": steps, "source": "https://www.example.org/x"}
    )
    (note,) = maker.notes()
    assert sides(note) == [
        ("Next step Tea [...] Pour it", "Next step Tea Boil water Pour it Source example.org"),
        ("Next step Tea Boil water [where?]", "Next step Tea Boil water Pour it Source example.org"),
    ]
