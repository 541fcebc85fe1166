"""Regular expressions that are compiled when they are first used: most runs need few of them."""

from __future__ import annotations

import re
from typing import Any, cast


class _Lazy:
    """Stands for a compiled expression, whose methods it takes over one by one as they are asked for."""

    def __init__(self, text: str, flags: int) -> None:
        self._text, self._flags = text, flags
        self._compiled: re.Pattern[str] | None = None

    def __getattr__(self, name: str) -> Any:
        if self._compiled is None:
            self._compiled = re.compile(self._text, self._flags)
        taken = self.__dict__[name] = getattr(self._compiled, name)
        return taken


def pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """Return a regular expression, as `re.compile` does, that takes no time before it is used."""
    return cast("re.Pattern[str]", _Lazy(text, flags))
