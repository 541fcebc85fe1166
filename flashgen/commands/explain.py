"""`flashgen explain`: what a rule finds, why it matters, and what to write instead."""

from __future__ import annotations

import textwrap

from flashgen.diagnostics import Rule, Severity
from flashgen.explain import find_rule, groups, page, summary
from flashgen.explain.terminal import plain
from flashgen.rules import MENDED

_NARROW, _WIDE = 40, 96
_WEIGHS = {
    Severity.ERROR: "An error: nothing is written until it is mended.",
    Severity.WARNING: "A warning: it is built all the same; only `release` and `--strict` take none.",
}

_OFF = "Off, unless it is asked for: with `--select {}`, or under `select` in the project's settings."


def run(word: str | None, width: int | None) -> int:
    """Show the page of a rule, or all rules on a line each, and return the exit code.

    `width` is that of the terminal, in columns; without one, lines of the list are as long as they are.
    """
    if word is None:
        print("\n".join(_listed(width)))
    else:
        print(_explained(find_rule(word), width))
    return 0


def _explained(rule: Rule, width: int | None) -> str:
    columns = max(_NARROW, min(width or _WIDE, _WIDE))
    head, _, rest = page(rule).partition("\n")
    weighs = _WEIGHS[rule.severity] if rule.on else _OFF.format(rule.name)
    if rule in MENDED:
        weighs += " `flashgen check --fix` mends it where the cure is sure."
    return f"{head.lstrip('# ')}\n{textwrap.fill(weighs, columns)}\n\n{plain(rest.strip(), columns)}"


def _listed(width: int | None) -> list[str]:
    lines: list[str] = []
    for title, rules in groups():
        names = max((len(rule.name) for rule in rules), default=0)
        lines += ["", title]
        for rule in rules:
            weighs = rule.severity if rule.on else "off"
            lines += _hanging(f"{rule.code}  {rule.name:<{names}}  {weighs:<7}  ", summary(rule), width)
    return lines[1:]


def _hanging(head: str, text: str, width: int | None) -> list[str]:
    """Return the text behind its head, its further lines below its first where the terminal has room for that."""
    if width is None:
        return [head + text]
    if width - len(head) < _NARROW:
        return [head.rstrip(), *textwrap.wrap(text, width, initial_indent="  ", subsequent_indent="  ")]
    return textwrap.wrap(text, width, initial_indent=head, subsequent_indent=" " * len(head))
