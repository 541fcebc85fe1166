"""Media → entries of an archive, stored as they are: a thread reads what comes next while the last is written."""

from __future__ import annotations

import shutil
import zipfile
import zlib
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BufferedIOBase
from queue import SimpleQueue
from typing import BinaryIO, cast

from flashgen.model import Media

# The archive's dates mean nothing; the earliest that a zip can say keeps the bytes the same.
ZIP_DATE = (1980, 1, 1, 0, 0, 0)
# A larger file is copied in pieces, and not ahead of its time: memory stays small.
_LARGE = 1 << 19
_AHEAD = 4


def store(archive: zipfile.ZipFile, out: BinaryIO, media: Collection[Media]) -> None:
    """Add media to an archive that is written to `out`, by their numbers. Raises ChangedError."""
    for (number, file), (data, checksum) in zip(enumerate(media), _read_ahead(media), strict=True):
        entry = zipfile.ZipInfo(str(number), ZIP_DATE)
        if len(data) < _LARGE:
            _add(archive, out, entry, data, checksum)
        else:
            with file.open() as source, archive.open(entry, "w") as stored:
                shutil.copyfileobj(source, stored, _LARGE)


def _read_ahead(media: Collection[Media]) -> Iterator[tuple[memoryview, int]]:
    """Yield the bytes of files, and their checksums; of large files only the beginning."""
    free: SimpleQueue[memoryview | None] = SimpleQueue()
    made: SimpleQueue[tuple[memoryview, int, int] | None] = SimpleQueue()
    # New memory for each file would take longer than the reading itself.
    for _ in range(min(_AHEAD, len(media))):
        free.put(memoryview(bytearray(_LARGE)))

    def read() -> None:
        try:
            for file in media:
                if (buffer := free.get()) is None:
                    return
                with file.open() as opened:
                    length = cast("BufferedIOBase", opened).readinto(buffer)
                made.put((buffer, length, zlib.crc32(buffer[:length])))
        finally:
            made.put(None)

    with ThreadPoolExecutor(1) as thread:
        reading = thread.submit(read)
        try:
            while (ready := made.get()) is not None:
                buffer, length, checksum = ready
                yield buffer[:length], checksum
                free.put(buffer)
        finally:
            # Nobody wants more.
            free.put(None)
        reading.result()


def _add(archive: zipfile.ZipFile, out: BinaryIO, entry: zipfile.ZipInfo, data: memoryview, checksum: int) -> None:
    """Add an entry as zipfile does, which would make the checksum itself while nothing is written."""
    entry.CRC, entry.file_size, entry.compress_size = checksum, len(data), len(data)
    entry.header_offset, entry.external_attr = out.tell(), 0o600 << 16
    out.write(entry.FileHeader(zip64=False))
    out.write(data)
    archive.infolist().append(entry)
    # Where the list of entries will stand.
    archive.start_dir = out.tell()
