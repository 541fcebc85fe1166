"""Finds the card rules: every module of `checks/` is called after its rule, and holds it as its `CHECK`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Collection, Mapping
from functools import cache

from flashgen.lint import checks
from flashgen.lint.check import CardCheck, Check, DeckCheck, WholeCheck


@cache
def check_names() -> frozenset[str]:
    """Return the names of all card rules, without loading one."""
    return frozenset(module.name.replace("_", "-") for module in pkgutil.iter_modules(checks.__path__))


@cache
def check_of(name: str) -> Check:
    """Return the card rule of a name."""
    check = importlib.import_module(f"{checks.__name__}.{name.replace('-', '_')}").CHECK
    assert isinstance(check, CardCheck | DeckCheck | WholeCheck)
    assert check.rule.name == name
    return check


def all_checks(wanted: Collection[str] | None = None) -> Mapping[str, Check]:
    """Return the card rules of these names, or all of them, by name, in the order of their codes."""
    names = check_names() if wanted is None else check_names().intersection(wanted)
    return {check.rule.name: check for check in sorted(map(check_of, names), key=lambda check: check.rule.code)}
