from dataclasses import fields
from datetime import date

import numpy as np
import pytest

from tsa_cli.generator.agents import DeviceRole
from tsa_cli.generator.catalog import Kind
from tsa_cli.generator.log import PEOPLE_PER_BLOCK, EventLog, delivery_chunks, simulate
from tsa_cli.generator.people import DAY_MS, PersonType
from tsa_cli.generator.render import build_renderer, event_id_bits, render
from tsa_cli.generator.tables import NEVER

START = date(2025, 1, 6)


@pytest.fixture(scope="module")
def log() -> EventLog:
    return simulate(PEOPLE_PER_BLOCK + 200, 60, 11, START)


def tables_equal(left: object, right: object) -> bool:
    return all(
        np.array_equal(getattr(left, f.name), getattr(right, f.name))
        for f in fields(left)  # type: ignore[arg-type]
    )


def test_the_same_arguments_give_the_same_log_and_another_seed_another() -> None:
    first, again, other = (simulate(300, 30, seed, START) for seed in (5, 5, 6))
    assert tables_equal(first.events, again.events)
    assert tables_equal(first.visits, again.visits)
    assert len(first.events.ts_ms) != len(other.events.ts_ms)


def test_a_block_of_people_is_the_same_whoever_follows_it(log: EventLog) -> None:
    alone = simulate(PEOPLE_PER_BLOCK, 60, 11, START)
    count = len(alone.events.ts_ms)
    assert np.array_equal(alone.events.ts_ms, log.events.ts_ms[:count])
    assert np.array_equal(alone.events.visit, log.events.visit[:count])


@pytest.mark.parametrize("chunk_rows", [1, 997, 10**9])
def test_the_order_of_delivery_does_not_depend_on_the_chunks(chunk_rows: int) -> None:
    small = simulate(60, 20, 3, START)
    chunks = list(delivery_chunks(small, chunk_rows))
    rows = np.concatenate([rows for rows, _ in chunks])
    times = np.concatenate([times for _, times in chunks])
    assert len(rows) == small.line_count
    assert (np.diff(times) >= 0).all()
    expected = np.concatenate([rows for rows, _ in delivery_chunks(small, 250)])
    assert np.array_equal(rows, expected)


def test_every_event_lies_in_the_span_and_has_an_id_of_its_own(log: EventLog) -> None:
    assert log.events.ts_ms.min() >= log.span.start_ms
    assert log.events.ts_ms.max() < log.span.end_ms
    ids = np.column_stack(event_id_bits(log, log.events))
    assert len(np.unique(ids, axis=0)) == len(ids)


def test_no_booking_completes_during_the_outage_although_some_are_begun(log: EventLog) -> None:
    events, span = log.events, log.span
    assert span.outage_end_ms - span.outage_start_ms == DAY_MS
    during = (events.ts_ms >= span.outage_start_ms) & (events.ts_ms < span.outage_end_ms)
    assert (events.kind[during] == Kind.STARTED).sum() > 20
    assert (events.kind[during] == Kind.COMPLETED).sum() == 0
    day_before = (events.ts_ms >= span.outage_start_ms - DAY_MS) & (
        events.ts_ms < span.outage_start_ms
    )
    assert (events.kind[day_before] == Kind.COMPLETED).sum() > 0


def test_only_shop_tablets_know_several_people(log: EventLog) -> None:
    visit = log.visits.device[log.events.visit] >= 0
    device = log.visits.device[log.events.visit[visit]]
    person = log.visits.person[log.events.visit[visit]]
    known = log.events.slot[visit] >= log.visits.login_slot[log.events.visit[visit]]
    pairs = np.unique(np.column_stack([device[known], person[known]]), axis=0)
    people_count = np.bincount(pairs[:, 0], minlength=len(log.devices.role))
    tablets = log.devices.role == DeviceRole.SHOP_TABLET
    assert tablets.sum() == 2
    assert (people_count[tablets] >= 12).all()
    assert people_count[~tablets].max() == 1


def test_some_people_log_in_on_two_browsers_and_crawlers_never_do(log: EventLog) -> None:
    login = log.visits.login_slot < NEVER
    bots = (log.visits.device >= 0) & (log.devices.role[log.visits.device] == DeviceRole.BOT)
    assert not (login & bots).any()
    own = login & (log.visits.device >= 0)
    own &= log.devices.role[log.visits.device] == DeviceRole.PERSON
    pairs = np.unique(np.column_stack([log.visits.person[own], log.visits.device[own]]), axis=0)
    assert (np.bincount(pairs[:, 0]) == 2).sum() > 50


def test_ties_late_events_and_duplicates_occur_at_their_rates(log: EventLog) -> None:
    same_visit = log.events.visit[1:] == log.events.visit[:-1]
    tied = (log.events.ts_ms[1:] == log.events.ts_ms[:-1])[same_visit].mean()
    half_hours = (np.diff(log.events.ts_ms)[same_visit] == 1_800_000).sum()
    late = (log.visits.late_ms[log.events.visit] > 0).mean()
    assert 0.02 < tied < 0.05
    assert half_hours > 20
    assert 0.01 < late < 0.03
    assert 0.004 < len(log.duplicates.event) / len(log.events.ts_ms) < 0.008


def test_types_of_people_book_at_different_rates(log: EventLog) -> None:
    done = log.events.visit[log.events.kind == Kind.COMPLETED]
    bookings = np.bincount(log.visits.person[done], minlength=len(log.person_types))
    rate = {kind: (bookings[log.person_types == kind] > 0).mean() for kind in PersonType}
    repeated = (bookings[log.person_types == PersonType.VIP] > 1).mean()
    assert rate[PersonType.WINDOW_SHOPPER] < 0.06 < rate[PersonType.PRICE_CHECKER] < 0.35
    assert rate[PersonType.QUICK_CONVERTER] > 0.35
    assert rate[PersonType.VIP] > 0.6
    assert repeated > 0.3


def test_churners_stop_coming(log: EventLog) -> None:
    last = np.zeros(len(log.person_types), dtype=np.int64)
    client = (log.visits.device >= 0) & (log.visits.person >= 0)
    np.maximum.at(last, log.visits.person[client], log.visits.start_ms[client])
    last_day = (last - log.span.start_ms) / DAY_MS
    churner = log.person_types == PersonType.CHURNER
    vip = log.person_types == PersonType.VIP
    assert np.median(last_day[churner]) < 0.7 * 60 < np.median(last_day[vip])


def test_dictionaries_of_columns_never_repeat_a_text(log: EventLog) -> None:
    # The Parquet writer would fall back to plain text: ten times the size, half the speed.
    columns = render(build_renderer(log), np.arange(60_000))
    for name, column in columns.items():
        if name not in ("event_id", "timestamp"):
            texts = column.dictionary.to_pylist()
            assert len(texts) == len(set(texts)), name
