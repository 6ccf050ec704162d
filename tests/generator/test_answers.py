"""The answers against a plain-Python reading of the log's own lines."""

import json
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from tsa_cli.generator.agents import CRAWLERS
from tsa_cli.generator.answers import count_answers
from tsa_cli.generator.encode import json_lines
from tsa_cli.generator.log import EventLog, delivery_chunks, simulate
from tsa_cli.generator.render import build_renderer, render

Line = dict[str, Any]
Answers = dict[str, Any]


@pytest.fixture(scope="module", params=[(400, 60, 1), (90, 30, 2), (1, 1, 3)])
def log(request: pytest.FixtureRequest) -> EventLog:
    users, days, seed = request.param
    return simulate(users, days, seed, date(2025, 1, 6))


@pytest.fixture(scope="module")
def answers(log: EventLog) -> Answers:
    return json.loads(json.dumps(count_answers(log)))


@pytest.fixture(scope="module")
def lines(log: EventLog) -> list[Line]:
    rows = np.concatenate([rows for rows, _ in delivery_chunks(log, 500)])
    text = "".join(
        "".join(part.to_pylist()) for part in json_lines(render(build_renderer(log), rows))
    )
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="module")
def humans(lines: list[Line]) -> list[Line]:
    """Distinct events of people by (time, id), each with `ts` in ms and the stitched `user`."""
    unique = {line["event_id"]: line for line in lines}
    kept = [e for e in unique.values() if e.get("user_agent") not in CRAWLERS]
    for event in kept:
        moment = datetime.fromisoformat(event["timestamp"])
        event["ts"] = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    kept.sort(key=lambda e: (e["ts"], e["event_id"]))
    known: dict[str, list[str]] = defaultdict(list)
    for event in kept:
        if "user_id" in event and "anonymous_id" in event:
            known[event["anonymous_id"]].append(event["user_id"])
    for event in kept:
        device = event.get("anonymous_id", "")
        is_shared = len(set(known[device])) > 5
        owner = known[device][-1] if known[device] and not is_shared else device
        event["user"] = event.get("user_id", owner)
    return kept


def sessions_of(humans: list[Line]) -> list[list[Line]]:
    by_device: dict[str, list[list[Line]]] = defaultdict(list)
    for event in humans:
        if "anonymous_id" in event:
            own = by_device[event["anonymous_id"]]
            if not own or event["ts"] - own[-1][-1]["ts"] > 1_800_000:
                own.append([])
            own[-1].append(event)
    return [session for own in by_device.values() for session in own]


def path_of(event: Line) -> str:
    path = event["page_url"].removeprefix("https://shop.example.com").split("?")[0].split("#")[0]
    parts = [":id" if part.isdigit() else part for part in path.strip("/").split("/")]
    return "/" + "/".join(parts)


def test_lines_events_and_duplicates_add_up(lines: list[Line], answers: Answers) -> None:
    ids = Counter(line["event_id"] for line in lines)
    assert answers["lines"] == len(lines)
    assert answers["unique_events"] == len(ids)
    assert answers["duplicates"] == len(lines) - len(ids)
    first: dict[str, str] = {}
    for line in lines:  # a duplicate has the same content
        text = json.dumps(line, sort_keys=True)
        assert first.setdefault(line["event_id"], text) == text


def test_events_by_type_people_and_crawlers(
    lines: list[Line], humans: list[Line], answers: Answers
) -> None:
    unique = {line["event_id"]: line["event"] for line in lines}
    assert Counter(answers["events_by_type"]) == Counter(unique.values())
    assert Counter(answers["human_events_by_type"]) == Counter(e["event"] for e in humans)
    assert answers["human_events"] == len(humans)
    assert answers["bot_events"] == len(unique) - len(humans)
    assert answers["server_events"] == sum("anonymous_id" not in e for e in humans)


def test_devices_and_stitched_users(humans: list[Line], answers: Answers) -> None:
    users = {e["user"] for e in humans}
    assert answers["devices"] == len({e["anonymous_id"] for e in humans if "anonymous_id" in e})
    assert answers["users"] == len(users)
    assert answers["known_users"] == sum(user.startswith("u") for user in users)
    devices: dict[str, set[str]] = defaultdict(set)
    for event in humans:
        if event["user"].startswith("u") and "anonymous_id" in event:
            devices[event["user"]].add(event["anonymous_id"])
    assert answers["users_with_several_devices"] == sum(len(own) > 1 for own in devices.values())


def test_a_session_is_of_the_last_person_who_is_known_in_it(
    humans: list[Line], answers: Answers
) -> None:
    owners: Counter[str] = Counter()
    for session in sessions_of(humans):
        users = [event["user"] for event in session]
        owners[([user for user in users if user.startswith("u")] or users)[-1]] += 1
    assert answers["users_with_sessions"] == len(owners)
    assert answers["users_with_several_sessions"] == sum(n > 1 for n in owners.values())


def test_sessions_with_their_first_and_last_pages(humans: list[Line], answers: Answers) -> None:
    sessions = sessions_of(humans)
    assert answers["sessions"] == len(sessions)
    assert answers["entry_pages"] == Counter(path_of(s[0]) for s in sessions)
    assert answers["exit_pages"] == Counter(path_of(s[-1]) for s in sessions)
    booked = sum(any(e["event"] == "booking_completed" for e in s) for s in sessions)
    assert answers["sessions_with_booking"] == booked
    lengths = [s[-1]["ts"] - s[0]["ts"] for s in sessions]
    assert answers["longest_session_seconds"] == max(lengths) / 1000
    assert answers["mean_session_seconds"] == pytest.approx(sum(lengths) / len(lengths) / 1000)


def test_a_sessions_source_is_its_first_that_is_not_direct(
    humans: list[Line], answers: Answers
) -> None:
    def paid_search(event: Line) -> bool | None:
        outside = "shop.example.com" not in event.get("referrer_url", "shop.example.com")
        if not outside and "utm_" not in event["page_url"]:
            return None
        return "utm_source=google&utm_medium=cpc" in event["page_url"]

    told = [[paid_search(e) for e in session] for session in sessions_of(humans)]
    first = [next((t for t in session if t is not None), None) for session in told]
    assert answers["sessions_by_source"]["google / cpc"] == first.count(True)
    assert answers["sessions_by_source"]["(direct) / (none)"] == first.count(None)
    assert sum(answers["sessions_by_source"].values()) == len(first)


def test_the_funnel_takes_the_furthest_attempt_of_each_user(
    humans: list[Line], answers: Answers
) -> None:
    steps = ["price_checked", "service_viewed", "booking_started", "booking_completed"]
    moments: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for event in humans:
        if event["event"] in steps:
            moments[event["user"]].append((event["ts"], steps.index(event["event"])))
    counts = [0, 0, 0, 0]
    for own in moments.values():
        own.sort()  # equal times in step order
        best = 0
        for at, (begin, step) in enumerate(own):
            if step == 0:
                reached = 1
                for ts, later in own[at + 1 :]:
                    if later == reached and ts - begin <= 7 * 86_400_000:
                        reached += 1
                best = max(best, reached)
        for step in range(best):
            counts[step] += 1
    assert [step["count"] for step in answers["funnel"]["steps"]] == counts
    assert [step["event"] for step in answers["funnel"]["steps"]] == steps


def test_bookings_revenue_and_abandonment(humans: list[Line], answers: Answers) -> None:
    done = [e for e in humans if e["event"] == "booking_completed"]
    begun = {e["properties"]["booking_id"] for e in humans if e["event"] == "booking_started"}
    completed = {e["properties"]["booking_id"] for e in done}
    assert answers["bookings"] == len(done) == len(completed)
    assert answers["revenue"] == pytest.approx(sum(e["properties"]["value"] for e in done))
    assert answers["booking_users"] == len({e["user"] for e in done})
    assert answers["bookings_started"] == len(begun)
    assert answers["bookings_abandoned"] == len(begun - completed)
    assert completed <= begun
    per_user = Counter(e["user"] for e in done)
    assert answers["repeat_booking_users"] == sum(count > 1 for count in per_user.values())


def test_weekly_retention(humans: list[Line], answers: Answers) -> None:
    weeks: dict[str, set[int]] = defaultdict(set)
    for event in humans:
        if event["event"] == "page_viewed":
            weeks[event["user"]].add((event["ts"] // 86_400_000 + 3) // 7)
    last = max(week for own in weeks.values() for week in own)
    for row in answers["retention_weekly_page_viewed"]:
        monday = date.fromisoformat(row["cohort"])
        assert monday.weekday() == 0
        week = ((monday - date(1970, 1, 1)).days + 3) // 7
        mine = [own for own in weeks.values() if min(own) == week]
        assert row["size"] == len(mine)
        expected = [sum(later in own for own in mine) for later in range(week, last + 1)]
        assert row["returned"] == expected


def test_the_outage_is_told(humans: list[Line], answers: Answers) -> None:
    outage = answers["outage"]
    if outage is None:
        assert answers["last_event"] < "2025-01-13"
        return
    during = [e for e in humans if outage["from"] <= e["timestamp"] < outage["until"]]
    events = Counter(e["event"] for e in during)
    assert outage["booking_started"] == events["booking_started"]
    assert outage["booking_completed"] == events["booking_completed"] == 0
