"""
The pipeline's numbers against the true answers of the generator.

The generator counts them from its own arrays by rules of its own; nothing here is the pipeline's.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.conftest import Once, Tsa
from tests.soak import soaked

SAMPLE = Path(__file__).resolve().parents[1] / "sample_data"
LOGS = {"the sample": None, "another log": ("--users", 250, "--days", 45, "--seed", 11)}


@pytest.fixture(params=["the sample", *soaked(["another log"])])
def truth(
    request: pytest.FixtureRequest, tsa: Tsa, once: Once, tmp_path: Path
) -> Mapping[str, object]:
    """The answers for a log that is in the store, sessionized."""
    made = LOGS[request.param]
    folder = SAMPLE
    if made is not None:
        folder = tmp_path / "log"

    def build() -> None:
        if made is not None:
            arguments = [*made, "--out", folder, "--answers", folder / "answers.json"]
            assert tsa("generate", *arguments).code == 0
        assert tsa("ingest", folder).code == 0
        assert tsa("sessionize").code == 0

    once(request.param, build)
    answers = json.loads((folder / "answers.json").read_text())
    assert isinstance(answers, dict)
    return answers


def one(tsa: Tsa, sql: str) -> dict[str, object]:
    """The only row of a query."""
    rows = tsa("sql", sql, "--format", "json").data
    assert isinstance(rows, list)
    assert len(rows) == 1
    assert isinstance(rows[0], dict)
    return rows[0]


def pairs(tsa: Tsa, sql: str) -> dict[object, object]:
    """The rows of a query of two columns, as a mapping."""
    rows = tsa("sql", sql, "--format", "json").data
    assert isinstance(rows, list)
    return {row["k"]: row["n"] for row in rows}


def test_the_pipeline_answers_what_the_generator_knows(
    tsa: Tsa, truth: Mapping[str, object]
) -> None:
    lines = one(
        tsa,
        "select sum(read_count)::bigint as lines, sum(inserted_count)::bigint as unique_events,"
        " sum(duplicate_count)::bigint as duplicates, sum(rejected_count)::bigint as rejected"
        " from ingested_files",
    )
    assert lines == {
        "lines": truth["lines"], "unique_events": truth["unique_events"],
        "duplicates": truth["duplicates"], "rejected": 0,
    }  # fmt: skip
    by_type = "select event_type as k, count(*) as n from fact_events"
    assert pairs(tsa, f"{by_type} group by all") == truth["events_by_type"]
    assert pairs(tsa, f"{by_type} where not is_bot group by all") == truth["human_events_by_type"]
    visits = one(
        tsa,
        "select count(*) as sessions, count_if(is_conversion) as sessions_with_booking,"
        " max(duration_seconds) as longest, avg(page_views) as page_views from dim_sessions",
    )
    assert visits["sessions"] == truth["sessions"]
    assert visits["sessions_with_booking"] == truth["sessions_with_booking"]
    assert visits["longest"] == pytest.approx(truth["longest_session_seconds"], abs=1)
    assert visits["page_views"] == pytest.approx(truth["page_views_per_session"])
    people = one(
        tsa,
        "select count(*) as users, sum(total_bookings)::bigint as bookings,"
        " sum(lifetime_value)::double as revenue, count_if(total_bookings > 0) as booking_users,"
        " count_if(total_bookings > 1) as repeat_booking_users from dim_users",
    )
    assert people["revenue"] == pytest.approx(truth["revenue"])
    for name in ("users", "bookings", "booking_users", "repeat_booking_users"):
        assert people[name] == truth[name], name


def test_the_booking_funnel_counts_who_the_generator_sent_through_it(
    tsa: Tsa, truth: Mapping[str, object]
) -> None:
    data = tsa("funnel", "booking", "--format", "json").data
    assert isinstance(data, list)
    funnel = truth["funnel"]
    assert isinstance(funnel, dict)
    assert [step["count"] for step in data[0]["steps"]] == [s["count"] for s in funnel["steps"]]


def test_the_metrics_are_of_the_counts_that_the_generator_knows(
    tsa: Tsa, truth: Mapping[str, object]
) -> None:
    data = tsa("metrics", "--format", "json").data
    assert isinstance(data, list)
    by_type = truth["human_events_by_type"]
    assert isinstance(by_type, dict)
    found = {row["metric"]: (row["numerator"], row["denominator"]) for row in data}
    known = {
        "booking_conversion_rate": (truth["sessions_with_booking"], truth["sessions"]),
        "booking_conversion_rate_users": (truth["booking_users"], truth["users"]),
        "cart_abandonment_rate": (truth["bookings_abandoned"], truth["bookings_started"]),
        "pages_per_session": (by_type["page_viewed"], truth["sessions"]),
        "price_check_frequency": (by_type["price_checked"], truth["sessions"]),
        "return_visitor_rate": (truth["users_with_several_sessions"], truth["users_with_sessions"]),
        "multi_device_rate": (truth["users_with_several_devices"], truth["known_users"]),
    }
    assert {name: found[name] for name in known} == known
    [length] = [row["value"] for row in data if row["metric"] == "session_duration"]
    assert length == pytest.approx(truth["mean_session_seconds"])


def test_weekly_cohorts_return_as_the_generator_sent_them(
    tsa: Tsa, truth: Mapping[str, object]
) -> None:
    expected = truth["retention_weekly_any_event"]
    assert isinstance(expected, list)
    known = {row["cohort"]: row for row in expected}
    data = tsa("retention", "weekly", "--since", min(known), "--format", "json").data
    assert isinstance(data, dict)
    cohorts = {cohort["cohort"]: cohort for cohort in data["cohorts"]}
    assert list(cohorts) == sorted(known)
    for name, row in known.items():
        cohort = cohorts[name]
        size = min(len(cohort["returned"]), len(row["returned"]))
        assert cohort["size"] == row["size"], name
        assert cohort["returned"][:size] == row["returned"][:size], name
    assert sum(cohort["size"] for cohort in cohorts.values()) == truth["users"]


def test_the_sample_s_report_leaves_nobody_out(tsa: Tsa) -> None:
    assert tsa("ingest", SAMPLE).code == 0
    assert tsa("sessionize").code == 0
    ran = tsa("retention", "weekly", "--format", "json")
    assert ran.envelope["warnings"] == []
    data, answers = ran.data, json.loads((SAMPLE / "answers.json").read_text())
    assert isinstance(data, dict)
    assert sum(cohort["size"] for cohort in data["cohorts"]) == answers["users"]
    assert data["pooled"][-1]["rate"] is not None
