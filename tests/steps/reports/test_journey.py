"""Journey reports against plain Python over the same visits."""

from collections import Counter
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path

import pytest
from tests.soak import soaked
from tests.steps.reports.conftest import Event, Visit
from tests.steps.reports.visits import (
    START,
    GivenEvents,
    converts,
    page_sequences,
    random_events,
    report_of,
)

from tsa_cli.config.journeys import JourneyConfig
from tsa_cli.errors import MissingTable
from tsa_cli.steps import journey
from tsa_cli.store import open_store


@pytest.mark.parametrize("seed", [*range(2), *soaked(range(2, 6))])
@pytest.mark.parametrize("collapse", [True, False])
def test_paths_and_their_users_are_those_of_a_plain_count(
    given: GivenEvents, seed: int, collapse: bool
) -> None:
    store = given(random_events(seed))
    report = report_of(store, JourneyConfig(max_steps=2, top=4, collapse_repeats=collapse))
    by_key = {v.key: v for v in store.visits}
    groups: dict[tuple[str, ...], list[Visit]] = {}
    for key, pages in page_sequences(store.visits, collapse=collapse).items():
        groups.setdefault(tuple(pages[:2]), []).append(by_key[key])
    ranked = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    total = sum(map(len, groups.values()))
    rest = [v for _, visits in ranked[4:] for v in visits]
    listed = [(list(path), visits) for path, visits in ranked[:4]]
    listed += [(["(other)"], rest)] if rest else []
    assert [asdict(row) for row in report.paths] == [
        {
            "path": path,
            "sessions": len(visits),
            "users": len({v.user for v in visits}),
            "share": len(visits) / total,
            "conversion_rate": sum(converts(v) for v in visits) / len(visits),
        }
        for path, visits in listed
    ]
    assert report.sessions == total
    assert sum(row.share or 0 for row in report.paths) == pytest.approx(1)


@pytest.mark.parametrize("seed", [*range(2), *soaked(range(2, 6))])
def test_transitions_run_over_whole_visits_and_each_source_sums_to_one(
    given: GivenEvents, seed: int
) -> None:
    store = given(random_events(seed))
    config = JourneyConfig(unit="event", collapse_repeats=False, max_steps=2, top=3)
    report = report_of(store, config)
    expected: Counter[tuple[str, str]] = Counter()
    for visit in store.visits:
        expected.update(pairwise(["(entry)", *(e.name for e in visit.events), "(exit)"]))
    assert {(t["from"], t["to"]): t["count"] for t in report.transitions} == expected
    for source in {t["from"] for t in report.transitions}:
        shares = [t["probability"] or 0 for t in report.transitions if t["from"] == source]
        assert sum(shares) == pytest.approx(1)


@pytest.mark.parametrize("seed", [*range(2), *soaked(range(2, 4))])
def test_rare_states_are_other_and_every_level_sums_to_one(given: GivenEvents, seed: int) -> None:
    store = given(random_events(seed))
    report = report_of(store, JourneyConfig(top=1, states=2, max_steps=6))
    states = {t["from"] for t in report.transitions} - {"(entry)"}
    assert len(states - {"(other)"}) == 2
    assert "(other)" in states
    moves = sum(t["count"] for t in report.transitions)
    sequences = page_sequences(store.visits)
    assert moves == sum(len(pages) + 1 for pages in sequences.values())
    for level in report.step_matrix:
        assert sum(s.sessions for s in level.states) == report.sessions
        ended = sum(len(pages) < level.step for pages in sequences.values())
        found = [s.sessions for s in level.states if s.state == "(exit)"]
        assert found == ([ended] if ended else [])


@pytest.mark.parametrize("seed", [*range(2), *soaked(range(2, 6))])
def test_exit_rate_is_sessions_ending_on_a_page_over_sessions_that_saw_it(
    given: GivenEvents, seed: int
) -> None:
    store = given(random_events(seed))
    report = report_of(store, JourneyConfig())
    sequences = list(page_sequences(store.visits).values())
    exits = Counter(pages[-1] for pages in sequences)
    entries = Counter(pages[0] for pages in sequences)
    seen = Counter(page for pages in sequences for page in set(pages))
    assert {r.page: (r.exits, r.sessions, r.exit_rate) for r in report.exits} == {
        page: (n, seen[page], n / seen[page]) for page, n in exits.items()
    }
    assert [r.exits for r in report.exits] == sorted(exits.values(), reverse=True)
    assert {r.page: (r.entries, r.sessions, r.share) for r in report.entries} == {
        page: (n, seen[page], n / len(sequences)) for page, n in entries.items()
    }


@pytest.mark.parametrize("seed", [*range(2), *soaked(range(2, 6))])
def test_a_conversion_path_ends_with_the_first_conversion(given: GivenEvents, seed: int) -> None:
    store = given(random_events(seed))
    report = report_of(store, JourneyConfig(max_steps=3, top=100))
    expected: Counter[tuple[str, ...]] = Counter()
    for visit in store.visits:
        if converts(visit):
            place = next(i for i, e in enumerate(visit.events) if e.name == "booking_completed")
            cut = Visit(visit.key, visit.user, visit.events[: place + 1])
            pages = page_sequences([cut]).get(visit.key)
            if pages:
                expected[tuple(pages[-3:])] += 1
    assert {tuple(r.path): r.sessions for r in report.conversion_paths} == expected


@pytest.mark.parametrize("seed", [*range(2), *soaked(range(2, 8))])
@pytest.mark.parametrize("start", ["", "/repair"])
def test_journey_types_hold_every_user_once(given: GivenEvents, seed: int, start: str) -> None:
    store = given(random_events(seed, users=30))
    steps = {"where": {"page_url": {"glob": f"{start}*"}}} if start else None
    report = report_of(store, JourneyConfig.model_validate({"steps": steps}))
    expected: Counter[str] = Counter()
    visits = [v for v in store.visits if any((e.page or "").startswith(start) for e in v.events)]
    outside = [e for v in store.visits if v not in visits for e in v.events]
    for user in {v.user for v in visits}:
        starts = [v.events[0].ts for v in visits if v.user == user]
        own = [e for e in store.events if e.user == user and e not in outside]
        booked = [e.ts for e in own if e.name == "booking_completed"]
        before = sum(ts <= min(booked) for ts in starts) if booked else 0
        if booked:
            kind = "direct" if before <= 1 else "researcher" if before <= 5 else "long_researcher"
        else:
            kind = "browser" if len(starts) > 3 else "new_or_light"
        expected[kind] += 1
    assert {r.type: r.users for r in report.journey_types if r.users} == expected
    assert sum(r.share or 0 for r in report.journey_types) == pytest.approx(1)
    assert len(report.journey_types) == 5


def test_a_store_without_pages_gives_an_empty_report(given: GivenEvents) -> None:
    report = report_of(given([Event("u", START, "price_checked")]), JourneyConfig())
    assert (report.sessions, report.paths, report.transitions) == (0, [], [])
    assert [r.users for r in report.journey_types] == [0, 0, 0, 0, 1]


def test_before_the_first_sessionize_the_command_to_run_is_named(tmp_path: Path) -> None:
    with open_store(tmp_path / "t.duckdb") as store, pytest.raises(MissingTable) as caught:
        journey.run(store, "case", JourneyConfig(), as_of=START)
    assert "tsa sessionize" in caught.value.hint
