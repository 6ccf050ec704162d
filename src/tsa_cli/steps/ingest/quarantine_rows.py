"""
Rejected and conflicting lines, kept with file, line, place, reason and (cleaned) text.

writes  quarantined_events; a line that is there already, from an earlier reading of a file that
        grew, is not kept twice
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tsa_cli.privacy.odd_rows import columns_of
from tsa_cli.steps.ingest.lines_file import Line
from tsa_cli.steps.ingest.verdict import Verdict, judge
from tsa_cli.store import Store

MAX_RAW_BYTES = 100_000
CUT = f"only its first {MAX_RAW_BYTES:,} bytes are kept: leave the file where it is"
DETAILS = {
    "missing_event": "no event name",
    "missing_timestamp": "no timestamp",
    "invalid_timestamp": "neither ISO 8601 nor an epoch number",
    "timestamp_out_of_range": "outside min_timestamp … now + max_future of configs/tsa.yaml",
    "missing_identity": "neither user_id nor anonymous_id",
    "id_conflict": "the id is known with other content; the first one holds",
    "unplanned_event": "the tracking plan has no such event",
    "required_missing": "a property that the tracking plan requires is missing",
    "datatype_mismatch": "a property has another type than in the tracking plan",
    "additional_properties": "a property that the tracking plan does not name",
}
REASONS = ("invalid_json", "not_an_object", "invalid_encoding", "line_too_long", *DETAILS)


@dataclass(frozen=True)
class Quarantined:
    """One line and why it is no event."""

    line: Line
    reason: str
    detail: str


def explained(line: Line, reason: str, max_line_bytes: int, max_depth: int) -> Quarantined:
    """
    The line with its reason, CODE or CODE:DETAIL; what the engine cannot read is judged strictly.

    So is what is no object: where no line is one the engine takes a value for its only column.
    """
    reason, _, detail = reason.partition(":")
    if reason != "invalid_json" and line.raw.lstrip()[:1] == b"{":
        return Quarantined(line, reason, detail or DETAILS.get(reason, ""))
    verdict = judge(line.raw, max_line_bytes, max_depth)
    if verdict.reason is None:
        verdict = _unread(line.raw)
    elif verdict.reason == "invalid_json" and columns_of(line.raw.decode("utf-8", "replace")):
        verdict = Verdict("invalid_json", "another number of cells than the header has")
    return Quarantined(line, verdict.reason or reason, verdict.detail)


def _unread(raw: bytes) -> Verdict:
    """An object that gave no event: without a single field of ours that is filled, or refused."""
    value = json.loads(raw)
    fields = ("event", "timestamp", "user_id", "event_id")
    if isinstance(value, dict) and any(str(value.get(key) or "").strip() for key in fields):
        return Verdict("invalid_json", "the reader refuses it")
    return Verdict("missing_event", DETAILS["missing_event"])


def write(
    store: Store,
    rows: Sequence[Quarantined],
    *,
    source_file: str,
    absolute_path: str | None,
    source: str,
    load_id: int,
    ingested_at: datetime,
    clean: Callable[[Sequence[bytes]], list[str]],
) -> None:
    """Append the rows that are not there yet."""
    if not rows:
        return
    import polars

    frame = polars.DataFrame(
        {
            "line_number": [row.line.number for row in rows],
            "byte_offset": [row.line.byte_offset for row in rows],
            "reason": [row.reason for row in rows],
            "detail": [_detail(row) for row in rows],
            "raw": clean([told(row.line) for row in rows]),
        },
        schema_overrides={"line_number": polars.Int64, "byte_offset": polars.Int64},
    )
    with store.lent("quarantine_batch", frame):
        store.execute(
            "1_events/insert_quarantined.sql",
            source_file=source_file, absolute_path=absolute_path, source=source,
            load_id=load_id, ingested_at=ingested_at,
        )  # fmt: skip


def told(line: Line) -> bytes:
    """What is to be cleaned: a kept text, too, as more may be personal now than when it came."""
    return line.raw[:MAX_RAW_BYTES] if line.kept is None else line.kept.encode()


def _detail(row: Quarantined) -> str:
    """Why, and what to do where the quarantine alone could not replay it."""
    if CUT in row.detail or len(row.line.raw) <= MAX_RAW_BYTES:
        return row.detail
    mend = ", raise max_line_bytes, replay" if row.reason == "line_too_long" else ", replay"
    return f"{row.detail}; {CUT}{mend}".removeprefix("; ")
