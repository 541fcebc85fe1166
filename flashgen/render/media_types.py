"""What files cards can show and play, told by their names' endings, and whether a file holds what its name says."""

from __future__ import annotations

import re

from msgspec import Struct

from flashgen.read.files import Ends

PICTURE, SOUND, VIDEO = "picture", "sound", "video"


class MediaType(Struct, frozen=True):
    """What a name's ending says: what the file is to a learner, its format, and whether AnkiMobile plays it too."""

    what: str
    format: str
    everywhere: bool = True


# What Anki's own pages and players take on computers, Android and iOS. AnkiMobile plays what iOS plays: of the open
# formats, only its latest versions play some.
TYPES = {
    ".gif": MediaType(PICTURE, "GIF"),
    ".jpg": MediaType(PICTURE, "JPEG"),
    ".jpeg": MediaType(PICTURE, "JPEG"),
    ".png": MediaType(PICTURE, "PNG"),
    ".svg": MediaType(PICTURE, "SVG"),
    ".webp": MediaType(PICTURE, "WebP"),
    ".flac": MediaType(SOUND, "FLAC"),
    ".m4a": MediaType(SOUND, "MP4"),
    ".mp3": MediaType(SOUND, "MP3"),
    ".ogg": MediaType(SOUND, "Ogg", everywhere=False),
    ".opus": MediaType(SOUND, "Ogg", everywhere=False),
    ".wav": MediaType(SOUND, "WAV"),
    ".mp4": MediaType(VIDEO, "MP4"),
    ".webm": MediaType(VIDEO, "WebM", everywhere=False),
}
# Learners carry every byte on each of their devices.
HEAVY = {PICTURE: 300_000, SOUND: 1_000_000, VIDEO: 10_000_000}
# Anki syncs no larger file.
LARGEST = 100 * 1024 * 1024

_MAGIC = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "PNG"),
    (re.compile(rb"\xff\xd8\xff"), "JPEG"),
    (re.compile(rb"GIF8[79]a"), "GIF"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "WebP"),
    (re.compile(rb"RIFF....WAVE", re.DOTALL), "WAV"),
    (re.compile(rb"fLaC"), "FLAC"),
    (re.compile(rb"OggS"), "Ogg"),
    (re.compile(rb"....ftypavi[fs]", re.DOTALL), "AVIF"),
    (re.compile(rb"....ftyp(?:hei|mif)", re.DOTALL), "HEIC"),
    (re.compile(rb"....ftyp", re.DOTALL), "MP4"),
    (re.compile(rb"\x1a\x45\xdf\xa3"), "WebM"),
    (re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html)", re.IGNORECASE), "HTML"),
    (re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml.*?)?<svg", re.IGNORECASE | re.DOTALL), "SVG"),
    (re.compile(rb"%PDF"), "PDF"),
    (re.compile(rb"BM....\0\0\0\0", re.DOTALL), "BMP"),
    (re.compile(rb"II\*\0|MM\0\*"), "TIFF"),
    (re.compile(rb"\0*(?:ID3|\xff[\xe2-\xe7\xf2-\xf7\xfa-\xff])", re.DOTALL), "MP3"),
)
_WHOLE_STREAM = (0, 0xFFFFFFFF)


def fault_of(file: Ends, type_: MediaType) -> tuple[str, str] | None:
    """Return what is wrong with a file's content and how to mend it, or None."""
    if not file.size:
        return "is empty", "put the file there again"
    # Anything may come first in an SVG: its own reader tells.
    found = type_.format if type_.format == "SVG" else format_of(file.head)
    if found != type_.format:
        named = [ending for ending, other in TYPES.items() if other.format == found]
        holds = f"holds {found}, not {type_.format}" if found else f"does not hold {type_.format}"
        hint = f"end its name in `{named[0]}`, or save it as {type_.format}" if named else f"save it as {type_.format}"
        return holds, hint
    if _is_cut(file, found):
        return "ends in the middle", "put the whole file there again"
    return None


def format_of(head: bytes) -> str | None:
    """Return the format that the first bytes of a file tell, or None."""
    return next((name for magic, name in _MAGIC if magic.match(head)), None)


def _is_cut(file: Ends, format_: str) -> bool:
    """Whether a file lacks its end, where that is cheap to see: mostly its own last bytes tell."""
    if format_ == "PNG":
        return b"IEND" not in file.tail
    if format_ == "JPEG":
        return file.tail.rfind(b"\xff\xd9") < 0 and file.whole().rfind(b"\xff\xd9", 2) < 0
    if format_ == "GIF":
        # What wrote it may have filled it up.
        return not (file.tail.rstrip(b"\0") or file.whole().rstrip(b"\0")).endswith(b";")
    if format_ in ("WebP", "WAV"):
        size = int.from_bytes(file.head[4:8], "little")
        return size not in _WHOLE_STREAM and size + 8 > file.size + 1
    return format_ == "MP4" and b"moov" not in file.whole()
