"""What stops a command at once; everything an author can mend in a file is a finding instead.

FlashgenError
├─ ProjectError   there is no project here, or its settings cannot be used
├─ LockError      a deck's lock cannot be trusted
├─ ChangedError   a file became another one while it was read
└─ WriteError     the package or the lock could not be written
   └─ OvertakenError   another run wrote the lock meanwhile
"""


class FlashgenError(Exception):
    """Cannot go on. `str()` says what is wrong, `hint` how to mend it; the command line shows both."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class ProjectError(FlashgenError):
    """There is no project here, or a flag names something it does not hold."""


class LockError(FlashgenError):
    """A deck's lock is damaged, foreign, or written by a newer flashgen."""


class ChangedError(FlashgenError):
    """A file of the project was changed or taken away between two looks at it; a run that starts anew sees it whole."""


class WriteError(FlashgenError):
    """The package or the lock could not be written; what stood there before is untouched."""


def unforeseen(error: Exception) -> tuple[str, str, str | None]:
    """Return what to tell of an error that nobody foresaw: what comes before, the message, and the hint.

    A file system may refuse anything at any time; what is left is a fault of flashgen's own, told with its place.
    """
    if isinstance(error, OSError):
        what = f"{error.filename} " if error.filename is not None else "the output "
        return "", f"{what}cannot be read or written: {error.strerror or error}", None
    if isinstance(error, MemoryError):
        return "", "there is not enough memory for this", "close other programs, or split the largest files"
    import traceback  # noqa: PLC0415 - few runs need it

    place = "".join(traceback.format_exception(error))
    return place, f"this is a bug in flashgen: {error!r}", "report it with the lines above; nothing of yours is wrong"
