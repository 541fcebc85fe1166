"""`flashgen kinds`: what facts can be of, and what each kind holds."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path

from flashgen.author.kinds import all_kinds, example_of, find_kind, holds, titles
from flashgen.commands.findings import Findings
from flashgen.diagnostics import Report
from flashgen.model import Kind
from flashgen.read.kind_words import COMMON
from flashgen.read.project import shown
from flashgen.schema import Property, Type
from flashgen.values import Map, Seq

_WIDTH = 100


def run(root: Path | None, name: str | None, findings: Findings) -> int:
    """Show all kinds, or one in full, and return the exit code. `root` is None where there is no project."""
    report = Report()
    kinds = all_kinds(root, report)
    if name is not None:
        print("\n".join(_in_full(find_kind(kinds, name), root)))
        return 0
    for kind in kinds.values():
        print("\n".join(_in_short(kind)))
    wanted = [f"`{name}`" for name, known in COMMON.items() if not known.required and name != "kind"]
    print("\n".join(_wrapped(f"Every fact has an `id` as well, and may have {', '.join(wanted)}.", "")))
    print("`flashgen kinds NAME` shows one in full; `flashgen new NAME ID` starts a fact of it.")
    if root is not None:
        findings.show(report, root)
    return 1 if report.failed else 0


def _in_short(kind: Kind) -> Iterator[str]:
    yield f"{kind.name}: {kind.about}" if kind.about else kind.name
    own = [kind.properties[name] for name in kind.own]
    needed, others = ([known.name for known in own if known.required is wanted] for wanted in (True, False))
    holds = ", ".join(needed) + (f"; may have {', '.join(others)}" if others else "")
    yield from _wrapped(holds, "  ")
    example = example_of(kind)
    if example is not None:
        yield "  " + textwrap.shorten(f"for example {_said(example.facts[0], kind)}", _WIDTH, placeholder=" …")
    yield ""


def _said(fact: Map, kind: Kind) -> str:
    """Return what an example says, on one line."""
    return " · ".join(f"{name}: {_flat(fact[name])}" for name in kind.own if name in fact)


def _flat(value: object) -> str:
    if isinstance(value, Seq):
        return "; ".join(map(_flat, value))
    if isinstance(value, Map):
        return ", ".join(_flat(entry) for name, entry in value.items() if name != "id")
    return str(value)


def _in_full(kind: Kind, root: Path | None) -> Iterator[str]:
    yield f"{kind.name}: {kind.about}" if kind.about else kind.name
    yield (
        f"  defined in {shown(kind.folder, root or kind.folder.parent)}/kind.yaml" if root else "  comes with flashgen"
    )
    yield ""
    yield "A fact holds:"
    own = {name: kind.properties[name] for name in kind.own}
    yield from _table({"id": COMMON["id"], **own}, "  ")
    yield "and, like every fact, if wanted:"
    yield from _table({name: known for name, known in COMMON.items() if name not in ("id", "kind")}, "  ")
    cards = [title for one in kind.with_companions for title in titles(one)]
    yield ""
    yield from _wrapped(f"Its cards: {'; '.join(cards)}.", "")
    example = example_of(kind)
    if example is not None:
        yield ""
        yield "For example:"
        yield ""
        yield example.text.rstrip("\n")


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)


def _table(properties: Mapping[str, Property], indent: str) -> Iterator[str]:
    rows = list(_rows(properties, indent))
    first, second = (max(len(row[column]) for row in rows) for column in (0, 1))
    for name, takes, about in rows:
        start = f"{name:<{first}}  {takes:<{second}}  "
        lines = textwrap.wrap(about, max(_WIDTH - len(start), 30)) or [""]
        yield (start + lines[0]).rstrip()
        for line in lines[1:]:
            yield " " * len(start) + line


def _rows(properties: Mapping[str, Property], indent: str) -> Iterator[tuple[str, str, str]]:
    for known in properties.values():
        yield indent + known.name, holds(known), known.about
        if known.type is Type.LIST:
            yield from _rows(known.items, f"{indent}  ")
