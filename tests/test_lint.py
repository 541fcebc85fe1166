"""How cards are judged: what a rule sees of a card, where its findings stand, and who has a say in which rules run."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

import pytest

from flashgen import pipeline, rules
from flashgen.cache import Cache
from flashgen.diagnostics import Finding, Report, Severity
from flashgen.errors import ProjectError
from flashgen.inputs import Aids
from flashgen.lint import deck_of
from flashgen.lint.card import Card
from flashgen.lint.checks import yes_no_prompt
from flashgen.lint.registry import all_checks, check_names
from flashgen.lint.selection import EVERYTHING, Selection, left_out
from flashgen.model import Family
from flashgen.pattern import pattern
from flashgen.render.plain import plain_text
from flashgen.render.view import render_card
from flashgen.rules import RULES

PROJECTS: Final = sorted(path for path in (Path(__file__).parent / "projects").iterdir() if path.is_dir())
DECK: Final = "uid: lint\nname: Deck\n"
BOTH: Final = "uid: lint\nname: {ko: 덱, en: Deck}\nlanguages: [ko, en]\n"
GAPS: Final = " ".join(f"{{{{c{number}::word{number}}}}} and" for number in range(1, 8)) + " more"


class Project:
    """A project of one deck."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.put("cards/deck/deck.yaml", DECK)

    def put(self, name: str, text: str) -> None:
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def facts(self, *facts: dict[str, Any]) -> None:
        """Write one fact a line."""
        lines = "".join(f"  - {json.dumps(fact, ensure_ascii=False)}\n" for fact in facts)
        self.put("cards/deck/facts.yaml", f"kind: basic\nfacts:\n{lines}")

    def findings(
        self, lint: Selection = EVERYTHING, languages: Iterable[str] = (), cache: Cache | None = None
    ) -> list[Finding]:
        report = Report()
        pipeline.check(self.root, report, languages=list(languages), lint=lint, aids=Aids(cache or Cache()))
        return list(report)

    def found(self, lint: Selection = EVERYTHING, languages: Iterable[str] = ()) -> list[tuple[str, int]]:
        """The rules that are broken, with the lines where."""
        return [(finding.rule.name, finding.span.line) for finding in self.findings(lint, languages)]

    def cards(self) -> list[Card]:
        report = Report()
        (edition,) = pipeline.check(self.root, report).editions
        assert not report.failed, list(report)
        return list(deck_of(edition).cards)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


# --- What a rule sees


def element(html: str, mark: str) -> str:
    """What the first element of a class holds, by counting its tags."""
    opening = re.search(rf'<(div|span) [^>]*class="[^"]*\b{mark}(?![\w-])[^>]*>', html)
    if opening is None:
        return ""
    depth = 1
    for tag in re.compile(rf"<(/?){opening[1]}\b[^>]*>").finditer(html, opening.end()):
        depth += -1 if tag[1] else 1
        if depth == 0:
            return html[opening.end() : tag.start()]
    raise AssertionError(html)


def seen(html: str) -> str:
    """The text of HTML without what no reader sees as text."""
    # The masks of a picture are elements inside a hidden one.
    hidden = r"<div hidden>.*?</div>(?=\s*<div id=)"
    for unseen in (hidden, "<script>.*?</script>", "<button.*?</button>", r"\[\[?type:.*?\]\]"):
        html = re.sub(unseen, "", html, flags=re.DOTALL)
    return " ".join(plain_text(re.sub(r"\[anki:play:.*?\]", "", html)).split())


@pytest.mark.parametrize("root", PROJECTS, ids=lambda root: root.name)
def test_a_card_reads_as_it_is_rendered(root: Path) -> None:
    for edition in pipeline.check(root, Report()).editions:
        for card in deck_of(edition).cards:
            rendered = render_card(card.note, card.ord)
            if 'class="fg-prompt"' not in rendered.question:
                continue
            assert card.prompt == seen(element(rendered.question, "fg-prompt")), card.name
            assert card.revealed == seen(element(rendered.answer, "fg-prompt")), card.name
            assert card.context == seen(element(rendered.question, "fg-context")), card.name
            if not card.is_gap and "fg-detail" not in rendered.answer and "fg-stack" not in rendered.answer:
                told = seen(element(rendered.answer, "fg-answer"))
                typed = "[[type:" in rendered.answer
                region = card.note.note_type.family is Family.OCCLUSION
                assert typed or card.answer == ("" if region else told), card.name


ASKED: Final = "What does this command do? kubectl get pods"
TEXTS: Final = {
    "a question": (
        {"id": "a", "front": "What is *1 < 2*?", "back": "It's&nbsp;**true**", "context": "Numbers & more"},
        [("Numbers & more", "What is 1 < 2?", "It's true", "What is 1 < 2?")],
    ),
    "gaps": (
        {"id": "a", "kind": "cloze", "text": "The {{c1::**Aare**::river}} flows through {{c2::Bern}}."},
        [
            ("", "The [river] flows through Bern.", "Aare", "The Aare flows through Bern."),
            ("", "The Aare flows through [...].", "Bern", "The Aare flows through Bern."),
        ],
    ),
    "what stands beside an answer": (
        {"id": "a", "kind": "concept", "term": "Pod", "definition": "The smallest unit", "example": "web"},
        [
            ("", "Pod: what is it?", "The smallest unit", "Pod: what is it?"),
            ("", "Which term means this? The smallest unit", "Pod", "Which term means this? The smallest unit"),
            ("", "What is this an example of? web", "Pod", "What is this an example of? web"),
        ],
    ),
    "an answer to type": (
        {"id": "a", "kind": "command", "task": "List Pods", "command": "kubectl get pods"},
        [
            ("", "Which command does this? List Pods", "kubectl get pods", "Which command does this? List Pods"),
            ("", "What does this command do? kubectl get pods", "List Pods", ASKED),
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("fact", "expected"), TEXTS.values(), ids=TEXTS)
def test_a_card_in_words(project: Project, fact: dict[str, Any], expected: list[tuple[str, ...]]) -> None:
    project.facts(fact)
    told = [(card.context, card.prompt, card.answer, card.revealed) for card in project.cards()]
    assert told == expected


def test_an_answer_is_not_what_is_read_aloud_again(project: Project) -> None:
    project.put("cards/deck/deck.yaml", DECK + "speech: {en: en_US}\n")
    project.facts({"id": "a", "front": "What is a Pod?", "back": "A group"})
    assert [card.answer for card in project.cards()] == ["A group"]


TWO_PROMPTS: Final = """\
{% given b %}<div class="fg-prompt">{{ a }}, filled</div>{% otherwise %}<p class="x fg-prompt">{{ a }}</p>{% endgiven %}
{% if side == "back" %}<hr id=answer><div class="fg-answer"><div>{{ b }}</div>!</div>{% endif %}
"""
KIND: Final = "facts: {a: {type: text, required: true}, b: {type: text}}\nfields: {A: a, B: b}\ncards: [ask]\n"


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ('{{ a }}{% if side == "back" %}<hr id=answer>{{ b }}{% endif %}', [("one", "two"), ("three", "")]),
        (
            TWO_PROMPTS,
            [("one, filled", "two !"), ("three", "!")],
        ),
    ],
    ids=["without marks", "two prompts, of which one is shown"],
)  # fmt: skip
def test_a_kind_of_ones_own_is_read_too(project: Project, template: str, expected: list[tuple[str, str]]) -> None:
    project.put("templates/own/kind.yaml", KIND)
    project.put("templates/own/ask.html.j2", template)
    project.facts({"id": "a", "kind": "own", "a": "one", "b": "two"}, {"id": "b", "kind": "own", "a": "three"})
    assert [(card.prompt, card.answer) for card in project.cards()] == expected


# --- Where findings stand


def test_a_finding_stands_at_the_text_in_its_language(project: Project) -> None:
    project.put("cards/deck/deck.yaml", BOTH)
    long = {"ko": "짧다", "en": " ".join(["word"] * 30)}
    project.facts({"id": "a", "front": {"ko": "무엇인가 이것은?", "en": "What is it here?"}, "back": long})
    (finding,) = (finding for finding in project.findings() if finding.rule is rules.LONG_ANSWER)
    line = (project.root / "cards/deck/facts.yaml").read_text(encoding="utf-8").splitlines()[2]
    assert line[finding.span.column - 1 : finding.span.end_column - 1] == f'"{long["en"]}"'


def places(project: Project, judge: Callable[[Card], Any]) -> list[str]:
    lines = (project.root / "cards/deck/facts.yaml").read_text(encoding="utf-8").splitlines()
    spans = [judge(card) for card in project.cards()]
    return [lines[span.line - 1][span.column - 1 : span.end_column - 1] for span in spans]


def test_an_answer_stands_where_its_item_says_it(project: Project) -> None:
    steps = [{"id": "one", "text": "First **this**"}, {"id": "two", "text": "Then that"}]
    project.facts({"id": "a", "kind": "sequence", "title": "How it goes", "steps": steps})
    assert places(project, lambda card: card.answer_at) == ['"First **this**"', '"Then that"']
    assert places(project, lambda card: card.prompt_at) == ['"How it goes"', '"How it goes"']


def test_a_part_of_a_fact_is_pointed_at(project: Project) -> None:
    layers = [{"id": "top", "layer": "L7", "subject": "Ingress"}, {"id": "low", "layer": "L4", "subject": "Service"}]
    project.facts({"id": "a", "kind": "layer", "stack": "OSI", "layers": layers})
    assert places(project, lambda card: card.answer_at) == ['"L7"', '"Ingress"', '"L4"', '"Service"']


def test_a_text_of_the_whole_file_is_pointed_at_there(project: Project) -> None:
    project.put(
        "cards/deck/facts.yaml",
        "kind: basic\ncontext: Numbers\nfacts:\n  - {id: a, front: What comes after one?, back: two}\n",
    )
    (card,) = project.cards()
    assert (card.context_at.line, card.context_at.column) == (2, 10)


# --- Who has a say


def test_a_fact_may_allow_what_a_rule_finds(project: Project) -> None:
    gaps = {"id": "a", "kind": "cloze", "text": GAPS}
    project.facts(gaps)
    assert project.found() == [("too-many-gaps", 3)]
    project.facts({**gaps, "allow": {"too-many-gaps": "they are the point"}})
    assert project.found() == []


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES if rule.severity is Severity.WARNING], ids=lambda rule: rule.name
)
def test_every_rule_that_warns_can_be_allowed(project: Project, rule: Any) -> None:
    project.facts({"id": "a", "front": "What comes after one?", "back": "two", "allow": {rule.name: "a reason"}})
    assert "unknown-rule" not in [name for name, _ in project.found()]


ALLOWS: Final = {"id": "a", "front": "What comes after one?", "back": "two", "allow": {"long-answer": "a reason"}}


def test_what_is_allowed_in_vain_is_found(project: Project) -> None:
    project.facts(ALLOWS)
    assert project.found() == [("unused-allow", 3)]


def test_what_could_not_be_judged_is_not_allowed_in_vain(project: Project) -> None:
    project.facts(ALLOWS)
    assert project.found(Selection(ignore=("long-answer",))) == []
    project.put("flashgen.toml", '[lint]\nper-kind-ignore = {basic = ["long-answer"]}\n')
    assert project.found() == []
    project.put("flashgen.toml", "")
    report, _ = pipeline.build(project.root, 1_700_000_000)
    assert list(report) == []
    # No rule on words judges German.
    project.put("cards/deck/deck.yaml", "uid: lint\nname: Deck\nlanguages: [de]\n")
    assert [name for name, _ in project.found()] == ["missing-catalogue"]


def test_another_fact_that_was_set_aside_may_be_why_something_is_allowed(project: Project) -> None:
    one = {"id": "a", "front": "What is a Pod?", "back": "A group", "allow": {"similar-prompt": "it is meant"}}
    other = {"id": "b", "front": "What is the Pod?", "back": "A unit"}
    project.facts(other, one)
    assert project.found() == []
    project.facts({**other, "bakc": "a mistake"}, one)
    assert project.found() == [("unknown-property", 3)]


def test_a_card_of_a_fact_with_an_error_is_not_judged(project: Project) -> None:
    missing = {"front": "What is ![a box](box.png)?", "back": "A box"}
    project.facts({"id": "a", **missing}, {"id": "b", **missing, "back": "Another"})
    assert {name for name, _ in project.found()} == {"missing-media"}


def test_only_errors_are_looked_for_by_a_build_unless_it_is_strict(project: Project) -> None:
    project.facts({"id": "a", "kind": "cloze", "text": GAPS}, {"id": "b", "front": "One?", "back": "1"})
    report, built = pipeline.build(project.root, 1_700_000_000)
    assert (list(report), len(built)) == ([], 1)
    report, built = pipeline.build(project.root, 1_700_000_000, strict=True)
    assert ([finding.rule.name for finding in report if finding.rule.code != "FG308"], built) == (["too-many-gaps"], ())
    project.facts({"id": "a", "front": "One?", "back": "1"}, {"id": "b", "front": "one?", "back": "2"})
    report, built = pipeline.build(project.root, 1_700_000_000)
    assert ([finding.rule.name for finding in report], built) == (["same-prompt"], ())


@pytest.mark.parametrize(
    ("flags", "own", "wanted"),
    [
        (Selection(), Selection(), {"long-answer": True, "repeated-answer": False, "unused-media": True}),
        (Selection(), Selection(("W", "repeated-answer")), {"long-answer": True, "repeated-answer": True}),
        (Selection(), Selection(("I",)), {"long-answer": False, "repeated-answer": True}),
        (Selection(), Selection(("ALL",), ("FG5",)), {"repeated-answer": True, "wide-code": False}),
        (Selection(), Selection(("FG3",)), {"long-answer": True, "repeated-answer": False, "wide-code": False}),
        (Selection(), Selection(("long-answer",), ("FG3",)), {"long-answer": True, "long-prompt": False}),
        (Selection(), Selection(("FG301",)), {"long-answer": True, "long-prompt": False}),
        # The command line goes before the settings, a rule's own name before a group.
        (Selection(("FG3",)), Selection(("W",), ("long-answer",)), {"long-answer": False, "long-prompt": True}),
        (Selection(("long-answer",)), Selection(ignore=("long-answer",)), {"long-answer": True, "long-prompt": False}),
        (Selection(ignore=("FG3",)), Selection(("long-answer",)), {"long-answer": False}),
        (Selection(ignore=("long-answer",)), Selection(("long-answer",)), {"long-answer": False}),
        (Selection(ignore=("FG5",)), Selection(ignore=("long-answer",)), {"long-answer": False, "wide-code": False}),
        (Selection(("E",)), Selection(), {"long-answer": False}),
    ],
)  # fmt: skip
def test_which_rules_are_wanted(flags: Selection, own: Selection, wanted: dict[str, bool]) -> None:
    without = left_out(flags, own)
    assert {name: name not in without for name in wanted} == wanted
    assert not without & {rule.name for rule in RULES if rule.severity is Severity.ERROR}


@pytest.mark.parametrize(
    ("selection", "message", "hint"),
    [
        (Selection(("long-anwser",)), "--select: there is no rule `long-anwser`", "did you mean `long-answer`?"),
        (Selection(ignore=("FG999",)), "--ignore: there is no rule `FG999`", None),
        (Selection(ignore=("same-prompt",)), "--ignore: `same-prompt` is an error; only warnings can be ignored", None),
        (Selection(ignore=("E",)), "--ignore: `E` names errors; only warnings can be ignored", "delete it"),
    ],
)
def test_a_word_that_names_no_rule(project: Project, selection: Selection, message: str, hint: str | None) -> None:
    with pytest.raises(ProjectError) as caught:
        project.findings(selection)
    assert str(caught.value) == message
    assert hint in (None, caught.value.hint)


def test_rules_of_all_files_can_be_ignored_not_only_those_of_cards(project: Project) -> None:
    project.put("cards/stray.yaml", "facts: []\n")
    project.facts({"id": "a", "front": "What comes after one?", "back": "two"})
    assert project.found() == [("stray-file", 0)]
    assert project.found(Selection(ignore=("FG012",))) == []


# --- Settings


SETTINGS: Final = {
    "flashgen.toml": "[lint]\nignore = ['too-many-gaps']\n",
    "pyproject.toml": "[tool.flashgen.lint]\nignore = ['too-many-gaps']\n",
}


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_stand_in_either_file(project: Project, name: str) -> None:
    project.facts({"id": "a", "kind": "cloze", "text": GAPS})
    project.put(name, SETTINGS[name])
    assert project.found() == []


def test_flashgen_toml_goes_before_pyproject_toml(project: Project) -> None:
    project.facts({"id": "a", "kind": "cloze", "text": GAPS})
    project.put("pyproject.toml", SETTINGS["pyproject.toml"])
    project.put("flashgen.toml", "[lint]\n")
    assert project.found() == [("too-many-gaps", 3)]


def test_a_limit_is_a_setting(project: Project) -> None:
    project.facts({"id": "a", "kind": "cloze", "text": GAPS})
    project.put("flashgen.toml", "[lint.too-many-gaps]\ngaps = 7\n")
    assert project.found() == []
    project.put("flashgen.toml", "[lint.FG323]\ngaps = 6\n")
    assert project.found() == [("too-many-gaps", 3)]


def test_a_rule_can_be_set_aside_for_a_kind(project: Project) -> None:
    project.put("cards/deck/media/pod.txt", "")
    project.facts(
        {"id": "a", "kind": "cloze", "text": GAPS},
        {"id": "b", "front": "Show me the code that does this", "back": "```\n" + "x" * 70 + "\n```"},
    )
    everything = project.found()
    assert {"too-many-gaps", "wide-code"} <= {name for name, _ in everything}
    project.put("flashgen.toml", '[lint.per-kind-ignore]\ncloze = ["FG3"]\nlist = ["FG5"]\n')
    assert project.found() == [entry for entry in everything if entry[0] != "too-many-gaps"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[lint\n", "1:6 this is no TOML: expected ']' at the end of a table declaration"),
        ("lint = 1\n", "1:1 `lint` takes a table"),
        ("[lnit]\n", "1:2 `lnit` is no setting of flashgen"),
        ('[lint]\nselect = "W"\n', "2:1 `select` takes a list of words"),
        ('[lint]\nselect = ["W", "wide-cod"]\n', "2:17 there is no rule `wide-cod`"),
        ('[lint]\nignore = ["missing-id"]\n', "2:12 `missing-id` is an error; only warnings can be ignored"),
        ('[lint]\nper-kind-ignore = ["basic"]\n', "2:1 `per-kind-ignore` takes a table"),
        ('[lint.per-kind-ignore]\nbasci = ["FG3"]\n', "2:1 there is no kind `basci`"),
        ("[lint.wide-code]\ncolumns = 3\n", "2:1 `columns` is no setting of `wide-code`"),
        ("[lint.wide-code]\ncharacters = 0.5\n", "2:1 `characters` takes a whole number"),
        ("[lint.wide-code]\ncharacters = true\n", "2:1 `characters` takes a whole number"),
        (f"[lint.wide-code]\ncharacters = 0x{'F' * 5000}\n", "2:1 `characters` takes a whole number"),
        ("[lint.missing-source]\nshare = -1\n", "2:1 `share` takes a number"),
        ("[lint.missing-source]\nshare = nan\n", "2:1 `share` takes a number"),
        ("[lint.long-sequence]\nkinds = [1]\n", "2:1 `kinds` takes a list of words"),
        ("[lint]\nwide-code = 60\n", "2:1 `wide-code` takes a table"),
        ("[lint.wide-cod]\n", "1:7 `wide-cod` is no setting of `lint`, and no rule"),
        ("# select\n[lint.unused-media]\nselect = 1\n", "3:1 `select` is no setting of `unused-media`"),
    ],
)
def test_a_mistake_in_the_settings_is_found_where_it_stands(project: Project, text: str, expected: str) -> None:
    project.facts({"id": "a", "front": "What comes after one?", "back": "two"})
    for name in ("flashgen.toml", "pyproject.toml"):
        (project.root / "flashgen.toml").unlink(missing_ok=True)
        in_project = name == "pyproject.toml"
        if in_project and not text.startswith("[lint"):
            continue
        project.put(name, text.replace("[lint", "[tool.flashgen.lint") if in_project else text)
        found = [(finding.span, finding.message) for finding in project.findings() if finding.rule is rules.BAD_SETTING]
        shift = len("tool.flashgen.") if in_project and expected.startswith("1:") else 0
        place, _, message = expected.partition(" ")
        line, column = map(int, place.split(":"))
        assert [(span.path, span.line, span.column, said) for span, said in found] == [
            (name, line, column + shift, message)
        ]


def test_settings_that_are_no_text_cannot_be_read(project: Project) -> None:
    (project.root / "flashgen.toml").write_bytes(b"\xff")
    with pytest.raises(ProjectError, match=r"flashgen.toml cannot be read"):
        project.findings()


# --- The rules themselves


def test_a_rule_is_a_module_of_its_name() -> None:
    assert all_checks().keys() == check_names()
    assert set(check_names()) <= {rule.name for rule in RULES}


def test_every_pattern_can_be_compiled() -> None:
    all_checks()
    modules = [module for name, module in sys.modules.items() if name.startswith("flashgen.")]
    patterns = [value for module in modules for value in vars(module).values() if isinstance(value, type(pattern("")))]
    assert patterns
    assert all(one.groups >= 0 for one in patterns)


def test_no_rule_that_judges_words_is_an_error() -> None:
    assert not [
        name for name, check in all_checks().items() if check.languages and check.rule.severity is Severity.ERROR
    ]


def test_pictures_and_contexts_tell_prompts_apart(project: Project) -> None:
    ask = {"front": "Which town is this?"}
    project.facts(
        {"id": "a", **ask, "back": "Bern", "context": "Aare"}, {"id": "b", **ask, "back": "Seoul", "context": "Han"}
    )
    assert [name for name, _ in project.found()] == ["duplicate-first-field"]
    project.facts({"id": "a", **ask, "back": "Bern"}, {"id": "b", "front": "which *town* is  this?", "back": "Seoul"})
    assert "same-prompt" in [name for name, _ in project.found()]
    project.facts(
        {"id": "a", **ask, "back": "Bern"}, {"id": "b", "front": "which *town* is  this?", "back": "**bern**"}
    )
    assert "same-prompt" not in [name for name, _ in project.found()]


# --- What is known of cards from earlier runs

QUESTIONS: Final = """\
kind: basic
facts:
  - {id: bern, front: Is Bern the capital of Switzerland?, back: "Yes"}
  - {id: list, front: Which are the cantons?, back: "Uri, Zug, Bern, Vaud"}
  - {id: allowed, front: Is Zug a canton?, back: "Yes", allow: {yes-no-prompt: A quiz}}
  - {id: battle, front: Who was the winner of the battle?, back: Uri}
  - {id: won, front: Who won the battle?, back: Zug}
"""
LATER: Final = {
    "nothing": ("", ""),
    "a line before": ("kind: basic", "# Moved\n\nkind: basic"),
    "a prompt": ("Is Bern the", "What is the"),
    "an answer": ("back: Zug", "back: Uri"),
    "a property that no card shows": ("back: Zug", "back: Zug, confused_with: [battle]"),
    "a context of all": ("kind: basic", "kind: basic\ncontext: Zug won"),
    "an allowance": (", allow: {yes-no-prompt: A quiz}", ""),
}


@pytest.mark.parametrize(("old", "new"), LATER.values(), ids=LATER)
def test_what_is_known_of_cards_changes_nothing(project: Project, tmp_path: Path, old: str, new: str) -> None:
    project.put("cards/deck/facts.yaml", QUESTIONS)
    with Cache(tmp_path / "cache") as cache:
        before = project.findings(cache=cache)
        assert before == project.findings()
        project.put("cards/deck/facts.yaml", QUESTIONS.replace(old, new))
        project.put("cards/deck/deck.yaml", DECK + "# Later")
        assert project.findings(cache=cache) == project.findings()
    assert {finding.rule.name for finding in before} >= {"yes-no-prompt", "enumeration-answer", "similar-prompt"}


def test_a_limit_counts_for_known_cards_too(project: Project, tmp_path: Path) -> None:
    project.put("cards/deck/facts.yaml", QUESTIONS)
    with Cache(tmp_path / "cache") as cache:
        project.findings(cache=cache)
        project.put("flashgen.toml", "[lint.enumeration-answer]\nitems = 4\n")
        assert "enumeration-answer" not in [finding.rule.name for finding in project.findings(cache=cache)]


def test_no_card_is_judged_again_by_a_rule_that_found_nothing(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.put("cards/deck/facts.yaml", QUESTIONS)
    with Cache(tmp_path / "cache") as cache:
        project.findings(cache=cache)
        project.put("cards/deck/facts.yaml", f"# Moved\n{QUESTIONS}")
        judged: list[str] = []
        judge = yes_no_prompt.is_yes_no
        monkeypatch.setattr(yes_no_prompt, "is_yes_no", lambda *of: judged.append(of[0]) or judge(*of))
        project.findings(cache=cache)
    assert judged == ["Is Bern the capital of Switzerland?", "Is Zug a canton?"]
