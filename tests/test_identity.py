"""What a card is to a learner's Anki never moves: guids, note type ids and ords hang on ids alone."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
from collections.abc import Callable
from copy import deepcopy
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flashgen import identity, pipeline
from flashgen.diagnostics import Report
from flashgen.model import Edition, Family, Note

NOW = 1_780_000_000
Record = dict[str, Any]
Files = dict[str, list[Record]]


def both(text: str) -> dict[str, str]:
    return {"ko": f"{text} (ko)", "en": f"{text} (en)"}


def a_sequence() -> Record:
    steps = [{"id": name, "text": both(f"step {name}")} for name in ("one", "two", "three")]
    return {"id": "tea", "kind": "sequence", "title": both("Tea"), "steps": steps}


def a_list() -> Record:
    items = [{"id": name, "text": both(f"item {name}"), "hint": "h"} for name in ("one", "two", "three")]
    return {"id": "drinks", "kind": "list", "title": both("Drinks"), "items": items}


def a_comparison() -> Record:
    subjects = [{"id": name, "name": name} for name in ("one", "two", "three")]
    aspects = [
        {"id": name, "aspect": both(name), "sides": {side["id"]: both(f"{name} of {side['id']}") for side in subjects}}
        for name in ("price", "taste", "smell")
    ]
    return {"id": "teas", "kind": "comparison", "subjects": subjects, "aspects": aspects}


def a_layer() -> Record:
    layers = [{"id": name, "layer": f"layer {name}", "subject": f"subject {name}"} for name in ("one", "two", "three")]
    return {"id": "stack", "kind": "layer", "stack": "Cups", "layers": layers}


def plain(name: str) -> Record:
    return {"id": name, "kind": "basic", "front": both(f"front {name}"), "back": both(f"back {name}")}


class Author:
    """A project of one deck in two languages, and what its author does to it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.deck: Record = {"uid": "identity", "name": both("Deck"), "languages": ["ko", "en"]}
        self.folder = "deck"
        self.files: Files = {
            "10-first.yaml": [plain("alpha"), a_sequence(), {**plain("beta"), "reverse": "true"}],
            "20-second.yaml": [a_comparison(), plain("gamma"), a_list(), a_layer()],
        }

    @property
    def facts(self) -> dict[str, Record]:
        return {fact["id"]: fact for facts in self.files.values() for fact in facts}

    @property
    def lock(self) -> Path:
        return self.root / "cards" / self.folder / "deck.lock.jsonl"

    def write(self) -> None:
        folder = self.root / "cards" / self.folder
        for old in folder.rglob("*.yaml"):
            old.unlink()
        for name, value in {
            "deck.yaml": self.deck,
            **{name: {"facts": facts} for name, facts in self.files.items()},
        }.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")

    def check(self) -> tuple[Edition, ...]:
        """The notes as written now; the lock stays as it was."""
        self.write()
        report = Report()
        editions = pipeline.check(self.root, report).editions
        assert [finding.message for finding in report] == []
        return editions

    def build(self, now: int = NOW) -> dict[str, tuple[int, int]]:
        """Build, and return each note's id and time by guid."""
        self.write()
        report, built = pipeline.build(self.root, now)
        assert [finding.message for finding in report] == []
        return {row.note.guid: (row.id, row.modified) for entry in built for row in entry.package.rows}

    def cards(self) -> dict[tuple[str, str], tuple[str, int]]:
        """What is asked → the guid and ord of the card that asks it, for each language."""
        found: dict[tuple[str, str], tuple[str, int]] = {}
        for edition in self.check():
            for note in edition.notes:
                for ord_ in note.ords:
                    assert found.setdefault((edition.language, asked(note, ord_)), (note.guid, ord_)) == (
                        note.guid,
                        ord_,
                    )
        return found


def asked(note: Note, ord_: int) -> str:
    if note.note_type.family is Family.STANDARD:
        return f"{note.note_type.kind} {note.fields[0]} by template {note.note_type.templates[ord_].id}"
    (answer,) = re.findall(rf"\{{\{{c{ord_ + 1}::(.*?)(?:::.*?)?\}}\}}", " ".join(note.fields))
    return f"{note.note_type.kind} {answer}"


@pytest.fixture
def author(tmp_path: Path) -> Author:
    return Author(tmp_path)


def identities(editions: tuple[Edition, ...]) -> tuple[set[tuple[str, str, str]], set[tuple[str, int, str]]]:
    """All guids and note type ids, each with what it belongs to."""
    notes = {(edition.language, note.guid, note.part) for edition in editions for note in edition.notes}
    types = {
        (edition.language, note.note_type.id, note.note_type.kind) for edition in editions for note in edition.notes
    }
    return notes, types


# --- What an author may do without moving a card


def edit_all_text(author: Author) -> None:
    author.files = json.loads(json.dumps(author.files).replace("(ko)", "(고친)").replace("(en)", "(mended)"))


def reverse_facts(author: Author) -> None:
    author.files = {name: facts[::-1] for name, facts in author.files.items()}


def reverse_parts(author: Author) -> None:
    for fact in author.facts.values():
        for name in ("steps", "items", "subjects", "aspects", "layers"):
            if name in fact:
                fact[name].reverse()


def move_facts_to_another_file(author: Author) -> None:
    first, second = author.files.values()
    second.append(first.pop(1))
    first.append(second.pop(0))


def rename_the_files(author: Author) -> None:
    first, second = author.files.values()
    author.files = {"99-later.yaml": first, "sub/folder/00-earlier.yaml": second}


def add_facts(author: Author) -> None:
    for facts in author.files.values():
        facts.insert(0, plain(f"new-{len(facts)}"))


def rename_the_deck_and_its_folder(author: Author) -> None:
    author.deck |= {"name": {"ko": "다른 이름", "en": "Another name"}, "description": "new", "version": "2"}
    shutil.rmtree(author.lock.parent)
    author.folder = "another-folder"


def add_tags_and_subdecks(author: Author) -> None:
    for fact in author.facts.values():
        fact |= {"tags": ["new"], "deck": {"ko": "아래", "en": "Below"}, "source": "https://example.org"}


def list_the_languages_in_another_order(author: Author) -> None:
    author.deck["languages"].reverse()


def rename_every_id(author: Author) -> None:
    for fact in author.facts.values():
        fact |= {"formerly": [fact["id"]], "id": f"now-{fact['id']}"}
        for name in ("steps", "items", "subjects", "aspects", "layers"):
            for part in fact.get(name, ()):
                part |= {"formerly": [part["id"]], "id": f"now-{part['id']}"}
        for aspect in fact.get("aspects", ()):
            aspect["sides"] = {f"now-{side}": text for side, text in aspect["sides"].items()}


def rename_every_id_twice(author: Author) -> None:
    for fact in author.facts.values():
        fact |= {"formerly": [fact["id"], f"once-{fact['id']}"], "id": f"now-{fact['id']}"}


HARMLESS = [
    edit_all_text,
    reverse_facts,
    reverse_parts,
    move_facts_to_another_file,
    rename_the_files,
    add_facts,
    rename_the_deck_and_its_folder,
    add_tags_and_subdecks,
    list_the_languages_in_another_order,
    rename_every_id,
    rename_every_id_twice,
]


@given(st.lists(st.text("abc-0한", min_size=1), min_size=5, max_size=5))
def test_a_guid_is_eighty_bits_of_a_hash_in_base_32(names: list[str]) -> None:
    digest = hashlib.sha256("\0".join(["flashgen", "note", *names]).encode()).digest()
    assert identity.guid(*names) == base64.b32encode(digest[:10]).decode().lower()


@pytest.mark.parametrize("act", HARMLESS, ids=lambda act: act.__name__)
def test_no_guid_and_no_note_type_id_changes_when_an_author_does(author: Author, act: Callable[[Author], None]) -> None:
    notes, types = identities(author.check())
    author.build()
    act(author)
    notes_now, types_now = identities(author.check())
    assert notes <= notes_now
    assert types == types_now
    assert len(notes_now) == len(notes) + (4 if act is add_facts else 0)


@pytest.mark.parametrize(
    "act", [reverse_facts, reverse_parts, move_facts_to_another_file, rename_the_files, add_facts, rename_every_id],
    ids=lambda act: act.__name__,
)  # fmt: skip
def test_no_card_asks_something_else_after_an_author_does(author: Author, act: Callable[[Author], None]) -> None:
    author.build()
    before = author.cards()
    act(author)
    after = author.cards()
    assert {key: after.get(key) for key in before} == before


def test_note_ids_and_times_stay_while_the_content_does(author: Author) -> None:
    before = author.build()
    reverse_facts(author)
    rename_the_files(author)
    rename_every_id(author)
    assert author.build(NOW + 1000) == before


def test_a_changed_note_keeps_its_id_and_gets_a_later_time_and_no_other_note_does(author: Author) -> None:
    before = author.build()
    author.facts["alpha"]["back"]["en"] = "changed"
    after = author.build(NOW + 1000)
    changed = {guid for guid in before if before[guid] != after[guid]}
    assert changed == {identity.guid("identity", "en", "basic", "alpha")}
    assert {after[guid] for guid in changed} == {(before[guid][0], NOW + 1000) for guid in changed}


def test_a_fact_that_comes_back_is_the_note_it_was(author: Author) -> None:
    before = author.build()
    gone = author.files["10-first.yaml"].pop(0)
    assert set(author.build(NOW + 1000)) < set(before)
    author.files["20-second.yaml"].append(gone)
    assert author.build(NOW + 2000) == before


# --- Parts that come between


def insert_part(author: Author, fact: str, where: int) -> None:
    """Add a part to each list of a fact."""
    record = author.facts[fact]
    for name in ("steps", "items"):
        if name in record:
            record[name].insert(where, {"id": "new", "text": both("new part")})
    if "layers" in record:
        record["layers"].insert(where, {"id": "new", "layer": "new layer", "subject": "new subject"})
    if "subjects" in record:
        record["subjects"].insert(where, {"id": "new", "name": "new"})
        for aspect in record["aspects"]:
            aspect["sides"]["new"] = both(f"{aspect['aspect']['en']} of new")
        sides = {side["id"]: both(f"new of {side['id']}") for side in record["subjects"]}
        record["aspects"].insert(where, {"id": "new", "aspect": both("new"), "sides": sides})


def drop_notes_from_the_lock(author: Author) -> None:
    lines = author.lock.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(('{"note"', '{"type"'))]
    assert len(kept) < len(lines)
    author.lock.write_text("".join(kept), encoding="utf-8")


@pytest.mark.parametrize("then", [None, rename_every_id, drop_notes_from_the_lock], ids=["", "renamed", "lock cut"])
@pytest.mark.parametrize("where", [0, 1, 3], ids=["first", "between", "last"])
@pytest.mark.parametrize("fact", ["tea", "drinks", "teas", "stack"])
def test_a_part_that_comes_between_moves_no_other_card(
    author: Author, fact: str, where: int, then: Callable[[Author], None] | None
) -> None:
    author.build()
    before = author.cards()
    if then is not None:
        then(author)
    insert_part(author, author.facts.get(fact, {}).get("id", f"now-{fact}"), where)
    after = author.cards()
    assert {key: after.get(key) for key in before} == before
    new = set(after.values()) - set(before.values())
    assert len(after) == len(before) + len(new)
    assert new
    # The build that records it changes nothing more.
    author.build(NOW + 1000)
    assert author.cards() == after


def test_the_number_of_a_part_that_left_is_not_given_to_another(author: Author) -> None:
    author.build()
    before = author.cards()
    steps = author.facts["tea"]["steps"]
    (gone,) = [step for step in steps if step["id"] == "three"]
    steps.remove(gone)
    author.build(NOW + 1000)
    steps.append({"id": "new", "text": both("new part")})
    author.build(NOW + 2000)
    after = author.cards()
    assert after["en", "sequence new part (en)"][1] == 3
    assert set(after.values()).isdisjoint({before["en", "sequence step three (en)"]})
    steps.append(gone)
    assert author.cards()["en", "sequence step three (en)"] == before["en", "sequence step three (en)"]


def test_a_lost_line_of_the_lock_moves_no_other_card(author: Author) -> None:
    author.build()
    before = author.cards()
    lines = author.lock.read_text(encoding="utf-8").splitlines(keepends=True)
    author.lock.write_text("".join(line for line in lines if "tea//one" not in line), encoding="utf-8")
    after = author.cards()
    moved = {question for question in before if before[question] != after[question]}
    assert moved == {("ko", "sequence step one (ko)"), ("en", "sequence step one (en)")}
    assert after["en", "sequence step one (en)"][1] == 3


def test_both_languages_number_a_part_alike(author: Author) -> None:
    author.build()
    insert_part(author, "tea", 1)
    numbers = {language: {} for language in ("ko", "en")}
    for (language, question), (_, ord_) in author.cards().items():
        if question.startswith("sequence"):
            numbers[language][re.sub(r" \(..\)$", "", question)] = ord_
    assert numbers["ko"] == numbers["en"]
    assert len(numbers["ko"]) == 4


def test_a_build_of_one_language_numbers_parts_for_both(author: Author) -> None:
    author.write()
    pipeline.build(author.root, NOW, languages=["en"])
    before = author.cards()
    insert_part(author, "tea", 0)
    author.write()
    pipeline.build(author.root, NOW, languages=["ko"])
    after = author.cards()
    assert {key: after.get(key) for key in before} == before


# --- What differs


def test_guids_differ_across_languages_kinds_decks_facts_and_parts(author: Author, tmp_path: Path) -> None:
    other = Author(tmp_path / "other")
    other.deck["uid"] = "other"
    found = [note.guid for entry in (author, other) for edition in entry.check() for note in edition.notes]
    assert len(found) == len(set(found))
    assert identity.guid("u", "en", "basic", "x") != identity.guid("u", "en", "concept", "x")


def test_note_types_fields_templates_and_decks_have_ids_of_their_own(author: Author, tmp_path: Path) -> None:
    add_tags_and_subdecks(author)
    other = Author(tmp_path / "other")
    other.deck["uid"] = "other"
    numbers: list[int] = []
    for entry in (author, other):
        entry.write()
        for built in pipeline.build(entry.root, NOW)[1]:
            numbers += [row.id for row in built.package.decks]
            for note_type in (row.note_type for row in built.package.note_types):
                numbers += [note_type.id, *(part.id for part in (*note_type.fields, *note_type.templates))]
    assert len(numbers) == len(set(numbers))
    assert all(10**13 <= number < 2**53 for number in numbers)


def test_ids_are_what_they_were_at_the_first_release() -> None:
    # Literal on purpose: another hash would orphan every card that learners have.
    assert identity.guid("8c1f4e0d2b7a4956", "en", "component", "kubelet") == "6dzcvms4prkob5ak"
    assert identity.guid("8c1f4e0d2b7a4956", "ko", "comparison", "vm-vs-container-core", "kernel") == "qwp4c226fb7dekxw"
    assert identity.number("note type", "8c1f4e0d2b7a4956", "en", "component", "1") == 8802506390326625


# What authors can write: a uid is any text, an id is not; both draw on the same few letters, so that joins could clash.
UIDS = st.text(st.sampled_from("ab-/|_: \x1f"), min_size=1, max_size=4)
IDS = st.from_regex(r"[ab]{1,2}(-[ab]{1,2})?", fullmatch=True)
PARTS = st.tuples(UIDS, st.sampled_from(["a", "b", "a-b"]), IDS, IDS, st.just("") | IDS)


@given(PARTS, PARTS)
@example(("a", "a", "a", "a", ""), ("a", "a", "a", "a", "a"))
@example(("a-b", "a", "a", "a", ""), ("a", "b-a", "a", "a", ""))
def test_a_guid_stands_for_its_parts_and_no_others(
    one: tuple[str, str, str, str, str], other: tuple[str, str, str, str, str]
) -> None:
    assert (identity.guid(*one) == identity.guid(*other)) is (one == other)
    assert re.fullmatch("[a-z2-7]{16}", identity.guid(*one))


@given(st.lists(UIDS, min_size=1, max_size=4), st.lists(UIDS, min_size=1, max_size=4))
@example(["ab", "c"], ["a", "bc"])
def test_a_number_stands_for_its_parts_and_no_others(one: list[str], other: list[str]) -> None:
    assert (identity.number(*one) == identity.number(*other)) is (one == other)
    assert 10**13 <= identity.number(*one) < 2**53


# --- Order


def test_positions_and_new_note_ids_follow_the_order_of_the_sources(author: Author) -> None:
    author.files["30-third.yaml"] = [plain("last")]
    author.files["20-second/nested.yaml"] = [plain("nested")]
    author.write()
    for built in pipeline.build(author.root, NOW)[1]:
        rows = built.package.rows
        order = [(row.note.fact.id, row.note.part) for row in rows]
        # A folder's own files come by name, then those of its subfolders; facts and parts as they stand.
        assert order == [
            ("alpha", ""),
            ("tea", ""),
            ("beta", ""),
            ("teas", "price"),
            ("teas", "taste"),
            ("teas", "smell"),
            ("gamma", ""),
            ("drinks", ""),
            ("stack", "one"),
            ("stack", "two"),
            ("stack", "three"),
            ("last", ""),
            ("nested", ""),
        ]
        assert [row.note.position for row in rows] == list(range(1, len(rows) + 1))
        assert all(earlier.id < later.id for earlier, later in pairwise(rows))


def test_a_fact_put_first_comes_first_though_its_note_id_is_the_newest(author: Author) -> None:
    before = author.build()
    author.files["10-first.yaml"].insert(0, plain("zero"))
    author.write()
    for built in pipeline.build(author.root, NOW + 1000)[1]:
        first = built.package.rows[0]
        assert (first.note.fact.id, first.note.position) == ("zero", 1)
        assert first.id > max(id_ for id_, _ in before.values())


def test_no_two_notes_of_a_deck_share_a_note_id_in_any_language_or_build(author: Author) -> None:
    author.build()
    for number in range(3):
        author.files["10-first.yaml"].insert(0, plain(f"new-{number}"))
        ids = [id_ for id_, _ in author.build(NOW).values()]
        assert len(ids) == len(set(ids))


def test_the_author_of_this_file_writes_what_is_meant(author: Author) -> None:
    # Guards the fixture: two languages, all four kinds with parts, no card twice.
    cards = author.cards()
    assert len(cards) == 2 * (1 + 3 + 2 + 9 + 1 + 3 + 6)
    files = deepcopy(author.files)
    author.check()
    assert author.files == files
