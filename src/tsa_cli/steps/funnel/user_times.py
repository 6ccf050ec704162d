"""
The keys of a funnel of users, straight from the table that is sorted for it.

reads   core_by_type, user_time_scale, users_index
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tsa_cli.kernels.funnel_types import Ints
from tsa_cli.steps.funnel.codes import Columns
from tsa_cli.steps.funnel.span import Span, microseconds_of
from tsa_cli.steps.funnel.told import Answer, told_by
from tsa_cli.store.fragment import Fragment
from tsa_cli.store.store import Store


@dataclass(frozen=True)
class Scale:
    """A key is `user << bits | ticks since epoch_us`, ticks of `tick_us` microseconds."""

    epoch_us: int
    tick_us: int
    bits: int
    middle_user: int  # half of the events are of users up to this one
    last_user: int

    def halves(self) -> tuple[range, range]:
        """The users with the lower and with the upper half of the events, which may be nobody."""
        middle = self.middle_user + 1
        return range(middle), range(middle, self.last_user + 1)

    def ticks(self, time_us: int) -> int:
        """The tick at or before a moment; negative before the epoch."""
        return (time_us - self.epoch_us) // self.tick_us


@dataclass(frozen=True)
class Wanted:
    """The events of one step: of some types, and where `bit` is given, those with that mark."""

    codes: tuple[int, ...]
    bit: int | None = None


@dataclass(frozen=True)
class UserTimes:
    """The events of some users up to a moment."""

    store: Store
    scale: Scale
    from_user: int
    to_user: int  # not included
    last_tick: int | None  # None: no event is later

    def of(self, wanted: Wanted, answers: Sequence[Answer] = ()) -> Ints:
        """The sorted keys of a step; the answers tell who has its mark."""
        found = [self._of_type(code, wanted.bit, answers) for code in wanted.codes]
        return in_order(found[0] if len(found) == 1 else np.concatenate([_NONE, *found]))

    def of_type(self, code: int, *, has_event_seq: bool = False) -> Columns:
        """`user_time` of the events of a type, in any order, and `event_seq` where asked for."""
        found = self.store.arrays(
            "4_reports/funnel_user_times.sql",
            {"places": Fragment(_PLACES * has_event_seq)},
            code=code,
            from_key=self.from_user << self.scale.bits,
            to_key=(self.to_user << self.scale.bits) - 1,
        )
        return self._known(found)

    def of_types(self, codes: list[int], *, has_event_seq: bool = False) -> Columns:
        """`user_time` and `event_code` of the events of some types, in any order."""
        found = self.store.arrays(
            "4_reports/funnel_user_codes.sql",
            {"places": Fragment(_PLACES * has_event_seq)},
            codes=codes,
            from_key=self.from_user << self.scale.bits,
            to_key=(self.to_user << self.scale.bits) - 1,
        )
        return self._known(found)

    def _known(self, found: Columns) -> Columns:
        """The events up to the last tick."""
        if self.last_tick is None:
            return found
        is_later = (found["user_time"] & ((1 << self.scale.bits) - 1)) > self.last_tick
        return {name: c[~is_later] for name, c in found.items()} if is_later.any() else found

    def _of_type(self, code: int, bit: int | None, answers: Sequence[Answer]) -> Ints:
        found = self.of_type(code, has_event_seq=bit is not None)
        keys: Ints = found["user_time"]
        if bit is None:
            return keys
        marks = told_by(answers, found["event_seq"], len(keys)).marks
        marked: Ints = keys[(marks >> bit) & 1 == 1]
        return marked


_NONE = np.empty(0, np.int64)
_PLACES = ", event_seq"


def read_scale(store: Store) -> Scale | None:
    """How user and time share the keys; None where they do not fit or there are no events."""
    rows = store.rows("4_reports/funnel_scale.sql")
    return Scale(*(int(str(value)) for value in rows[0])) if rows else None


def last_tick(store: Store, scale: Scale, span: Span) -> int | None:
    """The tick after which events are unknown; None where there are none after the clock."""
    newest = store.newest_event_ts()
    if newest is not None and span.as_of >= newest:
        return None
    return scale.ticks(microseconds_of(span.as_of))


def in_order(keys: Ints) -> Ints:
    """The keys sorted; those that are already stay as they are."""
    if len(keys) and not (keys[1:] >= keys[:-1]).all():
        keys = np.sort(keys, kind="stable")  # of sorted pieces, which a stable sort merges
    return keys
