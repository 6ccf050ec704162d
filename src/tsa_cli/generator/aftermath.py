"""
What follows a booking: the shop's own records, cancellations, feedback and complaints.

reads   nothing
writes  Visits and Events of one block: the shop system's rows, then the customers' return visits
"""

from dataclasses import dataclass, fields, replace

import numpy as np

from tsa_cli.generator import slots
from tsa_cli.generator.catalog import NO_PAGE, OFFER_SERVICE, ROLE_PAGE, Kind, Role
from tsa_cli.generator.expand import expand
from tsa_cli.generator.people import DAY_MS, Clock, People, PersonType
from tsa_cli.generator.shop import late_delays
from tsa_cli.generator.tables import F32, I32, I64, NEVER, U8, Bools, Events, Visits, take
from tsa_cli.generator.traffic import DIRECT, EMAIL, FEEDBACK_REQUEST, SERVICE_UPDATE

_HOUR_MS = DAY_MS // 24
_RATINGS = np.array([0.03, 0.08, 0.2, 0.55])  # cumulative share of 1, 2, 3, 4 stars
_CHURNER_RATINGS = np.array([0.3, 0.6, 0.8, 0.95])


@dataclass(frozen=True)
class Bookings:
    """One row per completed booking that was kept."""

    visit: I32
    person: I32
    offer: U8
    note: U8
    appointment_ms: I64
    is_cancelled: Bools
    is_no_show: Bools
    done_ms: I64


def draw_bookings(rng: np.random.Generator, visits: Visits, events: Events) -> Bookings:
    """The outcome of every booking_completed among `events`."""
    done = take(events, events.kind == Kind.COMPLETED)
    count = len(done.ts_ms)
    fate = rng.random(count, dtype=np.float32)
    lead_ms = (rng.random(count) * 4 + 0.3) * DAY_MS
    work_ms = (rng.standard_exponential(count) * 18 + 2) * _HOUR_MS
    appointment = done.ts_ms + lead_ms.astype(np.int64)
    return Bookings(
        visit=done.visit,
        person=visits.person[done.visit],
        offer=done.offer,
        note=done.variant,
        appointment_ms=appointment,
        is_cancelled=fate < 0.06,
        is_no_show=(fate >= 0.06) & (fate < 0.13),
        done_ms=appointment + work_ms.astype(np.int64),
    )


def server_records(rng: np.random.Generator, bookings: Bookings) -> tuple[Visits, Events]:
    """service_completed and pickup, or no_show, without device, page or client session."""
    kept = ~bookings.is_cancelled & ~bookings.is_no_show
    pickup_ms = bookings.done_ms + (rng.exponential(20, len(kept)) * _HOUR_MS).astype(np.int64)
    columns = (
        (bookings.is_no_show, slots.NO_SHOW, bookings.appointment_ms + _HOUR_MS),
        (kept, slots.DONE, bookings.done_ms),
        (kept & (rng.random(len(kept)) < 0.9), slots.PICKUP, pickup_ms),
    )
    visit = np.concatenate([np.flatnonzero(mask) for mask, _, _ in columns])
    slot = np.repeat(
        np.array([slot for _, slot, _ in columns], dtype=np.uint8),
        [int(mask.sum()) for mask, _, _ in columns],
    )
    ts_ms = np.concatenate([times[mask] for mask, _, times in columns])
    order = np.lexsort((slot, visit))
    visit, slot, ts_ms = visit[order], slot[order], ts_ms[order]
    nowhere = np.full(len(visit), NO_PAGE, dtype=np.uint16)
    events = Events(
        ts_ms=ts_ms,
        visit=visit.astype(np.int32),
        slot=slot,
        kind=slots.SLOT_KIND[slot],
        offer=bookings.offer[visit],
        variant=bookings.note[visit],
        page=nowhere,
        referrer_page=nowhere,
    )
    return _return_visits(bookings, bookings.appointment_ms, -1, DIRECT), events


def _return_visits(bookings: Bookings, start_ms: I64, device: int | I32, channel: int) -> Visits:
    """One known visit per booking; device -1 is the shop's own system."""
    count = len(bookings.visit)

    def same(value: int) -> U8:
        return np.full(count, value, dtype=np.uint8)

    return Visits(
        person=bookings.person,
        device=np.broadcast_to(np.asarray(device, dtype=np.int32), (count,)),
        start_ms=start_ms,
        channel=same(channel),
        creative=same(SERVICE_UPDATE),
        landing=ROLE_PAGE[Role.ACCOUNT, OFFER_SERVICE[bookings.offer]],
        url_noise=same(0),
        offer=bookings.offer,
        login_slot=same(0),
        traits_slot=same(NEVER),
        consent=same(0),
        booking=bookings.visit,
        late_ms=np.zeros(count, dtype=np.int32),
    )


def customer_returns(
    rng: np.random.Generator, bookings: Bookings, visits: Visits, people: People, span: Clock
) -> tuple[Visits, Events]:
    """Visits that cancel, look up the status, rate the service or complain; known throughout."""
    is_churner = people.type_code[bookings.person] == PersonType.CHURNER
    served = ~bookings.is_cancelled & ~bookings.is_no_show
    luck: F32 = rng.random((4, len(served)), dtype=np.float32)
    lag = (rng.random((4, len(served))) * DAY_MS).astype(np.int64)
    checks = served & (luck[1] < 0.25)
    rates = served & (luck[2] < 0.4)
    complains = served & (luck[3] < np.where(is_churner, 0.45, 0.06))
    lead_ms = bookings.appointment_ms - visits.start_ms[bookings.visit]
    cancel_ms = bookings.appointment_ms - (lead_ms * luck[0] * 0.8).astype(np.int64)
    plans = (
        (bookings.is_cancelled, slots.CANCELLED, cancel_ms),
        (checks, slots.STATUS_PAGE, bookings.appointment_ms + lag[1]),
        (rates, slots.FEEDBACK, bookings.done_ms + DAY_MS + 2 * lag[2]),
        (complains, slots.TICKET, bookings.done_ms + DAY_MS + 4 * lag[3]),
    )
    row = np.concatenate([np.flatnonzero(mask) for mask, _, _ in plans])
    slot = np.repeat([slot for _, slot, _ in plans], [int(mask.sum()) for mask, _, _ in plans])
    start_ms = np.concatenate([times[mask] for mask, _, times in plans])
    inside = start_ms < span.end_ms
    row, slot, start_ms = row[inside], slot[inside], start_ms[inside]
    chosen = take_bookings(bookings, row)
    # Who booked on the shop's tablet comes back with a browser of their own.
    device = visits.device[chosen.visit]
    device = np.where(device < 2 * len(people.type_code), device, chosen.person).astype(np.int32)
    return _expand_returns(rng, chosen, slot, start_ms, device, is_churner[row])


def take_bookings(bookings: Bookings, rows: I64) -> Bookings:
    """The bookings that `rows` names."""
    return Bookings(*(getattr(bookings, field.name)[rows] for field in fields(Bookings)))


def _expand_returns(
    rng: np.random.Generator,
    bookings: Bookings,
    slot: I64,
    start_ms: I64,
    device: I32,
    is_churner: Bools,
) -> tuple[Visits, Events]:
    """One short visit per row of `bookings`, around the event of `slot`."""
    count = len(slot)
    by_mail = rng.random(count) < 0.6
    creative = np.where(slot == slots.FEEDBACK, FEEDBACK_REQUEST, SERVICE_UPDATE)
    returns = replace(
        _return_visits(bookings, start_ms, device, DIRECT),
        channel=np.where(by_mail, EMAIL, DIRECT).astype(np.uint8),
        creative=creative.astype(np.uint8),
        late_ms=late_delays(rng, count),
    )
    grid = np.zeros((count, slots.WIDTH), dtype=bool)
    grid[:, slots.LANDING] = True
    grid[np.arange(count), slots.STATUS_PAGE] = rng.random(count) < 0.5
    grid[np.arange(count), slot] = True
    stars = rng.random(count)
    usual = np.searchsorted(_RATINGS, stars)
    unhappy = np.searchsorted(_CHURNER_RATINGS, stars)
    rating = np.where(is_churner, unhappy, usual) + 1
    topic = rng.integers(0, 4, count)
    note = np.where(slot == slots.FEEDBACK, rating, topic).astype(np.uint8)
    return returns, expand(rng, grid, returns, bookings.offer, note)
