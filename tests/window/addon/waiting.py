"""Waiting inside Anki, whose windows live on while we wait."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from aqt.qt import QEventLoop, QTimer, QWebEnginePage

PATIENCE = 10.0


def pause(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def until(condition: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    """Wait until a condition holds, and raise TimeoutError, which says what was waited for, where it does not."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(what)
        pause(15)


def evaluate(page: QWebEnginePage, script: str) -> Any:
    """Return what a JavaScript expression yields in a page, or None where it fails or the page is not there yet."""
    answers: list[str | None] = []
    page.runJavaScript(f"JSON.stringify(({script}))", answers.append)
    until(lambda: answers, f"the page to answer: {script}")
    return json.loads(answers[0]) if answers[0] else None
