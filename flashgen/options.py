"""Flags that several commands share, and what a shell may complete for them."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from flashgen.plain_values import read_plainly
from flashgen.wishes import Color, Format


class DiffFormat(StrEnum):
    """How differences are shown."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


# Options of flashgen itself that are taken behind a command's name as well, where hands type them.
ANYWHERE = {"directory": "-C", "color": "--color", "quiet": "--quiet", "verbose": "--verbose"}
_BEHIND = "behind_"


class Commands(TyperGroup):
    """The commands, each of which takes what may stand before its name behind it as well."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        shared = [_behind(option) for option in self.params if option.name in ANYWHERE]
        for command in self.commands.values():
            command.params += shared
            read_plainly(command)
        read_plainly(self)


def _behind(option: Any) -> Any:
    """Return an option of the whole program as one of a command, which is heard where it is given."""
    again = copy.copy(option)
    again.default, again.expose_value, again.callback = None, False, _hear
    # A command may have an argument of that name.
    again.name = _BEHIND + option.name
    return again


def _hear(context: Any, option: Any, value: Any) -> None:
    if value is not None and not context.resilient_parsing:
        name = option.name.removeprefix(_BEHIND)
        setattr(context.find_root().obj, name, Path(value) if name == "directory" else value)


def examples(*lines: str) -> str:
    """Return what stands at the end of a command's help, a line an example."""
    head = "Example:" if len(lines) == 1 else "Examples:"
    # A \b keeps the lines of a paragraph as they are.
    return "\n".join(["\b", head, *(f"  {line}" for line in lines)])


# What Typer calls a mistake on the command line. It brings click along, or has its own, so both are found by what it
# shows of them.
UsageError: type[Exception] = typer.BadParameter.__mro__[1]
_SUGGESTION = re.compile(r"\.? \(?(?:Did you mean|Possible options:) ([^?)]+)\??\)?$")
# What the library that reads the flags says of wrong ones.
_EXTRA = re.compile(r"Got unexpected extra argument(?:s|\(s\))? \((.*)\)")
_NO_NUMBER = re.compile("Input should be a valid integer.*")


def told(error: Any) -> tuple[str, str]:
    """Return a mistake on the command line as flashgen tells all mistakes: what is wrong, and a hint."""
    text = error.format_message().replace("Value error, ", "").strip()
    text = _EXTRA.sub(r"unexpected argument `\1`", _NO_NUMBER.sub("this takes a whole number", text))
    command = error.ctx.command_path if error.ctx else "flashgen"
    hint = f"`{command} --help` shows what it takes"
    if suggestion := _SUGGESTION.search(text):
        words = [f"`{word.strip()}`" for word in suggestion[1].replace("'", "").split(",")]
        text, hint = text[: suggestion.start()], f"did you mean {' or '.join(words)}?"
    elif text.startswith("unexpected argument") and command.endswith((" build", " check", " preview")):
        # Other tools are told in this way what to look at.
        hint = "name a deck with `--deck`, and a project with `-C`"
    # A value or name that is quoted may hold anything, a quotation mark too.
    text = re.sub("(?<![^ ])'(.*?)'(?=[ ,.:;]|$)", r"`\1`", text)
    return text[:1].lower() + text[1:].rstrip("."), hint


def _deck_names(context: typer.Context, incomplete: str) -> Iterable[str]:
    """Return the decks of the project around, for the shell."""
    from flashgen.read.places import CARDS, find_root  # noqa: PLC0415 - only the shell waits for it

    root = context.find_root().params.get("directory") or find_root(Path.cwd())
    return [folder.parent.name for folder in sorted(Path(root, CARDS).glob(f"{incomplete}*/deck.yaml"))]


def kind_names(context: typer.Context, incomplete: str) -> Iterable[str]:
    """Return the kinds that begin so, flashgen's own and those of the project around, for the shell."""
    from flashgen.errors import ProjectError  # noqa: PLC0415 - only the shell waits for it
    from flashgen.read import kinds, places  # noqa: PLC0415 - as above

    folders = [places.built_in_templates()]
    with suppress(ProjectError):
        root = context.find_root().params.get("directory") or places.find_root(Path.cwd())
        folders.append(Path(root, places.TEMPLATES))
    return [name for name in kinds.kind_names(folders) if name.startswith(incomplete)]


def rule_names(incomplete: str) -> Iterable[str]:
    """Return the rules whose names or codes begin so, for the shell."""
    from flashgen.rules import RULES  # noqa: PLC0415 - only the shell waits for it

    words = [word for rule in RULES for word in (rule.name, rule.code)]
    return [word for word in words if word.lower().startswith(incomplete.lower())]


FormatOption = Annotated[
    Format,
    typer.Option(
        "--format",
        help="How findings are shown; auto: full on a terminal, github on GitHub's machines, else concise.",
    ),
]
OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write the findings to FILE instead.")
]
SelectOption = Annotated[
    list[str] | None,
    typer.Option(
        "--select",
        metavar="RULE",
        help="Of the warnings, only those of this rule, by its name, its code or the start of one; may be repeated.",
        autocompletion=rule_names,
    ),
]
IgnoreOption = Annotated[
    list[str] | None,
    typer.Option(
        "--ignore",
        metavar="RULE",
        help="Leave the warnings of this rule out, named as for --select; may be repeated.",
        autocompletion=rule_names,
    ),
]
StrictOption = Annotated[bool, typer.Option("--strict", help="Let warnings fail as errors do.")]
StatisticsOption = Annotated[
    bool, typer.Option("--statistics", help="Show how often each rule was broken, in the place of the findings.")
]
WatchOption = Annotated[
    bool, typer.Option("--watch", "-w", help="Go on, with a round and its line whenever a file is saved.")
]
DeckOption = Annotated[
    list[str] | None,
    typer.Option("--deck", metavar="NAME", help="Only this deck; may be repeated.", autocompletion=_deck_names),
]
OneDeckOption = Annotated[str | None, typer.Option("--deck", metavar="NAME", help="The deck, where there are several.")]
LanguageOption = Annotated[
    list[str] | None, typer.Option("--language", metavar="CODE", help="Only this language; may be repeated.")
]
ColorOption = Annotated[Color, typer.Option("--color", help="When to colour what is shown.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Show errors and results, and nothing else.")]
VerboseOption = Annotated[bool, typer.Option("--verbose", "-v", help="Show what each stage took.")]
