"""The field's tools on the same notes, each in its own format and in an environment of its own."""

import csv
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

Notes = Sequence[tuple[str, str, str, list[str]]]


@dataclass(frozen=True)
class Peer:
    """A tool: the package that brings it, what writes the notes as it reads them, and its command, run in a folder."""

    package: str
    write: Callable[[Path, Notes], None]
    command: Sequence[str]


def install(peer: Peer, folder: Path) -> list[str] | str:
    """Return the tool's command, or why there is none here."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    pip = [folder / "bin/python", "-m", "pip", "install", "--quiet", peer.package]
    done = subprocess.run(pip, capture_output=True, text=True, check=False)
    if done.returncode:
        return "does not install here"
    program, *rest = peer.command
    tool = str(folder / "bin" / program)
    done = subprocess.run([tool, "--help"], capture_output=True, text=True, check=False)
    return [tool, *rest] if done.returncode == 0 else f"does not start: {done.stderr.strip().splitlines()[-1]}"


def _anki_yaml_tool(root: Path, notes: Notes) -> None:
    card = {"name": "Card 1", "qfmt": "{{Front}}", "afmt": "{{FrontSide}}<hr id=answer>{{Back}}"}
    config = {"name": "Basic", "deck-name": "Bench", "fields": ["Front", "Back"], "templates": [card], "css": ""}
    lines = [f"config: {json.dumps(config)}", "data:"]
    for _, front, back, tags in notes:
        lines += [f"  - front: {json.dumps(front)}", f"    back: {json.dumps(back)}", f"    tags: {json.dumps(tags)}"]
    (root / "deck.yaml").write_text("\n".join(lines) + "\n")


def _ankcompiler(root: Path, notes: Notes) -> None:
    # One file for each tag, since it takes those of a file; a card is one line.
    blocks: dict[str, list[str]] = {}
    for number, (_, front, back, tags) in enumerate(notes):
        line = f"{' '.join(front.split())} ::: {' '.join(back.split())}"
        blocks.setdefault(tags[0], []).append(f"---\n\n{line}\n\n---\n[^uid]: {number:010}\n[^tag]: {tags[1]}\n")
    for number, (tag, cards) in enumerate(blocks.items()):
        head = f"---\ndeck: Bench\ntags: [{tag}]\n---\n"
        (root / f"{number:03}.md").write_text(head + "\n".join(cards))


def _md2anki(root: Path, notes: Notes) -> None:
    cards = [f"## {' '.join(front.split())} ({guid})\n\n{back}\n" for guid, front, back, _ in notes]
    (root / "deck.md").write_text("\n".join(["# Bench (1234567890)\n", *cards]))


def _brain_brew(root: Path, notes: Notes) -> None:
    with (root / "data.csv").open("w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["guid", "front", "back", "tags"])
        rows.writerows([guid, front, back, ", ".join(tags)] for guid, front, back, tags in notes)
    (root / "model").mkdir()
    (root / "media").mkdir()
    (root / "model/card.html").write_text("{{Front}}\n\n--\n\n{{FrontSide}}<hr id=answer>{{Back}}\n")
    (root / "model/style.css").write_text("")
    (root / "model/basic.yaml").write_text(_MODEL)
    (root / "header.yaml").write_text("crowdanki_uuid: d1\nname: Bench\n")
    (root / "recipe.yaml").write_text(_RECIPE)


_MODEL = """\
name: Basic
id: m1
css_file: model/style.css
fields: [{name: Front}, {name: Back}]
templates: [{name: Card 1, html_file: model/card.html}]
"""
_RECIPE = """\
- build_parts:
  - note_models_from_yaml_part: {part_id: Basic, file: model/basic.yaml}
  - headers_from_yaml_part: {part_id: header, file: header.yaml}
  - notes_from_csvs:
      part_id: notes
      file_mappings: [{file: data.csv, note_model: Basic}]
      note_model_mappings: [{note_models: [Basic]}]
- generate_crowd_anki:
    folder: build
    notes: {part_id: notes}
    note_models: {parts: [{part_id: Basic}]}
    headers: header
"""

PEERS = {
    "anki-yaml-tool": Peer(
        "anki-yaml-tool", _anki_yaml_tool, ["anki-yaml-tool", "build", "--file", "deck.yaml", "--output", "out.apkg"]
    ),
    "yaml2anki": Peer("yaml2anki", _anki_yaml_tool, ["yaml2anki"]),
    "ankcompiler": Peer("ankcompiler", _ankcompiler, ["ankc", "build", "--all"]),
    "md2anki": Peer("md2anki", _md2anki, ["md2anki", "deck.md", "-o-anki", "out.apkg"]),
    "brain-brew (writes CrowdAnki's JSON)": Peer("brain-brew", _brain_brew, ["brainbrew", "run", "recipe.yaml"]),
}
