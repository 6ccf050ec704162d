"""
Turn visits drawn as rows of slots into events with times, pages and offers.

reads   nothing
writes  Events, visit by visit in slot order
"""

import numpy as np

from tsa_cli.generator import slots
from tsa_cli.generator.catalog import FIRST_BOOKING_KIND, NO_PAGE, OFFER_SERVICE, ROLE_PAGE, Kind
from tsa_cli.generator.tables import I32, I64, U8, U16, Bools, Events, Visits

_TIED = 0.03  # share of events in the same millisecond as the one before
_BOUNDARY_MS = 1_800_000  # the idle time at which a session ends: exactly it does not


def expand(rng: np.random.Generator, grid: Bools, visits: Visits, other: U8, note: U8) -> Events:
    """
    The events of `grid` (n_visits, slots.WIDTH), timed from each visit's start.

    other: the offer looked at besides the visit's own; note: the variant that the visit's
    booking, rating or topic has.
    """
    visit, slot = (column.astype(kind) for column, kind in
                   zip(np.nonzero(grid), (np.int32, np.uint8), strict=True))  # fmt: skip
    kind = slots.SLOT_KIND[slot]
    offer = np.where(slots.SLOT_IS_OTHER_OFFER[slot], other[visit], visits.offer[visit])
    page = ROLE_PAGE[slots.SLOT_ROLE[slot], OFFER_SERVICE[offer]]
    on_landing = slots.SLOT_ROLE_IS_LANDING[slot]
    page[on_landing] = visits.landing[visit[on_landing]]
    variant = rng.integers(0, 4, len(slot), dtype=np.uint8)
    has_note = kind >= FIRST_BOOKING_KIND
    variant[has_note] = note[visit[has_note]]
    is_step = kind == Kind.STEP
    variant[is_step] = slots.SLOT_STEP[slot[is_step]]
    return Events(
        ts_ms=_times(rng, visit, slot, visits.start_ms),
        visit=visit,
        slot=slot,
        kind=kind,
        offer=offer,
        variant=variant,
        page=page,
        referrer_page=_referrer_pages(kind, slot, page),
    )


def _times(rng: np.random.Generator, visit: I32, slot: U8, start_ms: I64) -> I64:
    """Start plus the sum of pauses: log-normal around 30 s, with ties and exact half hours."""
    count = len(visit)
    gap = np.exp(rng.standard_normal(count, dtype=np.float32) * np.float32(0.9) + np.float32(3.2))
    gap_ms = (np.minimum(gap, 1200) * 1000).astype(np.int64)
    luck = rng.random(count, dtype=np.float32)
    gap_ms[luck < _TIED] = 0
    rare = luck > 0.992
    pauses = np.array([_BOUNDARY_MS, _BOUNDARY_MS + 1, 2_100_000, 2_700_000, 3_500_000])
    chosen = np.minimum((luck[rare] - np.float32(0.992)) / np.float32(0.0016), 4).astype(np.int64)
    gap_ms[rare] = pauses[chosen]
    first = slot == slots.LANDING
    gap_ms[first] = 0
    elapsed = np.cumsum(gap_ms)
    base: I64 = np.zeros(len(start_ms), dtype=np.int64)
    base[visit[first]] = elapsed[first]
    times: I64 = start_ms[visit] + elapsed - base[visit]
    return times


def _referrer_pages(kind: U8, slot: U8, page: U16) -> U16:
    """The page before, for page views after the landing; NO_PAGE for everything else."""
    referrer = np.full(len(kind), NO_PAGE, dtype=np.uint16)
    rows = np.flatnonzero(kind == Kind.PAGE)
    before = np.concatenate([[NO_PAGE], page[rows][:-1]]).astype(np.uint16)
    before[slot[rows] == slots.LANDING] = NO_PAGE
    referrer[rows] = before
    return referrer
