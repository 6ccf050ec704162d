"""
What a file is that most likely holds no events, seen from its first bytes.

Only a doubt: one line of such bytes, or one array, may also stand in a log of events, and is then
a line like any other that is refused. `unlike_events` is asked when the lines were counted.
"""

from collections.abc import Mapping
from typing import Literal

from tsa_cli.errors import DataError
from tsa_cli.steps.ingest.report import FileReport

HEAD_BYTES = 4096
FEWEST_LINES_TO_DOUBT = 100
MOST_NO_TEXT = 0.2  # of the characters; images, archives and random bytes have more than half
_CONTROLS = {*range(0x20), 0x7F} - {*b"\t\n\r\f\x1b"}
Nature = Literal["lines", "array", "binary"]


def nature_of(head: bytes) -> Nature:
    """What the first bytes look like; "array" is one JSON text for all events."""
    text = head.decode("utf-8", errors="replace").removeprefix("\ufeff")
    no_text = sum(char == "\ufffd" or ord(char) in _CONTROLS for char in text)
    if no_text > MOST_NO_TEXT * len(text):
        return "binary"
    return "array" if text.lstrip()[:1] == "[" else "lines"


class OtherFormatError(DataError):
    """Most lines of a file are no events as the mapping reads them."""


def unlike_events(
    nature: Nature, report: FileReport, max_file_rejected: float, reasons: Mapping[str, int]
) -> DataError | None:
    """
    The error of a file that is what it looks like: no line of it, or few, are events.

    `reasons` says how many lines were refused for which.
    """
    if nature == "binary" and report.rejected == report.read:
        return DataError(
            f"{report.path}: no event file: its bytes are no text; nothing of it was stored",
            "name JSON lines, CSV or Parquet, plain, .gz or .zst",
        )
    if nature == "array" and report.rejected > max_file_rejected * report.read:
        return DataError(
            f"{report.path}: a JSON array, not one object a line; nothing of it was stored",
            "`jq -c '.[]' FILE > FILE.jsonl` writes one object a line",
        )
    if report.read >= FEWEST_LINES_TO_DOUBT and report.rejected > max_file_rejected * report.read:
        told = ", ".join(f"{count} {reason}" for reason, count in reasons.items())
        return OtherFormatError(
            f"{report.path}: {report.rejected} of {report.read} lines rejected when read as"
            f" {report.source} ({told}); nothing of it was stored",
            "name another mapping with --source; --dry-run proposes one",
        )
    return None
