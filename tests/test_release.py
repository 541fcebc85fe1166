"""`flashgen release`, and what a released deck lets its author do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flashgen import pipeline, publish
from flashgen.diagnostics import Report
from flashgen.errors import FlashgenError, ProjectError, WriteError
from flashgen.write.settings import set_property

NOW = 1_780_000_000  # 2026-05-28
DAY = 86_400
Record = dict[str, Any]

DECK = """\
# The root of all.
uid: release
name: {ko: 음료, en: Drinks}   # both
languages: [ko, en]
licence: CC0-1.0
"""
KIND = """\
facts:
  a: {type: text, required: true}
  b: {type: text}
fields:
  A: a
  B: b
cards: [ask]
"""
ASK = "{{ a }}{% if side == 'back' %}<hr id=answer> {{ b }} {{ more }}{% endif %}\n"
LABELS = "title: Own\ncards: {ask: Ask, other: Other}\ncompanions: {extra: Own extra}\n"


def both(text: str) -> dict[str, str]:
    return {"ko": f"{text} (ko)", "en": text}


def basic(name: str, back: str = "back", **more: Any) -> Record:
    return {"id": name, "kind": "basic", "front": both(f"What is {name}?"), "back": both(back), **more}


def tea(*steps: str) -> Record:
    records = [{"id": step, "text": both(f"to {step}")} for step in steps]
    return {"id": "tea", "kind": "sequence", "title": both("*Tea*"), "steps": records}


def own(name: str = "own", **more: str) -> Record:
    return {"id": name, "kind": "own", "a": f"the {name}", **more}


class Deck:
    """A project of one deck in two languages with a kind of its own, and what its author does to it."""

    def __init__(self, root: Path) -> None:
        self.root, self.folder, self.kind = root, root / "cards/drinks", root / "templates/own"
        self.facts = {fact["id"]: fact for fact in (basic("alpha"), basic("beta"), tea("boil", "pour", "drink"), own())}
        (self.kind / "labels").mkdir(parents=True)
        self.folder.mkdir(parents=True)
        self.yaml = self.folder / "deck.yaml"
        self.yaml.write_text(DECK, encoding="utf-8")
        self.shape(KIND)
        for card, text in {"ask": ASK, "other": ASK.replace("{{ a }}", "Other: {{ a }}")}.items():
            (self.kind / f"{card}.html.j2").write_text(text, encoding="utf-8")
        for language in ("ko", "en"):
            words = LABELS.replace("Own", "나만의") if language == "ko" else LABELS
            (self.kind / f"labels/{language}.yaml").write_text(words, encoding="utf-8")

    def shape(self, text: str) -> None:
        (self.kind / "kind.yaml").write_text(text, encoding="utf-8")

    def write(self) -> None:
        text = json.dumps({"facts": list(self.facts.values())}, ensure_ascii=False)
        (self.folder / "facts.yaml").write_text(text, encoding="utf-8")

    def change(self, old: str, new: str) -> None:
        text = self.yaml.read_text(encoding="utf-8")
        assert old in text
        self.yaml.write_text(text.replace(old, new), encoding="utf-8")

    def build(self, now: int = NOW) -> dict[str, int]:
        """Build, and return each fact's time in English."""
        self.write()
        report, built = pipeline.build(self.root, now)
        assert [finding.message for finding in report] == []
        return {row.note.fact.id: row.modified for row in built[-1].package.rows}

    def judged(self, now: int = NOW) -> list[tuple[str, str, str | None]]:
        """What a build says: rules, messages and hints."""
        self.write()
        report, _ = pipeline.build(self.root, now)
        return [(finding.rule.name, finding.message, finding.hint) for finding in report]

    def release(self, version: str, now: int = NOW, **options: bool) -> publish.Released | None:
        self.write()
        return publish.release(self.root, version, now, **options)[1]

    def run(self, *arguments: str, now: int = NOW) -> tuple[int, str, str]:
        self.write()
        done = subprocess.run(
            [sys.executable, "-m", "flashgen", "-C", str(self.root), *arguments],
            env={**os.environ, "SOURCE_DATE_EPOCH": str(now)}, capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip
        return done.returncode, done.stdout, done.stderr

    def changelog(self, language: str = "en") -> str:
        return (self.folder / f"CHANGELOG.{language}.md").read_text(encoding="utf-8")

    def locked(self, key: str) -> list[Record]:
        lines = (self.folder / "deck.lock.jsonl").read_text(encoding="utf-8").splitlines()
        return [entry for line in lines if key in (entry := json.loads(line))]

    def files(self) -> dict[str, bytes]:
        return {file.relative_to(self.root).as_posix(): file.read_bytes() for file in self.root.rglob("*.*")
                if file.is_file()}  # fmt: skip


@pytest.fixture
def deck(tmp_path: Path) -> Deck:
    return Deck(tmp_path / "project")


@pytest.fixture
def released(deck: Deck) -> Deck:
    assert deck.release("1.0") is not None
    return deck


# --- What forbids a release


def test_a_warning_forbids_a_release_and_nothing_is_written(deck: Deck) -> None:
    deck.facts["gamma"] = basic("gamma", front={"ko": "What is alpha? (ko)", "en": "What is alpha?"})
    deck.write()
    before = deck.files()
    code, out, err = deck.run("release", "1.0")
    assert code == 1
    assert ": warning FG205 duplicate-first-field: " in out
    assert err == "Nothing was released: a release takes no finding, warnings included.\n"
    assert deck.files() == before


def test_a_release_needs_a_licence(deck: Deck) -> None:
    deck.change("licence: CC0-1.0\n", "")
    deck.write()
    report, made = publish.release(deck.root, "1.0", NOW)
    assert [(finding.rule.name, finding.message, finding.hint) for finding in report] == [
        ("missing-licence", "the deck has no licence", "add one, such as `licence: CC-BY-4.0`")
    ]
    assert made is None


@pytest.mark.parametrize("version", ["", "one", "v1.0", "1.0-beta", "1..0", "1.0.0.0.0", " 1", "1.", "١", "1234567890"])
def test_nonsense_is_no_version(deck: Deck, version: str) -> None:
    with pytest.raises(FlashgenError) as error:
        deck.release(version)
    assert str(error.value) == f"`{version}` is not a version"
    assert error.value.hint == "write numbers joined by dots, such as `1.0`"


@pytest.mark.parametrize("version", ["1.0", "1", "1.0.0", "0.9.9", "0"])
def test_a_changed_deck_is_released_as_a_later_version_only(released: Deck, version: str) -> None:
    released.facts["alpha"] = basic("alpha", "changed")
    released.write()
    before = released.files()
    code, out, err = released.run("release", version)
    assert (code, out) == (2, "")
    assert err == "flashgen: 1.0 is released already\n  hint: choose a later version than 1.0\n"
    assert released.files() == before


def test_another_look_is_a_change_too(released: Deck) -> None:
    (released.kind / "ask.html.j2").write_text(f"{ASK}<hr>", encoding="utf-8")
    with pytest.raises(FlashgenError, match=r"1\.0 is released already"):
        released.release("1.0")


@pytest.mark.parametrize("version", ["1.0.1", "1.1", "1.10", "2", "2026.11"])
def test_a_later_version_is_taken(released: Deck, version: str) -> None:
    assert released.release(version, NOW + DAY) is not None
    assert [(entry["release"], entry["after"]) for entry in released.locked("release")] == [
        ("1.0", ""),
        (version, "1.0"),
    ]


def test_versions_are_compared_as_numbers(deck: Deck) -> None:
    deck.release("1.9")
    assert deck.release("1.10", NOW + 1) is not None
    with pytest.raises(FlashgenError, match=r"1\.10 is released already"):
        deck.release("1.9.9", NOW + 2)


def test_the_highest_of_two_merged_branches_counts_though_the_other_was_released_later(deck: Deck) -> None:
    deck.release("1.0")
    lock = deck.folder / "deck.lock.jsonl"
    text = lock.read_text(encoding="utf-8")
    for version, time in (("1.2", NOW + 1), ("1.1", NOW + 2)):
        text += f'{{"release":"{version}","time":{time},"after":"1.0"}}\n'
    lock.write_text(text, encoding="utf-8")
    deck.facts["alpha"] = basic("alpha", "changed")
    with pytest.raises(FlashgenError, match=r"1\.2 is released already"):
        deck.release("1.2", NOW + DAY)
    assert deck.release("1.3", NOW + DAY) is not None
    assert sorted(entry["after"] for entry in deck.locked("release") if entry["release"] == "1.3") == ["1.1", "1.2"]


def test_several_decks_need_a_name(deck: Deck) -> None:
    other = deck.root / "cards/other"
    other.mkdir()
    (other / "deck.yaml").write_text("uid: other\nname: Other\nlicence: CC0-1.0\n", encoding="utf-8")
    (other / "facts.yaml").write_text("facts: [{id: a, kind: basic, front: A, back: B}]\n", encoding="utf-8")
    deck.write()
    before = deck.files()
    with pytest.raises(ProjectError, match="a release is of one deck") as error:
        publish.release(deck.root, "1.0", NOW)
    assert error.value.hint == "name it with `--deck`; the decks are: drinks, other"
    assert deck.files() == before
    code, out, _ = deck.run("release", "1.0", "--deck", "other")
    assert code == 0
    assert out.splitlines()[-1] == "dist/other.apkg"
    assert {name for name in deck.files() if name not in before} == {
        "cards/other/CHANGELOG.md",
        "cards/other/deck.lock.jsonl",
        "dist/other.apkg",
    }


# --- deck.yaml


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("uid: a\n", 'uid: a\nversion: "1.0"\nreleased: "1.0"\n'),
        ("uid: a", 'uid: a\nversion: "1.0"\nreleased: "1.0"\n'),
        ("version:\nuid: a\n", 'version: "1.0"\nuid: a\nreleased: "1.0"\n'),
        ("version:   # none\nuid: a\n", 'version: "1.0"   # none\nuid: a\nreleased: "1.0"\n'),
        (
            "# top\nversion:  '0.9'  # is next\n\nreleased: 0.8\nuid:   a # end\n",
            '# top\nversion:  "1.0"  # is next\n\nreleased: "1.0"\nuid:   a # end\n',
        ),
        ("\ufeffuid: a\r\nversion: 0.9\r\n", '\ufeffuid: a\r\nversion: "1.0"\r\nreleased: "1.0"\r\n'),
        ("---\nuid: a\n# end", '---\nuid: a\n# end\nversion: "1.0"\nreleased: "1.0"\n'),
        ("uid: a\nabout: |+\n  b\n\n\n", 'uid: a\nabout: |+\n  b\n\n\nversion: "1.0"\nreleased: "1.0"\n'),
        ('"version" : 0.9\nuid: a\n', '"version" : "1.0"\nuid: a\nreleased: "1.0"\n'),
        ("name: {ko: 가, en: b}\nversion: 0.9\n", 'name: {ko: 가, en: b}\nversion: "1.0"\nreleased: "1.0"\n'),
    ],
)  # fmt: skip
def test_a_property_is_set_where_it_stands_else_at_the_end_and_no_other_byte_changes(text: str, expected: str) -> None:
    for name in ("version", "released"):
        text = set_property(text, name, "1.0")
    assert text == expected


@pytest.mark.parametrize(
    "text",
    [
        "{uid: a}\n",
        "# c\n{uid: a}\n",
        "  uid: a\n  name: b\n",
        "uid: a\n...\n",
        "uid: a\nversion: |\n  0.9\nname: b\n",
        "uid: a\nversion: &v 0.9\nname: *v\n",
        "- a\n",
        "",
    ],
)
def test_what_cannot_be_set_in_place_is_refused(text: str) -> None:
    with pytest.raises(FlashgenError, match=r"deck\.yaml is .*written .*`version` cannot be put in") as error:
        set_property(text, "version", "1.0")
    assert error.value.hint


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_deck_yaml_keeps_comments_layout_line_ends_and_byte_order_mark(deck: Deck, mark: str, newline: str) -> None:
    text = (mark + DECK).replace("\n", newline)
    deck.yaml.write_bytes(text.encode())
    assert deck.release("1.0") is not None
    assert deck.yaml.read_bytes().decode() == f'{text}version: "1.0"{newline}released: "1.0"{newline}'
    assert deck.release("1.1", NOW + DAY) is not None
    assert deck.yaml.read_bytes().decode() == f'{text}version: "1.1"{newline}released: "1.1"{newline}'


@pytest.mark.parametrize("dry_run", [[], ["--dry-run"]])
def test_a_deck_yaml_in_braces_is_refused_and_all_stays_as_it_was(deck: Deck, dry_run: list[str]) -> None:
    deck.yaml.write_text(
        "{uid: release, name: {ko: 음료, en: Drinks}, languages: [ko, en], licence: CC0-1.0}\n", encoding="utf-8"
    )
    deck.write()
    before = deck.files()
    assert deck.run("release", "1.0", *dry_run) == (
        2,
        "",
        (
            "flashgen: deck.yaml is not written in `key: value` lines, so `version` cannot be put in\n"
            "  hint: write each property on a line of its own, without the braces around them\n"
        ),
    )
    assert deck.files() == before


# --- What learners read


FIRST = """\
# Drinks: what changed

## 1.0 (2026-05-28)

The first release, with 4 notes.
"""
FIRST_KO = """\
# 음료: 달라진 점

## 1.0 (2026-05-28)

첫 공개 버전. 노트 4개.
"""


def test_the_first_release_says_so(released: Deck) -> None:
    assert released.changelog() == FIRST
    assert released.changelog("ko") == FIRST_KO


def test_a_release_tells_what_is_new_corrected_retired_and_no_longer_asked(released: Deck) -> None:
    del released.facts["beta"]
    released.facts["alpha"] = basic("alpha", "changed")
    released.facts["tea"] = tea("boil", "drink")
    released.facts["new"] = basic("new [link]")
    released.facts["new"]["id"] = "new"
    released.change("licence", "retired: [beta]\nlicence")
    (id_,) = [entry["id"] for entry in released.locked("note") if (entry["fact"], entry["language"]) == ("basic/beta", "en")]  # fmt: skip  # noqa: E501
    made = released.release("1.1", NOW + DAY)
    assert made is not None
    section = f"""\
## 1.1 (2026-05-29)

Nothing to do but import the new package, with Anki's import options as they are. Your progress stays.

### New: 1

- What is new \\[link\\]?

### Corrected: 2

- What is alpha?
- Tea

Where you edited one of these notes yourself, the newer of the two wins: an edit from before this release is replaced, a later one stays.

### Retired: 1

- What is beta?

These stay in your collection. To delete them, search for `nid:{id_}` in Anki's browser.

### No longer asked: 1

- Tea (Next step 2)

Their cards are empty now. Tools ▸ Empty Cards removes them.
"""  # noqa: E501
    assert dict(made.notes)["en"] == section
    top, rest = FIRST.split("\n\n", 1)
    assert released.changelog() == f"{top}\n\n{section}\n{rest}"
    korean = released.changelog("ko")
    assert "### 추가: 1개\n\n- What is new \\[link\\]? (ko)\n" in korean
    assert "### 더 이상 묻지 않는 항목: 1개\n\n- Tea (ko) (다음 단계 2)\n" in korean
    # Learners are told once.
    made = released.release("1.2", NOW + 2 * DAY)
    assert made is not None
    assert "Retired" not in dict(made.notes)["en"]
    assert "No longer asked" not in dict(made.notes)["en"]


def test_a_release_of_another_look_says_so(released: Deck) -> None:
    (released.kind / "ask.html.j2").write_text(f"{ASK}<hr>", encoding="utf-8")
    made = released.release("1.1", NOW + DAY)
    assert made is not None
    assert dict(made.notes)["en"] == (
        "## 1.1 (2026-05-29)\n\n"
        "Nothing to do but import the new package, with Anki's import options as they are. Your progress stays.\n\n"
        "The cards look or are sorted otherwise; their content is as it was.\n"
    )


def test_a_release_of_a_new_revision_asks_learners_to_tick_merge_note_types_once(released: Deck) -> None:
    released.shape(f"revision: 2\n{KIND}")
    made = released.release("1.1", NOW + DAY)
    assert made is not None
    merge = "When you import this package, tick *Merge note types* once: notes have a new layout. Your progress stays."
    assert merge in dict(made.notes)["en"]
    assert "*노트 유형 병합*을 한 번 선택한다" in dict(made.notes)["ko"]
    made = released.release("1.2", NOW + 2 * DAY)
    assert made is not None
    assert merge not in dict(made.notes)["en"]


def test_an_item_that_was_never_in_a_package_is_not_missed(released: Deck) -> None:
    released.facts["tea"] = tea("boil", "stir", "pour", "drink")
    released.build(NOW + DAY)
    released.facts["tea"] = tea("boil", "pour", "drink")
    for version in ("1.1", "1.2"):
        made = released.release(version, NOW + 2 * DAY)
        assert made is not None
        assert "No longer asked" not in dict(made.notes)["en"]


def test_a_changelog_that_an_author_touched_is_kept(released: Deck) -> None:
    file = released.folder / "CHANGELOG.en.md"
    file.write_text("# Our drinks\n\nBy hand.", encoding="utf-8")
    released.release("1.1", NOW + DAY)
    assert released.changelog().startswith("# Our drinks\n\nBy hand.\n\n## 1.1 (2026-05-29)\n")


def test_a_dry_run_shows_the_notes_and_writes_nothing(deck: Deck) -> None:
    deck.write()
    before = deck.files()
    code, out, err = deck.run("release", "1.0", "--dry-run")
    sections = [text.split("\n\n", 1)[1] for text in (FIRST_KO, FIRST)]
    assert (code, out) == (0, "".join(f"{section}\n" for section in sections))
    assert err == "This was a dry run; nothing was written.\n"
    assert deck.files() == before
    code, out, err = deck.run("release", "1.0")
    assert code == 0
    assert out.splitlines()[-2:] == ["dist/drinks.ko.apkg", "dist/drinks.en.apkg"]
    assert err == "Released 1.0. Commit deck.yaml, the lock and the changelogs, then share the packages.\n"


# --- Crashes


def fail_write(module: object, monkeypatch: pytest.MonkeyPatch, fail_at: int) -> None:
    """Let the n-th write of a release fail, whatever it writes."""
    done: list[str] = []

    def failing(name: str) -> None:
        original = getattr(module, name)

        def write(*arguments: Any) -> Any:
            if len(done) == fail_at:
                raise WriteError("the disk is full")
            done.append(name)
            return original(*arguments)

        monkeypatch.setattr(module, name, write)

    for name in ("write_bytes", "write_lock", "write"):
        failing(name)


@pytest.mark.parametrize("later", [0, DAY], ids=["at once", "a day later"])
@pytest.mark.parametrize("step", range(6))
@pytest.mark.parametrize("first", [True, False], ids=["first release", "later release"])
def test_the_same_command_takes_up_a_release_that_stopped_half_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int, first: bool, later: int
) -> None:
    crashed, well = Deck(tmp_path / "crashed"), Deck(tmp_path / "well")
    for deck in (crashed, well):
        if not first:
            deck.release("1.0")
            del deck.facts["beta"]
            deck.facts |= {"alpha": basic("alpha", "changed"), "tea": tea("boil", "drink"), "new": basic("new")}
            deck.change("licence", "retired: [beta]\nlicence")
    # Two changelogs, the lock and deck.yaml; then two packages.
    with monkeypatch.context() as patch:
        fail_write(publish, patch, step)
        with pytest.raises(WriteError):
            crashed.release("1.1", NOW + DAY)
    assert crashed.files() != well.files()
    assert crashed.release("1.1", NOW + DAY + later) is not None
    # What is not in the lock yet is as of the second time.
    well.release("1.1", NOW + DAY + (later if step < 3 else 0))
    assert crashed.files() == well.files()
    # And again, with nothing left to do.
    assert crashed.release("1.1", NOW + 9 * DAY) is not None
    assert crashed.files() == well.files()


# --- Stamps


def test_changed_notes_get_the_time_of_the_release_and_the_others_keep_theirs(released: Deck) -> None:
    assert set(released.build(NOW + 1).values()) == {NOW}
    released.facts["alpha"] = basic("alpha", "changed")
    assert released.build(NOW + 20 * DAY)["alpha"] == NOW + 20 * DAY
    released.facts["new"] = basic("new")
    released.release("1.1", NOW + 30 * DAY)
    later = NOW + 30 * DAY
    assert released.build(NOW + 31 * DAY) == {"alpha": later, "beta": NOW, "tea": NOW, "own": NOW, "new": later}
    assert {entry["modified"] for entry in released.locked("type")} == {NOW}
    (released.kind / "ask.html.j2").write_text(f"{ASK}<hr>", encoding="utf-8")
    released.build(NOW + 40 * DAY)
    released.release("1.2", NOW + 50 * DAY)
    times = {(entry["kind"], entry["modified"]) for entry in released.locked("type")}
    assert times == {("basic", NOW), ("sequence", NOW), ("own", NOW + 50 * DAY)}


# --- Lost notes


LOST = "learners have `{}` ({}), and no fact makes it any more"


def test_before_the_first_release_nothing_is_missed(deck: Deck) -> None:
    deck.build()
    del deck.facts["alpha"]
    deck.change("en: Drinks", "en: Teas")
    deck.shape(KIND.replace("  B: b\n", ""))
    (deck.kind / "ask.html.j2").write_text(
        "{{ a }}{% if side == 'back' %}<hr id=answer> back{% endif %}", encoding="utf-8"
    )
    assert deck.judged(NOW + DAY) == []


def test_a_lost_note_warns_in_a_build_and_forbids_a_release(released: Deck) -> None:
    del released.facts["beta"]
    cure = "add `beta` to `retired:` in deck.yaml"
    assert released.judged() == [
        ("lost-note", LOST.format("beta", "What is beta? (ko)"), cure),
        ("lost-note", LOST.format("beta", "What is beta?"), cure),
    ]
    assert (released.root / "dist/drinks.en.apkg").is_file()
    code, out, _ = released.run("release", "1.1")
    assert (code, ": warning FG204 lost-note: " in out) == (1, True)


@pytest.mark.parametrize(
    ("gone", "name"),
    [
        (lambda deck: deck.facts.pop("beta"), "beta"),
        (lambda deck: deck.facts.pop("beta"), "basic/beta"),
        (lambda deck: deck.facts["stack"]["layers"].pop(0), "stack/one"),
        (lambda deck: deck.facts["stack"]["layers"].pop(0), "layer/stack/one"),
        (lambda deck: deck.facts.pop("stack"), "stack"),
        (lambda deck: deck.facts.pop("stack"), "layer/stack"),
    ],
)  # fmt: skip
def test_what_is_retired_on_purpose_is_not_lost(deck: Deck, gone: Callable[[Deck], object], name: str) -> None:
    layers = [{"id": word, "layer": f"Layer {word}", "subject": f"Subject {word}"} for word in ("one", "two", "three")]
    deck.facts["stack"] = {"id": "stack", "kind": "layer", "stack": "Cups", "layers": layers}
    deck.release("1.0")
    gone(deck)
    assert {rule for rule, _, _ in deck.judged()} == {"lost-note"}
    deck.change("licence", f"retired: [{name}]\nlicence")
    assert deck.judged() == []
    assert deck.release("1.1", NOW + DAY) is not None


def test_a_retired_note_that_comes_back_is_the_note_it_was(released: Deck) -> None:
    gone = released.facts.pop("beta")
    released.change("licence", "retired: [beta]\nlicence")
    released.release("1.1", NOW + DAY)
    released.facts["beta"] = gone
    assert [message for _, message, _ in released.judged()] == ["`beta` is retired, but a fact still has this id"]
    released.change("retired: [beta]\n", "")
    released.release("1.2", NOW + 2 * DAY)
    assert released.build(NOW + 3 * DAY)["beta"] == NOW


def hints(deck: Deck) -> set[str | None]:
    found = deck.judged()
    assert {rule for rule, _, _ in found} == {"lost-note"}
    return {hint for _, _, hint in found}


def test_a_renamed_fact_is_known_by_what_it_says_and_the_hint_cures_it(released: Deck) -> None:
    released.facts["alpha"]["id"] = "omega"
    assert hints(released) == {
        (
            "if `omega` says the same, write `formerly: [alpha]` in the fact `omega`; "
            "else add `alpha` to `retired:` in deck.yaml"
        )
    }
    released.facts["alpha"]["formerly"] = ["alpha"]
    assert released.judged() == []
    # Once more, and the first id is still the one that counts.
    assert released.release("1.1", NOW + DAY) is not None
    released.facts["alpha"] |= {"id": "psi", "formerly": ["omega"]}
    assert hints(released) == {
        (
            "if `psi` says the same, write under its `formerly:` all ids that `omega` ever had, the first one first; "
            "else add `omega` to `retired:` in deck.yaml"
        )
    }
    released.facts["alpha"]["formerly"] = ["alpha", "omega"]
    assert released.judged() == []


def test_a_renamed_part_is_known_by_what_it_says_and_the_hint_cures_it(deck: Deck) -> None:
    layers = [{"id": word, "layer": f"Layer {word}", "subject": f"Subject {word}"} for word in ("one", "two", "three")]
    deck.facts["stack"] = {"id": "stack", "kind": "layer", "stack": "Cups", "layers": layers}
    deck.release("1.0")
    layers[0] = {**layers[0], "id": "first"}
    deck.judged()
    layers[0]["formerly"] = ["one"]
    assert deck.judged() == []
    layers[0] = {"id": "first", "layer": "Layer one", "subject": "Subject one"}
    assert hints(deck) == {
        (
            "if `stack/first` says the same, write `formerly: [one]` in the part `first` of `stack`; "
            "else add `stack/one` to `retired:` in deck.yaml"
        )
    }


def test_a_fact_of_a_like_name_is_offered(released: Deck) -> None:
    gone = released.facts.pop("alpha")
    released.facts["alphas"] = basic("alphas", "quite another back")
    assert hints(released) == {
        (
            "if `alphas` is what it is called now, write `formerly: [alpha]` in the fact `alphas`; "
            "else add `alpha` to `retired:` in deck.yaml"
        )
    }
    assert gone


# --- The deck's name


def test_a_renamed_deck_is_an_error_until_its_former_name_is_written_down(released: Deck) -> None:
    released.change("en: Drinks", "en: Teas")
    assert released.judged() == [
        (
            "deck-renamed",
            (
                "the deck was released as `Drinks`; Anki goes by name, so learners' cards stay there, and new ones "
                "come apart"
            ),
            (
                "name it as it was; or write `formerly: [Drinks]`, and tell learners to rename their deck before they "
                "import"
            ),
        )
    ]
    released.change("licence", "formerly: [Drinks]\nlicence")
    assert released.judged() == []
    assert released.release("1.1", NOW + DAY) is not None
    assert {entry["deck"] for entry in released.locked("deck")} == {"Drinks", "Teas", "음료"}
    released.change("en: Teas", "en: Cups")
    assert [message.split(";")[0] for _, message, _ in released.judged()] == ["the deck was released as `Teas`"]


# --- Shapes


ADDED = KIND.replace("  B: b\n", "  B: b\n  C: b\n")
CURE = (
    "show more through the field `More`, and ask more through `companions:`; "
    "or raise `revision:`, and learners tick *Merge note types* once"
)


@pytest.mark.parametrize(
    ("shape", "told"),
    [
        (ADDED, "has the new field `C`"),
        (KIND.replace("  B: b\n", "  C: b\n"), "has no field `B`, has the new field `C`"),
        (KIND.replace("  A: a\n  B: b\n", "  B: b\n  A: a\n"), "has its fields in another order"),
        (KIND.replace("[ask]", "[ask, other]"), "has the new card `Other`"),
        (KIND.replace("[ask]", "[other]"), "has no card `Ask`, has the new card `Other`"),
    ],
)
def test_another_shape_is_an_error_that_says_what_changed_and_another_revision_the_way_through(
    released: Deck, shape: str, told: str
) -> None:
    ids = {entry["type"] for entry in released.locked("type") if entry["kind"] == "own"}
    before = released.build(NOW + 1)
    released.shape(shape)
    (released.kind / "ask.html.j2").write_text(
        "{{ a }}{% if side == 'back' %}<hr id=answer> back{% endif %}", encoding="utf-8"
    )
    (released.kind / "other.html.j2").write_text(
        "o {{ a }}{% if side == 'back' %}<hr id=answer> back{% endif %}", encoding="utf-8"
    )
    found = released.judged()
    message = f"kind `own` was released and now {told}; Anki would skip every note of it that learners have"
    assert set(found) == {("shape-change", message, CURE)}
    released.shape(f"revision: 2\n{shape}")
    after = released.build(NOW + DAY)
    assert {name: after[name] for name in before if name != "own"} == {
        name: before[name] for name in before if name != "own"
    }
    assert released.release("1.1", NOW + 2 * DAY) is not None
    now = {entry["type"] for entry in released.locked("type") if entry["kind"] == "own"}
    assert (len(now - ids), ids <= now) == (2, True)


def test_a_card_more_or_less_is_told_alike(deck: Deck) -> None:
    deck.shape(KIND.replace("[ask]", "[ask, other]"))
    deck.release("1.0")
    for shape, told in (("[ask]", "has no card `Other`"), ("[other, ask]", "has its cards in another order")):
        deck.shape(KIND.replace("[ask]", shape))
        assert {message.partition("now ")[2].partition(";")[0] for _, message, _ in deck.judged()} == {told}


def test_fields_and_cards_renamed_with_formerly_are_the_same(released: Deck) -> None:
    before = released.build(NOW + 1)
    released.shape(
        KIND.replace("  B: b\n", "  Bee: {from: b, formerly: [B]}\n").replace("[ask]", "[{id: other, formerly: [ask]}]")
    )
    (released.kind / "other.html.j2").write_text(ASK.replace(" b ", " bee "), encoding="utf-8")
    assert released.build(NOW + DAY) == before
    assert released.release("1.1", NOW + 2 * DAY) is not None
    names = {entry["fields"][1][1] for entry in released.locked("type") if entry["kind"] == "own"}
    assert names == {"Bee"}
    assert released.judged() == []


COMPANION = "companions:\n  extra:\n    fields: {B: b, A: a}\n    cards: [extra]\n"


def test_a_companion_added_after_a_release_is_no_other_shape_and_its_own_shape_is_held(released: Deck) -> None:
    released.facts["own"]["b"] = "a bee"
    released.shape(KIND + COMPANION)
    extra = released.kind / "extra.html.j2"
    extra.write_text("{{ b }}{% if side == 'back' %}<hr id=answer> {{ a }}{% endif %}", encoding="utf-8")
    for language in ("ko", "en"):
        file = released.kind / f"labels/{language}.yaml"
        file.write_text(file.read_text(encoding="utf-8").replace("ask:", "extra: Extra, ask:"), encoding="utf-8")
    made = released.release("1.1", NOW + DAY)
    assert made is not None
    assert "Nothing to do" in dict(made.notes)["en"]
    released.shape(KIND + COMPANION.replace("A: a}", "A: a, C: a}"))
    assert {message.partition(";")[0] for _, message, _ in released.judged()} == {
        "kind `own+extra` was released and now has the new field `C`"
    }
    # The hint cures it: a companion has a revision of its own.
    released.shape(KIND + COMPANION.replace("A: a}", "A: a, C: a}").replace("extra:\n", "extra:\n    revision: 2\n"))
    assert released.judged() == []
    assert released.release("1.2", NOW + 2 * DAY) is not None
    kinds = [entry["kind"] for entry in released.locked("type") if entry["kind"].startswith("own")]
    assert sorted(kinds) == ["own", "own", "own+extra", "own+extra", "own+extra", "own+extra"]


def test_a_release_leaves_nothing_for_a_build_to_do(released: Deck) -> None:
    report, _ = pipeline.build(released.root, NOW + DAY, locked=True)
    assert list(report) == []
    assert list(pipeline.check(released.root, Report()).locks) == ["drinks"]
