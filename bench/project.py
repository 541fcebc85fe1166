"""Projects to be measured, made by chance and always the same."""

import json
import random
import sqlite3
import zipfile
from itertools import accumulate
from pathlib import Path

LENGTH = 97
MARKUP = ("**{}**", "*{}*", "`{}`", "[{}](https://example.org/docs)", "**{}** and `get`", "one:\n\n- {}\n- two\n")
PICTURES, PICTURE = 1_000, 200_000
_DECK = "uid: 0123456789abcdef\nname: Bench\n"


def write_project(root: Path, count: int) -> None:
    """Write a project of `count` facts, a hundred a file or in a hundred files. A third of them hold Markdown."""
    chance = random.Random(97)  # noqa: S311 - no secret
    # As many words as a textbook has, the nth of them 1/n as frequent as the first: so packages shrink as real ones do.
    words = ["".join(chance.choices("etaoinshrdlu", k=chance.randint(2, 9))) for _ in range(3_000)]
    frequent = list(accumulate(1 / rank for rank in range(1, len(words) + 1)))
    folder = root / "cards/bench"
    folder.mkdir(parents=True)
    (folder / "deck.yaml").write_text(_DECK)
    files = max(100, count // 100)
    for number in range(files):
        # File by file, so that this process stays small: a child's peak is never below its parent's size.
        lines = ["kind: basic", "facts:"]
        for fact in range(number * count // files, (number + 1) * count // files):
            lines += [f"  - id: fact-{fact}", f"    tags: [bench::part-{number}, bench::set-{fact % 7}]"]
            lines += [f"    {side}: {json.dumps(text(chance, words, frequent, fact))}" for side in ("front", "back")]
        (folder / f"{number:03}.yaml").write_text("\n".join(lines) + "\n")


def text(chance: random.Random, words: list[str], frequent: list[float], number: int) -> str:
    """Return about 97 characters, with Markdown in them for every third number."""
    picked = chance.choices(words, cum_weights=frequent, k=LENGTH)
    markup = "" if number % 3 else chance.choice(MARKUP).format(" ".join(picked[:2]))
    plain = " ".join((str(number), *picked[2:]))[: LENGTH - len(markup)]
    return f"{plain} {markup}".strip()


def write_notes(root: Path) -> None:
    """Write the notes of the package that was built as the scripts read them: `[guid, front, back, tags]` each."""
    with zipfile.ZipFile(root / "dist/bench.apkg") as archive:
        archive.extract("collection.anki2", root)
    rows = sqlite3.connect(root / "collection.anki2").execute("SELECT guid, flds, tags FROM notes ORDER BY id")
    with (root / "notes.json").open("w") as out:
        out.write("[")
        for number, (guid, fields, tags) in enumerate(rows):
            note = [guid, *fields.split("\x1f")[:2], tags.split()]
            out.write((",\n" if number else "") + json.dumps(note))
        out.write("]")


def write_pictures(root: Path) -> None:
    """Write a project of a thousand facts, each with a picture of its own."""
    chance = random.Random(97)  # noqa: S311 - no secret
    media = root / "cards/bench/media"
    media.mkdir(parents=True)
    (root / "cards/bench/deck.yaml").write_text(_DECK)
    lines = ["kind: basic", "facts:"]
    for number in range(PICTURES):
        # As a JPEG starts and ends; no one looks at it.
        data = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + chance.randbytes(PICTURE - 13) + b"\xff\xd9"
        (media / f"picture-{number}.jpg").write_bytes(data)
        lines += [f"  - id: picture-{number}", f"    front: What is number {number}?"]
        lines += [f'    back: "![picture number {number}](picture-{number}.jpg)"']
    (root / "cards/bench/facts.yaml").write_text("\n".join(lines) + "\n")
