"""Finds the card rules: every module of `checks/` holds one, as its `CHECK`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

from flashgen.lint import checks
from flashgen.lint.check import CardCheck, Check, DeckCheck, WholeCheck


@cache
def all_checks() -> Mapping[str, Check]:
    """Return the card rules by name, in the order of their codes."""
    found: list[Check] = []
    for module in pkgutil.iter_modules(checks.__path__):
        check = importlib.import_module(f"{checks.__name__}.{module.name}").CHECK
        assert isinstance(check, CardCheck | DeckCheck | WholeCheck)
        found.append(check)
    return {check.rule.name: check for check in sorted(found, key=lambda check: check.rule.code)}
