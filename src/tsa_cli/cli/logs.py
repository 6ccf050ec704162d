"""
What a run says on stderr: summaries and warnings as lines of text, or each as a JSON object.

Levels: -q errors only; default summaries and warnings; -v each statement with its seconds and
rows, too; -vv also the traceback of an error.
"""

import json
import logging
from datetime import UTC, datetime

from tsa_cli.cli.plain import iso
from tsa_cli.cli.terminal import say, visible

ROOT = "tsa"


class _Lines(logging.Handler):
    """Each record as one line on stderr; what it has more is set in, to be copied as it is."""

    def __init__(self, *, as_json: bool) -> None:
        super().__init__()
        self._as_json = as_json

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if self._as_json:
            moment = iso(datetime.fromtimestamp(record.created, UTC))
            said = {"ts": moment, "level": record.levelname.lower(), "message": message}
            fields = getattr(record, "fields", {})
            say(json.dumps({**said, **fields}, ensure_ascii=False))
            return
        prefix = "warning: " if record.levelno >= logging.WARNING else ""
        for number, line in enumerate(message.splitlines()):
            say(("  " if number else prefix) + visible(line))


def set_up(*, verbosity: int, is_quiet: bool, as_json: bool) -> None:
    """Send the logger `tsa` and Python's own warnings to stderr in one form."""
    logging.captureWarnings(True)
    handler = _Lines(as_json=as_json)
    for name, normal in ((ROOT, logging.INFO), ("py.warnings", logging.CRITICAL)):
        logger = logging.getLogger(name)
        logger.handlers[:] = [handler]
        logger.propagate = False
        level = logging.DEBUG if verbosity else normal
        logger.setLevel(logging.CRITICAL if is_quiet else level)


def summary(line: str) -> None:
    """One line of what was done, for the person at the terminal or the cron log."""
    logging.getLogger(ROOT).info("%s", line)


def warn(line: str) -> None:
    """One line of what deserves a look."""
    logging.getLogger(ROOT).warning("%s", line)
