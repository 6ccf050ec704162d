"""Filters, rewriting, patterns and comparisons of journeys against plain Python."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest
from tests.soak import soaked
from tests.steps.reports.conftest import Event, Visit
from tests.steps.reports.visits import (
    START,
    GivenEvents,
    page_sequences,
    random_events,
    report_of,
)

from tsa_cli.config.journeys import JourneyConfig
from tsa_cli.config.patterns import parse_pattern


@pytest.mark.parametrize("seed", [*range(2), *soaked(range(2, 6))])
def test_start_end_through_and_exclude_cut_the_paths(given: GivenEvents, seed: int) -> None:
    store = given(random_events(seed))
    config = JourneyConfig.model_validate(
        {"start": "/quote", "end": ["/bo*"], "through": "/repair*", "exclude": "/", "top": 1000}
    )
    expected: Counter[tuple[str, ...]] = Counter()
    for visit in store.visits:
        pages = [e.page for e in visit.events if e.page and e.page != "/"]
        kept = [p for i, p in enumerate(pages) if not i or pages[i - 1] != p]
        if "/quote" in kept:
            kept = kept[kept.index("/quote") :]
            if "/book" in kept:
                kept = kept[: kept.index("/book") + 1]
                if any(p.startswith("/repair") for p in kept):
                    expected[tuple(kept[:10])] += 1
    assert {tuple(r.path): r.sessions for r in report_of(store, config).paths} == expected


def test_what_is_excluded_by_name_is_no_step_and_stands_between_no_two(given: GivenEvents) -> None:
    pages = ["/", "/help", "/", "/help/faq", "/quote"]
    store = given([Event("u", START + timedelta(seconds=n), "x", p) for n, p in enumerate(pages)])
    for exclude, path in (("/", pages[1::2] + pages[4:]), (["/help*"], ["/", "/quote"])):
        config = JourneyConfig.model_validate({"exclude": exclude})
        assert [row.path for row in report_of(store, config).paths] == [path]


@pytest.mark.parametrize("seed", [*range(2), *soaked(range(2, 4))])
def test_points_may_be_matchers_of_the_events_behind_a_step(given: GivenEvents, seed: int) -> None:
    store = given(random_events(seed))
    config = JourneyConfig.model_validate(
        {
            "start": {"event": "price_checked"},
            "exclude": {"where": {"page_url": {"glob": "/repair*"}}},
            "top": 1000,
        }
    )
    expected: Counter[tuple[str, ...]] = Counter()
    for visit in store.visits:
        runs: list[tuple[str, bool]] = []
        for e in visit.events:
            if e.page and not e.page.startswith("/repair"):
                checked = e.name == "price_checked"
                if runs and runs[-1][0] == e.page:
                    runs[-1] = (e.page, runs[-1][1] or checked)
                else:
                    runs.append((e.page, checked))
        first = next((i for i, (_, checked) in enumerate(runs) if checked), None)
        if first is not None:
            expected[tuple(page for page, _ in runs[first:])[:10]] += 1
    assert {tuple(r.path): r.sessions for r in report_of(store, config).paths} == expected


def test_an_end_without_a_start_shows_the_steps_that_led_to_it(given: GivenEvents) -> None:
    pages = ["/a", "/b", "/c", "/d", "/end", "/f"]
    events = [
        Event("u", START + timedelta(seconds=i), "page_viewed", p) for i, p in enumerate(pages)
    ]
    compare = {"by": "event_type", "values": ["page_viewed", "price_checked"]}
    config = JourneyConfig.model_validate({"end": "/end", "max_steps": 3, "compare": compare})
    report = report_of(given(events), config)
    assert [r.path for r in report.paths] == [["/c", "/d", "/end"]]
    assert report.compare is not None
    assert [r.name for r in report.compare.paths] == [["/c", "/d", "/end"]]


def test_entries_and_exits_are_of_whole_sessions_where_the_path_is_cut(given: GivenEvents) -> None:
    visits = {"a": ["/", "/quote", "/book"], "b": ["/quote", "/book", "/"], "c": ["/quote"]}
    events = [
        Event(user, START + timedelta(seconds=i), "page_viewed", page)
        for user, pages in visits.items()
        for i, page in enumerate(pages)
    ]
    config = JourneyConfig.model_validate({"start": "/quote", "end": "/book"})
    report = report_of(given(events), config)
    assert [(r.path, r.sessions) for r in report.paths] == [(["/quote", "/book"], 2)]
    assert {r.page: (r.exits, r.sessions, r.exit_rate) for r in report.exits} == {
        "/book": (1, 2, 0.5),
        "/": (1, 2, 0.5),
    }
    assert {r.page: (r.entries, r.sessions, r.share) for r in report.entries} == {
        "/": (1, 2, 0.5),
        "/quote": (1, 2, 0.5),
    }
    ends = [(t["from"], t["count"]) for t in report.transitions if t["to"] == "(exit)"]
    assert ends == [("/book", 2)]  # where the cut path ends


@pytest.mark.parametrize("seed", [*range(2), *soaked(range(2, 4))])
def test_exit_rates_with_an_end_are_those_of_the_whole_visits(
    given: GivenEvents, seed: int
) -> None:
    store = given(random_events(seed))
    config = JourneyConfig.model_validate({"end": "/quote", "top": 1000})
    sequences = [p for p in page_sequences(store.visits).values() if "/quote" in p]
    exits = Counter(pages[-1] for pages in sequences)
    seen = Counter(page for pages in sequences for page in set(pages))
    assert {r.page: r.exit_rate for r in report_of(store, config).exits} == {
        page: n / seen[page] for page, n in exits.items()
    }


@pytest.mark.parametrize("seed", [*range(2), *soaked(range(2, 4))])
def test_the_span_selects_sessions_by_their_start_and_the_clock_hides_the_future(
    given: GivenEvents, seed: int
) -> None:
    store = given(random_events(seed))
    since, until = START + timedelta(hours=2), START + timedelta(hours=5)
    as_of = START + timedelta(hours=6)
    report = report_of(store, JourneyConfig(top=1000), since=since, until=until, as_of=as_of)
    known = [
        Visit(v.key, v.user, [e for e in v.events if e.ts <= as_of])
        for v in store.visits
        if since <= v.events[0].ts <= until
    ]
    counted = Counter(tuple(p[:10]) for p in page_sequences(known).values())
    assert {tuple(r.path): r.sessions for r in report.paths} == counted


def test_rewrite_rules_join_pages_and_the_first_that_matches_wins(given: GivenEvents) -> None:
    events = [
        Event("u", START + timedelta(seconds=i), "page_viewed", p)
        for i, p in enumerate(["/", "/repair/phone", "/repair/tablet", "/book/1"])
    ]
    config = JourneyConfig.model_validate(
        {
            "rewrite": [
                {"match": "^/repair/.*", "to": "/repair/*"},
                {"match": "^/(book|repair)/.*", "to": r"\1"},
            ]
        }
    )
    assert [r.path for r in report_of(given(events), config).paths] == [["/", "/repair/*", "book"]]


def test_patterns_count_sessions_with_their_time_gaps(given: GivenEvents) -> None:
    def visit(user: str, seconds: int) -> list[Event]:
        return [
            Event(user, START, "price_checked"),
            Event(user, START + timedelta(seconds=1), "page_viewed"),
            Event(user, START + timedelta(seconds=seconds), "booking_completed"),
        ]

    texts = ["price_checked -> .* -> (<=10m) -> booking_completed", "price_checked -> page_*"]
    config = JourneyConfig(unit="event", patterns=texts)
    report = report_of(given([*visit("a", 600), *visit("b", 601)]), config)
    assert [(r.pattern, r.sessions, r.users) for r in report.patterns] == [
        (parse_pattern(texts[0]).text, 1, 1),
        (texts[1], 2, 2),
    ]


@pytest.mark.parametrize("seed", [*range(2), *soaked(range(2, 4))])
def test_a_comparison_is_the_difference_of_two_reports(given: GivenEvents, seed: int) -> None:
    store = given(random_events(seed))
    config = JourneyConfig.model_validate(
        {"top": 3, "compare": {"by": "device_type", "values": ["desktop", "mobile"]}}
    )
    compared = report_of(store, config).compare
    assert compared is not None
    for side, name in enumerate(["desktop", "mobile"]):
        visits = [v for v in store.visits if v.events[0].device_type == name]
        sequences = page_sequences(visits)
        assert compared.groups[side].value == name
        assert compared.groups[side].sessions == len(sequences)
        counted = Counter(tuple(p[:10]) for p in sequences.values())
        for row in compared.paths[:3]:
            share = row.second if side else row.first
            assert share == pytest.approx(counted[tuple(row.name)] / len(sequences))
        moves = Counter(m for p in sequences.values() for m in pairwise(["(entry)", *p, "(exit)"]))
        leaving = Counter(a for (a, _), n in moves.items() for _ in range(n))
        for t in compared.transitions:
            probability = t["second"] if side else t["first"]
            expected = moves[t["from"], t["to"]] / leaving[t["from"]]
            assert probability == pytest.approx(expected)
    for level in compared.step_matrix:
        assert sum(row.first or 0 for row in level) == pytest.approx(1)
        assert sum(row.second or 0 for row in level) == pytest.approx(1)
    assert sum(row.change or 0 for row in compared.paths) == pytest.approx(0)
