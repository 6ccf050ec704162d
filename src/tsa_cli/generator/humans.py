"""
The events of people as the true answers see them: in order, with the stitched user.

reads   an EventLog
writes  HumanEvents; a user is the known person, or a browser on which no one was ever known
"""

from dataclasses import dataclass

import numpy as np

from tsa_cli.generator.agents import DeviceRole
from tsa_cli.generator.log import EventLog
from tsa_cli.generator.render import event_id_bits
from tsa_cli.generator.tables import I64, U8, U16, Bools, Events, Visits, take

SESSION_TIMEOUT_MS = 1_800_000


@dataclass(frozen=True)
class HumanEvents:
    """The events of people, in order of time and event id; one entry per event."""

    ts_ms: I64
    kind: U8
    user: I64  # the stitched user
    device: I64  # -1 for the shop's own system
    visit: I64
    page: U16
    is_landing: Bools


def human_events(log: EventLog) -> HumanEvents:
    """Without crawlers; a browser's unknown events belong to whom it was later known as."""
    visits = take(log.visits, log.events.visit)
    is_bot = (visits.device >= 0) & (log.devices.role[visits.device] == DeviceRole.BOT)
    events, visits = take(log.events, ~is_bot), take(visits, ~is_bot)
    high, low = event_id_bits(log, events)
    order = np.lexsort((low, high, events.ts_ms))
    events, visits = take(events, order), take(visits, order)
    return HumanEvents(
        ts_ms=events.ts_ms,
        kind=events.kind,
        user=_users(log, events, visits),
        device=visits.device.astype(np.int64),
        visit=events.visit.astype(np.int64),
        page=events.page,
        is_landing=(events.slot == 0) & (visits.device >= 0),
    )


def _users(log: EventLog, events: Events, visits: Visits) -> I64:
    """The person, or the number of people plus the device where no one was ever known on it."""
    is_known = events.slot >= visits.login_slot
    owner = np.full(len(log.devices.role) + 1, -1, dtype=np.int64)  # the last place: no device
    owner[visits.device[is_known]] = visits.person[is_known]
    owner[:-1][log.devices.role == DeviceRole.SHOP_TABLET] = -1
    known = np.where(is_known, visits.person, owner[visits.device])
    user: I64 = np.where(known >= 0, known, len(log.person_types) + visits.device)
    return user


def session_starts(humans: HumanEvents) -> tuple[I64, Bools]:
    """Client events by browser and time, and which of them begin a session."""
    rows = np.flatnonzero(humans.device >= 0)
    rows = rows[np.argsort(humans.device[rows], kind="stable")]
    device, ts_ms = humans.device[rows], humans.ts_ms[rows]
    starts = np.ones(len(rows), dtype=bool)
    starts[1:] = (device[1:] != device[:-1]) | (ts_ms[1:] - ts_ms[:-1] > SESSION_TIMEOUT_MS)
    return rows, starts
