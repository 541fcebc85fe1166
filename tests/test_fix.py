"""`flashgen check --fix`: cures that are sure, and every other byte of an author's files as it was."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections import Counter
from pathlib import Path

import pytest
from author import DECK, flashgen, put
from hypothesis import given
from hypothesis import strategies as st
from test_broken import BROKEN, BYTES, CASES, contents, write_files

from flashgen.author.fix import fix, fixable
from flashgen.author.fix.quotes import quote
from flashgen.diagnostics import Finding, Report, Severity
from flashgen.errors import FlashgenError
from flashgen.pipeline import check
from flashgen.read.project import read_project
from flashgen.rules import MENDED
from flashgen.validate import validate
from flashgen.write.edit import value_of

LANGUAGES = "uid: a\nname: {ko: 가, en: A}\nlanguages: [ko, en]\n"
KEYS = frozenset({"front", "back", "why"})


def mended(root: Path, text: str, deck: str = DECK) -> tuple[str, list[str]]:
    """What a fact file is with the cures in it, and what is said of them; a second time changes nothing."""
    put(root, {"cards/d/deck.yaml": deck, "cards/d/facts.yaml": text})
    told = [f"{change.path}:{change.line}: {change.what}" for change in fix(root)]
    after = (root / "cards/d/facts.yaml").read_bytes()
    assert not fix(root)
    assert (root / "cards/d/facts.yaml").read_bytes() == after
    return after.decode(), told


# --- Ids


def test_a_fact_gets_the_id_that_its_first_text_gives(tmp_path: Path) -> None:
    text = "kind: basic\nfacts:\n  - front: What is a *Pod*?   # so\n    back: x\n\n  - {front: Qu'est-ce?, back: y}\n"
    after, told = mended(tmp_path, text)
    assert after == (
        "kind: basic\nfacts:\n  - id: what-is-a-pod\n    front: What is a *Pod*?   # so\n    back: x\n\n"
        "  - {id: quest-ce, front: Qu'est-ce?, back: y}\n"
    )
    assert told == [
        "cards/d/facts.yaml:3: gave this fact the id `what-is-a-pod`",
        "cards/d/facts.yaml:7: gave this fact the id `quest-ce`",
    ]


def test_where_korean_gives_none_it_is_counted_by_kind(tmp_path: Path) -> None:
    text = (
        "facts:\n- kind: basic\n  front: 파드란?\n  back: Pod\n- {kind: concept, term: 노드, definition: x}\n"
        "- kind: basic\n  front: 2는?\n  back: y\n"
    )
    after, _ = mended(tmp_path, text)
    assert [fact["id"] for fact in value_of(after)["facts"]] == ["basic-1", "concept-1", "basic-2"]


def test_of_a_text_by_language_the_one_in_latin_letters_gives_the_id(tmp_path: Path) -> None:
    after, _ = mended(
        tmp_path, "kind: basic\nfacts:\n  - front: {ko: 파드란?, en: What is a Pod?}\n    back: x\n", LANGUAGES
    )
    assert value_of(after)["facts"][0]["id"] == "what-is-a-pod"


def test_an_id_is_unique_in_the_deck_and_none_that_was_retired(tmp_path: Path) -> None:
    put(tmp_path, {"cards/d/a.yaml": "kind: basic\nfacts:\n  - {id: pod, formerly: [pod-2], front: a, back: b}\n"})
    text = "kind: basic\nfacts:\n  - {front: Pod, back: c}\n  - {front: Pod!, back: d}\n  - {front: Gone, back: e}\n"
    after, _ = mended(tmp_path, text, f"{DECK}retired: [gone]\n")
    assert [fact["id"] for fact in value_of(after)["facts"]] == ["pod-3", "pod-4", "gone-2"]


def test_an_empty_id_is_filled_in_and_items_get_theirs(tmp_path: Path) -> None:
    text = (
        "kind: sequence\r\nfacts:\r\n  - id:   # none yet\r\n    title: Start\r\n    steps:\r\n"
        '      - text: First\r\n      - id: ""\r\n        text: 둘째\r\n      - {text: First!}\r\n'
    )
    after, told = mended(tmp_path, text)
    assert after == (
        "kind: sequence\r\nfacts:\r\n  - id: start   # none yet\r\n    title: Start\r\n    steps:\r\n"
        "      - id: first\r\n        text: First\r\n      - id: steps-1\r\n        text: 둘째\r\n"
        "      - {id: first-2, text: First!}\r\n"
    )
    assert told == [
        "cards/d/facts.yaml:3: gave this fact the id `start`",
        "cards/d/facts.yaml:6: gave this item of `steps` the id `first`",
        "cards/d/facts.yaml:8: gave this item of `steps` the id `steps-1`",
        "cards/d/facts.yaml:10: gave this item of `steps` the id `first-2`",
    ]


def test_what_makes_no_sense_of_an_id_is_left(tmp_path: Path) -> None:
    draft = "  - {front: a, back: b, draft: true}\n"
    text = f"kind: basic\nfacts:\n{draft}  - {{id: Bad Id, front: c, back: d}}\n  - text\n  - {{}}\n"
    assert mended(tmp_path, text) == (text, [])


def test_what_is_still_to_be_filled_in_gets_no_id(tmp_path: Path) -> None:
    put(tmp_path, {"cards/d/deck.yaml": LANGUAGES})
    assert flashgen("-C", tmp_path, "new", "sequence", "start").returncode == 0
    before = contents(tmp_path)
    assert not fix(tmp_path)
    assert contents(tmp_path) == before


def test_while_a_file_of_the_deck_cannot_be_read_no_ids_are_given(tmp_path: Path) -> None:
    put(tmp_path, {"cards/d/broken.yaml": "facts: [\n"})
    text = "kind: basic\nfacts:\n  - {front: a, back: b}\n"
    assert mended(tmp_path, text) == (text, [])


# --- Quotes


@pytest.mark.parametrize(
    ("value", "quoted"),
    [
        ("What is it: a Pod?", '"What is it: a Pod?"'),
        ("{{c1::Pod}} is a unit", '"{{c1::Pod}} is a unit"'),
        ("`kubectl` shows it", '"`kubectl` shows it"'),
        ("@home is 127.0.0.1", '"@home is 127.0.0.1"'),
        ("%CPU", '"%CPU"'),
        ("*bold* at its start", '"*bold* at its start"'),
        ("&amp; is an entity", '"&amp; is an entity"'),
        ("!important", '"!important"'),
        ("[x] marks what is done", '"[x] marks what is done"'),
        ("{} is empty", '"{} is empty"'),
        ('"Pod" is a name', "'\"Pod\" is a name'"),
        ("'it''s' a name", "\"'it''s' a name\""),
        (r"`\n` is a line's end: it ends", r"'`\n` is a line''s end: it ends'"),
    ],
)
def test_a_text_that_yaml_misreads_is_put_in_quotes(value: str, quoted: str) -> None:
    for before in ("- front: ", "- id: a\n  front: ", "- front: b\n  words:\n    - "):
        cured = quote(f"# Mine\nfacts:\n{before}{value}  \nkind: basic\n", KEYS)
        # In a list a `: ` is one of a record, and what opens with brackets or quotes may be many things.
        if not before.endswith("- ") or (": " not in value and value[0] not in "[{'\"") or value.startswith("{{"):
            assert cured is not None
            assert cured.text == f"# Mine\nfacts:\n{before}{quoted}  \nkind: basic\n"


@pytest.mark.parametrize(
    "line",
    [
        "front: What is it? back: A Pod",
        "front: @home   # mine",
        "front: @home\n  goes on",
        "front: [a, b",
        "words: [*a, b]",
        "words: [a], [b]",
        'words: "a", "b"',
        "front: {ko: @a, en: b}",
        "front: |text",
        "\tfront: a",
        "front: a\n back: b",
        "front:a\n  back: b: c",
    ],
)
def test_where_it_is_not_sure_what_is_meant_all_is_left(line: str) -> None:
    assert quote(f"facts:\n- id: a\n  {line}\n", KEYS) is None


def test_one_fault_without_a_sure_cure_keeps_the_file_as_it_is(tmp_path: Path) -> None:
    text = "kind: basic\nfacts:\n  - front: @home\n    back: b\n  - front: [a\n    back: b\n"
    assert mended(tmp_path, text) == (text, [])


def test_a_comma_in_braces_is_part_of_its_text(tmp_path: Path) -> None:
    text = "kind: basic\nfacts:\n  - {id: a, front: {ko: 하나, 둘, en: one, two, three}, back: x}\n"
    after, told = mended(tmp_path, text, LANGUAGES)
    assert after == text.replace("하나, 둘", '"하나, 둘"').replace("one, two, three", '"one, two, three"')
    assert told == [
        "cards/d/facts.yaml:3: put in quotes: 하나, 둘",
        "cards/d/facts.yaml:3: put in quotes: one, two, three",
    ]


@pytest.mark.parametrize(
    "front", ['{ko: "하나", 둘, en: one}', "{ko: 하나, 둘: , fr: one: two}", "{ko: , 둘, en: one}"]
)
def test_a_comma_that_may_mean_more_is_left(front: str, tmp_path: Path) -> None:
    text = f"kind: basic\nfacts:\n  - {{id: a, front: {front}, back: x}}\n"
    assert mended(tmp_path, text, LANGUAGES)[0] == text


def test_deck_yaml_and_a_file_with_a_byte_order_mark_are_mended_too(tmp_path: Path) -> None:
    deck = "\ufeffuid: a\r\nname: `A` to Z   \r\n"
    text = "kind: basic\nfacts:\n  - {id: a, front: b, back: c}\n"
    assert mended(tmp_path, text, deck) == (text, ["cards/d/deck.yaml:2: put in quotes: `A` to Z"])
    assert (tmp_path / "cards/d/deck.yaml").read_bytes().decode() == '\ufeffuid: a\r\nname: "`A` to Z"   \r\n'


# --- `formerly:`


def released(root: Path, text: str) -> None:
    put(root, {"cards/d/deck.yaml": f"{DECK}licence: CC0-1.0\n", "cards/d/facts.yaml": text})
    done = flashgen("-C", root, "release", "1.0")
    assert done.returncode == 0, done.stdout + done.stderr


FACT = "  - {{id: {}, front: What is the smallest unit?, back: A Pod, context: Kubernetes}}\n"
HEAD = "kind: basic\nsource: https://example.org\nfacts:\n"


def test_a_fact_that_only_has_another_id_says_which_it_had(tmp_path: Path) -> None:
    released(tmp_path, HEAD + FACT.format("pod"))
    put(tmp_path, {"cards/d/facts.yaml": HEAD + FACT.format("pod-unit")})
    assert "lost-note" in flashgen("-C", tmp_path, "check").stdout
    done = flashgen("-C", tmp_path, "check", "--fix")
    assert done.stderr.splitlines()[0] == "cards/d/facts.yaml:4: wrote that `pod-unit` was `pod`"
    assert "lost-note" not in done.stdout
    text = (tmp_path / "cards/d/facts.yaml").read_text(encoding="utf-8")
    assert text == HEAD + FACT.format("pod-unit, formerly: [pod]")
    assert flashgen("-C", tmp_path, "check", "--fix").stderr.startswith("All is well")


def test_an_item_that_only_has_another_id_says_which_it_had(tmp_path: Path) -> None:
    facts = (
        "kind: comparison\nsource: https://example.org\ncontext: Transport\nfacts:\n  - id: tcp-udp\n    subjects:\n"
        "      - {id: tcp, name: TCP}\n      - {id: udp, name: UDP}\n    aspects:\n"
        "      - id: order   # of bytes\n        aspect: Order\n        sides: {tcp: kept, udp: not kept}\n"
    )
    released(tmp_path, facts)
    put(tmp_path, {"cards/d/facts.yaml": facts.replace("id: order ", "id: sequence ")})
    done = flashgen("-C", tmp_path, "check", "--fix")
    assert (
        done.stderr.splitlines()[0] == "cards/d/facts.yaml:11: wrote that the item `sequence` of `tcp-udp` was `order`"
    )
    assert (tmp_path / "cards/d/facts.yaml").read_text(encoding="utf-8") == facts.replace(
        "id: order   # of bytes\n", "id: sequence   # of bytes\n        formerly: [order]\n"
    )


def test_a_fact_that_says_something_else_is_the_authors_to_judge(tmp_path: Path) -> None:
    released(tmp_path, HEAD + FACT.format("pod"))
    text = HEAD + FACT.format("pod-unit").replace("A Pod", "A small Pod")
    put(tmp_path, {"cards/d/facts.yaml": text})
    assert "lost-note" in flashgen("-C", tmp_path, "check", "--fix").stdout
    assert (tmp_path / "cards/d/facts.yaml").read_text(encoding="utf-8") == text


def test_an_id_that_was_lost_with_its_line_comes_back(tmp_path: Path) -> None:
    """The new id is another, but learners keep what they did."""
    released(tmp_path, HEAD + FACT.format("pod"))
    put(tmp_path, {"cards/d/facts.yaml": HEAD + FACT.format("").replace("id: , ", "")})
    done = flashgen("-C", tmp_path, "check", "--fix")
    assert done.stderr.splitlines()[:2] == [
        "cards/d/facts.yaml:4: gave this fact the id `what-is-the-smallest-unit`",
        "cards/d/facts.yaml:4: wrote that `what-is-the-smallest-unit` was `pod`",
    ]
    assert "lost-note" not in done.stdout


# --- All of it


def errors_of(root: Path) -> int:
    report = Report()
    validate(read_project(root, report), report)
    return report.count(Severity.ERROR)


@pytest.mark.parametrize("case", CASES)
def test_of_no_broken_project_more_is_broken_afterwards(case: str, tmp_path: Path) -> None:
    shutil.copytree(BROKEN / case, tmp_path / case)
    root = tmp_path / case
    write_files(root, BYTES.get(case, {}))
    before, errors = contents(root), errors_of(root)
    paths = {change.path for change in fix(root)}
    after = contents(root)
    assert {name for name in after if after[name] != before[name]} == paths
    assert not fix(root)
    assert contents(root) == after
    # A file that can be read now may show more of its own; the number of those that cannot be read never grows.
    if not any(value_of(before[path].decode("utf-8-sig")) is None for path in paths):
        assert errors_of(root) <= errors


def found_in(root: Path) -> list[Finding]:
    report = Report()
    with contextlib.suppress(FlashgenError):
        check(root, report)
    return list(report)


@pytest.mark.parametrize("case", CASES)
def test_what_is_said_to_be_fixable_in_a_broken_project_is_gone_afterwards(case: str, tmp_path: Path) -> None:
    shutil.copytree(BROKEN / case, tmp_path / case)
    root = tmp_path / case
    write_files(root, BYTES.get(case, {}))
    before, found = contents(root), found_in(root)
    told = fixable(root, found)
    assert contents(root) == before
    fix(root)
    promised, had, left = (
        Counter(
            (finding.rule.name, finding.span.path, finding.message) for finding in findings if finding.rule in MENDED
        )
        for findings in (told, found, found_in(root))
    )
    assert promised == had - left


def test_what_is_fixable_is_marked_and_counted(tmp_path: Path) -> None:
    text = "kind: basic\nfacts:\n  - {front: What?, back: b}\n  - {id: a, front: Who?, back: c, colour: red}\n"
    put(tmp_path, {"cards/d/deck.yaml": DECK, "cards/d/facts.yaml": text})
    shown = flashgen("-C", tmp_path, "check", "--format", "full").stdout
    assert "error[FG201] missing-id [*]: this `basic` fact lacks `id`\n" in shown
    assert "error[FG104] unknown-property: " in shown
    assert shown.endswith("Found 2 errors in 1 file.\n[*] `flashgen check --fix` mends 1 of them.\n")
    findings = json.loads(flashgen("-C", tmp_path, "check", "--format", "json").stdout)["findings"]
    assert {finding["code"]: finding["fixable"] for finding in findings} == {"FG201": True, "FG104": False}
    assert "[*]" not in flashgen("-C", tmp_path, "check", "--fix", "--format", "full").stdout


def test_a_lost_note_is_fixable_only_where_another_fact_says_the_same(tmp_path: Path) -> None:
    released(tmp_path, HEAD + FACT.format("pod"))
    for back, marked in (("A Pod", True), ("A small Pod", False)):
        put(tmp_path, {"cards/d/facts.yaml": HEAD + FACT.format("pod-unit").replace("A Pod", back)})
        assert ("lost-note [*]: " in flashgen("-C", tmp_path, "check", "--format", "full").stdout) == marked


@given(value=st.text(st.sampled_from("ab:`@{}[]*&!|>#\"'\\,- c파"), min_size=1, max_size=12))
def test_what_was_put_in_quotes_reads_as_it_was_written(value: str) -> None:
    text = f"facts:\n- id: a\n  front: {value}\n  back: b\n"
    cured = quote(text, KEYS)
    if cured is not None:
        assert value_of(cured.text) == {"facts": [{"id": "a", "front": value.strip(), "back": "b"}]}
        assert value_of(text) is None


def test_it_says_what_it_changed_and_then_what_is_left(tmp_path: Path) -> None:
    text = "kind: basic\nsource: https://example.org\nfacts:\n  - front: What does @ mean?\n    back: @ is an at sign\n"
    put(tmp_path, {"cards/d/deck.yaml": DECK, "cards/d/facts.yaml": text + "    colour: red\n"})
    done = flashgen("-C", tmp_path, "check", "--fix", "--select", "FG104", "--format", "json")
    assert done.returncode == 1
    assert done.stderr == (
        "cards/d/facts.yaml:5: put in quotes: @ is an at sign\n"
        "cards/d/facts.yaml:4: gave this fact the id `what-does-mean`\n"
    )
    left = json.loads(done.stdout)["findings"]
    assert [(finding["code"], finding["span"]["line"]) for finding in left] == [("FG104", 7)]


def test_without_fix_nothing_is_written(tmp_path: Path) -> None:
    put(tmp_path, {"cards/d/deck.yaml": DECK, "cards/d/facts.yaml": "kind: basic\nfacts:\n  - {front: a, back: @b}\n"})
    before = contents(tmp_path)
    assert flashgen("-C", tmp_path, "check").returncode == 1
    assert contents(tmp_path) == before
