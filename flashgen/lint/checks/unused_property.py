"""FG408: a property that authors may fill in, and no field reads."""

from __future__ import annotations

from collections.abc import Iterator

from jinja2 import Environment, TemplateSyntaxError, nodes

from flashgen import rules
from flashgen.lint.check import Found, Limits, Whole, WholeCheck
from flashgen.lint.sources import find, is_own, text_of
from flashgen.model import Kind
from flashgen.read.project import shown
from flashgen.render.given import Given
from flashgen.schema import Type

# What `gap(item)` reads by itself.
_OF_GAPS = {"text", "hint"}
# Every item has them.
_OF_ITEMS = {"id", "formerly"}
_ELSEWHERE = (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)


def _judge(whole: Whole, _: Limits) -> Iterator[Found]:
    for kind in whole.kinds:
        if kind.companion or not is_own(kind, whole.project):
            continue
        # A drawing reads the labels and regions beside it.
        if any(kind.properties[name].type is Type.DRAWING for name in kind.own):
            continue
        used = _used(kind)
        if used is not None:
            path = shown(kind.folder / "kind.yaml", whole.project.root)
            text = text_of(kind.folder / "kind.yaml")
            for name, message in _unused(kind, used):
                pattern = rf"""(?:^|[{{,])[ ]*["']?(?P<word>{name})["']?:"""
                yield Found(find(pattern, text, path), message, "print it in a file under `fields/`, or delete it")


def _used(kind: Kind) -> set[str] | None:
    """Return the names that a kind's fields read, or None where some may be read in files beside them."""
    used: set[str] = set()
    environment = Environment(extensions=[Given], autoescape=True)
    for one in kind.with_companions:
        each, gaps = one.each, one.gaps
        used |= {each.items, each.having or ""} if each else set()
        used |= {gaps} if gaps else set()
        for spec in one.fields:
            used.add(spec.source.removeprefix("part."))
            if spec.is_template:
                try:
                    tree = environment.parse(text_of(kind.folder / spec.source))
                except (TemplateSyntaxError, RecursionError, ValueError):
                    # Told by the renderer. Python reads no number of thousands of digits.
                    return None
                if next(tree.find_all(_ELSEWHERE), None) is not None:
                    return None
                used |= _read(tree)
    used |= {prop.keys for name in kind.own if (prop := kind.properties[name]).keys}
    return used


def _read(tree: nodes.Template) -> set[str]:
    used = {node.name for node in tree.find_all(nodes.Name)}
    used |= {node.attr for node in tree.find_all(nodes.Getattr)}
    used |= {node.value for node in tree.find_all(nodes.Const) if isinstance(node.value, str)}
    return used | (_OF_GAPS if "gap" in used else set())


def _unused(kind: Kind, used: set[str]) -> Iterator[tuple[str, str]]:
    for name in kind.own:
        prop = kind.properties[name]
        if name not in used:
            yield name, f"no field of the kind `{kind.name}` reads the property `{name}`"
            continue
        for item in prop.items:
            if item not in used and item not in _OF_ITEMS:
                yield item, f"no field of the kind `{kind.name}` reads `{item}` of its `{name}`"


CHECK = WholeCheck(rules.UNUSED_PROPERTY, _judge)
