"""
Where sessions begin among the events of devices, and why.

A gap looks at the event before; a cut at a local midnight or at a new campaign at the events since
the gap; a cut at the longest duration looks at where the session began, and so at all other cuts.

source  definitions D8
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

CONTINUES, GAP, MIDNIGHT, CAMPAIGN, MAX_DURATION = 0, 1, 2, 3, 4
Integers = NDArray[np.int64]
Reasons = NDArray[np.int8]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class CutRules:
    """
    What ends a session; durations in microseconds.

    An idle time longer than `timeout_us` does; so does an event later than `max_us` after the
    session's first. `day_starts_us`, ascending UTC moments, are the local midnights that cut;
    `campaign_of_page`, by page key, is the campaign of each page, 0 for none, if a new one cuts.
    """

    timeout_us: int
    max_us: int
    day_starts_us: Integers | None = None
    campaign_of_page: NDArray[np.int32] | None = None


def start_reasons(
    device_key: NDArray[Any], event_us: Integers, page_key: NDArray[Any], rules: CutRules
) -> Reasons:
    """
    (n,) int8: why a session begins at each event; CONTINUES where none does.

    Rows are in order: those of a device adjacent, its times ascending. The first event of a device
    has GAP.
    """
    reasons = np.ones(len(device_key), dtype=np.int8)
    if not len(reasons):
        return reasons
    is_gap = device_key[1:] != device_key[:-1]
    is_gap |= event_us[1:] - event_us[:-1] > rules.timeout_us
    reasons[1:] = is_gap
    if rules.day_starts_us is not None:
        day = np.searchsorted(rules.day_starts_us, event_us, side="right")
        reasons[1:][~is_gap & (day[1:] != day[:-1])] = MIDNIGHT
    if rules.campaign_of_page is not None:
        campaign = rules.campaign_of_page[page_key]
        reasons[_new_campaign(reasons != CONTINUES, campaign)] = CAMPAIGN
    _cut_long(event_us, rules.max_us, reasons)
    return reasons


def _new_campaign(is_start: Flags, campaign: NDArray[np.int32]) -> Flags:
    """Events whose campaign is another than the last one since `is_start` (none counts as one)."""
    place = np.arange(len(campaign))
    start = np.maximum.accumulate(np.where(is_start, place, 0))
    latest = np.maximum.accumulate(np.where(campaign > 0, place, -1))
    before = np.full(len(campaign), -1)
    before[1:] = latest[:-1]
    known = np.where(before >= start, campaign[before], 0)
    is_new: Flags = (campaign > 0) & ~is_start & (campaign != known)
    return is_new


def _cut_long(event_us: Integers, max_us: int, reasons: Reasons) -> None:
    """Mark MAX_DURATION cuts in `reasons`; one round per cut of the longest session."""
    begins = np.flatnonzero(reasons)
    ends = np.append(begins[1:], len(event_us))
    is_long = event_us[ends - 1] - event_us[begins] > max_us
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
