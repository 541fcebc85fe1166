"""What a run reads of a project, when it is so much that two processes read it."""

from __future__ import annotations

import hashlib
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from flashgen import inputs
from flashgen.inputs import read_inputs

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(inputs, "_MUCH", 0)
    media = tmp_path / "cards/deck/media"
    media.mkdir(parents=True)
    for number in range(700):
        (media / f"{number}.png").write_bytes(os.urandom(number * 7 % 5_000))
    (media / "large.mp4").write_bytes(os.urandom(3_000_000))
    return tmp_path


def expected(project: Path) -> dict[str, str]:
    return {
        file.relative_to(project).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""
        for file in project.rglob("*")
    }


def hashes(project: Path, meanwhile: Callable[[], object]) -> dict[str, str]:
    found = read_inputs(project, meanwhile=meanwhile)
    assert found is not None
    return {name: hash_ for name, (hash_, _) in found.files.items()}


def nobody_is_left() -> bool:
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return True
    return False


def test_two_processes_find_the_hashes_that_one_finds(project: Path) -> None:
    done: list[int] = []
    assert hashes(project, lambda: done.append(1)) == expected(project)
    assert done == [1]
    assert nobody_is_left()


def test_a_helper_does_not_wait_to_be_heard(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hashes of so many files are more than a pipe holds."""
    media = project / "cards/deck/media"
    for number in range(3_000):
        (media / f"more-{number}.png").write_bytes(b"picture")
    here, hash_, hashed = os.getpid(), inputs._hash, tmp_path.with_name("hashed")

    def counted(file: str) -> str:
        if os.getpid() != here:
            with hashed.open("ab") as out:
                out.write(b".")
        return hash_(file)

    def until_it_has_done_all() -> None:
        for _ in range(600):
            if hashed.exists() and hashed.stat().st_size == 3_701:
                return
            time.sleep(0.1)
        pytest.fail("the helper waits")

    monkeypatch.setattr(inputs, "_hash", counted)
    assert hashes(project, until_it_has_done_all) == expected(project)


@pytest.mark.parametrize("how", ["fails", "is killed"])
def test_a_helper_that_ends_early_leaves_its_work_to_this_process(
    project: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    here, hash_ = os.getpid(), inputs._hash

    def failing(file: str) -> str:
        if os.getpid() != here and file.endswith("9.png"):
            if how == "fails":
                raise OSError(file)
            os.kill(os.getpid(), signal.SIGKILL)
        return hash_(file)

    monkeypatch.setattr(inputs, "_hash", failing)
    # The helper has all the time to begin with.
    assert hashes(project, lambda: os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)) == expected(project)
    assert nobody_is_left()


def test_an_interrupt_ends_the_helper_too(project: Path) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_inputs(project, meanwhile=interrupted)
    assert nobody_is_left()


def test_a_file_that_vanished_is_told_by_whoever_reads_it(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "cards/deck/media/13.png").chmod(0)
    if os.access(project / "cards/deck/media/13.png", os.R_OK):
        hash_ = inputs._hash

        def unreadable(file: str) -> str:
            if file.endswith("/13.png"):
                raise PermissionError(file)
            return hash_(file)

        monkeypatch.setattr(inputs, "_hash", unreadable)
    assert read_inputs(project, meanwhile=lambda: None) is None
    assert nobody_is_left()
