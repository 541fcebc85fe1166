"""What libyaml complains about, in an author's words."""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml
from yaml._yaml import CParser

from flashgen.values import LINE_BREAK, Position

QUOTE = "put the text in quotes, or write it as a block under `|`"
_INDENT = ("a tab in the indentation", "indent with spaces")
_ESCAPE = ("this `\\` starts no escape that YAML knows", "use single quotes, or write `\\\\`")
_KEYLESS = ("a key without `:`", "write `key: value`, or put text of several lines under `|`")
_OPEN_QUOTE = ("a quote is never closed", "close it on the line where the text ends")

# libyaml's problem → what the author did, and the cure.
_PROBLEMS: dict[str, tuple[str, str]] = {
    "did not find expected '-' indicator": (
        "this line does not fit the list above it",
        "align it with the `-` above, or with the text behind it",
    ),
    "found unexpected end of stream": _OPEN_QUOTE,
    "found unexpected document indicator": _OPEN_QUOTE,
    "found unknown escape character": _ESCAPE,
    "did not find expected hexdecimal number": _ESCAPE,
    "found invalid Unicode character escape code": (
        "this escape names half a character, which cannot stand in a text",
        "write the character itself",
    ),
    "block sequence entries are not allowed in this context": (
        "a `- ` stands where no list can",
        "put text that starts with `- ` in quotes; otherwise start the list on its own line",
    ),
    "found a tab character that violates indentation": _INDENT,
    "found a tab character where an indentation space is expected": _INDENT,
    "did not find expected <document start>": (
        "the file goes on after its value has ended",
        "mend the indentation, or put the text in quotes",
    ),
    "mapping keys are not allowed in this context": ("a value cannot start with `? `", QUOTE),
    "found unexpected ':'": ("a `:` inside brackets stands beside no key", "put the text in quotes"),
    "exceeded maximum nesting depth": ("nested far too deep", "write it flatter"),
    "found incompatible YAML document": ("this version of YAML is not read", "delete the line"),
}
# What libyaml was reading when it met a problem that only says what it had hoped for.
_VALUE_STARTS = ("while scanning an alias", "while scanning an anchor", "while scanning a tag", "while parsing a tag")
_DIRECTIVE = "while scanning a directive"
_BLOCK = "while scanning a block scalar"
_KEY_WITHOUT_SPACE = re.compile(r"\s*(?:- +)*[^\s:'\"#\[{]+(:)(?![\s:/])")
_NEVER_CLOSED = {"[": "close it with `]`", "{": "close it with `}`, or put the text in quotes"}


def explain(error: yaml.YAMLError, text: str) -> tuple[str, str | None, Position]:
    """Return what is wrong, the cure, and the position (from 0) of a YAML error."""
    return _Complaint(error, text).explain()


class _Complaint:
    def __init__(self, error: yaml.YAMLError, text: str) -> None:
        self.text, self.lines = text, LINE_BREAK.split(text)
        self.problem = str(getattr(error, "problem", None) or error)
        self.context = str(getattr(error, "context", None) or "")
        mark, context = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
        self.at = (mark.line, mark.column) if mark else (0, 0)
        self.from_ = (context.line, context.column) if context else self.at

    def explain(self) -> tuple[str, str | None, Position]:  # noqa: C901, PLR0911 - one return a complaint
        problem = self.problem
        if problem == "mapping values are not allowed in this context":
            return self._colon()
        if problem == "could not find expected ':'":
            return self._no_colon()
        if problem == "did not find expected key":
            return self._no_key()
        if problem.startswith("did not find expected ',' or"):
            return self._bracket()
        if problem == "did not find expected node content":
            character = self._character(self.at)
            if not character:
                return self._never_closed()
            cure = f"write it; a text that starts with `{character}` goes in quotes"
            return f"a value is missing before this `{character}`", cure, self._place(self.at)
        if problem == "found character that cannot start any token":
            if self._character(self.at) == "\t":
                return (*_INDENT, self._place(self.at))
            return self._start(self.at)
        if self.context.startswith(_VALUE_STARTS) or problem == "found undefined tag handle":
            return self._start(self.from_)
        if self.context == _DIRECTIVE:
            return "a line cannot start with `%`", "delete it, or put the text in quotes", self._place(self.from_)
        if self.context == _BLOCK and problem not in _PROBLEMS:
            sign = self._character(self.from_)
            hint = "start the text on the next line, indented; or put it in quotes"
            return f"text cannot follow `{sign}` on its line", hint, self._place(self.from_)
        if problem in _PROBLEMS:
            message, hint = _PROBLEMS[problem]
            return message, hint, self._place(self.from_ if message == _OPEN_QUOTE[0] else self.at)
        return f"not YAML: {problem}", None, self._place(self.at)

    def _start(self, at: tuple[int, int]) -> tuple[str, str, Position]:
        character = self._character(at)
        shown = "a backtick" if character == "`" else f"`{character}`"
        return f"a value cannot start with {shown}", QUOTE, self._place(at)

    def _colon(self) -> tuple[str, str, Position]:
        line, column = self.at
        before = self.lines[line][:column]
        if ": " in before:
            return "a `: ` inside a text reads as a key", "put the whole text in quotes", self._place(self.at)
        above = next((number for number in range(line - 1, -1, -1) if self.lines[number].strip()), line)
        if above < line and (glued := _KEY_WITHOUT_SPACE.match(self.lines[above])):
            return self._glued(above, glued)
        if above < line and ":" not in self.lines[above]:
            words = self.lines[above].lstrip(" -")
            return (*_KEYLESS, self._to_end(above, self.lines[above].index(words)))
        start = len(before) - len(before.lstrip())
        message = "this line reads as part of the text above it, which cannot hold a `: `"
        return message, "align it with its siblings; or put all of the text in quotes", self._to_end(line, start)

    def _no_colon(self) -> tuple[str, str, Position]:
        line, column = self.from_
        if glued := _KEY_WITHOUT_SPACE.match(self.lines[line]):
            return self._glued(line, glued)
        if line and re.search(r":\s+[|>][-+0-9]*\s*$", self.lines[line - 1]):
            message, hint = "the text under `|` or `>` must stand deeper than its key", "indent it"
        else:
            message, hint = _KEYLESS
        return message, hint, self._to_end(line, column)

    def _glued(self, line: int, match: re.Match[str]) -> tuple[str, str, Position]:
        return "a space is missing after this `:`", "write `key: value`", self._place((line, match.start(1)))

    def _no_key(self) -> tuple[str, str, Position]:
        line, column = self.at
        if self._character(self.at) == ":":
            return "there is no key before this `:`", "write one, or put the text in quotes", self._place(self.at)
        if not self.lines[line][:column].strip():
            message, hint = "this line does not fit the indentation above it", "align it with its siblings"
            return message, hint, self._place(self.at)
        last = None
        for token in _tokens(self.text):
            if (token.start_mark.line, token.start_mark.column) >= self.at:
                break
            last = token
        if isinstance(last, yaml.ScalarToken) and last.style in ("'", '"'):
            if last.start_mark.line != last.end_mark.line:
                return (*_OPEN_QUOTE, self._place((last.start_mark.line, last.start_mark.column)))
            inside = "`''`" if last.style == "'" else '`\\"`'
            hint = f"put all of it in quotes, and write {inside} for a quote inside; or write it as a block under `|`"
            return "the text goes on after its closing quote", hint, self._place(self.at)
        if isinstance(last, yaml.FlowSequenceEndToken | yaml.FlowMappingEndToken):
            end = self.lines[last.start_mark.line][last.start_mark.column]
            place = self._place((last.start_mark.line, last.start_mark.column))
            return f"text goes on after this `{end}`", QUOTE, place
        return "this does not fit here", QUOTE, self._place(self.at)

    def _bracket(self) -> tuple[str, str | None, Position]:
        depth = 0
        for token in _tokens(self.text):
            if (token.start_mark.line, token.start_mark.column) < self.from_:
                continue
            if isinstance(token, yaml.FlowSequenceStartToken | yaml.FlowMappingStartToken):
                depth += 1
            elif isinstance(token, yaml.FlowSequenceEndToken | yaml.FlowMappingEndToken):
                depth -= 1
                if depth == 0:
                    hint = "put text that holds `, `, `: `, brackets or quotes in quotes"
                    message = f"this does not fit between `{self._character(self.from_)}` and its end"
                    return message, hint, self._place(self.at)
        return self._never_closed()

    def _never_closed(self) -> tuple[str, str | None, Position]:
        open_ = [self.at]
        for token in _tokens(self.text):
            if isinstance(token, yaml.FlowSequenceStartToken | yaml.FlowMappingStartToken):
                open_.append((token.start_mark.line, token.start_mark.column))
            elif isinstance(token, yaml.FlowSequenceEndToken | yaml.FlowMappingEndToken) and len(open_) > 1:
                open_.pop()
        sign = self._character(open_[-1])
        return f"a `{sign}` is never closed", _NEVER_CLOSED.get(sign), self._place(open_[-1])

    def _character(self, at: tuple[int, int]) -> str:
        line, column = at
        return self.lines[line][column : column + 1] if line < len(self.lines) else ""

    def _place(self, at: tuple[int, int]) -> Position:
        line, column = at
        if line >= len(self.lines):
            line, column = len(self.lines) - 1, len(self.lines[-1])
        return line, column, line, column + 1

    def _to_end(self, line: int, column: int) -> Position:
        return line, column, line, max(len(self.lines[line].rstrip()), column + 1)


def _tokens(text: str) -> Iterator[yaml.Token]:
    """Yield the tokens of a text, as far as there are any."""
    parser = CParser(text)
    try:
        while (token := parser.get_token()) is not None:
            yield token
    except yaml.YAMLError:
        return
