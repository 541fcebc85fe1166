"""The command line at a terminal: colours, loudness, mistakes, rounds of a watch, and Ctrl-C at any moment."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import project
import pytest

from flashgen.commands.screen import Screen
from flashgen.report.paint import Paint
from flashgen.stages import Stages

COMMANDS = ["build", "check", "preview", "release", "diff", "adopt", "explain", "init", "new", "kinds"]
COLOUR = "\x1b["
# How often each interrupted command is tried: enough moments for CI, and all that are wanted at full size.
MOMENTS = 100 if os.environ.get("FLASHGEN_FULL") == "1" else 3


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return project.write(tmp_path_factory.mktemp("faulty"), facts=project.FAULTY)


# --- Colours


def test_a_terminal_gets_colours_and_says_the_same_without(faulty: Path) -> None:
    code, shown = project.run_on_terminal(faulty, "check")
    assert code == 1
    assert "\x1b[1;31merror[FG104] unknown-property\x1b[0m: " in shown
    assert "\x1b[1;33mwarning[FG513] unknown-code-language\x1b[0m: " in shown
    assert "\x1b[36mcards/k8s/facts.yaml:10:16\x1b[0m" in shown
    *plain, more = re.sub(r"\x1b\[[0-9;]*m", "", shown).splitlines(keepends=True)
    assert "".join(plain) == project.run(faulty, "check", "--format", "full")[1]
    assert more == "`flashgen explain FG513`, or another of these codes, says more.\n"


@pytest.mark.parametrize(
    ("words", "environment", "is_coloured"),
    [
        (["check"], {"NO_COLOR": "1"}, False),
        (["check"], {"NO_COLOR": ""}, True),
        (["check"], {"TERM": "dumb"}, False),
        (["check"], {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        (["check", "--color", "always"], {"NO_COLOR": "1"}, True),
        (["check", "--color", "never"], {"FORCE_COLOR": "1"}, False),
        (["--color", "never", "check"], {}, False),
        (["--color", "never", "check", "--color", "always"], {}, True),
    ],
)
def test_what_is_asked_for_goes_before_what_the_terminal_is(
    faulty: Path, words: list[str], environment: dict[str, str], *, is_coloured: bool
) -> None:
    assert (COLOUR in project.run_on_terminal(faulty, *words, **environment)[1]) is is_coloured


def test_a_pipe_gets_colours_where_they_are_asked_for(faulty: Path) -> None:
    assert COLOUR not in project.run(faulty, "check")[1]
    assert COLOUR in project.run(faulty, "check", FORCE_COLOR="1")[1]
    assert COLOUR in project.run(faulty, "check", "--color", "always")[1]


@pytest.mark.parametrize("format_", ["json", "sarif", "github"])
def test_what_machines_read_has_no_colours(faulty: Path, format_: str) -> None:
    assert COLOUR not in project.run(faulty, "check", "--format", format_, "--color", "always")[1]


# --- Loudness


def test_a_quiet_build_says_where_the_package_is_and_nothing_else(tmp_path: Path) -> None:
    root = project.write(tmp_path, facts=project.WARNED)
    assert project.run(root, "build", "-q") == (0, "dist/k8s.apkg\n", "")
    below = root / "cards" / "k8s"
    assert project.run(root, "-q", "build", cwd=below) == (0, "../../dist/k8s.apkg\n", "")
    line = f'test -s "$({sys.executable} -m flashgen build -q)"'
    assert subprocess.run(["sh", "-c", line], cwd=below, check=False).returncode == 0
    # As if in that folder.
    assert project.run(root, "-C", str(root), "build", "-q", cwd=below) == (0, "dist/k8s.apkg\n", "")
    assert project.run(root, "build", "-qC", str(root), cwd=below) == (0, "dist/k8s.apkg\n", "")


def test_a_quiet_build_that_fails_says_why_beside_its_output(faulty: Path) -> None:
    code, out, err = project.run(faulty, "build", "--quiet")
    assert (code, out) == (1, "")
    assert re.findall(r"(error|warning) FG\d+", err) == ["error", "error"]


def test_a_quiet_check_shows_errors_alone(faulty: Path, tmp_path: Path) -> None:
    code, out, err = project.run(faulty, "check", "-q")
    assert (code, err) == (1, "")
    assert re.findall(r"(error|warning) FG\d+", out) == ["error", "error"]
    warned = project.write(tmp_path, facts=project.WARNED)
    assert project.run(warned, "check", "-q") == (0, "", "")
    code, out, _ = project.run(warned, "check", "-q", "--strict")
    assert (code, out.count("warning FG513")) == (1, 1)


@pytest.mark.parametrize("words", [["build", "-v"], ["-v", "build"], ["build", "--verbose", "-q"]])
def test_verbose_shows_what_each_stage_took(tmp_path: Path, words: list[str]) -> None:
    code, out, err = project.run(project.write(tmp_path, facts=project.GOOD), *words)
    assert (code, out) == (0, "dist/k8s.apkg\n")
    took = dict(re.findall(r"^([a-z]+) +(\d+\.\d{3}) s$", err, re.MULTILINE))
    assert {"load", "read", "validate", "lock", "render", "lint", "pack", "write", "other", "total"} <= took.keys()
    *parts, total = map(float, took.values())
    assert sum(parts) == pytest.approx(total, abs=0.001 * len(took))


def test_progress_is_shown_past_a_second_on_a_terminal_and_taken_away(capsys: pytest.CaptureFixture[str]) -> None:
    def work(screen: Screen, seconds: float) -> str:
        stages = Stages()
        with screen.at_work(stages), stages("render"):
            time.sleep(seconds)
        return capsys.readouterr().err

    shown = work(Screen(is_live=True, err=Paint(on=True)), 1.5)
    assert shown.startswith("\r\x1b[36mrender\x1b[0m … 1 s\x1b[K")
    assert shown.endswith("\r\x1b[K")
    assert work(Screen(is_live=True), 0.1) == ""
    assert work(Screen(), 1.5) == ""


# --- Mistakes on the command line


@pytest.mark.parametrize(
    ("words", "told", "hint"),
    [
        (["buidl"], "no such command `buidl`", "did you mean `build`?"),
        (["build", "--lokced"], "no such option: --lokced", "did you mean `--locked`?"),
        (
            ["check", "--format", "xml"],
            "invalid value for `--format`: `xml` is not one of `auto`, `full`, `concise`, `json`, `github`, `sarif`",
            "`flashgen check --help` shows what it takes",
        ),
        (
            ["preview", "--port", "first"],
            "invalid value for `--port`: this takes a whole number",
            "`flashgen preview --help` shows what it takes",
        ),
        (
            ["check", "-o", "."],
            "`.` is a folder",
            "name a file with `-o`",
        ),
        (
            ["check", "cards/k8s"],
            "unexpected argument `cards/k8s`",
            "name a deck with `--deck`, and a project with `-C`",
        ),
        (["release"], "missing argument `VERSION`", "`flashgen release --help` shows what it takes"),
        (
            ["check", "-w", "--format", "json"],
            "with `--watch`, findings as json need a file of their own",
            "name it with `-o FILE`",
        ),
        (["check", "--watch", "--deck", "k9s"], "there is no deck `k9s` under cards/", "the decks are: k8s"),
    ],
)  # fmt: skip
def test_a_mistake_on_the_command_line_is_told_as_all_others(
    faulty: Path, words: list[str], told: str, hint: str
) -> None:
    assert project.run(faulty, *words) == (2, "", f"flashgen: {told}\n  hint: {hint}\n")


def test_every_command_takes_the_flags_of_the_terminal_and_ends_its_help_with_an_example(tmp_path: Path) -> None:
    code, out, err = project.run(tmp_path)
    assert (code, err) == (2, "")
    commands = re.findall(r"^  ([a-z]+)  ", out.partition("Commands:")[2], re.MULTILINE)
    assert set(COMMANDS) <= set(commands)
    for command in commands:
        code, out, err = project.run(tmp_path, command, "-h")
        assert (code, err) == (0, "")
        assert all(flag in out for flag in ("-C DIR", "--color", "-q, --quiet", "-v, --verbose"))
        assert re.search(rf"\n  Examples?:\n(    .*\n)*    .*flashgen {command}\b.*\n$", out), out


def test_a_shell_completes_decks_rules_and_kinds(faulty: Path) -> None:
    def completed(line: str) -> list[str]:
        words = {"_FLASHGEN_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))}
        return project.run(faulty, **words)[1].split()

    assert completed("flashgen check --deck k") == ["k8s"]
    assert completed("flashgen check --ignore unused-m") == ["unused-media"]
    assert completed("flashgen kinds comp") == completed("flashgen new comp") == ["comparison", "component"]
    assert "FG601" in completed("flashgen explain FG60")


@pytest.mark.skipif(sys.platform == "win32", reason="its shells close no streams")
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
@pytest.mark.parametrize("command", ["build", "explain"])
def test_who_closed_the_output_hears_nothing(tmp_path: Path, command: str, closed: str) -> None:
    project.write(tmp_path, facts=project.GOOD)
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {closed}', "sh", *project.COMMAND, command],
        cwd=tmp_path,
        env=project.environment(),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert (tmp_path / "dist").exists() is (command == "build")


def test_who_has_read_enough_closes_the_pipe_and_hears_no_complaint(faulty: Path) -> None:
    command = [*project.COMMAND, "check", "--format", "sarif"]
    with subprocess.Popen(command, cwd=faulty, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


# --- Watching


class Watched:
    """A command that watches a project: what it said so far, line by line."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process, self.lines = process, []
        self.news = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self.news:
                self.lines.append(re.sub(r"\(\d+\.\d\d s\)", "(… s)", line.rstrip("\n")))
                self.news.notify()

    def said(self, wanted: str) -> list[str]:
        """Wait for a line, and return all until then, which are forgotten."""
        with self.news:
            assert self.news.wait_for(lambda: wanted in self.lines, 30), (wanted, self.lines)
            end = self.lines.index(wanted) + 1
            found, self.lines = self.lines[:end], self.lines[end:]
        return found


@contextmanager
def watched(root: Path, *words: str, **more: str) -> Iterator[Watched]:
    with subprocess.Popen(
        [*project.COMMAND, *words],
        cwd=root,
        env=project.environment(PYTHONUNBUFFERED="1", **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    ) as process:
        try:
            yield Watched(process)
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 130
        finally:
            process.kill()


NOW_WATCHING = "Watching the project's files. Ctrl-C ends it."
YAMLL = "cards/k8s/facts.yaml:6:11: warning FG513 unknown-code-language: `yamll` is no language that can be highlighted (did you mean `yaml`?)"  # noqa: E501 - as it is shown


def test_a_watching_check_tells_a_line_a_round_and_only_what_is_new(tmp_path: Path) -> None:
    root = project.write(tmp_path, facts=project.WARNED)
    facts = root / "cards" / "k8s" / "facts.yaml"
    with watched(root, "check", "--watch") as seen:
        assert seen.said(NOW_WATCHING) == [YAMLL, "1 warning; 2 cards in 1 package (… s)", NOW_WATCHING]
        facts.write_text(project.FAULTY, encoding="utf-8")
        *found, last = seen.said("cards/k8s/facts.yaml: 2 errors and 1 warning (… s)")
        assert [line.partition(" (")[0].split(": ")[1] for line in found] == [
            "error FG104 unknown-property", "error FG202 duplicate-id",
        ]  # fmt: skip
        # What is known is counted, not told again; what went and comes again is told.
        facts.write_text(f"{project.WARNED}# Mended.\n", encoding="utf-8")
        assert seen.said(last := "cards/k8s/facts.yaml: 1 warning; 2 cards in 1 package (… s)") == [last]
        facts.write_text(project.GOOD, encoding="utf-8")
        assert seen.said(last := "cards/k8s/facts.yaml: no findings; 1 card in 1 package (… s)") == [last]
        facts.write_text(project.WARNED, encoding="utf-8")
        assert seen.said("cards/k8s/facts.yaml: 1 warning; 2 cards in 1 package (… s)")[0] == YAMLL
        # Settings lie beside the folders that are watched.
        (root / "flashgen.toml").unlink()
        seen.said("flashgen.toml: 1 warning; 2 cards in 1 package (… s)")
        # It goes on where nothing can be checked at all.
        (root / "cards").rename(root / "away")
        with seen.news:
            seen.news.wait_for(lambda: any("holds no `cards/`" in line for line in seen.lines), 30)
        (root / "away").rename(root / "cards")
        with seen.news:
            assert seen.news.wait_for(lambda: any("2 cards in 1 package" in line for line in seen.lines), 30)


def test_a_watching_build_writes_packages_and_is_not_woken_by_its_own_lock(tmp_path: Path) -> None:
    root = project.write(tmp_path, facts=project.GOOD)
    facts, package = root / "cards" / "k8s" / "facts.yaml", root / "dist" / "k8s.apkg"
    with watched(root, "build", "-w") as seen:
        assert seen.said(NOW_WATCHING) == ["no findings; 1 note in 1 package (… s)", NOW_WATCHING]
        first = package.read_bytes()
        facts.write_text(project.FAULTY, encoding="utf-8")
        seen.said("cards/k8s/facts.yaml: 2 errors and 1 warning; nothing was written (… s)")
        assert package.read_bytes() == first
        facts.write_text(project.WARNED, encoding="utf-8")
        seen.said(built := "cards/k8s/facts.yaml: 1 warning; 2 notes in 1 package (… s)")
        assert package.read_bytes() != first
        # The lock was written in that round, and in a second it would have been noticed.
        time.sleep(1.5)
        facts.write_text(f"{project.WARNED}# Saved again.\n", encoding="utf-8")
        assert seen.said(built) == [built]


def test_a_watch_writes_all_findings_to_its_file_in_every_round(tmp_path: Path) -> None:
    root = project.write(tmp_path, facts=project.WARNED)
    with watched(root, "check", "-w", "--format", "json", "-o", "found.json") as seen:
        seen.said(NOW_WATCHING)
        assert '"warnings": 1' in (root / "found.json").read_text(encoding="utf-8")
        (root / "cards/k8s/facts.yaml").write_text(project.GOOD, encoding="utf-8")
        seen.said("cards/k8s/facts.yaml: no findings; 1 card in 1 package (… s)")
        assert '"warnings": 0' in (root / "found.json").read_text(encoding="utf-8")


# --- Ctrl-C

READY = "import sys; from flashgen.__main__ import main; sys.argv[0] = 'flashgen'; print('ready', flush=True); main()"


@pytest.mark.parametrize("words", [["build"], ["check"], ["preview", "--static", "page"]], ids=lambda words: words[0])
def test_ctrl_c_at_any_moment_leaves_130_nothing_half_done_and_no_traceback(tmp_path: Path, words: list[str]) -> None:
    sources, whole = project.write(tmp_path / "sources", facts=project.WARNED), tmp_path / "whole"
    shutil.copytree(sources, whole)
    start = time.perf_counter()
    assert project.run(whole, *words)[0] == 0
    took = time.perf_counter() - start
    codes = []
    for moment in range(MOMENTS):
        root = tmp_path / "stopped"
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(sources, root)
        with subprocess.Popen(
            [sys.executable, "-c", READY, *words],
            cwd=root, env=project.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
        ) as process:  # fmt: skip
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            time.sleep(took * moment / MOMENTS)
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=60)
        codes.append(process.returncode)
        assert "Traceback" not in err
        assert "Exception" not in err
        files = [path for path in root.rglob("*") if path.is_file()]
        assert [path for path in files if path.name.endswith(".part")] == []
        assert all(zipfile.is_zipfile(path) for path in files if path.suffix == ".apkg")
        assert project.run(root, *words)[0] == 0
        for path in whole.rglob("*"):
            if path.is_file() and path.suffix in (".apkg", ".jsonl"):
                assert (root / path.relative_to(whole)).read_bytes() == path.read_bytes()
    assert codes[0] == 130
    # It may have been done before it was told to stop.
    assert set(codes) <= {130, 0}


LOST = """
import time
import flashgen.__main__, flashgen.start

class Lost:
    def __del__(self):
        raise KeyboardInterrupt

def run():
    Lost()
    time.sleep(50)
    print("it went on")

flashgen.start.main = run
flashgen.__main__.main()
"""


def test_ctrl_c_in_the_middle_of_what_python_does_for_itself_is_not_forgotten() -> None:
    done = subprocess.run([sys.executable, "-c", LOST], capture_output=True, encoding="utf-8", check=False, timeout=30)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_who_is_interrupted_leaves_no_process_behind(tmp_path: Path) -> None:
    """Many files are made by several processes, which a signal to the first one alone does not reach."""
    facts = [f"  - {{id: f{{}}-{number}, front: What is {{}} {number}?, back: '**x**'}}\n" for number in range(100)]
    files = {f"f{number}": f"kind: basic\nfacts:\n{''.join(facts)}".replace("{}", str(number)) for number in range(40)}
    root = project.write(tmp_path, **files)
    for moment in (0.4, 0.7):
        kept = tmp_path / f"cache-{moment}"
        with subprocess.Popen(
            [*project.COMMAND, "check"],
            cwd=root, env=project.environment(FLASHGEN_CACHE=str(kept)), start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
        ) as process:  # fmt: skip
            time.sleep(moment)
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=60)
        assert "Traceback" not in err
        with pytest.raises(ProcessLookupError):
            os.killpg(process.pid, 0)
