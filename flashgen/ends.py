"""How a run of the command line ends: its exit code, and what is told of an end that nobody wished for."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from flashgen.errors import FlashgenError, unforeseen

DONE, FINDINGS, CANNOT_GO_ON, INTERRUPTED = 0, 1, 2, 130


def end(run: Callable[[], int | None]) -> NoReturn:
    """Do a run, and leave with the exit code that it returns, or with that of what ended it."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            # Whoever closed it wants to hear nothing.
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - while the process lives
        # Under LC_ALL=C a Korean finding must not become a traceback.
        getattr(sys, name).reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        code = run()
        sys.stdout.flush()
    except FlashgenError as error:
        code = _complain(str(error), error.hint)
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:
        # Who reads has seen enough.
        code = FINDINGS
        _let_go()
    except Exception as error:  # noqa: BLE001 - whatever it is, the exit code has to say that nothing was found
        told_before, message, hint = unforeseen(error)
        print(told_before, file=sys.stderr, end="")
        code = _complain(message, hint)
        _let_go()
    sys.exit(code)


def _let_go() -> None:
    """Let what was not written yet go nowhere: else Python would try again as it ends, and complain."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _complain(message: str, hint: str | None) -> int:
    # Where there is no room even for the reason, the exit code says that there is one.
    with contextlib.suppress(OSError):
        print(f"flashgen: {message}" + (f"\n  hint: {hint}" if hint else ""), file=sys.stderr, flush=True)
    return CANNOT_GO_ON
