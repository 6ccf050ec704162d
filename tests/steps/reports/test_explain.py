"""A person explained: each try at a funnel, why it ended, and the one that the report counts."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import numpy as np
import pytest
from tests.steps.reports.conftest import Event, Given

from tsa_cli.config.funnels import FunnelConfig
from tsa_cli.steps import funnel
from tsa_cli.steps.explain import AskedFunnel
from tsa_cli.steps.explain.funnels import explain_funnel
from tsa_cli.steps.explain.result import FunnelUnit
from tsa_cli.steps.funnel import Span
from tsa_cli.steps.funnel.outcome import rules_of

Give = Callable[[Sequence[Event]], Given]
START = datetime(2026, 3, 1)
LATE = START + timedelta(days=60)
STEPS = [{"name": name.upper(), "event": name} for name in "abc"]
HELD = {"hold_constant": ["properties.k"]}


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def config(**changes: object) -> FunnelConfig:
    return FunnelConfig.model_validate({"steps": STEPS, "window": "1h", **changes})


def explained(
    given: Given, rules: FunnelConfig, span: Span | None = None, user_key: int = 1
) -> list[FunnelUnit]:
    """The units of the first user by name, or of another one."""
    span = span or Span(LATE)
    asked = AskedFunnel("f", rules, rules_of(rules, span))
    return list(explain_funnel(given.store, user_key, asked, span.as_of, {}).units)


def only(given: Given, rules: FunnelConfig, span: Span | None = None) -> FunnelUnit:
    [unit] = explained(given, rules, span)
    return unit


def history(text: str, *, gap: float = 1) -> list[Event]:
    return [Event("u", at(i * gap), name) for i, name in enumerate(text)]


def keyed(*events: tuple[float, str, object]) -> list[Event]:
    """(minute, name, value of properties.k) each; None leaves the property out."""
    texts = ["{}" if value is None else f'{{"k": "{value}"}}' for _, _, value in events]
    return [
        Event("u", at(minute), name, properties=text)
        for (minute, name, _), text in zip(events, texts, strict=True)
    ]


def endings(unit: FunnelUnit) -> list[tuple[str, str]]:
    return [(attempt.ended, attempt.why) for attempt in unit.attempts]


def test_each_first_step_is_an_attempt_and_the_furthest_counts(given: Give) -> None:
    events = [Event("u", at(m), n) for m, n in ((0, "a"), (50, "a"), (70, "b"), (80, "c"))]
    unit = only(given(events), config())
    assert (unit.state, unit.last_step) == ("converted", 3)
    assert [a.is_counted for a in unit.attempts] == [False, True]
    assert unit.why.startswith("attempt 2 of 2 counts: it got furthest, 3 of 3 steps")
    steps = [(s.index, s.name, s.event_id, s.at) for s in unit.attempts[1].steps]
    assert steps == [
        (1, "A", "e000001", at(50)),
        (2, "B", "e000002", at(70)),
        (3, "C", "e000003", at(80)),
    ]


def test_of_equally_far_attempts_the_earliest_counts(given: Give) -> None:
    unit = only(given(history("aab")), config())
    assert [a.is_counted for a in unit.attempts] == [True, False]
    assert "2 of 3 steps, as far as 1 later, but the earliest" in unit.why


@pytest.mark.parametrize(
    ("events", "rules", "code", "why"),
    [
        (history("abc"), {}, "converted", "did the last step 2m after the first"),
        (
            [Event("u", at(0), "a"), Event("u", at(75), "b")],
            {},
            "window_closed",
            "the window closed at 2026-03-01 01:00:00Z;"
            " step 2 B came 15m too late, at 2026-03-01 01:15:00Z",
        ),
        (
            history("bac"),
            {},
            "window_closed",
            "the window closed at 2026-03-01 01:01:00Z;"
            " step 2 B came at 2026-03-01 00:00:00Z, before step 1 A",
        ),
        (
            history("acb"),
            {"exclude": [{"event": "x"}]},
            "window_closed",
            "the window closed at 2026-03-01 01:00:00Z;"
            " step 3 C came at 2026-03-01 00:01:00Z, before step 2 B",
        ),
        (
            history("ab"),
            {"steps": [*STEPS[:2], {"name": "Again", "event": "b"}]},
            "window_closed",
            "the window closed at 2026-03-01 01:00:00Z; step 3 Again has no event of its own:"
            " b at 2026-03-01 00:01:00Z already fills step 2 B",
        ),
        (
            history("ab", gap=0),
            {"ties": "strict"},
            "window_closed",
            "the window closed at 2026-03-01 01:00:00Z;"
            " step 2 B has the same timestamp as step 1 A, and `ties` is strict",
        ),
        (
            history("ab", gap=20),
            {"steps": [STEPS[0], {**STEPS[1], "within": "5m"}]},
            "window_closed",
            "the window closed at 2026-03-01 01:00:00Z;"
            " step 2 B came at 2026-03-01 00:20:00Z, not within 5m of step 1 A",
        ),
        (
            history("axbc"),
            {"exclude": [{"event": "x", "after": 1, "before": 2}]},
            "excluded",
            "x at 2026-03-01 00:01:00Z, after step 1 A, removes the whole user from the funnel",
        ),
        (
            history("axbc"),
            {"order": "strict"},
            "order_broken",
            "x at 2026-03-01 00:01:00Z came between: step 2 B had to be the very next event",
        ),
        (
            keyed((0, "a", "k1"), (1, "b", "k2")),
            HELD,
            "held_value_differs",
            "b at 2026-03-01 00:01:00Z is step 2 B, but properties.k has k2"
            " and the first step has k1",
        ),
        (
            keyed((0, "a", "k1"), (1, "b", None)),
            {**HELD, "order": "strict"},
            "held_value_differs",
            "b at 2026-03-01 00:01:00Z is step 2 B, but properties.k has no value"
            " and the first step has k1",
        ),
        (
            history("ba"),
            {"order": "any"},
            "window_closed",
            "the window closed at 2026-03-01 01:00:00Z; 2 of 3 steps done; no event for C",
        ),
    ],
)
def test_an_attempt_says_why_it_ended(
    given: Give, events: list[Event], rules: dict[str, object], code: str, why: str
) -> None:
    assert endings(only(given(events), config(**rules)))[0] == (code, why)


def test_a_window_still_open_is_pending_until_its_last_moment(given: Give) -> None:
    here = given(history("a"))
    early = only(here, config(), Span(at(60) - timedelta(microseconds=1)))
    why = "not yet: open until 2026-03-01 01:00:00Z; step 2 B did not come"
    assert (early.state, endings(early)) == ("pending", [("open", why)])
    over = only(here, config(), Span(at(60)))
    assert (over.state, over.attempts[0].ended) == ("dropped", "window_closed")


@pytest.mark.parametrize(
    ("events", "rules", "span", "why"),
    [
        (history("bc"), {}, Span(LATE), "no event is step 1 A"),
        (
            history("ab"),
            {},
            Span(LATE, since=at(1)),
            "step 1 A is outside the asked time, the first at 2026-03-01 00:00:00Z",
        ),
        (
            keyed((0, "a", None)),
            HELD,
            Span(LATE),
            "step 1 A at 2026-03-01 00:00:00Z has no properties.k",
        ),
    ],
)
def test_who_did_not_enter_is_told_what_the_first_step_lacks(
    given: Give, events: list[Event], rules: dict[str, object], span: Span, why: str
) -> None:
    unit = only(given(events), config(**rules), span)
    assert (unit.state, unit.why, unit.attempts) == ("not_entered", why, [])


RULES: dict[str, dict[str, object]] = {
    "ordered": {},
    "optional": {"steps": [STEPS[0], {**STEPS[1], "optional": True}, STEPS[2]]},
    "within": {"steps": [*STEPS[:2], {**STEPS[2], "within": "2m"}]},
    "excluded": {"exclude": [{"event": "x", "after": 2, "before": 3}]},
    "strict": {"order": "strict", "exclude": [{"event": "x", "after": 1, "before": 3}]},
    "strict ties": {"order": "strict", "ties": "strict", "strict_ignores": ["y"]},
    "any": {"order": "any", **HELD},
    "held": {**HELD, "ties": "strict"},
    "sessions": {"count_by": "session"},
    "devices": {"count_by": "device", "order": "strict"},
}


@pytest.mark.parametrize("name", RULES)
def test_everybodys_counted_attempt_is_the_reports(given: Give, name: str) -> None:
    draw = random.Random(name)
    events = [
        Event(
            f"u{draw.randrange(12):02}",
            at(draw.choice([0, 120]) + draw.randrange(12)),
            draw.choice("aabbccxy"),
            properties=f'{{"k": {draw.choice("112")}}}' if draw.random() < 0.9 else "{}",
            anonymous_id=f"d{draw.randrange(18):02}",
        )
        for _ in range(180)
    ]
    here = given(events)
    rules = config(**{"window": "5m", **RULES[name]})
    span = Span(at(133), since=at(2), until=at(131))
    outcome = funnel.outcome_of(here.store, rules, span)
    want = {
        row.id: (row.state, row.last_step, row.started_at)
        for row in funnel.unit_rows(here.store, outcome, 1, "converted")
    }
    users = sorted({event.user for event in events})
    units = [u for k in range(len(users)) for u in explained(here, rules, span, k + 1)]
    got = {
        unit.unit_id: (unit.state, unit.last_step, attempt.started_at)
        for unit in units
        for attempt in unit.attempts
        if attempt.is_counted
    }
    assert got == want
    excluded = {unit.unit_id for unit in units if unit.state == "excluded"}
    assert len(excluded) == len(np.unique(outcome.attempts.excluded))
    assert len({row[:2] for row in want.values()}) > 1  # not all ended alike


def test_of_a_device_with_very_many_first_steps_the_latest_attempts_are_told(given: Give) -> None:
    unit = only(given(history("abc" + "a" * 500, gap=0.1)), config())
    assert unit.attempt_count == 501
    assert [a.number for a in unit.attempts] == [1, *range(302, 502)]
    assert unit.state == "converted"
    assert unit.why == (
        "attempt 1 of 501 counts: none got further than 3 of 3 steps, and no earlier one as far;"
        " did the last step 12s after the first"
    )
