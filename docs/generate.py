"""Writes the reference anew: `.venv/bin/python docs/generate.py`. `tests/test_docs.py` holds it fresh."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args

from typer.models import ArgumentInfo, CommandInfo, OptionInfo

from flashgen import cli, ends
from flashgen.author.kinds import all_kinds, example_of, holds, titles
from flashgen.diagnostics import Report, Rule
from flashgen.explain import groups, summary
from flashgen.lint.registry import all_checks
from flashgen.options import ANYWHERE
from flashgen.read.kind_words import COMMON, PART
from flashgen.report import diff_json, findings_json
from flashgen.rules import MENDED
from flashgen.schema import Property, Type
from flashgen.validate.facts import FILE

DOCS = Path(__file__).parent
GENERATED = "<!-- Made by docs/generate.py. -->"
# Read by around.py alone.
ENVIRONMENT = {
    "NO_COLOR": "Nothing is coloured, where it is set to anything, unless `--color always` is given.",
    "FORCE_COLOR": "All is coloured, as if it went to a terminal that can.",
    "TERM": "A terminal that is `dumb` gets no colours and no progress.",
    "GITHUB_ACTIONS": "Where it is `true`, findings are GitHub's annotations.",
    "GITHUB_WORKSPACE": "The repository's folder, from which annotations and SARIF name files.",
    "SOURCE_DATE_EPOCH": "The time that new and changed notes are stamped with, in seconds since 1970; without it, the "
    "clock's. For builds that have to come out the same elsewhere.",
    "FLASHGEN_CACHE": "The folder where runs keep what the next one need not make again; where it is empty, none does. "
    "It may be deleted at any time.",
    "XDG_CACHE_HOME": "Where `FLASHGEN_CACHE` is not set, its folder is `flashgen` in here, else in `~/.cache`.",
    "LOCALAPPDATA": "The same on Windows.",
}
EXIT_CODES = {
    ends.DONE: "Done. There may have been warnings.",
    ends.FINDINGS: "There are findings to mend, or with `--exit-code` there are differences.",
    ends.CANNOT_GO_ON: "flashgen cannot go on: there is no project, a file cannot be read, or a flag is unknown.",
    ends.INTERRUPTED: "Interrupted, by Ctrl-C.",
}


def main() -> None:
    """Write every page of the reference."""
    for name, page in pages().items():
        (DOCS / name).write_text(page, encoding="utf-8", newline="\n")


def pages() -> dict[str, str]:
    """Return the pages by their files' names."""
    made = {"rules.md": rules_page(), "cli.md": cli_page(), "kinds.md": kinds_page()}
    return {name: "\n".join(lines).rstrip() + "\n" for name, lines in made.items()}


def rules_page() -> Iterator[str]:
    """Yield the index of rules, line by line."""
    yield from ("# Rules", "", GENERATED, "")
    yield (
        "Everything that flashgen can find, under a code and a name that never change. `flashgen explain NAME` shows a "
        "rule's page on the command line."
    )
    yield ""
    yield (
        "An **error** stops a build. A **warning** does not, but `release` takes none; most of them a fact can allow, "
        "with a reason: `allow: {duplicate-first-field: …}`. What is not *on* has to be asked for, in the project's "
        "settings or with `--select NAME`. What is *mended* is what `check --fix` mends, where the cure is sure."
    )
    for title, rules in groups():
        yield from ("", f"## {title}", "")
        yield from _table(("code", "name", "severity", "on", "mended", "what it finds"), map(_rule, rules))
    yield from ("", "## Settings", "")
    yield (
        "They stand in `pyproject.toml` under `[tool.flashgen.lint]`, or in `flashgen.toml` under `[lint]`. `select` "
        "and `ignore` take names and codes of rules, the start of a code such as `FG3`, and the groups `E`, `W`, `I` "
        "(what has to be asked for) and `ALL`; `per-kind-ignore` ignores rules for a kind; and a table a rule has its "
        "limits. Errors are always shown."
    )
    yield ""
    yield from (
        "```toml",
        "[tool.flashgen.lint]",
        'ignore = ["unused-media"]',
        "",
        "[tool.flashgen.lint.per-kind-ignore]",
        'command = ["long-answer"]',
        "",
        "[tool.flashgen.lint.too-many-gaps]",
        "gaps = 8",
        "```",
        "",
    )
    yield "What a rule's own table can hold, and what holds without it:"
    yield ""
    yield from _table(("rule", "limits"), _limits())


def _limits() -> Iterator[tuple[str, str]]:
    for name, check in sorted(all_checks().items()):
        if check.limits:
            yield f"`{name}`", ", ".join(f"`{key} = {_written(value)}`" for key, value in check.limits.items())


def _written(value: object) -> str:
    return "[" + ", ".join(f'"{word}"' for word in value) + "]" if isinstance(value, tuple) else str(value)


def _rule(rule: Rule) -> tuple[str, ...]:
    name = f"[{rule.name}](../flashgen/explain/pages/{rule.name}.md)"
    is_on, is_mended = ("yes" if it else "no" for it in (rule.on, rule in MENDED))
    return rule.code, name, str(rule.severity), is_on, is_mended, summary(rule)


@dataclass(frozen=True, slots=True)
class _Parameter:
    """An argument or option of a command, as its function declares it."""

    info: ArgumentInfo | OptionInfo
    type: Any
    default: Any

    @property
    def names(self) -> str:
        if isinstance(self.info, ArgumentInfo):
            return f"`{self.info.metavar}`"
        # Behind `Annotated`, Typer has the first name where the default would be.
        words = [word for word in (self.info.default, *(self.info.param_decls or ())) if isinstance(word, str)]
        value = self.info.metavar or ""
        if self.type is not bool and not value:
            is_choice = issubclass(self.type, StrEnum)
            value = "|".join(self.type) if is_choice else self.type.__name__.upper()
        return ", ".join(f"`{word} {value}".rstrip() + "`" for word in words)

    @property
    def help(self) -> str:
        default = str(self.default)
        told = self.type is not bool and self.default not in (None, inspect.Parameter.empty)
        return f"{self.info.help} Without it: `{default}`." if told else str(self.info.help)

    @property
    def usage(self) -> str:
        needed = self.default is inspect.Parameter.empty
        return str(self.info.metavar) if needed else f"[{self.info.metavar}]"


def cli_page() -> Iterator[str]:
    """Yield the reference of the command line, line by line."""
    root = cli.app.registered_callback
    assert root is not None
    yield from ("# Command line", "", GENERATED, "")
    yield "```\nflashgen [OPTIONS] COMMAND …\n```"
    yield ""
    *most, last = (f"`{option}`" for option in ANYWHERE.values())
    yield (
        f"{str(cli.app.info.help).partition(chr(10))[0]} Options of `flashgen` itself stand before the command; "
        f"{', '.join(most)} and {last} may stand behind it as well:"
    )
    yield ""
    yield from _options(_parameters(root.callback))
    yield ""
    yield from _shell_options()
    for command in cli.app.registered_commands:
        yield from ("", *_command(command))
    yield from ("", "## Exit codes", "")
    yield from _table(("code", "meaning"), ((f"`{code}`", told) for code, told in EXIT_CODES.items()))
    yield from ("", "## Environment", "")
    yield from _table(("variable", "meaning"), ((f"`{name}`", told) for name, told in ENVIRONMENT.items()))
    for title, module in (("Findings", findings_json), ("Differences", diff_json)):
        told = inspect.cleandoc(module.__doc__ or "").partition("Keys are only")
        yield from ("", f"## {title} as JSON", "", *f"Keys are only{told[2]}".splitlines())


def _shell_options() -> Iterator[str]:
    yield (
        "`--install-completion` teaches your shell the commands, `--show-completion` shows what it would write, and "
        "`-h` or `--help`, here and behind each command, shows its help."
    )


def _command(command: CommandInfo) -> Iterator[str]:
    callback = command.callback
    assert callback is not None
    name = command.name or callback.__name__
    parameters = _parameters(callback)
    arguments = [entry for entry in parameters if isinstance(entry.info, ArgumentInfo)]
    options = [entry for entry in parameters if isinstance(entry.info, OptionInfo)]
    usage = " ".join(("flashgen", name, *(["[OPTIONS]"] if options else []), *(entry.usage for entry in arguments)))
    yield from (f"## `{name}`", "", inspect.getdoc(callback) or "", "", f"```\n{usage}\n```", "")
    if arguments:
        yield from _table(("argument", ""), ((entry.names, entry.help) for entry in arguments))
        yield ""
    if options:
        yield from _options(options)
        yield ""
    if command.epilog:
        _, told, *lines = command.epilog.splitlines()
        yield f"{told} {'; '.join(f'`{line.strip()}`' for line in lines)}"


def _options(parameters: Iterable[_Parameter]) -> Iterator[str]:
    return _table(("option", ""), ((entry.names, entry.help) for entry in parameters))


def _parameters(callback: Callable[..., Any] | None) -> list[_Parameter]:
    assert callback is not None
    found = []
    for entry in inspect.signature(callback, eval_str=True).parameters.values():
        declared = get_args(entry.annotation)
        if declared and isinstance(declared[-1], (ArgumentInfo, OptionInfo)):
            # `str | None` and `list[str] | None` are of what they may hold.
            type_ = next(iter(get_args(declared[0])), declared[0])
            found.append(_Parameter(declared[-1], type_, entry.default))
    return found


def kinds_page() -> Iterator[str]:
    """Yield the reference of the built-in kinds, line by line."""
    yield from ("# Kinds", "", GENERATED, "")
    yield (
        "A fact's `kind` says what it holds and which cards it makes. These kinds come with flashgen; `flashgen kinds` "
        "lists them on the command line, with those of your own project."
    )
    yield ""
    yield (
        "*text*, *markdown* and *cloze* are one text, or one a language: `{ko: …, en: …}`. Every item of a list has an "
        "`id` as well, unique among its siblings, and `formerly` where it had another."
    )
    for name, kind in all_kinds(None, Report()).items():
        yield from ("", f"## `{name}`", "", kind.about, "")
        yield from _properties({known: kind.properties[known] for known in kind.own})
        cards = (title for one in kind.with_companions for title in titles(one))
        yield from ("", f"Its cards: {'; '.join(cards)}.", "")
        example = example_of(kind)
        assert example is not None, name
        yield from ("```yaml", example.text.rstrip(), "```")
    yield from ("", "## What every fact may hold", "")
    yield from _properties(COMMON)
    shared = ", ".join(f"`{name}`" for name in FILE if name in COMMON and name != "tags")
    told = "hold for all of its facts that say nothing else, and `tags` are added to theirs."
    yield from ("", f"At the top of a file, {shared} {told}")


def _properties(properties: Mapping[str, Property]) -> Iterator[str]:
    return _table(("property", "takes", ""), _property_rows(properties, ""))


def _property_rows(properties: Mapping[str, Property], inside: str) -> Iterator[tuple[str, str, str]]:
    for known in properties.values():
        yield f"{inside}`{known.name}`", holds(known), known.about
        if known.type is Type.LIST:
            items = {name: item for name, item in known.items.items() if name not in PART}
            yield from _property_rows(items, f"{inside}`{known.name}` ▸ ")


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    heads = tuple(heads)
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


if __name__ == "__main__":
    main()
