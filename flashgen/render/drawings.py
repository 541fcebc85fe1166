"""The drawings of a deck: each file is read once, and gets each set of words once.

What reads and draws them is imported when a fact has a drawing: few decks have any, and all would wait.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct, field

from flashgen.cache import Cache
from flashgen.diagnostics import Report, Span
from flashgen.model import Fact
from flashgen.render.media import Library
from flashgen.values import Position, span

if TYPE_CHECKING:
    from flashgen.render.drawing import Drawing
    from flashgen.render.svg import Svg, SvgFault


class Drawings(Struct):
    """The drawings of one deck. `cache` keeps what was measured and drawn: it takes long, and changes seldom."""

    library: Library
    report: Report
    cache: Cache
    _files: dict[str, tuple[Svg, str] | None] = field(default_factory=dict)
    _drawn: dict[str, Drawing] = field(default_factory=dict)

    def open(self, path: str, fact: Fact, at: Position) -> tuple[Svg, str] | None:
        """Return the tree of a file and the hash of its bytes, or None after reporting why there is none."""
        from flashgen.render.svg import SvgFault, read_svg  # noqa: PLC0415

        if path not in self._files:
            found = self.library.drawing(path)
            if not isinstance(found, bytes):
                # Told to each fact that names it.
                self.report.add(*found[:2], span(fact.path, at), found[2])
                return None
            svg = read_svg(found)
            if isinstance(svg, SvgFault):
                self.tell(path, svg)
            self._files[path] = None if isinstance(svg, SvgFault) else (svg, hashlib.sha256(found).hexdigest())
        return self._files[path]

    def tell(self, path: str, fault: SvgFault) -> None:
        """Report what is wrong with a file, at its own line."""
        shown = f"{self.library.shown}/{path}"
        where = Span(shown, fault.line, 1, fault.line, 2) if fault.line else Span(shown)
        self.report.add(fault.rule, fault.message, where, fault.hint)

    def unprintable(self, text: str) -> str:
        """Return the characters of a text that the font of drawings lacks."""
        from flashgen.render.drawing import unprintable  # noqa: PLC0415

        if text.isascii():
            return ""
        return self.cache.make(lambda: unprintable(text).encode(), "unprintable", text).decode()

    def draw(self, svg: Svg, file_hash: str, words: Mapping[str, str]) -> Drawing:
        """Return the drawing with these words in it."""
        from flashgen.render.drawing import localise, stamp_of  # noqa: PLC0415

        stamp = stamp_of(file_hash, words)
        if stamp not in self._drawn:
            self._drawn[stamp] = localise(svg, stamp, words, self.cache)
        return self._drawn[stamp]
