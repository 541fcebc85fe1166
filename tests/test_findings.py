"""Findings in every format: for people, for scripts, for GitHub's pages and for code scanning."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import project
import pytest

from flashgen.rules import RULES

SCHEMA = json.loads((Path(__file__).parent / "schemas" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
YAMLL = "`yamll` is no language that can be highlighted"
TWICE = "`pod` names two facts of this deck"
UNKNOWN = "`frnt` is not a property of basic `node`"


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a warning, two errors, and a file that belongs to no deck, whose name needs care."""
    root = project.write(tmp_path_factory.mktemp("faulty"), facts=project.FAULTY)
    (root / "cards" / "파드, 노드: 100%.yaml").touch()
    return root


def test_concise_is_a_line_a_finding(faulty: Path) -> None:
    code, out, err = project.run(faulty, "check", "--format", "concise")
    assert (code, err) == (1, "")
    assert out == (
        f"cards/k8s/facts.yaml:6:11: warning FG513 unknown-code-language: {YAMLL} (did you mean `yaml`?)\n"
        f"cards/k8s/facts.yaml:10:16: error FG104 unknown-property: {UNKNOWN} (did you mean `front`?)\n"
        f"cards/k8s/facts.yaml:11:10: error FG202 duplicate-id: {TWICE} (give one of them another id)\n"
        "cards/파드, 노드: 100%.yaml: warning FG012 stray-file: this file belongs to no deck "
        "(move it into a folder under cards/ that holds a deck.yaml)\n"
    )


def test_json_holds_all_that_is_known_of_each_finding(faulty: Path) -> None:
    code, out, err = project.run(faulty, "check", "--format", "json")
    assert (code, err) == (1, "")
    found = json.loads(out)
    assert [found[key] for key in ("format", "errors", "warnings", "packages")] == [1, 2, 2, []]
    assert found["findings"][2] == {
        "code": "FG202",
        "name": "duplicate-id",
        "severity": "error",
        "message": TWICE,
        "hint": "give one of them another id",
        "fixable": False,
        "path": "cards/k8s/facts.yaml",
        "span": {"line": 11, "column": 10, "end_line": 11, "end_column": 13},
        "related": [
            {
                "message": "first here",
                "path": "cards/k8s/facts.yaml",
                "span": {"line": 3, "column": 10, "end_line": 3, "end_column": 13},
            }
        ],
    }
    assert (found["findings"][3]["path"], found["findings"][3]["span"]) == ("cards/파드, 노드: 100%.yaml", None)
    assert {entry["code"]: entry["count"] for entry in found["statistics"]} == {
        "FG012": 1,
        "FG104": 1,
        "FG202": 1,
        "FG513": 1,
    }


def test_json_of_a_build_is_all_of_its_output_and_names_the_packages(tmp_path: Path) -> None:
    root = project.write(tmp_path, facts=project.WARNED)
    code, out, err = project.run(root, "build", "--format", "json")
    assert (code, json.loads(out)["packages"], json.loads(out)["warnings"]) == (0, ["dist/k8s.apkg"], 1)
    assert err.startswith("dist/k8s.apkg\n")
    (root / "cards/k8s/facts.yaml").write_text(project.GOOD, encoding="utf-8")
    assert json.loads(project.run(root, "check", "--format", "json")[1])["findings"] == []


def test_github_shows_each_finding_at_its_line(faulty: Path) -> None:
    place = "file=cards/k8s/facts.yaml,line"
    expected = (
        # GitHub takes no columns for a place of several lines.
        f"::warning title=flashgen FG513 unknown-code-language,{place}=6,endLine=9::{YAMLL}"
        "%0Ahint: did you mean `yaml`?\n"
        f"::error title=flashgen FG104 unknown-property,{place}=10,col=16,endLine=10,endColumn=20::{UNKNOWN}"
        "%0Aits properties are listed here: flashgen:templates/basic/kind.yaml%0Ahint: did you mean `front`?\n"
        f"::error title=flashgen FG202 duplicate-id,{place}=11,col=10,endLine=11,endColumn=13::{TWICE}"
        "%0Afirst here: cards/k8s/facts.yaml:3:10%0Ahint: give one of them another id\n"
        "::warning title=flashgen FG012 stray-file,file=cards/파드%2C 노드%3A 100%25.yaml::this file belongs to no deck"
        "%0Ahint: move it into a folder under cards/ that holds a deck.yaml\n"
    )
    assert project.run(faulty, "check", "--format", "github") == (1, expected, "")
    in_a_folder = expected.replace("file=cards/", f"file={faulty.name}/cards/")
    of_a_repository = project.run(faulty, "check", "--format", "github", GITHUB_WORKSPACE=str(faulty.parent))
    assert of_a_repository == (1, in_a_folder, "")


def test_github_is_told_per_cent_signs_as_it_escapes_them(tmp_path: Path) -> None:
    text = "kind: basic\nfacts:\n  - {id: pod, front: What?, back: x, 100%0A: x}\n"
    _, out, _ = project.run(project.write(tmp_path, facts=text), "check", "--format", "github")
    assert "::`100%250A` is not a property of basic `pod`%0A" in out


def sarif(root: Path, **more: str) -> dict[str, Any]:
    _, out, _ = project.run(root, "check", "--format", "sarif", **more)
    log = json.loads(out)
    jsonschema.Draft4Validator(SCHEMA, format_checker=jsonschema.FormatChecker()).validate(log)
    (run,) = log["runs"]
    return run


def test_sarif_is_valid_and_knows_every_rule(faulty: Path) -> None:
    run = sarif(faulty)
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.code for rule in RULES]
    assert all(f"# {rule['id']} {rule['name']}\n" in rule["help"]["markdown"] for rule in rules)
    assert [rule["defaultConfiguration"]["enabled"] for rule in rules] == [rule.on for rule in RULES]
    _, error, twice, stray = run["results"]
    assert [result["ruleId"] for result in run["results"]] == ["FG513", "FG104", "FG202", "FG012"]
    assert [rules[result["ruleIndex"]]["id"] for result in run["results"]] == ["FG513", "FG104", "FG202", "FG012"]
    assert [result["level"] for result in run["results"]] == ["warning", "error", "error", "warning"]
    assert error["message"]["text"] == f"{UNKNOWN}\nhint: did you mean `front`?"
    assert twice["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "cards/k8s/facts.yaml"},
        "region": {"startLine": 11, "startColumn": 10, "endLine": 11, "endColumn": 13},
    }
    assert twice["relatedLocations"][0]["physicalLocation"]["region"]["startLine"] == 3
    uri = stray["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "cards/%ED%8C%8C%EB%93%9C%2C%20%EB%85%B8%EB%93%9C%3A%20100%25.yaml"


def test_sarif_of_nothing_is_valid_and_its_paths_start_at_the_repository(tmp_path: Path, faulty: Path) -> None:
    assert sarif(project.write(tmp_path, facts=project.GOOD))["results"] == []
    first, *_ = sarif(faulty, GITHUB_WORKSPACE=str(faulty.parent))["results"]
    uri = first["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == f"{faulty.name}/cards/k8s/facts.yaml"


def test_the_schema_refuses_what_is_no_sarif() -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft4Validator(SCHEMA).validate({"version": "2.1.0", "runs": [{"results": []}]})


def test_statistics_count_by_rule(tmp_path: Path) -> None:
    many = "".join("  - {id: pod, front: What is a Pod?, back: x}\n" for _ in range(10))
    root = project.write(tmp_path, facts=f"{project.FAULTY}{many}")
    expected = (
        "11  error    FG202 duplicate-id\n"
        " 1  error    FG104 unknown-property\n"
        " 1  warning  FG513 unknown-code-language\n"
    )
    assert project.run(root, "check", "--statistics") == (1, expected, "")
    code, _, err = project.run(root, "check", "--statistics", "--format", "sarif")
    told = "flashgen: `--statistics` has no place in the format sarif\n  hint: use full, concise or json\n"
    assert (code, err) == (2, told)


def test_findings_go_to_a_file_and_the_packages_to_standard_output(tmp_path: Path) -> None:
    root = project.write(tmp_path / "deck", facts=project.WARNED)
    file = tmp_path / "new" / "found.sarif"
    assert project.run(root, "build", "--format", "sarif", "-o", str(file))[:2] == (0, "dist/k8s.apkg\n")
    assert len(json.loads(file.read_text(encoding="utf-8"))["runs"][0]["results"]) == 1
    assert project.run(root, "check", "-o", str(file), FORCE_COLOR="1")[:2] == (0, "")
    text = file.read_text(encoding="utf-8")
    assert text.startswith("warning[FG513] unknown-code-language: ")
    assert text.endswith("Found 1 warning in 1 file.\n")


# --- Which format, where none is asked for


def test_a_pipe_gets_concise_lines_and_github_its_commands(faulty: Path) -> None:
    as_lines = project.run(faulty, "check", "--format", "concise")
    assert project.run(faulty, "check") == as_lines
    assert project.run(faulty, "check", GITHUB_ACTIONS="false") == as_lines
    as_commands = project.run(faulty, "check", "--format", "github")
    assert project.run(faulty, "check", GITHUB_ACTIONS="true") == as_commands
    assert project.run(faulty, "check", "--format", "concise", GITHUB_ACTIONS="true") == as_lines


def test_a_terminal_gets_everything(faulty: Path) -> None:
    in_full = project.run(faulty, "check", "--format", "full")[1]
    assert (
        "10 |   - {id: node, frnt: x, front: What is a Node?, back: A machine}\n   |                ^^^^\n" in in_full
    )
    assert in_full.endswith("\nFound 2 errors and 2 warnings in 2 files.\n")
    more = "`flashgen explain FG513`, or another of these codes, says more.\n"
    assert project.run_on_terminal(faulty, "check", "--color", "never") == (1, in_full + more)


# --- Which findings


def test_rules_are_selected_and_ignored_by_name_code_or_the_start_of_one(tmp_path: Path) -> None:
    root = project.write(tmp_path, facts=project.FAULTY)
    (root / "cards" / "stray.yaml").touch()

    def codes(*words: str) -> list[str]:
        _, out, _ = project.run(root, "check", "--format", "json", *words)
        return [finding["code"] for finding in json.loads(out)["findings"]]

    assert codes() == ["FG513", "FG104", "FG202", "FG012"]
    assert codes("--ignore", "unknown-code-language") == ["FG104", "FG202", "FG012"]
    assert codes("--ignore", "FG5,stray-file") == ["FG104", "FG202"]
    # An error stops a build, whatever is selected.
    assert codes("--select", "FG0") == ["FG104", "FG202", "FG012"]
    assert codes("--select", "FG0", "--select", "FG513") == ["FG513", "FG104", "FG202", "FG012"]
    told = "flashgen: --ignore: `duplicate-id` is an error; only warnings can be ignored\n  hint: delete it\n"
    assert project.run(root, "build", "--ignore", "duplicate-id") == (2, "", told)
    told = "flashgen: --select: there is no rule `stray-fil`\n  hint: did you mean `stray-file`?\n"
    assert project.run(root, "check", "--select", "stray-fil") == (2, "", told)


# --- Warnings that fail


def test_strict_lets_warnings_fail(tmp_path: Path) -> None:
    root = project.write(tmp_path, facts=project.WARNED)
    code, out, err = project.run(root, "check")
    assert (code, err) == (0, "No errors: 2 cards in 1 package.\n")
    assert project.run(root, "check", "--strict") == (1, out, "")
    code, _, err = project.run(root, "build", "--strict")
    told = "Nothing was written; what stands in dist/ is as it was. With --strict, warnings stop a build.\n"
    assert (code, err) == (1, told)
    assert not (root / "dist").exists()
    assert not (root / "cards/k8s/deck.lock.jsonl").exists()
    (root / "cards/k8s/facts.yaml").write_text(project.GOOD, encoding="utf-8")
    assert project.run(root, "check", "--strict")[::2] == (0, "All is well: 1 card in 1 package.\n")
    assert project.run(root, "build", "--strict")[:2] == (0, "dist/k8s.apkg\n")
