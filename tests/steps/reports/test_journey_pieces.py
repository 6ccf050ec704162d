"""A journey read and counted in small pieces is what it is in one."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest
from tests.steps.reports.conftest import Event, Given

from tsa_cli.config.journeys import JourneyConfig
from tsa_cli.kernels import moves, paths
from tsa_cli.steps import journey
from tsa_cli.steps.journey import visits

Give = Callable[[Sequence[Event]], Given]
START = datetime(2026, 3, 1)
MINUTE = timedelta(minutes=1)
CONFIGS: list[dict[str, object]] = [
    {"collapse_repeats": True},
    {"collapse_repeats": False},
    {"collapse_repeats": True, "start": {"event": "b"}, "end": {"event": "c"}},
    {"collapse_repeats": True, "steps": {"any_of": [{"event": "a"}, {"event": "b"}]}},
    {"exclude": {"event": "a"}, "through": {"event": "d"}, "patterns": ["b -> .* -> c"]},
    {"exclude": ["a"], "compare": {"by": "device_id", "values": ["d1", "d2"]}},
]


def drawn() -> list[Event]:
    """Some visits of a few dozen events, many of them the same again."""
    random_ = random.Random(3)
    return [
        Event(
            f"u{random_.randint(0, 12)}",
            START + random_.randint(0, 900) * MINUTE,
            random_.choice("aaabbcd"),
            anonymous_id=f"d{random_.randint(0, 9)}",
        )
        for _ in range(700)
    ]


def test_pieces_make_the_same_report(given: Give, monkeypatch: pytest.MonkeyPatch) -> None:
    there = given(drawn())

    def ask(changes: dict[str, object], until: datetime | None) -> journey.JourneyReport:
        config = JourneyConfig.model_validate(
            {"unit": "event", "conversion": {"event": "c"}, **changes}
        )
        return journey.run(there.store, "j", config, as_of=there.newest, until=until)

    asked = [(changes, until) for changes in CONFIGS for until in (None, START + 500 * MINUTE)]
    whole = [ask(*each) for each in asked]
    assert all(report.sessions for report in whole)
    monkeypatch.setattr(visits, "PIECE_ROWS", 60)
    monkeypatch.setattr(paths, "PIECE_STEPS", 5)
    monkeypatch.setattr(moves, "_PIECE_MOVES", 3)
    assert [ask(*each) for each in asked] == whole


def test_a_time_before_all_sessions_has_none(given: Give) -> None:
    there = given(drawn())
    config = JourneyConfig.model_validate({"unit": "event"})
    report = journey.run(there.store, "j", config, as_of=there.newest, until=datetime(2000, 1, 1))
    assert report.sessions == 0
