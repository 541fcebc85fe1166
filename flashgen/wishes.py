"""What an author may say of any command: where the project is, and how to speak to its author."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from msgspec import Struct


class Format(StrEnum):
    """How findings are shown."""

    AUTO = "auto"
    FULL = "full"
    CONCISE = "concise"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"


class Color(StrEnum):
    """When output is coloured."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class Wishes(Struct):
    """What was said before and behind a command's name."""

    directory: Path | None = None
    color: str = Color.AUTO
    quiet: bool = False
    verbose: bool = False
