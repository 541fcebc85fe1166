"""What stops a command at once; everything an author can mend in a file is a finding instead.

FlashgenError
├─ ProjectError   there is no project here, or its settings cannot be used
├─ LockError      a deck's lock cannot be trusted
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


class WriteError(FlashgenError):
    """The package or the lock could not be written; what stood there before is untouched."""
