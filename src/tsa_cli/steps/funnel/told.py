"""
What is told of events beside their names, and how it is laid beside rows of them by number.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from tsa_cli.kernels.funnel_types import NONE, Ints
from tsa_cli.steps.funnel.codes import Codes, Places


@dataclass(frozen=True)
class Told:
    """What was read, row by row of the events; `hold` and `split` are None where not asked for."""

    marks: Ints
    hold: Ints | None = None
    split: Codes | None = None


@dataclass(frozen=True)
class Answer:
    """What one statement told of some events, (n,); `places` finds them by their event_seq."""

    places: Places
    marks: Ints | None = None
    hold: Ints | None = None
    split: Codes | None = None

    def laid_beside(self, told: Told, event_seq: Ints) -> Told:
        """What was told before, and this, of the events with these numbers."""
        marks, hold, split = told.marks, told.hold, told.split
        if self.marks is not None:
            marks = marks | self.places.lay(self.marks, event_seq, 0)
        if self.hold is not None:
            hold = self.places.lay(self.hold, event_seq, NONE)
        if self.split is not None:
            split = Codes(self.places.lay(self.split.code, event_seq, NONE), self.split.values)
        return Told(marks, hold, split)


def told_by(answers: Iterable[Answer], event_seq: Ints, count: int) -> Told:
    """What the answers tell of `count` events, which have these numbers in the log."""
    told = Told(np.zeros(count, np.int64))
    for answer in answers:
        told = answer.laid_beside(told, event_seq)
    return told
