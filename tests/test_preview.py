"""The preview without a browser: a client's document, the page's data, what the server refuses, and the export."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import media_files
import pytest
from anki.collection import Collection

from flashgen import pipeline
from flashgen.cache import Cache
from flashgen.diagnostics import Report
from flashgen.errors import FlashgenError
from flashgen.inputs import Aids
from flashgen.model import Note
from flashgen.preview import client
from flashgen.preview.client import Client, Side
from flashgen.preview.export import export
from flashgen.preview.index import View, view
from flashgen.preview.live import Live
from flashgen.preview.server import Server
from flashgen.read import project
from flashgen.read.source import read_yaml
from flashgen.render import clozes

PROJECTS = Path(__file__).parent / "projects"
NOW = 1_780_000_000
PICTURE = media_files.png()


def view_of(root: Path) -> View:
    report = Report()
    return view(pipeline.check(root, report), report)


def index_of(root: Path) -> dict[str, Any]:
    index: dict[str, Any] = json.loads(view_of(root).index)
    return index


def write(root: Path, facts: str, deck: str = "uid: preview\nname: Cities\n") -> Path:
    folder = root / "cards" / "cities"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "deck.yaml").write_text(deck, "utf-8")
    (folder / "facts.yaml").write_text(facts, "utf-8")
    return root


def note_of(root: Path, facts: str) -> Note:
    return next(iter(view_of(write(root, facts)).notes.values()))


CITIES = """\
kind: basic
facts:
  - id: seoul
    front: The capital of Korea?
    back: Seoul
    tags: [asia]
  - id: bern
    front: The capital of Switzerland?
    back: Bern
"""
COMMAND = """\
kind: command
facts:
  - id: list-pods
    task: List the Pods
    command: kubectl get pods -o "wide" -l 'a=b' > <file>
"""


# A client's document.


@pytest.mark.parametrize(
    ("shown_by", "night", "html", "body"),
    [
        (Client.DESKTOP, False, "", "card card1 isLin"),
        (Client.DESKTOP, True, "night-mode", "card card1 isLin nightMode night_mode"),
        (Client.ANKIDROID, False, "mobile android linux js", "card card1"),
        (Client.ANKIDROID, True, "mobile android linux js", "card card1 night_mode nightMode ankidroid_dark_mode"),
    ],
)
def test_a_document_has_the_classes_of_its_client(
    tmp_path: Path, shown_by: Client, night: bool, html: str, body: str
) -> None:
    document = client.document(note_of(tmp_path, CITIES), 0, Side.QUESTION, shown_by, night=night)
    assert re.search(r'<html class="([^"]*)"', document)[1] == html
    assert re.search(r'<body class="([^"]*)"', document)[1] == body
    assert ('<div id="content" dir="auto">' in document) is (shown_by is Client.ANKIDROID)


def test_a_question_to_type_has_a_field_and_its_answer_what_anki_compares_with(tmp_path: Path) -> None:
    note = note_of(tmp_path, COMMAND)
    number = next(n for n in note.ords if "{{type:" in note.note_type.templates[n].front)
    command = note.fields[[field.name for field in note.note_type.fields].index("Command")]
    question, answer = (client.document(note, number, side) for side in Side)
    collection = Collection(str(tmp_path / "collection.anki2"))
    try:
        compared = collection.compare_answer(command, "")
    finally:
        collection.close()
    assert "<input type=text id=typeans" in question
    assert compared in answer
    assert "&lt;file&gt;" in compared
    assert "[[type:" not in question + answer


@pytest.mark.parametrize(
    "text",
    [
        "{{c1::a}} {{c1::b}}",
        "{{c1::a}} {{c1::a}} {{c2::x}}",
        "{{c1::a {{c2::b::hint}} c}}",
        "{{c2::n {{c2::m}}}}",
        "{{c1::<b>x</b>}}",
        "no gap",
    ],
)
def test_what_is_to_be_typed_for_a_gap_is_what_anki_says(tmp_path: Path, text: str) -> None:
    collection = Collection(str(tmp_path / "collection.anki2"))
    try:
        for number in (1, 2):
            assert clozes.answer(text, number) == collection.extract_cloze_for_typing(text, number)
    finally:
        collection.close()


def test_mathematics_becomes_mathml_and_carries_no_markup_of_its_own(tmp_path: Path) -> None:
    facts = (
        "kind: cloze\nfacts:\n  - id: f\n"
        "    text: '{{c1::x}} \\(\\frac{a}{b} < \\text{<img src=x>}\\) and \\(\\left( \\)'\n"
    )
    document = client.document(note_of(tmp_path, facts), 0, Side.QUESTION)
    assert "<mfrac>" in document
    assert "<img" not in document
    # What is no TeX stays as written.
    assert "\\(\\left( \\)" in document


def test_every_card_of_every_kind_has_a_document() -> None:
    shown = view_of(PROJECTS / "every-kind")
    for note in shown.notes.values():
        for number in note.ords:
            for side in Side:
                assert re.search(r"%(media|number|css|body)%", client.document(note, number, side)) is None


def test_a_text_that_looks_like_a_slot_stays_text(tmp_path: Path) -> None:
    note = note_of(tmp_path, "kind: basic\nfacts:\n  - {id: a, front: 'What is %css%?', back: '%body%'}\n")
    assert "What is %css%?" in client.document(note, 0, Side.QUESTION)


# The page's data.


def test_only_card_templates_of_their_own_name_cards() -> None:
    named = {type_["name"]: type_["cards"] for type_ in index_of(PROJECTS / "every-kind")["types"]}
    assert named["Networks – Question"] == ["Front → back", "Back → front"]
    # The page calls what gaps make by their numbers, in a picture as in a text.
    assert (named["Networks – Fill the gap"], named["Networks – Diagram"]) == ([], [])


def test_a_note_knows_its_place_and_a_finding_its_notes(tmp_path: Path) -> None:
    twice = CITIES.replace("Switzerland", "Korea")
    index = index_of(write(tmp_path, twice))
    assert [(row[6], row[8]) for row in index["notes"]] == [("seoul", 3), ("bern", 7)]
    found = [("duplicate-first-field", [0, 1]), ("same-prompt", [0, 1])]
    assert [(one["rule"], one["notes"]) for one in index["findings"]] == found


def test_a_finding_of_a_kind_is_one_of_its_notes(tmp_path: Path) -> None:
    root = write(tmp_path, CITIES + "  - {id: cloze, kind: cloze, text: 'A {{c1::gap}}'}\n")
    shutil.copytree(Path(__file__).parent.parent / "templates" / "cloze", root / "templates" / "cloze")
    (root / "templates" / "cloze" / "labels" / "en.yaml").write_text("title: Cloze\ncards: {gap: Gap}\nodd: 1: 2\n")
    report = Report()
    shown = view(pipeline.check(root, report), report)
    told = [one for one in json.loads(shown.index)["findings"] if "templates/cloze" in one["place"]]
    assert told
    assert all(
        one["notes"] == [index for index, row in enumerate(json.loads(shown.index)["notes"]) if row[6] == "cloze"]
        for one in told
    )


def test_before_a_release_changes_count_from_the_last_build(tmp_path: Path) -> None:
    root = write(tmp_path, CITIES)
    assert index_of(root)["editions"][0]["since"] == ""
    pipeline.build(root, NOW)
    write(root, CITIES.replace("back: Bern", "back: Bern on the Aare") + "  - {id: oslo, front: Norway?, back: Oslo}\n")
    shown = view_of(root)
    index = json.loads(shown.index)
    assert index["editions"][0]["since"] == "the last build"
    assert {row[6]: row[9] for row in index["notes"]} == {"seoul": 0, "bern": 2, "oslo": 1}
    ((_, change),) = shown.changes.items()
    assert [(name, pieces) for name, pieces in change.fields] == [("Back", ((" ", "Bern "), ("+", "on the Aare")))]


def test_the_view_has_another_name_when_anything_seen_changes(tmp_path: Path) -> None:
    root = write(tmp_path, CITIES)
    before = view_of(root).name
    assert view_of(root).name == before
    theme = root / "templates" / "_theme"
    shutil.copytree(Path(__file__).parent.parent / "templates" / "_theme", theme)
    (theme / "card.css").write_text((theme / "card.css").read_text() + ".fg { color: red; }\n")
    assert view_of(root).name != before


# Rebuilding.


def test_errors_are_told_beside_the_last_good_view(tmp_path: Path) -> None:
    said: list[str] = []
    live = Live(write(tmp_path, CITIES), (), (), said.append)
    good = live.view
    write(tmp_path, CITIES.replace("kind: basic", "kind: basik"))
    live.rebuild()
    assert live.view is good
    assert live.problem is not None
    assert [(one["rule"], one["place"]) for one in live.problem["findings"]] == [
        ("unknown-kind", "cards/cities/facts.yaml:1")
    ]
    write(tmp_path, CITIES.replace("back: Bern", "back: Berne"))
    live.rebuild()
    assert (live.problem, live.view is good) == (None, False)
    assert said[0].startswith("1 error to mend (")


def test_what_is_previewed_need_not_be_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A save of one file among many shows at once, because the others are known."""
    root = write(tmp_path / "project", CITIES)
    Live(root, (), (), lambda _: None, Aids(cache := Cache(tmp_path / "cache")))
    cache.close()
    read = []
    monkeypatch.setattr(project, "read_yaml", lambda file, *rest: read.append(file.name) or read_yaml(file, *rest))
    Live(root, (), (), lambda _: None, Aids(Cache(tmp_path / "cache")))
    assert "deck.yaml" in read
    assert "facts.yaml" not in read


def test_a_picture_of_the_last_good_view_is_shown_though_another_was_saved(tmp_path: Path) -> None:
    facts = CITIES.replace("back: Seoul", 'back: "![a map](map.png)"')
    root = write(tmp_path, facts)
    picture = root / "cards/cities/media/map.png"
    picture.parent.mkdir()
    picture.write_bytes(media_files.png("a map"))
    live = Live(root, (), (), lambda _: None)
    (name,) = (name for name in live.view.media if name.startswith("map-"))
    picture.write_bytes(media_files.png("a larger map"))
    (root / "cards/cities/facts.yaml").write_text(facts.replace("back: Bern", "bak: Bern"))
    live.rebuild()
    assert live.problem
    assert live.view.media[name].data == media_files.png("a map")


def test_a_start_with_errors_shows_what_has_none(tmp_path: Path) -> None:
    live = Live(write(tmp_path, CITIES.replace("back: Bern", "bak: Bern")), (), (), lambda _: None)
    assert [note.fact.id for note in live.view.notes.values()] == ["seoul"]
    assert live.problem is not None
    assert live.problem["behind"] == "all cards that have no error"
    # Better, though not yet good.
    write(tmp_path, CITIES.replace("front: The capital of Korea?", "fron: Korea?"))
    live.rebuild()
    assert [note.fact.id for note in live.view.notes.values()] == ["bern"]
    write(tmp_path, CITIES)
    live.rebuild()
    assert (live.problem, len(live.view.notes)) == (None, 2)


def test_many_rebuilds_take_no_more_memory(tmp_path: Path) -> None:
    live = Live(write(tmp_path, CITIES), (), (), lambda _: None)
    gone = weakref.ref(live.view)
    live.rebuild()
    assert gone() is None


def test_a_project_that_is_gone_and_a_fault_of_ours_are_told_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = Live(write(tmp_path, CITIES), (), (), lambda _: None)
    (tmp_path / "cards").rename(tmp_path / "gone")
    live.rebuild()
    assert "holds no `cards/`" in live.problem["title"]
    monkeypatch.setattr("flashgen.preview.live.check", lambda *_, **__: next(iter(())))
    live.rebuild()
    assert "our fault" in live.problem["title"]
    assert "StopIteration" in live.problem["trace"]
    assert len(live.view.notes) == 2


# The server.


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    facts = CITIES + "  - {id: map, front: '![a map](map.png)', back: A map}\n"
    root = write(tmp_path / "project", facts)
    (root / "cards" / "cities" / "media").mkdir()
    (root / "cards" / "cities" / "media" / "map.png").write_bytes(PICTURE)
    (root / "secret.txt").write_text("secret")
    with Server(Live(root, (), (), lambda _: None), 0) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def ask(server: Server, path: str, method: str = "GET", **headers: str) -> tuple[int, bytes, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port)
    try:
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, answer.read(), dict(answer.getheaders())
    finally:
        connection.close()


def test_it_listens_on_this_computer_alone(server: Server) -> None:
    assert server.server_address[0] == "127.0.0.1"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:4747", "", "127.0.0.1.evil.example:4747"])
def test_a_strange_host_is_refused(server: Server, host: str) -> None:
    status, body, _ = ask(server, "/index.json", Host=host)
    assert (status, b"capital" in body) == (403, False)


def test_localhost_is_this_computer_too(server: Server) -> None:
    assert ask(server, "/index.json", Host=f"localhost:{server.server_port}")[0] == 200


def test_a_page_of_another_site_gets_nothing(server: Server) -> None:
    assert ask(server, "/index.json", Sec_Fetch_Site="cross-site")[0] == 403


@pytest.mark.parametrize(
    "path",
    [
        "/secret.txt",
        "/../secret.txt",
        "/media/../../../secret.txt",
        "/media/..%2f..%2f..%2fsecret.txt",
        "/media/map.png",
        "/media//etc/hostname",
        "/card/desktop.css",
        "/main.js/more",
        "/cards/unknown/0/question",
        "/__init__.py",
    ],
)
def test_no_address_is_a_path_of_the_disk(server: Server, path: str) -> None:
    status, body, _ = ask(server, path)
    assert status == 404
    assert b"secret" not in body


def test_it_serves_the_media_that_notes_show(server: Server) -> None:
    (name,) = server.live.view.media
    status, body, headers = ask(server, f"/media/{name}")
    assert (status, body, headers["Content-Type"]) == (200, PICTURE, "image/png")


def test_a_fault_of_ours_is_told_in_the_place_of_a_card(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flashgen.preview.client.render_card", lambda *_, **__: next(iter(())))
    guid = next(iter(server.live.view.notes))
    status, body, _ = ask(server, f"/cards/{quote(guid, safe='')}/0/answer")
    assert (status, b"flashgen itself failed" in body) == (500, True)


def test_nothing_can_be_written(server: Server) -> None:
    assert ask(server, "/index.json", "POST")[0] == 501


def test_cards_and_page_may_load_nothing_from_elsewhere(server: Server) -> None:
    guid = next(iter(server.live.view.notes))
    for path in ("/", f"/cards/{quote(guid, safe='')}/0/answer"):
        status, _, headers = ask(server, path)
        policy = headers["Content-Security-Policy"]
        assert status == 200
        assert policy.startswith("default-src 'none'")
        assert "http" not in policy
        assert "*" not in policy
    assert "sandbox allow-scripts" in policy
    assert "allow-same-origin" not in policy


@pytest.mark.parametrize("rest", ["0/front", "7/question", "x/question", "0/question?client=mars", "question"])
def test_there_is_no_other_side_card_or_client(server: Server, rest: str) -> None:
    guid = next(iter(server.live.view.notes))
    assert ask(server, f"/cards/{quote(guid, safe='')}/{rest}")[0] == 404


def test_a_port_that_is_taken_is_told_with_the_cure(server: Server) -> None:
    with pytest.raises(FlashgenError, match=f"port {server.server_port} is taken") as error:
        Server(server.live, server.server_port)
    assert "--port" in (error.value.hint or "")


@pytest.mark.parametrize("port", [65_536, -1])
def test_what_is_no_port_is_told(server: Server, port: int) -> None:
    with pytest.raises(FlashgenError, match="is no port"):
        Server(server.live, port)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one process")
def test_ctrl_c_ends_it_without_a_traceback(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "flashgen", "-C", str(write(tmp_path, CITIES)), "preview", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\n", running.stdout.readline())
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=20)
    assert (running.returncode, out) == (130, "")
    assert "Traceback" not in err


# The export.


def test_an_export_replaces_an_earlier_one_alone(tmp_path: Path) -> None:
    shown = view_of(write(tmp_path / "project", CITIES))
    folder = tmp_path / "site"
    export(shown, folder)
    (folder / "left-over.txt").write_text("of an earlier export")
    export(shown, folder)
    assert not (folder / "left-over.txt").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["project", "site"]
    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.txt").write_text("years of work")
    with pytest.raises(FlashgenError, match="holds other files"):
        export(shown, other)
    assert [path.name for path in other.iterdir()] == ["thesis.txt"]


def test_an_export_that_fails_leaves_the_earlier_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = view_of(write(tmp_path / "project", CITIES))
    folder = tmp_path / "site"
    export(shown, folder)
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    monkeypatch.setattr(Path, "write_bytes", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(FlashgenError, match="No space left"):
        export(shown, folder)
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["project", "site"]


def test_the_same_project_is_exported_as_the_same_bytes(tmp_path: Path) -> None:
    root = write(tmp_path / "project", CITIES)
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        export(view_of(root), folder)
    files = {path.relative_to(one): path.read_bytes() for path in one.rglob("*") if path.is_file()}
    assert files == {path.relative_to(other): path.read_bytes() for path in other.rglob("*") if path.is_file()}


def test_errors_stop_an_export(tmp_path: Path) -> None:
    root = write(tmp_path / "project", CITIES.replace("back: Bern", "bak: Bern"))
    command = [sys.executable, "-m", "flashgen", "-C", str(root), "preview", "--static", str(tmp_path / "site")]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, (tmp_path / "site").exists()) == (1, False)
    assert "bak" in result.stdout
