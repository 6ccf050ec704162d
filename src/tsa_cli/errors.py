"""
Every error that a user can meet, raised where it is known and printed once, in `cli.main`.

    TsaError            exit 4   (never raised itself)
    ├── UsageError      exit 2   a flag or an argument is wrong
    │   └── ConfigError exit 2   a YAML file is wrong; the message begins with FILE:LINE:COL
    ├── DataError       exit 3   the data or the environment cannot satisfy the request
    │   ├── MissingTable         a table that another command makes does not exist yet
    │   └── CheckError           a freshly built table broke its check and was not published
    ├── BreachError     exit 1   the work is done, but a threshold is breached
    └── LockedError     exit 5   the store is in use by another run
"""


class TsaError(Exception):
    """One line of what happened and one of how to mend it; `exit_code` is the program's."""

    exit_code = 4

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(TsaError):
    """A flag or an argument is wrong."""

    exit_code = 2


class ConfigError(UsageError):
    """A YAML file is wrong: `FILE:LINE:COL: key: what`."""


class DataError(TsaError):
    """The data or the environment cannot satisfy the request."""

    exit_code = 3


class MissingTable(DataError):
    """A table that another command makes does not exist yet."""


class CheckError(DataError):
    """A freshly built table broke its check; the old table was kept."""


class BreachError(TsaError):
    """The work is done, but a threshold or a check is breached."""

    exit_code = 1


class LockedError(TsaError):
    """The store is in use by another run."""

    exit_code = 5
