"""What the fuzzer starts from: small whole projects, files by their paths, and packages built from them."""

from __future__ import annotations

import shutil
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

TESTS: Final = Path(__file__).parents[1]
ROOT: Final = TESTS.parent
sys.path.insert(0, str(TESTS))

import media_files  # noqa: E402 - a module of the tests

Files = dict[str, bytes]

# A project of every part that a kind can have, so that all of them are changed.
_OWN_KIND: Final[Files] = {
    "templates/term/kind.yaml": b"""about: A term.
facts:
  term: {type: text, required: true, max: 60, about: The term}
  kind_of: {type: choice, of: [one, other]}
  sure: {type: boolean}
  count: {type: number, max: 9}
  shows: {type: picture}
  parts: {type: list, min: 1, max: 5, items: {text: {type: markdown, required: true}, hint: {type: text}}}
  words: {type: texts}
  notes: {type: map, keys: parts}
each: {in: parts, having: text}
fields:
  Term: term
  Part: part.text
  Parts: fields/parts.html.j2
  Shows: {from: shows, formerly: [Picture]}
  Source: source
cards:
  - {id: part, formerly: [piece]}
companions:
  other:
    fields: {Term: term, Choice: kind_of, Source: source}
    cards: [choice]
""",
    "templates/term/part.html.j2": b"""{% extends "_layout/card.html.j2" %}
{% block prompt %}{{ say("ask", term=term) }}{{ part }}
  {% given shows %}{{ shows }}{% otherwise %}-{% endgiven %}{% endblock %}
{% block answer %}{{ parts | speak }}{% endblock %}
""",
    "templates/term/choice.html.j2": b"""{% extends "_layout/card.html.j2" %}
{% block prompt %}{{ term }}{% endblock %}
{% block answer %}{{ choice }}{% endblock %}
""",
    "templates/term/fields/parts.html.j2": b"""{% for item in parts %}
<p{% if item.id == part.id %} class="here"{% endif %}>{{ loop.index }} {{ item.text }} {{ notes.get(item.id, "") }}</p>
{% endfor %}{% if count and count > 3 %}{{ words | length }}{% endif %}{{ term | upper | replace("A", "B") }}
""",
    "templates/term/labels/en.yaml": b"""title: Term
cards: {part: Term and part}
ask: "What is **{term}**?"
kind_of: {one: the one, other: the other}
companions: {other: Other}
cards.choice: Choice
""",
    "templates/term/style.css": b"""@media (min-width: 30em) { .fg-term { background: url(dot.png) } }
.fg-term { --fg-mark: url("data:image/svg+xml,%3Csvg/%3E"); }
@font-face { font-family: Own; src: url('dot.png?#x') }
""",
    "templates/term/dot.png": media_files.png("dot"),
    "templates/_theme/tokens.css": b":root { --fg-accent: #123456 }\n",
    "templates/_labels/en.yaml": b"more: More\n",
    "cards/terms/deck.yaml": b"""uid: 5f1c6a0e9b7d4c21
name: Terms
languages: [en]
licence: CC-BY-4.0
description: "**Terms** of [a trade](https://example.org/)"
repository: https://example.org/terms
speech: {en: en_US}
retired: [gone]
""",
    "flashgen.toml": b"""[lint]
select = ["ALL"]
ignore = ["untranslated-extra"]
per-kind-ignore = {term = ["long-answer"]}
[lint.long-answer]
words = 30
""",
    "cards/terms/outline.yaml": b"- {id: first, says: A pod is small}\n",
    "cards/terms/facts.yaml": b"""kind: term
tags: [a::b]
source: https://example.org/
facts:
  - id: pod
    term: Pod
    kind_of: one
    sure: true
    count: 4
    shows: {file: pod.png, alt: a pod}
    parts:
      - {id: a, text: "One *thing* `code` \\\\(x^2\\\\)", hint: h}
      - {id: b, text: Two}
    words: {x: y}
    notes: {a: note, b: other}
    context: Of a container
    covers: [first]
    see: [node]
    formerly: [container]
  - id: node
    term: Node
    parts: [{id: a, text: Some}]
""",
    "cards/terms/media/pod.png": media_files.png("pod"),
    "cards/terms/media/credits.yaml": b"pod.png: {author: A. Hand, licence: CC-BY-4.0, source: 'https://example.org'}\n",
}
_MARKUP: Final[Files] = {
    "cards/texts/deck.yaml": b"uid: u\nname: Texts\n",
    "cards/texts/facts.yaml": """kind: basic
facts:
  - id: code
    front: |
      # Title

      | a | b |
      |---|:-:|
      | `x` | **y** |

      ```python
      def f(): return {"a": [1, 2]}  # {{c1::x}}
      ```

      1. one
         - two <kbd>K</kbd> <ruby>漢<rt>kan</rt></ruby>
      > quote ![a dot](dot.png) [link](https://example.org "t") <https://example.org>
    back: '\\[ \\frac{a}{b} \\] and \\(x\\) &amp; **(선택)**은'
    reverse: true
  - id: gaps
    kind: cloze
    text: |
      {{c1::a `}}` b::hint}} and {{c2::{{c3::nested}} \\(a_{b}\\)}}

      ```yaml
      key: {{c4::value}}
      ```
  - id: film
    front: "![](move.mp4)"
    back: "![](hello.mp3)"
""".encode(),
    "cards/texts/media/dot.png": media_files.png(),
    "cards/texts/media/move.mp4": media_files.mp4(),
    "cards/texts/media/hello.mp3": media_files.MP3,
}
_DRAWING: Final[Files] = {
    "cards/draw/deck.yaml": b"uid: d\nname: Drawing\n",
    "cards/draw/facts.yaml": b"""kind: diagram
facts:
  - id: cluster
    title: Cluster
    picture: pod.svg
    alt: boxes
    labels: {caption: Plane}
    regions:
      - {id: box, answer: Box, question: What is this?}
      - {id: round, answer: Round}
  - {id: shown, kind: basic, front: "![a drawing](pod.svg)", back: b}
""",
    "cards/draw/media/pod.svg": b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 48">
  <style>.a { fill: #fff }</style>
  <defs><linearGradient id="g"><stop offset="0" stop-color="red"/></linearGradient>
    <path id="p" d="M0 0 C 1 2 3 4 5 6 z"/></defs>
  <g transform="translate(1 2) rotate(5)">
    <rect id="box" class="a" x="2" y="2" width="20" height="9" fill="url(#g)"/></g>
  <circle id="round" cx="40" cy="20" r="5" stroke="black" stroke-width="2"/>
  <use href="#p" x="3"/><text id="caption" x="5" y="30" font-size="6">Pl<tspan dy="1">ane</tspan></text>
</svg>
""",
}


@dataclass(frozen=True)
class Seeds:
    """Projects by their names, packages, and all single files, to splice from."""

    projects: dict[str, Files]
    packages: dict[str, bytes]


def read(folder: Path) -> Files:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def write(root: Path, files: Files) -> None:
    for name, data in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)


def _shipped() -> dict[str, Files]:
    """The shipped deck in pieces: a file of facts a project, the pictures that it names, and its lock."""
    deck = ROOT / "cards/kubernetes"
    common = {f"cards/kubernetes/{name}": (deck / name).read_bytes() for name in ("deck.yaml", "deck.lock.jsonl")}
    pieces = {}
    for file in sorted(deck.glob("[0-9]*.yaml")):
        text = file.read_bytes()
        # A diagram takes a second to draw; `_DRAWING` has a small one.
        if b"kind: diagram" not in text and len(text) < 12_000:
            pieces[f"shipped/{file.stem}"] = {**common, f"cards/kubernetes/{file.name}": text}
    return pieces


def _small(files: Files) -> bool:
    return sum(map(len, files.values())) < 60_000 and not any(b"kind: diagram" in data for data in files.values())


@cache
def seeds() -> Seeds:
    """Return what to start from. Good projects come with their locks, as a build leaves them."""
    from flashgen.pipeline import build

    projects = {f"good/{path.name}": read(path) for path in sorted((TESTS / "projects").iterdir())}
    projects |= {"own-kind": _OWN_KIND, "markup": _MARKUP, "drawing": _DRAWING}
    projects |= {f"broken/{path.name}": read(path) for path in sorted((TESTS / "broken").iterdir()) if path.is_dir()}
    projects = {name: files for name, files in projects.items() if name == "drawing" or _small(files)} | _shipped()
    packages = {}
    for name, files in projects.items():
        if name.startswith(("broken/", "shipped/", "drawing")):
            continue
        folder = Path(tempfile.mkdtemp(prefix="flashgen-seed-"))
        try:
            write(folder, files)
            report, built = build(folder, 1_700_000_000)
            assert not report.failed, (name, list(report))
            projects[name] = read(folder)
            packages |= {entry.file.name: entry.file.read_bytes() for entry in built}
        finally:
            shutil.rmtree(folder)
    return Seeds(projects, packages)
