"""
Which files a synthetic log is written to, and which part of it each file gets.

reads   nothing
writes  nothing
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tsa_cli.errors import UsageError
from tsa_cli.generator.log import EventLog
from tsa_cli.generator.people import DAY_MS
from tsa_cli.generator.tables import I64, Bools

FORMATS = ("jsonl", "parquet")
_HINT = "tsa generate --out FILE.jsonl, or --out FOLDER --format jsonl,parquet"
_SUFFIXES = {
    ".jsonl": ("jsonl", None),
    ".ndjson": ("jsonl", None),
    ".jsonl.gz": ("jsonl", "gzip"),
    ".jsonl.zst": ("jsonl", "zstd"),
    ".parquet": ("parquet", None),
}
_OTHER_FILES = frozenset((".csv", ".tsv", ".json", ".txt", ".gz", ".zst", ".zip", ".duckdb"))


@dataclass(frozen=True)
class Target:
    """A file to write, and the part of the log that it gets."""

    path: Path
    format: str
    compression: str | None
    part: str  # "all", or of a folder "on_time", "first", "second" or "late"


def plan_targets(out: Path, formats: tuple[str, ...]) -> list[Target]:
    """
    The files that `out` and `formats` ask for.

    Raises UsageError for an unknown format and for one that is not the ending's.
    """
    for name in formats:
        if name not in FORMATS:
            raise UsageError(f"--format: {name}: not one of {', '.join(FORMATS)}", _HINT)
    suffix = next((s for s in sorted(_SUFFIXES, key=len) if out.name.endswith(s)), None)
    if suffix is None and (out.name == "-" or out.suffix in _OTHER_FILES) and not out.is_dir():
        raise UsageError(
            f"--out: {out.name}: no format of events", f"end it in {', '.join(_SUFFIXES)}"
        )
    if suffix is None or out.is_dir():
        return _folder_targets(out, formats or FORMATS)
    own, compression = _SUFFIXES[suffix]
    if formats and own not in formats:
        raise UsageError(f"--out: {out.name}: its ending says {own}, --format does not", _HINT)
    stem = out.name[: -len(suffix)]
    return [
        Target(out, own, compression, "all")
        if name == own
        else Target(out.with_name(f"{stem}.{name}"), name, None, "all")
        for name in dict.fromkeys(formats or (own,))
    ]


def _folder_targets(folder: Path, formats: tuple[str, ...]) -> list[Target]:
    """With both formats the first two thirds of the days are JSONL and the rest is Parquet."""
    first = FORMATS[0] if FORMATS[0] in formats else FORMATS[1]
    late = Target(folder / f"late.{first}", first, None, "late")
    if len(set(formats)) == 1:
        return [Target(folder / f"events.{first}", first, None, "on_time"), late]
    return [
        Target(folder / "events.jsonl", "jsonl", None, "first"),
        Target(folder / "events.parquet", "parquet", None, "second"),
        late,
    ]


def belongs(log: EventLog, part: str, rows: I64, delivered: I64) -> Bools:
    """Which of the rows a part of the log gets; every row is in one part of a folder."""
    if part == "all":
        return np.ones(len(rows), dtype=bool)
    is_late: Bools = delivered - log.events.ts_ms[rows] >= DAY_MS
    if part == "late":
        return is_late
    if part == "on_time":
        return ~is_late
    split_ms = log.span.start_ms + log.span.days * 2 // 3 * DAY_MS
    is_first = delivered < split_ms
    return ~is_late & (is_first if part == "first" else ~is_first)
