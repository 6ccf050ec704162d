"""
What goes into the funnel kernels and what comes out: arrays and the rules of one funnel.

source  definitions D15-D22
"""

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

KEY_BITS = 62  # of two numbers in one int64, with room to shift a sign in
NONE = -1  # of a row or a step that is not there
NO_TIME = np.iinfo(np.int64).min  # of a step that was not reached

FIRST_MOMENT = np.iinfo(np.int64).min
LAST_MOMENT = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Exclusion:
    """Events that remove a unit when strictly between two steps, counted from 0."""

    after: int
    before: int


@dataclass(frozen=True)
class FunnelRules:
    """One funnel; all times in microseconds, steps counted from 0."""

    step_count: int
    order: Literal["ordered", "strict", "any"] = "ordered"
    window_us: int = 7 * 86_400_000_000
    is_ties_strict: bool = False
    within_us: tuple[int | None, ...] = ()
    optional: tuple[bool, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    since_us: int = FIRST_MOMENT  # of an attempt's first event, both inclusive
    until_us: int = LAST_MOMENT

    def within(self, step: int) -> int | None:
        """The longest time since the nearest earlier required step; None without such a rule."""
        return self.within_us[step] if self.within_us else None

    def is_optional(self, step: int) -> bool:
        """True for a step that is measured but neither anchors nor filters."""
        return bool(self.optional) and self.optional[step]

    def required(self) -> list[int]:
        """The steps of which every attempt is a prefix."""
        return [step for step in range(self.step_count) if not self.is_optional(step)]


@dataclass(frozen=True)
class FunnelEvents:
    """
    Events in the total order (unit, time, event id), all (n,) int64.

    Bit k of `mask` is set when the event matches step k, bit `step_count + i` when it matches
    exclusion i. `hold` has a number >= 0 for each held value, NONE where it is missing. Without it,
    all match.
    """

    unit: Ints
    time_us: Ints
    mask: Ints
    hold: Ints | None = None


@dataclass(frozen=True)
class StepHits:
    """
    The events that match one step, ascending, all (n,) int64.

    `place` is where the next step is searched from; `moment` ranks (group, time), equal for equal
    timestamps of a group; `row` numbers the event, `group` its unit (or unit and held values).
    """

    place: Ints
    moment: Ints
    group: Ints
    time_us: Ints
    row: Ints


@dataclass(frozen=True)
class Attempts:
    """
    The attempt that counts of each unit, in ascending order of `unit`.

    `depth` (n,) is how many required steps it reached (of `any`: how many steps). `time_us` and
    `row` are (n, step_count): NO_TIME and NONE where a step was not done; of `any`, column k is
    the (k+1)-th step done, whichever it was. `row` is (n, 0) where no rows are told. Units in
    `excluded` are not among them.
    """

    unit: Ints
    depth: Ints
    time_us: Ints
    row: Ints
    excluded: Ints = field(default_factory=lambda: np.empty(0, np.int64))

    def only(self, keep: Bools | Ints, excluded: Ints | None = None) -> "Attempts":
        """Those of some of the units, given as flags or places, beside whom others are excluded."""
        return Attempts(
            self.unit[keep],
            self.depth[keep],
            self.time_us[keep],
            self.row[keep],
            np.empty(0, np.int64) if excluded is None else excluded,
        )


@dataclass(frozen=True)
class UnitEvents:
    """The events of one unit (with one set of held values, if any), in total order."""

    time_us: list[int]
    mask: list[int]
    row: list[int]
    hold: list[int] | None = None


Chain = list[int]  # indices of the events that fill steps 0, 1, …


def empty_attempts(step_count: int) -> Attempts:
    """No unit entered."""
    none = np.empty(0, np.int64)
    grid = np.empty((0, step_count), np.int64)
    return Attempts(none, none, grid, grid)


def without_rows(attempts: Attempts) -> Attempts:
    """The attempts, without which events filled the steps."""
    return replace(attempts, row=np.empty((len(attempts.unit), 0), np.int64))


def after_rows(attempts: Attempts, count: int) -> Attempts:
    """The attempts with rows that are counted from `count` on."""
    row = np.where(attempts.row == NONE, NONE, attempts.row + count)
    return replace(attempts, row=row)


def joined(parts: list[Attempts]) -> Attempts:
    """The attempts of all parts, whose units ascend from one to the next."""
    return Attempts(
        np.concatenate([part.unit for part in parts]),
        np.concatenate([part.depth for part in parts]),
        np.concatenate([part.time_us for part in parts]),
        np.concatenate([part.row for part in parts]),
        np.concatenate([part.excluded for part in parts]),
    )


def starts_of_runs(values: Ints) -> Ints:
    """The index of the first element of each run of equal values."""
    if not len(values):
        return np.empty(0, np.int64)
    return np.flatnonzero(np.concatenate(([True], values[1:] != values[:-1])))


def starts_of_units(keys: Ints, bits: int) -> Ints:
    """The index of the first of each unit's sorted keys, `unit << bits | time`."""
    if not len(keys):
        return np.empty(0, np.int64)
    # Of one unit only the low bits differ: their exclusive or stays below the unit's lowest bit.
    changed = np.flatnonzero((keys[1:] ^ keys[:-1]) >> bits)
    return np.concatenate(([0], changed + 1))


def from_moment(events: UnitEvents, index: int) -> range:
    """The events from the first one at the moment of `index` on."""
    first = index
    while first and events.time_us[first - 1] == events.time_us[index]:
        first -= 1
    return range(first, len(events.time_us))
