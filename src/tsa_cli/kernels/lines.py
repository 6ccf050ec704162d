"""
Find, in a block of JSON lines, the few lines that the engine's lenient parser must not judge.

DuckDB's JSON reader takes trailing commas and NaN, loses a whole file to one huge line and dies
of deep nesting; everything else it rejects line by line. So the bytes are looked at here first,
and only the suspects are parsed strictly, in Python.

A trailing comma, NaN and Infinity have one thing in common: before the next comma or closer
stands a comma, white space, or one of n, f, y.
"""

from dataclasses import dataclass

import numpy as np

from tsa_cli.kernels.byte_slices import Bytes, Flags, Indices, byte_table, places_in

NEWLINE = 10
_COMMA = 0x2C
_FOLD, _CLOSER = 0x20, 0x7D
_MOST_WHITE = 64  # bytes of white space before a stop that are walked over; more are suspect
_WORDS = (b"nan", b"inf", b"infinity")


_WHITE = byte_table(b" \t\r")
_BLANK = b" \t\r\v\f"  # the engine skips a line of nothing else, as C's isspace has them
_STARTS_BLANK = byte_table(_BLANK)
_SOFT = byte_table(b" \t\r,nfyNFY")
_BEFORE_VALUE = byte_table(b" \t\r,:[-+")  # what may stand before a bare word in JSON-like text


@dataclass(frozen=True)
class BlockScan:
    """Line starts and ends (end = the newline's place) of a block, and indices of special lines."""

    starts: Indices
    ends: Indices
    blank: Indices  # nothing but white space: no event, no error
    suspects: Indices  # to be parsed strictly
    too_long: Indices
    key_ends: int  # colons that may end a key: as many as there are keys, or more

    @property
    def has_special(self) -> bool:
        """True when some line is blank, suspect or too long."""
        return bool(len(self.blank) or len(self.suspects) or len(self.too_long))


def scan_block(block: Bytes, max_line_bytes: int, max_depth: int) -> BlockScan:
    """The lines of `block`, whose last line needs no newline, and which of them are special."""
    places = places_in(block)
    mark = block[places.marks]
    is_end, is_closer = mark == NEWLINE, (mark | _FOLD) == _CLOSER
    ends, closers = places.marks[is_end], places.marks[is_closer]
    if len(block) and (not len(ends) or ends[-1] != len(block) - 1):
        ends = np.append(ends, len(block))
    starts = np.concatenate(([0], ends[:-1] + 1)).astype(np.int64)[: len(ends)]
    stops = np.concatenate((_soft_closers(block, closers), places.soft_commas))
    suspects = np.searchsorted(ends, _suspect_stops(block, stops))
    deep = _deep_lines(np.flatnonzero(is_end), len(places.marks), max_depth)
    too_long = np.flatnonzero(ends - starts > max_line_bytes)
    if len(suspects) or len(deep):
        suspects = np.setdiff1d(np.concatenate((suspects, deep)), too_long)
    blank = _blank_lines(block, starts, ends)
    return BlockScan(starts, ends, blank, suspects, too_long, places.key_ends)


def _deep_lines(end_marks: Indices, mark_count: int, max_depth: int) -> Indices:
    """Lines with more than `max_depth` marks between two ends: all JSON that is nested deeper."""
    between = np.diff(end_marks, prepend=-1, append=mark_count)
    return np.flatnonzero(between - 1 > max_depth)


def _blank_lines(block: Bytes, starts: Indices, ends: Indices) -> Indices:
    first = block[np.minimum(starts, len(block) - 1)] if len(starts) else block[:0]
    odd = np.flatnonzero((starts == ends) | _STARTS_BLANK[first])
    white = [i for i in odd if not block[starts[i] : ends[i]].tobytes().strip(_BLANK)]
    return np.asarray(white, dtype=np.int64)


def _soft_closers(block: Bytes, closers: Indices) -> Indices:
    """Those after white space, a comma, or the last letter of a bare word."""
    soft: Indices = closers[_SOFT[block[np.maximum(closers - 1, 0)]]]
    return soft


def _suspect_stops(block: Bytes, stops: Indices) -> Indices:
    """Those places of , } ] that follow a comma or a bare word, white space between or not."""
    if not len(stops):
        return stops
    last = stops - 1  # of what stands before the stop
    for _ in range(_MOST_WHITE):
        white = _WHITE[block[last]] & (last > 0)
        if not white.any():
            break
        last = last - white
    is_closer = (block[stops] | _FOLD) == _CLOSER
    is_suspect = is_closer & (block[last] == _COMMA) | _WHITE[block[last]]
    for word in _WORDS:
        is_suspect |= _is_bare_word(block, last, word)
    suspects: Indices = stops[is_suspect]
    return suspects


def _is_bare_word(block: Bytes, last: Indices, word: bytes) -> Flags:
    """Whether `word`, in any case, ends at each place, where a JSON value could stand."""
    before = last - len(word)
    found: Flags = before >= 0
    for at, letter in enumerate(word):
        found &= (block[np.maximum(before + 1 + at, 0)] | _FOLD) == letter
    return found & _BEFORE_VALUE[block[np.maximum(before, 0)]]
