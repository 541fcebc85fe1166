"""The pages of the rules: each has one, and its examples do what it says.

A block is a file of a small project: the one that its first line names, or a file of facts. `, as released` behind the
name makes it a file of the state that was released before. A section in which no block names a file has one project a
block. To every project come a deck.yaml, and where it has templates, a kind `word` with a fact.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import media_files
import pytest

from flashgen import pipeline, rules
from flashgen.commands.explain import run
from flashgen.commands.findings import Findings
from flashgen.commands.screen import Screen
from flashgen.diagnostics import Report, Rule, Severity, Span
from flashgen.errors import FlashgenError
from flashgen.explain import GROUPS, PAGES, find_rule, groups, page, summary
from flashgen.explain.terminal import plain
from flashgen.lint.selection import Selection
from flashgen.publish import release

NOW: Final = 1_700_000_000
RULES: Final = {rule.name: rule for rule in rules.RULES}
WITHOUT_EXAMPLE: Final = {
    "not-utf8": "a page is UTF-8 itself",
    "unreadable-file": "it is about a file's permissions",
    "empty-project": "it is about a folder without a file",
    "lock-behind": "only `build --locked` sees it, and the lock is written by `build`",
    "media-name": "its files are pictures; and some systems cannot hold both",
    "heavy-media": "its file is a heavy picture",
    "wrong-content": "its file is a broken picture",
    "too-large": "its file has more than 100 MiB",
}
DECK: Final = "uid: 5f1c6a0e9b7d4c21\nname: Kubernetes\nlanguages: [en]\nlicence: CC-BY-4.0\n"
WORD: Final = {
    "templates/word/kind.yaml": (
        "facts:\n  word: {type: text, required: true}\n  meaning: {type: text, required: true}\n"
        "fields: {Word: word, Meaning: meaning}\ncards: [ask]\n"
    ),
    "templates/word/ask.html.j2": '{{ word }}{% if side == "back" %}<hr>{{ meaning }}{% endif %}',
    "cards/k8s/words.yaml": "kind: word\nfacts: [{id: pod, word: pod, meaning: A case that holds seeds}]\n",
}
# The deck.yaml that is missing in what the rule finds, and in that alone.
NO_DECK: Final = {"missing-deck"}
# Files that a page can name, but not show: rule → path → bytes.
PICTURE: Final = {"cards/k8s/media/pod.png": media_files.png()}
FILES: Final = {
    "missing-alt": PICTURE,
    "missing-media": PICTURE,
    "unused-media": PICTURE,
    "uncredited-media": {**PICTURE, "cards/k8s/media/seeds.png": media_files.png("seeds")},
    "external-request": PICTURE,
    "odd-format": {**PICTURE, "cards/k8s/media/pod.bmp": b"BM"},
    "picture-out-of-place": PICTURE,
    "handwritten-sound": {"cards/k8s/media/hello.mp3": media_files.MP3},
    "not-everywhere": {"cards/k8s/media/hello.mp3": media_files.MP3, "cards/k8s/media/hello.ogg": media_files.OGG},
    "spoken-file-name": {"cards/k8s/media/hello.mp3": media_files.MP3},
}
_SECTION: Final = re.compile(r"^## (Found|Instead)\n(.*?)(?=^## |\Z)", re.DOTALL | re.MULTILINE)
_BLOCK: Final = re.compile(r"^(`{3,})\w+\n(.*?)^\1$", re.DOTALL | re.MULTILINE)
_PATH: Final = re.compile(
    r"(?:#|\{#|/\*|<!--) ((?:cards|templates)/\S+?|\S+\.toml)(, as released)?(?: (?:#\}|\*/|-->))?\n"
)


@dataclass(frozen=True)
class Example:
    """A project of a page: its files, and those that were released before, by their paths."""

    rule: Rule
    section: str
    files: dict[str, str]
    released: dict[str, str]


def blocks(text: str) -> list[tuple[str | None, bool, str]]:
    """The blocks of a section: the path that each names, whether it was released, and what it holds."""
    found = []
    for _, block in _BLOCK.findall(text):
        named = _PATH.match(block)
        path, released = (named[1], bool(named[2])) if named else (None, False)
        found.append((path, released, block[named.end() :] if named else block))
    return found


def examples_of(rule: Rule, text: str) -> list[Example]:
    examples = []
    for section, content in _SECTION.findall(text):
        found = blocks(content)
        projects = [found] if any(path for path, _, _ in found) else [[block] for block in found]
        for project in projects:
            files = {path or "cards/k8s/facts.yaml": block for path, released, block in project if not released}
            before = {path or "cards/k8s/facts.yaml": block for path, released, block in project if released}
            examples.append(Example(rule, section, files, before))
    return examples


def written() -> list[Rule]:
    """The rules that have a page, so that one that lacks it fails a single test."""
    return [rule for rule in rules.RULES if (PAGES / f"{rule.name}.md").is_file()]


EXAMPLES: Final = [example for rule in written() for example in examples_of(rule, page(rule))]


def put(root: Path, files: dict[str, str] | dict[str, bytes]) -> None:
    for name, content in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)


def findings(example: Example, root: Path) -> list[Rule]:
    """The rules that a whole check of an example breaks, or a release where the rule is of a release alone."""
    name = example.rule.name
    given = {**example.released, **example.files}
    if not (name in NO_DECK and example.section == "Found"):
        put(root, {"cards/k8s/deck.yaml": DECK})
    if any(path.startswith("templates/") for path in given):
        put(root, {path: text for path, text in WORD.items() if path not in given})
    put(root, FILES.get(name, {}))
    if example.released:
        put(root, example.files)
        put(root, example.released)
        # A release takes no warning, and what was released may break a rule of today.
        put(root, {"flashgen.toml": '[lint]\nselect = ["E"]\n'})
        report, _ = release(root, "1.0", NOW)
        assert list(report) == []
        (root / "flashgen.toml").unlink()
    put(root, example.files)
    if example.rule is rules.MISSING_LICENCE:
        report, _ = release(root, "1.0", NOW, dry_run=True)
    else:
        report = Report()
        pipeline.check(root, report, lint=Selection(select=("W", name)))
    return [finding.rule for finding in report]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example.rule.name} {example.section}")
def test_an_example_does_what_its_page_says(example: Example, tmp_path: Path) -> None:
    found = findings(example, tmp_path)
    if example.section == "Found":
        assert example.rule in found
    else:
        assert example.rule not in found
        assert [rule.name for rule in found if rule.severity is Severity.ERROR] == []


def test_every_rule_has_a_page_and_every_page_a_rule() -> None:
    assert sorted(path.stem for path in PAGES.glob("*.md")) == sorted(RULES)


@pytest.mark.parametrize("rule", written(), ids=lambda rule: rule.name)
def test_a_page_has_its_form(rule: Rule) -> None:
    text = page(rule)
    assert text.startswith(f"# {rule.code} {rule.name}\n\n")
    assert max(map(len, text.splitlines())) <= 130
    assert summary(rule).endswith(".")
    headings = re.findall(r"^## .*", text, re.MULTILINE)
    assert headings == ([] if rule.name in WITHOUT_EXAMPLE else ["## Found", "## Instead"])
    sections = [example.section for example in EXAMPLES if example.rule is rule]
    assert set(sections) == (set() if rule.name in WITHOUT_EXAMPLE else {"Found", "Instead"})


def test_every_rule_without_an_example_is_a_rule() -> None:
    assert set(WITHOUT_EXAMPLE) | NO_DECK | set(FILES) <= set(RULES)


def test_the_groups_hold_every_rule() -> None:
    assert [rule for _, group in groups() for rule in group] == sorted(rules.RULES, key=lambda rule: rule.code)
    assert len(groups()) == len(GROUPS)


@pytest.mark.parametrize("word", ["FG324", "fg324", "324", "bad-gap", " Bad-Gap "])
def test_a_rule_is_found_by_its_code_and_its_name(word: str) -> None:
    assert find_rule(word) is rules.BAD_GAP


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("missing-propery", "did you mean `missing-property`?"),
        ("alt", "did you mean `missing-alt`?"),
        ("media-", "did you mean `media-name`?"),
        ("FG999", "`flashgen explain` lists them all"),
        ("", "`flashgen explain` lists them all"),
    ],
)
def test_an_unknown_rule_is_met_with_the_one_that_was_meant(word: str, hint: str) -> None:
    with pytest.raises(FlashgenError, match=f"there is no rule `{word}`") as caught:
        find_rule(word)
    assert caught.value.hint == hint


def test_a_page_becomes_plain_text() -> None:
    markdown = (
        "One two three `four five`, and [a link](https://example.org) and\n[a page](other.md).\n\n## Found\n\n"
        "````yaml\nkind: basic\n\n```yaml\n````\n\nLast.\n"
    )
    assert plain(markdown, 24) == (
        "One two three\n`four five`, and a link\n(https://example.org)\nand a page.\n\nFound\n\n"
        "    kind: basic\n\n    ```yaml\n\nLast."
    )


def test_the_command_shows_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("broken-html", 40) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(
        "FG413 broken-html\nAn error: nothing is written until it is\nmended.\n\nA browser would read a text's HTML\n"
    )
    assert "\n\nFound\n\n    # templates/word/kind.yaml\n    facts:\n" in shown


def test_a_page_says_whether_its_findings_can_be_mended(capsys: pytest.CaptureFixture[str]) -> None:
    for name, is_said in (("missing-id", True), ("broken-html", False)):
        run(name, 200)
        assert ("`flashgen check --fix` mends it" in capsys.readouterr().out) == is_said


def test_the_command_lists_every_rule_with_what_it_finds(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(None, None) == 0
    lines = capsys.readouterr().out.splitlines()
    for rule in rules.RULES:
        weighs = str(rule.severity) if rule.on else "off"
        line = next(line for line in lines if line.startswith(rule.code))
        assert line.split()[1:3] == [rule.name, weighs]
        assert line.endswith(f"  {summary(rule)}")
    assert [line for line in lines if line and not line.startswith("FG")] == list(GROUPS.values())


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_the_list_fits_the_terminal(width: int, capsys: pytest.CaptureFixture[str]) -> None:
    run(None, width)
    assert max(map(len, capsys.readouterr().out.splitlines())) <= width


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ([], ""),
        ([rules.BAD_GAP], "`flashgen explain FG324` says more.\n"),
        ([rules.BAD_GAP, rules.BAD_GAP], "`flashgen explain FG324` says more.\n"),
        ([rules.BAD_GAP, rules.BAD_ID], "`flashgen explain FG324`, or another of these codes, says more.\n"),
    ],
)
def test_whoever_sees_findings_on_a_terminal_is_told_where_more_is_said(
    broken: list[Rule], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = Report()
    for line, rule in enumerate(broken, 1):
        report.add(rule, "something is wrong", Span("cards/k8s/facts.yaml", line, 1, line, 2))
    Findings(Screen(is_live=True)).show(report, tmp_path)
    assert capsys.readouterr().err == told
    for quiet in (Screen(), Screen(is_live=True, is_quiet=True)):
        Findings(quiet).show(report, tmp_path)
    for other in ("concise", "json", "github"):
        Findings(Screen(is_live=True), other).show(report, tmp_path)
    assert capsys.readouterr().err == ""
