"""`{% given field %} … {% otherwise %} … {% endgiven %}`: what a card shows only when a field is filled."""

from __future__ import annotations

from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.parser import Parser


class Given(Extension):
    """Compiles to Anki's own `{{#Field}} … {{/Field}}{{^Field}} … {{/Field}}`."""

    tags = {"given"}  # noqa: RUF012 - Jinja's own shape

    def parse(self, parser: Parser) -> nodes.Node | list[nodes.Node]:
        """Return the nodes of one `given`."""
        line = next(parser.stream).lineno
        if parser.stream.current.type != "name":
            parser.fail("`given` takes the name of a field", line)
        name = nodes.Name(parser.stream.expect("name").value, "load", lineno=line)
        filled = parser.parse_statements(("name:otherwise", "name:endgiven"))
        empty: list[nodes.Node] = []
        has_otherwise = next(parser.stream).value == "otherwise"
        if has_otherwise:
            empty = parser.parse_statements(("name:endgiven",), drop_needle=True)
        out = [self._mark("#", name, line), *filled, self._mark("/", name, line)]
        if has_otherwise:
            out += [self._mark("^", name, line), *empty, self._mark("/", name, line)]
        return out

    def _mark(self, sign: str, name: nodes.Name, line: int) -> nodes.Output:
        call = self.call_method("section", [nodes.Const(sign), name], lineno=line)
        return nodes.Output([nodes.MarkSafe(call, lineno=line)], lineno=line)

    def section(self, sign: str, field: object) -> str:
        """Return the mark that opens or closes a section of a field."""
        mark = getattr(field, "section", None)
        if mark is None:
            # An undefined name says so itself when it is printed; anything else is no field.
            raise TypeError(f"`given` takes the name of a field, and `{field}` is none")
        return str(mark(sign))
