"""What a funnel reads beside the names: every kind of condition, against plain Python."""

import json
import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest
from tests.kernels import oracle_funnel as oracle
from tests.steps.reports.conftest import Event, Given

from tsa_cli.config.funnels import FunnelConfig
from tsa_cli.steps import funnel

Give = Callable[[Sequence[Event]], Given]
START = datetime(2026, 3, 1)
STEPS = [
    {"name": "A", "event": "a", "where": {"properties.v": {"gte": 1}}},
    {"name": "B", "event": "b", "where": {"device_id": {"ne": "d1"}}},
    {
        "name": "C",
        "any_of": [
            {"event": "c", "where": {"properties.v": 2, "device_id": {"in": ["d2", "d3", "d4"]}}},
            {"event": "x", "where": {"properties.w": {"exists": True}}},
        ],
    },
]


def drawn(random_: random.Random, *, count: int = 300) -> list[Event]:
    """Events of few users, each with several devices, with many ties."""
    events = []
    for _ in range(count):
        values = {"v": random_.randint(0, 2)} | ({"w": 1} if random_.random() < 0.5 else {})
        user = random_.randint(0, 20)
        events.append(
            Event(
                f"u{user:02}",
                START + timedelta(minutes=random_.randint(0, 15)),
                random_.choice("aabbcx"),
                anonymous_id=f"d{random_.randint(0, 5)}",
                properties=json.dumps(values),
            )
        )
    return events


def steps_of(event: Event) -> frozenset[int]:
    values = json.loads(event.properties)
    found = set()
    if event.name == "a" and values["v"] >= 1:
        found.add(0)
    if event.name == "b" and event.anonymous_id != "d1":
        found.add(1)
    if event.name == "c" and values["v"] == 2 and event.anonymous_id in ("d2", "d3", "d4"):
        found.add(2)
    if event.name == "x" and "w" in values:
        found.add(2)
    return frozenset(found)


def expected(events: list[Event], rules: oracle.Rules, *, is_held: bool = False) -> list[int]:
    depths = []
    for user in sorted({e.user for e in events}):
        mine = [(i, e) for i, e in enumerate(events) if e.user == user]
        history = [
            oracle.Event(
                (e.ts - START) // timedelta(minutes=1),
                steps_of(e),
                frozenset(),
                json.loads(e.properties).get("w") if is_held else 0,
            )
            for _, e in sorted(mine, key=lambda item: (item[1].ts, item[0]))
        ]
        answer = oracle.funnel(history, rules)
        if isinstance(answer, oracle.Answer):
            depths.append(answer.depth)
    return [sum(depth > k for depth in depths) for k in range(3)]


@pytest.mark.parametrize("order", ["ordered", "strict"])
@pytest.mark.parametrize("ties", ["allowed", "strict"])
@pytest.mark.parametrize("hold", [[], ["properties.w"]])
def test_conditions_of_every_source_equal_the_definition(
    given: Give, order: str, ties: str, hold: list[str]
) -> None:
    events = drawn(random.Random(f"{order}{ties}{hold}"))
    rules = FunnelConfig.model_validate(
        {"steps": STEPS, "window": "6m", "order": order, "ties": ties, "hold_constant": hold}
    )
    asked = oracle.Rules(3, order, 6, ties == "strict")
    here = given(events)
    report = funnel.run(here.store, "f", rules, as_of=START + timedelta(days=9))
    counts = [step.count for step in report.steps]
    assert counts == expected(events, asked, is_held=bool(hold))
    assert counts[0] > 0


def test_every_way_to_split_by_what_a_unit_is_gives_the_units_funnel(given: Give) -> None:
    here = given(drawn(random.Random(5)))
    steps = [{"name": name, "event": name} for name in "abc"]
    for how in ("first", "last", "all", "step: 1"):
        config = FunnelConfig.model_validate(
            {
                "steps": steps,
                "window": "6m",
                "count_by": "device",
                "breakdown": {"by": "device_id", "value": how},
            }
        )
        report = funnel.run(here.store, "f", config, as_of=START + timedelta(days=9))
        whole = [step.count for step in report.steps]
        parts = [[step.count for step in row.steps] for row in report.breakdown]
        assert [sum(column) for column in zip(*parts, strict=True)] == whole
        assert {row.entered for row in report.breakdown if row.value} == {1}


@pytest.mark.parametrize("order", ["ordered", "strict", "any"])
def test_a_users_own_property_splits_the_users(given: Give, order: str) -> None:
    events = drawn(random.Random(6))
    here = given(events)
    here.store.connection().execute(
        "create or replace table dim_users as select user_key, user_id, "
        "case when user_key % 3 > 0 then 'seg' || (user_key % 3) end as customer_segment, "
        "cast('{}' as json) as traits from users_index"
    ).fetchall()
    segment = {
        user: f"seg{key % 3}" if key % 3 else None
        for key, user in enumerate(sorted({e.user for e in events}), start=1)
    }
    steps = [{"name": name, "event": name} for name in "abc"]
    rules = {"steps": steps, "window": "6m", "order": order}
    as_of = START + timedelta(days=9)
    whole = FunnelConfig.model_validate(rules)
    found = funnel.outcome_of(here.store, whole, funnel.Span(as_of))
    reached = {
        row.id: sum(row.id in {r.id for r in rows} for rows in _bars(here, found))
        for row in funnel.unit_rows(here.store, found, 1, "converted")
    }
    for how, least in (("first", 1), ("last", 1), ("all", 1), ("step: 1", 1), ("step: 2", 2)):
        if how == "step: 2" and order == "any":
            continue  # there, it is the event that decides
        by = {"by": "user.customer_segment", "value": how}
        config = FunnelConfig.model_validate({**rules, "breakdown": by})
        report = funnel.run(here.store, "f", config, as_of=as_of)
        want: dict[str | None, int] = {None: 0}
        for user, depth in reached.items():
            value = segment[user] if depth >= least else None
            want[value] = want.get(value, 0) + 1
        assert {row.value: row.entered for row in report.breakdown} == want


def _bars(here: Given, found: funnel.Outcome) -> list[list[funnel.UnitRow]]:
    return [funnel.unit_rows(here.store, found, step, "converted") for step in (1, 2, 3)]
