"""How inputs are made: a seed, with a few of its files damaged, in bytes, in lines, or in what a package holds."""

from __future__ import annotations

import io
import json
import random
import re
import sqlite3
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from fuzz.seeds import Files, Seeds

# What readers stumble over: signs of YAML, Jinja, Markdown, CSS, SVG and JSON, numbers that are none, and long things.
WORDS = [
    *"&*!|>%@`\"'{}[]()#:,-?~<=\\/^$+.;_",
    *("---", "...", "<<", "!!python/object/apply:os.system", "&a", "*a", "? ", "- ", ": ", "|+9", "null", "true"),
    *("{{", "}}", "{%", "%}", "{#", "{{c1::", "{{c0::", "{{c501::", "::", "{{c1::}}", "{{c²::x}}", "{{c1,2::x}}"),
    *("{% for i in term %}", "{% endfor %}", "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "{{ 9 ** 9 ** 9 }}"),
    *(
        '{% include "_layout/card.html.j2" %}',
        "{% extends self %}",
        "{{ self.__class__ }}",
        "{{ [] }}",
        "{{ 'a' * 9e9 }}",
    ),
    *("\\(", "\\)", "\\[", "\\]", "```", "~~~", "$$", "![](", "](", "<kbd>", "</kbd>", "<!--", "-->", "<![CDATA["),
    *("<script>", "<svg>", "<style>", "&#0;", "&#x110000;", "&nbsp", "&amp;", "[sound:x.mp3]", "javascript:", "data:"),
    *("url(", "@import", "@font-face{", "/*", "*/", "<use href='#box'/>", "<g id='box'>", "transform='scale(1e9)'"),
    *("../", "..\\", "/dev/zero", "C:\\", "CON", "nul.txt", "a/b", ".", "..", "~"),
    *("0", "-1", "²", "٣", "1e999", "NaN", "9" * 20, "9" * 5000, "0x10", "--5", "1_0", "1.10"),
    *(
        "\0",
        "\x01",
        "\x1b[31m",
        "\x7f",
        "\x85",
        "\u2028",
        "\ufeff",
        "\ufffe",
        "\u200f",
        "\u0301",
        "\U0010f000",
        "\U0001f600",
    ),
    *("한국어", "e\u0301", "İ", "ß", "ﬁ", "א", "\r", "\r\n", "\t", " ", "\n"),
    *('{"a":1}', "[[[[", "]]]]", "null", '"\\ud800"', '{"note":"x"}', "<<<<<<< HEAD", '{"flashgen":3}', "1" * 400),
]
_BYTES = [*(word.encode("utf-8") for word in WORDS), b"\xff", b"\xed\xa0\x80", b"\xc3", b"\xf8\x88\x80\x80\x80"]


@dataclass(frozen=True)
class Input:
    """What one run is given: the project's files, packages beside it, and the command."""

    what: str
    files: Files
    packages: Files
    arguments: list[str]


def make(seeds: Seeds, seed: str) -> Input:
    """Return the input of a seed; the same seed makes the same."""
    rng = random.Random(seed)
    name = rng.choice(sorted(seeds.projects))
    files = dict(seeds.projects[name])
    command = rng.choices([*_COMMANDS], [weight for weight, _ in _COMMANDS.values()])[0]
    packages: Files = {}
    if command in ("diff-package", "diff-packages", "adopt", "adopt-table"):
        packages = {"old.apkg": change_package(rng, rng.choice([*seeds.packages.values()]))}
        packages["new.apkg"] = rng.choice([*seeds.packages.values()])
        packages["table.csv"] = damage(rng, b"old,fact\nSeoul,korea\n", [])
        if rng.random() < 0.3:
            files = _damage_some(rng, files, seeds)
    else:
        files = _damage_some(rng, files, seeds)
    return Input(f"{name} {command}", files, packages, _COMMANDS[command][1])


_COMMANDS: dict[str, tuple[int, list[str]]] = {
    "check": (50, ["check"]),
    "check-concise": (5, ["check", "--format", "concise"]),
    "build": (30, ["build"]),
    "release": (5, ["release", "99.1", "--dry-run"]),
    "diff": (4, ["diff", "--sides"]),
    "preview": (2, ["preview", "--static", "page"]),
    "diff-package": (10, ["diff", "../old.apkg", "--sides"]),
    "diff-packages": (6, ["diff", "../old.apkg", "../new.apkg", "--format", "json"]),
    "adopt": (8, ["adopt", "../old.apkg", "--by", "Front"]),
    "adopt-table": (3, ["adopt", "../old.apkg", "--table", "../table.csv", "--dry-run"]),
}


def _damage_some(rng: random.Random, files: Files, seeds: Seeds) -> Files:
    files = dict(files)
    for name in rng.sample(sorted(files), k=min(len(files), rng.choice((1, 1, 1, 2, 3)))):
        other = seeds.projects[rng.choice(sorted(seeds.projects))]
        files[name] = damage(rng, files[name], [*other.values()])
    if rng.random() < 0.03:
        moved = rng.choice(sorted(files))
        data = files.pop(moved)
        ending = moved.rpartition(".")[2]
        folder = moved.rpartition("/")[0]
        files[f"{folder}/{rng.choice(['CON', 'é', 'é', 'a b', 'x' * 200, '#', '글자'])}.{ending}"] = data
    return files


def damage(rng: random.Random, data: bytes, others: list[bytes]) -> bytes:
    """Return data with a few damages."""
    for _ in range(rng.choice((1, 1, 2, 3, 8))):
        data = rng.choice(_DAMAGES)(rng, data, others)
    return data


def _place(rng: random.Random, data: bytes) -> tuple[int, int]:
    start = rng.randint(0, len(data))
    return start, min(len(data), start + rng.choice((0, 1, 2, 8, 40, 400)))


def _insert(rng: random.Random, data: bytes, _: list[bytes]) -> bytes:
    start, end = _place(rng, data)
    end = rng.choice((start, start, end))
    return data[:start] + rng.choice(_BYTES) + data[end:]


def _cut(rng: random.Random, data: bytes, _: list[bytes]) -> bytes:
    start, end = _place(rng, data)
    return data[:start] + data[end:]


def _flip(rng: random.Random, data: bytes, _: list[bytes]) -> bytes:
    if not data:
        return data
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :]


def _splice(rng: random.Random, data: bytes, others: list[bytes]) -> bytes:
    other = rng.choice(others) if others else data
    start, end = _place(rng, data)
    return data[:start] + other[slice(*_place(rng, other))] + data[end:]


def _repeat(rng: random.Random, data: bytes, _: list[bytes]) -> bytes:
    start, end = _place(rng, data)
    piece = data[start:end] if rng.random() < 0.5 else rng.choice(_BYTES)
    times = min(rng.choice((2, 30, 1000, 20_000)), 200_000 // (len(piece) + 1))
    return data[:start] + piece * times + data[end:]


def _value(rng: random.Random, data: bytes, _: list[bytes]) -> bytes:
    """Put another value after a `key:`, or another key before one."""
    places = [*re.finditer(rb"(?<=: )[^\n,}]+", data)] if rng.random() < 0.8 else [*re.finditer(rb"\b\w+(?=:)", data)]
    if not places:
        return data
    place = rng.choice(places)
    value = rng.choice(_BYTES)
    if rng.random() < 0.4:
        value = b'"' + value.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
    return data[: place.start()] + value + data[place.end() :]


def _lines(rng: random.Random, data: bytes, _: list[bytes]) -> bytes:
    """Move, double, drop or indent lines."""
    lines = data.split(b"\n")
    at = rng.randrange(len(lines))
    what = rng.randrange(5)
    if what == 0:
        lines.insert(rng.randrange(len(lines) + 1), lines.pop(at))
    elif what == 1:
        lines.insert(at, lines[at])
    elif what == 2:
        del lines[at]
    elif what == 3:
        lines[at] = b"  " + lines[at]
    else:
        lines[at] = lines[at].lstrip()
    return b"\n".join(lines)


def _encoded(rng: random.Random, data: bytes, _: list[bytes]) -> bytes:
    text = data.decode("utf-8", "replace")
    return rng.choice(
        (
            lambda: text.encode("utf-16"),
            lambda: b"\xef\xbb\xbf" + data,
            lambda: data.replace(b"\n", b"\r\n"),
            lambda: data.replace(b"\n", b"\r"),
            lambda: text.encode("latin-1", "replace"),
            lambda: b"",
        )
    )()


_DAMAGES: list[Callable[[random.Random, bytes, list[bytes]], bytes]] = [
    *(_insert, _insert, _cut, _flip, _splice, _repeat, _value, _value, _value, _lines, _lines, _encoded),
]


def change_package(rng: random.Random, data: bytes) -> bytes:
    """Return a package with damage in its bytes, its members, its database's bytes, or its database's cells."""
    way = rng.randrange(5)
    if way == 0:
        return damage(rng, data, [])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    if way == 1:
        name = rng.choice(sorted(members))
        members[name] = damage(rng, members[name], [])
    elif way == 2:
        name = rng.choice(sorted(members))
        new = rng.choice(
            ["../../etc/passwd", "collection.anki21", "collection.anki21b", "/abs", "media", "CON", "a" * 300]
        )
        members[new] = members.pop(name) if rng.random() < 0.7 else members[name]
    else:
        members["collection.anki2"] = _change_database(rng, members["collection.anki2"])
    out = io.BytesIO()
    kind = rng.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))
    with zipfile.ZipFile(out, "w", kind) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    made = out.getvalue()
    if rng.random() < 0.1:
        # What the archive says of a member's size or checksum is not so.
        made = made.replace(zlib.crc32(members.get("media", b"")).to_bytes(4, "little"), rng.randbytes(4))
    return made


_COLUMNS = {
    "notes": ("id", "guid", "mid", "mod", "usn", "tags", "flds", "sfld", "csum", "flags", "data"),
    "cards": ("id", "nid", "did", "ord", "mod", "due", "type", "queue"),
    "col": ("models", "decks", "conf", "dconf", "tags", "mod", "crt", "ver"),
}
_CELLS: list[object] = [
    None,
    -1,
    0,
    2**63 - 1,
    -(2**63),
    1.5,
    1e308,
    b"\xff\x00",
    "",
    "x\x1fy",
    "\x1f" * 5000,
    "{}",
    "[]",
    "null",
]


def _change_database(rng: random.Random, data: bytes) -> bytes:
    connection = sqlite3.connect(":memory:")
    try:
        connection.deserialize(data)
        for _ in range(rng.choice((1, 1, 2, 5))):
            table = rng.choice([*_COLUMNS])
            column = rng.choice(_COLUMNS[table])
            value = rng.choice([*_CELLS, rng.choice(WORDS)])
            if column in ("models", "decks") and rng.random() < 0.8:
                row = connection.execute(f"SELECT {column} FROM col").fetchone()  # noqa: S608
                value = _change_json(rng, row[0] if row else "")
            which = "" if rng.random() < 0.3 else f" WHERE rowid = (SELECT min(rowid) FROM {table})"  # noqa: S608
            try:
                if rng.random() < 0.06:
                    connection.execute(rng.choice(_STATEMENTS))
                else:
                    connection.execute(f"UPDATE {table} SET {column} = ?{which}", (value,))  # noqa: S608
            except (sqlite3.Error, UnicodeError, OverflowError):
                continue
        connection.commit()
        return connection.serialize()
    except sqlite3.Error:
        return data
    finally:
        connection.close()


_STATEMENTS = [
    "DELETE FROM col",
    "DROP TABLE notes",
    "DROP TABLE cards",
    "ALTER TABLE notes RENAME TO other",
    "CREATE VIEW v AS SELECT 1",
    "INSERT INTO col SELECT 2, crt, mod, scm, ver, dty, usn, ls, conf, models, decks, dconf, tags FROM col",
    "ALTER TABLE notes DROP COLUMN tags",
    "UPDATE notes SET flds = zeroblob(1000000)",
    "UPDATE cards SET ord = 70000, due = 'x'",
]


def _change_json(rng: random.Random, text: object) -> str:
    try:
        value = json.loads(str(text))
    except (ValueError, RecursionError):
        return str(text)
    # What another change left there may be a single number.
    holder = value if isinstance(value, dict | list) else []
    for _ in range(rng.randint(0, 4)):
        inner = [
            entry
            for entry in (holder.values() if isinstance(holder, dict) else holder)
            if isinstance(entry, dict | list)
        ]
        if not inner:
            break
        holder = rng.choice(inner)
    new = rng.choice([None, -1, 1e308, "", [], {}, "x", [[]], {"a": {}}, 2**70, True, rng.choice(WORDS), "[" * 3000])
    if isinstance(holder, dict) and holder:
        key = rng.choice(sorted(holder))
        if rng.random() < 0.3:
            holder[str(new)] = holder.pop(key)
        else:
            holder[key] = new
    elif isinstance(holder, list):
        holder.append(new)
    return json.dumps(value)
