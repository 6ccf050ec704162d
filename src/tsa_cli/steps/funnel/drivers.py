"""
What goes with converting: events and values of those who did against those who dropped.

Everybody is observed equally long from their first step: a converter until converting, and the
converters' durations are dealt out evenly to the dropped, so that having more time to do things
does not look like a cause. What goes with converting need not bring it about.

reads   core, actors, event_types, sessions, events
source  definitions D25: odds ratio with one person added per cell, at least 25 people and 2 %,
        phi; equal exposure as in Amplitude
"""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from tsa_cli.kernels.funnel_types import NO_TIME, Ints
from tsa_cli.steps.funnel.fetch import UNITS
from tsa_cli.steps.funnel.outcome import Outcome
from tsa_cli.steps.funnel.report import ratio
from tsa_cli.steps.funnel.result import Driver
from tsa_cli.store.store import Store

PRIOR_COUNT = 1
FEWEST_PEOPLE = 25
SMALLEST_SHARE = 0.02


def find_drivers(store: Store, outcome: Outcome, *, fewest: int = FEWEST_PEOPLE) -> list[Driver]:
    """
    Events and properties by the strength of their odds ratio, strongest first.

    Left out: the funnel's own events, pending people, and what fewer than `fewest` people or 2 %
    did or had, or all but as few. Needs an outcome with rows; empty without both sides.
    """
    some = outcome.only(~outcome.is_pending)
    converted = int(some.is_converted.sum())
    dropped = len(some.attempts.unit) - converted
    if some.rows is None or not converted or not dropped:
        return []
    with store.lent("lent_units", _observed(some)):
        events = store.records(
            "4_reports/funnel_driver_events.sql",
            {"unit": UNITS[outcome.config.count_by]},
            left_out=_own_events(outcome),
        )
        values = store.records("4_reports/funnel_driver_properties.sql")
    rows = [_driver("event", row, converted, dropped) for row in events]
    rows += [_driver("property", row, converted, dropped) for row in values]
    floor = max(fewest, SMALLEST_SHARE * (converted + dropped))
    kept = [row for row in rows if floor <= row.n <= converted + dropped - floor]
    return sorted(kept, key=lambda r: (-abs(np.log(r.odds_ratio)), r.kind, r.name, r.value or ""))


def _observed(outcome: Outcome) -> dict[str, NDArray[np.generic]]:
    """One row per unit, with the span in which its events are counted."""
    rows = outcome.rows
    sequence = np.empty(0, np.int64) if rows is None else rows.core_seq
    start = outcome.start_us
    return {
        "place": np.arange(len(start)),
        "unit_key": outcome.attempts.unit,
        "is_converted": outcome.is_converted,
        "start_ts": start.astype("datetime64[us]"),
        "start_seq": sequence[outcome.attempts.row[:, 0]],
        "end_ts": (start + _exposure(outcome)).astype("datetime64[us]"),
    }


def _exposure(outcome: Outcome) -> Ints:
    """Observed microseconds per unit: both sides have the same distribution of them."""
    done = outcome.is_converted
    last = outcome.attempts.time_us[:, outcome.required[-1]]
    exposure = np.where(done & (last != NO_TIME), last - outcome.start_us, 0)
    own = np.sort(exposure[done])
    others = np.flatnonzero(~done)
    dealt = own[np.arange(len(others)) * len(own) // len(others)]
    exposure[np.random.default_rng(0).permutation(others)] = dealt
    return exposure


def _own_events(outcome: Outcome) -> list[str]:
    names = [step.event_names() for step in outcome.config.steps]
    return sorted({name for some in names for name in some or ()})


def _driver(kind: str, row: dict[str, object], converted: int, dropped: int) -> Driver:
    a, b = int(str(row["converted_with"])), int(str(row["dropped_with"]))
    c, d = converted - a, dropped - b
    odds = ((a + PRIOR_COUNT) * (d + PRIOR_COUNT)) / ((b + PRIOR_COUNT) * (c + PRIOR_COUNT))
    spread = sqrt((a + b) * (c + d) * (a + c) * (b + d))
    value = row.get("value")
    return Driver(
        kind=kind,
        name=str(row["name"]),
        value=None if value is None else str(value),
        n=a + b,
        converted_with=a,
        dropped_with=b,
        rate_with=ratio(a, a + b),
        rate_without=ratio(c, c + d),
        odds_ratio=odds,
        phi=(a * d - b * c) / spread if spread else None,
    )
