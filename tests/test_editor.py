"""What an author's editor shows: the real yaml-language-server, with the schemas that flashgen writes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from author import DECK, flashgen, put
from test_kinds_command import OWN
from yaml_server import Editor, editor

from flashgen import pipeline
from flashgen.author.editors import refresh, wire
from flashgen.diagnostics import Report, Severity

TESTS = Path(__file__).parent
KINDS = sorted(path.parent.name for path in (TESTS.parent / "templates").glob("*/kind.yaml"))
COMMENT = "# yaml-language-server: $schema=../../.schema/facts.json\n"
FACTS = "cards/k8s-deck/facts.yaml"
COMMON = ["allow", "as_of", "confused_with", "context", "covers", "deck", "draft", "formerly", "kind", "see", "source"]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project as `init` makes it, in two languages, with a kind of its own, and with what tests open beside it."""
    home = tmp_path_factory.mktemp("editor").resolve()
    made = flashgen("init", "k8s-deck", "--language", "ko", "--language", "en", cwd=home)
    assert made.returncode == 0, made.stderr
    root = home / "k8s-deck"
    put(root, {name: text for name, text in OWN.items() if name.startswith("templates/")})
    put(root, {"templates/word/labels/ko.yaml": "title: 단어\ncards: {meaning: 단어 → 뜻}\n"})
    assert flashgen("-C", root, "schema", "--wire").returncode == 0
    return root


@pytest.fixture(scope="module")
def open_(root: Path) -> Iterator[Editor]:
    if shutil.which("npm") is None:
        pytest.skip("there is no Node here")
    with editor(root) as started:
        yield started


def test_nothing_is_underlined_in_what_flashgen_makes(root: Path, open_: Editor) -> None:
    files = sorted(root.rglob("*.yaml"))
    assert len(files) == 5
    for file in files:
        assert file.read_text(encoding="utf-8").startswith("# yaml-language-server: $schema=../")
        assert open_.faults(file.relative_to(root).as_posix()) == []


def test_kinds_are_offered_with_what_they_are_the_projects_own_among_them(open_: Editor) -> None:
    for text in ("kind: ¦\n", "kind: basic\nfacts:\n  - id: pod\n    kind: ¦\n"):
        offered = open_.completions(FACTS, COMMENT + text)
        assert sorted(offered) == sorted([*KINDS, "word"])
        assert offered["word"]["documentation"] == "A word of a foreign language."


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("kind: concept\nfacts:\n  - id: pod\n    ¦\n", ["definition", "example", "older", "term", "why"]),
        ("kind: concept\nfacts:\n  - id: pod\n    kind: word\n    ¦\n", ["meaning", "word"]),
        ("facts:\n  - id: pod\n    kind: command\n    task: List\n    ¦\n", ["command", "older", "output", "why"]),
    ],
)
def test_the_properties_of_a_facts_kind_are_offered(text: str, own: list[str], open_: Editor) -> None:
    offered = {name for name in open_.completions(FACTS, COMMENT + text) if name != "object"}
    common = {*COMMON, "tags"} - ({"kind"} if "    kind:" in text else set())
    assert offered == {*own, *common}


def test_items_languages_rules_and_choices_are_offered(open_: Editor) -> None:
    steps = "kind: sequence\nfacts:\n  - id: pod\n    steps:\n      - id: a\n        ¦\n"
    assert {"text", "hint", "formerly"} == {*open_.completions(FACTS, COMMENT + steps)} - {"object"}
    term = "kind: concept\nfacts:\n  - id: pod\n    term:\n      ¦\n"
    assert {"ko", "en"} == {*open_.completions(FACTS, COMMENT + term)} - {"object"}
    allow = "kind: concept\nfacts:\n  - id: pod\n    allow:\n      ¦\n"
    assert "untranslated-extra" in open_.completions(FACTS, COMMENT + allow)
    assert "missing-id" not in open_.completions(FACTS, COMMENT + allow)
    hide = "kind: diagram\nfacts:\n  - id: pod\n    hide: ¦\n"
    assert {"all", "one"} == {*open_.completions(FACTS, COMMENT + hide)}


@pytest.mark.parametrize(
    ("name", "text", "shown"),
    [
        (FACTS, "kind: concept\nfacts:\n  - id: pod\n    defi¦nition: x\n", "What it means, without the term in it\n"),
        (FACTS, "kind: word\nfacts:\n  - id: pod\n    wo¦rd: x\n", "The word\n"),
        (
            FACTS,
            "kind: basic\nfacts:\n  - id: pod\n    re¦verse: true\n",
            "`true` also asks for the front from the back\n",
        ),
        (FACTS, "kind: basic\nfacts:\n  - i¦d: pod\n", "Unique in the deck; progress hangs on it\n"),
        (FACTS, "kind: ba¦sic\n", "`basic`: A question and its answer.\n"),
        ("cards/k8s-deck/deck.yaml", "uid: a\nlang¦uages: [en]\n", "One package is built for each\n"),
        ("templates/word/kind.yaml", "facts:\n  a: {type: text, ma¦x: 3}\n", "How many characters it may have\n"),
        ("templates/word/labels/en.yaml", "ti¦tle: Word\n", "What the note type is called in Anki"),
    ],
)
def test_what_a_name_is_for_is_shown_at_it(name: str, text: str, shown: str, root: Path, open_: Editor) -> None:
    first = (root / name).read_text(encoding="utf-8").splitlines()[0]
    assert shown in open_.hover(name, f"{first}\n{text}")


def test_an_example_of_the_kind_is_shown_at_its_property(open_: Editor) -> None:
    shown = open_.hover(FACTS, COMMENT + "kind: command\nfacts:\n  - id: pod\n    com¦mand: x\n")
    assert "Example:\n\n```yaml\nkubectl get pods\n```" in shown


PLACES = {
    "a property that the kind has not": "kind: concept\nfacts:\n  - id: pod\n    term: A\n    plain: b\n"
    "    definition: c\n",
    "a property of an item": "kind: list\nfacts:\n  - id: pod\n    title: A\n    items:\n      - {id: a, text: b}\n"
    "      - id: c\n        text: d\n        hnit: e\n",
    "a property of a kind of the project's own": "facts:\n  - id: pod\n    kind: word\n    word: a\n    meaning: b\n"
    "    menaing: c\n",
    "a property of the file": "kind: basic\nfacts: []\nfcats: []\n",
    "a kind": "kind: basic\nfacts:\n  - {id: a, front: b, back: c}\n  - id: d\n    kind: concpet\n",
    "a language": "kind: basic\nfacts:\n  - id: pod\n    back: b\n    front:\n      ko: a\n      en: a\n      ne: a\n",
    "a choice": "kind: diagram\nfacts:\n  - {id: a, title: b, picture: c.svg, alt: d, hide: some,\n"
    "    regions: [{id: e, answer: f}]}\n",
    "an id": "kind: basic\nfacts:\n  - {id: Pod, front: a, back: b}\n",
    "a type": "kind: sequence\nfacts:\n  - id: pod\n    title: a\n    steps: b\n",
    "a text too long": f"kind: concept\nfacts:\n  - {{id: pod, term: {'a' * 61}, definition: b}}\n",
    "a truth value": "kind: basic\nfacts:\n  - {id: pod, front: a, back: b, reverse: yes}\n",
}


@pytest.mark.parametrize("text", PLACES.values(), ids=PLACES)
def test_a_fault_is_underlined_where_check_reports_it(text: str, root: Path, open_: Editor) -> None:
    name = "cards/k8s-deck/faulty.yaml"
    put(root, {name: COMMENT + text})
    report = Report()
    pipeline.check(root, report)
    (root / name).unlink()
    told = {
        (finding.span.line, finding.span.column)
        for finding in report
        if finding.span.path == name and finding.rule.severity is Severity.ERROR
    }
    starts = [fault["range"]["start"] for fault in open_.faults(name, COMMENT + text)]
    assert {(start["line"] + 1, start["character"] + 1) for start in starts} == told
    assert len(told) == 1


def test_nothing_is_underlined_in_good_projects(tmp_path: Path) -> None:
    if shutil.which("npm") is None:
        pytest.skip("there is no Node here")
    home = (tmp_path / "projects").resolve()
    shutil.copytree(TESTS / "projects", home)
    for root in home.iterdir():
        refresh(root)
        wire(root)
    files = sorted(home.rglob("*.yaml"))
    with editor(home) as started:
        faults = {name: started.faults(name) for name in (file.relative_to(home).as_posix() for file in files)}
    assert faults == {name: [] for name in faults}


# --- `flashgen schema` itself


def test_it_says_what_it_wrote_and_then_that_all_is_up_to_date(tmp_path: Path) -> None:
    root = put(tmp_path, {"cards/d/deck.yaml": DECK})
    names = [f".schema/{name}.json" for name in ("facts", "deck", "outline", "credits", "kind", "labels")]
    written = flashgen("-C", root, "schema")
    assert (written.returncode, written.stdout.split(), written.stderr) == (0, names, "")
    again = flashgen("-C", root, "schema")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", ".schema/ is up to date.\n")


def test_check_fails_where_a_kind_was_changed_since_and_writes_nothing(tmp_path: Path) -> None:
    root = put(tmp_path, OWN)
    flashgen("-C", root, "schema")
    assert flashgen("-C", root, "schema", "--check").returncode == 0
    before = (root / ".schema/facts.json").read_bytes()
    kind = OWN["templates/word/kind.yaml"].replace("fields:", "  origin: {type: text}\nfields:")
    put(root, {"templates/word/kind.yaml": kind})
    stale = flashgen("-C", root, "schema", "--check")
    assert (stale.returncode, stale.stdout) == (1, ".schema/facts.json\n")
    assert stale.stderr == ".schema/ is not up to date: run `flashgen schema`, and commit it.\n"
    assert (root / ".schema/facts.json").read_bytes() == before


def test_of_kinds_with_mistakes_no_schema_is_written(tmp_path: Path) -> None:
    root = put(tmp_path, {**OWN, "templates/word/kind.yaml": "facts: {a: {type: txet}}\nfields: {A: a}\ncards: [b]\n"})
    done = flashgen("-C", root, "schema")
    assert done.returncode == 1
    assert "templates/word/kind.yaml:1:19" in done.stdout
    assert not (root / ".schema").exists()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"kind: basic\r\nfacts: []\r\n", b"%b\r\nkind: basic\r\nfacts: []\r\n"),
        (b"\xef\xbb\xbfkind: basic\n", b"\xef\xbb\xbf%b\nkind: basic\n"),
        (b"# Mine\n# yaml-language-server: $schema=x.json\n", b"# Mine\n# yaml-language-server: $schema=x.json\n"),
        (b"\xff", b"\xff"),
        (b"", b"%b\n"),
    ],
    ids=["CRLF", "byte order mark", "one of the author's", "not UTF-8", "empty"],
)
def test_wire_puts_one_line_before_all_others_and_keeps_these(before: bytes, after: bytes, tmp_path: Path) -> None:
    root = put(tmp_path, {"cards/d/deck.yaml": DECK})
    file = root / "cards/d/parts/facts.yaml"
    file.parent.mkdir()
    file.write_bytes(before)
    for _ in range(2):
        assert flashgen("-C", root, "schema", "--wire").returncode == 0
        line = b"# yaml-language-server: $schema=../../../.schema/facts.json"
        assert file.read_bytes() == after.replace(b"%b", line)
