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

from flashgen import again, pipeline
from flashgen.cache import Cache
from flashgen.diagnostics import Finding

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


def build(root: Path, cache: Cache | None = None) -> tuple[list[Finding], tuple[again.Made, ...]]:
    report, made = again.build(root, NOW, (), (), cache=cache)
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


def test_what_was_found_is_told_again(root: Path, tmp_path: Path) -> None:
    (root / "cards/deck/media/unused.svg").write_text(SVG)
    first, made = build(root, Cache(tmp_path / "cache"))
    assert [finding.rule.name for finding in first] == ["unused-media"]
    assert build(root, Cache(tmp_path / "cache")) == (first, made)


def test_nothing_is_run_where_nothing_changed(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = build(root, Cache(tmp_path / "cache"))
    checked = again.check(root, (), (), cache=(cache := Cache(tmp_path / "cache")))
    cache.close()
    monkeypatch.setattr(pipeline, "build", None)
    monkeypatch.setattr(pipeline, "check", None)
    assert build(root, Cache(tmp_path / "cache")) == first
    again_checked = again.check(root, (), (), cache=Cache(tmp_path / "cache"))
    assert (list(again_checked[0]), again_checked[1]) == (list(checked[0]), checked[1])
    assert [(entry.name, entry.notes, entry.cards, entry.file) for entry in checked[1]] == [("Deck", 4, 5, None)]


@pytest.mark.parametrize("touched", ["package", "lock", "fact", "media", "folder", "settings", "template"])
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


def test_a_link_to_a_folder_elsewhere_is_read_anew(root: Path, tmp_path: Path) -> None:
    (root / "cards/deck/basic.yaml").rename(tmp_path / "elsewhere.yaml")
    (root / "cards/deck/basic.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    build(root, Cache(tmp_path / "cache"))
    (tmp_path / "elsewhere.yaml").write_text(BASIC.replace("pod", "pod-two"))
    build(root, Cache(tmp_path / "cache"))
    lines = (root / "cards/deck/deck.lock.jsonl").read_text().splitlines()
    assert any(json.loads(line).get("fact") == "basic/pod-two" for line in lines)
