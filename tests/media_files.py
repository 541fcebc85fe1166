"""Small real files that cards can show and play, each with a content of its own."""

from __future__ import annotations

import io
import struct
import wave
import zlib


def png(label: str = "", size: int = 4) -> bytes:
    """A grey square; the label is in its metadata."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", size, size, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + b"\x80" * size for _ in range(size)))
    text = b"Comment\0" + label.encode()
    chunks = ((b"IHDR", header), (b"tEXt", text), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(name, data) for name, data in chunks)


def gif() -> bytes:
    """One white pixel."""
    screen = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + b"\xff\xff\xff\0\0\0"
    return screen + b",\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0;"


def jpeg() -> bytes:
    """The frame of a JPEG: where it starts and where it ends."""
    return b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xd9"


def wav(level: int = 0, seconds: float = 0.01) -> bytes:
    """A constant level, which is silence."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(1)
        out.setframerate(8000)
        out.writeframes(bytes([128 + level]) * int(8000 * seconds))
    return file.getvalue()


def mp4() -> bytes:
    """The boxes of a video: what it is, and where its pictures would be."""
    boxes = ((b"ftyp", b"isom\0\0\0\0isom"), (b"moov", b""), (b"mdat", b""))
    return b"".join(struct.pack(">I", len(data) + 8) + name + data for name, data in boxes)


MP3 = b"ID3\x03\0\0\0\0\0\0" + b"\xff\xfb\x10\xc4" + bytes(100)
OGG = b"OggS\0\x02" + bytes(22) + b"OpusHead"
