"""
What a benchmark case is: one question, and the processes of each side that answer it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

WORK, WORK_CHDB = "work.duckdb", "work_chdb"  # what a side makes, anew in each round
LONGEST = 1 << 40  # bytes of a line, for a peer that stops at half a gigabyte


@dataclass(frozen=True)
class Side:
    """One way to do the work: processes before (not timed), the timed one, one that answers."""

    name: str
    timed: list[str]
    before: list[list[str]] = field(default_factory=list)
    after: list[str] | None = None
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # label: stages to add up
    needs_spark: bool = False
    may_differ: bool = False  # what it answers otherwise is stated, but is no failure


@dataclass(frozen=True)
class Case:
    """One question; the first side is tsa, and every side has to answer what it answers."""

    name: str
    question: str
    needs: tuple[str, ...]
    sides: tuple[Side, ...]
