"""A file that cures are put into."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct

from flashgen.diagnostics import Finding, Rule
from flashgen.values import Position, Value
from flashgen.write import write_bytes
from flashgen.write.edit import readable, value_of


class Change(Struct, frozen=True):
    """What was changed in a file, and on which line, from 1."""

    path: str
    line: int
    what: str


class Told(Struct, frozen=True):
    """What findings a cure mends: those of a rule in a file, or only those at a position, or with a message."""

    rule: Rule
    path: str
    at: tuple[int, int] | None = None
    message: str | None = None

    def means(self, finding: Finding) -> bool:
        """Whether it is this finding."""
        return (
            (finding.rule, finding.span.path) == (self.rule, self.path)
            and self.at in (None, (finding.span.line, finding.span.column))
            and self.message in (None, finding.message)
        )


class Cured(Struct, frozen=True):
    """A text with a cure in it, what that changed, by line from 1, and the findings that it mends.

    These are given by their rule and the position of their start in the text, None for all of the rule.
    """

    text: str
    told: Sequence[tuple[int, str]]
    mended: Sequence[tuple[Rule, Position | None]] = ()


class FileText:
    """A YAML file as its author wrote it. `text` is without a byte order mark, and None where it cannot be read.

    With `dry` nothing is written: the file only is as if it had been. `mended` are the findings that were cured.
    """

    def __init__(self, root: Path, file: Path, *, dry: bool = False) -> None:
        self.root, self.file, self.dry = root, file, dry
        self.path = file.relative_to(root).as_posix()
        self.mended: list[Told] = []
        self.text: str | None = None
        self._mark = ""
        try:
            text = file.read_bytes().decode()
        except (OSError, UnicodeDecodeError):
            return
        self._mark = "\ufeff" if text.startswith("\ufeff") else ""
        self.text = text.removeprefix(self._mark)

    @property
    def value(self) -> Value | None:
        """What the file says, or None where it says nothing that can be read."""
        return value_of(self.text) if self.text is not None else None

    @property
    def is_readable(self) -> bool:
        """Whether all that the file says can be read."""
        return self.text is not None and readable(self.text)

    def write(self, cure: Callable[[str], Cured | None]) -> list[Change]:
        """Write the file with a cure in it, where that has one for it, and return what changed. Raises WriteError."""
        cured = cure(self.text) if self.text is not None else None
        if cured is None:
            return []
        if not self.dry:
            write_bytes(self.file, f"{self._mark}{cured.text}".encode())
        self.text = cured.text
        self.mended += [Told(rule, self.path, at and (at[0] + 1, at[1] + 1)) for rule, at in cured.mended]
        return [Change(self.path, line, what) for line, what in cured.told]
