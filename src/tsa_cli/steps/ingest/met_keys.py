"""
The keys that earlier files of a run had, for the sample of the next one.

A rare key that decides how lines are read makes a sampled file be read twice. The files of an
export are alike: so the first of them is, and no other.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

MOST_KEYS = 250  # of files with keys of their own each, the next one would read all as columns


@dataclass
class MetKeys:
    """The keys of lines themselves and those in their properties, of one mapping's files."""

    top: set[str] = field(default_factory=set)
    inner: set[str] = field(default_factory=set)

    def add(self, top: AbstractSet[str], inner: AbstractSet[str]) -> None:
        """Keep the keys of a file, unless there are too many by then."""
        if len(self.top | top) <= MOST_KEYS and len(self.inner | inner) <= MOST_KEYS:
            self.top |= top
            self.inner |= inner
