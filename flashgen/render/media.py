"""The pictures, sounds and videos of a deck: found in its `media/`, checked, and named by their content.

Anki never takes a changed file under a name that it knows (anki-contract.md, 1.7). So a name says what is in the file,
and a file that changed comes as another one, in a note that changed with it.
"""

from __future__ import annotations

import hashlib
import html
import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from functools import cache, cached_property
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from msgspec import Struct

from flashgen import rules
from flashgen.diagnostics import Related, Report, Span, did_you_mean
from flashgen.inputs import Inputs
from flashgen.model import Credit, Media
from flashgen.read.files import Content, Ends, TooLargeError, is_file, leads_out, read_ends
from flashgen.read.places import MEDIA
from flashgen.render.html import Html, Problem
from flashgen.render.media_types import HEAVY, LARGEST, PICTURE, TYPES, MediaType, fault_of
from flashgen.values import nfc

# As the Markdown parser writes it.
_PICTURE = re.compile(r'<img src="([^"]*)" alt="([^"]*)"([^>]*?) ?/>')
_ALT_CURE = "say what it shows: `![a Pod and its containers](pod.png)`"
_HTML_ALT_CURE = 'say what it shows: `<img src="pod.png" alt="a Pod and its containers">`'


class FileData(Struct, frozen=True):
    """The ends of a file, and how it is read again."""

    ends: Ends
    content: Content

    @property
    def data(self) -> bytes:
        """What it holds. Raises ChangedError."""
        return self.content.read()


class _Found(Struct, frozen=True):
    """A file that can be shown, what it is to a learner, and what its author should know of it."""

    media: Media
    what: str
    warnings: tuple[Problem, ...]


class Shown(Struct, frozen=True):
    """The HTML that shows a file, and the name that stands for its content; both are "" where it cannot be shown."""

    html: str
    stamp: str
    problems: tuple[Problem, ...]


class Library:
    """The `media/` of one deck. A file is read once, and `used` holds what texts show, by its path in the folder."""

    def __init__(
        self,
        folder: Path,
        shown: str,
        credits_: Mapping[str, Credit] | None = None,
        inputs: Inputs | None = None,
    ) -> None:
        self.folder, self.shown, self.credits = folder / MEDIA, f"{shown}/{MEDIA}", credits_
        self._hashes = inputs.files if inputs is not None else {}
        self.used: dict[str, _Found] = {}
        self._shown: dict[str, Media] = {}
        self._paths: set[str] = set()
        self._drawn: set[str] = set()
        self._made: dict[str, Media] = {}

    def take_shown(self) -> tuple[tuple[Media, ...], tuple[Credit, ...]]:
        """Return the files that texts showed since the last call, those of one edition, and what credits they have."""
        taken, self._shown = tuple(self._shown.values()), {}
        paths, self._paths = self._paths, set()
        known = sorted((self.credits or {}).items())
        return taken, tuple(credit for path, credit in known if path in paths)

    def place(self, made: Html, text: str, seen: list[str]) -> tuple[Html, str]:
        """Return HTML with its files as Anki shows them, and the text with what stands for their content.

        The files' paths are added to `seen`.
        """
        stamps: list[str] = []
        problems: list[Problem] = list(made.problems)
        cure = _HTML_ALT_CURE if "<img" in text else _ALT_CURE

        def show(match: re.Match[str]) -> str:
            shown = self.show(unquote(html.unescape(match[1])), match[2], seen, rest=match[3], cure=cure)
            stamps.extend(filter(None, [shown.stamp]))
            problems.extend(shown.problems)
            # A fault keeps what stands there instead: the rest of the text is judged with it.
            return shown.html or match[2] or match[1]

        placed = _PICTURE.sub(show, made.html)
        return Html(placed, tuple(problems)), "\x1d".join((text, *stamps))

    def show(
        self,
        source: str,
        alt: str,
        seen: list[str],
        *,
        rest: str = "",
        of: Collection[str] = tuple(HEAVY),
        cure: str = _ALT_CURE,
    ) -> Shown:
        """Return how a file is shown: a picture by its tag, all else by Anki's player.

        `alt` is what it says to those who do not see or hear it, and `rest` the tag's other attributes, both as HTML;
        `of` names what it may be. The file's path is added to `seen`.
        """
        path = nfc(source).removeprefix(f"{MEDIA}/")
        found = self._find(path, of)
        if not isinstance(found, _Found):
            return Shown("", "", (found,))
        seen.append(path)
        name = found.media.name
        self._shown[name] = found.media
        self._paths.add(path)
        if found.what != PICTURE:
            played = f"[sound:{name}]"
            if alt.strip():
                played = f'<span class="fg-sound" title="{alt}">{played}</span>'
            return Shown(played, name, found.warnings)
        problems = list(found.warnings)
        if alt.strip() in ("", path, path.rpartition("/")[2]):
            message = f"the picture `{source}` says nothing to those who cannot see it"
            problems.append((rules.MISSING_ALT, message, cure))
        return Shown(f'<img src="{name}" alt="{alt}"{rest}>', name, tuple(problems))

    def drawing(self, path: str) -> bytes | Problem:
        """Return the bytes of an SVG file, by its path in the folder."""
        path = nfc(path).removeprefix(f"{MEDIA}/")
        read = self._read(path, "drawing")
        if not isinstance(read, FileData):
            return read
        if not path.lower().endswith(".svg"):
            return rules.ODD_FORMAT, f"`{path}` is no drawing", "use an .svg"
        self._drawn.add(path)
        return read.data

    def show_drawn(self, seen: list[str], path: str, stamp: str, make: Callable[[], bytes]) -> str:
        """Take a picture that is made of a drawing when it is wanted, and return its name in Anki.

        `stamp` stands for what it shows. The drawing's path is added to `seen`.
        """
        path = nfc(path).removeprefix(f"{MEDIA}/")
        name = name_in_anki(path, stamp, ".png")
        # Drawing takes a while: what is looked at again is not drawn again.
        self._shown[name] = self._made.setdefault(name, Media(name, cache(make)))
        self._paths.add(path)
        seen.append(path)
        return name

    def what(self, path: str) -> str:
        """Return what a file that was shown is to a learner."""
        return self.used[path].what if path in self.used else PICTURE

    def report_folder(self, report: Report) -> None:
        """Report what is wrong with the folder as a whole, once every language was rendered."""
        for path in self._files:
            where = Span(f"{self.shown}/{path}")
            if path not in self.used and path not in self._drawn:
                report.add(rules.UNUSED_MEDIA, "no text shows this file", where, "show it, or delete it")
            elif self.credits is not None and path not in self.credits:
                hint = f"add `{path}: {{author: …, licence: …}}` to {self.shown}/credits.yaml"
                report.add(rules.UNCREDITED_MEDIA, "credits.yaml does not say who made this file", where, hint)
        for path, credit in (self.credits or {}).items():
            if path not in self._files:
                hint = did_you_mean(path, self._files) or "delete it"
                report.add(rules.MISSING_MEDIA, f"there is no `{path}` in {self.shown}/", credit.span, hint)
        self._report_names(report)

    def _report_names(self, report: Report) -> None:
        """Report files that are easily taken for one another."""
        spelled: dict[str, str] = {}
        stems: dict[tuple[str, str], str] = {}
        for path in self._files:
            first = spelled.setdefault(path.casefold(), path)
            type_ = TYPES.get(_ending(path))
            other = stems.setdefault((path.rpartition(".")[0], type_.what if type_ else path), path)
            related = [Related("the other one", Span(f"{self.shown}/{first if first != path else other}"))]
            where = Span(f"{self.shown}/{path}")
            if first != path:
                message = f"this name differs from `{first}` in upper and lower case alone: some systems keep only one"
                report.add(rules.MEDIA_NAME, message, where, "rename one", related)
            elif other != path:
                message = f"this name differs from `{other}` in its ending alone: one is easily shown for the other"
                report.add(rules.MEDIA_NAME, message, where, "rename one, or delete it", related)

    def _find(self, path: str, of: Collection[str]) -> _Found | Problem:
        type_ = TYPES.get(_ending(path))
        what = type_.what if type_ else "file"
        if (elsewhere := from_elsewhere(path, f"put the {what} in {self.shown}/, and name it there")) is not None:
            return elsewhere
        read = self.used.get(path) or self._read(path, what)
        if not isinstance(read, FileData | _Found):
            return read
        if type_ is None or what not in of:
            wanted = " or ".join(of)
            message = (
                f"`{path}` is {f'a {what}, and a {wanted} is wanted' if type_ else 'of a type that is not packed'}"
            )
            endings = ", ".join(ending for ending, other in TYPES.items() if other.what in of)
            return rules.ODD_FORMAT, message, f"use {endings}"
        return read if isinstance(read, _Found) else self._take(path, read, type_)

    def _take(self, path: str, read: FileData, type_: MediaType) -> _Found | Problem:
        what, size = type_.what, read.ends.size
        if (fault := fault_of(read.ends, type_)) is not None:
            return rules.WRONG_CONTENT, f"`{path}` {fault[0]}", fault[1]
        content = _sanitised(path, read.data) if type_.format == "SVG" else read.content
        if not isinstance(content, bytes | Content):
            return content
        warnings: list[Problem] = []
        if size > HEAVY[what]:
            most = HEAVY[what] // 1000
            message = f"`{path}` has {size // 1000} kB; a {what} of more than {most} kB is heavy to sync"
            warnings.append((rules.HEAVY_MEDIA, message, "save it smaller"))
        if not type_.everywhere:
            hint = f"save it as {'.mp4' if what == 'video' else '.mp3 or .m4a'}"
            warnings.append((rules.NOT_EVERYWHERE, f"AnkiMobile may not play `{path}`", hint))
        name = name_in_anki(path, self._hash(path, read), _ending(path))
        self.used[path] = _Found(Media(name, content), what, tuple(warnings))
        return self.used[path]

    def _hash(self, path: str, read: FileData) -> str:
        """Return the hash of a file, which may be known already."""
        hash_, state = self._hashes.get(f"{self.shown}/{self._files[path]}", ("", None))
        return hash_ if state == read.content.state else hashlib.sha256(read.data).hexdigest()

    def _read(self, path: str, what: str) -> FileData | Problem:
        """Return what a file holds, by its path in the folder and spelled as it is there."""
        if ".." in path.split("/") or path.startswith("/"):
            return rules.MISSING_MEDIA, f"`{path}` lies outside of {self.shown}/", f"put the {what} in {self.shown}/"
        file = f"{self.folder}/{self._files.get(path, '')}"
        # Links to folders are not followed, so only a file can lead elsewhere.
        if path not in self._files or (os.path.islink(file) and leads_out(Path(file), self.folder)):  # noqa: PTH114
            hint = did_you_mean(path, self._files) or f"put it in {self.shown}/"
            return rules.MISSING_MEDIA, f"there is no {what} `{path}` in {self.shown}/", hint
        return read_file(file, path)

    @cached_property
    def _files(self) -> Mapping[str, str]:
        """The folder's files by their paths in it: how they are spelled there."""
        return {nfc(path): path for path in sorted(_files_in(self.folder), key=lambda path: path.split("/"))}


def _files_in(folder: Path, inner: str = "") -> Iterator[str]:
    """Yield the paths of all files in a folder but hidden ones and YAML: without path objects, in half the time."""
    with suppress(OSError), os.scandir(folder / inner) as entries:
        for entry in entries:
            path = f"{inner}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                yield from _files_in(folder, f"{path}/")
            elif entry.name[0] == "." or entry.name.endswith((".yaml", ".yml")):
                continue
            elif entry.is_file(follow_symlinks=False) or (entry.is_symlink() and is_file(folder / path)):
                yield path


def _ending(path: str) -> str:
    return path[path.rfind(".") :].lower()


def _sanitised(path: str, data: bytes) -> bytes | Problem:
    """Return an SVG without what its editor left in it, or why it cannot be shown."""
    from flashgen.render.svg import SvgFault, read_svg, write_svg  # noqa: PLC0415 - many a deck has none

    svg = read_svg(data)
    if isinstance(svg, SvgFault):
        line = f", line {svg.line}" if svg.line else ""
        return svg.rule, f"`{path}`{line}: {svg.message}", svg.hint
    return write_svg(svg.root).encode()


def from_elsewhere(address: str, cure: str) -> Problem | None:
    """Return the problem of an address that leads out of the card, or None where it leads to a file."""
    if re.match(r"[a-z][a-z0-9+.-]*:|//", address, re.IGNORECASE) is None:
        return None
    return rules.EXTERNAL_REQUEST, f"`{address}` would be loaded from outside of the card", cure


def read_file(file: Path | str, path: str) -> FileData | Problem:
    """Return the ends of a file, or why it cannot be packed; `path` is what its author calls it."""
    try:
        return FileData(*read_ends(file, LARGEST))
    except TooLargeError as error:
        message = f"`{path}` has {error.size // 1_000_000} MB; Anki syncs no file over {LARGEST >> 20} MiB"
        return rules.TOO_LARGE, message, "save it smaller, or cut it in pieces"
    except OSError as error:
        return rules.UNREADABLE_FILE, f"`{path}` cannot be read: {error.strerror or error}", "check its permissions"


def name_in_anki(path: str, stamp: str, suffix: str) -> str:
    """Return a file's name in Anki, in letters that every system's file names take; `stamp` says what is in it."""
    stem = "-".join(re.findall("[a-z0-9]+", PurePosixPath(path).stem.lower()))[:40] or "file"
    return f"{stem}-{stamp[:16]}{suffix}"
