"""
A file that has grown since it was read: its first bytes, known by their hash, are not read again.

reads   ingested_files
source  definitions D2: what was read before would be a duplicate, or refused again
"""

from dataclasses import dataclass, replace

from tsa_cli.steps.ingest.inputs import Input
from tsa_cli.steps.ingest.report import FileReport
from tsa_cli.steps.ingest.spool import Spooled
from tsa_cli.store import Store


@dataclass(frozen=True)
class Before:
    """What an earlier run read of a file: the lines that are refused still, and those known."""

    end: int  # bytes that were read, up to the end of a line
    source_name: str
    read: int
    duplicate: int
    conflict: int
    rejected: int


def counted_in(before: Before | None, report: FileReport) -> FileReport:
    """The report of the whole file, of that of its new lines."""
    if before is None:
        return report
    return replace(
        report,
        read=report.read + before.read,
        duplicate=report.duplicate + before.duplicate,
        conflict=report.conflict + before.conflict,
        rejected=report.rejected + before.rejected,
    )


def sizes_read(store: Store, inputs: list[Input]) -> dict[str, list[int]]:
    """How many first bytes of each input were read before, by its name."""
    sizes: dict[str, list[int]] = {}
    named = {item.name: item.name for item in inputs}
    placed = {item.absolute: item.name for item in inputs if item.absolute is not None}
    for path, absolute, size in store.rows(
        "1_events/sizes_read.sql", paths=list(named), absolute_paths=list(placed)
    ):
        for name in {named.get(str(path)), placed.get(str(absolute))} - {None}:
            sizes.setdefault(str(name), []).append(int(str(size)))
    return sizes


def read_before(store: Store, spooled: Spooled, source: str, run_id: str) -> Before | None:
    """
    The longest part of the file that was read before, as it is now; None without one.

    What was read under another configuration than that of the run is read again. `source` is the
    mapping that is asked for; empty is any.
    """
    if spooled.shape != "lines" or not spooled.is_growing:
        return None
    for row in store.rows(
        "1_events/read_of_path.sql",
        path=spooled.name,
        absolute_path=spooled.absolute,
        source=source,
        size_bytes=spooled.size_bytes,
        run_id=run_id,
    ):
        sha256, (size, end), name = str(row[0]), map(int, map(str, row[1:3])), str(row[3])
        if end and spooled.sha256_of_first(size) == sha256 and _ends_line(spooled, end):
            return Before(end, name, *(int(str(count)) for count in row[4:]))
    return None


def _ends_line(spooled: Spooled, end: int) -> bool:
    """Whether a line ends there: one without a newline may have gone on since."""
    with spooled.path.open("rb") as handle:
        handle.seek(end - 1)
        return handle.read(1) == b"\n"
