"""The project's settings: `[tool.flashgen]` in pyproject.toml, or flashgen.toml with the same keys."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path

from msgspec import Struct, field

from flashgen import rules
from flashgen.diagnostics import Report, Rule, Severity, Span, choose, did_you_mean, one_of
from flashgen.errors import ProjectError
from flashgen.lint.check import Limit, Limits
from flashgen.lint.registry import check_names, check_of
from flashgen.lint.selection import Selection, fault_of, named_by
from flashgen.pattern import pattern
from flashgen.read.files import leads_out, read_bytes

OWN, SHARED = "flashgen.toml", "pyproject.toml"
_KEYS = ("select", "ignore", "per-kind-ignore")
_POSITION = pattern(r"\s*\(at line (\d+), column (\d+)\)|\s*\(at end of document\)")
_TABLE = pattern(r"^\s*\[([^\[\]]*)\]")

# Nobody writes as much by hand, and no card has as much of anything.
_LARGEST = 1_000_000
_TOO_HIGH = 1_000_000_000


class Settings(Struct, frozen=True):
    """What a project sets: which rules it wants, which it sets aside for kinds, and the limits of rules."""

    selection: Selection = field(default_factory=Selection)
    per_kind: Mapping[str, frozenset[str]] = field(default_factory=dict)
    own: Mapping[str, Mapping[str, Limit]] = field(default_factory=dict)

    def limits(self, name: str) -> Limits:
        """Return the limits of a card rule, by its name."""
        return Limits(check_of(name).limits, self.own.get(name))


def read_settings(root: Path, report: Report) -> Settings:
    """Return a project's settings; mistakes in them are reported, and set aside.

    Raises ProjectError where the file cannot be read.
    """
    name = OWN if (root / OWN).is_file() else SHARED
    if not (root / name).is_file():
        return Settings()
    if leads_out(root / name, root):
        raise ProjectError(f"{name} is a link that leads out of the project", "put there what it leads to")
    try:
        text = read_bytes(root / name, _LARGEST).decode()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or error
        raise ProjectError(f"{name} cannot be read: {why}", "mend it, or delete it") from None
    import tomllib  # noqa: PLC0415 - many a project has no settings

    try:
        values: object = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        _tell_syntax(str(error), name, text, report)
        return Settings()
    except (RecursionError, ValueError):
        message = "this nests too deep, or holds too large a number"
        report.add(rules.BAD_SETTING, message, Span(name), "write it flatter")
        return Settings()
    prefix: tuple[str, ...] = ()
    if name == SHARED:
        prefix = ("tool", "flashgen")
        for key in prefix:
            values = values.get(key, {}) if isinstance(values, dict) else {}
    return _Reader(name, text, prefix, report).settings(values)


def check_kinds(settings: Settings, known: Collection[str], root: Path, report: Report) -> None:
    """Report kinds of `per-kind-ignore` that there are not."""
    name = OWN if (root / OWN).is_file() else SHARED
    for kind in settings.per_kind:
        if kind not in known:
            text = (root / name).read_text(encoding="utf-8")
            report.add(rules.BAD_SETTING, f"there is no kind `{kind}`", _find(kind, name, text), choose(kind, known))


def _tell_syntax(error: str, name: str, text: str, report: Report) -> None:
    at = _POSITION.search(error)
    line, column = (int(at[1]), int(at[2])) if at and at[1] else (text.count("\n") + 1, 1)
    what = _POSITION.sub("", error)
    message = f"this is no TOML: {what[:1].lower()}{what[1:]}"
    report.add(rules.BAD_SETTING, message, Span(name, line, column, line, column + 1), "mend the line")


class _Reader:
    def __init__(self, path: str, text: str, prefix: tuple[str, ...], report: Report) -> None:
        self.path, self.text, self.prefix, self.report = path, text, prefix, report

    def settings(self, values: object) -> Settings:
        """Return what `[tool.flashgen]` holds."""
        if not isinstance(values, dict):
            self._say("flashgen", "`flashgen` takes a table", "write `[tool.flashgen.lint]`")
            return Settings()
        for key in values:
            if key != "lint":
                self._say(key, f"`{key}` is no setting of flashgen", did_you_mean(key, ["lint"]) or "delete it")
        lint = values.get("lint", {})
        if not isinstance(lint, dict):
            self._say("lint", "`lint` takes a table", f"write `[{'.'.join((*self.prefix, 'lint'))}]`")
            return Settings()
        select = self._rules("select", lint["select"]) if "select" in lint else None
        ignore = self._rules("ignore", lint.get("ignore", []))
        return Settings(Selection(select, ignore), self._per_kind(lint.get("per-kind-ignore", {})), self._limits(lint))

    def _per_kind(self, table: object) -> Mapping[str, frozenset[str]]:
        if not isinstance(table, dict):
            self._say("per-kind-ignore", "`per-kind-ignore` takes a table", 'write `basic = ["long-answer"]` below it')
            return {}
        words = {kind: self._rules(kind, value, ignored=True) for kind, value in table.items()}
        return {
            kind: frozenset(
                rule.name for word in named for rule in named_by(word) if rule.severity is not Severity.ERROR
            )
            for kind, named in words.items()
        }

    def _rules(self, key: str, value: object, *, ignored: bool | None = None) -> tuple[str, ...]:
        words = self._words(key, value)
        good = []
        for word in words or ():
            fault = fault_of(word, ignored=key == "ignore" if ignored is None else ignored)
            if fault:
                self._say(word, *fault)
            else:
                good.append(word)
        return tuple(good)

    def _words(self, key: str, value: object) -> tuple[str, ...] | None:
        if isinstance(value, list) and all(isinstance(word, str) for word in value):
            return tuple(value)
        hint = f'write `{key} = ["{value}"]`' if isinstance(value, str) else f'write `{key} = ["…", "…"]`'
        self._say(key, f"`{key}` takes a list of words", hint)
        return None

    def _limits(self, lint: Mapping[str, object]) -> Mapping[str, Mapping[str, Limit]]:
        found: dict[str, Mapping[str, Limit]] = {}
        for name, table in lint.items():
            if name in _KEYS:
                continue
            rule = next((rule for rule in rules.RULES if name in (rule.name, rule.code)), None)
            if rule is None:
                hint = did_you_mean(name, [*_KEYS, *(rule.name for rule in rules.RULES)])
                message = f"`{name}` is no setting of `lint`, and no rule"
                self._say(name, message, hint or f"use {one_of(_KEYS)}, or the name of a rule")
            elif not isinstance(table, dict):
                self._say(name, f"`{name}` takes a table", "write the rule's settings below its name in brackets")
            else:
                limits = check_of(rule.name).limits if rule.name in check_names() else {}
                own = {key: self._limit(rule, key, value, limits) for key, value in table.items()}
                found[rule.name] = {key: limit for key, limit in own.items() if limit is not None}
        return found

    def _limit(self, rule: Rule, key: str, value: object, limits: Mapping[str, Limit]) -> Limit | None:
        default = limits.get(key)
        if default is None:
            hint = choose(key, limits) if limits else "delete it; this rule has no settings"
            self._say(key, f"`{key}` is no setting of `{rule.name}`", hint)
            return None
        if isinstance(default, tuple):
            return self._words(key, value)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        whole = isinstance(default, int)
        # Python writes no number of thousands of digits; and what is no number at all is in no range.
        if not number or (whole and not isinstance(value, int)) or not 0 <= value < _TOO_HIGH:  # type: ignore[operator]
            takes = "a whole number" if whole else "a number"
            self._say(key, f"`{key}` takes {takes}", f"such as `{key} = {default}`")
            return None
        assert isinstance(value, int | float)
        return value

    def _say(self, word: str, message: str, hint: str | None) -> None:
        self.report.add(rules.BAD_SETTING, message, _find(word, self.path, self.text), hint)


def _find(word: str, path: str, text: str) -> Span:
    """Return where a word stands in the settings, which tomllib does not tell: its first place in their tables."""
    within = path == OWN
    wanted = re.compile(rf"(?<![\w-])[\"']?(?P<word>{re.escape(word)})(?![\w-])")
    for number, line in enumerate(text.splitlines(), 1):
        table = _TABLE.match(line)
        if table and path == SHARED:
            within = table[1].replace(" ", "").startswith("tool.flashgen")
        match = wanted.search(line.partition("#")[0]) if within else None
        if match:
            return Span(path, number, match.start("word") + 1, number, match.end("word") + 1)
    return Span(path)
