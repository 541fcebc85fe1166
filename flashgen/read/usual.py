"""YAML text → plain values that remember where they stood, for the usual file, in two thirds of the time.

libyaml composes its nodes without Python. They do not tell of all that flashgen refuses or has more to say about: such
a file, and one that is no YAML, is left to `source`.
"""

from __future__ import annotations

import re
from typing import Any

import yaml
from yaml._yaml import CParser

from flashgen.values import Map, Seq, Value, holds_forbidden, nfc

# Characters. The nodes of a text take some two hundred bytes for each, at the worst.
_LONGEST = 1_000_000
# Deeper than any file of flashgen's, and far from what `source` refuses.
_DEEPEST = 16
# Where a tag or an anchor could stand, and where it cannot but looks like it.
_MARK = re.compile(r"[&!](?<![^\s\[{,:?-].)")


class UnusualError(Exception):
    """The text is one for `source`."""


def read_usual(text: str) -> Value | None:
    """Return the value of a YAML text, as `source` does. Raises UnusualError."""
    if len(text) > _LONGEST or (("&" in text or "!" in text) and _MARK.search(text)):
        raise UnusualError
    try:
        node = _Composer(text).get_single_node()
    except yaml.YAMLError as error:
        raise UnusualError from error
    return None if node is None else _Builder(text).value(node, 0)


class _Composer(CParser):
    """Composes nodes, and leaves them without types."""

    def resolve(self, _kind: Any, _value: Any, _implicit: Any) -> None:
        """Ask for no type."""

    def descend_resolver(self, _parent: Any, _index: Any) -> None:
        """Ask for no type."""

    def ascend_resolver(self) -> None:
        """Ask for no type."""


class _Builder:
    def __init__(self, text: str) -> None:
        self.text = text
        self.has_escapes = "\\" in text

    def value(self, node: Any, depth: int) -> Value:
        """Return what a node holds."""
        if type(node) is yaml.ScalarNode:
            return self._scalar(node)
        if depth == _DEEPEST:
            raise UnusualError
        value = self._map(node, depth + 1) if type(node) is yaml.MappingNode else self._seq(node, depth + 1)
        start, end = node.start_mark, node.end_mark
        value.at = start.line, start.column, end.line, end.column
        return value

    def _map(self, node: Any, depth: int) -> Map:
        value = Map()
        keys_at, values_at = value.keys_at, value.values_at
        scalar, has_escapes = yaml.ScalarNode, self.has_escapes
        for key_node, item in node.value:
            if type(key_node) is not scalar:
                raise UnusualError
            key = self._scalar(key_node) if has_escapes else key_node.value
            if key in keys_at:
                raise UnusualError
            start, end = key_node.start_mark, key_node.end_mark
            keys_at[key] = start.line, start.column, end.line, end.column
            start = item.start_mark
            if type(item) is scalar:
                end = item.end_mark
                values_at[key] = start.line, start.column, end.line, end.column
                value[key] = self._scalar(item) if has_escapes else item.value
            else:
                values_at[key] = start.line, start.column, start.line, start.column + 1
                value[key] = self.value(item, depth)
        return value

    def _seq(self, node: Any, depth: int) -> Seq:
        value = Seq()
        for item in node.value:
            start = item.start_mark
            if type(item) is yaml.ScalarNode:
                end = item.end_mark
                value.values_at.append((start.line, start.column, end.line, end.column))
                value.append(self._scalar(item))
            else:
                value.values_at.append((start.line, start.column, start.line, start.column + 1))
                value.append(self.value(item, depth))
        return value

    def _scalar(self, node: Any) -> str:
        value: str = node.value
        # Only between these quotes can an escape make what the file does not hold.
        if node.style == '"' and self.text.find("\\", node.start_mark.index, node.end_mark.index) >= 0:
            if holds_forbidden(value):
                raise UnusualError
            value = nfc(value)
        return value
