"""
Whether the lines of a file have keys that its sample did not show, told by counting them.

A sample says which columns are read. What the columns and the properties held is counted while
they are read, and so are the keys in the bytes of the file: never fewer than there are. Where both
counts are the same, each key is in its place. Only where they differ is every line searched for
its keys, which takes half as long as to load the file.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

import polars as pl

from tsa_cli.kernels.byte_slices import as_bytes
from tsa_cli.kernels.key_ends import valued_keys
from tsa_cli.steps.ingest.distinct import Distinct
from tsa_cli.steps.ingest.lines_file import Line
from tsa_cli.steps.ingest.unseen_keys import UnseenKeyError

MOST_BROKEN = 10_000  # lines that are looked at one by one


class CountedLines(Protocol):
    """Lines, with the keys in their bytes counted: those of a LinesFile, or of several."""

    @property
    def key_ends(self) -> int:
        """Colons that may end a key: at least as many as there are keys."""
        ...

    def valued_keys(self) -> int:
        """How many keys with a value the lines have that are not refused; or more, never fewer."""
        ...

    def lines_of_rows(self, ordinals: list[int]) -> Iterator[Line]:
        """The line of each row ordinal (0-based, ascending)."""
        ...


@dataclass(frozen=True)
class KeyCount:
    """The lines of a file, and the top-level keys that its sample showed."""

    lines: CountedLines
    known: frozenset[str]
    search: Callable[[], set[str]]  # for all top-level keys

    def settle(self, found: int, faults: Mapping[int, str]) -> None:
        """
        Raise UnseenKeyError when a line has a top-level key that the sample did not show.

        `found` keys with a value were read; `faults` are the reasons of refused rows, by ordinal.
        """
        if found == self.lines.key_ends or found == self._readable(faults):
            return
        if self.search() - self.known:
            raise UnseenKeyError

    def _readable(self, faults: Mapping[int, str]) -> int:
        """Keys with a value of the lines that are JSON, or more."""
        valued = self.lines.valued_keys()
        broken = [row for row, reason in faults.items() if reason == "invalid_json"]
        if len(broken) > MOST_BROKEN:
            return valued
        raws = (line.raw for line in self.lines.lines_of_rows(sorted(broken)))
        return valued - sum(valued_keys(as_bytes(raw)) for raw in raws if not _is_json(raw))


def _is_json(raw: bytes) -> bool:
    """False for a line that nobody reads; one of other keys alone looks like that to the engine."""
    try:
        json.loads(raw)
    except (ValueError, RecursionError):
        return False
    return True


def keys_in(documents: Distinct) -> int:
    """How many keys with a value the rows' documents have, at any depth; never more."""
    texts = pl.Series(documents.values)
    counts = keys_of_texts(texts).to_numpy()
    return int(documents.spread(counts, 0).sum())


def keys_of_texts(texts: pl.Series) -> pl.Series:
    """The same of each text, which is JSON without white space; 0 for null."""
    count = texts.str.count_matches
    ends = count('":', literal=True) - count('\\":', literal=True)
    nulls = count('":null', literal=True) - count('\\":null', literal=True)
    return (ends - nulls).fill_null(0).cast(pl.Int64)
