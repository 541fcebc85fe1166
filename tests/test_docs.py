"""The documents are fresh, and their commands and examples are what flashgen does."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flashgen import cli, pipeline
from flashgen.diagnostics import Report
from flashgen.lint.selection import Selection
from flashgen.lint.settings import read_settings
from flashgen.options import ANYWHERE

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
sys.path.insert(0, str(DOCS))

import generate  # noqa: E402 - it lies beside the pages it writes


@pytest.mark.parametrize("name", sorted(generate.pages()))
def test_the_reference_is_fresh(name: str) -> None:
    written = (DOCS / name).read_text(encoding="utf-8")
    assert written == generate.pages()[name], "run: .venv/bin/python docs/generate.py"


def _sections() -> dict[str, str]:
    page = generate.pages()["cli.md"]
    return dict(re.findall(r"^## `([a-z]+)`\n(.*?)(?=^## )", page, re.DOTALL | re.MULTILINE))


def test_the_settings_that_the_reference_shows_are_settings(tmp_path: Path) -> None:
    shown = re.findall(r"^```toml\n(.*?)^```", generate.pages()["rules.md"], re.DOTALL | re.MULTILINE)
    assert len(shown) == 1
    (tmp_path / "pyproject.toml").write_text(shown[0], encoding="utf-8")
    report = Report()
    settings = read_settings(tmp_path, report)
    assert list(report) == []
    assert settings.limits("too-many-gaps").count("gaps") == 8


def test_the_reference_has_every_command() -> None:
    helped = CliRunner().invoke(cli.app, ["--help"]).stdout
    commands = re.findall(r"^  ([a-z]+)  ", helped.partition("Commands:")[2], re.MULTILINE)
    assert list(_sections()) == commands


@pytest.mark.parametrize("command", _sections())
def test_the_reference_has_every_argument_and_option_that_help_shows(command: str) -> None:
    helped = CliRunner().invoke(cli.app, [command, "--help"]).stdout
    usage, _, options = helped.partition("Options:")
    shown = re.findall(r"^  (-.*?)(?:  |$)", options, re.MULTILINE)
    named = {name for line in shown for name in re.findall(r"(?<![\w-])--?[a-zA-Z][a-z-]*", line)}
    told = _sections()[command]
    shared = {"-h", "--help", *ANYWHERE.values(), "-q", "-v"}
    assert named - shared == set(re.findall(r"`(--?[a-zA-Z][a-z-]*)", re.split("Examples?:", told)[0]))
    arguments, written = (
        text.partition(f"flashgen {command}" if "flashgen" in text else command)[2].replace("[OPTIONS]", "").split()
        for text in (usage.splitlines()[0], told.split("```")[1])
    )
    assert [argument.strip("{}[]") for argument in arguments] == [argument.strip("[]") for argument in written]


def test_the_reference_names_every_variable_of_the_environment() -> None:
    source = (ROOT / "flashgen" / "around.py").read_text(encoding="utf-8")
    assert set(re.findall(r"os\.environ\b[^\"\n]*\"([A-Z_]+)\"", source)) == set(generate.ENVIRONMENT)


def test_the_documentations_index_names_every_document() -> None:
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in DOCS.glob("*.md") if path.name != "README.md" and f"({path.name})" not in index] == []


def _anchors(document: Path) -> set[str]:
    """What GitHub makes of the headings of a document."""
    headings = re.findall(r"^#+ (.*)", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", sorted(DOCS.glob("*.md")), ids=lambda path: path.name)
def test_links_to_a_heading_find_it(document: Path) -> None:
    links = re.findall(r"\]\(([^)#:]*)#([^)]+)\)", document.read_text(encoding="utf-8"))
    assert [
        f"{path}#{name}" for path, name in links if name not in _anchors(document.parent / (path or document))
    ] == []


_QUESTION = re.compile(
    r"^Before:\n\n```yaml\n(.*?)^```\n\nAfter:\n\n```yaml\n(.*?)^```\n\nFound by \[([a-z-]+)\]",
    re.DOTALL | re.MULTILINE,
)
QUESTIONS = _QUESTION.findall((DOCS / "ask-good-questions.md").read_text(encoding="utf-8"))
CARD_RULES = tuple(sorted({name for _, _, name in QUESTIONS}))


def broken_by(facts: str, root: Path) -> set[str]:
    """The rules that a deck of these facts breaks, of those that the document names."""
    deck = root / "cards" / "k8s"
    deck.mkdir(parents=True)
    (deck / "deck.yaml").write_text("uid: k8s\nname: {en: Kubernetes}\nlanguages: [en]\n", encoding="utf-8")
    (deck / "facts.yaml").write_text(facts, encoding="utf-8")
    report = Report()
    pipeline.check(root, report, lint=Selection(select=CARD_RULES))
    return {finding.rule.name for finding in report}


@pytest.mark.parametrize(("before", "after", "rule"), QUESTIONS, ids=[name for _, _, name in QUESTIONS])
def test_a_question_is_found_before_and_good_after(before: str, after: str, rule: str, tmp_path: Path) -> None:
    assert broken_by(before, tmp_path / "before") == {rule}
    assert broken_by(after, tmp_path / "after") == set()


def test_every_question_of_the_document_is_checked() -> None:
    text = (DOCS / "ask-good-questions.md").read_text(encoding="utf-8")
    assert len(QUESTIONS) == text.count("\nBefore:\n") == text.count("\nAfter:\n") > 10
