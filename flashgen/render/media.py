"""The pictures of a deck: found in its `media/`, and named by their content.

Anki never takes a changed file under a name that it knows (anki-contract.md, 1.7). So a name says what is in the file,
and a picture that changed comes as another one, in a note that changed with it.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Callable, Collection, Iterator
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from flashgen import rules
from flashgen.diagnostics import Report, Span, did_you_mean
from flashgen.model import Media
from flashgen.render.markup import Html, Problem
from flashgen.render.svg import SvgFault, read_svg, write_svg

FOLDER = "media"
_TYPES = (".gif", ".jpeg", ".jpg", ".png", ".svg", ".webp")
# As the Markdown parser writes it.
_PICTURE = re.compile(r'<img src="([^"]*)" alt="([^"]*)"([^>]*?) ?/>')


class Library:
    """The `media/` of one deck. A file is read once, and `used` holds what texts show, by its path in the folder."""

    def __init__(self, folder: Path, shown: str) -> None:
        self.folder, self.shown = folder / FOLDER, f"{shown}/{FOLDER}"
        self.used: dict[str, Media] = {}
        self._shown: dict[str, Media] = {}
        self._drawn: set[str] = set()

    def take_shown(self) -> tuple[Media, ...]:
        """Return the files that texts showed since the last call: those of one edition."""
        taken, self._shown = tuple(self._shown.values()), {}
        return taken

    def place(self, made: Html, text: str) -> tuple[Html, str]:
        """Return HTML with its pictures under their names in Anki, and the text with what stands for their content."""
        stamps: list[str] = []
        problems: list[Problem] = list(made.problems)

        def name(match: re.Match[str]) -> str:
            found = self._find(unquote(html.unescape(match[1])))
            if isinstance(found, Media):
                stamps.append(found.name)
                self._shown[found.name] = found
                if not match[2].strip():
                    hint = "say what it shows: `![a Pod and its containers](pod.png)`"
                    problems.append(
                        (rules.MISSING_ALT, f"the picture `{match[1]}` says nothing to those who cannot see it", hint)
                    )
                return f'<img src="{found.name}" alt="{match[2]}"{match[3]}>'
            problems.append(found)
            return match[0]

        placed = _PICTURE.sub(name, made.html)
        return Html(placed, tuple(problems)), "\x1d".join((text, *stamps))

    def drawing(self, path: str) -> bytes | Problem:
        """Return the bytes of an SVG file, by its path in the folder."""
        path = path.removeprefix(f"{FOLDER}/")
        data = self._read(path, "drawing", (".svg",))
        if isinstance(data, bytes):
            self._drawn.add(path)
        return data

    def show_drawn(self, stem: str, stamp: str, make: Callable[[], bytes]) -> str:
        """Take a picture that is drawn when it is wanted; return its name in Anki. `stamp` stands for what it shows."""
        name = _name(stem, stamp, ".png")
        self._shown[name] = Media(name, make)
        return name

    def report_unused(self, report: Report) -> None:
        """Report the files that no text shows."""
        for path in self._files():
            if path not in self.used and path not in self._drawn:
                where = Span(f"{self.shown}/{path}")
                report.add(rules.UNUSED_MEDIA, "no text shows this file", where, "show it, or delete it")

    def _find(self, source: str) -> Media | Problem:
        if re.match(r"(?:[a-z][a-z0-9+.-]*:|//)", source, re.IGNORECASE):
            hint = f"put the picture in {self.shown}/, and name it there"
            return rules.EXTERNAL_REQUEST, f"`{source}` would be loaded from outside of the card", hint
        path = source.removeprefix(f"{FOLDER}/")
        if path in self.used:
            return self.used[path]
        data = self._read(path, "picture", _TYPES)
        if not isinstance(data, bytes):
            return data
        file = PurePosixPath(path)
        checked = _sanitised(path, data) if file.suffix.lower() == ".svg" else data
        if not isinstance(checked, bytes):
            return checked
        name = _name(file.stem, hashlib.sha256(data).hexdigest(), file.suffix.lower())
        self.used[path] = Media(name, checked)
        return self.used[path]

    def _read(self, path: str, what: str, types: Collection[str]) -> bytes | Problem:
        file = self.folder / path
        if not file.is_file() or not file.resolve().is_relative_to(self.folder.resolve()):
            hint = did_you_mean(path, self._files()) or f"put it in {self.shown}/"
            return rules.MISSING_MEDIA, f"there is no {what} `{path}` in {self.shown}/", hint
        if file.suffix.lower() not in types:
            return rules.ODD_FORMAT, f"`{path}` is of a type that is no {what} here", f"use {', '.join(types)}"
        try:
            return file.read_bytes()
        except OSError as error:
            return rules.UNREADABLE_FILE, f"`{path}` cannot be read: {error.strerror or error}", "check its permissions"

    def _files(self) -> Iterator[str]:
        if self.folder.is_dir():
            for file in sorted(self.folder.rglob("*")):
                if file.is_file() and file.name[0] != "." and file.suffix not in (".yaml", ".yml"):
                    yield file.relative_to(self.folder).as_posix()


def _sanitised(path: str, data: bytes) -> bytes | Problem:
    """Return an SVG without what its editor left in it, or why it cannot be shown."""
    svg = read_svg(data)
    if isinstance(svg, SvgFault):
        line = f", line {svg.line}" if svg.line else ""
        return svg.rule, f"`{path}`{line}: {svg.message}", svg.hint
    return write_svg(svg.root).encode()


def _name(stem: str, stamp: str, suffix: str) -> str:
    """Return a file's name in Anki, in letters that every system's file names take."""
    stem = "-".join(re.findall("[a-z0-9]+", stem.lower()))[:40] or "picture"
    return f"{stem}-{stamp[:16]}{suffix}"
