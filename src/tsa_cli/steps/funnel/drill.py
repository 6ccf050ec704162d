"""
Who stands behind a funnel's numbers: the units of a bar, by entry date, and where they went.

All answers come from the same Outcome as the report, so that rows and bars agree.
reads   users_index, sessions or actors; for the paths core, actors, event_types, events
source  definitions D23 (trend); part 2, complaints 6, 7 and 33
"""

from collections import defaultdict
from typing import Literal

import numpy as np

from tsa_cli.errors import UsageError
from tsa_cli.kernels.calendar import Bucket, make_calendar
from tsa_cli.kernels.funnel_types import NO_TIME, NONE, Bools
from tsa_cli.kernels.wilson import wilson
from tsa_cli.steps.funnel.fetch import UNITS
from tsa_cli.steps.funnel.outcome import Outcome, as_moment
from tsa_cli.steps.funnel.report import US_A_SECOND, matured, ratio
from tsa_cli.steps.funnel.result import NextPath, TrendRow, UnitRow
from tsa_cli.steps.funnel.span import Span
from tsa_cli.store.store import Store

State = Literal["converted", "dropped", "pending"]
NEXT_EVENTS = 5
MOST_PATHS = 20
OTHER_PATHS = "(other)"


def unit_rows(store: Store, outcome: Outcome, step: int, state: State) -> list[UnitRow]:
    """
    The units of one bar, by id: `converted` did the step, `dropped` and `pending` stopped there.

    As many rows as `count`, `dropped` or `pending` of the step say. UsageError for another step.
    """
    if not 1 <= step <= len(outcome.config.steps):
        raise UsageError(f"--step {step}: the funnel has steps 1 to {len(outcome.config.steps)}")
    some = outcome.only(_members(outcome, step - 1, state))
    ids = _ids(store, some)
    states = np.where(some.is_converted, 2, np.where(some.is_pending, 1, 0)).tolist()
    names = ("dropped", "pending", "converted")
    rows = [
        UnitRow(
            unit_id,
            names[code],
            as_moment(start),
            last + 1,
            as_moment(at),
            (at - start) / US_A_SECOND,
        )
        for unit_id, code, start, last, at in zip(
            ids,
            states,
            some.start_us.tolist(),
            some.reached.tolist(),
            some.last_us.tolist(),
            strict=True,
        )
    ]
    return sorted(rows, key=lambda row: row.id)


def trend_rows(outcome: Outcome, bucket: Bucket, span: Span) -> list[TrendRow]:
    """
    Entrants by the day, week (from Monday) or month (UTC) of their first step, gaps included.

    `span` is the time that was asked: a period that reaches beyond it is cut.
    """
    if not len(outcome.attempts.unit):
        return []
    starts = outcome.start_us.astype("datetime64[us]")
    first, last = (as_moment(int(pick(outcome.start_us))) for pick in (np.min, np.max))
    calendar = make_calendar(first, last, bucket=bucket)
    number = calendar.numbers(starts)
    size = len(calendar.days)
    entered = np.bincount(number, minlength=size).tolist()
    converted = np.bincount(number[outcome.is_converted], minlength=size).tolist()
    pending = np.bincount(number[outcome.is_pending], minlength=size).tolist()
    ripe = outcome.is_matured
    ripe_entered = np.bincount(number[ripe], minlength=size).tolist()
    ripe_converted = np.bincount(number[ripe & outcome.is_converted], minlength=size).tolist()
    rows = []
    for i, day in enumerate(calendar.days):
        low, high = wilson(converted[i], entered[i])
        begin, end = (edge.item() for edge in calendar.boundaries[i : i + 2])
        is_cut = span.cuts(begin, end)
        is_over = end + outcome.config.window <= as_moment(outcome.as_of_us)
        left = entered[i] - converted[i] - pending[i]
        counts = (entered[i], converted[i], left, pending[i])
        rate = ratio(converted[i], entered[i])
        rows.append(
            TrendRow(
                day.isoformat(),
                *counts,
                rate,
                low,
                high,
                is_complete=is_over and not is_cut,
                is_cut=is_cut,
                matured=matured(ripe_entered[i], ripe_converted[i]),
            )
        )
    return rows


def next_paths(store: Store, outcome: Outcome, step: int | None = None) -> list[NextPath]:
    """
    The next events of the units that dropped (after `step` only, from 1), most frequent first.

    Of each last step the commonest paths, then all others together as `(other)`.
    """
    who = ~outcome.is_converted & ~outcome.is_pending
    if step is not None:
        who &= outcome.reached == step - 1
    some = outcome.only(who)
    if some.rows is None or not len(some.attempts.unit):
        return []
    units = {
        "place": np.arange(len(some.attempts.unit)),
        "unit_key": some.attempts.unit,
        "last_step": some.reached + 1,
        "last_ts": some.last_us.astype("datetime64[us]"),
        "last_seq": some.rows.core_seq[some.last_row],
    }
    done = some.attempts.row
    is_until_last = np.arange(done.shape[1]) <= some.reached[:, None]
    place, column = np.nonzero((done != NONE) & is_until_last)
    filled = {"place": place, "core_seq": some.rows.core_seq[done[place, column]]}
    with store.lent("lent_units", units), store.lent("lent_rows", filled):
        found = store.rows(
            "4_reports/funnel_after_drop.sql",
            {"unit": UNITS[outcome.config.count_by]},
            as_of=as_moment(outcome.as_of_us),
            most=NEXT_EVENTS,
        )
    by_step: dict[int, list[tuple[list[str], int]]] = defaultdict(list)
    for last_step, path, count in found:
        by_step[int(str(last_step))].append((_texts(path), int(str(count))))
    return [row for last_step, paths in by_step.items() for row in _shortened(last_step, paths)]


def _members(outcome: Outcome, place: int, state: State) -> Bools:
    did: Bools = outcome.attempts.time_us[:, place] != NO_TIME
    if state == "converted":
        return did
    stopped: Bools = (outcome.reached == place) & ~outcome.is_converted
    return stopped & (outcome.is_pending if state == "pending" else ~outcome.is_pending)


def _ids(store: Store, outcome: Outcome) -> list[str]:
    units = {"place": np.arange(len(outcome.attempts.unit)), "unit_key": outcome.attempts.unit}
    with store.lent("lent_units", units):
        found = store.rows(f"4_reports/funnel_{outcome.config.count_by}_ids.sql")
    return [str(unit_id) for _, unit_id in found]


def _shortened(last_step: int, paths: list[tuple[list[str], int]]) -> list[NextPath]:
    total = sum(count for _, count in paths)
    rows = [NextPath(last_step, path, count, count / total) for path, count in paths[:MOST_PATHS]]
    rest = sum(count for _, count in paths[MOST_PATHS:])
    if rest:
        rows.append(NextPath(last_step, [OTHER_PATHS], rest, rest / total))
    return rows


def _texts(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, (list, tuple)) else []
