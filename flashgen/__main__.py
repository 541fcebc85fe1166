"""`flashgen`, and `python -m flashgen`."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import NoReturn

# How long an interrupt waits that came at the wrong moment, in seconds.
_SOON = 0.005


def main() -> None:
    """Run the command line. Whenever Ctrl-C comes, nothing is shown of it but the exit code."""
    if sys.getfilesystemencoding() == "ascii":
        # LC_ALL=C and PYTHONUTF8=0 together: names of files would be read as bytes, and names of sources are UTF-8.
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])  # noqa: S606 - this very command
    try:
        # Loading takes as long as many a command, and may be interrupted as well.
        import signal  # noqa: PLC0415
        import threading  # noqa: PLC0415

        def interrupt() -> None:
            if sys.platform == "win32":
                signal.raise_signal(signal.SIGINT)
            else:
                signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

        def interrupt_again(lost: sys.UnraisableHookArgs) -> None:
            # An interrupt in the midst of Python's own housekeeping would be shown, and forgotten. Raised here it would
            # be lost again, so it comes when this is over.
            if isinstance(lost.exc_value, KeyboardInterrupt):
                threading.Timer(_SOON, interrupt).start()
            else:
                sys.__unraisablehook__(lost)

        sys.unraisablehook = interrupt_again
        from flashgen.start import main as run  # noqa: PLC0415

        try:
            run()
        except SystemExit as end:
            # What is done is done: this is not to be interrupted any more.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            _leave(end.code)
    except KeyboardInterrupt:
        sys.exit(130)


def _leave(code: object) -> NoReturn:
    """End the process at once: to free a large deck, piece by piece, takes Python as long as to compress it."""
    with contextlib.suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code if isinstance(code, int) else code is not None)


if __name__ == "__main__":
    main()
