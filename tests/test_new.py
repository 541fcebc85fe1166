"""`flashgen new`: facts to be filled in, put where they belong, and kinds that work at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from author import DECK, Terminal, flashgen, put
from hypothesis import given, settings
from hypothesis import strategies as st

from flashgen.author.place import put_fact
from flashgen.errors import FlashgenError
from flashgen.write.edit import value_of

KINDS = sorted(path.parent.name for path in (Path(__file__).parent.parent / "templates").glob("*/kind.yaml"))
POD = "  - id: pod\n    front: What is a Pod?\n    back: The smallest unit\n"
HOME = {"cards/k8s/deck.yaml": DECK}
POD_AS_CONCEPT = "  - {id: pod, term: Pod, definition: La plus petite unité, context: Kubernetes}\n"


def project(root: Path, **files: str) -> Path:
    return put(root, {**HOME, **{f"cards/k8s/{name}.yaml": text for name, text in files.items()}})


def test_a_fact_of_every_kind_lacks_nothing_but_what_it_asks_for(tmp_path: Path) -> None:
    root = project(tmp_path)
    for kind in KINDS:
        done = flashgen("-C", root, "new", kind, f"new-{kind}")
        assert (done.returncode, done.stdout) == (0, f"cards/k8s/{kind}.yaml:4\n"), done.stderr
    found = flashgen("-C", root, "check", "--format", "concise").stdout.splitlines()
    # An empty value at each line that has to be filled in, and nothing else.
    assert all(re.search(r"error FG(106 |201 missing-id: `id` is empty)", line) for line in found), found
    wanted = []
    for kind in KINDS:
        lines = (root / f"cards/k8s/{kind}.yaml").read_text(encoding="utf-8").splitlines()
        wanted += [
            f"cards/k8s/{kind}.yaml:{number}"
            for number, line in enumerate(lines, 1)
            if re.match(r"[ -]*\w+:\s*(#|$)", line) and not _holds(lines, number)
        ]
    assert [":".join(line.split(":")[:2]) for line in found] == wanted


def _holds(lines: list[str], number: int) -> bool:
    """Whether what stands on a line has its value on the next."""
    own, following = lines[number - 1], lines[number] if number < len(lines) else ""
    deeper = len(following) - len(following.lstrip(" ")) > len(own) - len(own.lstrip(" -"))
    return deeper and not following.lstrip().startswith("#")


def test_what_a_fact_is_to_say_stands_beside_each_line_with_an_example(tmp_path: Path) -> None:
    root = project(tmp_path)
    flashgen("-C", root, "new", "command", "list-pods")
    assert (root / "cards/k8s/command.yaml").read_text(encoding="utf-8") == (
        "# yaml-language-server: $schema=../../.schema/facts.json\n"
        "kind: command\n"
        "facts:\n"
        "  - id: list-pods\n"
        "    task:        # What one wants to do, such as: List the Pods of the current namespace\n"
        "    command:     # The command, exactly as it is typed, such as: kubectl get pods\n"
        "    # output:    # What happens or comes back, shown under the answer, such as: One line a Pod, with its …\n"
        "    # why:       # What helps to remember it, shown under the answer\n"
        "    # older:     # What older texts say instead, shown under the answer\n"
        "    # context:   # The quiet line above the prompt that says what the card is about, such as: kubectl\n"
    )


def test_a_fact_that_was_filled_in_makes_its_cards(tmp_path: Path) -> None:
    root = put(tmp_path, {"cards/k8s/deck.yaml": "uid: a\nname: {ko: 가, en: A}\nlanguages: [ko, en]\n"})
    flashgen("-C", root, "new", "component", "kubelet")
    file = root / "cards/k8s/component.yaml"
    text = file.read_text(encoding="utf-8")
    assert text.count("ko:\n") == text.count("en:\n") == 2
    file.write_text(text.replace("ko:\n", "ko: 쿠블렛\n").replace("en:\n", "en: kubelet\n"), encoding="utf-8")
    assert flashgen("-C", root, "build").stdout.split() == ["dist/k8s.ko.apkg", "dist/k8s.en.apkg"]


def test_it_goes_to_the_file_of_its_kind_else_where_its_like_stand_else_to_a_new_one(tmp_path: Path) -> None:
    mixed = "kind: basic\nfacts:\n  - {id: a, kind: concept, term: A, definition: b}\n"
    root = project(tmp_path, mixed=mixed, z="facts: []\nkind: cloze\n")
    places = {
        kind: flashgen("-C", root, "new", kind, f"new-{kind}").stdout for kind in ("basic", "concept", "cloze", "list")
    }
    assert places == {
        "basic": "cards/k8s/mixed.yaml:5\n",
        "concept": "cards/k8s/mixed.yaml:13\n",
        "cloze": "cards/k8s/z.yaml:2\n",
        "list": "cards/k8s/list.yaml:4\n",
    }


@pytest.mark.parametrize("file", ["parts/nodes.yaml", "cards/k8s/parts/nodes.yaml", "parts/nodes"])
def test_it_goes_to_the_file_that_is_named(file: str, tmp_path: Path) -> None:
    root = project(tmp_path, facts=f"kind: basic\nfacts:\n{POD}")
    assert flashgen("-C", root, "new", "basic", "node", "--file", file).stdout == "cards/k8s/parts/nodes.yaml:4\n"


@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("deck.yaml", "cards/k8s/deck.yaml holds no facts"),
        ("media/credits.yaml", "cards/k8s/media/credits.yaml holds no facts"),
        ("media/x.yaml", "cards/k8s/media/ holds no facts"),
        ("../other/x.yaml", "../other/x.yaml is no place for facts"),
        ("facts.txt", "facts.txt is no place for facts"),
        ("broken.yaml", "cards/k8s/broken.yaml has mistakes"),
        ("flow.yaml", "cards/k8s/flow.yaml is written so that a fact cannot be put in"),
    ],
)
def test_a_file_that_cannot_take_it_is_told_and_stays(file: str, told: str, tmp_path: Path) -> None:
    root = project(tmp_path, broken="facts: [\n", flow="{kind: basic, facts: [{id: pod, front: a, back: b}]}\n")
    before = {path: path.read_bytes() for path in root.rglob("*.yaml")}
    done = flashgen("-C", root, "new", "basic", "node", "--file", file)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert {path: path.read_bytes() for path in root.rglob("*.yaml")} == before


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("pod", "`pod` names a fact of this deck already: cards/k8s/a.yaml:3\n  hint: choose another id\n"),
        ("old-pod", "`old-pod` names a fact of this deck already: cards/k8s/a.yaml:6\n"),
        ("gone", "`gone` is retired in cards/k8s/deck.yaml, and learners may have it\n"),
        ("Pod Spec", "`Pod Spec` is not an id\n  hint: for instance `pod-spec`\n"),
        ("파드", "`파드` is not an id\n  hint: use lower-case letters, digits and `-`\n"),
        ("a" * 61, "this id has 61 characters; 60 are the limit\n"),
    ],
)
def test_an_id_that_is_taken_or_none_is_refused_with_the_cure(name: str, told: str, tmp_path: Path) -> None:
    root = project(tmp_path, a=f"kind: basic\nfacts:\n{POD}    formerly: [old-pod]\n", deck=f"{DECK}retired: [gone]\n")
    done = flashgen("-C", root, "new", "basic", name)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert not (root / "cards/k8s/basic.yaml").exists()


def test_of_several_decks_one_has_to_be_named(tmp_path: Path) -> None:
    root = put(project(tmp_path), {"cards/net/deck.yaml": DECK.replace("author", "other")})
    done = flashgen("-C", root, "new", "basic", "pod")
    assert (done.returncode, done.stderr) == (
        2,
        "flashgen: there are several decks\n  hint: name one with `--deck`: k8s, net\n",
    )
    assert flashgen("-C", root, "new", "basic", "pod", "--deck", "net").stdout == "cards/net/basic.yaml:4\n"
    assert flashgen("-C", root, "new", "basic", "a", "--file", "cards/k8s/b.yaml").stdout == "cards/k8s/b.yaml:4\n"
    assert flashgen("-C", root, "new", "basic", "pod", "--deck", "nte").returncode == 2


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(f"facts:\n{POD}", f"facts:\n{POD}\n  - id: new\n", id="one fact"),
        pytest.param("", "facts:\n  - id: new\n", id="an empty file"),
        pytest.param("# Pods\n", "# Pods\nfacts:\n  - id: new\n", id="a comment alone"),
        pytest.param("kind: basic", "kind: basic\nfacts:\n  - id: new\n", id="no facts, no line end"),
        pytest.param("facts:   # none yet\nkind: a\n", "facts:   # none yet\n  - id: new\nkind: a\n", id="empty facts"),
        pytest.param("facts: []\nkind: a\n", "facts:\n  - id: new\nkind: a\n", id="no facts in brackets"),
        pytest.param("facts: [] # none", "facts: # none\n  - id: new\n", id="brackets, a comment, no line end"),
        pytest.param(
            "facts:\n- id: a\n- id: b   # two\n", "facts:\n- id: a\n- id: b   # two\n- id: new\n", id="close together"
        ),
        pytest.param(
            "facts:\r\n  - id: a\r\n\r\n  - id: b",
            "facts:\r\n  - id: a\r\n\r\n  - id: b\r\n\r\n  - id: new\r\n",
            id="CRLF, apart, no line end",
        ),
        pytest.param(
            "facts:\n    -   id: a\n        front: >\n          b\n\n\n# Of all\nkind: basic\n",
            "facts:\n    -   id: a\n        front: >\n          b\n\n    - id: new\n\n\n# Of all\nkind: basic\n",
            id="deep, before a commented key",
        ),
        pytest.param(
            "facts:\n  - id: a\n    back: |+\n      b\n\n\n",
            "facts:\n  - id: a\n    back: |+\n      b\n\n\n  - id: new\n",
            id="a block that keeps its last lines",
        ),
        pytest.param(
            "\ufefffacts:\n  - id: a\n    # why: later\n",
            "\ufefffacts:\n  - id: a\n    # why: later\n\n  - id: new\n",
            id="a byte order mark, and a comment at the end",
        ),
        pytest.param("facts:\n  - {id: a}\n", "facts:\n  - {id: a}\n\n  - id: new\n", id="a fact in braces"),
    ],
)
def test_every_other_byte_of_the_file_stays(before: str, after: str) -> None:
    placed = put_fact(before, "facts.yaml", "new", ["- id: new"])
    assert placed.text == after
    assert re.split("\r\n|\n", placed.text)[placed.line - 1].lstrip() == "- id: new"


_WORDS = st.sampled_from(
    ["a", "back: b", "'c'", "# d", "", "|", "  e", "{f: g}", "- h", "kind: i", "facts:", "facts: []"]
)


@settings(max_examples=150)
@given(lines=st.lists(st.tuples(st.integers(0, 4), _WORDS), max_size=8), newline=st.sampled_from(["\n", "\r\n"]))
def test_whatever_the_file_holds_it_says_the_same_and_one_fact_more(lines: list[tuple[int, str]], newline: str) -> None:
    text = newline.join(["facts:", "  - id: x", *(" " * indent + word for indent, word in lines)])
    try:
        placed = put_fact(text, "facts.yaml", "new", ["- id: new", "  front:"])
    except FlashgenError:
        return
    before, after = value_of(text), value_of(placed.text)
    assert after["facts"] == [*before["facts"], {"id": "new", "front": ""}]
    assert {**after, "facts": 0} == {**before, "facts": 0}
    # All that stood there stands there still, in its order.
    rest = iter(placed.text)
    assert all(character in rest for character in text)


def test_without_a_terminal_it_says_what_it_lacks(tmp_path: Path) -> None:
    done = flashgen("-C", project(tmp_path), "new", "basic")
    assert (done.returncode, done.stdout) == (2, "")
    assert "hint: write `flashgen new KIND ID`" in done.stderr


def test_on_a_terminal_it_asks_for_what_is_missing(tmp_path: Path) -> None:
    root = put(
        project(tmp_path, facts=f"kind: basic\nfacts:\n{POD}"), {"cards/net/deck.yaml": DECK.replace("author", "b")}
    )
    terminal = Terminal("new", cwd=root)
    terminal.answer(" 2  cloze       A text with gaps, written with Anki's own clozes.\n", "")
    terminal.answer("Kind: ", "bsaic\n")
    terminal.answer("answer with a name, or a number from 1 to 10\n", "")
    terminal.answer("Kind: ", "1\n")
    terminal.answer("Deck: ", "k8s\n")
    terminal.answer("Id of the new `basic`: lower-case words joined by `-`: ", "Pod\n")
    terminal.answer("`Pod` is not an id; for instance `pod`\n", "")
    terminal.answer(": ", "pod\n")
    terminal.answer("`pod` names a fact of this deck already: cards/k8s/facts.yaml:3; choose another id\n", "")
    terminal.answer(": ", "node\n")
    assert terminal.end() == 0
    assert "cards/k8s/facts.yaml:7\n" in terminal.shown


def test_a_new_kind_works_at_once(tmp_path: Path) -> None:
    root = put(tmp_path, {"cards/w/deck.yaml": "uid: a\nname: {ko: 가, en: A, fr: B}\nlanguages: [ko, en, fr]\n"})
    made = flashgen("-C", root, "new", "--kind", "loan-word")
    assert (made.returncode, made.stdout.split()) == (
        0,
        [
            f"templates/loan-word/{name}"
            for name in (
                "example.yaml",
                "kind.yaml",
                "meaning.html.j2",
                "name.html.j2",
                "labels/ko.yaml",
                "labels/en.yaml",
                "labels/fr.yaml",
            )
        ],
    )
    (root / "cards/w/words.yaml").write_bytes((root / "templates/loan-word/example.yaml").read_bytes())
    put(root, {"templates/_labels/fr.yaml": "source: Source\nas_of: '{when}'\nolder: Avant\n"})
    checked = flashgen("-C", root, "check")
    assert (checked.returncode, checked.stdout) == (0, ""), checked.stdout
    assert "All is well: 6 cards in 3 packages." in checked.stderr
    assert flashgen("-C", root, "new", "loan-word", "cafe").stdout == "cards/w/words.yaml:11\n"
    assert flashgen("-C", root, "kinds", "loan-word").returncode == 0


def test_new_words_give_a_language_all_that_the_cards_of_a_deck_say(tmp_path: Path) -> None:
    root = put(tmp_path, {"cards/w/deck.yaml": "uid: a\nname: A\nlanguages: [fr]\n"})
    put(root, {"cards/w/a.yaml": "kind: concept\nsource: https://example.org\nfacts:\n" + POD_AS_CONCEPT})
    before = flashgen("-C", root, "check")
    assert "hint" not in before.stdout
    assert "(`flashgen new --words fr` writes it, to be translated)" in before.stdout
    made = flashgen("-C", root, "new", "--words", "fr")
    assert (made.returncode, made.stdout) == (0, "templates/_labels/fr.yaml\n")
    assert "translate" in made.stderr
    after = flashgen("-C", root, "check", "--strict")
    assert (after.returncode, after.stdout) == (0, ""), after.stdout


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (["--words", "french"], "`french` is not a language code\n  hint: write a code such as `fr` or `pt-BR`"),
        (["--words", "en"], "flashgen has all words in `en`\n  hint: to say single ones otherwise, write them into"),
        (["--words", "de"], "there is templates/_labels/de.yaml already\n  hint: `flashgen check` tells what it lacks"),
        (["--words", "fr", "--kind", "word"], "`--kind` starts a kind, and takes nothing else"),
        (["basic", "pod", "--words", "fr"], "`--words` starts a language's words, and takes nothing else"),
    ],
)
def test_words_that_cannot_be_started_are_refused(flags: list[str], told: str, tmp_path: Path) -> None:
    root = put(project(tmp_path), {"templates/_labels/de.yaml": "source: Quelle\n"})
    done = flashgen("-C", root, "new", *flags)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert [path.name for path in (root / "templates").rglob("*") if path.is_file()] == ["de.yaml"]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Loan Word", "`Loan Word` is not an id\n  hint: for instance `loan-word`"),
        ("basic", "flashgen has a kind `basic` already, whose place yours would take"),
        ("word", "there is templates/word/ already"),
    ],
)
def test_a_kind_of_a_bad_or_taken_name_is_refused(name: str, told: str, tmp_path: Path) -> None:
    root = put(project(tmp_path), {"templates/word/notes.txt": "mine"})
    done = flashgen("-C", root, "new", "--kind", name)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert [path.name for path in (root / "templates").rglob("*") if path.is_file()] == ["notes.txt"]
