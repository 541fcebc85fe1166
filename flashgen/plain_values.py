"""Values of the command line that mean what they say, read without the library that Typer reads all values with.

To load that takes longer than a run that finds all it wants in the cache, and nearly every value is a word, a path, a
flag, or not given at all. Whatever else there is goes to Typer, which also tells what is wrong with a value.
"""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Any

_NOT_PLAIN = object()


def read_plainly(command: Any) -> None:
    """Let the parameters of a command take plain values as they are. Older Typers do so themselves, and never ask."""
    listed = command.get_params

    def get_params(context: Any) -> list[Any]:
        parameters: list[Any] = listed(context)
        for parameter in parameters:
            parameter.get_runtime_param = _Plain
        return parameters

    command.get_params = get_params


class _Plain:
    """What Typer asks for a parameter's value."""

    @staticmethod
    def coerce(value: Any, param: Any, ctx: Any) -> Any:
        """Return the value as its parameter's type."""
        plain = _plain(value, param)
        if plain is _NOT_PLAIN:
            return type(param).get_runtime_param(param).coerce(value, param=param, ctx=ctx)
        return plain


def _plain(value: Any, param: Any) -> Any:
    wanted = param.type_descriptor.annotation
    if value is None:
        return () if param.multiple or param.nargs == -1 else None
    if wanted == list[str] and isinstance(value, list | tuple):
        return list(value)
    if isinstance(wanted, type) and isinstance(value, wanted):
        return value
    if wanted is Path and isinstance(value, str):
        return Path(value)
    if isinstance(wanted, type) and issubclass(wanted, Enum):
        return next((word for word in wanted if word.value == value), _NOT_PLAIN)
    return _NOT_PLAIN
