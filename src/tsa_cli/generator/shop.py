"""
The visits of a block's people: channel, landing page, device, login and events.

reads   nothing
writes  Visits and Events of one block's people before any booking's aftermath
"""

import numpy as np

from tsa_cli.generator import slots
from tsa_cli.generator.behaviour import draw_grid
from tsa_cli.generator.catalog import (
    IS_TECHNICAL_OFFER,
    OFFER_SERVICE,
    OTHER_OFFERS,
    ROLE_PAGE,
    TECHNICAL_OFFERS,
)
from tsa_cli.generator.expand import expand
from tsa_cli.generator.people import Clock, People
from tsa_cli.generator.tables import I32, NEVER, U8, Bools, Events, Visits
from tsa_cli.generator.traffic import CHANNEL_TABLE, CREATIVES, quantile_table
from tsa_cli.generator.visits import Plan, plan_visits, weighted_offers

_HOUR_MS = 3_600_000
_NOTES = quantile_table([60.0, 18.0, 14.0, 8.0])  # the price variants of bookings
# Noise of the URL: none, a slash at its end (the home page has one already), a fragment.
_NOISE = np.array([quantile_table([9.0, 0.0, 1.0]), quantile_table([8.0, 1.0, 1.0])])
# Roles of the landing page by channel: home, list, service, booking, blog, pricing.
_LANDINGS = np.array(
    [
        quantile_table([float(w) for w in row])
        for row in (
            [60, 14, 18, 0, 2, 6],
            [16, 14, 46, 0, 20, 4],
            [6, 10, 70, 0, 0, 14],
            [16, 14, 46, 0, 20, 4],
            [6, 10, 70, 0, 0, 14],
            [16, 14, 46, 0, 20, 4],
            [20, 20, 50, 0, 4, 6],
            [40, 10, 20, 0, 30, 0],
            [30, 30, 20, 0, 20, 0],
            [50, 10, 30, 0, 10, 0],
            [10, 10, 40, 0, 40, 0],
            [50, 20, 30, 0, 0, 0],
            [30, 0, 10, 0, 0, 60],
        )
    ]
)


def shop_visits(rng: np.random.Generator, people: People, span: Clock) -> tuple[Visits, Events]:
    """The visits of a block's people, in the order of people and needs, and their events."""
    plan = plan_visits(rng, people, span)
    count = len(plan.person)
    grid = draw_grid(rng, plan, people.type_code[plan.person])
    visits = _describe(rng, plan, people, grid)
    same = rng.random(count, dtype=np.float32) < 0.6
    other = np.where(same, _same_family(rng, plan.offer), weighted_offers(rng, count))
    note = _NOTES[rng.integers(0, 256, count, dtype=np.uint8)]
    return visits, expand(rng, grid, visits, other.astype(np.uint8), note)


def _describe(rng: np.random.Generator, plan: Plan, people: People, grid: Bools) -> Visits:
    """One row per planned visit; a third of an owner's visits use the second device."""
    count = len(plan.person)
    luck = rng.integers(0, 256, (5, count), dtype=np.uint8)
    type_code = people.type_code[plan.person]
    channel = CHANNEL_TABLE[1 - plan.is_first.astype(np.int8), type_code, luck[0]]
    landing = ROLE_PAGE[_LANDINGS[channel, luck[1]], OFFER_SERVICE[plan.offer]]
    second = people.has_second_device[plan.person] & (luck[2] < 92)
    contact = contact_slots(grid)
    login = _login_slots(plan, people, contact, luck[3] < 192)
    shows_traits = (contact < NEVER) | (luck[4] < 77)
    traits = np.where(contact < NEVER, contact, login)
    return Visits(
        person=plan.person,
        device=(plan.person + second * len(people.type_code)).astype(np.int32),
        start_ms=plan.start_ms,
        channel=channel,
        creative=(luck[2] % CREATIVES).astype(np.uint8),
        landing=landing,
        url_noise=_NOISE[np.minimum(landing, 1), luck[4]],
        offer=plan.offer,
        login_slot=login,
        traits_slot=np.where(shows_traits, traits, NEVER).astype(np.uint8),
        consent=np.zeros(count, dtype=np.uint8),
        booking=np.where(plan.reached > 0, np.arange(count), -1).astype(np.int32),
        late_ms=late_delays(rng, count),
    )


def contact_slots(grid: Bools) -> U8:
    """The first slot of each visit in which a form with contact data is sent, else NEVER."""
    quote, booking = grid[:, slots.QUOTE_CONTACT], grid[:, slots.BOOKING_CONTACT]
    first = np.where(quote, slots.QUOTE_CONTACT, np.where(booking, slots.BOOKING_CONTACT, NEVER))
    return first.astype(np.uint8)


def _login_slots(plan: Plan, people: People, contact: U8, stays: Bools) -> U8:
    """From which slot on each visit is known: a form with contact data, or an earlier one."""
    known_ms = np.full(len(people.type_code), np.iinfo(np.int64).max)
    tells = contact < NEVER
    np.minimum.at(known_ms, plan.person[tells], plan.start_ms[tells])
    known_ms[people.is_registered] = 0
    is_known = plan.start_ms > known_ms[plan.person]
    login: U8 = np.where(is_known & stays, slots.LANDING, contact).astype(np.uint8)
    return login


def _same_family(rng: np.random.Generator, offer: U8) -> U8:
    technical = TECHNICAL_OFFERS[rng.integers(0, len(TECHNICAL_OFFERS), len(offer))]
    ordinary = OTHER_OFFERS[rng.integers(0, len(OTHER_OFFERS), len(offer))]
    chosen: U8 = np.where(IS_TECHNICAL_OFFER[offer], technical, ordinary)
    return chosen


def late_delays(rng: np.random.Generator, count: int) -> I32:
    """Delivery delay in ms: 2% of visits arrive one to three days after they happened."""
    delay = rng.integers(24 * _HOUR_MS, 72 * _HOUR_MS, count, dtype=np.int32)
    delays: I32 = np.where(rng.random(count, dtype=np.float32) < 0.02, delay, 0).astype(np.int32)
    return delays
