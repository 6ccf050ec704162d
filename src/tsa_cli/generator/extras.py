"""
Who is not a customer with a browser of their own: the tablet in the shop, and crawlers.

reads   nothing
writes  Visits and Events of one block
"""

from dataclasses import replace

import numpy as np

from tsa_cli.generator import slots
from tsa_cli.generator.behaviour import draw_grid
from tsa_cli.generator.catalog import NO_PAGE, OFFER_SERVICE, ROLE_PAGE, STATUS_PAGE, Kind, Role
from tsa_cli.generator.expand import expand
from tsa_cli.generator.people import Clock, People, arrival_ms
from tsa_cli.generator.shop import contact_slots
from tsa_cli.generator.tables import I32, I64, NEVER, U8, Events, Visits
from tsa_cli.generator.traffic import DIRECT, OPEN_HOURS, OPENING_HOUR_UTC
from tsa_cli.generator.visits import BOOKED, Plan, weighted_offers

_HOUR_MS = 3_600_000
_MIN_TABLET_PEOPLE = 14  # well above any sane limit of people per private browser
_PAGES_PER_CRAWL = 24


def _anonymous(device: I32, start_ms: I64, offer: U8) -> Visits:
    """Direct visits to the home page by no one known."""
    count = len(device)
    zero = np.zeros(count, dtype=np.uint8)
    return Visits(
        person=np.full(count, -1, dtype=np.int32),
        device=device,
        start_ms=start_ms,
        channel=zero + np.uint8(DIRECT),
        creative=zero,
        landing=ROLE_PAGE[Role.HOME, OFFER_SERVICE[offer]],
        url_noise=zero,
        offer=offer,
        login_slot=zero + np.uint8(NEVER),
        traits_slot=zero + np.uint8(NEVER),
        consent=zero,
        booking=np.full(count, -1, dtype=np.int32),
        late_ms=np.zeros(count, dtype=np.int32),
    )


def tablet_visits(
    rng: np.random.Generator, people: People, device: int, span: Clock
) -> tuple[Visits, Events]:
    """Some people of the block, one after the other, sign in on the shop's one tablet."""
    count = len(people.type_code)
    users = rng.permutation(count)[: _MIN_TABLET_PEOPLE + count // 64]
    person = np.repeat(users, 1 + rng.integers(0, 2, len(users))).astype(np.int32)
    total = len(person)
    opening = arrival_ms(span, rng.integers(0, span.days, total)) + OPENING_HOUR_UTC * _HOUR_MS
    plan = Plan(
        person=person,
        start_ms=opening + rng.integers(0, OPEN_HOURS * _HOUR_MS, total),
        is_first=np.zeros(total, dtype=bool),
        intent=people.intent[person],
        offer=weighted_offers(rng, total),
        reached=np.where(rng.random(total) < 0.2, BOOKED, 0).astype(np.uint8),
    )
    grid = draw_grid(rng, plan, people.type_code[person])
    blank = _anonymous(np.full(total, device, dtype=np.int32), plan.start_ms, plan.offer)
    at_once = rng.random(total) < 0.5
    login = np.where(at_once, slots.LANDING, slots.FIRST_LOOK)
    visits = replace(
        blank,
        person=person,
        login_slot=login.astype(np.uint8),
        traits_slot=contact_slots(grid),
        booking=np.where(plan.reached > 0, np.arange(total), -1).astype(np.int32),
    )
    note = rng.integers(0, 4, total, dtype=np.uint8)
    return visits, expand(rng, grid, visits, plan.offer, note)


def crawler_visits(
    rng: np.random.Generator, first_device: int, bot_count: int, span: Clock
) -> tuple[Visits, Events]:
    """Each crawler comes once in three weeks and more, and reads a dozen pages in a minute."""
    per_bot = 1 + rng.poisson(1 + span.days / 20, bot_count)
    device = (first_device + np.repeat(np.arange(bot_count), per_bot)).astype(np.int32)
    count = len(device)
    start_ms = span.start_ms + rng.integers(0, span.end_ms - span.start_ms, count)
    visits = _anonymous(device, start_ms, weighted_offers(rng, count))
    pages = rng.integers(2, _PAGES_PER_CRAWL, count)
    visit = np.repeat(np.arange(count), pages)
    slot = np.arange(len(visit)) - np.repeat(np.cumsum(pages) - pages, pages)
    read = rng.integers(0, ROLE_PAGE.max() + 1, len(visit)).astype(np.uint16)
    read[read == STATUS_PAGE] = 0
    read[slot == 0] = visits.landing
    times = start_ms[visit] + slot * 2500 + rng.integers(0, 2000, len(visit))
    events = Events(
        ts_ms=times,
        visit=visit.astype(np.int32),
        slot=slot.astype(np.uint8),
        kind=np.full(len(visit), Kind.PAGE, dtype=np.uint8),
        offer=visits.offer[visit],
        variant=np.zeros(len(visit), dtype=np.uint8),
        page=read,
        referrer_page=np.full(len(visit), NO_PAGE, dtype=np.uint16),
    )
    return visits, events
