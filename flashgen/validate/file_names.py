"""Names of packages that every system can have: a deck may be built on any of them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from flashgen import rules
from flashgen.diagnostics import Related, Report, Span
from flashgen.model import Deck

# What Windows keeps for its devices, with any ending, and what it takes in no name ("Naming Files, Paths, and
# Namespaces" of its documentation).
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE)
_REFUSED = re.compile(r'[<>:"/\\|?*\x00-\x1f]')


def check_file_names(decks: Iterable[Deck], report: Report) -> None:
    """Report decks whose packages some system could not hold, or only one of them."""
    taken: dict[str, tuple[str, Span]] = {}
    for deck in decks:
        where = Span(deck.path.rpartition("/")[0])
        hint = "rename the folder: learners have nothing that hangs on its name"
        if (why := _fault(deck.folder)) is not None:
            report.add(rules.UNPORTABLE_NAME, f"Windows takes no file of the name `{deck.folder}`: {why}", where, hint)
            continue
        for language in deck.editions:
            name = deck.package_name(language)
            other, first = taken.setdefault(name.casefold(), (name, where))
            if first != where:
                message = f"the package `{name}` would stand in the place of `{other}`"
                if name != other:
                    message += " where upper and lower case count for nothing"
                report.add(rules.UNPORTABLE_NAME, message, where, hint, [Related("the other one", first)])


def _fault(name: str) -> str | None:
    if (found := _REFUSED.search(name)) is not None:
        return f"it holds `{found[0]}`"
    if name.endswith(" "):
        return "it ends with a space"
    return "it is that of a device" if _DEVICE.fullmatch(name) else None
