"""
The people around the synthetic shop: who they are, what they want and which browsers they own.

reads   nothing
writes  People and Devices of one block, drawn from the block's generator
source  the segments that the product requirements name (4.2.1): the rates are invented
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

import numpy as np

from tsa_cli.generator.agents import (
    AGENT_TABLE,
    CRAWLERS,
    FIRST_CRAWLER,
    FIRST_OCTETS,
    SHOP_TABLET_AGENT,
    DeviceRole,
)
from tsa_cli.generator.tables import F32, I64, U8, Bools, Devices
from tsa_cli.generator.traffic import DAY_WEIGHTS

DAY_MS = 86_400_000
_NO_OUTAGE_BELOW_DAYS = 7
_TABLET_MIN_PEOPLE = 40


class PersonType(IntEnum):
    """The behaviour a person is drawn with."""

    WINDOW_SHOPPER = 0
    PRICE_CHECKER = 1
    RESEARCHER = 2
    QUICK_CONVERTER = 3
    VIP = 4
    CHURNER = 5


@dataclass(frozen=True)
class Habit:
    """How one type of person behaves; rates are per visit, extra needs per 90 days."""

    share: float
    extra_needs: float
    visits_per_need: float
    gap_days: float  # mean time between the visits of one need
    intent: float  # mean of the latent wish to book, in log odds
    looks: float  # services looked at in a visit
    price_rate: float  # chance that a look asks for the price
    registered_rate: float


HABITS = (
    Habit(0.30, 0.15, 1.5, 5.0, -1.9, 0.6, 0.15, 0.02),
    Habit(0.18, 0.35, 4.2, 4.0, -0.8, 1.7, 0.85, 0.05),
    Habit(0.25, 0.30, 4.2, 4.0, 0.1, 1.6, 0.45, 0.06),
    Habit(0.10, 0.15, 1.4, 1.5, 2.1, 0.9, 0.60, 0.10),
    Habit(0.07, 3.00, 2.2, 4.0, 1.5, 1.2, 0.50, 0.75),
    Habit(0.10, 1.00, 2.4, 4.0, 0.7, 1.2, 0.50, 0.25),
)


def habit_column(name: str) -> F32:
    """(n_types,) float32: one field of every habit."""
    return np.array([getattr(habit, name) for habit in HABITS], dtype=np.float32)


@dataclass(frozen=True)
class Clock:
    """The span of the log, in ms since 1970 UTC, and the day on which bookings cannot complete."""

    start_ms: int
    days: int
    end_ms: int
    outage_start_ms: int  # equal to outage_end_ms without an outage
    outage_end_ms: int
    first_weekday: int  # 0 is Monday


def clock(start: date, days: int) -> Clock:
    """The span of `days` from `start`; logs of a week and more have an outage, never on Sunday."""
    start_ms = (start - date(1970, 1, 1)).days * DAY_MS
    outage_day = int(days * 0.55)
    if (start + timedelta(days=outage_day)).weekday() == 6:
        outage_day -= 1
    outage_ms = start_ms + outage_day * DAY_MS
    length_ms = DAY_MS if days >= _NO_OUTAGE_BELOW_DAYS else 0
    end_ms = start_ms + days * DAY_MS
    return Clock(start_ms, days, end_ms, outage_ms, outage_ms + length_ms, start.weekday())


@dataclass(frozen=True)
class People:
    """One row per person of a block."""

    type_code: U8
    intent: F32
    arrival_day: F32  # days after the start of the log
    last_day: F32  # no need arises later; a churner's is early
    has_second_device: Bools
    is_registered: Bools
    consent: U8


def draw_people(rng: np.random.Generator, count: int, span: Clock) -> People:
    """`count` people; arrivals follow the weekday and grow by a third over the log."""
    shares = np.cumsum(habit_column("share"))
    type_code = np.searchsorted(shares[:-1], rng.random(count, dtype=np.float32), side="right")
    weekday = (np.arange(span.days) + span.first_weekday) % 7
    growth = 1 + np.arange(span.days) / (3 * span.days)
    weights = np.cumsum(DAY_WEIGHTS[weekday] * growth)
    pick = np.searchsorted(weights / weights[-1], rng.random(count), side="right")
    arrival = np.minimum(pick, span.days - 1).astype(np.float32)
    is_vip = type_code == PersonType.VIP
    is_churner = type_code == PersonType.CHURNER
    arrival[is_vip] *= 0.4
    arrival[is_churner] *= 0.35
    last = np.full(count, span.days, dtype=np.float32)
    last[is_churner] = arrival[is_churner] + span.days * 0.3
    registered = rng.random(count, dtype=np.float32) < habit_column("registered_rate")[type_code]
    spread = rng.standard_normal(count, dtype=np.float32) * np.float32(0.8)
    return People(
        type_code=type_code.astype(np.uint8),
        intent=habit_column("intent")[type_code] + spread,
        arrival_day=arrival,
        last_day=last,
        has_second_device=rng.random(count, dtype=np.float32) < 0.28,
        is_registered=registered,
        consent=np.searchsorted([0.12, 0.67], rng.random(count)).astype(np.uint8),
    )


def device_counts(people_count: int) -> tuple[int, int, int]:
    """How many personal, shop and crawler browsers a block of people meets."""
    tablets = int(people_count >= _TABLET_MIN_PEOPLE)
    return 2 * people_count, tablets, max(1, people_count // 100)


def draw_devices(rng: np.random.Generator, people_count: int) -> Devices:
    """
    First devices of all people, their second devices, shop tablets, crawlers: in that order.

    A second device exists as a row for everyone; only who owns one uses it.
    """
    personal, tablets, bots = device_counts(people_count)
    total = personal + tablets + bots
    is_second = np.repeat([0, 1], people_count)
    agent = np.zeros(total, dtype=np.uint8)
    agent[:personal] = AGENT_TABLE[is_second, rng.integers(0, 256, personal, dtype=np.uint8)]
    agent[personal : personal + tablets] = SHOP_TABLET_AGENT
    agent[personal + tablets :] = FIRST_CRAWLER + rng.integers(0, len(CRAWLERS), bots)
    role = np.repeat([DeviceRole.PERSON, DeviceRole.SHOP_TABLET, DeviceRole.BOT],
                     [personal, tablets, bots])  # fmt: skip
    first = FIRST_OCTETS[rng.integers(0, len(FIRST_OCTETS), total)].astype(np.uint32)
    ip = (first << np.uint32(24)) | rng.integers(0, 1 << 24, total, dtype=np.uint32)
    ip[rng.random(total) < 0.12] = 0
    return Devices(role=role.astype(np.uint8), user_agent=agent, ip=ip)


def arrival_ms(span: Clock, day: I64) -> I64:
    """The UTC midnight of each day number of the log."""
    midnight: I64 = span.start_ms + day * DAY_MS
    return midnight
