"""The lock keeps what learners have through merges, crashes, losses and older formats; merges are git's own."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flashgen import pipeline, publish
from flashgen.errors import LockError, WriteError
from flashgen.identity import guid
from flashgen.pack.lock import Lock, NoteEntry, State
from flashgen.pack.lockdump import dump
from flashgen.pack.lockfile import read_lock
from flashgen.render import fields as field_rendering
from flashgen.render.markup import Html

NOW = 1_780_000_000
DAY = 86_400
ATTRIBUTES = Path(__file__).parent.parent / ".gitattributes"
Record = dict[str, Any]
Notes = dict[str, tuple[int, int]]


def basic(name: str, back: str = "back", **more: str) -> Record:
    return {"id": name, "kind": "basic", "front": f"What is {name}?", "back": back, **more}


def tea(*steps: str) -> Record:
    return {"id": "tea", "kind": "sequence", "title": "Tea", "steps": [{"id": s, "text": f"to {s}"} for s in steps]}


class Deck:
    """A project of one deck under git, a file a fact, so that only the lock is merged by lines."""

    def __init__(self, root: Path) -> None:
        self.root, self.folder = root, root / "cards/drinks"
        self.lock = self.folder / "deck.lock.jsonl"
        self.folder.mkdir(parents=True)
        self.settings("")
        (root / ".gitattributes").write_bytes(ATTRIBUTES.read_bytes())
        (root / ".gitignore").write_text("dist/\n", encoding="utf-8")

    def settings(self, more: str) -> None:
        (self.folder / "deck.yaml").write_text(f"uid: lock\nname: Drinks\nlicence: CC0-1.0\n{more}", encoding="utf-8")

    def put(self, *facts: Record) -> None:
        for fact in facts:
            file = self.folder / f"{fact['id']}.yaml"
            file.write_text(json.dumps({"facts": [fact]}, ensure_ascii=False), encoding="utf-8")

    def take_out(self, name: str) -> None:
        (self.folder / f"{name}.yaml").unlink()

    def build(self, now: int = NOW) -> Notes:
        report, built = pipeline.build(self.root, now)
        assert [finding.message for finding in report] == []
        return {row.note.fact.id: (row.id, row.modified) for entry in built for row in entry.package.rows}

    def locked(self, now: int = NOW, **only: list[str]) -> list[str]:
        report, _ = pipeline.build(self.root, now, locked=True, **only)
        return [finding.message for finding in report]

    def release(self, version: str, now: int) -> None:
        report, released = publish.release(self.root, version, now)
        assert [finding.message for finding in report] == []
        assert released is not None

    def lines(self) -> list[str]:
        return self.lock.read_text(encoding="utf-8").splitlines()

    def entries(self, key: str) -> dict[Any, Record]:
        return {entry[key]: entry for line in self.lines() if key in (entry := json.loads(line))}

    def files(self) -> dict[str, str]:
        files = [*self.root.glob("dist/*"), *self.root.glob("cards/*/*")]
        return {file.relative_to(self.root).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}

    def git(self, *arguments: str, code: int = 0) -> str:
        identity = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        who = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        done = subprocess.run(
            ["git", *who, *arguments],
            cwd=self.root, env={**os.environ, **identity}, capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    def commit(self) -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "a change")

    def start(self) -> None:
        self.git("init", "-q", "-b", "ours")
        self.commit()

    @contextmanager
    def on(self, branch: str) -> Iterator[None]:
        """Go on from where the branches part, and commit what is done there."""
        self.git("checkout", "-q", "-B", branch, *([] if branch == "theirs" else ["base"]))
        yield
        self.commit()

    def part(self) -> None:
        self.commit() if self.git("status", "--porcelain") else None
        self.git("tag", "base")
        self.git("checkout", "-q", "-b", "theirs")

    def merge(self) -> None:
        """Merge the other branch into this one; what both changed besides the lock is taken from this one."""
        self.git("checkout", "-q", "ours")
        self.git("merge", "-q", "-X", "ours", "-m", "merge", "theirs")


@pytest.fixture
def deck(tmp_path: Path) -> Deck:
    made = Deck(tmp_path / "project")
    made.put(basic("alpha"), tea("boil", "pour"))
    made.build()
    made.start()
    return made


# --- Merges, by git


def test_two_branches_that_added_facts(deck: Deck) -> None:
    before = deck.build()
    deck.part()
    with deck.on("theirs"):
        deck.put(basic("theirs"))
        theirs = deck.build(NOW + DAY)
    deck.git("checkout", "-q", "ours")
    deck.put(basic("ours"))
    ours = deck.build(NOW + 2 * DAY)
    deck.commit()
    deck.merge()
    assert deck.build(NOW + 3 * DAY) == {**before, "ours": ours["ours"], "theirs": theirs["theirs"]}
    assert deck.locked() == []


@pytest.mark.parametrize("release", [False, True])
def test_two_branches_that_changed_one_note(deck: Deck, release: bool) -> None:
    if release:
        deck.release("1.0", NOW + 1)
    deck.part()
    with deck.on("theirs"):
        deck.put(basic("alpha", "theirs"))
        deck.build(NOW + DAY)
    deck.git("checkout", "-q", "ours")
    deck.put(basic("alpha", "ours"))
    deck.build(NOW + 2 * DAY)
    deck.commit()
    deck.merge()
    assert len([line for line in deck.lines() if "alpha" in line]) == 2
    assert deck.build(NOW + 3 * DAY)["alpha"] == (NOW * 1000, NOW + 2 * DAY)
    # Theirs is in neither state that the lock keeps now.
    deck.put(basic("alpha", "theirs"))
    assert deck.build(NOW + 4 * DAY)["alpha"] == (NOW * 1000, NOW + 4 * DAY)


@pytest.mark.parametrize("kept", ["ours", "theirs"])
def test_one_branch_released_while_the_other_changed(deck: Deck, kept: str) -> None:
    deck.release("1.0", NOW + 1)
    deck.part()
    with deck.on("theirs"):
        deck.put(basic("alpha", "theirs"))
        deck.build(NOW + 3 * DAY)
    deck.git("checkout", "-q", "ours")
    deck.put(basic("alpha", "ours"))
    deck.release("1.1", NOW + 2 * DAY)
    deck.commit()
    deck.merge()
    deck.put(basic("alpha", kept))
    # What was released keeps its time, though the other branch built something later.
    time = NOW + 2 * DAY if kept == "ours" else NOW + 3 * DAY
    assert deck.build(NOW + 4 * DAY)["alpha"][1] == time
    deck.release("1.2", NOW + 5 * DAY)
    assert deck.build(NOW + 6 * DAY)["alpha"][1] == (time if kept == "ours" else NOW + 5 * DAY)


def test_both_branches_made_one_change_and_one_of_them_released_it(deck: Deck) -> None:
    deck.release("1.0", NOW + 1)
    deck.part()
    with deck.on("theirs"):
        deck.put(basic("alpha", "both"))
        deck.build(NOW + 3 * DAY)
    deck.git("checkout", "-q", "ours")
    deck.put(basic("alpha", "both"))
    deck.release("1.1", NOW + 2 * DAY)
    deck.commit()
    deck.merge()
    # Else it would come again, and take away what learners did to it since.
    assert deck.build(NOW + 4 * DAY)["alpha"][1] == NOW + 2 * DAY


@pytest.mark.parametrize("versions", [("1.1", "1.1"), ("1.1", "1.2"), ("1.2", "1.1")])
@pytest.mark.parametrize("text", ["ours", "theirs", "another"])
@pytest.mark.parametrize("first", [True, False], ids=["first release", "later release"])
def test_both_branches_released_one_note_in_different_states(
    deck: Deck, versions: tuple[str, str], text: str, first: bool
) -> None:
    if not first:
        deck.release("1.0", NOW + 1)
    deck.part()
    with deck.on("theirs"):
        deck.put(basic("alpha", "theirs"))
        deck.release(versions[1], NOW + 3 * DAY)
    deck.git("checkout", "-q", "ours")
    deck.put(basic("alpha", "ours"))
    deck.release(versions[0], NOW + 2 * DAY)
    deck.commit()
    deck.merge()
    with pytest.raises(LockError) as error:
        deck.build(NOW + 4 * DAY)
    when = "both times as 1.1" if versions == ("1.1", "1.1") else f"in {versions[0]} and in {versions[1]}"
    assert str(error.value) == (
        f"cards/drinks/deck.lock.jsonl: `basic/alpha` was released in two states on two branches, {when}"
    )
    assert error.value.hint == (
        "take back the lock and the deck.yaml of the branch that released last, and release once more"
    )
    # So the author does.
    deck.git("checkout", "-q", "theirs", "--", "cards/drinks/deck.lock.jsonl", "cards/drinks/deck.yaml")
    deck.put(basic("alpha", text))
    deck.build(NOW + 5 * DAY)
    deck.release("1.3", NOW + 6 * DAY)
    # Every learner gets it, whichever of both releases they have.
    time = deck.build(NOW + 7 * DAY)["alpha"][1]
    assert time == (NOW + 3 * DAY if text == "theirs" else NOW + 6 * DAY)


def test_both_branches_released_different_notes_and_all_goes_on(deck: Deck) -> None:
    deck.put(basic("beta"))
    deck.release("1.0", NOW + 1)
    deck.part()
    with deck.on("theirs"):
        deck.put(basic("beta", "theirs"))
        deck.release("1.1", NOW + DAY)
    deck.git("checkout", "-q", "ours")
    deck.put(basic("alpha", "ours"))
    deck.release("1.2", NOW + 2 * DAY)
    deck.commit()
    deck.merge()
    after = deck.build(NOW + 3 * DAY)
    assert {name: time for name, (_, time) in after.items()} == {
        "alpha": NOW + 2 * DAY,
        "beta": NOW + DAY,
        "tea": NOW + 1,
    }
    deck.put(basic("alpha", "third"))
    deck.release("1.3", NOW + 4 * DAY)
    assert deck.build()["beta"] == after["beta"]
    deck.commit()
    # That branches parted once does not make every later merge a quarrel.
    deck.git("tag", "-d", "base")
    deck.git("branch", "-q", "-D", "theirs")
    deck.part()
    with deck.on("theirs"):
        deck.put(basic("beta", "fourth"))
        deck.put(basic("alpha", "fourth"))
        deck.build(NOW + 5 * DAY)
    deck.git("checkout", "-q", "ours")
    deck.put(basic("beta", "fifth"))
    deck.put(basic("alpha", "fifth"))
    deck.release("1.4", NOW + 6 * DAY)
    deck.commit()
    deck.merge()
    assert {name: time for name, (_, time) in deck.build(NOW + 7 * DAY).items()} == {
        "alpha": NOW + 6 * DAY,
        "beta": NOW + 6 * DAY,
        "tea": NOW + 1,
    }


@pytest.mark.parametrize("released", [None, "ours", "theirs"])
def test_two_branches_that_added_a_step_each(deck: Deck, released: str | None) -> None:
    deck.release("1.0", NOW + 1)
    deck.part()
    for branch in ("theirs", "ours"):
        deck.git("checkout", "-q", branch)
        deck.put(tea("boil", branch, "pour"))
        deck.release("1.1", NOW + DAY) if branch == released else deck.build(NOW + DAY)
        deck.commit()
    deck.merge()
    deck.put(tea("boil", "ours", "theirs", "pour"))
    deck.build(NOW + 2 * DAY)
    numbers = {key.rpartition("/")[2]: entry["number"] for key, entry in deck.entries("gap").items()}
    later = {"ours": "theirs", "theirs": "ours", None: "theirs"}[released]
    first = {"ours": "ours", "theirs": "theirs", None: "ours"}[released]
    assert numbers == {"boil": 1, "pour": 2, first: 3, later: 4}
    assert deck.locked() == []


def test_steps_that_both_branches_released_with_one_number(deck: Deck) -> None:
    deck.release("1.0", NOW + 1)
    deck.part()
    for number, branch in enumerate(("theirs", "ours"), 1):
        deck.git("checkout", "-q", branch)
        deck.put(tea("boil", "pour", branch))
        deck.release("1.1", NOW + number * DAY)
        deck.commit()
    deck.merge()
    with pytest.raises(LockError, match=r"released in two states|released with one cloze number"):
        deck.build(NOW + 3 * DAY)
    deck.git("checkout", "-q", "ours~1", "--", "cards/drinks/deck.lock.jsonl", "cards/drinks/deck.yaml")
    deck.put(tea("boil", "pour", "ours", "theirs"))
    deck.build(NOW + 3 * DAY)
    assert deck.entries("gap")["sequence/tea//theirs"]["number"] == 4


@pytest.mark.parametrize("released", [None, "ours", "theirs"])
def test_two_branches_that_gave_different_notes_one_note_id(deck: Deck, released: str | None) -> None:
    deck.part()
    ids = {}
    for branch in ("theirs", "ours"):
        deck.git("checkout", "-q", branch)
        deck.put(basic(branch))
        deck.release("1.0", NOW + DAY) if branch == released else None
        ids[branch] = deck.build(NOW + DAY)[branch]
        deck.commit()
    assert ids["ours"] == ids["theirs"]
    deck.merge()
    after = deck.build(NOW + 2 * DAY)
    assert len({id_ for id_, _ in after.values()}) == 4
    # Both keep their guids and times; the one that learners have keeps its id too.
    assert {after["ours"][1], after["theirs"][1]} == {NOW + DAY}
    assert after[released or "ours"][0] in (ids["ours"][0], ids["ours"][0] + 1)
    if released is not None:
        assert after[released] == ids[released]
    assert deck.build(NOW + 3 * DAY) == after


def test_a_note_that_both_branches_added_keeps_the_note_id_that_learners_have(deck: Deck) -> None:
    deck.part()
    with deck.on("theirs"):
        deck.put(basic("same"))
        deck.build(NOW + DAY)
    deck.git("checkout", "-q", "ours")
    deck.put(basic("same"))
    deck.build(NOW + 2 * DAY)
    deck.release("1.0", NOW + 3 * DAY)
    deck.commit()
    deck.merge()
    assert deck.build(NOW + 4 * DAY)["same"] == ((NOW + 2 * DAY) * 1000, NOW + 3 * DAY)


KIND = "facts:\n  a: {{type: text, required: true}}\n{}fields:\n  A: a\n{}cards: [ask]\n"


def test_the_shape_of_a_note_type_is_that_of_the_release_though_the_other_branch_changed_it_later(deck: Deck) -> None:
    kind = deck.root / "templates/own"
    kind.mkdir(parents=True)
    (kind / "kind.yaml").write_text(KIND.format("", ""), encoding="utf-8")
    (kind / "ask.html.j2").write_text("{{ a }}{% if side == 'back' %}<hr id=answer> back{% endif %}", encoding="utf-8")
    (kind / "labels").mkdir()
    (kind / "labels/en.yaml").write_text("title: Own\ncards: {ask: Ask}\n", encoding="utf-8")
    deck.put({"id": "own", "kind": "own", "a": "A"})
    deck.build()
    deck.part()
    with deck.on("theirs"):
        (kind / "kind.yaml").write_text(KIND.format("  b: {type: text}\n", "  B: b\n"), encoding="utf-8")
        deck.build(NOW + 3 * DAY)
    deck.git("checkout", "-q", "ours")
    deck.release("1.0", NOW + DAY)
    deck.commit()
    deck.merge()
    report, _ = pipeline.build(deck.root, NOW + 4 * DAY)
    (finding,) = report
    assert finding.message == (
        "kind `own` was released and now has the new field `B`; "
        "Anki would skip every note of it that learners have"
    )  # fmt: skip


# --- Damage


HEADER = '{"flashgen":2,"uid":"lock"}'
NOTE = '{"note":"a","id":1,"hash":"x","modified":1,"fact":"basic/a","title":"A","language":"en"}'
RESTORE = "take the file back from git: learners' progress rests on it"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("", ": its first line, which says whose lock it is, is gone", RESTORE),
        (NOTE, ": its first line, which says whose lock it is, is gone", RESTORE),
        (f"{HEADER}\n{NOTE[:40]}\n", ":2: this line is damaged", RESTORE),
        (f'{HEADER}\n{{"gap":"a/b//c","number":0}}\n', ":2: this line is damaged", RESTORE),
        (f'{HEADER}\n{{"gap":"a/b//c","number":true}}\n', ":2: this line is damaged", RESTORE),
        (f'{HEADER}\n{{"strange":1}}\n', ":2: this line is damaged", RESTORE),
        (f'{HEADER}\n{NOTE[:-1]},"released":null}}\n', ":2: this line is damaged", RESTORE),
        (f"{HEADER}\n{'[' * 100_000}\n", ":2: this line is damaged", RESTORE),
        (f'{HEADER}\n{NOTE}\n{NOTE[:-1]},"x":{"[" * 100_000}\n', ":3: this line is damaged", RESTORE),
        (f"{NOTE}\n{NOTE[:40]}\n", ":2: this line is damaged", RESTORE),
        (
            f"{HEADER}\n<<<<<<< ours\n{NOTE}\n=======\n{NOTE}\n>>>>>>> theirs\n",
            ":2: this line is damaged",
            "settle the merge: keep the lines of both sides",
        ),
        (
            '{"flashgen":3,"uid":"lock"}\n',
            ":1: this lock was written by a newer flashgen",
            "install that version or a later one",
        ),
        (
            '{"flashgen":2,"uid":"other"}\n',
            ":1: this lock is of another deck, with uid other",
            "give deck.yaml back the `uid` it had; for a new deck, made from a copy, delete the lock",
        ),
        (
            f'{HEADER}\n{{"gap":"s/t//a","number":1,"released":true}}\n{{"gap":"s/t//b","number":1,"released":true}}\n',
            ": `s/t//b` and `s/t//a` were released with one cloze number",
            "take back the lock and the deck.yaml of the branch that released last, and release once more",
        ),
    ],
    ids=[
        "emptied", "no header", "cut line", "number 0", "number true", "unknown", "released null", "deep",
        "deep in a note", "note first", "conflict", "newer", "foreign", "one number",
    ],
)  # fmt: skip
def test_a_lock_that_cannot_be_trusted_stops_the_build_and_stays(
    deck: Deck, text: str, message: str, hint: str
) -> None:
    deck.lock.write_text(text, encoding="utf-8")
    before = deck.files()
    with pytest.raises(LockError) as error:
        deck.build(NOW + 1)
    assert (str(error.value), error.value.hint) == (f"cards/drinks/deck.lock.jsonl{message}", hint)
    assert deck.files() == before


@pytest.mark.parametrize(
    "data",
    [b"\xff\xfe", f'{HEADER}\n{NOTE[:-1]},"'.encode() + b'rele\xe1sed":["x",1]}\n'],
    ids=["all of it", "a name"],
)
def test_a_lock_that_is_no_text_stops_the_build(deck: Deck, data: bytes) -> None:
    deck.lock.write_bytes(data)
    with pytest.raises(LockError, match=r"cards/drinks/deck\.lock\.jsonl cannot be read"):
        deck.build()


def test_a_lock_lost_before_the_first_release_is_begun_anew(deck: Deck) -> None:
    deck.lock.unlink()
    assert set(deck.build(NOW + DAY).values()) == {((NOW + DAY) * 1000 + n, NOW + DAY) for n in range(2)}


def flashgen(root: Path, *arguments: str, now: int = NOW) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "flashgen", "-C", str(root), *arguments],
        env={**os.environ, "SOURCE_DATE_EPOCH": str(now)}, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    return done.returncode, done.stderr


@pytest.mark.parametrize("command", [["build"], ["check"], ["release", "1.1"]])
def test_a_lock_lost_after_a_release_stops_every_command(deck: Deck, command: list[str]) -> None:
    deck.release("1.0", NOW + 1)
    deck.lock.unlink()
    before = deck.files()
    code, told = flashgen(deck.root, *command)
    told = told.removesuffix(f"\n  hint: {RESTORE}\n")
    gone = "flashgen: cards/drinks/deck.lock.jsonl is gone, but deck.yaml says that 1.0 was released"
    assert (code, told) == (2, gone)
    assert deck.files() == before


def test_a_lock_from_before_the_last_release_stops_the_build(deck: Deck) -> None:
    deck.build()
    never = deck.lock.read_bytes()
    deck.release("1.0", NOW + 1)
    old = deck.lock.read_bytes()
    deck.put(basic("alpha", "later"))
    deck.release("1.1", NOW + DAY)
    for lock, known in ((never, "knows of no release"), (old, "knows no release later than 1.0")):
        deck.lock.write_bytes(lock)
        with pytest.raises(LockError) as error:
            deck.build(NOW + 2 * DAY)
        assert str(error.value) == f"cards/drinks/deck.lock.jsonl {known}, but deck.yaml says that 1.1 was released"


def test_a_name_with_a_line_break_of_unicode_does_not_damage_the_lock(deck: Deck) -> None:
    (deck.folder / "deck.yaml").write_text(
        'uid: lock\nname: "Dr\\u0085in\\u2028ks"\nlicence: CC0-1.0\n', encoding="utf-8"
    )
    deck.release("1.0", NOW + 1)
    assert deck.locked() == []


# --- Format 1


def test_a_lock_of_the_first_format_keeps_ids_times_and_numbers(deck: Deck) -> None:
    deck.put(tea("boil", "pour", "drink"))
    deck.build()
    notes, types = deck.entries("note"), deck.entries("type")
    lines = [
        '{"flashgen":1,"uid":"lock"}',
        '{"gap":"sequence/tea//boil","number":7}',
        '{"gap":"sequence/tea//drink","number":2}',
        '{"gap":"sequence/tea//pour","number":5}',
        *(
            f'{{"note":"{key}","id":{1000 + number},"hash":"{entry["hash"]}","modified":{50 + number},'
            f'"fact":"{entry["fact"]}"}}'
            for number, (key, entry) in enumerate(notes.items())
        ),
        *(
            f'{{"type":{key},"hash":"{entry["hash"]}","modified":{70 + number},"fact":"{entry["kind"]}/en"}}'
            for number, (key, entry) in enumerate(types.items())
        ),
    ]
    deck.lock.write_text("\n".join(lines) + "\n", encoding="utf-8")
    # The gaps' numbers stand in the note's source, so that it is another one now.
    built = deck.build(NOW + DAY)
    (alpha,) = [number for number, entry in enumerate(notes.values()) if entry["fact"] == "basic/alpha"]
    assert built["alpha"] == (1000 + alpha, 50 + alpha)
    assert built["tea"][0] == 1000 + (1 - alpha)
    numbers = {key: entry["number"] for key, entry in deck.entries("gap").items()}
    assert numbers == {"sequence/tea//boil": 7, "sequence/tea//drink": 2, "sequence/tea//pour": 5}
    assert json.loads(deck.lines()[0]) == {"flashgen": 2, "uid": "lock"}
    assert {entry["modified"] for entry in deck.entries("type").values()} == {70, 71}
    # What the first format did not say is there now, so that a note that is lost later is missed.
    after = deck.entries("note")
    assert {key: (entry["title"], entry["language"]) for key, entry in after.items()} == {
        key: (entry["title"], "en") for key, entry in notes.items()
    }
    kinds = deck.entries("type")
    assert {key: {**entry, "modified": 0} for key, entry in kinds.items()} == {
        key: {**entry, "modified": 0} for key, entry in types.items()
    }
    deck.release("1.0", NOW + 2 * DAY)
    deck.take_out("alpha")
    report, _ = pipeline.build(deck.root, NOW + 3 * DAY)
    assert [finding.message for finding in report] == [
        "learners have `alpha` (What is alpha?), and no fact makes it any more"
    ]


# --- Times


def test_reverting_a_change_before_a_release_restores_the_released_time(deck: Deck) -> None:
    deck.release("1.0", NOW + 1)
    before = deck.build(NOW + 2)
    deck.put(basic("alpha", "a try"))
    assert deck.build(NOW + DAY)["alpha"][1] == NOW + DAY
    deck.put(basic("alpha"))
    assert deck.build(NOW + 2 * DAY) == before
    deck.release("1.1", NOW + 3 * DAY)
    assert deck.build(NOW + 4 * DAY) == before


def test_a_changed_note_gets_a_later_time_though_the_clock_stands_or_goes_backwards(deck: Deck) -> None:
    deck.put(basic("alpha", "second"))
    assert deck.build(NOW)["alpha"] == (NOW * 1000, NOW + 1)
    deck.put(basic("alpha", "third"))
    assert deck.build(NOW - DAY)["alpha"] == (NOW * 1000, NOW + 2)
    deck.release("1.0", NOW - DAY)
    deck.put(basic("alpha", "fourth"))
    deck.release("1.1", NOW - DAY)
    assert deck.build()["alpha"] == (NOW * 1000, NOW + 3)


def test_formerly_keeps_guid_id_and_time(deck: Deck) -> None:
    deck.release("1.0", NOW + 1)
    before = deck.build()
    deck.take_out("alpha")
    deck.put({**basic("beta"), "front": "What is alpha?", "formerly": ["alpha"]})
    assert deck.build(NOW + DAY) == {"beta": before["alpha"], "tea": before["tea"]}
    assert deck.entries("note")[guid("lock", "en", "basic", "alpha")]["fact"] == "basic/beta"


def test_the_command_line_takes_its_time_from_source_date_epoch(deck: Deck) -> None:
    deck.put(basic("new"))
    assert flashgen(deck.root, "build", now=1_234_567_890)[0] == 0
    assert deck.entries("note")[guid("lock", "en", "basic", "new")]["id"] == 1_234_567_890_000
    assert flashgen(deck.root, "release", "1.0", now=1_900_000_000)[0] == 0
    assert {entry["released"][1] for entry in deck.entries("note").values()} == {1_900_000_000}


def test_a_newer_markdown_library_moves_no_notes_time(deck: Deck, monkeypatch: pytest.MonkeyPatch) -> None:
    before = deck.build()
    package = next(deck.root.glob("dist/*.apkg")).read_bytes()
    lock = deck.lock.read_bytes()
    makers = {
        type_: lambda text, make=make: Html(f"<i class=newer>{make(text).html}</i>")
        for type_, make in field_rendering._MAKERS.items()
    }
    monkeypatch.setattr(field_rendering, "_MAKERS", makers)
    assert deck.build(NOW + DAY) == before
    assert next(deck.root.glob("dist/*.apkg")).read_bytes() != package
    assert deck.lock.read_bytes() == lock


# --- For CI


def test_locked_builds_where_nothing_would_change(deck: Deck) -> None:
    for file in deck.root.glob("dist/*"):
        file.unlink()
    assert deck.locked(NOW + DAY) == []
    assert deck.locked(NOW + DAY, languages=["en"]) == []
    assert deck.locked(NOW + DAY, decks=["drinks"]) == []
    assert [file.name for file in deck.root.glob("dist/*")] == ["drinks.apkg"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("changed", "a build would write 1 line of the lock anew, the first for `basic/alpha`"),
        ("added", "a build would write 1 line of the lock anew, the first for `basic/beta`"),
        ("step", "a build would write 2 lines of the lock anew, the first for `sequence/tea/add`"),
        ("merged", "the lock has lines twice or in another order than a build would write"),
        ("lost", "a build would write 7 lines of the lock anew, the first for `sequence/tea/boil`"),
    ],
)
@pytest.mark.parametrize("only", [[], ["--deck", "drinks"], ["--language", "en"]], ids=["all", "deck", "language"])
def test_locked_fails_where_the_lock_would_change_and_writes_nothing(
    deck: Deck, change: str, message: str, only: list[str]
) -> None:
    if change == "changed":
        deck.put(basic("alpha", "changed"))
    elif change == "added":
        deck.put(basic("beta"))
    elif change == "step":
        deck.put(tea("boil", "pour", "add"))
    elif change == "lost":
        deck.lock.unlink()
    else:
        deck.lock.write_text("\n".join([*deck.lines(), deck.lines()[-1]]) + "\n", encoding="utf-8")
    before = deck.files()
    only_ = {"decks": ["drinks"]} if "--deck" in only else {"languages": ["en"]} if only else {}
    assert deck.locked(NOW + DAY, **only_) == [message]
    if not only:
        code, told = flashgen(deck.root, "build", "--locked", *only, now=NOW + DAY)
        assert (code, told) == (1, "Nothing was written; what stands in dist/ is as it was.\n")
    assert deck.files() == before


# --- Crashes, and parts of a project


@pytest.mark.parametrize("release", [False, True])
def test_a_crash_between_lock_and_package_is_mended_by_the_next_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, release: bool
) -> None:
    decks = [Deck(tmp_path / name) for name in ("crashed", "well")]
    for deck in decks:
        deck.put(basic("alpha"), tea("boil", "pour"))
        deck.release("1.0", NOW + 1) if release else deck.build()
        deck.put(basic("alpha", "changed"), basic("beta"), tea("boil", "add", "pour"))

    @contextmanager
    def preparing(*_: object) -> Iterator[Callable[[], NoReturn]]:
        def put() -> NoReturn:
            raise WriteError("the disk is full")

        yield put

    monkeypatch.setattr(pipeline, "preparing", preparing)
    with pytest.raises(WriteError):
        decks[0].build(NOW + DAY)
    monkeypatch.undo()
    decks[0].build(NOW + 9 * DAY)
    decks[1].build(NOW + DAY)
    assert decks[0].files() == decks[1].files()


def test_building_one_deck_or_one_language_retires_nothing_else(tmp_path: Path) -> None:
    deck = Deck(tmp_path)
    deck.settings("languages: [ko, en]\n")
    (deck.folder / "deck.yaml").write_text(
        "uid: lock\nname: {ko: 음료, en: Drinks}\nlanguages: [ko, en]\nlicence: CC0-1.0\n", encoding="utf-8"
    )
    deck.put(basic("alpha"))
    other = tmp_path / "cards/other"
    other.mkdir()
    (other / "deck.yaml").write_text("uid: other\nname: Other\nlicence: CC0-1.0\n", encoding="utf-8")
    (other / "facts.yaml").write_text(json.dumps({"facts": [basic("gamma")]}), encoding="utf-8")
    for name in ("drinks", "other"):
        report, _ = publish.release(tmp_path, "1.0", NOW, decks=[name])
        assert list(report) == []
    before = {file: file.read_bytes() for file in tmp_path.rglob("*.*") if file.is_file()}
    for only in ({"languages": ["en"]}, {"decks": ["other"]}, {"decks": ["drinks"], "languages": ["ko"]}):
        report, built = pipeline.build(tmp_path, NOW + DAY, **only)
        assert list(report) == []
        assert built
        assert {file: file.read_bytes() for file in tmp_path.rglob("*.*") if file.is_file()} == before


# --- Any merge

HASHES = st.sampled_from(["a", "b"])
TIMES = st.integers(1, 4)
STATES = st.tuples(HASHES, TIMES)
NOTES = st.builds(
    lambda note, id_, state, fact, released, gone: {
        "note": note, "id": id_, "hash": state[0], "modified": state[1], "fact": fact, "title": fact, "language": "en",
        **({"released": list(released)} if released else {}), **({"gone": True} if gone and released else {}),
    },
    st.sampled_from(["g1", "g2", "g3"]), st.integers(1, 3), STATES, st.sampled_from(["k/a", "k/b"]),
    st.none() | STATES, st.booleans(),
)  # fmt: skip
TYPES = st.builds(
    lambda id_, state, slots, released: {
        "type": id_, "hash": state[0], "modified": state[1], "kind": "k", "language": "en", "fields": slots,
        "cards": slots, **({"released": list(released)} if released else {}),
    },
    st.integers(1, 2), STATES, st.sampled_from([[], [[1, "A"]], [[1, "B"], [-2, "C"]]]), st.none() | STATES,
)  # fmt: skip
GAPS = st.builds(
    lambda item, number, released: {
        "gap": f"k/a//{item}", "number": number, **({"released": True} if released else {})
    },
    st.sampled_from(["x", "y", "z"]), st.integers(1, 3), st.booleans(),
)  # fmt: skip
RELEASES = st.builds(
    lambda version, time, after: {"release": version, "time": time, "after": after},
    st.sampled_from(["1", "2", "3"]), TIMES, st.sampled_from(["", "1", "2"]),
)  # fmt: skip
ENTRIES = st.lists(NOTES | TYPES | GAPS | RELEASES | st.just({"deck": "A\u2028B", "language": "en"}), max_size=12)


@given(ENTRIES, st.randoms(use_true_random=False))
def test_lines_in_any_order_and_any_number_make_one_lock_and_its_dump_is_stable(
    tmp_path_factory: pytest.TempPathFactory, entries: list[Record], random: Any
) -> None:
    file = tmp_path_factory.getbasetemp() / "any.jsonl"

    def read(lines: list[str]) -> bytes:
        file.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="")
        try:
            return dump(read_lock(file, "lock", "lock", ""))
        except LockError as error:
            assert error.hint  # noqa: PT017 - which of two faults is told first may hang on the order
            return b""

    lines = [HEADER, *(json.dumps(entry, ensure_ascii=False) for entry in entries)]
    merged = read(lines)
    for _ in range(2):
        shuffled = lines + random.sample(lines, random.randint(0, len(lines)))
        random.shuffle(shuffled)
        assert read(shuffled) == merged
    if merged:
        kept = merged.decode().removesuffix("\n").split("\n")
        assert read(kept) == merged
        # Merged again with what it was merged from, as a second merge of a branch does.
        assert read([*kept, *lines]) == read([*lines, *kept])


TEXTS = st.text(max_size=8) | st.sampled_from(
    ['"', "\\", "\x00\n\x1f", "\x7f", "null", ": null", "파드", "\u2028", "😀"]
)


@given(TEXTS, TEXTS, st.booleans(), st.none() | STATES)
def test_a_note_is_written_as_plain_json_and_read_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, name: str, title: str, gone: bool, released: tuple[str, int] | None
) -> None:
    lock = Lock("lock")
    entry = NoteEntry(name, 1, "a", 2, "k/a", title, "en", State(*released) if released else None, gone)
    lock.notes[name] = entry
    line = {
        "note": "…", "id": 1, "hash": "a", "modified": 2, "fact": "k/a", "title": title, "language": "en",
        **({"released": list(released)} if released else {}), **({"gone": True} if gone else {}),
    }  # fmt: skip
    # A guid is told in ASCII, whatever an older deck gave a note.
    text = json.dumps(line, ensure_ascii=False, separators=(",", ":")).replace('"…"', json.dumps(name), 1)
    assert dump(lock) == f"{HEADER}\n{text}\n".encode()
    file = tmp_path_factory.getbasetemp() / "one.jsonl"
    file.write_bytes(dump(lock))
    assert read_lock(file, "lock", "lock", "").notes == {name: entry}
