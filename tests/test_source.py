"""Holds `flashgen.read.source` against PyYAML's own loader, and its positions and words against what stands there."""

from __future__ import annotations

import contextlib
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from flashgen.diagnostics import Finding, Report
from flashgen.read.source import MAX_ALIASED, MAX_DEPTH, parse_any, parse_yaml, read_yaml
from flashgen.read.usual import UnusualError, read_usual
from flashgen.values import FORBIDDEN, LINE_BREAK, Map, Position, Seq, is_cut, nfc

ROOT = Path(__file__).parent.parent
TRICKY: Final = (
    "no", "1.10", "30:10", "2024-01-01", "0x1f", "null", "~", "<<", "=", "", " ", "- a", "a: b", "a #b", "#a", "'", '"',
    "\\", "[a]", "{a}", "&a", "*a", "!a", "|", ">", "%a", "@a", "`a`", "? a", ": a", "a:", "---", "...", "a\nb",
    "\na\n",
    "a\tb", "쿠버네티스 파드", "用語", "é", "😀", "\u2028", "\x85", "\u3000", "{{c1::a}}", "https://kubernetes.io/#a",
)  # fmt: skip
# What a YAML file is made of; most of what comes out is broken.
PIECES: Final = (
    "a", "b", "c: ", "d: ", "- ", ": ", ":", ", ", "[", "]", "{", "}", "'", '"', "\n", "\n", "\n  ", "\n    ", "  ",
    "\t", "#", " #", "&x ", "*x", "!t ", "|", ">", "|\n", "---\n", "...\n", "%", "@", "`", "? ", "\\", "\\n", "\\u12",
    "파드", "\r\n", "\x85", "<<: ",
)  # fmt: skip

texts = st.sampled_from(TRICKY) | st.text(max_size=12).filter(lambda text: not FORBIDDEN.search(text))
values = st.recursive(
    texts, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4), max_leaves=12
)
documents = st.builds(
    lambda value, style, flow, width, indent: yaml.dump(
        value,
        Dumper=yaml.CSafeDumper,
        default_style=style,
        default_flow_style=flow,
        width=width,
        indent=indent,
        allow_unicode=True,
    ),
    values,
    st.sampled_from([None, "'", '"', "|", ">"]),
    st.sampled_from([True, False, None]),
    st.sampled_from([20, 80, 1000]),
    st.sampled_from([2, 4]),
)


def parse(text: str) -> tuple[Any, bool, list[Finding]]:
    report = Report()
    value, whole = parse_yaml(text, "cards/k8s/facts.yaml", report)
    return value, whole, list(report)


def plain(value: Any) -> Any:
    """The value as PyYAML would give it: no positions, and null as its loader says it."""
    if isinstance(value, Map):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, Seq) else value


# --- Agreement


@given(documents)
def test_it_reads_what_pyyaml_reads(text: str) -> None:
    value, whole, findings = parse(text)
    assert not findings
    assert whole
    assert plain(value) == yaml.load(text, yaml.CBaseLoader)  # noqa: S506 - it makes nothing but texts


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
@example("a: &x [b]\nc: *x\n")
@example("- a\n- \n-")
@example("")
@example("# a\n")
def test_it_refuses_what_pyyaml_refuses(text: str) -> None:
    value, whole, findings = parse(text)
    assert whole or findings
    if whole:
        # Two anchors of one name are YAML, though not to PyYAML; aliases then mean the later one.
        with contextlib.nullcontext() if text.count("&x") < 2 else contextlib.suppress(yaml.composer.ComposerError):
            expected = yaml.load(text, yaml.CBaseLoader)  # noqa: S506
            assert findings or plain(value) == expected
    lines = LINE_BREAK.split(text)
    for finding in findings:
        assert 1 <= finding.span.line <= len(lines)
        assert 1 <= finding.span.column <= len(lines[finding.span.line - 1]) + 1
        assert "not YAML" not in finding.message
        assert finding.hint


# --- Positions


@given(documents | st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
@example("a: {b: [c, d]}\n")
@example('a: "\\u00e9\\u0301 \\x41" # b\nc: "\\\\"\n파드: |\n  a\n\n  b\n')
@example("- - - a\n")
@example("")
@example("---\n")
@example("R&D: [AT&T, wow!]\n")
def test_usual_files_are_read_as_all_are(text: str) -> None:
    try:
        value = read_usual(text)
    except UnusualError:
        return
    report = Report()
    whole, is_whole = parse_any(text, "cards/k8s/facts.yaml", report)
    assert (list(report), is_whole) == ([], True)
    assert standing(value) == standing(whole)


def standing(value: Any) -> Any:
    """Return a value with all that it says of where it stands."""
    if isinstance(value, Map):
        entries = [(key, value.keys_at[key], value.values_at[key], standing(item)) for key, item in value.items()]
        return "map", value.at, entries
    if isinstance(value, Seq):
        return "seq", value.at, [*zip(value.values_at, map(standing, value), strict=True)]
    return value


@pytest.mark.parametrize(
    "text",
    [
        "a: &x b\n",
        "- *x\n",
        "a: !t b\n",
        "a: ! b\n",
        "{a: 1, a: 2}\n",
        "? [a]\n: b\n",
        "a\n---\nb\n",
        "[",
        '"\\0"',
        "- " * 20 + "a",
    ],
)
def test_what_may_have_to_be_told_makes_a_file_unusual(text: str) -> None:
    with pytest.raises(UnusualError):
        read_usual(text)


@pytest.mark.parametrize("file", sorted(ROOT.glob("templates/*/*.yaml")) + sorted(ROOT.glob("cards/*/*.yaml")), ids=str)
def test_the_files_that_ship_are_usual(file: Path) -> None:
    read_usual(file.read_text(encoding="utf-8"))


def cut_out(text: str, at: Position) -> str:
    lines = text.split("\n")
    if at[0] == at[2]:
        return lines[at[0]][at[1] : at[3]]
    return "\n".join([lines[at[0]][at[1] :], *lines[at[0] + 1 : at[2]], lines[at[2]][: at[3]]])


def scalars(value: Any) -> Iterator[tuple[str, Position]]:
    if isinstance(value, Map):
        yield from value.keys_at.items()
        items = [(item, value.values_at[key]) for key, item in value.items()]
    else:
        items = list(zip(value, value.values_at, strict=True))
    for item, at in items:
        if isinstance(item, str):
            yield item, at
        else:
            assert at[:2] == item.at[:2]
            assert not is_cut(item)
            yield from scalars(item)


@given(
    st.builds(
        lambda value, style, flow: yaml.dump(
            value, Dumper=yaml.CSafeDumper, default_style=style, default_flow_style=flow, width=1000, allow_unicode=True
        ),
        st.lists(values, min_size=1, max_size=4) | st.dictionaries(texts, values, min_size=1, max_size=4),
        st.sampled_from([None, "'", '"']),
        st.sampled_from([True, False]),
    )
)
def test_what_stands_at_a_position_is_the_value(text: str) -> None:
    text = nfc(text)  # as every file is, once read
    value, whole, findings = parse(text)
    # Aliases stand elsewhere; a tag belongs to its value's position.
    if findings or "&id" in text or LINE_BREAK.sub("\n", text) != text:
        return
    assert whole
    for scalar, at in scalars(value):
        assert nfc(yaml.load(cut_out(text, at), yaml.CBaseLoader) or "") == scalar  # noqa: S506


def test_positions_count_characters() -> None:
    text = (
        "이름: {ko: 쿠버네티스, en: Kubernetes}\nfacts:\n  - id: pod\n    front: '파드란?'\n    back: |\n      단위\n"
    )
    value, _, findings = parse(text)
    assert not findings
    assert value.keys_at == {"이름": (0, 0, 0, 2), "facts": (1, 0, 1, 5)}
    assert value["이름"].keys_at == {"ko": (0, 5, 0, 7), "en": (0, 16, 0, 18)}
    assert value["이름"].values_at == {"ko": (0, 9, 0, 14), "en": (0, 20, 0, 30)}
    assert value["이름"].at == (0, 4, 0, 31)
    fact = value["facts"][0]
    assert fact.keys_at == {"id": (2, 4, 2, 6), "front": (3, 4, 3, 9), "back": (4, 4, 4, 8)}
    assert fact.values_at["front"] == (3, 11, 3, 17)
    assert fact.values_at["back"][:2] == (4, 10)


@pytest.mark.parametrize("break_", ["\n", "\r\n", "\r", "\x85", "\u2028"])
def test_every_line_break_of_yaml_counts(break_: str) -> None:
    value, _, _ = parse(f"a: b{break_}c: d{break_}")
    assert value.keys_at == {"a": (0, 0, 0, 1), "c": (1, 0, 1, 1)}
    _, _, [finding] = parse(f"a: b{break_}c: \x07{break_}")
    assert (finding.span.line, finding.span.column) == (2, 4)
    _, _, [finding] = parse(f"a: b{break_}c: @{break_}")
    assert (finding.span.line, finding.span.column) == (2, 4)


# --- Words

START: Final = "kind: basic\nfacts:\n  - id: pod\n"
INDENT: Final = "this line does not fit the indentation above it"
GOES_ON: Final = "the text goes on after its closing quote"
KEYLESS: Final = "a key without `:`"
SPACELESS: Final = "a space is missing after this `:`"
QUOTE: Final = "a quote is never closed"
FALSE_ESCAPE: Final = "this `\\` starts no escape that YAML knows"
TAB: Final = "a tab in the indentation"
TAGGED: Final = "reads as a tag, which means nothing here; every value is text"
PART_OF_TEXT: Final = "this line reads as part of the text above it, which cannot hold a `: `"

BAD: Final = [
    # Tabs
    ("facts:\n\t- id: pod\n", TAB, 2, 1),
    (f"{START}\t  front: x\n", TAB, 4, 1),
    (f"{START} \tfront: x\n", TAB, 4, 2),
    ("facts:\n  -\tid: pod\n    front: x\n", TAB, 2, 4),
    (f"{START}    front: |\n\t  x\n", TAB, 5, 1),
    # Indentation
    (f"{START}      front: x\n", PART_OF_TEXT, 4, 7),
    (f"{START}    front: x\n      back: y\n", PART_OF_TEXT, 5, 7),
    (f"{START}   front: x\n", "this line does not fit the list above it", 4, 4),
    (f"{START} - id: node\n", INDENT, 4, 2),
    (f"{START}    front: x\n    - id: node\n", INDENT, 5, 5),
    (f"{START}    front: |\n    x\n    back: y\n", "the text under `|` or `>` must stand deeper than its key", 5, 5),
    # Quotes
    (f'{START}    front: "파드란?\n    back: y\n', QUOTE, 4, 12),
    (f"{START}    front: 'x\n", QUOTE, 4, 12),
    (f'{START}    front: "x\n    back: y\n    why: "z"\n', QUOTE, 4, 12),
    (f"{START}    front: 'it's x'\n", GOES_ON, 4, 16),
    (f'{START}    front: "쿠버네티스의 "파드"란?"\n', GOES_ON, 4, 21),
    (f'{START}    front: "pod" is what?\n', GOES_ON, 4, 18),
    (f'{START}    front: "C:\\path"\n', FALSE_ESCAPE, 4, 15),
    (f'{START}    front: "\\xZZ"\n', FALSE_ESCAPE, 4, 15),
    (
        f'{START}    front: "\\ud83d\\ude00"\n',
        "this escape names half a character, which cannot stand in a text",
        4,
        15,
    ),
    # Colons
    (f"{START}    front: 파드: 무엇인가?\n", "a `: ` inside a text reads as a key", 4, 14),
    (f"{START}    front:x\n    back: y\n", SPACELESS, 4, 10),
    ("facts:\n  - id:pod\n    back: y\n", SPACELESS, 2, 7),
    (f"{START}    front x\n    back: y\n", KEYLESS, 4, 5),
    ("facts\n  - id: pod\n", KEYLESS, 1, 1),
    (f"{START}nothing\n", KEYLESS, 4, 1),
    (f"{START}    front: two\n    lines\n    back: y\n", KEYLESS, 5, 5),
    ("kind: basic\n: x\n", "there is no key before this `:`", 2, 1),
    # Brackets
    ("tags: [a, b\nfacts:\n  - id: pod\n", "a `[` is never closed", 1, 7),
    ("tags: [a, b", "a `[` is never closed", 1, 7),
    ("tags: [a, [b], {c: d", "a `{` is never closed", 1, 16),
    ("facts: [\n", "a `[` is never closed", 1, 8),
    (f"{START}    front: {{ko: x, en: y\n    back: z\n", "a `{` is never closed", 4, 12),
    ("tags: [a, b}\n", "this does not fit between `[` and its end", 1, 12),
    ('name: {ko: 쿠버네티스 입문, en: "a" b}\n', "this does not fit between `{` and its end", 1, 30),
    ("tags: [a, , b]\n", "a value is missing before this `,`", 1, 11),
    ("tags: ]\n", "a value is missing before this `]`", 1, 7),
    (f"{START}    front: [x] is what?\n", "text goes on after this `]`", 4, 14),
    (f"{START}    text: {{{{c1::파드}}}}는\n", "a value cannot start with `{{`", 4, 11),
    ("[a, b]: x\n", "a key must be plain text", 1, 1),
    ("? [a]\n: x\n", "a key must be plain text", 1, 3),
    # Signs
    *((f"{START}    front: {sign}x y\n", f"a value cannot start with `{sign}`", 4, 12) for sign in "@%"),
    (f"{START}    front: `x` y\n", "a value cannot start with a backtick", 4, 12),
    (f"{START}    front: *bold* x\n", "a value cannot start with `*`", 4, 12),
    (f"{START}    front: **굵게**\n", "a value cannot start with `*`", 4, 12),
    (f"{START}    front: & x\n", "a value cannot start with `&`", 4, 12),
    (f"{START}    front: !! x\n", "a value cannot start with `!`", 4, 12),
    (f"{START}    front: !a!b x\n", "a value cannot start with `!`", 4, 12),
    (f"{START}    front: ? x\n", "a value cannot start with `? `", 4, 12),
    (f"{START}    front: - x\n", "a `- ` stands where no list can", 4, 12),
    (f"{START}    front: > x\n", "text cannot follow `>` on its line", 4, 12),
    (f"{START}    front: |x\n", "text cannot follow `|` on its line", 4, 12),
    ("%x\nkind: basic\n", "a line cannot start with `%`", 1, 1),
    # Documents
    ("kind: basic\n---\nkind: cloze\n", "a second document starts here", 2, 1),
    ("kind: basic\n...\nkind: cloze\n", "the file goes on after its value has ended", 3, 1),
    ("- id: pod\nkind: basic\n", "this line does not fit the list above it", 2, 1),
    ("%YAML 3.0\n---\na: b\n", "this version of YAML is not read", 1, 1),
    # Aliases, tags, keys
    ("a: *x\n", "`*x` has no `&x` before it", 1, 4),
    ("a: &x [b, *x]\n", "`*x` stands inside what it names", 1, 11),
    ("a: &x b\n*x : c\n", "an alias cannot be a key", 2, 1),
    ("a: !!python/name:os.system x\n", f"`!!python/name:os.system` {TAGGED}", 1, 4),
    ("a: ! x\n", f"`!` {TAGGED}", 1, 4),
    ("a: b\n\nb: c\na: d\n", "`a` stands here a second time", 4, 1),
    # Characters
    ("a: 파드\x1f\n", "the character U+001F cannot stand on a card", 1, 6),
    ('a: "파드\\x1f \\\\x1f"\n', "the character U+001F cannot stand on a card", 1, 7),
    ('a: "b\n  c\\0"\n', "the character U+0000 cannot stand on a card", 2, 4),
    ("a: b\n\ufeffc: d\n", "the character U+FEFF cannot stand on a card", 2, 1),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message", "line", "column"), BAD)
def test_the_words_and_the_place_of_a_fault(text: str, message: str, line: int, column: int) -> None:
    _, _, [finding] = parse(text)
    assert (finding.message, finding.span.line, finding.span.column) == (message, line, column)
    assert finding.hint


# --- Limits


def test_what_stood_before_a_fault_is_kept_and_cut() -> None:
    value, whole, _ = parse("kind: basic\nfacts:\n  - id: pod\n    front: x\n  - id: node\n    front: @\n")
    assert not whole
    assert plain(value) == {"kind": "basic", "facts": [{"id": "pod", "front": "x"}, {"id": "node"}]}
    assert [is_cut(value), is_cut(value["facts"]), *map(is_cut, value["facts"])] == [True, True, False, True]


def test_an_empty_item_at_the_end_of_a_file_is_not_cut() -> None:
    value, whole, findings = parse("facts:\n-")
    assert (whole, findings, is_cut(value["facts"])) == (True, [], False)


def test_aliases_may_repeat_so_many_values() -> None:
    items = ", ".join("x" for _ in range(99))  # 100 values with the list itself
    start = f"a: &a [{items}]\nb: ["
    assert parse(start + ", ".join(["*a"] * (MAX_ALIASED // 100)) + "]\n")[2] == []
    _, whole, [finding] = parse(start + ", ".join(["*a"] * (MAX_ALIASED // 100 + 1)) + "]\n")
    assert (whole, finding.message) == (False, "aliases repeat more than 10,000 values")


def test_a_bomb_is_refused_before_it_is_built() -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 40)]
    _, whole, [finding] = parse("\n".join(lines))
    assert (whole, finding.rule.name) == (False, "yaml-alias")


def test_nesting_has_a_limit() -> None:
    assert parse("[" * MAX_DEPTH + "]" * MAX_DEPTH)[2] == []
    _, whole, [finding] = parse("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1))
    assert (whole, finding.message, finding.span.column) == (False, "nested more than 32 deep", MAX_DEPTH + 1)


def test_text_is_brought_to_nfc(tmp_path: Path) -> None:
    file = tmp_path / "facts.yaml"
    file.write_text("\ufeffname: " + unicodedata.normalize("NFD", "파드 é"), encoding="utf-8")
    report = Report()
    assert read_yaml(file, "facts.yaml", report) == ({"name": "파드 é"}, True)
    assert not len(report)


def test_a_file_that_cannot_be_read_is_a_finding(tmp_path: Path) -> None:
    report = Report()
    assert read_yaml(tmp_path, "cards/k8s/facts.yaml", report) == (None, False)
    [finding] = report
    assert (finding.rule.name, finding.span.path) == ("unreadable-file", "cards/k8s/facts.yaml")
