"""The files that a build leaves: the same bytes everywhere, whole or not at all, and the lock beside them."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import sysconfig
import zipfile
import zlib
from pathlib import Path

import pytest
from genanki.apkg_schema import APKG_SCHEMA

from flashgen import pipeline
from flashgen.errors import LockError, WriteError
from flashgen.pack.deflate import deflated
from flashgen.write import atomic

ROOT = Path(__file__).parent.parent
PROJECTS = Path(__file__).parent / "projects"
NOW = 1_780_000_000
GOOD = sorted(path.name for path in PROJECTS.iterdir())


def copy_project(name: str, root: Path) -> Path:
    return Path(shutil.copytree(PROJECTS / name, root))


def build(root: Path, now: int = NOW, **only: list[str]) -> list[pipeline.Built]:
    report, built = pipeline.build(root, now, **only)
    assert [finding.message for finding in report] == []
    return list(built)


def made(root: Path) -> dict[str, str]:
    """Every file that a build writes → a hash of its bytes."""
    files = [*root.glob("dist/*"), *root.glob("cards/*/deck.lock.jsonl")]
    return {file.relative_to(root).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    result = subprocess.run(
        command,
        cwd=cwd,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


# --- The same bytes


def test_bytes_do_not_depend_on_folder_hash_seed_zone_or_locale(tmp_path: Path) -> None:
    places = {
        "one": {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C"},
        "another folder, deeper/down": {"PYTHONHASHSEED": "2", "TZ": "Asia/Seoul", "LC_ALL": "C.UTF-8"},
        "셋": {"PYTHONHASHSEED": "3", "TZ": "America/St_Johns", "LC_ALL": "tr_TR.UTF-8", "PYTHONUTF8": "0"},
    }
    found: dict[str, dict[str, str]] = {}
    running = []
    names = ("every-kind", "unicode", "subdecks")
    for place, environment in places.items():
        for name in names:
            root = copy_project(name, tmp_path / place / name)
            command = [sys.executable, "-m", "flashgen", "-C", str(root), "build"]
            around = {"PATH": os.environ["PATH"], "SOURCE_DATE_EPOCH": str(NOW), **environment}
            running.append(
                subprocess.Popen(command, cwd=ROOT, env=around, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            )
    for process in running:
        assert process.communicate()[1].endswith(b"keeps all progress.\n")
        assert process.returncode == 0
    for place in places:
        each = {name: made(tmp_path / place / name) for name in names}
        found[place] = {f"{name}/{file}": digest for name in names for file, digest in each[name].items()}
    # Two packages and a lock; one and one; three and two.
    assert len(found["one"]) == 10
    assert found["one"] == found["another folder, deeper/down"] == found["셋"]


@pytest.mark.parametrize("name", GOOD)
def test_with_its_lock_a_project_gives_the_same_bytes_on_any_later_day_in_any_folder(name: str, tmp_path: Path) -> None:
    first = copy_project(name, tmp_path / "first")
    build(first)
    before = made(first)
    build(first, NOW + 86_400)
    assert made(first) == before
    second = copy_project(name, tmp_path / "second")
    for lock in first.glob("cards/*/deck.lock.jsonl"):
        shutil.copy(lock, second / lock.relative_to(first))
    build(second, NOW + 2 * 86_400)
    assert made(second) == before


def test_a_deck_without_facts_gives_the_same_bytes_on_any_day(tmp_path: Path) -> None:
    root = copy_project("minimal", tmp_path / "project")
    (root / "cards/capitals/facts.yaml").write_text("facts: []\n", encoding="utf-8")
    build(root)
    before = made(root)
    build(root, NOW + 86_400)
    assert made(root) == before


def test_the_order_in_which_the_system_lists_files_does_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (copy_project("subdecks", tmp_path / name) for name in ("first", "second"))
    build(first)
    in_order = Path.iterdir, Path.glob
    monkeypatch.setattr(Path, "iterdir", lambda self: iter(sorted(in_order[0](self), reverse=True)))
    monkeypatch.setattr(Path, "glob", lambda self, pattern: iter(sorted(in_order[1](self, pattern), reverse=True)))
    build(second)
    monkeypatch.undo()
    assert made(first) == made(second)


def test_an_unchanged_package_and_lock_are_not_written_again(tmp_path: Path) -> None:
    root = copy_project("minimal", tmp_path / "project")
    build(root)
    before = {name: (root / name).stat().st_mtime_ns for name in made(root)}
    build(root, NOW + 1)
    assert {name: (root / name).stat().st_mtime_ns for name in made(root)} == before


# --- What a package is


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(copy_project("every-kind", tmp_path_factory.mktemp("package") / "project"))[1].file


def opened(package: Path, folder: Path) -> sqlite3.Connection:
    with zipfile.ZipFile(package) as archive:
        archive.extract("collection.anki2", folder)
    return sqlite3.connect(folder / "collection.anki2")


def test_a_package_is_one_compressed_database_and_its_media_without_a_date(package: Path) -> None:
    with zipfile.ZipFile(package) as archive:
        assert archive.namelist() == ["collection.anki2", "media", "0", "1", "2"]
        assert list(json.loads(archive.read("media"))) == ["0", "1", "2"]
        for entry in archive.infolist():
            assert entry.date_time == (1980, 1, 1, 0, 0, 0)
            is_packed = entry.filename in ("collection.anki2", "media")
            assert entry.compress_type == (zipfile.ZIP_DEFLATED if is_packed else zipfile.ZIP_STORED)
        assert archive.infolist()[0].compress_size < archive.infolist()[0].file_size / 3


@pytest.mark.parametrize("size", [0, 1, 1 << 20, (1 << 20) + 1, 3_500_000])
def test_a_database_is_compressed_in_pieces_that_any_reader_takes_for_one(size: int) -> None:
    words = [f"word {number**3}\x1f".encode() for number in range(300_000)]
    data = b"".join(words)[:size]
    assert len(data) == size
    pieces = [*deflated(data)]
    assert zlib.decompress(b"".join(pieces), -zlib.MAX_WBITS) == data
    # What stood before a piece is known to it: pieces by themselves would take more.
    alone = sum(len(zlib.compress(data[start : start + (1 << 20)], 4)) for start in range(0, size, 1 << 20))
    assert len(pieces) <= 1 or sum(map(len, pieces)) < alone


def test_the_database_has_the_schema_of_genanki(package: Path, tmp_path: Path) -> None:
    schema = "select type, name, tbl_name, sql from sqlite_master order by name"
    plain = sqlite3.connect(":memory:")
    plain.executescript(APKG_SCHEMA)
    found = opened(package, tmp_path)
    assert found.execute(schema).fetchall() == plain.execute(schema).fetchall()
    assert found.execute("select ver from col").fetchone() == (11,)
    assert found.execute("pragma integrity_check").fetchone() == ("ok",)
    plain.close()
    found.close()


def test_the_database_says_when_it_was_made_by_its_oldest_note_and_names_every_note_type_once(
    tmp_path: Path,
) -> None:
    # Its note types serve cards in several subdecks.
    package = build(copy_project("subdecks", tmp_path / "project"), decks=["europe"])[0].file
    found = opened(package, tmp_path)
    crt, mod, scm, models = found.execute("select crt, mod, scm, models from col").fetchone()
    assert (crt, mod, scm) == (NOW, NOW * 1000, NOW * 1000)
    names = [name for name, _ in json.loads(models, object_pairs_hook=lambda pairs: pairs)]
    assert len(names) == len(set(names)) == 3
    found.close()


def test_a_package_can_be_read_by_whom_the_umask_allows(package: Path) -> None:
    umask = os.umask(0)
    os.umask(umask)
    assert package.stat().st_mode & 0o777 == 0o666 & ~umask


# --- Whole or not at all


@pytest.mark.parametrize("broken", ["os.open", "os.fdopen", "os.fsync", "os.replace"])
@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), KeyboardInterrupt()], ids=["full", "stopped"]
)
def test_a_crash_while_writing_leaves_the_old_file_whole_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str, error: BaseException
) -> None:
    file = tmp_path / "deck.apkg"
    file.write_bytes(b"old")
    called = []

    def fail(*args: object, **_: object) -> None:
        called.append(args)
        raise error

    monkeypatch.setattr(broken, fail)
    with pytest.raises(WriteError if isinstance(error, OSError) else KeyboardInterrupt):
        atomic.write_bytes(file, b"new")
    assert called
    assert file.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["deck.apkg"]


def test_after_a_crash_between_lock_and_package_the_next_build_gives_the_bytes_that_were_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    roots = [copy_project("minimal", tmp_path / name) for name in ("crashed", "well")]
    for root in roots:
        build(root)
        facts = root / "cards/capitals/facts.yaml"
        facts.write_text(facts.read_text(encoding="utf-8").replace("Paris", "Lutetia"), encoding="utf-8")
    old = made(roots[0])
    replace = os.replace

    def fail_on_packages(source: str, target: Path) -> None:
        if target.suffix == ".apkg":
            raise OSError(28, "No space left on device")
        replace(source, target)

    monkeypatch.setattr("os.replace", fail_on_packages)
    with pytest.raises(WriteError, match="No space left on device"):
        build(roots[0], NOW + 10)
    monkeypatch.undo()
    assert made(roots[0])["dist/capitals.apkg"] == old["dist/capitals.apkg"]
    assert made(roots[0])["cards/capitals/deck.lock.jsonl"] != old["cards/capitals/deck.lock.jsonl"]
    build(roots[0], NOW + 500)
    build(roots[1], NOW + 10)
    assert made(roots[0]) == made(roots[1])


def test_a_lock_that_cannot_be_written_stops_the_build_before_any_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = copy_project("minimal", tmp_path / "project")

    def fail(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(WriteError, match=r"deck\.lock\.jsonl cannot be written: Permission denied"):
        build(root)
    assert made(root) == {}


# --- A part of a project


def test_building_one_language_leaves_the_other_package_and_its_lines_of_the_lock(tmp_path: Path) -> None:
    root = copy_project("every-kind", tmp_path / "project")
    build(root)
    before, lock = made(root), root / "cards/network/deck.lock.jsonl"
    lines = lock.read_text(encoding="utf-8").splitlines()
    facts = root / "cards/network/facts.yaml"
    facts.write_text(
        facts.read_text(encoding="utf-8").replace("Ask the resolver", "Query the resolver"), encoding="utf-8"
    )
    built = build(root, NOW + 10, languages=["en"])
    assert [entry.file.name for entry in built] == ["network.en.apkg"]
    changed = {name for name, digest in made(root).items() if before[name] != digest}
    assert changed == {"dist/network.en.apkg", "cards/network/deck.lock.jsonl"}
    gone = set(lines) - set(lock.read_text(encoding="utf-8").splitlines())
    (guid,) = [row.note.guid for row in built[0].package.rows if row.note.fact.id == "lookup"]
    assert [json.loads(line)["note"] for line in gone] == [guid]


def test_building_one_deck_writes_only_its_package_and_lock(tmp_path: Path) -> None:
    root = copy_project("subdecks", tmp_path / "project")
    build(root, decks=["asia"])
    assert set(made(root)) == {"dist/asia.apkg", "cards/asia/deck.lock.jsonl"}
    build(root)
    before = made(root)
    for file in root.glob("cards/*/*.yaml"):
        file.write_text(file.read_text(encoding="utf-8").replace("Capital of", "The capital of"), encoding="utf-8")
    build(root, NOW + 10, decks=["asia"])
    changed = {name for name, digest in made(root).items() if before[name] != digest}
    assert changed == {"dist/asia.apkg", "cards/asia/deck.lock.jsonl"}


def test_languages_built_one_after_the_other_share_no_note_id_and_no_guid(tmp_path: Path) -> None:
    root = copy_project("every-kind", tmp_path / "project")
    rows = [row for language in ("en", "ko") for row in build(root, languages=[language])[0].package.rows]
    assert len({row.id for row in rows}) == len({row.note.guid for row in rows}) == len(rows) == 26


def test_the_lock_calls_notes_by_the_ids_that_facts_have_now(tmp_path: Path) -> None:
    root = copy_project("minimal", tmp_path / "project")
    build(root)
    facts = root / "cards/capitals/facts.yaml"
    renamed = facts.read_text(encoding="utf-8").replace("id: korea", "id: south-korea\n    formerly: [korea]")
    facts.write_text(renamed, encoding="utf-8")
    build(root)
    assert {entry["fact"] for line in lock_lines(root) if "note" in (entry := json.loads(line))} == {
        "basic/france",
        "basic/south-korea",
        "cloze/rivers",
    }


# --- The lock after a merge: git keeps the lines of both branches


def lock_lines(root: Path) -> list[str]:
    return (root / "cards/capitals/deck.lock.jsonl").read_text(encoding="utf-8").splitlines()


def merged(
    folder: Path, ours: str, theirs: str, sources: str, later: int = 1, backwards: bool = False
) -> pipeline.Built:
    """Build, at NOW + 10, from a lock with the lines of two branches, the second built some seconds after the first."""
    lines: list[str] = []
    for number, facts in enumerate((ours, theirs)):
        root = copy_project("minimal", folder / str(number))
        (root / "cards/capitals/facts.yaml").write_text(facts, encoding="utf-8")
        build(root, NOW + number * later)
        lines += lock_lines(root)
    # Git keeps the lines in whatever order.
    lines.sort(reverse=backwards)
    root = copy_project("minimal", folder / "merged")
    (root / "cards/capitals/facts.yaml").write_text(sources, encoding="utf-8")
    (root / "cards/capitals/deck.lock.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (built,) = build(root, NOW + 10)
    after = made(root)
    build(root, NOW + 20)
    assert made(root) == after, "one build settles it"
    return built


STEPS = (
    "facts:\n- {{id: tea, kind: sequence, title: Tea, steps: [{{id: boil, text: boil}}, {{id: pour, text: pour}}{}]}}\n"
)
LEFT, RIGHT = ", {id: left, text: left}", ", {id: right, text: right}"


def test_two_parts_that_got_one_number_on_two_branches_get_two(tmp_path: Path) -> None:
    built = merged(tmp_path, STEPS.format(LEFT), STEPS.format(RIGHT), STEPS.format(RIGHT + LEFT))
    (row,) = built.package.rows
    assert row.note.fields[1] == "{{c1::boil}}<br>{{c2::pour}}<br>{{c4::right}}<br>{{c3::left}}"


FACT = "facts:\n- {{id: {0}, kind: basic, front: {0}, back: {1}}}\n"


def test_two_notes_that_got_one_note_id_on_two_branches_get_two(tmp_path: Path) -> None:
    one, other = FACT.format("one", "a"), FACT.format("other", "a")
    rows = merged(tmp_path, one, other, one + other.removeprefix("facts:\n"), later=0).package.rows
    assert sorted(row.id for row in rows) == [NOW * 1000, NOW * 1000 + 1]
    assert {row.modified for row in rows} == {NOW}


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize(
    ("taken", "time"),
    [("theirs", NOW + 1), ("ours", NOW + 10), ("both", NOW + 10)],
    ids=["later", "earlier", "neither"],
)
def test_of_two_lines_for_one_note_the_later_holds_if_the_sources_agree_with_it(
    tmp_path: Path, taken: str, time: int, *, backwards: bool
) -> None:
    ours, theirs, both = (FACT.format("one", back) for back in ("ours", "theirs", "both"))
    built = merged(tmp_path, ours, theirs, {"ours": ours, "theirs": theirs, "both": both}[taken], backwards=backwards)
    assert [row.modified for row in built.package.rows] == [time]


def test_a_fact_of_more_parts_than_anki_numbers_stops_the_build_and_leaves_the_lock(tmp_path: Path) -> None:
    root = copy_project("minimal", tmp_path / "project")
    many = [{"id": f"s{number}", "text": f"step {number}"} for number in range(501)]
    fact = {"id": "long", "kind": "sequence", "title": "Long", "steps": many}
    facts = root / "cards/capitals/facts.yaml"
    facts.write_text(json.dumps({"facts": [fact]}), encoding="utf-8")
    with pytest.raises(LockError, match="`long` has had more than 500 parts"):
        build(root)
    assert made(root) == {}
    many.pop()
    facts.write_text(json.dumps({"facts": [fact]}), encoding="utf-8")
    assert build(root)[0].package.rows[0].note.ords == tuple(range(500))


# --- Installed from its wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", str(ROOT), "--no-deps", "-q", "-w", str(folder)], check=True, cwd=folder)
    return next(folder.glob("flashgen-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts of an environment that holds flashgen from its wheel, and borrows what it depends on."""
    home = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True)
    scripts = home / ("Scripts" if os.name == "nt" else "bin")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(scripts / "python")]
    subprocess.run([*pip, "install", "--no-deps", "--no-index", "-q", str(wheel)], check=True)
    # A folder named in a .pth is searched last, and its own .pth files, such as that of a checkout, are not read.
    paths = subprocess.run(
        [scripts / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True, capture_output=True, text=True,
    ).stdout.strip()  # fmt: skip
    borrowed = dict.fromkeys((sysconfig.get_path("purelib"), sysconfig.get_path("platlib")))
    Path(paths, "borrowed.pth").write_text("\n".join(borrowed), encoding="utf-8")
    return scripts


def test_the_wheel_holds_the_package_the_templates_and_the_licences_and_no_more(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if ".dist-info/" not in name]
        info = {name.split(".dist-info/")[1] for name in archive.namelist() if ".dist-info/" in name}
    wanted = [*(ROOT / "templates").rglob("*"), *(ROOT / "flashgen").rglob("*")]
    wanted = [file.relative_to(ROOT) for file in wanted if file.is_file() and "__pycache__" not in file.parts]
    places = ("flashgen" / file if file.parts[0] == "templates" else file for file in wanted)
    assert sorted(names) == sorted(place.as_posix() for place in places)
    assert {"licenses/LICENSE", "licenses/LICENSE-CONTENT", "entry_points.txt"} <= info


def test_an_installed_flashgen_builds_a_project_far_from_its_repository_with_its_own_templates(
    installed: Path, tmp_path: Path
) -> None:
    here = copy_project("every-kind", tmp_path / "project")
    where = run(installed / "python", "-c", "import flashgen; print(flashgen.__file__)", cwd=tmp_path)
    assert Path(where.strip()).is_relative_to(installed.parent)
    out = run(installed / "flashgen", "build", cwd=here / "cards", SOURCE_DATE_EPOCH=str(NOW))
    assert out.splitlines() == ["../dist/network.ko.apkg", "../dist/network.en.apkg"]
    there = copy_project("every-kind", tmp_path / "checkout")
    build(there)
    assert made(here) == made(there)


def test_an_installed_flashgen_tells_its_version_its_commands_and_its_completion(
    installed: Path, wheel: Path, tmp_path: Path
) -> None:
    flashgen = installed / "flashgen"
    assert run(flashgen, "--version", cwd=tmp_path) == f"flashgen {wheel.name.split('-')[1]}\n"
    shown = run(flashgen, "--help", cwd=tmp_path)
    assert all(f"\n  {command} " in shown for command in ("build", "check"))
    completion = run(flashgen, "--show-completion", "bash", cwd=tmp_path)
    assert "complete -o default -F" in completion
    assert "_FLASHGEN_COMPLETE=complete_bash" in completion
