"""A deck made elsewhere is taken over, and real Anki judges what its learners keep."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import anki_judge
import genanki
import pytest
import yaml
from anki.collection import Collection, ExportAnkiPackageOptions, ImportAnkiPackageRequest
from msgspec.structs import replace

from flashgen import pipeline
from flashgen.adopt.gaps import gap_texts
from flashgen.commands import adopt
from flashgen.commands.findings import Findings
from flashgen.errors import FlashgenError, LockError
from flashgen.pack.adopted import Adopted
from flashgen.pack.lock import Lock, NoteEntry
from flashgen.pack.lockdump import dump
from flashgen.pack.lockfile import read_lock

DAY = 86_400
# Anki's clock cannot be set, so the old deck and our builds lie in its past.
NOW = int(time.time())
OLD, FIRST, LATER = NOW - 30 * DAY, NOW - 20 * DAY, NOW - 10 * DAY
CARD_1 = ("Card 1", "{{Front}}", "{{FrontSide}}{{Back}}")
CARD_2 = ("Card 2", "{{Back}}", "{{FrontSide}}{{Front}}")
CLOZE = ("Cloze", "{{cloze:Items}}", "{{cloze:Items}}")


class Author:
    """A project with one deck, and the old package of the same deck."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.lock = root / "cards/deck/deck.lock.jsonl"
        self.old = root / "old.apkg"
        self.header: dict[str, Any] = {"kind": "basic"}
        self.facts: list[dict[str, Any]] = [
            {"id": "france", "front": "Capital of *France*?", "back": "Paris!"},
            {"id": "korea", "front": "Capital of Korea?", "back": "Seoul!"},
            {"id": "japan", "front": "Capital of Japan?", "back": "Tokyo!"},
        ]
        self.own_kind()

    def own_kind(self, fields: Iterable[str] = ("Front", "Back")) -> None:
        """A kind `old` of the shape that the old deck has."""
        folder = self.root / "templates/old"
        (folder / "labels").mkdir(parents=True, exist_ok=True)
        facts = {name.lower(): {"type": "markdown", "about": name} for name in fields}
        kind = {"about": "As it was.", "facts": facts, "fields": {name: name.lower() for name in fields}}
        text = yaml.safe_dump({**kind, "cards": ["ask"]}, sort_keys=False)
        (folder / "kind.yaml").write_text(text, encoding="utf-8")
        first, second = (name.lower() for name in list(fields)[:2])
        (folder / "ask.html.j2").write_text(
            '{% extends "_layout/card.html.j2" %}\n'
            f"{{% block prompt %}}{{{{ {first} }}}}{{% endblock %}}\n"
            f"{{% block answer %}}{{{{ {second} }}}}{{% endblock %}}\n",
            encoding="utf-8",
        )
        (folder / "labels/en.yaml").write_text("title: Question\ncards: {ask: Ask}\n", encoding="utf-8")

    def write(self) -> None:
        folder = self.root / "cards/deck"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "deck.yaml").write_text("uid: adopting-1\nname: Capitals\n", encoding="utf-8")
        text = yaml.safe_dump({**self.header, "facts": self.facts}, allow_unicode=True, sort_keys=False)
        (folder / "facts.yaml").write_text(text, encoding="utf-8")

    def adopt(self, by: str | None = "Front", table: Path | None = None, *, dry: bool = False) -> int:
        self.write()
        return adopt.run(self.root, self.old, None, None, by, table, Findings(), dry=dry)

    def build(self, now: int = FIRST) -> Path:
        self.write()
        report, built = pipeline.build(self.root, now)
        assert not report.failed, list(report)
        return built[0].file


@pytest.fixture
def author(tmp_path: Path) -> Author:
    return Author(tmp_path)


@pytest.fixture
def learner(tmp_path: Path) -> Iterator[Collection]:
    with anki_judge.new_collection(tmp_path) as collection:
        yield collection


def old_deck(
    file: Path,
    notes: Iterable[tuple[str, list[str]]] = (
        ("g1", ["Capital of <b>France</b>?", "Paris"]),
        ("g 2", ["Capital of&nbsp;Korea?", "Seoul"]),
    ),
    cards: Iterable[tuple[str, str, str]] = (CARD_1,),
    fields: Iterable[str] = ("Front", "Back"),
    *,
    model: int = 1_607_392_319,
    cloze: bool = False,
    sort: int = 0,
    name: str = "Old kind",
) -> Path:
    kind = genanki.Model(
        model,
        name,
        fields=[{"name": field} for field in fields],
        templates=[{"name": said, "qfmt": front, "afmt": back} for said, front, back in cards],
        model_type=genanki.Model.CLOZE if cloze else genanki.Model.FRONT_BACK,
        sort_field_index=sort,
    )
    deck = genanki.Deck(2_059_400_110, "Capitals")
    for guid, values in notes:
        deck.add_note(genanki.Note(kind, values, guid=guid))
    genanki.Package(deck).write_to_file(file, timestamp=OLD)
    return file


def bring(collection: Collection, package: Path, *, merge: bool = False, always: bool = False) -> dict[str, int]:
    """Import, with the options named ticked and all others as they are by default."""
    options = collection._backend.get_import_anki_package_presets()
    options.merge_notetypes = merge
    options.update_notes = 1 if always else 0
    log = collection.import_anki_package(ImportAnkiPackageRequest(package_path=str(package), options=options)).log
    collection.models._clear_cache()
    return {
        field.name: len(value)
        for field, value in log.ListFields()
        if field.name not in ("dupe_resolution", "found_notes")
    }


def study(collection: Collection) -> None:
    """Give every card reviews of its own."""
    for count, id_ in enumerate(collection.db.list("select id from cards order by id"), 3):
        card = collection.get_card(id_)
        card.type = card.queue = 2
        card.ivl, card.reps = 10 * count, count
        collection.update_card(card)


def reviews(collection: Collection) -> dict[tuple[str, int], int]:
    found = collection.db.all("select n.guid, c.ord, c.reps from cards c join notes n on n.id = c.nid")
    return {(guid, ord_): reps for guid, ord_, reps in found}


def texts(collection: Collection) -> dict[str, list[str]]:
    return {guid: fields.split("\x1f") for guid, fields in collection.db.all("select guid, flds from notes")}


def answers(collection: Collection) -> dict[str, str]:
    return {guid: fields[1] for guid, fields in texts(collection).items()}


# --- The note type keeps its id


@pytest.mark.parametrize("source", ["genanki", "Anki"])
def test_a_kind_of_the_old_shape_is_taken_by_a_plain_import(source: str, author: Author, tmp_path: Path) -> None:
    if source == "Anki":
        _made_in_anki(author.old, tmp_path)
    else:
        old_deck(author.old)
    author.header["kind"] = "old"
    assert author.adopt() == 0
    package = author.build()
    with anki_judge.new_collection(tmp_path) as learner:
        bring(learner, author.old)
        study(learner)
        before, places = reviews(learner), anki_judge.card_place(learner)
        (model,) = set(learner.db.list("select mid from notes"))
        assert bring(learner, package) == {"new": 1, "updated": 2}
        after = reviews(learner)
        assert {card: after[card] for card in before} == before
        assert {card: place for card, place in anki_judge.card_place(learner).items() if card in places} == places
        assert set(learner.db.list("select mid from notes")) == {model}
        assert sorted(answers(learner).values()) == ["Paris!", "Seoul!", "Tokyo!"]
        assert learner.card_count() == 3
        # And so it goes on.
        author.facts[0]["back"] = "Paris, since 987"
        assert bring(learner, author.build(LATER)) == {"updated": 1, "duplicate": 2}
        assert {card: reviews(learner)[card] for card in before} == before
        assert "Paris, since 987" in answers(learner).values()


def _made_in_anki(file: Path, folder: Path) -> None:
    """A package as Anki itself writes it, with ids on fields and card templates."""
    with anki_judge.new_collection(folder) as collection:
        basic = collection.models.by_name("Basic")
        assert basic is not None
        deck = collection.decks.id("Capitals")
        assert deck is not None
        for front, back in (("Capital of France?", "Paris"), ("Capital of Korea?", "Seoul")):
            note = collection.new_note(basic)
            note.fields = [front, back]
            collection.add_note(note, deck)
        collection.db.execute("update notes set mod = ?", OLD)
        collection.db.execute("update notetypes set mtime_secs = ?", OLD)
        options = ExportAnkiPackageOptions(with_scheduling=False, with_media=False, legacy=True)
        collection.export_anki_package(out_path=str(file), options=options, limit=None)


def test_a_note_that_stays_the_same_keeps_what_its_learner_did_to_it(author: Author, learner: Collection) -> None:
    old_deck(author.old, [("g1", ["Capital of France?", "Paris"]), ("g2", ["Capital of Korea?", "Seoul"])])
    author.header["kind"] = "old"
    author.facts = [
        {"id": "france", "front": "Capital of France?", "back": "Paris"},
        {"id": "korea", "front": "Capital of Korea?", "back": "Seoul!"},
    ]
    author.adopt()
    bring(learner, author.old)
    for guid in ("g1", "g2"):
        note = learner.get_note(learner.db.scalar("select id from notes where guid = ?", guid))
        note["Back"] += " (mine)"
        learner.update_note(note)
        learner.db.execute("update notes set mod = ? where guid = ?", OLD + DAY, guid)
    bring(learner, author.build())
    assert answers(learner) == {"g1": "Paris (mine)", "g2": "Seoul!"}


@pytest.mark.parametrize("source", ["genanki", "Anki"])
def test_a_later_revision_of_the_kind_needs_one_merge(source: str, author: Author, tmp_path: Path) -> None:
    if source == "Anki":
        _made_in_anki(author.old, tmp_path)
    else:
        old_deck(author.old)
    author.header["kind"] = "old"
    author.adopt()
    with anki_judge.new_collection(tmp_path) as learner:
        bring(learner, author.old)
        bring(learner, author.build())
        study(learner)
        before = reviews(learner)
        author.own_kind(("Front", "Back", "Why"))
        kind = author.root / "templates/old/kind.yaml"
        kind.write_text("revision: 2\n" + kind.read_text(encoding="utf-8"), encoding="utf-8")
        author.facts[0]["why"] = "It has been since 987."
        assert bring(learner, author.build(LATER), merge=True) == {"updated": 1, "duplicate": 2}
        assert reviews(learner) == before
        (note_type,) = {learner.db.scalar("select mid from notes")}
        names = [field["name"] for field in learner.models.get(note_type)["flds"]]
        assert names == ["Front", "Back", "Why", "More"]
        assert "It has been since 987." in "".join(map("".join, texts(learner).values()))
        assert bring(learner, author.build(LATER)) == {"duplicate": 3}


def test_a_release_spares_what_stays_the_same(author: Author, learner: Collection) -> None:
    old_deck(author.old, [("g1", ["Capital of France?", "Paris"]), ("g2", ["Capital of Korea?", "Seoul"])])
    author.header["kind"] = "old"
    author.facts[0] = {"id": "france", "front": "Capital of France?", "back": "Paris"}
    author.adopt()
    text = "uid: adopting-1\nname: Capitals\nversion: '0.9'\nlicence: CC0-1.0\n"
    (author.root / "cards/deck/deck.yaml").write_text(text, encoding="utf-8")
    bring(learner, author.old)
    note = learner.get_note(learner.db.scalar("select id from notes where guid = 'g1'"))
    note["Back"] += " (mine)"
    learner.update_note(note)
    learner.db.execute("update notes set mod = ?", OLD + DAY)
    command = [sys.executable, "-m", "flashgen", "-C", str(author.root), "release", "1.0"]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(FIRST)}
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    assert bring(learner, author.root / "dist/deck.apkg") == {"new": 1, "updated": 1, "duplicate": 1}
    assert sorted(answers(learner).values()) == ["Paris (mine)", "Seoul!", "Tokyo!"]


# --- The note type is ours, and learners merge once


def test_the_release_of_what_was_taken_over_tells_learners_to_merge(author: Author) -> None:
    old_deck(author.old)
    assert author.adopt() == 0
    text = "uid: adopting-1\nname: Capitals\nversion: '0.9'\nlicence: CC0-1.0\n"
    (author.root / "cards/deck/deck.yaml").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "flashgen", "-C", str(author.root), "release", "1.0"]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(FIRST)}
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    assert "tick *Merge note types* once" in told
    assert "The first release" not in told


def test_a_larger_kind_is_taken_by_one_merge(author: Author, learner: Collection, capsys: Any) -> None:
    old_deck(author.old, cards=(CARD_1, CARD_2))
    author.facts[1]["reverse"] = "true"
    assert author.adopt() == 0
    out = capsys.readouterr()
    assert "note type “Old kind” → “Capitals – Question”, 2 notes: needs “Merge note types” once" in out.out
    assert "  card `Card 2` goes on as `backward`" in out.out
    assert "note: 1 notes have no card `Card 2` any more; learners find it under Tools ▸ Empty Cards" in out.out
    assert "tick “Merge note types”" in out.err
    package = author.build()
    bring(learner, author.old)
    study(learner)
    before = reviews(learner)
    assert bring(learner, package, merge=True) == {"new": 1, "updated": 2}
    after = reviews(learner)
    assert {card: after[card] for card in before} == before
    assert after.keys() - before.keys() == {(guid, 0) for guid in texts(learner) if guid not in ("g1", "g 2")}
    assert sorted(answers(learner).values()) == ["Paris!", "Seoul!", "Tokyo!"]
    # Their note type is as ours is, so all that comes later needs no tick.
    author.facts[0]["back"] = "Paris, since 987"
    assert bring(learner, author.build(LATER)) == {"updated": 1, "duplicate": 2}
    assert {card: reviews(learner)[card] for card in before} == before
    assert answers(learner)["g1"] == "Paris, since 987"


def test_who_forgets_to_merge_loses_nothing_and_gets_all_of_it_later(author: Author, learner: Collection) -> None:
    author.facts[2]["source"] = "An atlas"
    old_deck(author.old)
    author.adopt()
    package = author.build()
    bring(learner, author.old)
    study(learner)
    before = reviews(learner)
    assert bring(learner, package) == {"new": 1, "conflicting": 2}
    assert {card: reviews(learner)[card] for card in before} == before
    assert answers(learner)["g1"] == "Paris"
    bring(learner, package, merge=True)
    assert answers(learner)["g1"] == "Paris!"
    new = next(guid for guid in texts(learner) if guid not in ("g1", "g 2"))
    assert "An atlas" not in texts(learner)[new], "the merge emptied what the old deck had no field for"
    bring(learner, package, merge=True, always=True)
    assert "An atlas" in texts(learner)[new]
    assert {card: reviews(learner)[card] for card in before} == before
    assert bring(learner, package) == {"duplicate": 3}


@pytest.mark.parametrize("change", ["sort field", "order of fields", "another card"])
def test_what_a_plain_import_would_not_take_needs_the_merge(
    change: str, author: Author, learner: Collection, capsys: Any
) -> None:
    author.header["kind"] = "old"
    if change == "sort field":
        old_deck(author.old, sort=1)
    elif change == "order of fields":
        old_deck(author.old, [("g1", ["Paris", "Capital of France?"])], fields=("Back", "Front"))
    else:
        author.header["kind"] = "basic"
        old_deck(author.old)
    author.adopt()
    assert "needs “Merge note types” once" in capsys.readouterr().out
    bring(learner, author.old)
    study(learner)
    before = reviews(learner)
    assert bring(learner, author.build(), merge=True)["updated"] == len(before)
    assert {card: reviews(learner)[card] for card in before} == before
    assert texts(learner)["g1"][:2] == ["Capital of <em>France</em>?", "Paris!"]
    assert bring(learner, author.build()) == {"duplicate": 3}


def test_two_old_note_types_may_become_one(author: Author, learner: Collection, tmp_path: Path) -> None:
    author.header["kind"] = "old"
    old_deck(author.old)
    other = old_deck(tmp_path / "b.apkg", [("g3", ["Capital of Japan?", "Tokyo"])], model=1_700_000_000, name="Other")
    assert author.adopt() == 0
    author.old = other
    assert author.adopt() == 0
    for package in (tmp_path / "old.apkg", other):
        bring(learner, package)
    study(learner)
    before = reviews(learner)
    assert bring(learner, author.build(), merge=True) == {"updated": 3}
    assert reviews(learner) == before
    assert set(learner.db.list("select mid from notes")) == {1_607_392_319}


def test_two_decks_that_shared_a_note_type_both_keep_their_reviews(author: Author, learner: Collection) -> None:
    author.header["kind"] = "old"
    old_deck(author.old)
    assert author.adopt() == 0
    other = old_deck(author.root / "b.apkg", [("g3", ["Capital of Peru?", "Lima"])])
    folder = author.root / "cards/other"
    folder.mkdir()
    (folder / "deck.yaml").write_text("uid: adopting-2\nname: More capitals\n", encoding="utf-8")
    text = "kind: old\nfacts:\n  - {id: peru, front: Capital of Peru?, back: Lima!}\n"
    (folder / "facts.yaml").write_text(text, encoding="utf-8")
    pipeline.build(author.root, FIRST)
    assert adopt.run(author.root, other, "other", None, "Front", None, Findings(), dry=False) == 0
    for package in (author.old, other):
        bring(learner, package)
    study(learner)
    before = reviews(learner)
    _, built = pipeline.build(author.root, FIRST)
    assert bring(learner, built[0].file) == {"new": 1, "updated": 2}
    assert bring(learner, built[1].file) == {"conflicting": 1}
    assert bring(learner, built[1].file, merge=True) == {"updated": 1}
    assert {card: reviews(learner)[card] for card in before} == before
    assert len(reviews(learner)) == len(before) + 1
    assert sorted(answers(learner).values()) == ["Lima!", "Paris!", "Seoul!", "Tokyo!"]
    for entry in built:
        assert set(bring(learner, entry.file)) == {"duplicate"}


def test_a_note_type_as_it_was_lacks_more_until_a_note_fills_it(author: Author, learner: Collection) -> None:
    author.header["kind"] = "old"
    old_deck(author.old)
    author.adopt()
    bring(learner, author.old)
    bring(learner, author.build())
    (note_type,) = anki_judge.note_types(learner).values() or [learner.models.get(1_607_392_319)]
    assert [field["name"] for field in note_type["flds"]] == ["Front", "Back"]
    assert "More" not in note_type["tmpls"][0]["afmt"]
    assert learner.fix_integrity() == (anki_judge.ALL_IS_WELL, True)
    kind = author.root / "templates/old/kind.yaml"
    text = kind.read_text(encoding="utf-8").replace("fields:\n", "fields:\n  More: source\n")
    kind.write_text(text, encoding="utf-8")
    author.facts[0]["source"] = "An atlas"
    author.write()
    _, built = pipeline.build(author.root, LATER)
    assert [field.name for field in built[0].package.note_types[0].note_type.fields] == ["Front", "Back", "More"]


def test_one_old_deck_is_not_taken_over_twice(author: Author, capsys: Any) -> None:
    author.write()
    old_deck(author.old)
    text = "uid: adopting-1\nname: {ko: 수도, en: Capitals}\nlanguages: [ko, en]\n"
    (author.root / "cards/deck/deck.yaml").write_text(text, encoding="utf-8")
    facts = author.root / "cards/deck/facts.yaml"
    facts.write_text(
        "kind: basic\nfacts:\n  - {id: fr, front: Capital of France?, back: {ko: 파리, en: Paris}}\n", encoding="utf-8"
    )
    for language, code in (("en", 0), ("ko", 1)):
        assert adopt.run(author.root, author.old, None, language, "Front", None, Findings(), dry=False) == code
    assert "refused: the old note of `basic/fr` is `basic/fr` already" in capsys.readouterr().out


# --- What is refused


def test_a_kind_without_the_old_fields_is_refused_with_its_cure(author: Author, capsys: Any) -> None:
    old_deck(author.old, [("g1", ["Capital of France?", "Paris", "a note"])], fields=("Front", "Back", "Remarks"))
    assert author.adopt() == 1
    assert not author.lock.exists()
    out = capsys.readouterr()
    assert out.out.endswith(
        "note type “Old kind” → “Capitals – Question”, 1 note: refused, ours has no field like its `Remarks`\n"
        "  hint: let `fields` in the kind.yaml of `basic` name `Front`, `Back`, `Remarks`\n"
    )
    assert "Nothing was written: no note of the old deck could be taken over." in out.err


def test_notes_without_clozes_never_become_clozes(author: Author, capsys: Any) -> None:
    old_deck(author.old, [("g1", ["Paris lies on the Seine.", ""])])
    author.facts = [{"id": "rivers", "kind": "cloze", "text": "Paris lies on the {{c1::Seine}}."}]
    assert author.adopt() == 1
    assert "it has no clozes, ours has some, and Anki turns no note of one into the other" in capsys.readouterr().out


def test_more_old_cards_than_ours_are_refused(author: Author, capsys: Any) -> None:
    author.header["kind"] = "old"
    old_deck(author.old, cards=(CARD_1, CARD_2))
    assert author.adopt() == 1
    assert "refused, it has 2 cards, ours has 1\n  hint: give the kind `old` as many `cards`" in capsys.readouterr().out


def test_a_fact_that_was_released_stays_what_it_is(author: Author, capsys: Any) -> None:
    author.build()
    lines = [json.loads(line) for line in author.lock.read_text(encoding="utf-8").splitlines()]
    for line in lines:
        if line.get("fact") == "basic/france":
            line["released"] = [line["hash"], line["modified"]]
    author.lock.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    old_deck(author.old)
    assert author.adopt() == 0
    out = capsys.readouterr().out
    assert "refused: `basic/france` was released as a note of its own, so learners have it beside the old one" in out
    lock = read_lock(author.lock, "lock", "adopting-1", "")
    assert lock.adopted.guids == {("en", "basic/korea"): "g 2"}


# --- Cloze numbers


def test_gaps_keep_the_numbers_that_learners_know(author: Author, learner: Collection, capsys: Any) -> None:
    items = "{{c3::Seoul}}<br>{{c1::<b>Paris</b>::where?}}<br>{{c2::Rome}}"
    old_deck(author.old, [("g1", ["Capitals", items])], [CLOZE], ("Title", "Items"), cloze=True)
    listed = [{"id": name.lower(), "text": name} for name in ("Berlin", "Paris", "Seoul")]
    author.facts = [{"id": "capitals", "kind": "list", "title": "Capitals", "items": listed}]
    author.build()  # It numbers the gaps as they stand; nobody has them yet.
    assert author.adopt("Title") == 0
    told = "note: `capitals`: no gap says what the old gap 2 says (“Rome”); its card stays empty"
    assert told in capsys.readouterr().out
    package = author.build()
    bring(learner, author.old)
    study(learner)
    before = reviews(learner)
    assert bring(learner, package, merge=True) == {"updated": 1}
    after = reviews(learner)
    assert {card: after[card] for card in before} == before
    gaps = gap_texts(texts(learner)["g1"])
    assert gaps == {1: "Paris", 3: "Seoul", 4: "Berlin"}
    # Another item never gets the number of one that is gone.
    listed.append({"id": "madrid", "text": "Madrid"})
    bring(learner, author.build(LATER))
    assert gap_texts(texts(learner)["g1"])[5] == "Madrid"


def test_numbers_of_an_author_are_compared(author: Author, capsys: Any) -> None:
    text = "{{c1::Paris}} lies on the {{c2::Seine}} in {{c3::France}}, and {{c4::Seoul}} does not."
    old_deck(
        author.old, [("g1", [text, ""])], [("Cloze", "{{cloze:Text}}", "{{cloze:Text}}")], ("Text", "Extra"), cloze=True
    )
    text = "{{c2::Paris}} lies on the {{c1::Seine}} in {{c3::FRANCE}}, and Seoul does not."
    author.facts = [{"id": "rivers", "kind": "cloze", "text": text}]
    table = author.root / "table.csv"
    table.write_text("g1,rivers\n", encoding="utf-8")
    assert author.adopt(None, table) == 0
    assert [line for line in capsys.readouterr().out.splitlines() if line.startswith("note: ")] == [
        "note: `rivers`: gap 1 was “Paris”, which is gap 2 now; number it `c1`, or its reviews go to another gap",
        "note: `rivers`: gap 2 was “Seine”, which is gap 1 now; number it `c2`, or its reviews go to another gap",
        "note: `rivers`: gap 3 was “France”, and is “FRANCE” now; its reviews stay with the number",
        "note: `rivers`: gap 4 was “Seoul”, and there is none now; its card stays empty",
    ]


def test_gaps_are_read_as_anki_reads_them() -> None:
    assert gap_texts(["{{c1::a {{c2::b::hint}} c::hint}} }} {{c3::d}}", "{{c3::e&amp;f}} {{c4::open"]) == {
        1: "a b c",
        2: "b",
        3: "d / e&f",
    }


# --- Matching


def test_what_matches_nothing_is_told_on_both_sides(author: Author, capsys: Any) -> None:
    old_deck(author.old, [("g1", ["Capital of France?", "Paris"]), ("g9", ["Capital of Peru?", "Lima"])])
    assert author.adopt() == 0
    out = capsys.readouterr()
    assert out.out.splitlines()[-5:-2] == [
        "no fact: Capital of Peru? (guid g9)",
        "no old note: basic/korea: Capital of Korea?",
        "no old note: basic/japan: Capital of Japan?",
    ]
    assert "1 of 2 notes of old.apkg become notes of “Capitals”." in out.err


@pytest.mark.parametrize("by", ["Back=Front", "Back=front"])
def test_a_field_of_ours_is_named_as_anki_or_as_the_source_names_it(by: str, author: Author) -> None:
    old_deck(author.old, [("g1", ["x", "  Capital of \n France?"])])
    assert author.adopt(by) == 0


def test_what_two_notes_say_is_left_to_a_table(author: Author, capsys: Any) -> None:
    old_deck(author.old, [("g1", ["Capital of France?", "Paris"]), ("g2", ["Capital of France?", "Paris!"])])
    assert author.adopt() == 1
    told = "refused: “Capital of France?”: 2 old notes and 1 of ours say this; tell with `--table` which is which"
    assert told in capsys.readouterr().out
    table = author.root / "table.yaml"
    table.write_text("g2: france\n", encoding="utf-8")
    assert author.adopt(None, table) == 0
    assert read_lock(author.lock, "lock", "adopting-1", "").adopted.guids == {("en", "basic/france"): "g2"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("table.csv", '\ufeffguid,fact\ng1,france\n\n"Capital of Korea?",korea\n'),
        ("table.tsv", "g1\tfrance\ng 2\tkorea\n"),
        ("table.yaml", "g1: france\nCapital of Korea?: korea\n"),
    ],
)
def test_tables_name_guids_or_texts(name: str, text: str, author: Author) -> None:
    old_deck(author.old)
    table = author.root / name
    table.write_text(text, encoding="utf-8")
    assert author.adopt(None, table) == 0
    guids = {("en", "basic/france"): "g1", ("en", "basic/korea"): "g 2"}
    assert read_lock(author.lock, "lock", "adopting-1", "").adopted.guids == guids
    bytes_ = author.lock.read_bytes()
    assert author.adopt(None, table) == 0
    assert author.lock.read_bytes() == bytes_


def test_parts_of_a_fact_are_notes_of_their_own(author: Author) -> None:
    layers = [{"id": f"l{n}", "layer": f"layer {n}", "subject": f"subject {n}"} for n in (1, 2)]
    layers[0]["formerly"] = ["first"]
    author.facts = [{"id": "stack", "kind": "layer", "stack": "Cups", "layers": layers}]
    card = ("Card 1", "{{Subject}}", "{{Layer}}")
    old_deck(author.old, [("g1", ["s1", "x"]), ("g2", ["s2", "y"])], [card], ("Subject", "Layer"))
    table = author.root / "table.csv"
    table.write_text("g1,stack/l1\ng2,stack/l2\n", encoding="utf-8")
    assert author.adopt(None, table) == 0
    guids = {("en", "layer/stack/first"): "g1", ("en", "layer/stack/l2"): "g2"}
    assert read_lock(author.lock, "lock", "adopting-1", "").adopted.guids == guids


def test_lines_that_name_nothing_are_all_told_and_nothing_is_written(author: Author, capsys: Any) -> None:
    old_deck(author.old)
    table = author.root / "table.csv"
    table.write_text("g7,france\ng1,frnace\ng1,france\ng1,korea\n", encoding="utf-8")
    assert author.adopt(None, table) == 1
    assert not author.lock.exists()
    assert capsys.readouterr().out.splitlines()[-3:] == [
        "error: table.csv:1: the old deck has no note `g7`",
        "error: table.csv:2: no note of this deck is `frnace`; did you mean `france`?",
        "error: table.csv:4: an earlier line has this note already",
    ]


# --- The lock


def test_a_dry_run_writes_nothing_and_a_second_run_changes_nothing(author: Author, capsys: Any) -> None:
    old_deck(author.old)
    assert author.adopt(dry=True) == 0
    assert "Nothing was written (--dry-run)." in capsys.readouterr().err
    assert not author.lock.exists()
    assert author.adopt() == 0
    bytes_ = author.lock.read_bytes()
    assert author.adopt() == 0
    assert author.lock.read_bytes() == bytes_
    assert "Nothing new" in capsys.readouterr().err
    package = author.build().read_bytes()
    bytes_ = author.lock.read_bytes()
    assert author.adopt() == 0
    assert author.lock.read_bytes() == bytes_
    assert author.build(LATER).read_bytes() == package


def test_a_renamed_fact_keeps_the_guid_it_took_over(author: Author) -> None:
    old_deck(author.old)
    author.adopt()
    author.facts[0] |= {"id": "paris", "formerly": ["france"], "front": "What is the capital of France?"}
    author.write()
    _, built = pipeline.build(author.root, FIRST)
    assert {row.note.fact.id: row.note.guid for row in built[0].package.rows}["paris"] == "g1"


def test_the_lock_keeps_any_guid_and_any_id(tmp_path: Path) -> None:
    guid = 'a"b\\c\u2028\x85\n한'
    lock = Lock("u")
    lock.adopted.guids["en", "basic/a"] = guid
    lock.notes[guid] = NoteEntry(guid, 1, "", 2, "basic/a", "A", "en")
    line = {
        "adopted-type": 5,
        "id": 7,
        "kind": "basic",
        "language": "en",
        "fields": [[1, -9]],
        "cards": [[2, None, "C"]],
    }
    lock.adopted.take(line)
    file = tmp_path / "lock"
    file.write_bytes(dump(lock) + dump(lock))
    again = read_lock(file, "lock", "u", "")
    assert replace(again, read_from="") == lock
    assert dump(again) == dump(lock)


@pytest.mark.parametrize(
    "line",
    [
        {"adopted": "basic/a", "language": "en", "guid": "h"},
        {"adopted-type": 5, "id": 8, "kind": "basic", "language": "en", "fields": [], "cards": []},
    ],
)
def test_two_branches_that_adopted_otherwise_are_told(line: dict[str, Any]) -> None:
    adopted = Adopted()
    adopted.take({"adopted": "basic/a", "language": "en", "guid": "g"})
    adopted.take({"adopted-type": 5, "id": 7, "kind": "basic", "language": "en", "fields": [], "cards": []})
    with pytest.raises(LockError, match="was taken over from two"):
        adopted.take(line)


# --- What cannot go on


def test_what_cannot_be_read_ends_with_a_message_and_exit_code_2(author: Author) -> None:
    author.write()
    old_deck(author.old)
    (author.root / "no.apkg").write_text("no", encoding="utf-8")
    (author.root / "latin.csv").write_bytes(b"g1,\xe9\n")
    (author.root / "wide.csv").write_text("g1,france,x\n", encoding="utf-8")
    (author.root / "list.yaml").write_text("- g1\n", encoding="utf-8")
    (author.root / "twice.yaml").write_text("g1: france\ng1: korea\n", encoding="utf-8")
    (author.root / "deep.yaml").write_text("g1: {a: b}\n", encoding="utf-8")
    (author.root / "t.md").write_text("g1\n", encoding="utf-8")
    cases = {
        ("old.apkg",): "which note is which fact?\n  hint: give either `--by FIELD` or `--table FILE`",
        ("old.apkg", "--by", "Front", "--table", "x.csv"): "which note is which fact?",
        ("none.apkg", "--by", "Front"): "cannot be read",
        ("no.apkg", "--by", "Front"): "is not an Anki package",
        ("old.apkg", "--by", "Frnt"): "no note of the old deck has a field `Frnt`\n  hint: did you mean `Front`?",
        ("old.apkg", "--by", "Front=Frnt"): "no kind of this deck has a field `Frnt`\n  hint: did you mean `Front`?",
        ("old.apkg", "--by", "Front", "--deck", "nodeck"): "nodeck",
        ("old.apkg", "--by", "Front", "--language", "xx"): "no deck has the language `xx`",
        ("old.apkg", "--table", "none.csv"): "none.csv cannot be read: No such file or directory",
        ("old.apkg", "--table", "latin.csv"): "latin.csv is not in UTF-8",
        ("old.apkg", "--table", "wide.csv"): "wide.csv:1: this line has 3 columns",
        ("old.apkg", "--table", "list.yaml"): "list.yaml is no table",
        ("old.apkg", "--table", "twice.yaml"): "twice.yaml:2: ",
        ("old.apkg", "--table", "deep.yaml"): "deep.yaml:1: this names no fact",
        ("old.apkg", "--table", "t.md"): "t.md is no table",
    }
    for arguments, message in cases.items():
        command = [sys.executable, "-m", "flashgen", "adopt", *arguments]
        result = subprocess.run(command, cwd=author.root, capture_output=True, text=True, check=False)
        assert result.returncode == 2, (arguments, result.stdout, result.stderr)
        assert message in result.stderr, (arguments, result.stderr)
        assert "Traceback" not in result.stderr
    assert not author.lock.exists()


def test_a_deck_of_two_languages_wants_one_named(author: Author) -> None:
    author.write()
    text = "uid: adopting-1\nname: {ko: 수도, en: Capitals}\nlanguages: [ko, en]\n"
    (author.root / "cards/deck/deck.yaml").write_text(text, encoding="utf-8")
    old_deck(author.old)
    with pytest.raises(FlashgenError, match="an old deck has one language"):
        adopt.run(author.root, author.old, None, None, "Front", None, Findings(), dry=False)
