"""A story: what the author releases, what a learner does between, and what each import is to bring."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from learner.author import DAY, START, Author, Released
from learner.versions import Anki

_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Brought:
    """What an import is to bring. All other notes must be just as they were, and all cards that were there.

    `without_ids`, `without_merge` and `with_stamps` say what is otherwise in Ankis that are so.
    """

    released: Released
    day: int
    merge: bool = False
    new: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    # Texts that a note holds then, in whichever field.
    shows: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    # Skipped by Anki, since their note type has another shape in the package.
    conflicting: frozenset[str] = frozenset()
    # Go to another note type, and keep what they hold.
    moved: frozenset[str] = frozenset()
    # Cards, as `note/number`, that show nothing any more: Tools ▸ Empty Cards offers to delete them.
    empty: frozenset[str] = frozenset()
    # Note types that stay as the learner has them.
    held: frozenset[str] = frozenset()
    # Note types that Anki makes beside ours, and those that it deletes since their notes went to another.
    copies: frozenset[str] = frozenset()
    dropped: frozenset[str] = frozenset()
    # The next synchronisation is of the whole collection, one way.
    full_sync: bool = False
    without_ids: Mapping[str, Any] = field(default_factory=dict)
    without_merge: Mapping[str, Any] = field(default_factory=dict)
    with_stamps: Mapping[str, Any] = field(default_factory=dict)

    def on(self, anki: Anki) -> Brought:
        """Return what it is to bring on one Anki."""
        brought = self
        for applies, otherwise in (
            (anki.stamps, self.with_stamps),
            (not anki.can_merge, self.without_merge),
            (not anki.has_ids, self.without_ids),
        ):
            if applies:
                brought = replace(brought, **_frozen(otherwise))
        return brought


class Story:
    """Builds the steps that an Anki plays, and what is expected of each import."""

    def __init__(self, root: Path) -> None:
        self.author = Author(root)
        self.steps: list[dict[str, object]] = []
        self.brought: list[Brought] = []
        self.latest: dict[str, Released] = {}
        self.versions = 0
        # The guids of all notes that were ever released, by name; of those of two languages, the first's.
        self.guids: dict[str, str] = {}

    def does(self, day: int, what: str, note: str = "", **how: object) -> None:
        """Let the learner do something on a day, to a note where one is named."""
        at = {"note": self.guids[note]} if note else {}
        self.steps.append({"do": what, "time": START + day * DAY, **at, **how})

    def release(self, day: int) -> None:
        self.versions += 1
        self.latest = self.author.release(f"{self.versions}.0", day)
        self.guids |= self.first.notes

    @property
    def first(self) -> Released:
        """The latest release in its first language."""
        return next(iter(self.latest.values()))

    def take(self, day: int, released: Released | None = None, *, merge: bool = False, **brings: object) -> None:
        """Let the learner import a release, the latest unless another is given; `brings` is as in Brought."""
        released = released or self.first
        self.does(day, "take", package=str(released.file), merge=merge)
        self.brought.append(Brought(released, day, merge, **_frozen(brings)))

    def release_and_take(self, day: int, **brings: object) -> None:
        self.release(day)
        self.take(day + 1, **brings)

    def begin(self) -> None:
        """Release 1, and all that a learner does to it: reviews, edits, a leech, and so on."""
        self.release(0)
        self.take(1, new=set(self.guids))
        for name in self.guids:
            self.does(2, "review", name)
        self.does(3, "edit", "paris", field="Back", text="Paris, on the Seine")
        self.does(3, "edit", "moon", field="Meaning", text="the moon")
        self.does(4, "fail", "rome")
        self.does(5, "suspend", "oslo")
        self.does(6, "flag", "bern")
        self.does(7, "move", "wien", deck="Mine::Cities")
        self.does(8, "tag", "riga", tag="mine")

    def end(self, **otherwise: object) -> None:
        """The learner goes on, and a last release corrects a note of each kind: the way is still open."""
        self.does(41, "review", "seoul")
        self.does(42, "edit", "oslo", field="Back", text="Oslo, once Kristiania")
        self.author.fact("seoul")["back"] += ", at last"
        self.author.fact("paris")["back"] += ", at last"
        self.author.fact("sun")["meaning"] += ", at last"
        self.release_and_take(50, **{"changed": {"seoul", "paris", "sun"}, **otherwise})


def _frozen(brings: Mapping[str, Any]) -> dict[str, Any]:
    return {name: frozenset(value) if isinstance(value, AbstractSet) else value for name, value in brings.items()}
