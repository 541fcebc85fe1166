"""What a learner has after one release and the next, played on real Anki, in each version that the matrix names.

`learner/stories.py` holds the rows: what the author changes, and what that is to bring. `learner/versions.py` holds the
versions, and how their importers differ. Each Anki plays all stories in one process of its own, in an environment that
is made for it once, and the tests read what it tells.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from anki_judge import ALL_IS_WELL
from learner import driver
from learner.author import DAY, START, Author
from learner.stories import REFUSED, ROWS, told
from learner.story import Brought, Story
from learner.versions import PLAYED, Anki, python_of


@dataclass(frozen=True)
class Import:
    """One import: what it was to bring, what the learner had before and has after it, and what Anki said."""

    brought: Brought
    before: dict
    after: dict
    log: dict[str, int]
    anki: Anki

    @property
    def names(self) -> dict[str, str]:
        """What tests call a note, by guid."""
        return {guid: name for name, guid in self.brought.released.notes.items()}

    @property
    def rows(self) -> dict:
        return {row.note.guid: row for row in self.brought.released.package.rows}

    def of(self, names: frozenset[str]) -> set[str]:
        return {self.brought.released.notes[name] for name in names}


@dataclass(frozen=True)
class Played:
    """A story as it went in one Anki."""

    imports: list[Import]
    check: str


@pytest.fixture(scope="session")
def stories(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Story]:
    root = tmp_path_factory.mktemp("stories")
    return {name: told(name, root / name) for name in ROWS}


@pytest.fixture(scope="session")
def all_played(stories: dict[str, Story], tmp_path_factory: pytest.TempPathFactory) -> Mapping[tuple[str, str], Played]:
    folder = tmp_path_factory.mktemp("played")
    batch = folder / "stories.json"
    batch.write_text(json.dumps({name: story.steps for name, story in stories.items()}), encoding="utf-8")
    running = {}
    for anki in PLAYED:
        command = [str(python_of(anki)), driver.__file__, str(batch), str(folder / f"{anki}.json")]
        running[anki] = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    # All are waited for before one may fail the tests.
    said = {anki: process.communicate()[1] for anki, process in running.items()}
    found = {}
    for anki, process in running.items():
        assert process.returncode == 0, f"{anki}: {said[anki]}"
        results = json.loads((folder / f"{anki}.json").read_text(encoding="utf-8"))
        for name, story in stories.items():
            pairs = zip(story.brought, results[name]["imports"], strict=True)
            imports = [
                Import(brought.on(anki), told_of["before"], told_of["after"], told_of["log"], anki)
                for brought, told_of in pairs
            ]
            found[name, anki.version] = Played(imports, results[name]["check"])
    return found


@pytest.fixture
def played(row: str, anki: Anki, all_played: Mapping[tuple[str, str], Played]) -> Played:
    return all_played[row, anki.version]


def for_each(test: Callable[..., None]) -> Callable[..., None]:
    """Run a test for each row in each Anki."""
    by_row = pytest.mark.parametrize("row", ROWS)
    return pytest.mark.parametrize("anki", PLAYED, ids=str)(by_row(test))


@for_each
def test_every_card_keeps_its_reviews_place_flag_and_suspension(played: Played) -> None:
    for it in played.imports:
        kept = {key: it.after["cards"].get(key) for key in it.before["cards"]}
        assert kept == it.before["cards"], it.brought.day
        assert it.after["reviews"] == it.before["reviews"]


@for_each
def test_there_is_one_note_of_each_that_was_ever_imported(played: Played) -> None:
    for it in played.imports:
        assert set(it.after["notes"]) == set(it.before["notes"]) | set(it.rows)
        assert [guid for guid, notes in it.after["notes"].items() if len(notes) != 1] == []


@for_each
def test_new_and_changed_notes_are_as_the_author_wrote_them(played: Played) -> None:
    for it in played.imports:
        for name in it.brought.new | it.brought.changed:
            row = it.rows[it.brought.released.notes[name]]
            (note,) = it.after["notes"][row.note.guid]
            names = [field.name for field in row.note.note_type.fields]
            assert note["fields"] == dict(zip(names, row.note.fields, strict=True)), (it.brought.day, name)
            assert note["tags"] == sorted(row.note.tags), (it.brought.day, name)
            stamped = it.anki.stamps and name in it.brought.changed
            modified = START + it.brought.day * DAY if stamped else row.modified
            assert (note["modified"] - START) / DAY == (modified - START) / DAY, (it.brought.day, name)


@for_each
def test_all_other_notes_are_as_the_learner_left_them(played: Played) -> None:
    for it in played.imports:
        for guid, (note,) in it.before["notes"].items():
            name = it.names.get(guid, guid)
            if name in it.brought.new | it.brought.changed:
                continue
            (after,) = it.after["notes"][guid]
            if name in it.brought.moved:
                assert note["fields"].items() <= after["fields"].items(), (it.brought.day, name)
                assert after["tags"] == note["tags"]
                continue
            assert list(after["fields"].values()) == list(note["fields"].values()), (it.brought.day, name)
            assert [after[key] for key in ("id", "modified", "tags")] == [
                note[key] for key in ("id", "modified", "tags")
            ], (it.brought.day, name)


@for_each
def test_notes_hold_what_the_story_says(played: Played) -> None:
    for it in played.imports:
        for name, texts in it.brought.shows.items():
            (note,) = it.after["notes"][it.brought.released.notes[name]]
            for text in [texts] if isinstance(texts, str) else texts:
                assert any(text in field for field in note["fields"].values()), (it.brought.day, name)


@for_each
def test_cards_are_those_of_the_notes_and_empty_ones_are_where_something_was_removed(played: Played) -> None:
    for it in played.imports:
        ours = {
            f"{guid}/{ord_}": row.note.deck
            for guid, row in it.rows.items()
            for ord_ in row.note.ords
            if it.names[guid] not in it.brought.conflicting
        }
        assert set(it.after["cards"]) == set(it.before["cards"]) | set(ours), it.brought.day
        for key in set(ours) - set(it.before["cards"]):
            assert [card["deck"] for card in it.after["cards"][key]] == [ours[key]]
            assert [(card["type"], card["reps"]) for card in it.after["cards"][key]] == [(0, 0)]
        empty = {f"{it.names.get(key.partition('/')[0])}/{key.partition('/')[2]}" for key in it.after["empty"]}
        assert empty == it.brought.empty, it.brought.day


@for_each
def test_no_note_type_comes_twice_and_each_is_as_the_author_wrote_it(played: Played) -> None:
    for it in played.imports:
        ours = {str(row.note_type.id): row.note_type for row in it.brought.released.package.note_types}
        before, after = it.before["types"], it.after["types"]
        for id_, note_type in ours.items():
            if note_type.name in it.brought.held:
                assert after.get(id_) == before.get(id_)
                continue
            shown = after[id_]
            assert (shown["name"], shown["css"]) == (note_type.name, note_type.css), it.brought.day
            assert shown["fields"] == [field.name for field in note_type.fields]
            assert shown["cards"] == [[card.name, card.front, card.back] for card in note_type.templates]
        others = {before[id_]["name"] for id_ in before if id_ not in ours} - it.brought.dropped | it.brought.copies
        assert {after[id_]["name"] for id_ in after if id_ not in ours} == others, it.brought.day


@for_each
def test_anki_says_what_happened_and_wants_no_full_synchronisation(played: Played) -> None:
    for it in played.imports:
        brought = it.brought
        told_of = {
            "new": len(brought.new),
            "updated": len(brought.changed),
            "conflicting": len(brought.conflicting),
            "other": 0,
        }
        told_of["duplicate"] = len(it.rows) - sum(told_of.values())
        assert it.log == told_of, brought.day
        assert (it.after["schema"] != it.before["schema"]) == brought.full_sync, brought.day


@for_each
def test_check_database_finds_nothing_to_mend(played: Played) -> None:
    assert played.check == ALL_IS_WELL


@pytest.mark.parametrize("change", REFUSED)
def test_a_change_that_would_cost_learners_something_is_refused(change: str, tmp_path: Path) -> None:
    author = Author(tmp_path)
    author.release("1.0", 0)
    edit, rule = REFUSED[change]
    edit(author)
    assert author.refused(10) == [rule]
