"""
The lines of a JSONL file: counted, the bad ones that the engine would take found, any one fetched.

The engine answers with rows, and a row's ordinal is that of a line that is not blank. This module
knows the way back from an ordinal to the line, its number and its place in bytes.
"""

import json
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import numpy as np

from tsa_cli.kernels.byte_slices import as_bytes
from tsa_cli.kernels.key_ends import valued_keys
from tsa_cli.kernels.lines import BlockScan, scan_block
from tsa_cli.steps.ingest.file_bytes import BLOCK_BYTES, FileBytes
from tsa_cli.steps.ingest.verdict import Verdict, judge

SAMPLE_HEAD_BLOCKS = 16  # at most
SAMPLE_BLOCKS = 64  # about, of a large file
SAMPLED_ONE_OF = 8  # blocks of a smaller one
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Line:
    """One line of a file; `number` counts from 1."""

    number: int
    byte_offset: int
    raw: bytes
    kept: str | None = None  # its cleaned text, where it comes from the quarantine


@dataclass(frozen=True)
class Refused:
    """A line that never reaches the engine."""

    line: Line
    verdict: Verdict


@dataclass
class LinesFile:
    """A file of lines with its block index; made by `open_lines`."""

    path: Path
    data: FileBytes
    end: int  # bytes that are read; less than the file when its last line is unfinished
    left_bytes: int
    start: int = 0
    block_starts: list[int] = field(default_factory=list)
    lines_before: list[int] = field(default_factory=list)
    rows_before: list[int] = field(default_factory=list)
    row_count: int = 0  # lines that the engine answers with a row
    key_ends: int = 0  # colons in them that may end a key: at least as many as there are keys
    refused: list[Refused] = field(default_factory=list)
    max_line_bytes: int = 1_000_000
    max_depth: int = 200

    @property
    def read_count(self) -> int:
        """Lines that are not blank."""
        return self.row_count + len(self.refused)

    @property
    def ends_line(self) -> bool:
        """Whether the last line that is read has an end like all others."""
        return self.data[self.end - 1 : self.end] == b"\n"

    def lines_of_rows(self, ordinals: list[int]) -> Iterator[Line]:
        """The line of each row ordinal (0-based, ascending)."""
        at = 0
        while at < len(ordinals):
            block = bisect_right(self.rows_before, ordinals[at]) - 1
            stop = (
                self.rows_before[block + 1] if block + 1 < len(self.rows_before) else self.row_count
            )
            inside = [o for o in ordinals[at:] if o < stop]
            yield from self._block_lines(block, [o - self.rows_before[block] for o in inside])
            at += len(inside)

    def first_lines(self, count: int) -> Iterator[Line]:
        """The lines of its first rows, at most so many."""
        return self.lines_of_rows([*range(min(count, self.row_count))])

    def valued_keys(self) -> int:
        """How many keys with a value the lines have that are not refused; or more, never fewer."""
        blocks = range(len(self.block_starts))
        views = (self.data.view(self.block_starts[at], self._stop(at)) for at in blocks)
        refused = (as_bytes(refused.line.raw) for refused in self.refused)
        return sum(map(valued_keys, views)) - sum(map(valued_keys, refused))

    def _block_lines(self, block: int, places: list[int]) -> Iterator[Line]:
        base = self.block_starts[block]
        view = self.data.view(base, self._stop(block))
        scan = scan_block(view, self.max_line_bytes, self.max_depth)
        refused = {r.line.number - 1 - self.lines_before[block] for r in self.refused}
        skipped = set(scan.blank.tolist()) | refused
        rows = [i for i in range(len(scan.ends)) if i not in skipped]
        for place in places:
            i = rows[place]
            start, end = int(scan.starts[i]), int(scan.ends[i])
            number = self.lines_before[block] + i + 1
            yield Line(number, base + start, view[start:end].tobytes())

    def _line(self, block: int, base: int, scan: BlockScan, i: int) -> Line:
        start, end = base + int(scan.starts[i]), base + int(scan.ends[i])
        return Line(self.lines_before[block] + i + 1, start, self.data[start:end])

    def _stop(self, block: int) -> int:
        is_last = block + 1 == len(self.block_starts)
        return self.end if is_last else self.block_starts[block + 1]

    def index(self) -> None:
        """
        Count every line once, and judge the suspects.

        In one thread: its passes are so short that two spent their time on waiting for each other.
        """
        lines = self._lines_before_start()
        for start, stop in self._spans():
            scan = scan_block(self.data.view(start, stop), self.max_line_bytes, self.max_depth)
            self.block_starts.append(start)
            self.lines_before.append(lines)
            self.rows_before.append(self.row_count)
            lines += len(scan.ends)
            self.row_count += len(scan.ends)
            self.key_ends += scan.key_ends
            if scan.has_special:
                self.row_count -= len(scan.blank) + self._judge(scan, start)

    def _lines_before_start(self) -> int:
        spans = range(0, self.start, BLOCK_BYTES)
        return sum(self.data[at : min(at + BLOCK_BYTES, self.start)].count(b"\n") for at in spans)

    def _spans(self) -> Iterator[tuple[int, int]]:
        start = self.start
        while start < self.end:
            stop = self._block_end(start)
            yield start, stop
            start = stop

    def _judge(self, scan: BlockScan, base: int) -> int:
        block = len(self.block_starts) - 1
        before = len(self.refused)
        special = np.setdiff1d(np.union1d(scan.suspects, scan.too_long), scan.blank)
        for i in special.tolist():
            line = self._line(block, base, scan, i)
            verdict = judge(line.raw, self.max_line_bytes, self.max_depth)
            if verdict.reason is not None:
                self.refused.append(Refused(line, verdict))
        return len(self.refused) - before

    def _block_end(self, start: int) -> int:
        stop = start + BLOCK_BYTES
        if stop >= self.end:
            return self.end
        cut = self.data.block(start, stop).rfind(b"\n")
        if cut >= 0:
            return start + cut + 1
        cut = self.data.find(b"\n", stop)  # one line longer than a block
        return self.end if cut < 0 else min(cut + 1, self.end)

    def copy_without_refused(self, out: IO[bytes]) -> None:
        """Write what the engine may read: a refused line is blank, the last one ends like all."""
        at = self.start
        for refused in self.refused:
            self._copy(out, at, refused.line.byte_offset)
            at = refused.line.byte_offset + len(refused.line.raw)
        self._copy(out, at, self.end)
        if not self.ends_line:
            out.write(b"\n")

    def _copy(self, out: IO[bytes], start: int, stop: int) -> None:
        for at in range(start, stop, BLOCK_BYTES):
            out.write(self.data[at : min(at + BLOCK_BYTES, stop)])

    def copy_sample(self, out: IO[bytes]) -> None:
        """Write some blocks: the first ones, and others evenly over the file."""
        count = len(self.block_starts)
        chosen = {
            *range(min(SAMPLE_HEAD_BLOCKS, count // SAMPLED_ONE_OF)),
            *range(0, count, max(count // SAMPLE_BLOCKS, SAMPLED_ONE_OF)),
        }
        refused = {r.line.byte_offset: len(r.line.raw) for r in self.refused}
        for block in sorted(chosen):
            start, stop = self.block_starts[block], self._stop(block)
            at = start
            for offset in sorted(o for o in refused if start <= o < stop):
                out.write(self.data[at:offset])
                at = offset + refused[offset]
            out.write(self.data[at:stop])


def _may_go_on(tail: bytes, max_line_bytes: int, *, is_only: bool) -> bool:
    """
    Whether an unfinished line is left for the next run.

    A file's only line is read when no end could make it an object: nobody else would name it.
    """
    text = tail.strip()
    return bool(text) and not (is_only and _is_lost(text, max_line_bytes))


def _is_lost(text: bytes, max_line_bytes: int) -> bool:
    """Whether no end makes an object of it, or none that is short enough."""
    if not text.startswith(b"{") or b"\r" in text or len(text) > max_line_bytes:
        return True
    try:
        json.JSONDecoder().raw_decode(text.decode(errors="replace"))
    except (ValueError, RecursionError):
        return False
    return True  # another one stands behind the first: objects without line ends between them


def open_lines(
    path: Path,
    *,
    is_final: bool,
    max_line_bytes: int,
    max_depth: int,
    size: int | None = None,
    start: int = 0,
) -> LinesFile:
    """
    The indexed file. Its last line, when unfinished, is left unless `is_final` or it is an object,
    or can be none.

    Its first `size` bytes are looked at. Lines before the byte `start`, which begins one, are
    counted only.
    """
    data = FileBytes(path, size)
    size = data.size
    start = max(start, len(BOM) if data[:3] == BOM else 0)
    last = data.rfind(b"\n") + 1
    end = size
    if last < size and not is_final:
        tail = data[max(last, start) :]
        may_go_on = _may_go_on(tail, max_line_bytes, is_only=last == 0)
        if may_go_on and judge(tail, max_line_bytes, max_depth).reason:
            end = last
    found = LinesFile(
        path, data, end, size - end, start,
        max_line_bytes=max_line_bytes, max_depth=max_depth,
    )  # fmt: skip
    found.index()
    return found
