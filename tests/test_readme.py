"""README.md is true to the letter."""

import re
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


# What the drawing of the README's example has.
DRAWN = ("caption", "etcd", "api-server")


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def test_two_commands_of_one_line_do_all_the_set_up() -> None:
    commands = _blocks("sh")
    assert [command.count("\n") for command in commands] == [1, 1]
    assert commands[0].endswith(".venv/bin/flashgen build\n")
    assert commands[1].endswith(".venv/bin/pytest\n")


def test_its_example_deck_builds(tmp_path: Path) -> None:
    deck, facts, diagram = _blocks("yaml")
    folder = tmp_path / "cards" / "my-deck"
    folder.mkdir(parents=True)
    (folder / "deck.yaml").write_text(deck, encoding="utf-8")
    (folder / "components.yaml").write_text(f"{facts}{diagram}", encoding="utf-8")
    texts = "".join(f'<text id="{name}" y="{30 * row}">x</text>' for row, name in enumerate(DRAWN, 1))
    (folder / "media").mkdir()
    (folder / "media" / "cluster.svg").write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 200">{texts}</svg>', encoding="utf-8"
    )
    command = [sys.executable, "-m", "flashgen", "-C", str(tmp_path), "build"]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["dist/my-deck.ko.apkg", "dist/my-deck.en.apkg"]


def test_it_lists_the_kinds_there_are() -> None:
    listed = re.findall(r"^\| `([a-z]+)` \|", README, re.MULTILINE)
    assert sorted(listed) == sorted(path.parent.name for path in (ROOT / "templates").glob("*/kind.yaml"))


def test_it_lists_the_commands_there_are() -> None:
    helped = subprocess.run([sys.executable, "-m", "flashgen", "--help"], capture_output=True, text=True, check=True)
    commands = re.findall(r"^  ([a-z]+)  ", helped.stdout.partition("Commands:")[2], re.MULTILINE)
    assert re.findall(r"^flashgen ([a-z]+)  ", README, re.MULTILINE) == commands


def test_the_korean_one_has_the_same_commands_and_kinds() -> None:
    korean = (ROOT / "README.ko.md").read_text(encoding="utf-8")
    for pattern in (r"^```sh\n(.*?)^```$", r"^\| `(\w+)` \|"):
        found = [re.findall(pattern, text, re.DOTALL | re.MULTILINE) for text in (README, korean)]
        assert found[0]
        assert found[0] == found[1]
    named = re.findall(r"^flashgen ([a-z]+)", korean, re.MULTILINE)
    assert set(named) <= set(re.findall(r"^flashgen ([a-z]+)  ", README, re.MULTILINE))


def test_its_links_lead_somewhere() -> None:
    for document in (
        ROOT / "README.md",
        ROOT / "README.ko.md",
        ROOT / "CONTRIBUTING.md",
        *(ROOT / "docs").glob("*.md"),
    ):
        # What stands between backticks is an example.
        for target in re.findall(r"\]\(([^)#:]+)\)", re.sub("`[^`\n]*`", "", document.read_text(encoding="utf-8"))):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_the_example_of_a_kind_works_as_written(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "add-a-kind.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^   ```(\w+)\n(.*?)^   ```", text, re.DOTALL | re.MULTILINE)
    (_, kind), (_, card), (_, labels) = [
        (name, re.sub(r"^   ", "", block, flags=re.MULTILINE)) for name, block in blocks
    ]
    folder = tmp_path / "templates" / "word"
    (folder / "labels").mkdir(parents=True)
    (folder / "kind.yaml").write_text(kind, encoding="utf-8")
    (folder / "meaning.html.j2").write_text(card, encoding="utf-8")
    (folder / "labels" / "en.yaml").write_text(labels, encoding="utf-8")
    deck = tmp_path / "cards" / "words"
    deck.mkdir(parents=True)
    (deck / "deck.yaml").write_text("uid: words\nname: Words\n", encoding="utf-8")
    fact = {"kind": "word", "facts": [{"id": "apple", "word": "사과", "meaning": "apple"}]}
    (deck / "words.yaml").write_text(yaml.safe_dump(fact, allow_unicode=True), encoding="utf-8")
    command = [sys.executable, "-m", "flashgen", "-C", str(tmp_path), "build"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (0, "dist/words.apkg\n"), result.stderr
