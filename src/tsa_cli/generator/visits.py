"""
When people visit the synthetic shop and which of their visits book.

reads   nothing
writes  the plan of one block's visits, before what follows a booking
source  a latent wish to book drives looks, prices, quotes and bookings alike: what a person
        did before tells something, never everything, about what they do next
"""

from dataclasses import dataclass, fields

import numpy as np

from tsa_cli.generator.catalog import OFFER_WEIGHTS
from tsa_cli.generator.people import Clock, People, arrival_ms, habit_column
from tsa_cli.generator.tables import F32, F64, I32, I64, U8, Bools
from tsa_cli.generator.traffic import HOUR_TABLE, quantile_table

_MAX_VISITS_PER_NEED = 9
_HOUR_MS = 3_600_000
BOOKED = 7  # steps reached by a completed booking; 0 is "not begun"
_REACHED = quantile_table([0.0, 35.0, 20.0, 15.0, 15.0, 15.0])  # abandoned bookings


@dataclass(frozen=True)
class Plan:
    """Visits that happen, in the order of people, needs and visits within a need."""

    person: I32
    start_ms: I64
    is_first: Bools
    intent: F32
    offer: U8
    reached: U8  # steps of the booking form, 0 to BOOKED


def _sigmoid(values: F32) -> F32:
    odds: F32 = np.float32(1) / (np.float32(1) + np.exp(-values))
    return odds


def _runs(lengths: I64) -> tuple[I64, I64]:
    """For runs of these lengths: the run of each element, and its place within the run."""
    run = np.repeat(np.arange(len(lengths)), lengths)
    place = np.arange(len(run)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return run, place


def start_times(rng: np.random.Generator, day: I64, span: Clock) -> I64:
    """A moment of each day, by the hours of its weekday; a third of Sundays wait for Monday."""
    weekday = (day + span.first_weekday) % 7
    waits = (weekday == 6) & (rng.random(len(day), dtype=np.float32) < 0.33)
    waits &= day < span.days - 1
    day, weekday = day + waits, np.where(waits, 0, weekday)
    hour = HOUR_TABLE[weekday, rng.integers(0, 256, len(day), dtype=np.uint8)].astype(np.int64)
    within = rng.integers(0, _HOUR_MS, len(day), dtype=np.int32)
    started: I64 = arrival_ms(span, day) + hour * _HOUR_MS + within
    return started


def plan_visits(rng: np.random.Generator, people: People, span: Clock) -> Plan:
    """
    Needs of each person, visits of each need up to the one that books.

    A person's intent, how often they came for this need and chance decide on each booking.
    """
    person, need_no, begin = _needs(rng, people, span)
    code = people.type_code[person]
    count = rng.poisson(habit_column("visits_per_need")[code] - 1)
    need, visit_no = _runs(1 + np.minimum(count, _MAX_VISITS_PER_NEED - 1))
    gap = rng.standard_exponential(len(need), dtype=np.float32)
    gap *= np.where(visit_no > 0, habit_column("gap_days")[code[need]], 0)
    elapsed = np.cumsum(gap, dtype=np.float64)
    first = np.flatnonzero(visit_no == 0)
    day = np.floor(begin[need] + elapsed - elapsed[first][need]).astype(np.int64)
    noise = rng.standard_normal(len(need), dtype=np.float32)
    step = np.minimum(visit_no, 4).astype(np.float32)
    intent = people.intent[person[need]] + np.float32(0.6) * step + np.float32(0.6) * noise
    reached = _booking_steps(rng, intent)
    booked_before = np.cumsum(reached == BOOKED) - (reached == BOOKED)
    start_ms = start_times(rng, day, span)
    keep = (booked_before == booked_before[first][need]) & (start_ms < span.end_ms)
    plan = Plan(
        person=person[need].astype(np.int32),
        start_ms=start_ms,
        is_first=(visit_no == 0) & (need_no[need] == 0),
        intent=intent,
        offer=weighted_offers(rng, len(person))[need],
        reached=reached,
    )
    return Plan(*(getattr(plan, field.name)[keep] for field in fields(Plan)))


def _needs(rng: np.random.Generator, people: People, span: Clock) -> tuple[I64, I64, F64]:
    """Owner, number and first day of every need; a person's first need begins at arrival."""
    extra = habit_column("extra_needs")[people.type_code] * (span.days / 90)
    person, need_no = _runs(1 + rng.poisson(extra))
    room = np.maximum(people.last_day - people.arrival_day, 0)[person]
    later = rng.random(len(person)) * room
    begin = people.arrival_day[person].astype(np.float64) + np.where(need_no > 0, later, 0)
    return person, need_no, begin


def weighted_offers(rng: np.random.Generator, count: int) -> U8:
    """`count` offers, the cheaper the likelier."""
    shares = np.cumsum(OFFER_WEIGHTS) / OFFER_WEIGHTS.sum()
    picked = np.searchsorted(shares[:-1], rng.random(count), side="right")
    return picked.astype(np.uint8)


def _booking_steps(rng: np.random.Generator, intent: F32) -> U8:
    """How far the booking form gets in each visit: 0, 1 to 5 when left, BOOKED."""
    count = len(intent)
    begins = rng.random(count, dtype=np.float32) < _sigmoid(np.float32(1.15) * intent - 2.9)
    ends = rng.random(count, dtype=np.float32) < _sigmoid(np.float32(0.4) * intent)
    left = _REACHED[rng.integers(0, 256, count, dtype=np.uint8)]
    steps: U8 = np.where(begins, np.where(ends, BOOKED, left), 0).astype(np.uint8)
    return steps
