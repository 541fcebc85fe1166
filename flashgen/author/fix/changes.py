"""A file that cures are put into."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from flashgen.values import Value
from flashgen.write import write_bytes
from flashgen.write.edit import readable, value_of


@dataclass(frozen=True, slots=True)
class Change:
    """What was changed in a file, and on which line, from 1."""

    path: str
    line: int
    what: str


@dataclass(frozen=True, slots=True)
class Cured:
    """A text with a cure in it, and what that changed, by line from 1."""

    text: str
    told: Sequence[tuple[int, str]]


class FileText:
    """A YAML file as its author wrote it. `text` is without a byte order mark, and None where it cannot be read."""

    def __init__(self, root: Path, file: Path) -> None:
        self.root, self.file = root, file
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
        write_bytes(self.file, f"{self._mark}{cured.text}".encode())
        self.text = cured.text
        path = self.file.relative_to(self.root).as_posix()
        return [Change(path, line, what) for line, what in cured.told]
