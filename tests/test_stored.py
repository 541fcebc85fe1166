"""Media in a package: the entries that zipfile would write, and nothing left waiting where that ends early."""

from __future__ import annotations

import io
import os
import shutil
import zipfile
from pathlib import Path
from typing import BinaryIO

import pytest

from flashgen.errors import ChangedError
from flashgen.model import Media
from flashgen.pack.stored import ZIP_DATE, store
from flashgen.read.files import read_content

HALF = 1 << 19
CONTENTS = [b"", b"one", os.urandom(200_000), b"x" * (HALF - 1), b"y" * HALF, os.urandom(3 * HALF + 1)] * 3


def archive_of(media: list[Media], out: BinaryIO) -> None:
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo("first", ZIP_DATE), b"database")
        store(archive, out, media)


def test_media_of_all_sizes_and_origins_are_stored_as_zipfile_stores_them(tmp_path: Path) -> None:
    media = []
    for number, content in enumerate(CONTENTS):
        (tmp_path / str(number)).write_bytes(content)
        read = read_content(tmp_path / str(number), 1 << 30)[1]
        media += [Media("a", content), Media("b", lambda content=content: content), Media("c", read)]
    ours, theirs = io.BytesIO(), io.BytesIO()
    archive_of(media, ours)
    with zipfile.ZipFile(theirs, "w") as archive:
        archive.writestr(zipfile.ZipInfo("first", ZIP_DATE), b"database")
        for number, file in enumerate(media):
            with file.open() as source, archive.open(zipfile.ZipInfo(str(number), ZIP_DATE), "w") as stored:
                shutil.copyfileobj(source, stored)
    assert ours.getvalue() == theirs.getvalue()
    assert zipfile.ZipFile(ours).testzip() is None


@pytest.mark.parametrize("place", [0, 5, 39])
def test_a_file_that_changed_ends_the_packing(tmp_path: Path, place: int) -> None:
    media = []
    for number in range(40):
        file = tmp_path / f"{number}.png"
        file.write_bytes(b"picture")
        media.append(Media(file.name, read_content(file, 100)[1]))
    (tmp_path / f"{place}.png").write_bytes(b"another picture")
    with pytest.raises(ChangedError, match=f"{place}.png was changed meanwhile"):
        archive_of(media, io.BytesIO())


def test_a_full_disk_ends_the_packing() -> None:
    class Full(io.BytesIO):
        def write(self, data: object) -> int:
            if self.tell() > HALF:
                raise OSError(28, "No space left on device")
            return super().write(data)  # type: ignore[arg-type]

    with pytest.raises(OSError, match="No space left"):
        archive_of([Media("a", b"x" * 100_000)] * 40, Full())
