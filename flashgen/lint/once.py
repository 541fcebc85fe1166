"""A property that is made once, when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

_Made = TypeVar("_Made")


class once(Generic[_Made]):  # noqa: N801 - a decorator, as `property` is
    """Do as `functools.cached_property`, which up to Python 3.11 takes a lock: that took most of a card's time."""

    def __init__(self, make: Callable[[Any], _Made]) -> None:
        self.make, self.name, self.__doc__ = make, make.__name__, make.__doc__

    def __get__(self, instance: Any, owner: type | None = None) -> _Made:
        """Return what is made, and put it where it is found without this from now on."""
        made = instance.__dict__[self.name] = self.make(instance)
        return made
