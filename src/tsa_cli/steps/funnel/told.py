"""
What is told of events beside their names, and how it is laid beside rows of them by number.
"""

from dataclasses import dataclass

import numpy as np

from tsa_cli.kernels.funnel_types import Ints
from tsa_cli.steps.funnel.codes import Codes, Entries


@dataclass(frozen=True)
class Told:
    """What was read, row by row of the events; `hold` and `split` are None where not asked for."""

    marks: Ints
    hold: Ints | None = None
    split: Codes | None = None


@dataclass(frozen=True)
class Answer:
    """
    What one statement told; `entry` leads from an event_seq to a place in the others.

    Place 0 is of all events that it did not tell of, as is the last entry.
    """

    entry: Entries
    marks: Ints | None = None
    hold: Ints | None = None
    split: Codes | None = None

    def laid_beside(self, told: Told, event_seq: Ints) -> Told:
        """What was told before, and this, of the events with these numbers."""
        entry = self.entry.take(event_seq, mode="clip")
        marks, hold, split = told.marks, told.hold, told.split
        if self.marks is not None:
            marks = marks | self.marks[entry]
        if self.hold is not None:
            hold = self.hold[entry]
        if self.split is not None:
            split = Codes(self.split.code[entry], self.split.values)
        return Told(marks, hold, split)


def told_by(answers: list[Answer], event_seq: Ints, count: int) -> Told:
    """What the answers tell of `count` events, which have these numbers in the log."""
    told = Told(np.zeros(count, np.int64))
    for answer in answers:
        told = answer.laid_beside(told, event_seq)
    return told
