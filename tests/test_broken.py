"""What an author sees of every mistake: whole projects under `broken/`, each with its `expected.txt`.

`pytest --update` rewrites these files; read them before you commit them. A folder whose name starts with `warn-` builds
all the same. What git would mangle, or what is no text at all, stands in `BYTES` below.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import media_files
import pytest

BROKEN: Final = Path(__file__).parent / "broken"
CASES: Final = sorted(path.name for path in BROKEN.iterdir() if path.is_dir())
DECK: Final = b"uid: 5f1c6a0e9b7d4c21\nname: Kubernetes\n"
FACTS: Final = "kind: basic\nfacts:\n  - id: pod\n"
# What the test adds to the folder of a case: file → bytes.
BYTES: Final = {
    "byte-order-mark": {
        "cards/k8s/deck.yaml": b"\xef\xbb\xbf" + DECK,
        "cards/k8s/facts.yaml": "\ufeffkind: basci\nfacts: []\n".encode(),
        "cards/k8s/joined.yaml": "kind: basic\nfacts: []\n\ufeffkind: 파드\n".encode(),
    },
    "control-characters": {
        "cards/k8s/deck.yaml": DECK,
        "cards/k8s/facts.yaml": (
            f"{FACTS}    front: 파드란\x07 무엇인가?\x1f\n    back: The \x00 smallest\x7f unit\n"
            "    colour: blue\n  - id: node\n    front: \ufffeWhat is a Node?\x0c\n    back: A machine\U0010f000\n"
        ).encode(),
    },
    "empty-cards": {"cards/": b""},
    "line-breaks": {
        "cards/k8s/deck.yaml": DECK.replace(b"\n", b"\r\n"),
        "cards/k8s/crlf.yaml": f"{FACTS}    front: 파드란?\n    bcak: x\n".replace("\n", "\r\n").encode(),
        "cards/k8s/cr.yaml": "kind: basic\rfacts:\r  - id: node\r    front: 노드란?\r    bcak: x\r".encode(),
        "cards/k8s/mixed.yaml": "kind: basic\r\nfacts:\n  - id: a\u2028    front: @\x85    back: x\n".encode(),
    },
    "lone-surrogates": {
        "cards/k8s/deck.yaml": DECK,
        "cards/k8s/facts.yaml": FACTS.encode() + b"    front: What is \xed\xa0\xbd a Pod?\n    back: x\n",
    },
    "credits-of-nothing": {"cards/k8s/media/pod.png": media_files.png()},
    "credits": {"cards/k8s/media/pod.png": media_files.png()},
    "media-files": {
        f"cards/k8s/media/{name}": data
        for name, data in (
            ("jpeg.png", media_files.jpeg()),
            ("page.png", b"<!doctype html>\n<title>Not found</title>\n"),
            ("words.gif", b"a picture"),
            ("picture.mp3", media_files.png()),
            ("cut.png", media_files.png()[:-20]),
            ("empty.png", b""),
            ("hello.wave", media_files.wav()),
            ("hello.wav", media_files.wav()),
            ("square.png", media_files.png()),
        )
    },
    "pictures": {"cards/k8s/media/pod.png": media_files.png()},
    "raw-html": {"cards/k8s/media/pod.png": media_files.png()},
    "warn-media": {
        f"cards/k8s/media/{name}": data
        for name, data in (
            ("heavy.png", media_files.png("x" * 400_000)),
            ("heavy.wav", media_files.wav(seconds=200)),
            ("call.ogg", media_files.OGG),
            ("film.webm", b"\x1a\x45\xdf\xa3"),
            ("pod.png", media_files.png("one")),
            ("Pod.png", media_files.png("two")),
            ("node.gif", media_files.gif()),
            ("node.png", media_files.png("four")),
            ("node.wav", media_files.wav()),
        )
    },
    "warn-unused-media": {f"cards/k8s/media/{name}.png": media_files.png() for name in ("node", "pod")},
    "not-utf8-templates": {
        "templates/_theme/card.css": b'.card { content: "\xff" }\n',
        "templates/ask/ask.html.j2": b"{{ question }}\xff\n",
    },
    "not-utf8": {
        "cards/k8s/deck.yaml": DECK,
        "cards/k8s/euc-kr.yaml": f"{FACTS}    front: 파드란?\n".encode("euc-kr"),
        "cards/k8s/late.yaml": f"{FACTS}    front: 파드 ".encode() + b"\xff?\n",
        "cards/k8s/latin.yaml": f"{FACTS}    front: Qu'est-ce qu'une unité?\n".encode("latin-1"),
        "cards/k8s/utf-16.yaml": "kind: basic\n".encode("utf-16"),
    },
}
STANDING: Final = b"as it was"
# A new uid is random.
_UID: Final = re.compile(r"(?<=`uid: )[0-9a-f]{16}(?=`)")


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str
    before: dict[str, bytes]
    after: dict[str, bytes]


def flashgen(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "flashgen", *arguments],
        env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000", **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def contents(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def write_files(root: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        file = root / name
        if name.endswith("/"):
            file.mkdir(parents=True)
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)


def build(case: str, root: Path) -> Outcome:
    """What a build of a case says and leaves behind."""
    shutil.copytree(BROKEN / case, root, ignore=shutil.ignore_patterns("expected.txt"))
    write_files(root, {**BYTES.get(case, {}), "dist/k8s.apkg": STANDING, "dist/k8s.ko.apkg": STANDING})
    before = contents(root)
    done = flashgen("-C", root, "build", "--format", "full")
    return Outcome(done.returncode, _UID.sub("0123456789abcdef", done.stdout), done.stderr, before, contents(root))


@pytest.fixture(scope="module")
def outcomes(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[Outcome]]]:
    """The builds of the selected cases, run side by side: each is a process of its own."""
    calls = [getattr(item, "callspec", None) for item in request.session.items if item.path == Path(__file__)]
    selected = {call.params["case"] for call in calls if call is not None and "case" in call.params}
    folder = tmp_path_factory.mktemp("broken")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield {case: pool.submit(build, case, folder / case) for case in sorted(selected)}


@pytest.mark.parametrize("case", CASES)
def test_a_broken_project(case: str, outcomes: dict[str, Future[Outcome]], request: pytest.FixtureRequest) -> None:
    outcome = outcomes[case].result()
    assert "Traceback" not in outcome.err
    expected = BROKEN / case / "expected.txt"
    if request.config.getoption("--update"):
        expected.write_text(outcome.out, encoding="utf-8", newline="")
    assert outcome.out == expected.read_text(encoding="utf-8")
    if case.startswith("warn-"):
        assert outcome.code == 0
        assert "warning[" in outcome.out
        return
    assert outcome.code == 1
    assert outcome.err == "Nothing was written; what stands in dist/ is as it was.\n"
    assert outcome.after == outcome.before


def test_bytes_belong_to_cases() -> None:
    assert set(BYTES) <= set(CASES)


def a_project(root: Path) -> Path:
    write_files(
        root,
        {
            "cards/k8s/deck.yaml": "uid: u\nname: {ko: 쿠버네티스, en: Kubernetes}\nlanguages: [ko, en]\n".encode(),
            "cards/k8s/facts.yaml": f"{FACTS}    front: What is a Pod?\n    back: The smallest unit\n".encode(),
        },
    )
    return root


LOCK: Final = "cards/k8s/deck.lock.jsonl"
RESTORE: Final = "  hint: take the file back from git: learners' progress rests on it\n"


@pytest.mark.parametrize(
    ("files", "arguments", "environment", "expected"),
    [
        pytest.param(
            {},
            ["-C", "elsewhere", "build"],
            {},
            "flashgen: ROOT/elsewhere holds no `cards/`\n  hint: a project is a folder that holds `cards/`\n",
            id="no such folder",
        ),
        pytest.param(
            {"cards": b"not a folder"},
            ["build"],
            {},
            "flashgen: ROOT holds no `cards/`\n  hint: a project is a folder that holds `cards/`\n",
            id="no project",
        ),
        pytest.param(
            {},
            ["build", "--deck", "k9s"],
            {},
            "flashgen: there is no deck `k9s` under cards/\n  hint: the decks are: k8s\n",
            id="unknown deck",
        ),
        pytest.param(
            {},
            ["build", "--language", "ko", "--language", "fr"],
            {},
            "flashgen: no deck has the language `fr`\n  hint: the languages are: en, ko\n",
            id="unknown language",
        ),
        pytest.param(
            {},
            ["check", "--language", "쿠"],
            {},
            "flashgen: no deck has the language `쿠`\n  hint: the languages are: en, ko\n",
            id="unknown language of a check",
        ),
        *(
            pytest.param(
                {},
                ["build"],
                {"SOURCE_DATE_EPOCH": given},
                f"flashgen: SOURCE_DATE_EPOCH is `{given}`, which is no time\n"
                "  hint: set it to seconds since 1970, or unset it\n",
                id=f"SOURCE_DATE_EPOCH={given}",
            )
            for given in ("yesterday", "-1", "", "99999999999", "١٢")
        ),
        pytest.param(
            {LOCK: b'{"flashgen":1,"uid":"u"}\n<<<<<<< HEAD\n'},
            ["build"],
            {},
            f"flashgen: {LOCK}:2: this line is damaged\n  hint: settle the merge: keep the lines of both sides\n",
            id="lock with a merge conflict",
        ),
        pytest.param(
            {LOCK: b'{"flashgen":1,"uid":"u"}\n{"note":"a","id":-1,"hash":"x","modified":1,"fact":"a/b"}\n'},
            ["build"],
            {},
            f"flashgen: {LOCK}:2: this line is damaged\n{RESTORE}",
            id="lock with a negative id",
        ),
        pytest.param(
            {LOCK: b"[]\n"},
            ["build"],
            {},
            f"flashgen: {LOCK}:1: this line is damaged\n{RESTORE}",
            id="lock with a list",
        ),
        pytest.param(
            {LOCK: b'{"flashgen":1,"uid":"another"}\n'},
            ["build"],
            {},
            f"flashgen: {LOCK}:1: this lock is of another deck, with uid another\n"
            "  hint: give deck.yaml back the `uid` it had; for a new deck, made from a copy, delete the lock\n",
            id="lock of another deck",
        ),
        pytest.param(
            {LOCK: b'{"flashgen":99,"uid":"u"}\n'},
            ["build"],
            {},
            f"flashgen: {LOCK}:1: this lock was written by a newer flashgen\n"
            "  hint: install that version or a later one\n",
            id="lock of a newer flashgen",
        ),
    ],
)
def test_cannot_go_on(
    tmp_path: Path, files: dict[str, bytes], arguments: list[str], environment: dict[str, str], expected: str
) -> None:
    root = tmp_path.resolve() / "project"
    if "cards" in files:
        write_files(root, files)
    else:
        write_files(a_project(root), {"dist/k8s.ko.apkg": STANDING, **files})
    (root / "elsewhere").mkdir()
    before = contents(root)
    if "-C" in arguments:
        arguments = [str(root / "elsewhere") if argument == "elsewhere" else argument for argument in arguments]
    else:
        arguments = ["-C", str(root), *arguments]
    done = flashgen(*arguments, **environment)
    assert done.stderr.replace(str(root), "ROOT") == expected
    assert (done.returncode, done.stdout) == (2, "")
    assert contents(root) == before


def test_there_is_no_project_around(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "flashgen", "build"], cwd=tmp_path, capture_output=True, encoding="utf-8", check=False
    )
    assert done.stderr == (
        f"flashgen: there is no flashgen project in {tmp_path.resolve()} or above it\n"
        "  hint: go to the folder that holds `cards/`, name it with `-C DIR`, or make one with `flashgen init`\n"
    )
    assert (done.returncode, done.stdout) == (2, "")


def test_a_broken_deck_may_have_any_language(tmp_path: Path) -> None:
    """An unknown language is no reason to hide what is wrong with the deck that may have it."""
    root = a_project(tmp_path / "project")
    (root / "cards/k8s/deck.yaml").write_bytes(b"uid: x\nname: [\n")
    done = flashgen("-C", root, "build", "--language", "fr")
    assert done.returncode == 1
    assert "a `[` is never closed" in done.stdout
