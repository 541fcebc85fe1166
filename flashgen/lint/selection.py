"""Which rules are wanted: the words of `select` and `ignore`, and what they name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from flashgen.diagnostics import Rule, Severity, did_you_mean
from flashgen.errors import ProjectError
from flashgen.pattern import pattern
from flashgen.rules import RULES

_GROUPS = ("E", "W", "I", "ALL")
_CODE = pattern(r"FG[0-9]{0,2}", re.IGNORECASE)


class Selection(Struct, frozen=True):
    """The rules that are wanted, and those that are not, as the command line or the settings name them.

    A word is a rule's name or code, the start of a code such as `FG3`, or `E` (errors), `W` (warnings), `I` (rules
    that have to be asked for) or `ALL`. `select` is None where nothing is said. With `cards` off, card rules that only
    warn are not run.
    """

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    cards: bool = True

    def refuse_unknown(self) -> None:
        """Raise ProjectError for a word that names no rule, or an error that is to be ignored."""
        for flag, words in (("--select", self.select or ()), ("--ignore", self.ignore)):
            for word in words:
                if fault := fault_of(word, ignored=flag == "--ignore"):
                    message, hint = fault
                    raise ProjectError(f"{flag}: {message}", hint)


EVERYTHING = Selection()


def fault_of(word: str, *, ignored: bool) -> tuple[str, str | None] | None:
    """Return what is wrong with a word of `select` or `ignore`, and its cure, or None."""
    named = tuple(named_by(word))
    if not named:
        cure = "use a rule's name or code, the start of a code, or E, W, I or ALL"
        return f"there is no rule `{word}`", did_you_mean(word, (rule.name for rule in RULES)) or cure
    if ignored and all(rule.severity is Severity.ERROR for rule in named):
        what = "is an error" if len(named) == 1 else "names errors"
        return f"`{word}` {what}; only warnings can be ignored", "delete it"
    return None


def named_by(word: str) -> Iterator[Rule]:
    """Yield the rules that a word names. A group holds no rule that has to be asked for, unless it says so."""
    for rule in RULES:
        is_error = rule.severity is Severity.ERROR
        group = "E" if is_error else "W" if rule.on else "I"
        starts = _CODE.fullmatch(word) is not None and rule.code.startswith(word.upper()) and rule.on
        if word in (group, "ALL") or starts or _is_exactly((word,), rule):
            yield rule


def left_out(flags: Selection, own: Selection) -> frozenset[str]:
    """Return the names of the rules that are not wanted; errors always are.

    The command line goes before the settings, and a rule's own name or code before a group.
    """
    warnings = [rule for rule in RULES if rule.severity is not Severity.ERROR]
    return frozenset(rule.name for rule in warnings if not _is_wanted(rule, flags, own))


def _is_wanted(rule: Rule, flags: Selection, own: Selection) -> bool:
    select = flags.select if flags.select is not None else own.select
    is_selected = rule.on if select is None else _names(select, rule)
    if _is_exactly(flags.ignore, rule):
        return False
    if _is_exactly(flags.select or (), rule):
        return True
    if _names(flags.ignore, rule) or not is_selected or _is_exactly(own.ignore, rule):
        return False
    return _is_exactly(own.select or (), rule) or not _names(own.ignore, rule)


def _names(words: tuple[str, ...], rule: Rule) -> bool:
    return any(rule in named_by(word) for word in words)


def _is_exactly(words: tuple[str, ...], rule: Rule) -> bool:
    return any(word == rule.name or word.upper() == rule.code for word in words)
