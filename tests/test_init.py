"""`flashgen init`: from an empty folder to a package, with flags and on a terminal."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from author import Terminal, flashgen, put

MADE = [
    "cards/k8s-deck/deck.yaml",
    "cards/k8s-deck/facts.yaml",
    ".gitignore",
    ".gitattributes",
    "README.md",
    ".schema/",
]


def deck(root: Path) -> str:
    return (root / "cards" / root.name / "deck.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("languages", "packages"),
    [
        ([], ["dist/my-deck.apkg"]),
        (["ko"], ["dist/my-deck.apkg"]),
        (["ko", "en"], ["dist/my-deck.ko.apkg", "dist/my-deck.en.apkg"]),
        (["fr"], ["dist/my-deck.apkg"]),
        (["en", "pt-BR"], ["dist/my-deck.en.apkg", "dist/my-deck.pt-BR.apkg"]),
    ],
)
def test_the_first_check_is_clean_and_the_first_build_works(
    languages: list[str], packages: list[str], tmp_path: Path
) -> None:
    flags = [word for language in languages for word in ("--language", language)]
    assert flashgen("init", "my-deck", *flags, cwd=tmp_path).returncode == 0
    checked = flashgen("check", "--strict", cwd=tmp_path / "my-deck")
    assert (checked.returncode, checked.stdout) == (0, ""), checked.stdout + checked.stderr
    built = flashgen("build", cwd=tmp_path / "my-deck")
    assert (built.returncode, built.stdout.split()) == (0, packages)


def test_it_asks_nothing_where_there_is_nobody_to_ask_and_says_what_it_made(tmp_path: Path) -> None:
    made = flashgen("init", "k8s-deck", cwd=tmp_path)
    assert made.returncode == 0
    assert made.stdout.split() == [f"k8s-deck/{name}" for name in MADE]
    assert "cd k8s-deck" in made.stderr
    assert "name: K8s deck\nlanguages: [en]\n" in deck(tmp_path / "k8s-deck")


def test_the_words_of_a_language_that_flashgen_does_not_speak_are_there_to_be_translated(tmp_path: Path) -> None:
    languages = ("--language", "ko", "--language", "fr")
    made = flashgen("init", "d", *languages, cwd=tmp_path)
    assert "d/templates/_labels/fr.yaml" in made.stdout.split()
    assert "Translate d/templates/_labels/fr.yaml: what the cards say by themselves" in made.stderr
    assert "_labels/ko" not in made.stdout
    # What other kinds say is there for the day when a fact is of them.
    fact = "  - {id: etcd, name: etcd, role: {ko: 클러스터의 상태를 저장한다, fr: Garde l’état du cluster}}\n"
    put(tmp_path / "d", {"cards/d/etcd.yaml": f"kind: component\nsource: https://example.org\nfacts:\n{fact}"})
    checked = flashgen("check", "--strict", cwd=tmp_path / "d")
    assert (checked.returncode, checked.stdout) == (0, "")


def test_every_deck_has_a_uid_of_its_own(tmp_path: Path) -> None:
    for name in ("one", "two"):
        flashgen("-C", tmp_path, "init", name)
    uids = {re.findall("^uid: ([0-9a-f]{16}) ", deck(tmp_path / name), re.MULTILINE)[0] for name in ("one", "two")}
    assert len(uids) == 2


@pytest.mark.parametrize(
    ("names", "written"),
    [
        (["Kubernetes"], "name:\n  ko: Kubernetes (ko)\n  en: Kubernetes (en)\n"),
        (["쿠버네티스", "C#: the #1 “way”"], 'name:\n  ko: 쿠버네티스\n  en: "C#: the #1 “way”"\n'),
    ],
)
def test_names_are_as_the_flags_say_and_differ_by_language(names: list[str], written: str, tmp_path: Path) -> None:
    flags = [word for name in names for word in ("--name", name)]
    done = flashgen("-C", tmp_path, "init", "d", *flags, "--language", "ko", "--language", "en")
    assert done.returncode == 0, done.stderr
    assert written in deck(tmp_path / "d")
    assert flashgen("-C", tmp_path / "d", "check").returncode == 0


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (["--language", "english"], "`english` is not a language code\n  hint: write codes such as `en`, `ko`"),
        (["--name", "a::"], "the deck's name `a::` has an empty part"),
        (["--name", "default"], "`Default` is Anki's own deck"),
        (["--name", "A", "--name", "B"], "2 names for 1 languages"),
    ],
)
def test_a_bad_flag_is_told_and_nothing_is_made(flags: list[str], told: str, tmp_path: Path) -> None:
    done = flashgen("-C", tmp_path, "init", "d", *flags)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert not list(tmp_path.iterdir())


def test_it_makes_its_project_in_a_folder_that_holds_other_files_and_overwrites_none(tmp_path: Path) -> None:
    root = put(tmp_path / "k8s-deck", {"README.md": "# Mine\n", ".gitignore": "*.tmp\n", "notes/a.txt": "x"})
    done = flashgen("init", cwd=root)
    assert (done.returncode, done.stdout.split()) == (
        0,
        [name for name in MADE if name not in ("README.md", ".gitignore")],
    )
    assert (root / "README.md").read_text() == "# Mine\n"
    assert (root / ".gitignore").read_text() == "*.tmp\n"
    assert "README.md was there and stays as it is." in done.stderr
    assert "Add this line to .gitignore: /dist/" in done.stderr


@pytest.mark.parametrize(
    ("files", "told"), [({"d/cards/x": ""}, "holds a project already"), ({"d": "a file"}, "d is a file")]
)
def test_it_leaves_a_project_or_a_file_alone(files: dict[str, str], told: str, tmp_path: Path) -> None:
    put(tmp_path, files)
    done = flashgen("-C", tmp_path, "init", "d")
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()} == set(files)


@pytest.mark.parametrize(("name", "folder"), [("쿠버네티스", "deck"), ("My K8s_deck!", "my-k8s-deck")])
def test_the_package_is_called_after_the_folder_where_that_gives_a_name(name: str, folder: str, tmp_path: Path) -> None:
    assert flashgen("-C", tmp_path, "init", name).returncode == 0
    assert (tmp_path / name / "cards" / folder / "deck.yaml").is_file()


def test_the_lock_is_merged_by_union_and_dist_is_ignored(tmp_path: Path) -> None:
    if shutil.which("git") is None:
        pytest.skip("there is no git here")
    flashgen("-C", tmp_path, "init", "d")
    root = tmp_path / "d"
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    flashgen("-C", root, "build")
    told = subprocess.run(
        ["git", "check-attr", "merge", "cards/d/deck.lock.jsonl"], cwd=root, capture_output=True, text=True, check=True
    )
    assert told.stdout == "cards/d/deck.lock.jsonl: merge: union\n"
    status = subprocess.run(["git", "status", "--short"], cwd=root, capture_output=True, text=True, check=True)
    assert "dist" not in status.stdout


def test_on_a_terminal_it_asks_again_until_the_answers_will_do(tmp_path: Path) -> None:
    terminal = Terminal("init", cwd=tmp_path)
    terminal.answer("Folder of the new project [.]: ", "k8s-deck\n")
    terminal.answer("Languages of the deck, such as `en` or `ko, en` [en]: ", "korean\n")
    terminal.answer("`korean` is not a language code\n", "")
    terminal.answer("[en]: ", "ko\n")
    terminal.answer("Name of the deck, as learners see it in Anki [K8s deck]: ", "Default\n")
    terminal.answer("[K8s deck]: ", "쿠버네티스\n")
    assert terminal.end() == 0
    assert "name: 쿠버네티스\nlanguages: [ko]\n" in deck(tmp_path / "k8s-deck")


def test_on_a_terminal_it_asks_for_a_name_in_each_language(tmp_path: Path) -> None:
    root = tmp_path / "tea"
    root.mkdir()
    terminal = Terminal("init", "--language", "ko", "--language", "en", cwd=root)
    terminal.answer("Name of the deck in `ko`, as learners see it in Anki [Tea (ko)]: ", "차\n")
    terminal.answer("Name of the deck in `en`, as learners see it in Anki [Tea (en)]: ", "차\n")
    terminal.answer("  another language has that name; Anki would make one deck of both\n", "")
    terminal.answer("[Tea (en)]: ", "\n")
    assert terminal.end() == 0
    assert "name:\n  ko: 차\n  en: Tea (en)\n" in deck(tmp_path / "tea")


def test_on_a_terminal_an_empty_answer_takes_the_usual_and_flags_are_not_asked_for(tmp_path: Path) -> None:
    root = tmp_path / "k8s-deck"
    root.mkdir()
    terminal = Terminal("init", "--language", "en", cwd=root)
    terminal.answer("[K8s deck]: ", "\n")
    assert terminal.end() == 0
    assert "Folder" not in terminal.shown
    assert "Languages" not in terminal.shown
    assert "name: K8s deck\n" in deck(root)


def test_on_a_terminal_flags_that_say_all_leave_nothing_to_ask(tmp_path: Path) -> None:
    root = tmp_path / "tea"
    root.mkdir()
    terminal = Terminal("init", "--language", "en", "--name", "Tea time", cwd=root)
    assert terminal.end() == 0
    assert "]: " not in terminal.shown
    assert "name: Tea time\n" in deck(root)


@pytest.mark.parametrize("key", ["\x03", "\x04"], ids=["Ctrl-C", "Ctrl-D"])
def test_who_leaves_at_a_question_leaves_nothing_behind(key: str, tmp_path: Path) -> None:
    terminal = Terminal("init", cwd=tmp_path)
    terminal.answer("[.]: ", "d\n")
    terminal.answer("[en]: ", key)
    assert terminal.end() == 130
    assert "Traceback" not in terminal.shown
    assert not list(tmp_path.iterdir())
