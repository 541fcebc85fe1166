"""Real Anki judges the packages: what it imports, shows, mends, and keeps of a learner's work.

First each shipped deck and each good project is imported once, all its packages side by side, and read back. Then
come stories, in which a learner reviews and edits between two versions of a deck.
"""

from __future__ import annotations

import json
import re
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import anki_judge
import pytest
import yaml
from anki_judge import Collection

from flashgen import pipeline
from flashgen.model import Family, Note
from flashgen.pack.rows import Package
from flashgen.read.kinds import COMMON, kind_names, read_kind
from flashgen.read.project import built_in_templates
from flashgen.render.view import render_card
from flashgen.schema import Type

ROOT = Path(__file__).parent.parent
PROJECTS = Path(__file__).parent / "projects"
SHIPPED, EXAMPLES = "shipped decks", "the kinds' examples"
ALL = (SHIPPED, EXAMPLES, *sorted(path.name for path in PROJECTS.iterdir()))
DAY = 86_400
# Builds lie in the past of Anki, whose clock cannot be set.
RELEASED = int(time.time()) - 30 * DAY
BEFORE_FLASHGEN = 1_767_225_600


def copy_project(name: str, folder: Path) -> Path:
    root = folder / "project"
    if name == SHIPPED:
        for part in ("cards", "templates"):
            shutil.copytree(ROOT / part, root / part)
    elif name == EXAMPLES:
        deck = root / "cards" / "examples"
        deck.mkdir(parents=True)
        (deck / "deck.yaml").write_text("uid: examples\nname: Examples\n", encoding="utf-8")
        for example in (ROOT / "templates").glob("*/example.yaml"):
            shutil.copy(example, deck / f"{example.parent.name}.yaml")
            if (example.parent / "media").is_dir():
                shutil.copytree(example.parent / "media", deck / "media", dirs_exist_ok=True)
    else:
        shutil.copytree(PROJECTS / name, root)
    return root


def built(root: Path, now: int = RELEASED) -> list[tuple[Package, Path]]:
    report, made = pipeline.build(root, now)
    assert [finding.message for finding in report] == []
    return [(entry.package, entry.file) for entry in made]


def without_hint_ids(html: str) -> str:
    # Ours are cut from another hash; all an id does is join a hint's link to its text.
    return re.sub(r"\bhint[0-9a-f]{16}\b", "hint", html)


def notes_of(package: Package) -> list[Note]:
    return [row.note for row in package.rows]


# --- Each project, imported once


@dataclass(frozen=True)
class Judged:
    """A project's packages, all in one collection, and Anki's log of each import."""

    packages: tuple[tuple[Package, Path], ...]
    logs: tuple[dict[str, int], ...]
    collection: Collection

    @property
    def notes(self) -> dict[str, Note]:
        return {note.guid: note for package, _ in self.packages for note in notes_of(package)}

    @property
    def cards(self) -> set[tuple[str, int]]:
        return {(note.guid, ord_) for note in self.notes.values() for ord_ in note.ords}


@pytest.fixture(scope="module", params=ALL)
def judged(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judged]:
    folder = tmp_path_factory.mktemp("judged")
    packages = built(copy_project(request.param, folder))
    with anki_judge.new_collection(folder) as collection:
        logs = tuple(anki_judge.import_package(collection, file) for _, file in packages)
        yield Judged(tuple(packages), logs, collection)


def test_every_kind_uses_every_property_of_every_built_in_kind() -> None:
    text = (PROJECTS / "every-kind/cards/network/facts.yaml").read_text(encoding="utf-8")
    file = yaml.load(text, Loader=yaml.CBaseLoader)  # noqa: S506 - it makes nothing but text
    facts = file.pop("facts")
    missing = set(COMMON) - set().union(*facts)
    for name in kind_names([built_in_templates()]):
        kind = read_kind(built_in_templates() / name, name, report := pipeline.Report())
        assert kind is not None, list(report)
        of_kind = [fact for fact in facts if fact.get("kind", file["kind"]) == name]
        missing |= {f"{name}.{prop}" for prop in kind.own if not any(prop in fact for fact in of_kind)}
        for prop in (prop for prop in kind.own if kind.properties[prop].type is Type.LIST):
            items = [item for fact in of_kind for item in fact.get(prop, ()) if isinstance(item, dict)]
            wanted = kind.properties[prop].items
            missing |= {f"{name}.{prop}.{key}" for key in wanted if not any(key in item for item in items)}
    # One list with a renamed item is as good as another.
    assert {name for name in missing if not name.endswith(".formerly")} == set()


def test_the_first_import_adds_every_note_and_nothing_else_happens(judged: Judged) -> None:
    assert list(judged.logs) == [{"new": len(package.rows)} for package, _ in judged.packages]


def test_anki_has_our_notes_and_cards_with_both_languages_side_by_side(judged: Judged) -> None:
    assert judged.collection.note_count() == sum(len(package.rows) for package, _ in judged.packages)
    found = judged.collection.db.all("select n.guid, c.ord from cards c join notes n on n.id = c.nid")
    assert Counter(map(tuple, found)) == Counter(judged.cards)


def test_there_are_no_empty_cards(judged: Judged) -> None:
    assert list(judged.collection.get_empty_cards().notes) == []


def test_check_database_finds_nothing_to_mend(judged: Judged, tmp_path: Path) -> None:
    with anki_judge.new_collection(tmp_path) as collection:
        for _, file in judged.packages:
            anki_judge.import_package(collection, file)
        occlusions = {
            row.note_type.id
            for package, _ in judged.packages
            for row in package.note_types
            if row.note_type.family is Family.OCCLUSION
        }
        before = all_rows(collection, occlusions)
        assert collection.fix_integrity() == (anki_judge.ALL_IS_WELL, True)
        assert all_rows(collection, occlusions) == before


def all_rows(collection: Collection, occlusions: set[int]) -> list[object]:
    """The rows of a collection; Check Database saves each note type of occlusions anew, Anki's own as well."""
    note_types = [
        [id_, name, None if id_ in occlusions else time, *rest]
        for id_, name, time, *rest in anki_judge.rows(collection, "notetypes")
    ]
    return [note_types, *(anki_judge.rows(collection, table) for table in ("notes", "cards", "decks"))]


def test_anki_stores_fields_as_we_wrote_them(judged: Judged) -> None:
    found = dict(judged.collection.db.all("select guid, flds from notes"))
    assert found == {guid: "\x1f".join(note.fields) for guid, note in judged.notes.items()}


def test_every_card_shows_on_both_sides_what_our_own_rendering_shows(judged: Judged) -> None:
    for (guid, ord_), (card_id, _) in anki_judge.card_place(judged.collection).items():
        theirs = judged.collection.get_card(card_id).render_output()
        ours = render_card(judged.notes[guid], ord_)
        assert (without_hint_ids(ours.question), without_hint_ids(ours.answer)) == (
            without_hint_ids(theirs.question_text),
            without_hint_ids(theirs.answer_text),
        )
        assert not ours.is_blank


def test_every_note_has_its_tags(judged: Judged) -> None:
    found = {guid: tags.split() for guid, tags in judged.collection.db.all("select guid, tags from notes")}
    assert {guid: sorted(tags) for guid, tags in found.items()} == {
        guid: sorted(note.tags) for guid, note in judged.notes.items()
    }


def test_every_card_lies_in_its_deck(judged: Judged) -> None:
    assert {key: deck for key, (_, deck) in anki_judge.card_place(judged.collection).items()} == {
        key: judged.notes[key[0]].deck for key in judged.cards
    }


def test_anki_writes_fields_in_the_direction_of_their_language(judged: Judged) -> None:
    wanted = {
        row.note_type.id: package.filename.split(".")[-2] in {"ar", "he"}
        for package, _ in judged.packages
        for row in package.note_types
    }
    found = anki_judge.note_types(judged.collection)
    assert {id_: {field["rtl"] for field in found[id_]["flds"]} for id_ in wanted} == {
        id_: {right} for id_, right in wanted.items()
    }


def test_decks_have_their_names_and_descriptions_and_nothing_is_renamed(judged: Judged) -> None:
    ours = {row.name: row.description for package, _ in judged.packages for row in package.decks}
    found = anki_judge.deck_descriptions(judged.collection)
    # Anki makes the parents that stand between.
    parents = {name.rsplit("::", count)[0] for name in ours for count in range(1, name.count("::") + 1)}
    assert found == {**dict.fromkeys(parents, ""), **ours}


def test_new_cards_come_in_the_order_of_the_sources(judged: Judged) -> None:
    for package, _ in judged.packages:
        notes = notes_of(package)
        # Anki takes a deck's own cards first, then those of its subdecks, which it sorts by name.
        decks = sorted({note.deck for note in notes}, key=lambda name: name.casefold().split("::"))
        in_order = [(note.guid, ord_) for deck in decks for note in notes if note.deck == deck for ord_ in note.ords]
        assert anki_judge.new_cards_in_order(judged.collection, package.decks[0].name) == in_order


def test_all_cards_are_new_and_due_by_the_position_of_their_note(judged: Judged) -> None:
    found = judged.collection.db.all(
        "select n.guid, c.ord, c.due, c.type, c.queue from cards c join notes n on n.id = c.nid"
    )
    assert sorted(map(tuple, found)) == sorted(
        (guid, ord_, judged.notes[guid].position, 0, 0) for guid, ord_ in judged.cards
    )


def test_note_types_keep_their_ids_names_and_the_ids_of_fields_and_templates(judged: Judged) -> None:
    ours = {row.note_type.id: row for package, _ in judged.packages for row in package.note_types}
    found = anki_judge.note_types(judged.collection)
    assert set(found) == set(ours)
    for id_, row in ours.items():
        theirs = found[id_]
        assert (theirs["name"], theirs["css"]) == (row.note_type.name, row.note_type.css)
        assert theirs["type"] == int(row.note_type.family is not Family.STANDARD)
        assert [(field["id"], field["name"]) for field in theirs["flds"]] == [
            (field.id, field.name) for field in row.note_type.fields
        ]
        assert [(card["id"], card["name"], card["qfmt"], card["afmt"]) for card in theirs["tmpls"]] == [
            (card.id, card.name, card.front, card.back) for card in row.note_type.templates
        ]


def test_anki_would_let_each_note_type_be_made_by_hand(judged: Judged, tmp_path: Path) -> None:
    with anki_judge.new_collection(tmp_path) as collection:
        for theirs in anki_judge.note_types(judged.collection).values():
            collection.models.add_dict({**theirs, "id": 0})


def test_ids_and_times_are_ours_and_none_lies_in_the_future(judged: Judged) -> None:
    stored = {guid: rest for guid, *rest in judged.collection.db.all("select guid, id, mod from notes")}
    taken: set[int] = set()
    for package, _ in judged.packages:
        for row in package.rows:
            note_id, modified = stored[row.note.guid]
            assert modified == row.modified
            # A second deck that was built at the same time wants the same ids; then Anki moves on in steps of 999.
            assert note_id == row.id or row.id in taken
        taken |= {stored[row.note.guid][0] for row in package.rows}
    ids = [*taken, *judged.collection.db.list("select id from cards")]
    # Milliseconds: Anki shows a note id as the day on which the note was made.
    assert BEFORE_FLASHGEN * 1000 < min(ids) <= max(ids) < time.time() * 1000


def test_a_second_import_changes_nothing(judged: Judged, tmp_path: Path) -> None:
    with anki_judge.new_collection(tmp_path) as collection:
        for _, file in judged.packages:
            anki_judge.import_package(collection, file)
        before = [anki_judge.rows(collection, table) for table in ("notes", "cards", "notetypes")]
        logs = [anki_judge.import_package(collection, file) for _, file in judged.packages]
        assert logs == [{"duplicate": len(package.rows)} for package, _ in judged.packages]
        assert [anki_judge.rows(collection, table) for table in ("notes", "cards", "notetypes")] == before


def test_the_order_of_imports_does_not_matter(judged: Judged, tmp_path: Path) -> None:
    with anki_judge.new_collection(tmp_path) as collection:
        for package, file in reversed(judged.packages):
            assert anki_judge.import_package(collection, file) == {"new": len(package.rows)}
        decks = {key: deck for key, (_, deck) in anki_judge.card_place(collection).items()}
        assert decks == {key: judged.notes[key[0]].deck for key in judged.cards}
        assert anki_judge.deck_descriptions(collection) == anki_judge.deck_descriptions(judged.collection)
        names = {id_: theirs["name"] for id_, theirs in anki_judge.note_types(collection).items()}
        assert names == {id_: theirs["name"] for id_, theirs in anki_judge.note_types(judged.collection).items()}


def test_all_projects_live_in_one_collection(tmp_path: Path) -> None:
    packages = []
    for number, name in enumerate(ALL):
        (tmp_path / str(number)).mkdir()
        packages += built(copy_project(name, tmp_path / str(number)))
    with anki_judge.new_collection(tmp_path) as collection:
        for package, file in packages:
            assert anki_judge.import_package(collection, file) == {"new": len(package.rows)}
        assert collection.note_count() == sum(len(package.rows) for package, _ in packages)
        assert collection.fix_integrity() == (anki_judge.ALL_IS_WELL, True)
        for package, file in packages:
            assert anki_judge.import_package(collection, file) == {"duplicate": len(package.rows)}


class _Gap(HTMLParser):
    """Collects the text of the gap that a card asks for."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.depth, self.text = 0, ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.depth += tag == "span" and (self.depth > 0 or ("class", "cloze") in attrs)

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag == "span" and self.depth > 0

    def handle_data(self, data: str) -> None:
        self.text += data if self.depth else ""


def test_a_gap_shows_all_of_its_text_and_hint_whatever_braces_and_colons_they_hold(tmp_path: Path) -> None:
    ((package, file),) = built(copy_project("unicode", tmp_path))
    (steps,) = [note for note in notes_of(package) if note.fact.id == "steps"]
    with anki_judge.new_collection(tmp_path) as collection:
        anki_judge.import_package(collection, file)
        places = anki_judge.card_place(collection)
        outputs = [collection.get_card(places[steps.guid, ord_][0]).render_output() for ord_ in steps.ords]
    assert [_Gap(output.answer_text).text for output in outputs] == [
        "std::vector }} a",
        "ends in :",
        "ends in }}",
        r"a::b{{}} \(x_{y_{z}}\)",
    ]
    assert [_Gap(output.question_text).text for output in outputs] == ["[힌트::x}}]", "[...]", "[...]", "[...]"]


# --- Stories: two versions of a deck, and a learner between them


class Story:
    """One deck that its author edits, and the collection of a learner who imports it."""

    def __init__(self, root: Path, collection: Collection) -> None:
        self.root, self.collection = root, collection
        self.facts: list[dict[str, object]] = [
            {"id": "seoul", "front": "Capital of South Korea?", "back": "Seoul"},
            {"id": "paris", "front": "Capital of France?", "back": "Paris"},
            {"id": "rome", "front": "Capital of Italy?", "back": "Rome"},
            {
                "id": "tea",
                "kind": "sequence",
                "title": "Making tea",
                "steps": [
                    {"id": "boil", "text": "boil"},
                    {"id": "steep", "text": "steep"},
                    {"id": "pour", "text": "pour"},
                ],
            },
        ]
        self.deck = {"uid": "story", "name": "Story", "description": "First"}
        self.notes: dict[str, Note] = {}

    def fact(self, name: str) -> dict[str, object]:
        return next(fact for fact in self.facts if fact["id"] == name)

    def release(self, day: int) -> dict[str, int]:
        """Build on a day after the first release, and import."""
        folder = self.root / "cards" / "story"
        folder.mkdir(parents=True, exist_ok=True)
        folder.joinpath("deck.yaml").write_text(json.dumps(self.deck), encoding="utf-8")
        folder.joinpath("facts.yaml").write_text(json.dumps({"kind": "basic", "facts": self.facts}), encoding="utf-8")
        ((package, file),) = built(self.root, RELEASED + day * DAY)
        self.notes = {note.fact.id: note for note in notes_of(package)}
        return anki_judge.import_package(self.collection, file)

    def note_id(self, name: str) -> int:
        return self.collection.db.scalar("select id from notes where guid = ?", self.notes[name].guid)

    def fields(self, name: str) -> dict[str, str]:
        return dict(self.collection.get_note(self.note_id(name)).items())

    def edit(self, name: str, day: int, *, tag: str | None = None, **fields: str) -> None:
        """Let the learner change a note on a day."""
        note = self.collection.get_note(self.note_id(name))
        for field, text in fields.items():
            note[field] = text
        if tag is not None:
            note.add_tag(tag)
        self.collection.update_note(note)
        self.collection.db.execute("update notes set mod = ? where id = ?", RELEASED + day * DAY, note.id)

    def review(self, name: str, ord_: int = 0) -> None:
        """Let the learner answer a card."""
        card = next(card for card in self.collection.get_note(self.note_id(name)).cards() if card.ord == ord_)
        card.start_timer()
        self.collection.sched.answerCard(card, 4)

    def history(self, name: str) -> dict[int, tuple[object, ...]]:
        """Each card of a note: its id, scheduling and reviews."""
        found = self.collection.db.all(
            "select c.ord, c.id, c.type, c.queue, c.due, c.ivl, c.factor, c.reps, "
            "(select group_concat(id || ' ' || ease) from revlog where cid = c.id) from cards c where nid = ?",
            self.note_id(name),
        )
        return {ord_: tuple(rest) for ord_, *rest in found}


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    with anki_judge.new_collection(tmp_path) as collection:
        yield Story(tmp_path / "project", collection)


def test_a_new_version_brings_its_changes_and_costs_the_learner_nothing(story: Story) -> None:
    assert story.release(day=0) == {"new": 4}
    for name in ("seoul", "paris"):
        story.review(name)
    story.edit("paris", day=5, Back="Paris, on the Seine", tag="mine")
    before = {name: story.history(name) for name in ("seoul", "paris", "rome", "tea")}
    assert before["seoul"][0][-1] is not None
    story.fact("seoul")["back"] = "Seoul (서울)"
    story.facts.append({"id": "oslo", "front": "Capital of Norway?", "back": "Oslo"})

    assert story.release(day=10) == {"new": 1, "updated": 1, "duplicate": 3}

    assert story.fields("seoul")["Back"] == "Seoul (서울)"
    assert story.fields("paris")["Back"] == "Paris, on the Seine"
    assert story.collection.get_note(story.note_id("paris")).tags == ["mine"]
    assert {name: story.history(name) for name in before} == before
    assert story.collection.note_count() == 5
    assert story.release(day=20) == {"duplicate": 5}


def test_a_change_of_the_author_beats_an_older_edit_of_the_learner(story: Story) -> None:
    story.release(day=0)
    story.edit("paris", day=5, Back="My own words")
    story.fact("paris")["back"] = "Paris, since 987"
    assert story.release(day=10) == {"updated": 1, "duplicate": 3}
    assert story.fields("paris")["Back"] == "Paris, since 987"


def test_a_change_that_is_taken_back_arrives_too(story: Story) -> None:
    story.release(day=0)
    story.fact("paris")["back"] = "London"
    assert story.release(day=5) == {"updated": 1, "duplicate": 3}
    story.fact("paris")["back"] = "Paris"
    assert story.release(day=10) == {"updated": 1, "duplicate": 3}
    assert story.fields("paris")["Back"] == "Paris"


def test_two_changes_in_one_second_both_arrive(story: Story) -> None:
    story.release(day=0)
    for text in ("one", "two"):
        story.fact("paris")["back"] = text
        assert story.release(day=0) == {"updated": 1, "duplicate": 3}
    assert story.fields("paris")["Back"] == "two"


def test_an_inserted_step_moves_no_history(story: Story) -> None:
    story.release(day=0)
    story.review("tea", ord_=2)
    before = story.history("tea")
    steps = story.fact("tea")["steps"]
    assert isinstance(steps, list)
    steps.insert(1, {"id": "warm", "text": "warm the pot"})
    assert story.release(day=10) == {"updated": 1, "duplicate": 3}
    after = story.history("tea")
    assert set(after) == {0, 1, 2, 3}
    assert {ord_: after[ord_] for ord_ in before} == before
    reviewed = story.collection.get_card(int(str(after[2][0])))
    assert re.search(r'class="cloze" data-ordinal="3">pour<', reviewed.render_output().answer_text)


def test_a_card_that_is_added_later_comes_beside_the_one_that_was_reviewed(story: Story) -> None:
    story.release(day=0)
    story.review("rome")
    before = story.history("rome")
    story.fact("rome")["reverse"] = "true"
    assert story.release(day=10) == {"updated": 1, "duplicate": 3}
    after = story.history("rome")
    assert set(after) == {0, 1}
    assert after[0] == before[0]


def test_a_renamed_fact_and_a_renamed_step_keep_their_cards(story: Story) -> None:
    story.release(day=0)
    story.review("tea", ord_=1)
    before = story.history("tea")
    tea = story.fact("tea")
    tea |= {"id": "green-tea", "formerly": ["tea"]}
    tea["steps"] = [
        {"id": "boil", "text": "boil"},
        {"id": "draw", "text": "steep", "formerly": ["steep"]},
        {"id": "pour", "text": "pour"},
    ]
    assert story.release(day=10) == {"duplicate": 4}
    assert story.history("green-tea") == before


def test_a_new_look_reaches_learners_and_leaves_their_notes_alone(story: Story) -> None:
    story.release(day=0)
    story.edit("paris", day=5, Back="My own words")
    look = story.root / "templates" / "basic" / "style.css"
    look.parent.mkdir(parents=True)
    look.write_text(".fg-basic { color: teal; }\n", encoding="utf-8")
    assert story.release(day=10) == {"duplicate": 4}
    assert story.fields("paris")["Back"] == "My own words"
    basic = anki_judge.note_types(story.collection)[story.notes["paris"].note_type.id]
    assert basic["css"].endswith(".fg-basic { color: teal; }")


def test_a_new_description_reaches_learners(story: Story) -> None:
    story.release(day=0)
    story.deck["description"] = "Second"
    story.release(day=10)
    assert anki_judge.deck_descriptions(story.collection) == {"Story": "Second"}


def test_facts_in_another_order_change_no_note_and_no_card(story: Story) -> None:
    story.release(day=0)
    before = {name: story.history(name) for name in story.notes}
    story.facts.reverse()
    assert story.release(day=10) == {"duplicate": 4}
    assert {name: story.history(name) for name in story.notes} == before
