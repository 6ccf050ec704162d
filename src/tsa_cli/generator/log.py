"""
The whole synthetic log: blocks of people simulated one by one, joined, and put in delivery order.

reads   nothing
writes  EventLog; the same arguments give the same log, whatever is done with it later
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from tsa_cli.generator.aftermath import customer_returns, draw_bookings, server_records
from tsa_cli.generator.agents import DeviceRole
from tsa_cli.generator.catalog import Kind
from tsa_cli.generator.extras import crawler_visits, tablet_visits
from tsa_cli.generator.people import (
    DAY_MS,
    Clock,
    People,
    clock,
    device_counts,
    draw_devices,
    draw_people,
)
from tsa_cli.generator.shop import shop_visits
from tsa_cli.generator.slots import CONFIRM_PAGE
from tsa_cli.generator.tables import (
    I64,
    U8,
    Devices,
    Duplicates,
    Events,
    Visits,
    concat,
    shifted,
    take,
)

PEOPLE_PER_BLOCK = 4096  # part of the seeding: another size is another log
_DUPLICATE_RATE = 0.006
_RADIX_BUCKETS = 65_535


@dataclass(frozen=True)
class EventLog:
    """Every event once, in no order of time, and which of them are delivered again."""

    seed: int
    span: Clock
    person_types: U8
    devices: Devices
    visits: Visits
    events: Events
    duplicates: Duplicates

    @property
    def line_count(self) -> int:
        """Lines of the log: events and duplicates."""
        return len(self.events.ts_ms) + len(self.duplicates.event)


def simulate(users: int, days: int, seed: int, start: date) -> EventLog:
    """The log of `users` people over `days` days; about 60 bytes of memory for each event."""
    span = clock(start, days)
    blocks = []
    visit_base = device_base = event_base = 0
    person_bases = range(0, users, PEOPLE_PER_BLOCK)

    def simulated(block: int) -> EventLog:
        rng = np.random.Generator(np.random.SFC64(np.random.SeedSequence([seed, block])))
        count = min(PEOPLE_PER_BLOCK, users - person_bases[block])
        return _simulate_block(rng, count, span, seed)

    with ThreadPoolExecutor() as pool:
        made_blocks = list(pool.map(simulated, range(len(person_bases))))
    for made, person_base in zip(made_blocks, person_bases, strict=True):
        visits = replace(
            made.visits,
            person=shifted(made.visits.person, person_base),
            device=shifted(made.visits.device, device_base),
            booking=shifted(made.visits.booking, visit_base),
        )
        events = replace(made.events, visit=shifted(made.events.visit, visit_base))
        again = replace(made.duplicates, event=made.duplicates.event + event_base)
        blocks.append(replace(made, visits=visits, events=events, duplicates=again))
        visit_base += len(visits.person)
        device_base += len(made.devices.role)
        event_base += len(events.ts_ms)
    return EventLog(
        seed=seed,
        span=span,
        person_types=np.concatenate([block.person_types for block in blocks]),
        devices=concat([block.devices for block in blocks]),
        visits=concat([block.visits for block in blocks]),
        events=concat([block.events for block in blocks]),
        duplicates=concat([block.duplicates for block in blocks]),
    )


def _simulate_block(rng: np.random.Generator, count: int, span: Clock, seed: int) -> EventLog:
    """The log of one block, with positions that start at 0."""
    people = draw_people(rng, count, span)
    devices = draw_devices(rng, count)
    personal, tablets, bots = device_counts(count)
    parts = [shop_visits(rng, people, span)]
    if tablets:
        parts.append(tablet_visits(rng, people, personal, span))
    visits, events = _join(parts)
    events = _without_impossible(events, span)
    bookings = draw_bookings(rng, visits, events)
    visits, events = _join(
        [
            (visits, events),
            server_records(rng, bookings),
            customer_returns(rng, bookings, visits, people, span),
            crawler_visits(rng, personal + tablets, bots, span),
        ],
        has_block_bookings=True,
    )
    visits = replace(visits, consent=_consents(visits, devices, people))
    events = take(events, events.ts_ms < span.end_ms)
    again = _duplicates(rng, visits, events)
    return EventLog(seed, span, people.type_code, devices, visits, events, again)


def _join(parts: list[tuple[Visits, Events]], has_block_bookings: bool = False) -> tuple[
    Visits, Events
]:  # fmt: skip
    """One table of visits and one of events; bookings are moved unless they are the block's."""
    base = 0
    all_visits, all_events = [], []
    for visits, events in parts:
        moved = visits.booking if has_block_bookings else shifted(visits.booking, base)
        all_visits.append(replace(visits, booking=moved))
        all_events.append(replace(events, visit=shifted(events.visit, base)))
        base += len(visits.person)
    return concat(all_visits), concat(all_events)


def _without_impossible(events: Events, span: Clock) -> Events:
    """What happened within the log, and no completed booking while the booking page is down."""
    is_completed = events.kind == Kind.COMPLETED
    down = (events.ts_ms >= span.outage_start_ms) & (events.ts_ms < span.outage_end_ms)
    failed = np.zeros(int(events.visit.max(initial=0)) + 1, dtype=bool)
    failed[events.visit[is_completed & down]] = True
    is_result = is_completed | (events.slot == CONFIRM_PAGE)
    return take(events, (events.ts_ms < span.end_ms) & ~(is_result & failed[events.visit]))


def _consents(visits: Visits, devices: Devices, people: People) -> U8:
    """The person's choice on the first visit of each of their browsers; 0 elsewhere."""
    consent = np.zeros(len(visits.person), dtype=np.uint8)
    rows = np.flatnonzero((visits.device >= 0) & (visits.person >= 0))
    rows = rows[devices.role[visits.device[rows]] == DeviceRole.PERSON]
    rows = rows[np.lexsort((visits.start_ms[rows], visits.device[rows]))]
    device = visits.device[rows]
    first = rows[np.concatenate([[True], device[1:] != device[:-1]])]
    consent[first] = people.consent[visits.person[first]]
    return consent


def _duplicates(rng: np.random.Generator, visits: Visits, events: Events) -> Duplicates:
    """Most come again within half a minute, the rest a day or two later."""
    event = np.flatnonzero(rng.random(len(events.ts_ms), dtype=np.float32) < _DUPLICATE_RATE)
    count = len(event)
    delay = np.where(
        rng.random(count) < 0.7,
        rng.integers(200, 30_000, count),
        rng.integers(1, 2 * DAY_MS, count),
    )
    delivered = events.ts_ms[event] + visits.late_ms[events.visit[event]] + delay
    return Duplicates(event=event, delivered_ms=delivered)


def delivery_chunks(log: EventLog, chunk_rows: int) -> Iterator[tuple[I64, I64]]:
    """
    The log in delivery order: event positions and their delivery times, `chunk_rows` at a time.

    Ties come in the order of the tables. A radix sort by coarse time, then each stretch on its
    own: three times faster than one sort of all, and nothing but the order is held.
    """
    events, again = log.events, log.duplicates
    delivered = np.concatenate(
        [events.ts_ms + log.visits.late_ms[events.visit], again.delivered_ms]
    )
    event = np.concatenate([np.arange(len(events.ts_ms)), again.event])
    low = int(delivered.min(initial=0))
    width = (int(delivered.max(initial=0)) - low) // _RADIX_BUCKETS + 1
    coarse = ((delivered - low) // width).astype(np.uint16)
    order = np.argsort(coarse, kind="stable")
    begin = 0
    while begin < len(order):
        end = min(begin + chunk_rows, len(order))
        # A chunk ends with its coarse time, so that no later row belongs before it.
        end = int(np.searchsorted(coarse, coarse[order[end - 1]], side="right", sorter=order))
        rows = order[begin:end]
        rows = rows[np.argsort(delivered[rows], kind="stable")]
        yield event[rows], delivered[rows]
        begin = end
