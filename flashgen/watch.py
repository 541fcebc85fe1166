"""A project's files as their author saves them: what the preview and `--watch` follow."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from watchfiles import Change, DefaultFilter, watch

from flashgen.lint.settings import OWN, SHARED
from flashgen.pack.lockfile import NAME as LOCK
from flashgen.read.places import CARDS, TEMPLATES, built_in_templates

# How long the files have to be at rest, and how often it is looked whether a folder or the settings came or went, in
# milliseconds.
_REST, _LOOK = 50, 1000
_State = tuple[int, int, int]


class Watch:
    """What a build reads, and whether it is as it was: from the moment on when this is made."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._seen = self._look()

    def changes(self, stop: threading.Event) -> Iterator[tuple[Path, ...]]:
        """Yield the files that changed, each time that some were saved, until told to stop.

        Raises KeyboardInterrupt where the main thread is the one that waits.
        """
        while not stop.is_set():
            folders, settings, is_fresh = self._folders(), self._settings(), True
            for events in watch(
                *folders,
                watch_filter=_Sources(),
                debounce=300,
                step=_REST,
                stop_event=stop,
                rust_timeout=_LOOK,
                yield_on_timeout=True,
            ):
                # What was saved before the watch began is seen on its first turn.
                if events or is_fresh or self._settings() != settings or self._folders() != folders:
                    settings, is_fresh = self._settings(), False
                    if changed := self._changed():
                        yield changed
                if self._folders() != folders:
                    break
            if not folders:
                stop.wait(_LOOK / 1000)

    def know_locks(self) -> None:
        """Take the locks as they are now for seen: a build that writes one need not be followed by another build."""
        for file in (self.root / CARDS).glob(f"*/{LOCK}"):
            if (state := _state(file)) is not None:
                self._seen[file] = state

    def _changed(self) -> tuple[Path, ...]:
        old, self._seen = self._seen, self._look()
        return tuple(sorted(file for file in {*old, *self._seen} if old.get(file) != self._seen.get(file)))

    def _folders(self) -> list[Path]:
        folders = {self.root / CARDS, self.root / TEMPLATES, built_in_templates()}
        return sorted(folder for folder in folders if folder.is_dir())

    def _settings(self) -> Mapping[Path, _State]:
        files = (self.root / name for name in (OWN, SHARED))
        return {file: state for file in files if (state := _state(file)) is not None}

    def _look(self) -> dict[Path, _State]:
        found = {**self._settings()}
        for start in self._folders():
            for folder, folders, names in os.walk(start):
                folders[:] = [name for name in folders if not name.startswith(".")]
                for name in names:
                    file = Path(folder, name)
                    if not name.startswith(".") and (state := _state(file)) is not None:
                        found[file] = state
        return found


class _Sources(DefaultFilter):
    """Files that a build reads: not what editors and flashgen itself leave beside them for a moment."""

    def __call__(self, change: Change, path: str) -> bool:
        return super().__call__(change, path) and not Path(path).name.startswith(".")


def let_go() -> None:
    """Free what the last round left behind: the pipeline keeps it from the collector, as for a run that soon ends."""
    gc.unfreeze()
    gc.collect()


def _state(file: Path) -> _State | None:
    """Return what tells that a file is another one than before, or None where it is gone."""
    with suppress(OSError):
        about = file.stat()
        return about.st_mtime_ns, about.st_size, about.st_ino
    return None
