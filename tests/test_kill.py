"""A build that is killed, stopped, starved or overtaken leaves the last good package and lock, and no litter.

Builds run in children of this process, where a hook stops them at any call that flashgen makes: the same one each time.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

import flashgen
from flashgen import cli, known_files, pipeline

PACKAGE: Final = str(Path(flashgen.__file__).parent)
WRITE: Final = str(Path(flashgen.__file__).parent / "write")
FULL: Final = os.environ.get("FLASHGEN_FULL") == "1"
NOW: Final = "1700000000"
DECK: Final = "uid: 5f1c6a0e9b7d4c21\nname: {ko: 쿠버네티스, en: Kubernetes}\nlanguages: [ko, en]\nlicence: CC0-1.0\n"
FACTS: Final = """kind: basic
facts:
  - {id: pod, front: What is a Pod?, back: "The *smallest* unit", reverse: true}
  - {id: node, front: What is a Node?, back: A machine}
"""
LOCK: Final = "cards/k8s/deck.lock.jsonl"
FACT_FILE: Final = "cards/k8s/facts.yaml"


def contents(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def write(root: Path, files: dict[str, str | bytes]) -> Path:
    for name, data in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data if isinstance(data, bytes) else data.encode())
    return root


def child(root: Path, *arguments: str, before: Callable[[], object] = lambda: None, now: str = NOW) -> int:
    """Begin a command in a child of this process, and return its id. `before` runs in the child, right before."""
    process = os.fork()
    if process:
        return process
    # Nothing of the tests runs on from here.
    status = 70
    try:
        out = os.open(root.parent / "said", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        sys.stdout = sys.stderr = os.fdopen(out, "w", encoding="utf-8")
        os.environ |= {"SOURCE_DATE_EPOCH": now, "XDG_CACHE_HOME": str(root.parent / "cache"), "NO_COLOR": "1"}
        sys.argv = ["flashgen", "-C", str(root), *arguments]
        before()
        cli.main()
    except SystemExit as left:
        status = left.code if isinstance(left.code, int) else 0
    finally:
        sys.setprofile(None)
        with contextlib.suppress(OSError):
            sys.stdout.flush()
        os._exit(status)


def ended(process: int) -> int:
    """Return the exit code of a child, or minus the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def run(root: Path, *arguments: str, now: str = NOW) -> int:
    return ended(child(root, *(arguments or ("build",)), now=now))


def at_call(number: int, do: Callable[[], object], folder: str = PACKAGE) -> None:
    """Do something at the n-th call that flashgen makes, of Python's functions or its own, and never again."""
    left = [number]

    def profile(frame: Any, event: str, _: object) -> None:
        if event in ("call", "c_call", "c_return") and frame.f_code.co_filename.startswith(folder):
            left[0] -= 1
            if left[0] == 0:
                do()

    hook(profile)


def hook(profile: Callable[[Any, str, object], None]) -> None:
    """See all calls of this process, those of threads that it begins too; processes that it begins see their own."""
    threading.setprofile(profile)
    sys.setprofile(profile)


def calls(root: Path, folder: str = PACKAGE) -> int:
    """Return how many such calls a build makes."""
    file = root.parent / "calls"
    count = [0]

    def profile(frame: Any, event: str, _: object) -> None:
        if event in ("call", "c_call", "c_return") and frame.f_code.co_filename.startswith(folder):
            count[0] += 1
            file.write_text(str(count[0]), encoding="ascii") if count[0] % 50 == 0 or folder == WRITE else None

    assert ended(child(root, "build", before=lambda: hook(profile))) == 0
    return int(file.read_text(encoding="ascii"))


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture(scope="module", autouse=True)
def _loaded() -> None:
    """What a build imports is there before it is begun: every moment is one of the build."""
    import flashgen.commands.build  # noqa: PLC0415
    import flashgen.commands.release  # noqa: PLC0415
    import flashgen.pack.genanki_adapter  # noqa: F401, PLC0415

    assert pipeline.DIST == "dist"


class States:
    """A project as a first build left it, its sources as they became since, and what a second build makes of them."""

    def __init__(self, folder: Path) -> None:
        root = write(folder / "project", {"cards/k8s/deck.yaml": DECK, FACT_FILE: FACTS})
        assert run(root) == 0
        self.old = contents(root)
        write(
            root,
            {FACT_FILE: FACTS.replace("A machine", "A *machine* of any kind") + "  - {id: c, front: c, back: d}\n"},
        )
        self.changed = contents(root)
        assert run(root, now="1700009999") == 0
        self.new = contents(root)
        self.made = [name for name in self.new if self.new[name] != self.changed[name]]
        assert sorted(self.made) == [LOCK, "dist/k8s.en.apkg", "dist/k8s.ko.apkg"]

    def put(self, folder: Path) -> Path:
        return write(folder / "project", dict(self.changed))

    def is_whole(self, root: Path) -> None:
        found = contents(root)
        for name in self.made:
            assert found[name] in (self.old[name], self.new[name]), name
        # A package is never ahead of its lock.
        if found[LOCK] == self.old[LOCK]:
            assert all(found[name] == self.old[name] for name in self.made)
        assert all(found[name] == data for name, data in self.changed.items() if name not in self.made)

    def recovers(self, root: Path) -> None:
        """What a build after it makes is what one makes that was never disturbed; nothing else is left behind."""
        assert run(root, now="1700009999") == 0
        assert contents(root) == self.new


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> States:
    return States(tmp_path_factory.mktemp("states"))


# --- Killed


def moments(total: int, wanted: int) -> list[int]:
    return sorted({1 + number * (total - 1) // (wanted - 1) for number in range(wanted)})


@pytest.mark.parametrize("where", ["anywhere", "while it writes", "beside other processes"])
def test_a_build_that_is_killed_at_any_moment(
    tmp_path: Path, states: States, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if where == "beside other processes":
        # Each of them ends at its own call of that number, and the build sees it go before it goes itself.
        for name in ("_WORTH_A_PROCESS", "_PORTION"):
            monkeypatch.setattr(known_files, name, 1)
    folder = WRITE if where == "while it writes" else PACKAGE
    total = calls(states.put(tmp_path / "counted"), folder)
    killed, chosen = 0, moments(total, 200 if FULL else 12)
    for number in chosen:
        root = states.put(tmp_path / str(number))
        ending = ended(child(root, "build", before=lambda n=number: at_call(n, kill, folder), now="1700009999"))
        assert ending in (-signal.SIGKILL, 0), (tmp_path / str(number) / "said").read_text(encoding="utf-8")
        killed += ending == -signal.SIGKILL
        states.is_whole(root)
        states.recovers(root)
    # Nearly all: what the cache holds already makes a few calls more or less.
    assert killed >= len(chosen) * 0.9


def test_what_a_killed_build_left_is_cleared_though_nothing_changes(tmp_path: Path, states: States) -> None:
    root = write(tmp_path / "project", dict(states.new))
    write(root, {"dist/.k8s.en.apkg.ab12.part": b"half", "cards/k8s/.deck.lock.jsonl.xy.part": b"half"})
    states.recovers(root)


# --- Starved


def bound_files(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


@pytest.mark.parametrize("size", [0, 100, 1000, 4000])
def test_a_disk_that_is_full(tmp_path: Path, states: States, size: int) -> None:
    """No file may grow beyond so many bytes: neither the lock, nor a package, nor the cache."""
    root = states.put(tmp_path)
    ending = ended(child(root, "build", before=lambda: bound_files(size), now="1700009999"))
    # Where not even the reason could be written, the exit code alone says so.
    assert ending == 2
    states.is_whole(root)
    assert not list(root.rglob("*.part"))
    states.recovers(root)


def without_powers() -> None:
    """Let what is read-only be so for root as well: drop CAP_DAC_OVERRIDE from what this process may do."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None, use_errno=True)
        # Version 3 of Linux's header; permitted and effective sets without the first three powers, twice 32 bits.
        header = (ctypes.c_uint32 * 2)(0x20080522, 0)
        sets = (ctypes.c_uint32 * 6)()
        assert libc.capget(header, sets) == 0
        for at in (0, 1):
            sets[at] &= ~0b111
        assert libc.capset(header, sets) == 0


def read_only(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)


def writable(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)


def test_dist_that_is_read_only(tmp_path: Path, states: States) -> None:
    root = states.put(tmp_path)
    read_only(root / "dist")
    assert ended(child(root, "build", before=without_powers, now="1700009999")) == 2
    said = (tmp_path / "said").read_text(encoding="utf-8")
    assert said == f"flashgen: {root}/dist/k8s.ko.apkg cannot be written: Permission denied\n"
    writable(root / "dist")
    states.is_whole(root)
    states.recovers(root)


def test_sources_that_are_read_only_where_the_lock_would_change(tmp_path: Path, states: States) -> None:
    root = states.put(tmp_path)
    read_only(root / "cards")
    assert ended(child(root, "build", before=without_powers, now="1700009999")) == 2
    said = (tmp_path / "said").read_text(encoding="utf-8")
    assert said == f"flashgen: {root}/{LOCK} cannot be written: Permission denied\n"
    writable(root / "cards")
    assert contents(root) == states.changed


def test_sources_that_are_read_only_where_it_would_not(tmp_path: Path, states: States) -> None:
    root = write(
        tmp_path / "project", {name: data for name, data in states.new.items() if not name.startswith("dist/")}
    )
    (root / "dist").mkdir()
    read_only(root / "cards")
    assert ended(child(root, "build", before=without_powers, now="1700012345")) == 0
    writable(root / "cards")
    assert contents(root) == states.new


# --- Files that vanish


def vanish(root: Path, number: int) -> None:
    """Delete the n-th thing of the project that is opened or listed, right before it is."""
    left = [number]
    wanted = (str(root / "cards"), str(root / "templates"))

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in ("open", "os.scandir", "os.listdir") and str(arguments[0]).startswith(wanted):
            left[0] -= 1
            if left[0] == 0:
                path = Path(str(arguments[0]))
                path.rename(root.parent / "vanished")

    sys.addaudithook(hook)


def test_files_and_folders_that_vanish_as_they_are_read(tmp_path: Path, states: States) -> None:
    files = {"templates/own/kind.yaml": "facts: {a: {type: text}}\nfields: {A: a}\ncards: [c]\n"}
    files |= {"templates/own/c.html.j2": "{{ a }}", "templates/_theme/tokens.css": ":root {}\n"}
    files |= {"cards/k8s/own.yaml": "kind: own\nfacts: [{id: o, a: b}]\n"}
    for number in range(1, 40):
        root = write(states.put(tmp_path / str(number)), files)
        before = contents(root)
        ending = ended(child(root, "build", before=lambda n=number, r=root: vanish(r, n)))
        said = (tmp_path / str(number) / "said").read_text(encoding="utf-8")
        if not (tmp_path / str(number) / "vanished").exists():
            break
        assert ending in (0, 1, 2), said
        assert "Traceback" not in said
        if ending:
            left = contents(root)
            assert all(before[name] == data for name, data in left.items())
    assert number > 10


# --- Two at once


def test_two_builds_at_once(tmp_path: Path, states: States) -> None:
    for turn in range(4 if FULL else 2):
        root = states.put(tmp_path / str(turn))
        both = [child(root, "build", now=now) for now in ("1700009999", "1700020000", "1700030000")]
        assert [ended(process) for process in both] == [0, 0, 0]
        # Whoever came first gave the notes their times, and a build after them finds nothing to do.
        left = contents(root)
        assert run(root, now="1700040000") == 0
        assert contents(root) == left
        assert not list(root.rglob("*.part"))


@pytest.mark.parametrize("stopped", ["build", "release"])
def test_what_another_run_released_meanwhile_is_not_lost(tmp_path: Path, stopped: str) -> None:
    """A run stops right before it writes; another one releases; the first goes on."""
    root = write(tmp_path / "project", {"cards/k8s/deck.yaml": DECK, FACT_FILE: FACTS})
    arguments = {"build": ["build"], "release": ["release", "1.0"]}[stopped]
    first = child(root, *arguments, before=lambda: at_call(1, lambda: os.kill(os.getpid(), signal.SIGSTOP), WRITE))
    assert os.WIFSTOPPED(os.waitpid(first, os.WUNTRACED)[1])
    assert run(root, "release", "1.0", now="1700005000") == 0
    released = contents(root)
    os.kill(first, signal.SIGCONT)
    assert ended(first) == (0 if stopped == "build" else 2)
    assert contents(root)[LOCK] == released[LOCK]
    assert run(root, now="1700006000") == 0
    assert contents(root)[LOCK] == released[LOCK]
