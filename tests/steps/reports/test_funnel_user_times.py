"""A funnel of names from `core_by_type` is what it is from `core`, and what plain Python says."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest
from tests.kernels import oracle_funnel as oracle
from tests.soak import soaked
from tests.steps.reports.conftest import Event, Given

from tsa_cli.config.funnels import FunnelConfig
from tsa_cli.steps import funnel
from tsa_cli.steps.funnel import fetch

Give = Callable[[Sequence[Event]], Given]
START = datetime(2026, 3, 1)
SOME_DEVICES = {"device_id": {"glob": "d[1-3]*"}}
B_OR_D = [{"event": "b"}, {"event": "d"}]


def drawn(seed: int, unit: timedelta) -> list[Event]:
    """Events of few users, half of them on a second device, with many ties, some of a booking."""
    random_ = random.Random(seed)
    return [
        Event(
            f"u{random_.randint(0, 30):02}",
            START + random_.randint(0, 40) * unit,
            random_.choice("aabbccdx"),
            anonymous_id=f"d{random_.randint(0, 40)}",
            properties=random_.choice(["{}", '{"booking_id": "b1"}', '{"booking_id": 2}']),
        )
        for _ in range(600)
    ]


def without_ties(events: list[Event]) -> list[Event]:
    """The first event of each user and moment."""
    return list({(event.user, event.ts): event for event in reversed(events)}.values())


def config(window: timedelta, changes: dict[str, object]) -> FunnelConfig:
    names = changes.pop("names", "abcd")
    steps = [{"name": n, "event": n} for n in str(names)]
    return FunnelConfig.model_validate({"window": window, "steps": steps, **changes})


def reached(given: Given, asked: FunnelConfig, until: datetime, unit: timedelta) -> list[int]:
    """How many users the oracle takes to each step."""
    names = [step.event for step in asked.steps]
    window = asked.window // unit
    exclusions = tuple((rule.after - 1, len(names) - 1) for rule in asked.exclude)
    rules = oracle.Rules(
        len(names), "ordered", window, asked.ties == "strict", exclusions=exclusions
    )
    histories: dict[str, list[oracle.Event]] = {}
    excluding = [rule.event for rule in asked.exclude]
    for e in sorted(given.events, key=lambda event: event.ts):
        if e.ts <= until:
            steps = frozenset(n for n, name in enumerate(names) if e.name == name)
            out = frozenset(n for n, name in enumerate(excluding) if e.name == name)
            event = oracle.Event((e.ts - START) // unit, steps, out)
            histories.setdefault(e.user, []).append(event)
    counts = [0] * len(names)
    for history in histories.values():
        answer = oracle.funnel(history, rules)
        if isinstance(answer, oracle.Answer):
            for step in range(answer.depth):
                counts[step] += 1
    return counts


@pytest.mark.parametrize("unit", [timedelta(seconds=1), timedelta(microseconds=7)])
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"ties": "strict"},
        {"ties": "strict", "names": "aabd"},
        {"names": "ab"},
        {"names": "d"},
        {"names": "anc"},
        {"exclude": [{"event": "x", "after": 1}]},
    ],
    ids=str,
)
@pytest.mark.parametrize("seed", [0, *soaked(range(1, 20))])
def test_users_get_as_far_as_in_plain_python(
    given: Give, changes: dict[str, object], seed: int, unit: timedelta
) -> None:
    there = given(drawn(seed, unit))
    asked = config(6 * unit, dict(changes))
    as_of = there.newest - seed * 9 * unit
    found = funnel.run(there.store, "f", asked, as_of=as_of)
    assert [step.count for step in found.steps] == reached(there, asked, as_of, unit)


@pytest.mark.parametrize(("window", "bounds"), [(6, (7, 21)), (50_000_000, (None, None))])
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"exclude": [{"event": "x", "after": 1}]},
        {"steps": [{"name": n, "event": n, "optional": n == "b"} for n in "abc"]},
        {"steps": [{"name": "A", "event": "a"}, {"name": "B", "any_of": B_OR_D}]},
        {"steps": [{"name": n, "event": n, "where": SOME_DEVICES} for n in "ab"]},
        {"steps": [{"name": n, "event": n, "within": None if n == "a" else "2s"} for n in "abc"]},
        {"order": "any"},
        {"hold_constant": ["properties.booking_id"]},
        {"hold_constant": ["properties.booking_id"], "exclude": [{"event": "x", "after": 1}]},
    ],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("has_ties", [True, *soaked([False])])
def test_the_whole_report_is_that_of_core(
    given: Give,
    monkeypatch: pytest.MonkeyPatch,
    changes: dict[str, object],
    bounds: tuple[int | None, int | None],
    window: int,
    has_ties: bool,
) -> None:
    unit = timedelta(seconds=1)
    there = given(drawn(5, unit) if has_ties else without_ties(drawn(5, unit)))
    asked = config(window * unit, dict(changes))
    since, until = (None if n is None else START + n * unit for n in bounds)

    def ask() -> funnel.FunnelReport:
        return funnel.run(there.store, "f", asked, as_of=there.newest, since=since, until=until)

    from_types = ask()
    monkeypatch.setattr(fetch, "FEWEST_ROWS_TO_SPLIT", 10)
    assert ask() == from_types
    there.store.connection().execute("delete from user_time_scale").fetchall()
    assert ask() == from_types


def test_rows_that_later_runs_appended_are_read_in_order(given: Give) -> None:
    there = given(drawn(6, timedelta(seconds=1)))
    asked = config(timedelta(seconds=6), {})
    before = funnel.run(there.store, "f", asked, as_of=there.newest)
    con = there.store.connection()
    con.execute("create temp table moved as from core_by_type where event_seq % 3 = 0").fetchall()
    con.execute("delete from core_by_type where event_seq % 3 = 0").fetchall()
    con.execute("insert into core_by_type from moved order by all").fetchall()
    assert funnel.run(there.store, "f", asked, as_of=there.newest) == before
