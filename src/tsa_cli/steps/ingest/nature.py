"""
What a file is that most likely holds no events, seen from its first bytes.

Only a doubt: one line of such bytes, or one array or object over many lines, may also stand in a
log of events, and is then refused like any other. `doubt` is asked when the lines were counted.
"""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Literal

from tsa_cli.errors import DataError
from tsa_cli.steps.ingest.report import PROPOSED_ELSEWHERE, FileReport

HEAD_BYTES = 4096
FEWEST_LINES_TO_DOUBT = 100
MOST_NO_TEXT = 0.2  # of the characters; images, archives and random bytes have more than half
_NO_TEXT = re.compile(r"[^\t\n\r\f\x1b\x20-\x7e\x80-\ufffc\ufffe-\U0010ffff]")
_ARCHIVES = {  # what they begin with
    b"PK\x03\x04": "zip", b"PK\x05\x06": "zip", b"BZh": "bzip2", b"\xfd7zXZ\x00": "xz",
    b"7z\xbc\xaf\x27\x1c": "7z",
}  # fmt: skip
_ENCODINGS = {  # UTF-32 first: the mark of its little end begins with that of UTF-16
    b"\xff\xfe\x00\x00": "UTF-32", b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16",
}  # fmt: skip
_WIDE_BYTES = 1024  # of text in one of these without a mark: those that its NULs are told by
_TAR = slice(257, 262)  # where a tar has its name
Nature = Literal["lines", "array", "spread", "binary"]
# An object whose first line ends with what is open still.
_SPREAD = re.compile(r'\s*\{([^\n]*[{\[])?\s*\n|\s*\{[^\n]*,\s*\n\s*"([^"\\\n]|\\.)*"\s*:')
_ONE_A_LINE = {  # what else it is, and how to mend it
    "array": ("a JSON array", "`jq -c '.[]' FILE > FILE.jsonl` writes one object a line"),
    "spread": (
        "JSON over many lines",
        "`jq -c . FILE > FILE.jsonl` writes one object a line, `jq -c '.KEY[]'` those of a list",
    ),
}


def refuse_other_kinds(name: str, head: bytes) -> None:
    """
    DataError of an archive, an encrypted Parquet, and of text in another encoding, which the first
    bytes tell for sure.

    An archive that does not pack (a tar, a stored zip) has whole lines between its headers: all but
    the first of each file would be read.
    """
    kind = next((kind for magic, kind in _ARCHIVES.items() if head.startswith(magic)), "")
    if head[_TAR] == b"ustar":
        kind = "tar"
    if kind:
        hint = "unpack it, and name the files; .gz and .zst are read as they are"
        raise DataError(f"{name}: a {kind} archive", hint)
    if head[:4] == b"PARE":
        raise DataError(f"{name}: an encrypted Parquet file", "decrypt it first")
    encoding = next((name for mark, name in _ENCODINGS.items() if head.startswith(mark)), "")
    if encoding := encoding or _unmarked(head[:_WIDE_BYTES]):
        raise DataError(f"{name}: {encoding} text", "convert it to UTF-8")


def _unmarked(head: bytes) -> str:
    """
    The encoding of text whose characters have two or four bytes each, told by its NULs; "" else.

    Each character below U+0100 has them in the same places; text in UTF-8 has none at all. So have
    them the small numbers of a Parquet file whose pages are not packed.
    """
    if head.startswith(b"PAR1"):
        return ""
    for name, width, texts in (("UTF-32", 4, (0, 3)), ("UTF-16", 2, (0, 1))):
        count = len(head) // width
        nulls = [head[place : count * width : width].count(0) for place in range(width)]
        for own in texts:
            others = [found for place, found in enumerate(nulls) if place != own]
            if nulls[own] < count / 10 and min(others) > count / 2:
                return name
    return ""


def nature_of(head: bytes) -> Nature:
    """What they look like: "array" is one JSON text for all, "spread" an object over many lines."""
    text = head.decode("utf-8", errors="replace").removeprefix("\ufeff")
    if len(_NO_TEXT.findall(text)) > MOST_NO_TEXT * len(text):
        return "binary"
    if text.lstrip()[:1] == "[":
        return "array"
    return "spread" if _SPREAD.match(text) else "lines"


class OtherFormatError(DataError):
    """Most lines of a file are no events as the mapping reads them."""


def doubt(
    nature: Nature, report: FileReport, max_file_rejected: float, reasons: Iterable[str]
) -> None:
    """
    Nothing, when the lines may well be events; `reasons` are those of the rejected ones.

    Raises DataError of a file that is what it looks like, as no line of it, or few, are events,
    and OtherFormatError of one that is mostly refused.
    """
    if nature == "binary" and report.rejected == report.read:
        raise DataError(
            f"{report.path}: no event file: its bytes are no text; nothing of it was stored",
            "name JSON lines, CSV or Parquet, plain, .gz or .zst",
        )
    is_refused = report.rejected > max_file_rejected * report.read
    if is_refused:
        refuse_spread(report.path, nature)
    if report.read >= FEWEST_LINES_TO_DOUBT and is_refused:
        counted = Counter(reasons).most_common()
        told = ", ".join(f"{count} {reason}" for reason, count in counted)
        raise OtherFormatError(
            f"{report.path}: {report.rejected} of {report.read} lines rejected when read as"
            f" {report.source} ({told}); nothing of it was stored",
            f"name another mapping with --source; {PROPOSED_ELSEWHERE}",
        )


def refuse_spread(name: str, nature: Nature) -> None:
    """DataError of a file whose objects are not one a line, as its first bytes look like."""
    if nature in _ONE_A_LINE:
        what, hint = _ONE_A_LINE[nature]
        raise DataError(f"{name}: {what}, not one object a line; nothing of it was stored", hint)
