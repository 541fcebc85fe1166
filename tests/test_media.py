"""Pictures: found, named by their content, packed, and taken by real Anki."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

import anki_judge
import pytest

from flashgen import pipeline
from flashgen.render.plain import plain_text

NOW = 1_780_000_000
MAP, FLAG = b"a map", b"a flag"


def name_of(stem: str, data: bytes) -> str:
    return f"{stem}-{hashlib.sha256(data).hexdigest()[:16]}.png"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project" / "cards" / "capitals"
    (folder / "media" / "asia").mkdir(parents=True)
    (folder / "media" / "asia" / "서울 Map.png").write_bytes(MAP)
    (folder / "media" / "flag.png").write_bytes(FLAG)
    (folder / "deck.yaml").write_text("uid: pictures\nname: {en: Capitals, ko: 수도}\nlanguages: [en, ko]\n", "utf-8")
    (folder / "facts.yaml").write_text(
        "kind: basic\n"
        "facts:\n"
        "  - id: seoul\n"
        '    front: {en: "Which city is ![a map](<media/asia/서울 Map.png>)?", ko: 대한민국의 수도는?}\n'
        "    back: {en: Seoul, ko: 서울}\n"
        "  - id: bern\n"
        "    kind: cloze\n"
        '    text: "{{c1::![the flag of Bern](flag.png)}} is the flag of Bern."\n',
        "utf-8",
    )
    return tmp_path / "project"


def build(root: Path, now: int = NOW) -> dict[str, Path]:
    report, built = pipeline.build(root, now)
    assert [finding.message for finding in report] == []
    return {entry.file.name: entry.file for entry in built}


def test_a_picture_is_packed_under_a_name_that_says_what_is_in_it(project: Path) -> None:
    with zipfile.ZipFile(build(project)["capitals.en.apkg"]) as archive:
        names = json.loads(archive.read("media"))
        found = {name: archive.read(number) for number, name in names.items()}
    assert found == {name_of("map", MAP): MAP, name_of("flag", FLAG): FLAG}


def test_a_package_holds_only_what_its_language_shows(project: Path) -> None:
    with zipfile.ZipFile(build(project)["capitals.ko.apkg"]) as archive:
        assert list(json.loads(archive.read("media")).values()) == [name_of("flag", FLAG)]


def test_anki_takes_the_pictures_and_misses_none(project: Path, tmp_path: Path) -> None:
    package = build(project)["capitals.en.apkg"]
    with anki_judge.new_collection(tmp_path) as collection:
        anki_judge.import_package(collection, package)
        checked = collection.media.check()
        assert (list(checked.missing), list(checked.unused)) == ([], [])
        assert (Path(collection.media.dir()) / name_of("map", MAP)).read_bytes() == MAP


def test_a_picture_that_changed_comes_with_its_note_and_no_other(project: Path, tmp_path: Path) -> None:
    package = build(project)["capitals.en.apkg"]
    with anki_judge.new_collection(tmp_path) as collection:
        anki_judge.import_package(collection, package)
        larger = b"a larger map"
        (project / "cards/capitals/media/asia/서울 Map.png").write_bytes(larger)
        build(project, NOW + 86_400)
        assert anki_judge.import_package(collection, package) == {"updated": 1, "duplicate": 1}
        assert (Path(collection.media.dir()) / name_of("map", larger)).read_bytes() == larger


def test_a_picture_in_a_gap_hides_with_it(project: Path) -> None:
    report = pipeline.Report()
    (edition, _) = pipeline.check(project, report).editions
    note = next(note for note in edition.notes if note.fact.id == "bern")
    assert (
        note.fields[0] == f'{{{{c1::<img src="{name_of("flag", FLAG)}" alt="the flag of Bern">}}}} is the flag of Bern.'
    )
    assert plain_text(note.fields[0]) == "is the flag of Bern."


def test_a_link_out_of_the_folder_is_no_picture(project: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(b"secret")
    (project / "cards/capitals/media/flag.png").unlink()
    (project / "cards/capitals/media/flag.png").symlink_to(tmp_path / "secret.png")
    report, built = pipeline.build(project, NOW)
    assert built == ()
    assert [finding.rule.name for finding in report] == ["missing-media"]
