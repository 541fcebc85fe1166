"""Pictures, sounds and videos: found, named by their content, packed, credited, and taken by real Anki."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anki_judge
import media_files
import pytest
import yaml

from flashgen import pipeline
from flashgen.errors import ProjectError
from flashgen.model import Note
from flashgen.read.files import END, Ends, read_ends
from flashgen.render.media_types import LARGEST, TYPES, fault_of, format_of
from flashgen.render.plain import plain_text

NOW = 1_780_000_000
MAP, FLAG = media_files.png("a map"), media_files.png("a flag")
PROJECT = Path(__file__).parent / "projects" / "media"


def name_of(stem: str, data: bytes, ending: str = ".png") -> str:
    return f"{stem}-{hashlib.sha256(data).hexdigest()[:16]}{ending}"


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
        larger = media_files.png("a larger map")
        (project / "cards/capitals/media/asia/서울 Map.png").write_bytes(larger)
        build(project, NOW + 86_400)
        assert anki_judge.import_package(collection, package) == {"updated": 1, "duplicate": 1}
        assert (Path(collection.media.dir()) / name_of("map", larger)).read_bytes() == larger


def meddle(monkeypatch: pytest.MonkeyPatch, do: Callable[[], object]) -> None:
    """Do something once, when a build has looked at all files and has not read the pictures for the package yet."""
    waiting = [do]
    pack = pipeline.pack

    def packing(*given: Any) -> Any:
        while waiting:
            waiting.pop()()
        return pack(*given)

    monkeypatch.setattr(pipeline, "pack", packing)


def test_a_picture_that_is_saved_while_it_is_packed_comes_under_its_new_name(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    larger = media_files.png("a larger map")
    meddle(monkeypatch, lambda: (project / "cards/capitals/media/asia/서울 Map.png").write_bytes(larger))
    with zipfile.ZipFile(build(project)["capitals.en.apkg"]) as archive:
        found = {name: archive.read(number) for number, name in json.loads(archive.read("media")).items()}
    assert found == {name_of("map", larger): larger, name_of("flag", FLAG): FLAG}


def test_a_picture_that_vanishes_while_it_is_packed_leaves_the_last_packages(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {file: file.read_bytes() for file in build(project).values()}
    (project / "cards/capitals/media/flag.png").write_bytes(media_files.png("a larger flag"))
    meddle(monkeypatch, (project / "cards/capitals/media/flag.png").unlink)
    report, built = pipeline.build(project, NOW + 1)
    assert built == ()
    assert [finding.rule.name for finding in report] == ["missing-media"]
    assert {file: file.read_bytes() for file in (project / "dist").iterdir()} == before


def test_a_picture_in_a_gap_hides_with_it(project: Path) -> None:
    note = notes(project)["bern"]
    assert (
        note.fields[0] == f'{{{{c1::<img src="{name_of("flag", FLAG)}" alt="the flag of Bern">}}}} is the flag of Bern.'
    )
    assert plain_text(note.fields[0]) == "is the flag of Bern."


def test_a_link_out_of_the_folder_is_no_picture(project: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(media_files.png("secret"))
    (project / "cards/capitals/media/flag.png").unlink()
    (project / "cards/capitals/media/flag.png").symlink_to(tmp_path / "secret.png")
    with pytest.raises(ProjectError, match=r"^cards/capitals/media/flag.png is a link that leads out of the project$"):
        pipeline.build(project, NOW)


# --- Sounds, videos, credits and speech, in tests/projects/media


@pytest.fixture
def rich(tmp_path: Path) -> Path:
    shutil.copytree(PROJECT, tmp_path / "rich")
    return tmp_path / "rich"


def edit(root: Path, name: str, change: Callable[[Any], None]) -> None:
    """Change a YAML file of the rich project's deck."""
    file = root / "cards/sounds" / name
    value = yaml.load(file.read_text("utf-8"), Loader=yaml.CBaseLoader)  # noqa: S506 - it makes nothing but text
    change(value)
    file.write_text(json.dumps(value, ensure_ascii=False), "utf-8")


def notes(root: Path, language: str = "en") -> dict[str, Note]:
    editions = pipeline.check(root, report := pipeline.Report()).editions
    assert [finding.message for finding in report] == []
    return {note.fact.id: note for edition in editions if edition.language == language for note in edition.notes}


def field(note: Note, name: str) -> str:
    return dict(zip((field.name for field in note.note_type.fields), note.fields, strict=True))[name]


def digests(root: Path) -> dict[str, str]:
    return {name: note.digest for name, note in notes(root).items()}


def changed(root: Path, before: dict[str, str]) -> set[str]:
    return {name for name, digest in digests(root).items() if before[name] != digest}


def test_anki_has_every_file_and_none_too_many(rich: Path, tmp_path: Path) -> None:
    packages = build(rich)
    media = rich / "cards/sounds/media"
    with anki_judge.new_collection(tmp_path) as collection:
        for package in packages.values():
            anki_judge.import_package(collection, package)
        checked = collection.media.check()
        assert (list(checked.missing), list(checked.unused)) == ([], [])
        taken = {file.read_bytes() for file in Path(collection.media.dir()).iterdir()}
    assert taken == {file.read_bytes() for file in media.rglob("*.*") if file.suffix != ".yaml"}


def outputs(collection: anki_judge.Collection, note: Note) -> list[Any]:
    places = anki_judge.card_place(collection)
    return [collection.get_card(places[note.guid, ord_][0]).render_output() for ord_ in note.ords]


def test_anki_plays_sounds_and_speaks_answers_in_the_voice_of_their_language(rich: Path, tmp_path: Path) -> None:
    packages = build(rich)
    hello = name_of("hello", media_files.wav(), ".wav")
    with anki_judge.new_collection(tmp_path) as collection:
        for package in packages.values():
            anki_judge.import_package(collection, package)
        for language, voice, answer in (("ko", "ko_KR", "안녕"), ("en", "en_US", "Hello")):
            (forward,) = outputs(collection, notes(rich, language)["hello"])
            assert [tag.filename for tag in forward.question_av_tags] == [hello]
            heard, spoken = forward.answer_av_tags
            assert (heard.filename, spoken.lang, spoken.field_text) == (hello, voice, answer)
            forward, backward = outputs(collection, notes(rich, language)["written"])
            assert forward.question_av_tags == backward.question_av_tags == []
            (spoken,) = backward.answer_av_tags
            assert spoken.lang == voice


def test_a_file_name_that_anki_would_read_out_is_told(rich: Path, tmp_path: Path) -> None:
    edit(rich, "facts.yaml", lambda file: file["facts"][0].update(reverse="true"))
    report, built = pipeline.build(rich, NOW)
    (finding,) = report
    assert finding.rule.name == "spoken-file-name"
    assert finding.message == "Anki's voice would read out the name of the sound in the front of `hello`"
    # So it does.
    with anki_judge.new_collection(tmp_path) as collection:
        anki_judge.import_package(collection, next(entry.file for entry in built if "en" in entry.file.name))
        note = next(row.note for row in built[1].package.rows if row.note.fact.id == "hello")
        _, spoken = outputs(collection, note)[1].answer_av_tags
        assert spoken.field_text.endswith(".wav]")


def test_speech_changes_no_field_and_no_card(rich: Path) -> None:
    spoken = notes(rich)
    edit(rich, "deck.yaml", lambda deck: deck.pop("speech"))
    silent = notes(rich)
    assert {name: (note.fields, note.ords, note.digest) for name, note in silent.items()} == {
        name: (note.fields, note.ords, note.digest) for name, note in spoken.items()
    }
    assert not any("tts" in card.back for note in silent.values() for card in note.note_type.templates)
    assert any("{{tts en_US:Back}}" in card.back for card in spoken["hello"].note_type.templates)


@pytest.mark.parametrize(
    ("speech", "voices"),
    [("true", {"ko": "ko_KR", "en": "en_US"}), ("false", {}), ({"en": "en_GB"}, {"en": "en_GB"})],
)
def test_a_deck_says_what_is_spoken(rich: Path, speech: object, voices: dict[str, str]) -> None:
    edit(rich, "deck.yaml", lambda deck: deck.update(speech=speech))
    for language in ("ko", "en"):
        backs = "".join(card.back for note in notes(rich, language).values() for card in note.note_type.templates)
        assert ("{{tts " in backs) == (language in voices)
        assert f"{{{{tts {voices.get(language, '')}" in backs or language not in voices


def test_a_sound_that_changed_comes_with_its_notes_and_no_other(rich: Path, tmp_path: Path) -> None:
    package = build(rich)["sounds.en.apkg"]
    with anki_judge.new_collection(tmp_path) as collection:
        anki_judge.import_package(collection, package)
        louder = media_files.wav(9)
        (rich / "cards/sounds/media/hello.wav").write_bytes(louder)
        build(rich, NOW + 86_400)
        assert anki_judge.import_package(collection, package) == {"updated": 3, "duplicate": 4}
        assert (Path(collection.media.dir()) / name_of("hello", louder, ".wav")).read_bytes() == louder
        assert [tag.filename for tag in outputs(collection, notes(rich)["silent"])[0].question_av_tags] == [
            name_of("hello", louder, ".wav"),
            name_of("move", media_files.mp4(), ".mp4"),
        ]


def test_what_a_property_of_a_file_says_is_part_of_its_note(rich: Path) -> None:
    before = digests(rich)
    apple = next(iter(number for number, name in enumerate(before) if name == "apple"))
    edit(rich, "facts.yaml", lambda file: file["facts"][apple]["shown"].update(alt="an apple"))
    assert changed(rich, before) == {"apple"}
    before = digests(rich)
    edit(rich, "facts.yaml", lambda file: file["facts"][apple]["said"].update(en="hello.wav"))
    assert changed(rich, before) == {"apple"}
    assert field(notes(rich)["apple"], "Said") == f"[sound:{name_of('hello', media_files.wav(), '.wav')}]"


def test_a_credit_stands_in_the_source_line_of_the_notes_that_show_its_file_and_in_the_description(rich: Path) -> None:
    before = digests(rich)

    def correct(credits_: Any) -> None:
        credits_["dot.gif"]["author"] = {"en": "Dot <Ltd>", "ko": "점"}

    edit(rich, "media/credits.yaml", correct)
    assert changed(rich, before) == {"silent", "apple"}
    line = '<span class="fg-credit">Picture: Dot &lt;Ltd&gt;, CC0-1.0</span>'
    assert {name for name, note in notes(rich).items() if line in field(note, "Source")} == {"silent", "apple"}
    english, korean = (
        edition.description
        for language in ("en", "ko")
        for edition in pipeline.check(rich, pipeline.Report(), languages=[language]).editions
    )
    assert "<p>Pictures and sounds</p>" in english
    assert "<li>Dot &lt;Ltd&gt;, CC0-1.0</li>" in english
    assert "<li>점, CC0-1.0</li>" in korean
    # Only the Korean notes play it.
    assert ("Speaker One" in english, "Speaker One" in korean) == (False, True)


# --- What a file holds


CUT: Any = {
    ".gif": media_files.gif()[:-1],
    ".jpg": media_files.jpeg()[:-2],
    ".png": MAP[:-12],
    ".wav": media_files.wav()[:-40],
    ".mp4": media_files.mp4().replace(b"moov", b"free"),
}
WHOLE: Any = {
    ".gif": media_files.gif(),
    ".jpeg": media_files.jpeg(),
    ".jpg": media_files.jpeg(),
    ".png": MAP,
    ".webp": b"RIFF\x04\0\0\0WEBP",
    ".flac": b"fLaC\0",
    ".m4a": media_files.mp4(),
    ".mp3": media_files.MP3,
    ".ogg": media_files.OGG,
    ".opus": media_files.OGG,
    ".wav": media_files.wav(),
    ".mp4": media_files.mp4(),
    ".webm": b"\x1a\x45\xdf\xa3\0",
}


# A drawing is read by `svg`, which tells more.
JUDGED: Any = {ending: type_ for ending, type_ in TYPES.items() if ending != ".svg"}


def ends(data: bytes) -> Ends:
    return Ends(data[:END], data[-END:], len(data), lambda: data)


@pytest.mark.parametrize("size", [0, 1, END, END + 1, 2 * END, 2 * END + 1])
def test_the_ends_of_a_file_are_its_first_and_last_bytes(tmp_path: Path, size: int) -> None:
    data = os.urandom(size)
    (tmp_path / "file").write_bytes(data)
    read, content = read_ends(tmp_path / "file", size)
    assert (read.head, read.tail, read.size) == (data[:END], data[-END:], size)
    assert read.whole() == content.read() == data


@pytest.mark.parametrize("ending", JUDGED)
def test_what_a_large_file_lacks_is_told_as_well(ending: str) -> None:
    """Where the last bytes do not tell, all of them do."""
    behind = b"\0" * (3 * END)
    for data in (WHOLE[ending], *([CUT[ending]] if ending in CUT else [])):
        told = fault_of(ends(data), TYPES[ending])
        # Cameras write behind a picture, and others fill it up; a PNG has to end where it ends.
        if ending not in (".png", ".wav", ".webp"):
            assert fault_of(ends(data + behind), TYPES[ending]) == told


def test_a_file_that_holds_what_its_name_says_is_sound() -> None:
    assert set(WHOLE) == set(JUDGED)
    for ending, data in WHOLE.items():
        assert fault_of(ends(data), TYPES[ending]) is None, ending


@pytest.mark.parametrize("ending", CUT)
def test_a_file_that_was_cut_short_is_told(ending: str) -> None:
    told = fault_of(ends(CUT[ending]), TYPES[ending])
    assert told is not None
    assert told[0] == "ends in the middle"


@pytest.mark.parametrize("ending", JUDGED)
def test_a_file_of_another_content_is_told(ending: str) -> None:
    for other in (b"", b"a map", b"<!DOCTYPE html><html></html>", *WHOLE.values()):
        if format_of(other) != TYPES[ending].format:
            assert fault_of(ends(other), TYPES[ending]) is not None, other


def test_a_recording_whose_length_was_not_known_when_it_began_is_whole() -> None:
    streamed = media_files.wav()
    assert fault_of(ends(streamed[:4] + b"\xff\xff\xff\xff" + streamed[8:]), TYPES[".wav"]) is None


def test_a_file_that_anki_would_not_sync_is_not_even_read(project: Path) -> None:
    with (project / "cards/capitals/media/flag.png").open("r+b") as file:
        file.truncate(LARGEST + 1)
    report, built = pipeline.build(project, NOW)
    assert built == ()
    (finding,) = report
    assert finding.rule.name == "too-large"
    assert finding.message == "`flag.png` has 104 MB; Anki syncs no file over 100 MiB"
