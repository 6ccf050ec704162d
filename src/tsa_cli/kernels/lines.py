"""
Find, in a block of JSON lines, the few lines that the engine's lenient parser must not judge.

DuckDB's JSON reader takes trailing commas and NaN, loses a whole file to one huge line and dies
of deep nesting; everything else it rejects line by line. So the bytes are looked at here first,
and only the suspects are parsed strictly, in Python. `is_plain` is one quick search (1 GB/s on one
core; numpy alone made 0.3); `scan_block` finds the lines in the blocks that are not plain.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NEWLINE = 10
_COMMA = 0x2C
_SPACES = (0x20, 0x09, 0x0D)
# 248 words of 8 bytes: byte-wise sums of 0/1 flags stay below 256.
_WINDOW_WORDS = 248
_WINDOW_BYTES = _WINDOW_WORDS * 8
_LOOSE_OR_BLANK = r"[, \t\r][}\]]|\n[ \t\r\n]"
_BARE_WORD = r"[:,\[ \t+-](?i:nan|inf)"
# What may stand before a bare NaN or Infinity in JSON-like text.
_BEFORE_VALUE = np.zeros(256, dtype=bool)
_BEFORE_VALUE[[*_SPACES, _COMMA, 0x3A, 0x5B, 0x2D, 0x2B]] = True
_BEFORE_CLOSER = np.zeros(256, dtype=bool)
_BEFORE_CLOSER[[_COMMA, *_SPACES]] = True

Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class BlockScan:
    """Line starts and ends (end = the newline's place) of a block, and indices of special lines."""

    starts: Indices
    ends: Indices
    blank: Indices  # nothing but white space: no event, no error
    suspects: Indices  # to be parsed strictly
    too_long: Indices


def count_lines(block: Bytes) -> int:
    """Lines of a block; the last needs no newline."""
    lines = int(np.count_nonzero(block == NEWLINE))
    return lines + int(len(block) > 0 and block[-1] != NEWLINE)


def is_plain(block: Bytes, max_line_bytes: int, max_depth: int) -> bool:
    """True when no line of `block` is blank, too long, or a suspect; false alarms are allowed."""
    import polars  # its regex engine looks for byte pairs by SIMD; 0.3 s to import

    if len(block) < _WINDOW_BYTES or block[0] in (NEWLINE, *_SPACES):
        return False
    text = polars.Series([block.tobytes().decode("latin-1")])
    if any(text.str.contains(pattern)[0] for pattern in (_LOOSE_OR_BLANK, _BARE_WORD)):
        return False
    newline = block == NEWLINE
    return _lengths_fit(newline, max_line_bytes) and _depths_fit(block, newline, max_depth)


def scan_block(block: Bytes, max_line_bytes: int, max_depth: int) -> BlockScan:
    """The lines of `block`, whose last line needs no newline, and which of them are special."""
    ends = np.flatnonzero(block == NEWLINE)
    if len(block) and (not len(ends) or ends[-1] != len(block) - 1):
        ends = np.append(ends, len(block))
    starts = np.concatenate(([0], ends[:-1] + 1)).astype(np.int64)[: len(ends)]
    suspects = np.unique(
        np.concatenate(
            [
                np.searchsorted(ends, _loose_closers(block)),
                np.searchsorted(ends, _bare_words(block)),
                _deep_lines(block, ends, max_depth),
            ]
        )
    )
    too_long = np.flatnonzero(ends - starts > max_line_bytes)
    blank = _blank_lines(block, starts, ends)
    return BlockScan(starts, ends, blank, np.setdiff1d(suspects, too_long), too_long)


def _lengths_fit(newline: Flags, max_line_bytes: int) -> bool:
    """True when no stretch longer than half the limit is without a newline."""
    half = max(max_line_bytes // 2, 1)
    return all(newline[at : at + half].any() for at in range(0, len(newline), half))


def _depths_fit(block: Bytes, newline: Flags, max_depth: int) -> bool:
    """True when no line can hold more than `max_depth` openers."""
    opener = (block & 0xDF) == 0x5B
    whole = len(block) // _WINDOW_BYTES * _WINDOW_BYTES
    words = opener[:whole].view(np.uint64).reshape(-1, _WINDOW_WORDS).sum(axis=1, dtype=np.uint64)
    openers = words.view(np.uint8).reshape(-1, 8).sum(axis=1, dtype=np.int64)
    if (openers > max_depth // 2).any() or np.count_nonzero(opener[whole:]) > max_depth // 2:
        return False
    # A line longer than a window may spread its openers thinly: every window must end a line.
    words = newline[:whole].view(np.uint64).reshape(-1, _WINDOW_WORDS).sum(axis=1, dtype=np.uint64)
    return bool(words.all())


def _blank_lines(block: Bytes, starts: Indices, ends: Indices) -> Indices:
    empty = np.flatnonzero(starts == ends)
    filled = np.flatnonzero(starts < ends)
    first = block[starts[filled]]
    led_by_space = filled[(first == 0x20) | (first == 0x09) | (first == 0x0D)]
    white = [i for i in led_by_space if not block[starts[i] : ends[i]].tobytes().strip(b" \t\r")]
    return np.union1d(empty, np.asarray(white, dtype=np.int64))


def _loose_closers(block: Bytes) -> Indices:
    """Places of } and ] that follow a comma or white space: perhaps a trailing comma."""
    closers = np.flatnonzero((block | 0x20) == 0x7D)
    closers = closers[closers > 0]
    return closers[_BEFORE_CLOSER[block[closers - 1]]]


def _bare_words(block: Bytes) -> Indices:
    """Places of nan and inf, in any case, where a JSON value could stand."""
    low = block | 0x20
    is_n = low == 0x6E
    nan = is_n[:-2] & (low[1:-1] == 0x61) & is_n[2:]
    inf = (low[:-2] == 0x69) & is_n[1:-1] & (low[2:] == 0x66)
    hits = np.flatnonzero(nan | inf)
    hits = hits[hits > 0]
    return hits[_BEFORE_VALUE[block[hits - 1]]]


def _deep_lines(block: Bytes, ends: Indices, max_depth: int) -> Indices:
    """Lines with more than `max_depth` openers, a superset of those nested deeper."""
    openers = np.flatnonzero((block & 0xDF) == 0x5B)
    line = np.searchsorted(ends, openers)
    return np.unique(line[max_depth:][line[max_depth:] == line[:-max_depth]])
