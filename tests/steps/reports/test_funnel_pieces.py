"""A funnel searched a piece of core at a time is what it is of all rows at once."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest
from tests.soak import soaked
from tests.steps.reports.conftest import Event, Given

from tsa_cli.config.funnels import FunnelConfig
from tsa_cli.steps.funnel import Span, pieces
from tsa_cli.steps.funnel.find import find_outcome

Give = Callable[[Sequence[Event]], Given]
START = datetime(2026, 3, 1)
SECOND = timedelta(seconds=1)
BOOKINGS = ["{}", '{"booking_id": "b1"}', '{"booking_id": 2}']
AS = [{"name": "A again", "event": "a"}, {"name": "B", "event": "b"}]
SOME_DEVICES = {"device_id": {"glob": "d1*"}}
A_OR_B = {"name": "B", "any_of": [{"event": "a", "where": SOME_DEVICES}, {"event": "b"}]}
B_OR_C = {"name": "C", "any_of": [{"event": "b"}, {"event": "c"}]}


def drawn(seed: int) -> list[Event]:
    """Some people with one device, some with a second one, which two people share; many ties."""
    random_ = random.Random(seed)
    events = []
    for _ in range(350):
        person = random_.randint(0, 30)
        second = person % 3 == 0 and random_.random() < 0.5
        events.append(
            Event(
                f"u{person:02}",
                START + random_.randint(0, 40) * SECOND,
                random_.choice("aabbccdx"),
                anonymous_id=f"d{100 + person // 6}" if second else f"d{person:02}",
                properties=random_.choice(BOOKINGS),
            )
        )
    return events


FUNNELS: list[dict[str, object]] = [
    {"order": "strict"},
    {"order": "strict", "ties": "strict"},
    {"order": "strict", "strict_ignores": ["x"]},
    {"order": "strict", "hold_constant": ["properties.booking_id"]},
    {"order": "strict", "exclude": [{"event": "x", "after": 1}]},
    {"exclude": [{"event": "x", "after": 1}], "hold_constant": ["properties.booking_id"]},
    {"order": "strict", "steps": [{"name": "A", "event": "a"}, A_OR_B, B_OR_C]},
    {"order": "any"},
    {"order": "any", "steps": [{"name": n, "event": n} for n in "aab"]},
    {"steps": [{"name": n, "event": n} for n in "aab"]},
    {"steps": [{"name": "A", "event": "a", "where": SOME_DEVICES}, *AS]},
    {"count_by": "session", "order": "strict"},
    {"count_by": "session", "hold_constant": ["properties.booking_id"]},
    {"count_by": "device", "order": "any", "exclude": [{"event": "x", "after": 1}]},
]


@pytest.mark.parametrize("core", ["in order", *soaked(["without a scale", "with moved rows"])])
@pytest.mark.parametrize("seed", [0, *soaked(range(1, 20))])
def test_pieces_answer_what_all_rows_answer(
    given: Give, monkeypatch: pytest.MonkeyPatch, seed: int, core: str
) -> None:
    there = given(drawn(seed))
    if core == "with moved rows":
        _move_late_rows(there)
    if core != "in order":
        there.store.connection().execute("delete from user_time_scale").fetchall()
    some = Span(there.newest, START + 5 * SECOND, START + 25 * SECOND)
    steps = [{"name": n, "event": n} for n in "abc"]
    spans = (Span(there.newest - 2 * SECOND), some)
    for number, changes in enumerate(FUNNELS):
        asked = FunnelConfig.model_validate({"window": 6 * SECOND, "steps": steps, **changes})
        for span in spans if seed else spans[number % 2 :][:1]:  # the soak has both
            at_once = find_outcome(there.store, asked, span, {}, needs_rows=True).attempts
            assert len(at_once.unit)
            for rows in (1_000_000, 37):
                monkeypatch.setattr(pieces, "PIECE_ROWS", rows)
                found = pieces.attempts_in_pieces(there.store, asked, span, {})
                assert found.unit.tolist() == at_once.unit.tolist(), (changes, span)
                assert found.depth.tolist() == at_once.depth.tolist(), (changes, span)
                assert found.time_us.tolist() == at_once.time_us.tolist(), (changes, span)
                assert found.excluded.tolist() == at_once.excluded.tolist(), (changes, span)


def test_one_person_is_the_lower_half_of_all(given: Give) -> None:
    events = [Event("u1", START + n * SECOND, name) for n, name in enumerate("abcab")]
    there = given(events)
    steps = [{"name": n, "event": n} for n in "abc"]
    for order in ("strict", "any", "ordered"):
        asked = FunnelConfig.model_validate({"steps": steps, "window": "1d", "order": order})
        found = pieces.attempts_in_pieces(there.store, asked, Span(there.newest), {})
        assert found.depth.tolist() == [3]


def _move_late_rows(there: Given) -> None:
    """As an increment does: the late rows of some devices stand at the end of core."""
    con = there.store.connection()
    con.execute(
        "create temp table moved as from core where device_key % 2 = 0 and event_ts > ?",
        [START + 20 * SECOND],
    ).fetchall()
    con.execute("delete from core where core_seq in (select core_seq from moved)").fetchall()
    con.execute(
        "insert into core by name select * replace ("
        "(select max(core_seq) from core) + row_number() over (order by core_seq) as core_seq)"
        " from moved order by core_seq"
    ).fetchall()
