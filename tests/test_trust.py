"""What a release says of what is in it, and that flashgen runs with the oldest libraries that it asks for."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Final

import pytest
from anki_venv import python_of

ROOT: Final = Path(__file__).parent.parent
FULL: Final = os.environ.get("FLASHGEN_FULL") == "1"
PROJECT: Final = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_the_bill_of_materials_names_all_that_is_needed() -> None:
    def make() -> str:
        command = [sys.executable, ROOT / ".ci/bill.py"]
        return subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout

    bill = json.loads(make())
    assert (bill["bomFormat"], bill["specVersion"], bill["version"]) == ("CycloneDX", "1.5", 1)
    assert bill["metadata"]["component"]["name"] == "flashgen"
    components = {component["name"]: component for component in bill["components"]}
    wanted = {re.match(r"[a-z0-9-]+", requirement)[0] for requirement in PROJECT["dependencies"]}
    assert wanted <= components.keys()
    assert not components.keys() & {"pytest", "anki", "flashgen", "mypy"}
    for name, component in components.items():
        assert component["purl"] == f"pkg:pypi/{name}@{metadata.version(name)}"
    # Where a distribution says which it has.
    assert components["jinja2"]["licenses"] == [{"license": {"name": "BSD License"}}]
    assert sum("licenses" in component for component in components.values()) > len(wanted)
    (own,) = (entry for entry in bill["dependencies"] if entry["ref"] == bill["metadata"]["component"]["bom-ref"])
    assert set(own["dependsOn"]) == {components[name]["bom-ref"] for name in wanted}
    assert make() == json.dumps(bill, indent=1, ensure_ascii=False) + "\n"


if FULL:
    # It fetches all that flashgen needs.

    def test_a_release_carries_its_bill_and_its_checksums(tmp_path: Path) -> None:
        subprocess.run([ROOT / ".ci/release", tmp_path / "made"], capture_output=True, check=True)
        name = f"flashgen-{PROJECT['version']}"
        made = {path.name: path.read_bytes() for path in (tmp_path / "made").iterdir()}
        told = [line.split() for line in made.pop("SHA256SUMS").decode().splitlines()]
        assert made.keys() == {f"{name}-py3-none-any.whl", f"{name}.tar.gz", f"{name}.cdx.json"}
        assert {file: checksum for checksum, file in told} == {
            file: hashlib.sha256(data).hexdigest() for file, data in made.items()
        }
        bill = json.loads(made[f"{name}.cdx.json"])
        # Of the wheel alone: nothing that tests need.
        assert not {component["name"] for component in bill["components"]} & {"pytest", "build", "pip", "anki"}
        assert bill["metadata"]["component"]["version"] == PROJECT["version"]


@pytest.fixture(scope="module")
def oldest() -> Path:
    """A Python with the lowest version of each dependency that pyproject.toml allows."""
    lowest = [re.sub(r">=([0-9.]+),<[0-9.]+", r"==\1", requirement) for requirement in PROJECT["dependencies"]]
    assert all("==" in requirement for requirement in lowest)
    name = hashlib.sha256(" ".join(lowest).encode()).hexdigest()[:12]
    return python_of(f"oldest-{name}", lowest, "genanki, jinja2, msgspec, nh3, resvg_py, typer, watchfiles, yaml")


def built(python: Path, source: Path, root: Path, *arguments: str) -> dict[str, bytes]:
    shutil.copytree(source / "cards", root / "cards")
    if (source / "templates").is_dir() and source != ROOT:
        shutil.copytree(source / "templates", root / "templates")
    done = subprocess.run(
        [python, "-m", "flashgen", "-C", root, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), "SOURCE_DATE_EPOCH": "1700000000", "FLASHGEN_CACHE": ""},
        cwd=root,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("source", "arguments"),
    [
        (ROOT, ["build", "--locked"]),
        (ROOT / "tests/projects/media", ["build"]),
        (ROOT / "tests/projects/rtl", ["build"]),
        (ROOT / "tests/projects/unicode", ["preview", "--static", "page"]),
    ],
    ids=["the shipped deck", "media", "right to left", "the preview"],
)
def test_the_oldest_libraries_make_the_same_bytes_as_these(
    tmp_path: Path, oldest: Path, source: Path, arguments: list[str]
) -> None:
    ours = built(Path(sys.executable), source, tmp_path / "ours/project", *arguments)
    assert built(oldest, source, tmp_path / "theirs/project", *arguments) == ours
