"""The cache makes runs quicker and changes nothing: not a byte, not a finding."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from flashgen import again, known_files, pipeline
from flashgen.cache import Cache
from flashgen.diagnostics import Finding
from flashgen.inputs import Aids
from flashgen.read import project
from flashgen.read.source import read_yaml
from flashgen.render import cards

NOW = 1_780_000_000
SVG = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 40">
<rect id="etcd" x="4" y="4" width="30" height="30" fill="#888"/><rect id="api" x="44" y="4" width="30" height="30"/>
<text id="caption" x="4" y="39" font-size="4">…</text></svg>"""
DIAGRAM = """\
kind: diagram
facts:
  - id: cluster
    title: A cluster
    picture: cluster.svg
    alt: Two boxes
    labels: {caption: Two boxes}
    regions:
      - {id: etcd, answer: etcd, question: What is this?}
      - {id: api, answer: The API}
"""
BASIC = """\
kind: basic
facts:
  - {id: pod, front: What is a Pod?, back: "One or more **containers**"}
  - {id: node, front: What is a node?, back: A machine}
"""
# A tag that is written in two ways is an error; a picture that nothing shows is a warning.
SPELLING = (
    "kind: basic\ntags: [K8s]\nfacts:\n  - {id: a, front: a, back: b}\n  - {id: b, tags: [k8s], front: b, back: c}\n"
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    folder = root / "cards/deck"
    (folder / "media").mkdir(parents=True)
    (folder / "deck.yaml").write_text("uid: 0123456789abcdef\nname: Deck\n")
    (folder / "basic.yaml").write_text(BASIC)
    (folder / "diagram.yaml").write_text(DIAGRAM)
    (folder / "media/cluster.svg").write_text(SVG)
    return root


def build(root: Path, cache: Cache | None = None, workers: int = 1) -> tuple[list[Finding], tuple[again.Made, ...]]:
    report, made = again.build(root, NOW, (), (), aids=Aids(cache or Cache(), workers=workers))
    if cache is not None:
        cache.close()
    return list(report), made


def written(root: Path) -> dict[str, bytes]:
    """Return the lock and the packages, once a build without any cache has told what they have to be."""
    files = [root / "cards/deck/deck.lock.jsonl", *sorted((root / "dist").iterdir())]
    return {file.name: file.read_bytes() for file in files}


def forget(root: Path) -> None:
    shutil.rmtree(root / "dist", ignore_errors=True)
    (root / "cards/deck/deck.lock.jsonl").unlink(missing_ok=True)


@pytest.fixture
def expected(root: Path) -> dict[str, bytes]:
    build(root)
    found = written(root)
    forget(root)
    return found


def test_cold_and_warm_builds_give_the_bytes_of_a_build_without_a_cache(
    root: Path, expected: dict[str, bytes], tmp_path: Path
) -> None:
    for _ in range(2):
        build(root, Cache(tmp_path / "cache"))
        assert written(root) == expected
        build(root, Cache(tmp_path / "cache"))
        assert written(root) == expected
        forget(root)


@pytest.mark.parametrize("damage", ["cut", "noise", "empty", "folder", "values", "gone"])
def test_a_damaged_cache_changes_nothing(root: Path, expected: dict[str, bytes], tmp_path: Path, damage: str) -> None:
    cache = tmp_path / "cache"
    build(root, Cache(cache))
    file = cache / "flashgen.sqlite"
    data = file.read_bytes()
    if damage == "values":
        with sqlite3.connect(file) as connection:
            connection.execute("UPDATE kept SET value = CAST('[]' AS BLOB)")
        connection.close()
    elif damage == "gone":
        shutil.rmtree(cache)
    elif damage == "folder":
        file.unlink()
        file.mkdir()
    else:
        file.write_bytes({"cut": data[: len(data) // 2], "noise": b"\x07" * len(data), "empty": b""}[damage])
    for _ in range(2):
        forget(root)
        build(root, Cache(cache))
        assert written(root) == expected


def test_a_cache_that_others_could_write_to_is_not_read(root: Path, expected: dict[str, bytes], tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    cache.chmod(0o777)
    build(root, Cache(cache))
    assert written(root) == expected
    assert not list(cache.iterdir())


def test_builds_at_once_share_a_cache(root: Path, expected: dict[str, bytes], tmp_path: Path) -> None:
    roots = [root, *(Path(shutil.copytree(root, tmp_path / f"copy{number}")) for number in range(3))]
    environment = {**os.environ, "FLASHGEN_CACHE": str(tmp_path / "cache"), "SOURCE_DATE_EPOCH": str(NOW)}
    for _ in range(2):
        runs = [
            subprocess.Popen(
                [sys.executable, "-m", "flashgen", "-C", each, "build"],
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            for each in roots
        ]
        assert [run.wait() for run in runs] == [0] * len(roots)
        for each in roots:
            assert written(each) == expected
            forget(each)


MANY = "kind: basic\ntags: [bench]\nfacts:\n" + "".join(
    f"  - id: fact-{{0}}-{number}\n    tags: [set::t{number % 3}]\n    front: Which fact is {{0}} {number}?\n"
    f"    back: '**{{0}} {number}**, as [the docs](https://example.org/docs) say'\n"
    for number in range(40)
)


@pytest.fixture
def many(root: Path) -> Path:
    """A deck of enough files for several processes, in two languages, with a subdeck, references and reasons."""
    folder = root / "cards/deck"
    (folder / "deck.yaml").write_text("uid: 0123456789abcdef\nname: {en: Deck, ko: 덱}\nlanguages: [en, ko]\n")
    (folder / "media/cluster.svg").unlink()
    (folder / "diagram.yaml").unlink()
    for number in range(12):
        (folder / f"many-{number:02}.yaml").write_text(MANY.format(number))
    (folder / "many-05.yaml").write_text(MANY.format(5).replace("tags: [bench]", "deck: {en: Sub, ko: 아래}"))
    (folder / "refers.yaml").write_text(
        "kind: basic\nfacts:\n"
        "  - {id: refers, front: {en: a, ko: 가}, back: {en: b, ko: 나}, see: [fact-3-1], formerly: [referred]}\n"
        "  - id: allows\n    front: {en: c, ko: 다}\n    back: {en: d, ko: 라}\n    context: {en: only here}\n"
        "    allow: {untranslated-extra: English alone needs it}\n"
        "  - {id: draft, draft: true}\n"
    )
    (folder / "list.yaml").write_text(
        "kind: list\nfacts:\n  - id: parts\n    title: Parts of a Pod\n    items:\n"
        "      - {id: one, text: containers}\n      - {id: two, text: volumes}\n      - {id: three, text: an address}\n"
    )
    return root


def changed(root: Path, name: str, old: str, new: str) -> None:
    file = root / "cards/deck" / name
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


TWICE = "Which fact is 3 7?\n    back: '**3 7**"
# What is edited, and the rules that are broken then.
EDITS = {
    "nothing": ("many-00.yaml", "tags: [bench]", "tags: [bench]", []),
    "a text": ("many-03.yaml", "Which fact is 3 7?", "Which fact is that?", []),
    "a fact said twice": ("many-03.yaml", TWICE, TWICE.replace("3 7", "4 7"), ["duplicate-first-field"]),
    "an id that another has": ("many-03.yaml", "id: fact-3-7\n", "id: fact-4-7\n", ["duplicate-id"]),
    "an id that another names": ("many-03.yaml", "id: fact-3-1\n", "id: fact-3-100\n", ["dangling-reference"]),
    "a tag in other letters": ("many-00.yaml", "set::t1", "Set::t1", ["bad-tag"]),
    "a syntax error": ("many-03.yaml", "front: Which fact is 3 7?", "front: 'Which fact is 3 7?", ["yaml-syntax"]),
    "a reason that is not needed": ("refers.yaml", "{en: only here}", "{en: here, ko: 여기}", ["unused-allow"]),
    "a subdeck": ("many-05.yaml", "en: Sub", "en: SUB", []),
    "the deck's languages": ("deck.yaml", "languages: [en, ko]", "languages: [ko, en]", []),
    "the deck's name": ("deck.yaml", "en: Deck", "en: Cards", []),
    "a voice": ("deck.yaml", "languages:", "speech: {en: en_US}\nlanguages:", []),
    "what the deck says of itself": ("deck.yaml", "languages:", "description: All of it\nlanguages:", []),
    "a part": ("list.yaml", "id: two", "id: second", []),
}


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let other processes make files however few there are, in small portions."""
    monkeypatch.setattr(known_files, "_WORTH_A_PROCESS", 1)
    monkeypatch.setattr(known_files, "_PORTION", 9_000)


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
@pytest.mark.parametrize("workers", [1, 2, 3])
def test_what_is_known_of_files_changes_nothing(
    many: Path, tmp_path: Path, edit: tuple[str, str, str, list[str]], workers: int
) -> None:
    alone = Path(shutil.copytree(many, tmp_path / "alone"))
    for root, cache in ((alone, None), (many, Cache(tmp_path / "cache"))):
        build(root, cache, workers)
    assert written(many) == written(alone)
    found = []
    for root, cache in ((alone, None), (many, Cache(tmp_path / "cache")), (many, Cache(tmp_path / "other"))):
        if cache is None or cache.folder == tmp_path / "cache":
            changed(root, *edit[:3])
        findings, made = build(root, cache, workers)
        found.append((findings, [replace(entry, file=None) for entry in made], written(root)))
    assert list(dict.fromkeys(finding.rule.name for finding in found[0][0])) == edit[3]
    assert found[1] == found[0]
    assert found[2] == found[0]


@pytest.mark.usefixtures("eager")
def test_first_fields_without_a_word_are_no_duplicates_whoever_made_them(many: Path, tmp_path: Path) -> None:
    rules = "kind: basic\nfacts:\n  - {id: line, front: '***', back: a}\n  - {id: rule, front: '***', back: b}\n"
    (many / "cards/deck/rules.yaml").write_text(rules)
    alone, _ = build(many, None, 1)
    assert build(many, Cache(tmp_path / "cache"), 2)[0] == alone
    changed(many, "many-03.yaml", "Which fact is 3 7?", "Which fact is that?")
    assert build(many, Cache(tmp_path / "cache"))[0] == alone


@pytest.mark.usefixtures("eager")
def test_files_are_made_by_other_processes_and_found_again(
    many: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(many, Cache(tmp_path / "cache"), 2)
    changed(many, "many-03.yaml", "Which fact is 3 7?", "Which fact is that?")
    read = []
    monkeypatch.setattr(project, "read_yaml", lambda file, *rest: read.append(file.name) or read_yaml(file, *rest))
    build(many, Cache(tmp_path / "cache"))
    # The list's gaps hang on the lock.
    assert {name for name in read if name.startswith(("many", "refers", "basic", "list"))} == {
        "many-03.yaml",
        "list.yaml",
    }


def test_an_edit_of_what_the_deck_says_compiles_no_kind_again(
    many: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(many, Cache(tmp_path / "cache"))
    changed(many, "deck.yaml", "languages:", "description: All of it\nlanguages:")
    monkeypatch.setattr(cards, "compile_kind", None)
    build(many, Cache(tmp_path / "cache"))


@pytest.mark.usefixtures("eager")
def test_what_is_wrong_with_a_kind_is_told_whoever_compiled_it(many: Path, tmp_path: Path) -> None:
    """Several portions of each process meet it, and none of them may keep it to itself."""
    (many / "cards/deck/deck.yaml").write_text("uid: 0123456789abcdef\nname: Deck\nlanguages: [fr]\n")
    for name in ("list.yaml", "refers.yaml", "many-05.yaml"):
        (many / "cards/deck" / name).unlink()
    alone, _ = build(many, None, 1)
    assert "missing-catalogue" in [finding.rule.name for finding in alone]
    assert build(many, Cache(tmp_path / "cache"), 2)[0] == alone


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("name", ["a\nb.yaml", 'a"b\t.yaml', "é 한.yaml"])
def test_files_of_any_name_are_made_by_other_processes(many: Path, tmp_path: Path, name: str) -> None:
    (many / "cards/deck/many-03.yaml").rename(many / "cards/deck" / name)
    alone = Path(shutil.copytree(many, tmp_path / "alone"))
    assert build(many, Cache(tmp_path / "cache"), 2)[0] == build(alone, None, 1)[0]
    assert written(many) == written(alone)


PROJECTS = sorted(folder for folder in (Path(__file__).parent / "projects").iterdir() if (folder / "cards").is_dir())


@pytest.mark.parametrize("folder", PROJECTS, ids=lambda folder: folder.name)
def test_every_good_project_is_the_same_with_a_cache(folder: Path, tmp_path: Path) -> None:
    found = []
    for name in ("alone", "helped"):
        root = Path(shutil.copytree(folder, tmp_path / name))
        cache = tmp_path / "cache" if name == "helped" else None
        build(root, Cache(cache))
        # Something, so that it is built anew with what is known of the rest.
        facts = max(file for file in (root / "cards").rglob("*.yaml") if file.parent.name != "media")
        facts.write_text(facts.read_text(encoding="utf-8") + "\n# later\n", encoding="utf-8")
        findings, _ = build(root, Cache(cache))
        files = sorted(file for part in ("cards", "dist") for file in (root / part).rglob("*") if file.is_file())
        found.append((findings, {file.relative_to(root): file.read_bytes() for file in files}))
    assert found[0] == found[1]


def test_what_was_found_is_told_again(root: Path, tmp_path: Path) -> None:
    (root / "cards/deck/media/unused.svg").write_text(SVG)
    first, made = build(root, Cache(tmp_path / "cache"))
    assert [finding.rule.name for finding in first] == ["unused-media"]
    assert build(root, Cache(tmp_path / "cache")) == (first, made)


def test_nothing_is_run_where_nothing_changed(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = build(root, Cache(tmp_path / "cache"))
    checked = again.check(root, (), (), aids=Aids(cache := Cache(tmp_path / "cache")))
    cache.close()
    monkeypatch.setattr(pipeline, "build", None)
    monkeypatch.setattr(pipeline, "check", None)
    assert build(root, Cache(tmp_path / "cache")) == first
    again_checked = again.check(root, (), (), aids=Aids(Cache(tmp_path / "cache")))
    assert (list(again_checked[0]), again_checked[1]) == (list(checked[0]), checked[1])
    assert [(entry.name, entry.notes, entry.cards, entry.file) for entry in checked[1]] == [("Deck", 4, 5, None)]


@pytest.mark.parametrize("touched", ["package", "lock", "fact", "media", "folder", "settings", "template", "words"])
def test_what_changed_since_is_seen(root: Path, tmp_path: Path, touched: str) -> None:
    build(root, Cache(tmp_path / "cache"))
    before = written(root)
    package, lock, fact = root / "dist/deck.apkg", root / "cards/deck/deck.lock.jsonl", root / "cards/deck/basic.yaml"
    if touched == "package":
        package.write_bytes(b"no package")
        build(root, Cache(tmp_path / "cache"))
        assert written(root) == before
    elif touched == "lock":
        lock.write_bytes(lock.read_bytes().replace(str(NOW).encode(), str(NOW + 7).encode()))
        build(root, Cache(tmp_path / "cache"))
        assert package.read_bytes() != before["deck.apkg"]
    elif touched == "fact":
        # As long as it was: its size tells nothing.
        fact.write_text(BASIC.replace("A machine", "A Machine"))
        build(root, Cache(tmp_path / "cache"))
        assert written(root)["deck.lock.jsonl"] != before["deck.lock.jsonl"]
    elif touched == "media":
        (root / "cards/deck/media/unused.svg").write_text(SVG)
        assert [finding.rule.name for finding in build(root, Cache(tmp_path / "cache"))[0]] == ["unused-media"]
    elif touched == "folder":
        (root / "cards/stray.yaml").write_text("")
        assert [finding.rule.name for finding in build(root, Cache(tmp_path / "cache"))[0]] == ["stray-file"]
    elif touched == "settings":
        (root / "flashgen.toml").write_text("[lint]\nselect = ['no-such-rule']\n")
        assert [finding.rule.name for finding in build(root, Cache(tmp_path / "cache"))[0]] == ["bad-setting"]
    elif touched == "words":
        (root / "templates/_labels").mkdir(parents=True)
        for title in ("Question and answer", "Question and reply"):
            (root / "templates/_labels/en.yaml").write_text(f"kinds: {{basic: {{title: {title}}}}}\n")
            build(root, Cache(tmp_path / "cache"))
            assert package.read_bytes() != before["deck.apkg"]
            before = written(root)
    else:
        (root / "templates/basic/labels").mkdir(parents=True)
        (root / "templates/basic/labels/en.yaml").write_text("title: Question and answer\n")
        build(root, Cache(tmp_path / "cache"))
        assert package.read_bytes() != before["deck.apkg"]


def test_errors_are_told_as_without_a_cache(root: Path, tmp_path: Path) -> None:
    (root / "cards/deck/spelling.yaml").write_text(SPELLING)
    alone, _ = build(root)
    assert {finding.rule.name for finding in alone} >= {"bad-tag"}
    for _ in range(2):
        assert build(root, Cache(tmp_path / "cache")) == (alone, ())


def test_what_no_run_wanted_goes_first(tmp_path: Path) -> None:
    with Cache(tmp_path / "cache", limit=1000) as cache:
        cache.put(b"a" * 300, "a")
    with Cache(tmp_path / "cache", limit=1000) as cache:
        cache.put(b"b" * 300, "b")
    with Cache(tmp_path / "cache", limit=1000) as cache:
        assert cache.get("a") == b"a" * 300
        cache.put(b"c" * 450, "c")
    with Cache(tmp_path / "cache", limit=1000) as cache:
        assert [cache.get(name) is not None for name in "abc"] == [True, False, True]


def test_what_a_link_leads_to_is_read_anew(root: Path, tmp_path: Path) -> None:
    (root / "cards/deck/basic.yaml").rename(root / "elsewhere.yaml")
    (root / "cards/deck/basic.yaml").symlink_to(root / "elsewhere.yaml")
    build(root, Cache(tmp_path / "cache"))
    (root / "elsewhere.yaml").write_text(BASIC.replace("pod", "pod-two"))
    build(root, Cache(tmp_path / "cache"))
    lines = (root / "cards/deck/deck.lock.jsonl").read_text().splitlines()
    assert any(json.loads(line).get("fact") == "basic/pod-two" for line in lines)


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("begun", [0, 1])
def test_where_no_more_processes_are_to_be_had_one_makes_the_rest(
    many: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, begun: int
) -> None:
    alone = Path(shutil.copytree(many, tmp_path / "alone"))
    build(alone)
    left, fork = [None] * begun, os.fork

    def limited() -> int:
        if not left:
            raise BlockingIOError(11, "Resource temporarily unavailable")
        left.pop()
        return fork()

    monkeypatch.setattr(os, "fork", limited)
    build(many, Cache(tmp_path / "cache"), 2)
    assert written(many) == written(alone)
