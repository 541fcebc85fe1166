"""Any text, any folder, any locale: the same sources make the same cards, and files that every system can have."""

from __future__ import annotations

import io
import os
import re
import sqlite3
import subprocess
import sys
import unicodedata
import zipfile
from pathlib import Path
from typing import Final

import media_files
import pytest

DECK: Final = "uid: 5f1c6a0e9b7d4c21\nname: Texts\n"
TEXTS: Final = {
    "korean": "파드는 무엇인가?",
    "chinese": "什么是容器组?",
    "japanese": "ポッドとは何か？",
    "arabic": "ما هي الحاوية؟",
    "hebrew": "מהו \u2067פוד\u2069?",
    "thai": "พ็อดคืออะไร",
    "emoji": "👩🏽‍💻 and 🇰🇷 and 1️⃣",
    "marks": "n\u0303 o\u0308 z\u0301\u0323 कि",
    "vietnamese": "Tiếng Việt",
    "astral": "𝕏 and 𠮷",
}
PICTURE: Final = "그림 하나.png"


def project(root: Path, form: str = "NFC", newline: str = "\n", mark: str = "") -> Path:
    facts = "".join(f'  - {{id: {name}, front: "{text}", back: "**{text}**"}}\n' for name, text in TEXTS.items())
    facts += f'  - {{id: picture, front: "![어떤 그림]({PICTURE.replace(" ", "%20")})", back: b}}\n'
    files = {"deck.yaml": DECK, "사실 파일.yaml": f"kind: basic\nfacts:\n{facts}"}
    folder = root / "cards" / unicodedata.normalize(form, "낱말 카드")
    (folder / "media").mkdir(parents=True)
    for name, text in files.items():
        data = mark + unicodedata.normalize(form, text).replace("\n", newline)
        (folder / unicodedata.normalize(form, name)).write_bytes(data.encode())
    (folder / "media" / unicodedata.normalize(form, PICTURE)).write_bytes(media_files.png())
    return root


def build(root: Path, **environment: str) -> bytes:
    done = subprocess.run(
        [sys.executable, "-m", "flashgen", "-C", root, "build"],
        env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000", "FLASHGEN_CACHE": "", **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, "warning" in done.stdout) == (0, False), done.stdout + done.stderr
    (file,) = (root / "dist").glob("*.apkg")
    return file.read_bytes()


def fields(package: bytes) -> list[list[str]]:
    data = zipfile.ZipFile(io.BytesIO(package)).read("collection.anki2")
    connection = sqlite3.connect(":memory:")
    try:
        connection.deserialize(data)
        return [row[0].split("\x1f") for row in connection.execute("SELECT flds FROM notes ORDER BY id")]
    finally:
        connection.close()


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return build(project(tmp_path_factory.mktemp("usual")))


def test_every_text_stands_on_its_card_as_it_was_written(usual: bytes) -> None:
    found = fields(usual)
    for text, (front, back, *_) in zip(TEXTS.values(), found, strict=False):
        nfc = unicodedata.normalize("NFC", text)
        assert (front, back) == (nfc, f"<strong>{nfc}</strong>")
    assert re.fullmatch(r'<img src="file-[0-9a-f]{16}\.png" alt="어떤 그림">', found[len(TEXTS)][0])


@pytest.mark.parametrize(
    ("sources", "environment"),
    [
        pytest.param({"form": "NFD"}, {}, id="NFD, in names of files too"),
        pytest.param({"newline": "\r\n"}, {}, id="CRLF"),
        pytest.param({"mark": "\ufeff"}, {}, id="BOM"),
        pytest.param({}, {"LC_ALL": "C"}, id="C"),
        pytest.param({}, {"LC_ALL": "C", "PYTHONUTF8": "0"}, id="C, and no UTF-8"),
        pytest.param({}, {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, id="POSIX"),
        pytest.param({}, {"TZ": "Pacific/Kiritimati"}, id="14 hours before UTC"),
        pytest.param({}, {"TZ": "Etc/GMT+12"}, id="12 hours behind UTC"),
    ],
)
def test_the_same_bytes_come_out_everywhere(
    tmp_path: Path, usual: bytes, sources: dict[str, str], environment: dict[str, str]
) -> None:
    root = project(tmp_path / "a folder, 폴더 and #%20", **sources)
    assert build(root, **environment) == usual


DEVICES: Final = ["con", "NUL", "aux.old", "com1", "LPT9", "COM¹"]
REFUSED: Final = ["a:b", "a?", "a*b", 'a"b', "a<b", "a|b", "a\\b", "a "]


@pytest.mark.parametrize("name", DEVICES + REFUSED)
def test_a_deck_whose_package_windows_could_not_have_is_an_error(tmp_path: Path, name: str) -> None:
    assert "unportable-name: Windows takes no file of the name" in said_of(tmp_path, name)


@pytest.mark.parametrize("name", ["connections", "a.b", "com10", "쿠버네티스", "nul1", "a b", ".con"[1:] + "s"])
def test_any_other_name_will_do(tmp_path: Path, name: str) -> None:
    assert said_of(tmp_path, name) == ""


def test_packages_that_some_system_holds_for_one_are_an_error(tmp_path: Path) -> None:
    said = said_of(tmp_path, "k8s", "K8s")
    assert "the package `k8s.apkg` would stand in the place of `K8s.apkg` where upper and lower case" in said


def test_packages_of_one_name_are_an_error(tmp_path: Path) -> None:
    said = said_of(tmp_path, "k8s", "k8s.ko", languages={"k8s": "languages: [ko, en]\n"})
    assert "the package `k8s.ko.apkg` would stand in the place of `k8s.ko.apkg`" in said


def said_of(root: Path, *names: str, languages: dict[str, str] | None = None) -> str:
    """What a check says of decks in folders of these names."""
    for number, name in enumerate(names):
        folder = root / "cards" / name
        folder.mkdir(parents=True)
        listed = (languages or {}).get(name, "")
        title = f"{{ko: 가{number}, en: b{number}}}" if listed else f"c{number}"
        (folder / "deck.yaml").write_text(f"uid: u{number}\nname: {title}\n{listed}", encoding="utf-8")
        (folder / "facts.yaml").write_text(
            f"kind: basic\nfacts: [{{id: a{number}, front: f, back: b}}]\n", encoding="utf-8"
        )
    return subprocess.run(
        [sys.executable, "-m", "flashgen", "-C", root, "check", "--format", "full"],
        env={**os.environ, "FLASHGEN_CACHE": ""},
        capture_output=True,
        encoding="utf-8",
        check=False,
    ).stdout
