"""FG414: a template that prints text as if it were HTML."""

from __future__ import annotations

from collections.abc import Iterator

from jinja2 import Environment, TemplateSyntaxError, nodes

from flashgen import rules
from flashgen.diagnostics import Span
from flashgen.lint.check import Found, Limits, Whole, WholeCheck
from flashgen.lint.sources import own_files
from flashgen.render.given import Given


def _judge(whole: Whole, _: Limits) -> Iterator[Found]:
    environment = Environment(extensions=[Given], autoescape=True)
    for path, text in own_files(whole.project, "*.j2"):
        try:
            tree = environment.parse(text) if "safe" in text or "autoescape" in text else None
        except TemplateSyntaxError:
            continue
        lines = text.splitlines()
        for node in tree.find_all((nodes.Filter, nodes.ScopedEvalContextModifier)) if tree else ():
            word = "safe" if isinstance(node, nodes.Filter) else "autoescape"
            # What the template itself says is HTML.
            if isinstance(node, nodes.Filter) and (node.name != "safe" or isinstance(node.node, nodes.Const)):
                continue
            line = lines[node.lineno - 1] if node.lineno <= len(lines) else ""
            column = max(line.find(word), 0) + 1
            where = Span(path, node.lineno, column, node.lineno, column + len(word))
            hint = "print it as it is: texts of facts are HTML already where their type is `markdown` or `html`"
            yield Found(where, f"`{word}` prints a text as if it were HTML, whatever is in it", hint)


CHECK = WholeCheck(rules.UNSAFE_FILTER, _judge)
