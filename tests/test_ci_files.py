"""The files that deck authors take for their own CI: each command in them does what it is there for."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import project
import pytest
import yaml

ROOT = Path(__file__).parent.parent
WORKFLOW = yaml.safe_load((ROOT / "docs" / "github-workflow.yml").read_text(encoding="utf-8"))
(HOOK,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
INSTALL = 'pip install "$FLASHGEN"'
# GitHub's own program, which here writes down what it was asked to do.
GH = """#!/bin/sh
printf '%s\\n' "$@" > asked.txt
"""


def released(root: Path) -> Path:
    """A deck as its author has pushed it: released, and committed with its lock and changelog."""
    project.write(root, facts=project.GOOD, deck=f"{project.DECK}licence: CC-BY-4.0\n")
    for version, text in (("1.0", project.GOOD), ("1.1", project.GOOD.replace("smallest", "very smallest"))):
        (root / "cards" / "k8s" / "facts.yaml").write_text(text, encoding="utf-8")
        code, _, err = project.run(root, "release", version)
        assert code == 0, err
    shutil.rmtree(root / "dist")
    return root


def run_job(job: dict[str, Any], root: Path) -> tuple[int, str]:
    """Run the steps of a job that are commands, as GitHub's runner does, but for what installs flashgen."""
    own = root.parent / "bin"
    own.mkdir(exist_ok=True)
    (own / "gh").write_text(GH, encoding="utf-8")
    (own / "gh").chmod(0o755)
    (own / "flashgen").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m flashgen "$@"\n', encoding="utf-8")
    (own / "flashgen").chmod(0o755)
    found = project.environment(
        PATH=f"{own}{os.pathsep}{os.environ['PATH']}", GITHUB_ACTIONS="true", GITHUB_WORKSPACE=str(root),
        GITHUB_REF_NAME="v1.1",
    )  # fmt: skip
    shown = ""
    for step in job["steps"]:
        if step.get("run", INSTALL) == INSTALL:
            continue
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        done = subprocess.run(command, cwd=root, env=found, capture_output=True, encoding="utf-8", check=False)
        shown += done.stdout + done.stderr
        if done.returncode:
            return done.returncode, shown
    return 0, shown


def test_the_workflow_checks_builds_and_releases(tmp_path: Path) -> None:
    root = released(tmp_path / "deck")
    code, shown = run_job(WORKFLOW["jobs"]["build"], root)
    assert code == 0, shown
    assert [path.name for path in (root / "dist").iterdir()] == ["k8s.apkg"]
    code, shown = run_job(WORKFLOW["jobs"]["release"], root)
    assert code == 0, shown
    asked = (root / "asked.txt").read_text(encoding="utf-8").split("\n")
    assert asked[:3] == ["release", "create", "v1.1"]
    assert asked[-2:] == ["dist/k8s.apkg", ""]
    notes = (root / "notes.md").read_text(encoding="utf-8")
    assert re.findall("^## ([0-9.]+)", notes, re.MULTILINE) == ["1.1"]
    assert "What is a Pod?" in notes


def test_the_workflow_stops_at_a_fault_with_an_annotation(tmp_path: Path) -> None:
    root = released(tmp_path / "deck")
    (root / "cards" / "k8s" / "facts.yaml").write_text(project.FAULTY, encoding="utf-8")
    code, shown = run_job(WORKFLOW["jobs"]["build"], root)
    assert code == 1
    assert "::error title=flashgen FG104 unknown-property,file=cards/k8s/facts.yaml,line=10,col=16," in shown
    assert not (root / "dist").exists()


def test_the_workflow_stops_at_a_lock_that_was_not_committed(tmp_path: Path) -> None:
    root = released(tmp_path / "deck")
    (root / "cards" / "k8s" / "facts.yaml").write_text(project.GOOD, encoding="utf-8")
    code, shown = run_job(WORKFLOW["jobs"]["build"], root)
    assert (code, "::error title=flashgen FG210 lock-behind,file=cards/k8s/deck.lock.jsonl::" in shown) == (1, True)


def test_the_workflow_and_the_hook_are_of_the_version_that_they_came_with() -> None:
    version = re.search(r'^version = "(.*)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert version is not None
    assert WORKFLOW["env"]["FLASHGEN"] == f"flashgen=={version[1]}"
    assert INSTALL in [step.get("run") for step in WORKFLOW["jobs"]["build"]["steps"]]
    assert f"rev: v{version[1]} " in (ROOT / "docs" / "publish.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "is_ours"),
    [
        ("cards/k8s/facts.yaml", True),
        ("decks/cards/k8s/media/pod.png", True),
        ("templates/word/kind.yaml", True),
        ("flashgen.toml", True),
        ("decks/pyproject.toml", True),
        ("README.md", False),
        ("postcards/a.yaml", False),
        ("dist/k8s.apkg", False),
    ],
)
def test_the_hook_runs_where_a_file_of_a_project_changed(file: str, *, is_ours: bool) -> None:
    assert bool(re.search(HOOK["files"], file)) is is_ours


def test_the_hook_checks_the_project_it_is_told_of(tmp_path: Path) -> None:
    project.write(tmp_path / "decks", facts=project.WARNED)
    program, *words = shlex.split(HOOK["entry"])
    assert program == "flashgen"
    assert project.run(tmp_path, *words, "-C", "decks")[0] == 0
    assert project.run(tmp_path, *words, "-C", "decks", "--strict")[0] == 1
