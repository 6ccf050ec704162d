"""The tracking plan against a plain-Python oracle, and the default plan on the synthetic shop."""

import json
import random
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from tests.soak import soaked
from tests.steps.histories import default_config
from tests.steps.ingest.conftest import Ingest
from tests.steps.ingest.test_sources import table
from tsa_cli import lookups
from tsa_cli.config import open_catalog
from tsa_cli.config.events import EventsConfig
from tsa_cli.steps import sessionize
from tsa_cli.steps.ingest import plan as plan_step
from tsa_cli.steps.ingest.file_to_load import FileToLoad
from tsa_cli.store import Fragment, Store

PLAN = {
    "a": {
        "policy": "warn",
        "additional": "warn",
        "aliases": ["A", "Alpha"],
        "required": ["s", "n"],
        "properties": {
            "s": "string",
            "n": "number",
            "i": "integer",
            "b": "boolean",
            "t": "timestamp",
            "l": "array",
            "o": "object",
            "e": {"enum": ["x", 1, True, 2.5]},
            "odd/key~": "string",
        },
    },
    "free": {"policy": "allow", "required": ["s"], "properties": {"e": {"enum": ["x"]}}},
}
VALUES: tuple[Any, ...] = (
    None,
    "x",
    "",
    "y",
    1,
    2,
    -3,
    2.5,
    1.0,
    True,
    False,
    "true",
    "1",
    "2026-05-01",
    "2026-05-01T10:00:00Z",
    "2026-13-01",
    "yesterday",
    1777629601,
    "1777629601",
    [],
    [1],
    ["a", {}],
    "2.50",
    {},
    {"k": 1},
)


def plan_of(
    policy: str = "warn", additional: str = "warn", unplanned: str = "warn"
) -> EventsConfig:
    """The plan above with other policies for the event a."""
    events = {**PLAN, "a": {**PLAN["a"], "policy": policy, "additional": additional}}
    return EventsConfig.model_validate({"unplanned": unplanned, "events": events})


def random_events(seed: int, count: int = 400) -> list[dict[str, Any]]:
    """Events of the plan and others, with any value anywhere."""
    rng = random.Random(seed)
    keys = ["s", "n", "i", "b", "t", "l", "o", "e", "odd/key~", "other"]
    events = []
    for number in range(count):
        properties: dict[str, Any] = {"s": "x", "n": 1}
        for key in rng.sample(keys, rng.choice((0, 0, 1, 2))):
            properties[key] = rng.choice(VALUES)
        if rng.random() < 0.1:
            del properties["s"]
        name = rng.choice(("a", "a", "a", "A", "Alpha", "free", "unheard"))
        events.append(
            {
                "event_id": f"e{number}",
                "event": name,
                "user_id": "u",
                "timestamp": 1777629601 + number,
                "properties": properties,
            }
        )
    return events


def is_time(value: Any) -> bool:
    if isinstance(value, (bool, list, dict)):
        return False
    if isinstance(value, (int, float)) or (value.isdigit() and 9 <= len(value) <= 19):
        return True
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def fits(kind: Any, value: Any) -> bool:
    """The oracle of one property."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    match kind:
        case {"enum": _}:
            text = json.dumps(value) if isinstance(value, bool) else str(value)
            return not isinstance(value, (list, dict)) and text in (
                "x",
                "1",
                "1.0",
                "true",
                "2.5",
                "2.50",
            )
        case "string":
            return isinstance(value, str)
        case "number":
            return number
        case "integer":
            return number and float(value).is_integer()
        case "boolean":
            return isinstance(value, bool)
        case "timestamp":
            return is_time(value)
        case "array":
            return isinstance(value, list)
    return isinstance(value, dict)


def oracle(event: dict[str, Any]) -> set[tuple[str, str]]:
    """(violation, key) of one event under the plan above with `warn` everywhere."""
    name = "a" if event["event"] in ("A", "Alpha") else event["event"]
    if name == "unheard":
        return {("Unplanned-Event", "")}
    if name == "free":
        return set()
    rule = PLAN["a"]
    found = {
        ("Required-Missing", k) for k in rule["required"] if event["properties"].get(k) is None
    }
    for key, value in event["properties"].items():
        if value is None:
            continue
        kind = rule["properties"].get(key)
        if kind is None:
            found.add(("Additional-Properties", key))
        elif not fits(kind, value):
            found.add(("Unknown-Violation" if isinstance(kind, dict) else "Datatype-Mismatch", key))
    return found


def write(path: Path, events: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(event) + "\n" for event in events))
    return path


@pytest.mark.parametrize("seed", [*range(2), *soaked(range(2, 3))])
def test_every_violation_is_counted_as_the_oracle_counts(
    store: Store, do_ingest: Ingest, tmp_path: Path, seed: int
) -> None:
    events = random_events(seed)
    do_ingest(write(tmp_path / "x.jsonl", events), plan=plan_of())
    wanted: Counter[tuple[str, str, str]] = Counter()
    results: dict[str, list[int]] = {}
    for event in events:
        name = "a" if event["event"] in ("A", "Alpha") else event["event"]
        broken = oracle(event)
        wanted.update((name, *violation) for violation in broken)
        total = results.setdefault(name, [0, 0])
        total[0] += 1
        total[1] += bool(broken)
    found = {
        (r["event_type"], r["violation"], r["key"]): r["event_count"]
        for r in table(store, "from plan_violations")
    }
    assert found == dict(wanted)
    kept = {
        r["event_type"]: [r["total"], r["violating"]] for r in table(store, "from plan_results")
    }
    assert kept == results
    assert {violation for _, violation, _ in found} == {
        "Unplanned-Event",
        "Required-Missing",
        "Datatype-Mismatch",
        "Additional-Properties",
        "Unknown-Violation",
    }


REASONS = {
    "Unplanned-Event": "unplanned_event",
    "Required-Missing": "required_missing",
    "Datatype-Mismatch": "datatype_mismatch",
    "Unknown-Violation": "datatype_mismatch",
    "Additional-Properties": "additional_properties",
}


@pytest.mark.parametrize("seed", [*range(2), *soaked(range(2, 3))])
def test_a_quarantining_plan_keeps_out_exactly_what_breaks_it(
    store: Store, do_ingest: Ingest, tmp_path: Path, seed: int
) -> None:
    events = random_events(seed)
    [report] = do_ingest(
        write(tmp_path / "x.jsonl", events),
        plan=plan_of("quarantine", "quarantine", "quarantine"),
        tsa=_lenient(),
    ).files
    refused = {
        number: {REASONS[violation] for violation, _ in broken}
        for number, event in enumerate(events, start=1)
        if (broken := oracle(event))
    }
    found = table(store, "select line_number, reason from quarantined_events")
    assert {row["line_number"] for row in found} == refused.keys()
    assert all(row["reason"] in refused[row["line_number"]] for row in found)
    assert report.rejected == len(refused)
    [dropped] = table(store, "from plan_results where event_type = '(refused)'")
    assert (dropped["total"], dropped["violating"]) == (len(refused), len(refused))


def test_a_refusal_names_the_property_that_is_at_fault(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    sent: list[dict[str, Any]] = [
        {"s": "x"},
        {"s": None, "n": 1},
        {"s": "x", "n": 1, "odd/key~": 5},
        {"s": "x", "n": "7", "i": 1.5},
        {"s": "x", "n": 1, "e": "z"},
        {"s": "x", "n": 1, "t": "ann@x.org"},
    ]
    line = {"event": "Alpha", "timestamp": "2026-05-01T10:00:00Z", "user_id": "u"}
    path = write(tmp_path / "x.jsonl", [{**line, "properties": each} for each in sent])
    do_ingest(path, plan=plan_of("quarantine"), tsa=_lenient())
    found = table(store, "select reason, detail from quarantined_events order by line_number")
    requires, other = "is missing; the tracking plan requires it", "is of another type than the"
    assert [(row["reason"], row["detail"]) for row in found] == [
        ("required_missing", f"n {requires}"),
        ("required_missing", f"s {requires}"),
        ("datatype_mismatch", f"odd/key~ {other} tracking plan's string"),
        ("datatype_mismatch", f"n {other} tracking plan's number"),
        ("datatype_mismatch", "e is none of the values that the tracking plan lists"),
        ("datatype_mismatch", f"t {other} tracking plan's timestamp"),
    ]


@pytest.mark.parametrize("policy", ["warn", "quarantine"])
def test_a_key_that_leaves_as_personal_is_no_additional_property(
    store: Store, do_ingest: Ingest, tmp_path: Path, policy: str
) -> None:
    line = {"event": "lead", "timestamp": "2026-05-01T10:00:00Z", "user_id": "u"}
    sent: list[dict[str, Any]] = [
        {"form": "a", "e-mail": "ann@x.org"},
        {"form": "b", "Phone Number": "+49 170 1234567", "$FirstName": "Ann"},
        {"form": "c", "mail": {"address": "ann@x.org"}, "mobile": True},
        {"form": "d", "emails": "none"},  # no personal key: nobody planned it
    ]
    lead = {"additional": policy, "required": ["form"]}
    [report] = do_ingest(
        write(tmp_path / "x.jsonl", [{**line, "properties": each} for each in sent]),
        plan=EventsConfig.model_validate({"version": 1, "events": {"lead": lead}}),
        tsa=_lenient(),
    ).files
    assert (report.inserted, report.rejected) == ((4, 0) if policy == "warn" else (3, 1))
    found = table(store, "select key from plan_violations")
    assert found == ([{"key": "emails"}] if policy == "warn" else [])
    held = table(store, "select line_number, reason from quarantined_events")
    assert held == (
        [] if policy == "warn" else [{"line_number": 4, "reason": "additional_properties"}]
    )


def _lenient() -> Any:
    from tsa_cli.config.tsa import TsaConfig

    return TsaConfig(max_file_rejected=1.0)


TIMES: tuple[Any, ...] = (
    "2025-01-01t10:00:00z", "20250101T100000Z", "2025-01-01T10:00:00,5+0130", "1735725600.5",
    "1.7357256e9", "-1735725600", "1735725600", "1948-03-01", 1735725600.5, -86400,
)  # fmt: skip
NO_TIMES: tuple[Any, ...] = (
    "infinity", "-infinity", "epoch", "now", "2025-01-01T10:00:00+99:00", "2025-01-01T10:00+24:00",
    "-2025-01-01", "2025", "2025.5", "20250101", "12345678901234567890", 1e300,
    12345678901234567890, True,
)  # fmt: skip


def test_a_timestamp_has_the_forms_that_the_time_of_an_event_has(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    line = {"event": "a", "timestamp": "2026-05-01T10:00:00Z", "user_id": "u"}
    sent = [{**line, "properties": {"t": value, "n": n}} for n, value in enumerate(TIMES)]
    sent += [{**line, "properties": {"t": value, "no": n}} for n, value in enumerate(NO_TIMES)]
    planned = {"policy": "quarantine", "properties": {"t": "timestamp"}}
    do_ingest(
        write(tmp_path / "x.jsonl", sent),
        plan=EventsConfig.model_validate({"version": 1, "events": {"a": planned}}),
        tsa=_lenient(),
    )
    found = table(store, "select line_number from quarantined_events order by all")
    assert [row["line_number"] - 1 - len(TIMES) for row in found] == [*range(len(NO_TIMES))]


def test_the_four_counts_add_up(store: Store, do_ingest: Ingest, tmp_path: Path) -> None:
    events = random_events(9)
    config = plan_of(policy="quarantine", additional="allow")
    do_ingest(write(tmp_path / "x.jsonl", events), plan=config, tsa=_lenient())
    store.connection().execute("delete from plan_results; delete from plan_violations")
    stored = Fragment(
        "select load_id, event_type, properties, 1 as event_count"
        " from events join event_types using (event_code)"
    )
    counts = plan_step.record(
        store, config, 1, plan_step.Judge(config, lambda _: False).judged(store, stored)
    )
    by_kind = [
        {violation for violation, _ in oracle(event)} - {"Additional-Properties"}
        for event in events
    ]
    assert counts.total == len(events)
    assert counts.dropped == sum(bool(b - {"Unplanned-Event"}) for b in by_kind)
    assert counts.with_violations == sum(bool(b) for b in by_kind)
    assert counts.validated == counts.total - counts.dropped - sum(
        "Unplanned-Event" in b for b in by_kind
    )


def test_calls_about_people_are_not_judged(store: Store, do_ingest: Ingest, tmp_path: Path) -> None:
    line = {
        "type": "identify",
        "messageId": "1",
        "anonymousId": "a",
        "userId": "u",
        "timestamp": 1777629601,
    }
    do_ingest(write(tmp_path / "x.jsonl", [line]), plan=plan_of(unplanned="quarantine"))
    assert table(store, "from plan_results") == []


@pytest.mark.parametrize(
    "events",
    [{"a": {"aliases": ["b"]}, "b": {}}, {"a": {"aliases": ["x"]}, "b": {"aliases": ["x"]}}],
    ids=["an event's name", "another alias"],
)
def test_a_name_has_one_meaning(events: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="is an alias of"):
        EventsConfig.model_validate({"events": events})


def default_plan() -> EventsConfig:
    return open_catalog(None).load(EventsConfig, "events.yaml")


def test_the_default_plan_knows_every_name_of_the_prd() -> None:
    schema = [
        "page_viewed",
        "page_scrolled",
        "service_viewed",
        "price_checked",
        "availability_checked",
        "booking_started",
        "booking_step_completed",
        "booking_abandoned",
        "booking_completed",
        "search_performed",
        "filter_applied",
        "comparison_made",
        "review_read",
        "contact_info_submitted",
        "quote_requested",
        "exit_intent_shown",
        "mouse_leave_viewport",
        "service_booked",
        "price_checked_multiple_times",
        "high_engagement_no_conversion",
    ]
    aliases = {
        "Price_Checked": "price_checked",
        "PriceChecked": "price_checked",
        "Visit_Price_Check_Page": "price_checked",
        "View_Service_Details": "service_viewed",
        "Add_Service_to_Cart": "booking_started",
        "QuoteRequested": "quote_requested",
        "Complete_Booking": "booking_completed",
        "exit_intent_detected": "exit_intent_shown",
        "scroll_milestone": "page_scrolled",
        "pageview": "page_viewed",
        "page_view": "page_viewed",
    }
    plan = default_plan()
    assert not set(schema) - plan.events.keys()
    assert aliases.items() <= plan.canonical_names().items()
    assert {derived.name for derived in plan.derived} == {
        "booking_abandoned",
        "price_checked_multiple_times",
        "high_engagement_no_conversion",
    }


def test_the_synthetic_shop_keeps_the_default_plan(store: Store, do_ingest: Ingest) -> None:
    sample = Path(__file__).parents[3] / "sample_data" / "events.jsonl"
    [report] = do_ingest(sample, plan=default_plan()).files
    [counts] = table(
        store, "select sum(total)::bigint as t, sum(violating)::bigint as v from plan_results"
    )
    assert counts["t"] == report.inserted > 5000
    assert 1 - counts["v"] / counts["t"] > 0.98
    assert table(store, "from plan_violations where violation <> 'Unplanned-Event'") == []


def test_an_alias_is_stored_under_the_name_of_the_plan(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    names = ["Price_Checked", "pageview", "Complete_Booking", "unheard"]
    events = [
        {"event": name, "user_id": "u", "timestamp": 1777629601 + n} for n, name in enumerate(names)
    ]
    do_ingest(write(tmp_path / "x.jsonl", events), plan=default_plan())
    found = [
        row["event_type"]
        for row in table(
            store,
            "select event_type from events join event_types using (event_code) order by event_ts",
        )
    ]
    assert found == ["price_checked", "page_viewed", "booking_completed", "unheard"]


@pytest.mark.parametrize("batch_rows", [2, 1000], ids=["large", "small"])
def test_what_was_stored_before_the_plan_refused_it_is_no_new_line(
    store: Store,
    do_ingest: Ingest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    batch_rows: int,
) -> None:
    monkeypatch.setattr(FileToLoad, "batch_rows", batch_rows)
    given = [
        {"event_id": str(n), "event": "a", "user_id": "u", "timestamp": 1777629601 + n, "n": n}
        for n in range(4)
    ]
    do_ingest(write(tmp_path / "x.jsonl", given))
    strict = EventsConfig.model_validate({"events": {"b": {}}, "unplanned": "quarantine"})
    twice = {**given[0], "event_id": "twice"}
    given += [{**given[1], "n": 9}, twice, twice, {**twice, "event": "b"}, {**twice, "event": "b"}]
    [again] = do_ingest(write(tmp_path / "x.jsonl", given), plan=strict).files
    assert (again.read, again.inserted, again.duplicate, again.conflict) == (9, 1, 5, 1)
    reasons = table(store, "select line_number, reason from quarantined_events order by all")
    assert [tuple(row.values()) for row in reasons] == [
        (5, "id_conflict"), (6, "unplanned_event"), (7, "unplanned_event"),
    ]  # fmt: skip
    assert len(table(store, "from events")) == 5


def test_a_refused_line_is_kept_where_the_last_line_has_no_end(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    """The engine answered with the last row first, more often than not, but not each time."""
    rule = {"policy": "quarantine", "required": ["n"], "properties": {"n": "integer"}}
    strict = EventsConfig.model_validate({"events": {"b": rule}})
    for number in range(12):
        same = {"event": "b", "user_id": "u", "timestamp": 1777629601}
        keys = ["n", "n", "other", "n"]
        lines = [{"event_id": f"{number}-{n}", **same, key: 1} for n, key in enumerate(keys)]
        place = write(tmp_path / f"{number}.jsonl", lines)
        place.write_bytes(place.read_bytes().rstrip())
        do_ingest(place, plan=strict)
    held = table(store, "select line_number, raw from quarantined_events")
    assert [(row["line_number"], '"other"' in row["raw"]) for row in held] == [(3, True)] * 12


@pytest.mark.parametrize("others", [[], ["b", "B2"], *soaked([["b"], ["B2"]])])
def test_a_name_that_became_an_alias_later_is_renamed_in_the_store(
    store: Store, do_ingest: Ingest, tmp_path: Path, others: list[str]
) -> None:
    events = [
        {"event": name, "user_id": "u", "timestamp": 1777629601 + n}
        for n, name in enumerate(["a", "B1", *others, "B1"])
    ]
    path = write(tmp_path / "x.jsonl", events)
    do_ingest(path)
    sessionize.run(store, default_config())
    places = table(store, "select event_seq, event_ts from events")
    plan = EventsConfig.model_validate({"events": {"b": {"aliases": ["B1", "B2"]}}})
    [again] = do_ingest(path, plan=plan, is_forced=True).files
    assert (again.read, again.duplicate) == (len(events), len(events))
    assert [name["event_type"] for name in table(store, "from event_types")].count("b") == 1
    joined = "join event_types using (event_code) group by event_type order by all"
    for events_table in ("events", "core", "core_by_type"):  # reports see it at once, too
        found = table(store, f"select event_type, count(*) as n from {events_table} {joined}")
        assert [(row["event_type"], row["n"]) for row in found] == [
            ("a", 1),
            ("b", len(others) + 2),
        ]
    assert table(store, "select event_seq, event_ts from events") == places
    assert sessionize.run(store, default_config()).mode == "full"
    assert lookups.rename_events(store, plan.canonical_names()) == 0
