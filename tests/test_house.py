"""The rules of the house, held by tools rather than by memory."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from flashgen import rules

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "flashgen").rglob("*.py"))
TRACKED = (
    subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
)


@pytest.mark.parametrize(
    "tool",
    [
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "flashgen", "bench", "tests"],
        ["mypy", "--no-error-summary"],
        ["lint_imports"],
    ],
    ids=lambda tool: " ".join(tool[:2]),
)
def test_the_tools_find_nothing(tool: list[str]) -> None:
    command = [sys.executable, "-m", *tool]
    if tool == ["lint_imports"]:
        command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_fits_in_the_head(module: Path) -> None:
    assert len(module.read_text(encoding="utf-8").splitlines()) <= 400


def test_only_the_command_line_and_the_commands_print() -> None:
    allowed = {ROOT / "flashgen/cli.py", ROOT / "flashgen/ends.py", *(ROOT / "flashgen/commands").glob("*.py")}
    for module in set(MODULES) - allowed:
        calls = [node for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
        names = {call.func.id for call in calls if isinstance(call.func, ast.Name)}
        assert "print" not in names, module


def test_one_module_reads_the_clock_and_the_environment() -> None:
    for module in set(MODULES) - {ROOT / "flashgen/around.py"}:
        text = module.read_text(encoding="utf-8")
        assert not re.search(r"\b(os\.environ|os\.getenv|time\.time|datetime\.now|date\.today)\b", text), module


def test_the_tree_names_no_machine_and_no_registry() -> None:
    # Split, so that this very file does not match.
    forbidden = re.compile("(^|[^A-Za-z0-9_.])/(wo" + "rk|ro" + "ot|ho" + 'me)/|https?://[^ )"]*(py' + "pi|npm" + "js)")
    for name in TRACKED:
        file = ROOT / name
        if file.suffix in {".py", ".md", ".toml", ".yaml", ".yml", ".txt", ".j2", ".css", ""} and file.is_file():
            for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
                assert not forbidden.search(line), f"{name}:{number}"


def test_the_top_level_is_the_one_agreed_on() -> None:
    folders = {name.split("/")[0] for name in TRACKED if "/" in name}
    assert folders == {".ci", "bench", "cards", "dist", "docs", "flashgen", "templates", "tests"}
    assert [name for name in TRACKED if name.startswith("dist/")] == ["dist/.gitkeep"]


def test_every_finding_has_a_code_and_a_name_of_its_own() -> None:
    codes, names = ({getattr(rule, key) for rule in rules.RULES} for key in ("code", "name"))
    assert len(codes) == len(names) == len(rules.RULES)


def test_every_rule_is_reported_somewhere() -> None:
    sources = "\n".join(path.read_text(encoding="utf-8") for path in MODULES if path.name != "rules.py")
    unused = [name for name, rule in vars(rules).items() if rule in rules.RULES and f"rules.{name}" not in sources]
    assert not unused


def test_every_dependency_has_its_reason_in_contributing() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    reasons = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    wanted = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    for name in (re.match(r"[a-z0-9-]+", requirement)[0] for requirement in wanted):
        assert f"`{name}`" in reasons or name in {"pytest", "types-pyyaml"}, name
