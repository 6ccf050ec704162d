"""
Where a run of events without a long gap is cut into further sessions.

A cut at a local midnight or at a new campaign looks at the events alone; a cut at the longest
duration looks at where the session began, and so at the cuts before it.
"""

import numpy as np
from numpy.typing import NDArray

NONE, MIDNIGHT, CAMPAIGN, MAX_DURATION = 0, 1, 2, 3
Integers = NDArray[np.int64]


def cut_reasons(
    visit: Integers, event_us: Integers, day: Integers, campaign: Integers, max_us: int
) -> NDArray[np.int8]:
    """
    (n,) int8: why a session starts at each event, one of NONE, MIDNIGHT, CAMPAIGN, MAX_DURATION.

    Rows are in order; `visit` numbers the runs (equal values adjacent), `event_us` is the time in
    microseconds, ascending in a run. `day` is the local day (constant: no cuts at midnight),
    `campaign` the campaign's key, 0 for none (all 0: no cuts at campaigns). The first event of a
    run has NONE: the run's own reason stands. An event later than `max_us` after its session's
    first event starts the next session.
    """
    count = len(visit)
    reasons = np.zeros(count, dtype=np.int8)
    if not count:
        return reasons
    is_first = np.ones(count, dtype=bool)
    is_first[1:] = visit[1:] != visit[:-1]
    is_midnight = ~is_first
    is_midnight[1:] &= day[1:] != day[:-1]
    reasons[_new_campaign(is_first | is_midnight, campaign)] = CAMPAIGN
    reasons[is_midnight] = MIDNIGHT
    _cut_long(is_first | (reasons != NONE), event_us, max_us, reasons)
    return reasons


def _new_campaign(is_start: NDArray[np.bool_], campaign: Integers) -> NDArray[np.bool_]:
    """Events whose campaign is another than the last one since `is_start` (none counts as one)."""
    place = np.arange(len(campaign))
    start = np.maximum.accumulate(np.where(is_start, place, 0))
    latest = np.maximum.accumulate(np.where(campaign > 0, place, -1))
    before = np.full(len(campaign), -1)
    before[1:] = latest[:-1]
    known = np.where(before >= start, campaign[before], 0)
    is_new: NDArray[np.bool_] = (campaign > 0) & ~is_start & (campaign != known)
    return is_new


def _cut_long(
    is_start: NDArray[np.bool_], event_us: Integers, max_us: int, reasons: NDArray[np.int8]
) -> None:
    """Mark MAX_DURATION cuts in `reasons`; one round per cut of the longest run."""
    begins = np.flatnonzero(is_start)
    ends = np.append(begins[1:], len(event_us))
    spans = event_us[ends - 1] - event_us[begins]
    is_long = spans > max_us
    begins, ends = begins[is_long], ends[is_long]
    while len(begins):
        cuts = np.array(
            [
                begin + np.searchsorted(event_us[begin:end], event_us[begin] + max_us, side="right")
                for begin, end in zip(begins, ends, strict=True)
            ],
            dtype=np.int64,
        )
        is_inside = cuts < ends
        begins, ends = cuts[is_inside], ends[is_inside]
        reasons[begins] = MAX_DURATION
