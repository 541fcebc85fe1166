"""The schema that editors have and flashgen's own validator judge alike, as far as JSON Schema can say it.

It cannot say that ids are unique, that a reference leads somewhere, or that the keys of a map are the ids of a list.
And editors type what stands without quotes: `null` is nothing to them and a text to flashgen, `1.0` a whole number.
"""

from __future__ import annotations

import json
import re
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from author import put
from hypothesis import given, settings
from hypothesis import strategies as st

from flashgen import rules
from flashgen.author.editors import schemas_of
from flashgen.author.kinds import all_kinds
from flashgen.diagnostics import Finding, Report
from flashgen.model import Kind
from flashgen.read.kinds import read_kind
from flashgen.read.project import read_project
from flashgen.schema import Property, Type
from flashgen.validate import validate

TESTS = Path(__file__).parent
SAID = {
    rules.UNKNOWN_KIND,
    rules.MISSING_PROPERTY,
    rules.WRONG_TYPE,
    rules.BAD_CHOICE,
    rules.UNKNOWN_PROPERTY,
    rules.TOO_LONG,
    rules.EMPTY_VALUE,
    rules.MISSING_LANGUAGE,
    rules.UNKNOWN_LANGUAGE,
    rules.TOO_FEW,
    rules.MISSING_ID,
    rules.BAD_ID,
    rules.UNKNOWN_RULE,
    rules.BAD_TAG,
    rules.WRONG_SHAPE,
}
# What only the whole of a fact or a deck can tell.
UNSAID = re.compile(
    r"is not an id of `|lacks `.*` has no|is written .* elsewhere|has an empty part|Anki uses the tag|names two|"
    r"is no address of a page|this uid too"
)
# YAML 1.2's core schema, by which editors type what stands without quotes.
CORE = (
    (re.compile(r"~|null|Null|NULL|"), lambda _: None),
    (re.compile(r"true|True|TRUE"), lambda _: True),
    (re.compile(r"false|False|FALSE"), lambda _: False),
    (re.compile(r"[-+]?[0-9]+"), int),
    (re.compile(r"0o[0-7]+"), lambda text: int(text, 0)),
    (re.compile(r"0x[0-9a-fA-F]+"), lambda text: int(text, 0)),
    (re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"), float),
)


def typed(node: yaml.Node) -> Any:
    """A YAML value as an editor takes it."""
    if isinstance(node, yaml.MappingNode):
        return {str(key.value): typed(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [typed(entry) for entry in node.value]
    text = str(node.value)
    if node.style is not None:
        return text
    return next((make(text) for pattern, make in CORE if pattern.fullmatch(text)), text)


def judges(root: Path) -> dict[str, jsonschema.Draft7Validator]:
    """What judges each sort of file, as an editor would."""
    report = Report()
    schemas = {Path(name).stem: json.loads(data) for name, data in schemas_of(root, report).items()}
    for schema in schemas.values():
        jsonschema.Draft7Validator.check_schema(schema)
    # Of kinds with mistakes no schema is written.
    return {} if report.failed else {name: jsonschema.Draft7Validator(schema) for name, schema in schemas.items()}


def told(findings: list[Finding]) -> list[str]:
    """What the schema should say as well."""
    return [finding.message for finding in findings if finding.rule in SAID and not UNSAID.search(finding.message)]


def projects() -> list[Path]:
    return sorted(path for path in (TESTS / "projects").iterdir() if path.is_dir())


def files_of(root: Path) -> dict[Path, str]:
    """The YAML files of a project, each with the name of its schema."""
    named = {"deck.yaml": "deck", "outline.yaml": "outline", "credits.yaml": "credits"}
    found = {file: named.get(file.name, "facts") for file in sorted((root / "cards").rglob("*.yaml"))}
    found |= dict.fromkeys(sorted((root / "templates").glob("*/kind.yaml")), "kind")
    found |= dict.fromkeys(sorted((root / "templates").glob("*/labels/*.yaml")), "labels")
    return found


@pytest.mark.parametrize("root", [*projects(), TESTS.parent], ids=lambda path: path.name)
def test_no_good_file_is_underlined(root: Path) -> None:
    by_name = judges(root)
    for file, name in files_of(root).items():
        value = typed(yaml.compose(file.read_text(encoding="utf-8-sig"), Loader=yaml.CSafeLoader))
        errors = [(file.name, error.json_path, error.message) for error in by_name[name].iter_errors(value)]
        assert not errors


@pytest.mark.parametrize("case", sorted(path.name for path in (TESTS / "broken").iterdir() if path.is_dir()))
def test_of_every_broken_project_both_find_the_same_files_at_fault(case: str, tmp_path: Path) -> None:
    root = tmp_path / "project"
    shutil.copytree(TESTS / "broken" / case, root)
    (root / "cards").mkdir(exist_ok=True)
    by_name = judges(root)
    if not by_name:
        return
    report = Report()
    validate(read_project(root, report), report)
    by_path: dict[str, list[Finding]] = {}
    for finding in report:
        by_path.setdefault(finding.span.path, []).append(finding)
    for file, name in files_of(root).items():
        path = file.relative_to(root).as_posix()
        findings = by_path.get(path, [])
        if any(finding.rule.code < "FG004" or finding.rule in _UNTYPED for finding in findings):
            continue
        value = typed(
            yaml.compose(file.read_text(encoding="utf-8-sig"), Loader=yaml.CSafeLoader) or yaml.ScalarNode("", "")
        )
        errors = [f"{error.json_path}: {error.message}" for error in by_name[name].iter_errors(value)]
        assert bool(errors) == bool(told(findings)), (path, errors, told(findings))


# What keeps a file from being read as it is written.
_UNTYPED = {rules.YAML_ALIAS, rules.YAML_TAG, rules.CONTROL_CHARACTER}

# --- Facts that Hypothesis makes, of every kind there is and one with the other types

EVERY_TYPE = """\
facts:
  word: {type: plain, required: true, max: 5}
  html: {type: html}
  much: {type: choice, of: ["1", "true", some], required: true}
  times: {type: number}
  sure: {type: boolean}
  sound: {type: sound}
  shown: {type: picture, required: true}
  names: {type: texts}
  parts: {type: list, min: 1, items: {said: {type: text, max: 4, required: true}, on: {type: boolean}}}
fields: {Word: word}
cards: [ask]
"""
DECKS = {
    "none": "uid: a\nname: A\n",
    "two": "uid: a\nname: {ko: 가, en: A}\nlanguages: [ko, en]\n",
}


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A project with a deck of no language, and one with a deck of two."""
    made = {}
    for name, deck in DECKS.items():
        made[name] = put(
            tmp_path_factory.mktemp(name),
            {
                "cards/d/deck.yaml": deck,
                "templates/every-type/kind.yaml": EVERY_TYPE,
                "templates/every-type/ask.html.j2": "{{ word }}",
                "templates/every-type/labels/en.yaml": "title: T\ncards: {ask: A}\n",
            },
        )
    return made


_ONE = st.sampled_from(["a", "a b", "", " ", "Kind", "x-1", "abcdef", "true", "1", "some", 0, -3, 7, 2.5, True, False])
_BY_LANGUAGE = st.dictionaries(st.sampled_from(["ko", "en", "fr", "file", "alt"]), _ONE, max_size=3)
_ANY = st.one_of(_ONE, _ONE, _BY_LANGUAGE, st.lists(_ONE, max_size=2), st.just({}), st.just([{"id": "a"}]))
_GOOD_ID = st.sampled_from(["a", "b-1", "pod", 12])


def good(known: Property, languages: tuple[str, ...]) -> st.SearchStrategy[Any]:  # noqa: PLR0911 - one a type
    """Values that a property takes, most of them."""
    text: st.SearchStrategy[Any] = st.sampled_from(["a", "a b", 7, True, "1.10"])
    if languages and known.type not in (Type.PLAIN, Type.DRAWING):
        text = st.one_of(text, st.fixed_dictionaries(dict.fromkeys(languages, st.just("c"))))
    match known.type:
        case Type.CHOICE:
            return st.sampled_from(known.choices)
        case Type.BOOLEAN:
            return st.sampled_from([True, False, "true"])
        case Type.NUMBER:
            return st.sampled_from([0, 12, -5, "7"])
        case Type.WORDS:
            return st.lists(st.sampled_from(["a", "b", 3]), min_size=known.minimum, max_size=2, unique=True)
        case Type.LIST:
            return st.lists(record(known.items, languages), min_size=max(known.minimum, 1), max_size=3)
        case Type.MAP | Type.TEXTS:
            return st.just({})
        case _ if known.name == "id":
            return _GOOD_ID
        case _ if known.name == "kind":
            return st.just("basic")
        case _:
            return text


def record(properties: dict[str, Property] | Any, languages: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    """Records with what they need and some of what they may have; here and there something is wrong."""
    entries = {
        name: st.one_of(*[good(known, languages)] * 9, _ANY) for name, known in properties.items() if name != "kind"
    }
    needed = {name: entry for name, entry in entries.items() if properties[name].required}
    optional = {name: entry for name, entry in entries.items() if name not in needed}
    whole = st.fixed_dictionaries(needed, optional=optional)
    dropped = st.one_of(*[st.none()] * 9, st.sampled_from(sorted(entries)))
    added = st.one_of(*[st.none()] * 9, st.sampled_from(["extra", "kind", "draft", "plain"]))
    return st.builds(_changed, whole, dropped, added, _ANY)


def _changed(value: dict[str, Any], dropped: str | None, added: str | None, with_: Any) -> dict[str, Any]:
    changed = {name: entry for name, entry in value.items() if name != dropped}
    return {**changed, added: with_} if added else changed


@cache
def _kinds(root: Path) -> dict[str, Kind]:
    return all_kinds(root, Report())


@cache
def _judge(root: Path) -> jsonschema.Draft7Validator:
    return judges(root)["facts"]


@pytest.mark.parametrize("home", list(DECKS))
@settings(max_examples=settings.default.max_examples // 3)
@given(data=st.data())
def test_of_any_facts_both_think_the_same(home: str, homes: dict[str, Path], data: st.DataObject) -> None:
    root = homes[home]
    languages = ("ko", "en") if home == "two" else ()
    kind = data.draw(st.sampled_from(sorted(_kinds(root).values(), key=lambda kind: kind.name)))
    facts = data.draw(st.lists(record(kind.properties, languages), min_size=1, max_size=2))
    for fact in facts:
        _mend(fact, kind)
    top: dict[str, Any] = {"kind": kind.name, "facts": facts}
    change = data.draw(st.sampled_from(["", "", "", "", "none", "wrong", "own", "extra", "tags"]))
    if change in ("none", "own"):
        del top["kind"]
    if change == "own":
        facts[0]["kind"] = kind.name
    top |= {"wrong": {"kind": "Kind"}, "extra": {"extra": 1}, "tags": {"tags": data.draw(_ANY)}}.get(change, {})
    file = root / "cards/d/facts.yaml"
    file.write_text(json.dumps(top, ensure_ascii=False), encoding="utf-8")
    report = Report()
    validate(read_project(root, report), report)
    ours = told([finding for finding in report if finding.span.path.endswith("facts.yaml")])
    theirs = [f"{error.json_path}: {error.message}" for error in _judge(root).iter_errors(top)]
    assert bool(theirs) == bool(ours), (top, theirs, ours)


def _mend(fact: dict[str, Any], kind: Kind) -> None:
    """Give the maps of a fact the keys that it has itself to give; who refers to what is not of the schema.

    What a draft has in the place of an id is nobody's business yet.
    """
    if fact.get("draft") in (True, "true"):
        fact.pop("id", None)
    for known in kind.properties.values():
        for entry in (
            fact.get(known.name, ()) if known.type is Type.LIST and isinstance(fact.get(known.name), list) else ()
        ):
            for inner in known.items.values():
                if isinstance(entry, dict) and inner.type is Type.MAP and isinstance(entry.get(inner.name), dict):
                    listed = fact.get(inner.keys or "")
                    ids = (
                        [item.get("id") for item in listed if isinstance(item, dict)]
                        if isinstance(listed, list)
                        else []
                    )
                    entry[inner.name] = {str(name): "a" for name in ids if isinstance(name, str | int)}


def test_the_strategy_makes_good_facts_and_bad_ones(tmp_path: Path) -> None:
    """Else the test above would hold for nothing."""
    kind = read_kind(TESTS.parent / "templates" / "sequence", "sequence", Report())
    assert kind is not None
    verdicts = set()

    @given(fact=record(kind.properties, ()))
    def collect(fact: dict[str, Any]) -> None:
        put(tmp_path, {"cards/d/deck.yaml": DECKS["none"]})
        verdicts.add(_judge(tmp_path).is_valid({"kind": "sequence", "facts": [fact]}))

    collect()
    assert verdicts == {True, False}
