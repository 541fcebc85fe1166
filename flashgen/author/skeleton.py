"""A fact to be filled in: what its kind wants of it, each line with what it is for."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from flashgen.model import Kind
from flashgen.read.kind_words import COMMON
from flashgen.schema import Property, Type
from flashgen.values import Map, Seq

_BY_LANGUAGE = frozenset({Type.TEXT, Type.MARKDOWN, Type.CLOZE, Type.HTML})
# How long a line may be, where a remark could be cut for it.
_WIDTH = 110


class _Line(Struct, frozen=True):
    """A line of YAML, and what it is for."""

    code: str
    remark: str = ""


def skeleton(kind: Kind, name: str, languages: Sequence[str], example: Map | None, *, with_kind: bool) -> list[str]:
    """Return the lines of a fact of a kind, as an item of a list at the left margin, ready to be filled in.

    What it needs stands there without a value, and what it may have in comments. Remarks say what each is, and what the
    kind's example has there. `languages` are those that texts differ by, if any.
    """
    lines = [_Line(f"- id: {name}")]
    if with_kind:
        lines.append(_Line(f"  kind: {kind.name}"))
    own = {prop: kind.properties[prop] for prop in kind.own}
    lines += _properties(own, languages, example or Map(), "  ")
    lines.append(_Line("  # context:", _remark(COMMON["context"], (example or Map()).get("context"))))
    column = min(max((len(line.code) for line in lines if line.remark), default=0), 24)
    return [_shown(line, column) for line in lines]


def _shown(line: _Line, column: int) -> str:
    if not line.remark:
        return line.code
    start = f"{line.code:<{column}}   # "
    return start + textwrap.shorten(line.remark, _WIDTH - len(start), placeholder=" …")


def _properties(
    properties: Mapping[str, Property], languages: Sequence[str], example: Map, indent: str
) -> Iterator[_Line]:
    for wanted in (True, False):
        for known in properties.values():
            if known.name in ("id", "formerly") or known.required is not wanted:
                continue
            shown = example.get(known.name)
            if not wanted:
                yield _Line(f"{indent}# {known.name}:", _remark(known, shown))
                continue
            yield _Line(f"{indent}{known.name}:", _remark(known, shown))
            if known.type in _BY_LANGUAGE and len(languages) > 1:
                yield from (_Line(f"{indent}  {language}:") for language in languages)
            elif known.type is Type.LIST:
                first = shown[0] if isinstance(shown, Seq) and shown and isinstance(shown[0], Map) else Map()
                for number in range(max(known.minimum, 1)):
                    about = _remark(known.items["id"], first.get("id")) if number == 0 else ""
                    yield _Line(f"{indent}  - id:", about)
                    # The remarks stand at the first item only.
                    for line in _properties(known.items, languages, first, f"{indent}    "):
                        if number == 0 or not line.code.lstrip().startswith("#"):
                            yield line if number == 0 else _Line(line.code)


def _remark(known: Property, shown: object) -> str:
    """Return what a property is for, and what it can be, in a line."""
    about = known.about.rstrip(".")
    if known.type is Type.CHOICE:
        about += f": {' or '.join(known.choices)}"
    if isinstance(shown, str) and known.type is not Type.BOOLEAN:
        about += f", such as: {shown}"
    return about.removeprefix(", ").replace("\n", " ")
