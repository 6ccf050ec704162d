"""
The one place where an error becomes text, and an exit code.

writes  stderr: `error: WHAT`, then `hint: HOW`; never a traceback without -vv, never a value of
        a local variable, since those are personal data
"""

import errno
import json
import os
import sys
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from tsa_cli.cli.plain import iso
from tsa_cli.cli.signals import exit_code
from tsa_cli.cli.terminal import say, silence, visible
from tsa_cli.errors import TsaError

INTERNAL = 4
USAGE = 2
ENVIRONMENT = 3


class Outcome:
    """The end of a run; as a context manager it swallows whatever ends the block, as a code."""

    def __init__(self, *, tracebacks: bool, as_json: bool) -> None:
        self.code = 0
        self.signals: list[int] = []
        self._tracebacks = tracebacks
        self._as_json = as_json

    def __enter__(self) -> "Outcome":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if self.signals:
            self.code = exit_code(self.signals)
        elif error is not None:
            self.code = self._told(error)
        self._flush()
        return True

    def _flush(self) -> None:
        """Write what stdout still holds; what cannot be written would fail again at the exit."""
        try:
            sys.stdout.flush()
        except (OSError, ValueError) as error:
            with suppress(OSError, ValueError):
                silence(sys.stdout.fileno())
            self.code = self.code or self._told(error)

    def _told(self, error: BaseException) -> int:
        """The exit code of `error`, after saying what it was."""
        if is_broken_pipe(error):
            return 0  # the reader of our output has seen enough
        if isinstance(error, SystemExit):
            return error.code if isinstance(error.code, int) else INTERNAL
        if isinstance(error, KeyboardInterrupt):
            return exit_code(self.signals)
        code, message, hint = described(error)
        if self._tracebacks:
            say("".join(traceback.format_exception(error)).rstrip())
        self._say(message, hint)
        return code

    def _say(self, message: str, hint: str) -> None:
        if self._as_json:
            moment = iso(datetime.now(UTC))
            said = {"ts": moment, "level": "error", "message": message, "hint": hint}
            say(json.dumps(said, ensure_ascii=False))
            return
        first, *others = message.splitlines() or ["unknown"]
        say("error: " + visible(first))
        for line in others:  # a config file's further faults
            say("       " + visible(line))
        if hint:
            say("hint: " + visible(hint))


def described(error: BaseException) -> tuple[int, str, str]:
    """(exit code, what happened, how to mend it) of any error that ends a run."""
    from typer.exceptions import TyperException

    if isinstance(error, TsaError):
        return error.exit_code, error.message, error.hint
    if isinstance(error, TyperException):
        context = getattr(error, "ctx", None)
        command = context.command_path if context is not None else "tsa"
        message = error.format_message().rstrip(".").replace("Value error, ", "")
        return USAGE, message, f"`{command} --help` lists what it takes"
    if isinstance(error, OSError):
        return ENVIRONMENT, _of_the_system(error), "check the path, its rights and the disk"
    if isinstance(error, MemoryError):
        return ENVIRONMENT, "out of memory", "set memory_limit in configs/tsa.yaml, or do less"
    where = _innermost(error)
    return (
        INTERNAL,
        f"internal error: {type(error).__name__} at {where}",
        "this is a fault in tsa: run it again with -vv and report what it prints",
    )


def _of_the_system(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return "the disk is full"
    what = error.strerror or type(error).__name__
    return f"{error.filename}: {what}" if error.filename else what


def _innermost(error: BaseException) -> str:
    """`file.py:LINE` of the deepest frame in our own code: no message, which may hold data."""
    package = str(Path(__file__).resolve().parents[1])
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if frame.filename.startswith(package)] or frames
    if not ours:
        return "an unknown place"
    return f"{os.path.relpath(ours[-1].filename, package)}:{ours[-1].lineno}"


def is_broken_pipe(error: BaseException) -> bool:
    """True of a closed pipe, also as the exit 1 that rich and typer make of one."""
    cause = error.__context__ if isinstance(error, SystemExit) else error
    return isinstance(cause, BrokenPipeError)
