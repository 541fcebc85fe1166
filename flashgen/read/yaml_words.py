"""What libyaml complains about, in an author's words."""

from __future__ import annotations

import yaml

_QUOTE = "put the text in quotes, or write it as a block under `|`"

# libyaml's problem → what the author did, and the cure.
_PROBLEMS: dict[str, tuple[str, str | None]] = {
    "mapping values are not allowed in this context": (
        "a `: ` stands where no key can",
        "put text that holds `: ` in quotes; otherwise mend the indentation",
    ),
    "did not find expected key": ("this line does not fit the indentation above it", "align it with its siblings"),
    "did not find expected '-' indicator": ("this line does not fit the list above it", "align it with the `-`"),
    "could not find expected ':'": ("a key without `:`", "write `key: value`, or put text of several lines under `|`"),
    "did not find expected ',' or ']'": ("a `[` is never closed", "close it with `]`"),
    "did not find expected ',' or '}'": ("a `{` is never closed", "close it with `}`, or put the text in quotes"),
    "did not find expected node content": ("a value is missing or malformed here", _QUOTE),
    "found unexpected end of stream": ("a quote is never closed", "close it on the line where the text ends"),
    "found unexpected document indicator": ("a quote is never closed", "close it on the line where the text ends"),
    "found unknown escape character": (
        "this `\\` starts no escape that YAML knows",
        "use single quotes, or write `\\\\`",
    ),
    "found invalid Unicode character escape code": (
        "this escape names half a character, which cannot stand in a text",
        "write the character itself",
    ),
    "block sequence entries are not allowed in this context": (
        "a `- ` stands where no list can",
        "put text that starts with `- ` in quotes; otherwise start the list on its own line",
    ),
    "found a tab character that violates indentation": ("a tab in the indentation", "indent with spaces"),
    "found a tab character where an indentation space is expected": ("a tab in the indentation", "indent with spaces"),
    "did not find expected <document start>": (
        "the file goes on after its value has ended",
        "mend the indentation, or put the text in quotes",
    ),
    "found undefined tag handle": ("a value cannot start with `!`", _QUOTE),
    "did not find expected whitespace or line break": ("`!`, `&` and `*` have a meaning at the start of a value", _QUOTE),
    "did not find expected alphabetic or numeric character": ("`&` and `*` have a meaning at the start of a value", _QUOTE),
}
# These say where the fault started better than where it was noticed.
_FROM_CONTEXT = ("a quote is never closed", "a `[` is never closed", "a `{` is never closed", "a key without `:`")


def explain(error: yaml.YAMLError, text: str) -> tuple[str, str | None, tuple[int, int, int, int]]:
    """Return what is wrong, the cure, and the position (from 0) of a YAML error."""
    problem = str(getattr(error, "problem", None) or error)
    mark = getattr(error, "problem_mark", None)
    line, column = (mark.line, mark.column) if mark else (0, 0)
    lines = text.split("\n")
    if problem == "found character that cannot start any token":
        character = lines[line][column : column + 1] if line < len(lines) else ""
        if character == "\t":
            message, hint = "a tab in the indentation", "indent with spaces"
        else:
            message, hint = f"a value cannot start with `{character}`", _QUOTE
    elif problem in _PROBLEMS:
        message, cure = _PROBLEMS[problem]
        hint = cure or ""
    else:
        message, hint = f"not YAML: {problem}", ""
    context = getattr(error, "context_mark", None)
    if message in _FROM_CONTEXT and context is not None:
        line, column = context.line, context.column
    if line >= len(lines):
        line, column = len(lines) - 1, len(lines[-1])
    return message, hint or None, (line, column, line, column + 1)
