"""`flashgen diff`: what it tells of edits, packages and note types, whole, and what it refuses."""

from __future__ import annotations

import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path

import genanki
import pytest
from msgspec.structs import replace

from flashgen.compare import packed
from flashgen.compare.difference import Effect
from flashgen.compare.note_types import compare_slots, compare_types, new_id, new_type
from flashgen.compare.packed import PackedType, read_apkg
from flashgen.compare.renames import pair_alike
from flashgen.compare.words import likeness, readable, word_diff
from flashgen.errors import FlashgenError

NOW = 1_780_000_000
DECK = "uid: 0123456789abcdef\nname: Deck\nlicence: CC0-1.0\n"
OLD = """\
kind: basic
facts:
- {id: letter, front: What is a?, back: The first letter.}
- {id: gone, front: What is gone?, back: Nothing}
- {id: old, front: Who was the first on the moon?, back: Neil Armstrong in 1969}
- {id: same-old, front: Same?, back: Same}
- {id: left, front: What left?, back: This}
- {id: both, front: B?, back: b, reverse: true, tags: [x, y]}
- id: drinks
  kind: list
  title: Drinks
  items: [{id: one, text: tea}, {id: two, text: milk}, {id: three, text: juice}]
"""
NEW = """\
kind: basic
facts:
- {id: letter, front: What is a?, back: The very first *letter*.}
- {id: new, front: Who was the first on the moon?, back: Neil Armstrong in July 1969}
- {id: same-new, front: Same?, back: Same}
- {id: both, front: B?, back: b, tags: [y, z]}
- {id: fresh, front: Fresh?, back: Yes}
- id: drinks
  kind: list
  deck: Below
  title: Drinks
  items: [{id: one, text: tea}, {id: three, text: juice}]
"""
CONFLICT = (
    "Anki skips the notes of this type that learners have, as conflicting, and puts new ones into a second note type, "
    "unless they tick “Merge note types”"
)

EMPTY = "then the new field stays empty in the notes they have, unless they also choose to update always"
MOVED = "then their notes move to the new note type and keep their progress"


class Author:
    """A project with one deck, and the commands that its author runs."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write(OLD)

    def write(self, facts: str, deck: str = DECK) -> None:
        folder = self.root / "cards/d"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "deck.yaml").write_text(deck, encoding="utf-8")
        (folder / "facts.yaml").write_text(facts, encoding="utf-8")

    def run(self, *words: str, code: int = 0) -> str:
        result = self.call(*words)
        assert result.returncode == code, result.stdout + result.stderr
        return result.stdout

    def call(self, *words: str, now: int = NOW) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "flashgen", *words],
            cwd=self.root,
            env={"PATH": os.environ["PATH"], "SOURCE_DATE_EPOCH": str(now)},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    def build(self, now: int = NOW) -> None:
        result = self.call("build", now=now)
        assert result.returncode == 0, result.stdout + result.stderr

    def release(self) -> None:
        """Build, and write into the lock that learners have what was built."""
        self.build()
        file = self.root / "cards/d/deck.lock.jsonl"
        entries = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        for entry in entries:
            if "note" in entry or "type" in entry:
                entry["released"] = [entry["hash"], entry["modified"]]
            elif "gap" in entry:
                entry["released"] = True
        entries.append({"release": "1.0", "time": NOW, "after": ""})
        text = "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)
        file.write_text(text, encoding="utf-8")
        shutil.copy(self.root / "dist/d.apkg", self.root / "old.apkg")


@pytest.fixture
def author(tmp_path: Path) -> Author:
    return Author(tmp_path)


@pytest.fixture
def released(author: Author) -> Author:
    author.release()
    return author


# --- Beside the lock


def test_before_the_first_release_all_is_new(author: Author) -> None:
    told = "“Deck” (d, en): never released, so all is new to learners: 7 notes\n"
    assert author.run("diff") == told
    author.run("diff", "--exit-code", code=1)
    assert not (author.root / "cards/d/deck.lock.jsonl").exists()


def test_nothing_differs(released: Author) -> None:
    told = "“Deck” (d, en): release 1.0 → the sources: nothing differs\n"
    assert released.run("diff", "--exit-code") == told


RENAMED = """\
Renamed?: old ones are gone, and new ones look like them; with the line, learners keep their progress.
  basic/same-old: Same? → basic/same-new: Same?
    formerly: [same-old]   # in the fact `same-new`
  basic/old: Who was the first on the moon? → basic/new: Who was the first on the moon?
    formerly: [old]   # in the fact `new`
"""
TOLD = f"""\
“Deck” (d, en): release 1.0 → the sources: 1 new, 3 changed, 1 retired, 1 lost, 2 renamed, 2 emptied, 1 in another deck

New: they come with the next import.
  basic/fresh: Fresh?

Changed:
  basic/letter: What is a?
    Back: The {{+very+}} first letter.
  basic/both: B?
    Reverse: [-1-]
    tags: [-x-] y {{+z+}}
  list/drinks: Drinks
    Items: {{{{c1::tea}}}} [-{{{{c2::milk}}}}-] {{{{c3::juice}}}}

Retired: learners keep them as they are.
  basic/left: What left?

Lost: gone without `retired:` in deck.yaml; learners keep them as they are.
  basic/gone: What is gone?

{RENAMED}
Emptied: learners keep these cards, blank, till they choose Tools ▸ Empty Cards.
  list/drinks: Drinks – gap `two`
  basic/both: B? – Back → front

Decks: cards that learners have stay where they are; only new ones come to the other deck.
  “Deck” → “Deck::Below”: 1 note
"""


def test_the_sources_beside_the_release_with_its_package(released: Author) -> None:
    released.write(NEW, DECK + "retired: [left]\n")
    lock = (released.root / "cards/d/deck.lock.jsonl").read_bytes()
    assert released.run("diff") == TOLD
    assert (released.root / "cards/d/deck.lock.jsonl").read_bytes() == lock
    released.run("diff", "--exit-code", code=1)


def test_the_sources_beside_the_lock_alone(released: Author) -> None:
    shutil.rmtree(released.root / "dist")
    released.write(NEW, DECK + "retired: [left]\n")
    unknown = "    its words before are not known here; `flashgen diff OLD.apkg` shows them"
    assert (
        released.run("diff")
        == f"""\
“Deck” (d, en): release 1.0 → the sources: 2 new, 3 changed, 1 retired, 2 lost, 1 renamed, 1 emptied

New: they come with the next import.
  basic/new: Who was the first on the moon?
  basic/fresh: Fresh?

Changed:
  basic/letter: What is a?
{unknown}
  basic/both: B?
{unknown}
  list/drinks: Drinks
{unknown}

Retired: learners keep them as they are.
  basic/left: What left?

Lost: gone without `retired:` in deck.yaml; learners keep them as they are.
  basic/gone: What is gone?
  basic/old: Who was the first on the moon?

Renamed?: old ones are gone, and new ones look like them; with the line, learners keep their progress.
  basic/same-old: Same? → basic/same-new: Same?
    formerly: [same-old]   # in the fact `same-new`

Emptied: learners keep these cards, blank, till they choose Tools ▸ Empty Cards.
  list/drinks: Drinks – gap `two`
"""
    )


def test_a_package_that_was_built_since_does_not_pass_for_the_released_one(released: Author) -> None:
    released.write(OLD.replace("The first letter.", "The second letter."))
    released.build(NOW + 9)
    released.write(OLD.replace("The first letter.", "The third letter."))
    assert "its words before are not known here" in released.run("diff")
    assert "Back: The [-first-] {+third+} letter." in released.run("diff", "old.apkg")


def test_a_broken_package_in_dist_does_no_harm(released: Author) -> None:
    (released.root / "dist/d.apkg").write_bytes(b"PK")
    released.write(OLD.replace("The first letter.", "The third letter."))
    assert "its words before are not known here" in released.run("diff")


def test_the_line_to_paste_keeps_the_guid(released: Author) -> None:
    released.write(OLD.replace("id: old,", "id: new,"))
    assert "    formerly: [old]   # in the fact `new`\n" in released.run("diff")
    released.write(OLD.replace("id: old,", "id: new, formerly: [old],"))
    assert released.run("diff").endswith("nothing differs\n")


def test_a_fact_that_lost_its_formerly_gets_no_wrong_line(author: Author) -> None:
    author.write(OLD.replace("id: old,", "id: old, formerly: [oldest],"))
    author.release()
    author.write(OLD.replace("id: old,", "id: new,"))
    told = author.run("diff")
    assert "formerly: [" not in told
    assert "    the first id of the old one is not known; if it had a `formerly:`, write that again\n" in told


def test_both_sides(released: Author) -> None:
    released.write(OLD.replace("The first letter.", "The *last* letter."))
    assert (
        released.run("diff", "--sides")
        == """\
“Deck” (d, en): release 1.0 → the sources: 1 changed

Changed:
  basic/letter: What is a?
    Back: The [-first-] {+last+} letter.
    card “Front → back”:
      old question: Question What is a?
      old answer:   The first letter.
      new question: Question What is a?
      new answer:   The last letter.
"""
    )


def test_markup_alone_is_shown_as_it_is(released: Author) -> None:
    released.write(OLD.replace("The first letter.", "The *first* letter."))
    assert "    Back: The [-first-] {+<em>first</em>+} letter.\n" in released.run("diff")


def test_a_deck_with_another_name(released: Author) -> None:
    released.write(OLD, DECK.replace("name: Deck", "name: Other"))
    told = released.run("diff")
    assert "  “Deck” → “Other”: 7 notes\n" in told
    assert "  “Other – Question”: renamed from “Deck – Question”; it updates by itself.\n" in told


def test_one_deck_or_language_alone(released: Author) -> None:
    assert released.run("diff", "--deck", "d", "--language", "en").endswith("nothing differs\n")
    assert released.call("diff", "--language", "ko").returncode == 2


def test_errors_come_first(released: Author) -> None:
    released.write(OLD.replace("back: Same", "bakc: Same"))
    result = released.call("diff")
    assert result.returncode == 1
    assert "unknown-property" in result.stdout
    assert "→" not in result.stdout.replace("-->", "")
    assert result.stderr == "Mend these first; a fact with an error would look lost.\n"
    result = released.call("diff", "--format", "json")
    assert (result.returncode, result.stdout) == (1, "")
    assert "unknown-property" in result.stderr


def test_a_released_kind_of_another_shape(author: Author) -> None:
    folder = author.root / "templates/word"
    (folder / "labels").mkdir(parents=True)
    (folder / "labels/en.yaml").write_text("title: Word\ncards: {ask: Ask}\n", encoding="utf-8")
    page = '{% extends "_layout/card.html.j2" %}{% block prompt %}{{ word }}{% endblock %}'
    page += "{% block answer %}{{ meaning }}{% endblock %}"
    (folder / "ask.html.j2").write_text(page, encoding="utf-8")
    kind = "facts: {word: {type: text, required: true}, meaning: {type: text, required: true}}\ncards: [ask]\n"
    (folder / "kind.yaml").write_text(kind + "fields: {Word: word, Meaning: meaning}\n", encoding="utf-8")
    author.write("kind: word\nfacts: [{id: a, word: A, meaning: a}]\n")
    author.release()

    (folder / "ask.html.j2").write_text(page.replace("{{ word }}", "{{ word }}?"), encoding="utf-8")
    assert (
        author.run("diff")
        == """\
“Deck” (d, en): release 1.0 → the sources: 1 note type change

Note types:
  “Deck – Word”: the text of `Ask` changed; it updates by itself.
"""
    )
    (folder / "kind.yaml").write_text(
        kind + "fields: {Word: word, Meaning: meaning, Source: source}\n", encoding="utf-8"
    )
    # The finding is what the comparison explains, so both are shown.
    told = author.run("diff", code=1)
    assert ": error FG208 shape-change: " in told
    assert f"  “Deck – Word”: field added: `Source`; {CONFLICT}; {EMPTY}.\n" in told

    (folder / "kind.yaml").write_text(kind + "fields: {Word: word, Meaning: meaning}\nrevision: 2\n", encoding="utf-8")
    told = author.run("diff")
    assert f"  “Deck – Word (2)”: it stands in the place of an older note type; {CONFLICT}; {MOVED}.\n" in told
    assert f"  “Deck – Word (2)”: it stands in the place of “Deck – Word”; {CONFLICT}; {MOVED}.\n" in author.run(
        "diff", "old.apkg"
    )


# --- Packages


def test_the_sources_beside_a_package(released: Author) -> None:
    shutil.rmtree(released.root / "dist")
    released.write(NEW, DECK + "retired: [left]\n")
    # A package tells gaps by number, in the order of the notes.
    expected = TOLD.replace("release 1.0", "old.apkg").replace(
        "  list/drinks: Drinks – gap `two`\n  basic/both: B? – Back → front\n",
        "  basic/both: B? – Back → front\n  list/drinks: Drinks – gap 2\n",
    )
    assert released.run("diff", "old.apkg") == expected


def test_two_packages_need_no_project(released: Author, tmp_path_factory: pytest.TempPathFactory) -> None:
    released.write(NEW, DECK + "retired: [left]\n")
    released.build(NOW + 1)
    elsewhere = Author(tmp_path_factory.mktemp("elsewhere"))
    shutil.rmtree(elsewhere.root / "cards")
    for name, file in (("old.apkg", "old.apkg"), ("new.apkg", "dist/d.apkg")):
        shutil.copy(released.root / file, elsewhere.root / name)
    hint = "    `flashgen diff OLD.apkg` in the project tells the line\n"
    assert (
        elsewhere.run("diff", "old.apkg", "new.apkg")
        == f"""\
“Deck”: old.apkg → new.apkg: 1 new, 3 changed, 2 lost, 2 renamed, 2 emptied, 1 in another deck

New: they come with the next import.
  Fresh?

Changed:
  What is a?
    Back: The {{+very+}} first letter.
  B?
    Reverse: [-1-]
    tags: [-x-] y {{+z+}}
  Drinks
    Items: {{{{c1::tea}}}} [-{{{{c2::milk}}}}-] {{{{c3::juice}}}}

Gone: learners keep them as they are.
  What is gone?
  What left?

Renamed?: old ones are gone, and new ones look like them; with the line, learners keep their progress.
  Same? → Same?
{hint}  Who was the first on the moon? → Who was the first on the moon?
{hint}
Emptied: learners keep these cards, blank, till they choose Tools ▸ Empty Cards.
  B? – Back → front
  Drinks – gap 2

Decks: cards that learners have stay where they are; only new ones come to the other deck.
  “Deck” → “Deck::Below”: 1 note
"""
    )
    assert elsewhere.call("diff", "old.apkg", "new.apkg", "--deck", "d").returncode == 2
    # The other way round nothing is newer, so Anki takes only what it has not.
    told = elsewhere.run("diff", "new.apkg", "old.apkg")
    assert "4 new" not in told
    assert "\nSkipped: they differ, but are not newer than what learners have, so Anki leaves them.\n" in told


def test_markdown(released: Author) -> None:
    text = OLD.replace("The first letter.", "The <last> letter.")
    released.write(text)
    assert (
        released.run("diff", "--format", "markdown", "--sides")
        == """\
## “Deck” (d, en)

release 1.0 → the sources: 1 changed.

**Changed**:

- basic/letter: What is a?
  - Back: The ~~first~~ **\\<last\\>** letter.
  - card “Front → back”
    - old question: Question What is a?
    - old answer: The first letter.
    - new question: Question What is a?
    - new answer: The \\<last\\> letter.
"""
    )


def test_json(released: Author) -> None:
    released.write(OLD.replace("The first letter.", "The *last* letter."))
    (deck,) = (found := json.loads(released.run("diff", "--format", "json", "--sides")))["decks"]
    guid = deck["changed"][0]["note"]["guid"]
    assert found == {
        "format": 1,
        "differs": True,
        "decks": [
            {
                "differs": True,
                "deck": "Deck",
                "folder": "d",
                "language": "en",
                "from": "release 1.0",
                "to": "the sources",
                "first": False,
                "new": [],
                "changed": [
                    {
                        "note": {"guid": guid, "name": "basic/letter", "title": "What is a?"},
                        "known": True,
                        "fields": [
                            {
                                "name": "Back",
                                "old": "The first letter.",
                                "new": "The <em>last</em> letter.",
                                "words": [[" ", "The "], ["-", "first "], ["+", "last "], [" ", "letter."]],
                            }
                        ],
                        "tags": {"old": [], "new": []},
                        "cards": [
                            {
                                "name": "Front → back",
                                "old": {"question": "Question What is a?", "answer": "The first letter."},
                                "new": {"question": "Question What is a?", "answer": "The last letter."},
                            }
                        ],
                    }
                ],
                "retired": [],
                "lost": [],
                "renamed": [],
                "emptied": [],
                "skipped": [],
                "note_types": [],
                "moved": [],
            }
        ],
    }


# --- Packages of other tools


def plain(
    file: Path, fields: dict[str, str], *, deck: str = "Deck", mod: int = NOW, css: str = "", type_: int = 7
) -> Path:
    """A package as plain genanki makes it: without ids on fields and cards."""
    model = genanki.Model(
        type_,
        "Plain",
        fields=[{"name": "Q"}, {"name": "A"}],
        templates=[{"name": "Card 1", "qfmt": "{{Q}}", "afmt": '{{FrontSide}}<hr id="answer">{{A}}'}],
        css=css,
    )
    holder = genanki.Deck(9, deck)
    for guid, text in fields.items():
        holder.add_note(genanki.Note(model, text.split("|"), guid=guid))
    genanki.Package(holder).write_to_file(str(file), timestamp=float(mod))
    return file


def test_two_packages_of_plain_genanki(author: Author) -> None:
    plain(
        author.root / "a.apkg", {"1": "one?|yes", "2": "two?|\x1b[31mno", "3": "three?|a b c d e f g h i j k l m n o p"}
    )
    plain(
        author.root / "b.apkg",
        {"1": "one?|yes", "2": "two?|no\x9b", "3": "three?|a b c d e f g X i j k l m n o p", "4": "four?|4"},
        mod=NOW + 1,
        css="b {}",
    )
    assert (
        author.run("diff", "a.apkg", "b.apkg", "--sides")
        == """\
“Deck”: a.apkg → b.apkg: 1 new, 2 changed, 1 note type change

New: they come with the next import.
  four?

Changed:
  two?
    A: [-�[31mno-] {+no�+}
    card “Card 1”:
      old question: two?
      old answer:   �[31mno
      new question: two?
      new answer:   no�
  three?
    A: … b c d e f g [-h-] {+X+} i j k l m n …
    card “Card 1”:
      old question: three?
      old answer:   a b c d e f g h i j k l m n o p
      new question: three?
      new answer:   a b c d e f g X i j k l m n o p

Note types:
  “Plain”: its style (CSS) changed; it updates by itself.
"""
    )


def test_what_is_not_newer_is_skipped(author: Author) -> None:
    plain(author.root / "a.apkg", {"1": "one?|yes"})
    plain(author.root / "b.apkg", {"1": "one?|no"}, css="b {}")
    assert (
        author.run("diff", "a.apkg", "b.apkg", "--exit-code", code=1)
        == """\
“Deck”: a.apkg → b.apkg: 1 skipped, 1 note type change

Skipped: they differ, but are not newer than what learners have, so Anki leaves them.
  one?

Note types:
  “Plain”: its style (CSS) changed; Anki leaves it as it is: the note type is not newer.
"""
    )


def test_another_note_type(author: Author) -> None:
    plain(author.root / "a.apkg", {"1": "one?|yes"})
    plain(author.root / "b.apkg", {"1": "one?|yes"}, mod=NOW + 1, type_=8)
    assert (
        author.run("diff", "a.apkg", "b.apkg")
        == f"""\
“Deck”: a.apkg → b.apkg: 1 note type change

Note types:
  “Plain”: it stands in the place of “Plain”; {CONFLICT}; then their notes move to the new note type and keep their \
progress.
"""
    )


def test_a_package_of_another_tool_is_matched_by_its_deck(author: Author) -> None:
    author.write("kind: basic\nfacts: [{id: a, front: A?, back: a}]\n")
    plain(author.root / "a.apkg", {"1": "one?|yes"}, deck="deck::below")
    assert (
        author.run("diff", "a.apkg")
        == """\
“Deck” (d, en): a.apkg → the sources: 1 new, 1 lost, 1 note type change

New: they come with the next import.
  basic/a: A?

Lost: gone without `retired:` in deck.yaml; learners keep them as they are.
  one?

Note types:
  “Deck – Question”: it is new; it comes with its notes, and touches no others.
"""
    )


def test_a_package_that_matches_nothing(author: Author) -> None:
    plain(author.root / "a.apkg", {"1": "one?|yes"}, deck="Decks")
    result = author.call("diff", "a.apkg")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == (
        "flashgen: a.apkg has no note and no deck of these sources: it holds “Decks”\n"
        "  hint: the decks here are: “Deck”\n"
    )


def test_each_language_gets_its_part(author: Author) -> None:
    deck = "uid: 0123456789abcdef\nname: {ko: 덱, en: Deck}\nlanguages: [ko, en]\n"
    author.write("kind: basic\nfacts: [{id: a, front: A?, back: {ko: 가, en: a}}]\n", deck)
    author.build()
    author.write("kind: basic\nfacts: [{id: a, front: A?, back: {ko: 가 나, en: a}}]\n", deck)
    told = "“덱” (d, ko): dist/d.ko.apkg → the sources: 1 changed\n\nChanged:\n  basic/a: A?\n    Back: 가 {+나+}\n"
    assert author.run("diff", "dist/d.ko.apkg") == told
    assert author.run("diff", "dist/d.en.apkg").endswith("(d, en): dist/d.en.apkg → the sources: nothing differs\n")


# --- Note types


KIND = PackedType(
    id=1,
    name="T",
    is_cloze=False,
    fields=((1, "A"), (2, "B")),
    cards=((3, "C"), (4, "D")),
    css="",
    sides=(("{{A}}", "{{B}}"), ("{{B}}", "{{A}}")),
    modified=1,
)
NEVER = f"{CONFLICT}; with that ticked, the whole import fails: Anki never merges cloze note types with others"


@pytest.mark.parametrize(
    ("change", "what", "effect", "consequence"),
    [
        ({"name": "U"}, "renamed from “T”", Effect.BY_ITSELF, "it updates by itself"),
        ({"css": "b {}"}, "its style (CSS) changed", Effect.BY_ITSELF, "it updates by itself"),
        (
            {"sides": (("{{A}}!", "{{B}}"), ("{{B}}", "{{A}}"))},
            "the text of `C` changed",
            Effect.BY_ITSELF,
            "it updates by itself",
        ),
        ({"fields": ((1, "A"), (2, "Z"))}, "field `B` renamed to `Z`", Effect.BY_ITSELF, "it updates by itself"),
        ({"cards": ((3, "C"), (4, "Z"))}, "card `D` renamed to `Z`", Effect.BY_ITSELF, "it updates by itself"),
        (
            {"fields": ((1, "A"), (2, "B"), (9, "Z"))},
            "field added: `Z`",
            Effect.CONFLICT,
            f"{CONFLICT}; {EMPTY}",
        ),
        (
            {"fields": ((1, "A"),)},
            "field removed: `B`",
            Effect.CONFLICT,
            f"{CONFLICT}; then the field stays, and is emptied in every note that updates",
        ),
        (
            {"fields": ((2, "B"), (1, "A"))},
            "fields reordered",
            Effect.CONFLICT,
            f"{CONFLICT}; then the fields keep the learner's order",
        ),
        (
            {"cards": ((3, "C"), (4, "D"), (9, "Z")), "sides": (*KIND.sides, ("", ""))},
            "card added: `Z`",
            Effect.CONFLICT,
            f"{CONFLICT}; then the new cards come",
        ),
        (
            {"cards": ((3, "C"),), "sides": KIND.sides[:1]},
            "card removed: `D`",
            Effect.CONFLICT,
            f"{CONFLICT}; then the card template and its cards stay",
        ),
        (
            {"cards": ((4, "D"), (3, "C"))},
            "cards reordered",
            Effect.CONFLICT,
            f"{CONFLICT}; then the card templates keep the learner's order",
        ),
        ({"is_cloze": True}, "it makes cards of gaps now", Effect.CONFLICT, NEVER),
    ],
)
def test_what_comes_of_a_note_type(change: dict[str, object], what: str, effect: Effect, consequence: str) -> None:
    (found,) = compare_types(KIND, replace(KIND, modified=2, **change))
    assert (found.what, found.effect, found.consequence) == (what, effect, consequence)


def test_a_note_type_that_did_not_change() -> None:
    assert list(compare_types(KIND, replace(KIND, modified=2))) == []


def test_without_ids_a_renamed_field_is_another_one() -> None:
    old = replace(KIND, fields=((None, "A"), (2, "B")))
    found = compare_types(old, replace(KIND, fields=((1, "Z"), (2, "B")), modified=2))
    assert [change.what for change in found] == ["field added: `Z`", "field removed: `A`"]


def test_note_types_new_or_in_the_place_of_others() -> None:
    assert new_type("T").effect is Effect.NEW
    assert new_id("T", "", aborts=True).consequence == NEVER


def test_a_note_type_by_the_lock_alone() -> None:
    slots = (KIND.fields, KIND.cards)
    assert [c.what for c in compare_slots("T", slots, KIND)] == ["its name, its style or the text of its cards changed"]
    added = replace(KIND, fields=(*KIND.fields, (9, "Z")))
    assert [change.what for change in compare_slots("T", slots, added)] == ["field added: `Z`"]
    renamed = replace(KIND, fields=((1, "Z"), (2, "B")))
    assert [change.what for change in compare_slots("T", slots, renamed)] == ["field `A` renamed to `Z`"]


# --- Hostile packages


def database(*statements: str) -> bytes:
    connection = sqlite3.connect(":memory:")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    return connection.serialize()


def archive(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in members.items():
            out.writestr(name.replace("_", "."), data)
    return file.getvalue()


def encrypted() -> bytes:
    data = bytearray(archive(collection_anki2=b"x"))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def corrupt() -> bytes:
    data = bytearray(archive(collection_anki2=bytes(range(64)) + b"x" * 5000))
    start = data.index(b"collection.anki2") + len("collection.anki2")
    data[start : start + 40] = b"\xff" * 40
    return bytes(data)


CARDS = "CREATE TABLE cards (nid, did, ord, due)"
NOTES = "CREATE TABLE notes (id, guid, mid, mod, tags, flds)"
COL = "CREATE TABLE col (models, decks)"
ENDLESS = (
    "CREATE VIEW notes AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
    "SELECT i AS id, i AS guid, 1 AS mid, 1 AS mod, '' AS tags, '' AS flds FROM n"
)
TYPES = json.dumps({"1": {"name": "T", "type": 0, "flds": [], "tmpls": [], "css": "", "mod": 1}})

COL_ROW = "INSERT INTO col VALUES ('TYPES', '{}')".replace("TYPES", TYPES)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is not an Anki package, or a damaged one: File is not a zip file"),
        (b"PK\x05\x06" + bytes(18), "holds no collection"),
        (encrypted(), "is encrypted"),
        (corrupt(), "is not an Anki package, or a damaged one: "),
        (archive(collection_anki2=b""), "holds no Anki collection"),
        (archive(collection_anki2=b"no database at all" * 100), "is damaged: file is not a database"),
        (archive(collection_anki21b=b"x", collection_anki2=b""), "is in Anki's newest format"),
        (archive(collection_anki2=bytes(1 << 21)), "holds more than 1 MB, and is not read"),
        (archive(collection_anki2=database(COL, CARDS, ENDLESS)), "holds no Anki collection"),
        (archive(collection_anki2=database(COL, CARDS, NOTES)), "is damaged"),
        (
            archive(collection_anki2=database(COL, CARDS, NOTES, "INSERT INTO col VALUES ('[]', '{}')")),
            "is damaged",
        ),
        (
            archive(
                collection_anki2=database(
                    COL,
                    CARDS,
                    NOTES,
                    COL_ROW,
                    "INSERT INTO notes VALUES (1, 5, 1, 1, '', '')",
                )
            ),
            "is damaged",
        ),
        (
            archive(collection_anki2=database(COL, CARDS, NOTES, COL_ROW.replace(TYPES, "[" * 200_000))),
            "is damaged",
        ),
        (
            archive(
                collection_anki2=database(
                    COL,
                    CARDS,
                    "CREATE TABLE notes (id, guid, mid, mod, tags, flds AS (printf('%.*c', 300000, 'x')))",
                    COL_ROW,
                    *("INSERT INTO notes VALUES (%, 'g%', 1, 1, '')".replace("%", str(i)) for i in range(9)),
                )
            ),
            "holds more than 1 MB, and is not read",
        ),
    ],
)
def test_hostile_packages(data: bytes, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "_MAX_DATABASE", 1 << 20)
    monkeypatch.setattr(packed, "_MAX_TEXT", 1 << 20)
    file = tmp_path / "x.apkg"
    file.write_bytes(data)
    with pytest.raises(FlashgenError) as caught:
        read_apkg(file)
    assert str(caught.value).startswith(f"{file} {message}")
    assert caught.value.hint is None or caught.value.hint[0].islower()


def test_refusals_leave_with_two(author: Author) -> None:
    (author.root / "x.apkg").write_bytes(b"no zip")
    for words in (["x.apkg"], ["gone.apkg"], ["cards"], ["x.apkg", "gone.apkg"], ["a", "b", "c"]):
        result = author.call("diff", *words)
        assert (result.returncode, result.stdout) == (2, ""), words
        assert "Traceback" not in result.stderr


# --- Words


@pytest.mark.parametrize(
    ("old", "new", "pieces"),
    [
        ("", "", ()),
        ("a b", "a b", ((" ", "a b"),)),
        ("a b", "a b c", ((" ", "a b "), ("+", "c"))),
        ("a b c", "b c", (("-", "a "), (" ", "b c"))),
        ("a b c", "a x c", ((" ", "a "), ("-", "b "), ("+", "x "), (" ", "c"))),
        ("a a", "a", ((" ", "a"), ("-", "a"))),
    ],
)
def test_word_diff(old: str, new: str, pieces: tuple[tuple[str, str], ...]) -> None:
    assert word_diff(old, new) == pieces


def test_a_huge_text_takes_no_long_time() -> None:
    old, new = (" ".join(f"{word}{number}" for number in range(100_000)) for word in "ab")
    assert [sign for sign, _ in word_diff(f"x {old} y", f"x {new} y")] == [" ", "-", "+", " "]
    assert likeness(old, new, 0.99) == 0.0


def test_readable_text() -> None:
    field = '<style>b {}</style>a<br>b <img src="x.png" alt="y"> {{c1::c}} &lt;d&gt;<script>e</script>'
    assert readable(field) == "a b [x.png] {{c1::c}} <d>"
    assert readable('<span title="a b">[sound:x-1.mp3]</span>c') == "[x-1.mp3] c"


def test_pairs_are_of_one_kind_and_the_likest_wins() -> None:
    text = "the quick brown fox jumps over the lazy dog"
    lost = {"o1": ("k", text), "o2": ("k", f"{text} again"), "o3": ("other", text)}
    new = {"n1": ("k", f"{text} again"), "n2": ("k", f"{text} now"), "n3": ("k", "something else entirely")}
    assert pair_alike(lost, new) == {"o2": "n1", "o1": "n2"}
