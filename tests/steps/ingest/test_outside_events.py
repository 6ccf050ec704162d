"""Events that a source says are out of any session belong to no visit."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.steps.histories import default_config
from tests.steps.ingest.conftest import Ingest, ingest_config
from tests.steps.ingest.source_files import Line
from tests.steps.ingest.test_sources import write
from tests.stored import table
from tsa_cli.steps import ingest, sessionize
from tsa_cli.store import Store

VISITS = "select user_id, events_count, start_time::varchar as start from dim_sessions order by all"
OUTSIDE = "select event_id from fact_events where session_id is null order by all"


def event(number: int, minute: int, session: int, device: str = "d1") -> Line:
    return {
        "uuid": f"e{number}", "event_type": "x", "device_id": device, "session_id": session,
        "event_time": f"2026-05-01 10:{minute:02}:00.000", "event_properties": {},
    }  # fmt: skip


def test_amplitudes_events_out_of_session_neither_open_nor_extend_a_visit(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    first = [event(1, 0, 7), event(2, 25, -1), event(3, 50, 8), event(4, 10, -1, device="d2")]
    later = [event(5, 59, -1), event(6, 55, 8)]
    for name, lines in (("a.jsonl", first), ("b.jsonl", later)):
        do_ingest(write(tmp_path / name, lines))
        sessionize.run(store, default_config())
    expected = [("d1", 1, "2026-05-01 10:00:00"), ("d1", 2, "2026-05-01 10:50:00")]
    for is_full in (False, True):
        sessionize.run(store, default_config(), is_full=is_full)
        assert [tuple(row.values()) for row in table(store, VISITS)] == expected
        assert [row["event_id"] for row in table(store, OUTSIDE)] == ["e2", "e4", "e5"]


AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0"


def segment(number: int, **told: object) -> Line:
    return {
        "type": "track", "messageId": f"m{number}", "userId": "u1", "event": "invoiced",
        "timestamp": f"2026-05-0{number}T10:00:00Z", **told,
    }  # fmt: skip


def mixpanel(number: int, **told: object) -> Line:
    known = {"distinct_id": "u1", "$user_id": "u1", "$insert_id": f"m{number}"}
    return {"event": "invoiced", "properties": {"time": 1777629600 + number, **known, **told}}


def posthog(number: int, **told: object) -> Line:
    return {
        "uuid": f"m{number}", "event": "invoiced", "distinct_id": "u1",
        "timestamp": f"2026-05-0{number}T10:00:00Z", "properties": {"$os": "Linux", **told},
    }  # fmt: skip


def snowplow(number: int, **told: object) -> Line:
    return {
        "event_id": f"m{number}", "event": "struct", "se_action": "invoiced", "v_etl": "x",
        "collector_tstamp": f"2026-05-0{number}T10:00:00Z", "network_userid": f"n{number}", **told,
    }  # fmt: skip


def of_library(name: str, **told: object) -> Line:
    return {"context": {"library": {"name": name}, **told}}


CALLS = {  # of a server alone, and lines that are in visits
    "segment": (
        [segment(1, channel="server"), segment(2, **of_library("@segment/analytics-node"))],
        [
            segment(3, channel="server", **of_library("analytics-ruby", userAgent=AGENT)),
            segment(4, channel="server", context={"page": {"url": "https://fix.example/"}}),
            segment(5, channel="server", anonymousId="a1"),
            segment(6, **of_library("analytics.js")),
            segment(7, type="page", name="Prices", **of_library("analytics-ruby")),
            segment(8, type="screen", name="Prices", **of_library("analytics-python")),
        ],
    ),
    "rudderstack": (
        [segment(1, channel="server", rudderId="r")],
        [
            segment(2, channel="server", rudderId="r", context={"sessionId": 17}),
            segment(3, channel="server", rudderId="r", type="page", name="Prices"),
        ],
    ),
    "mixpanel": (
        [mixpanel(1, mp_lib="python")],
        [
            mixpanel(2, mp_lib="web"),
            mixpanel(3, mp_lib="node", **{"$device_id": "d1"}),
            mixpanel(4, mp_lib="node", distinct_id="$device:d2"),
        ],
    ),
    "posthog": (
        [posthog(1, **{"$lib": "posthog-python"})],
        [
            posthog(2, **{"$lib": "posthog-node", "$current_url": "https://fix.example/"}),
            posthog(3, **{"$lib": "web"}),
            posthog(4, **{"$lib": "posthog-python", "$screen_name": "Prices"}),
        ],
    ),
    "snowplow": (
        [snowplow(1, platform="srv")],
        [snowplow(2, platform="srv", domain_userid="d1"), snowplow(3, platform="web")],
    ),
}


@pytest.mark.parametrize("source", CALLS)
def test_what_a_server_sends_of_its_own_is_in_no_visit(
    store: Store, do_ingest: Ingest, tmp_path: Path, source: str
) -> None:
    own, passed_on = CALLS[source]
    [report] = do_ingest(write(tmp_path / "x.jsonl", [*own, *passed_on])).files
    assert (report.source, report.inserted) == (source, len(own) + len(passed_on))
    sessionize.run(store, default_config())
    outside = [str(row["event_id"]) for row in table(store, OUTSIDE)]
    assert outside == [f"m{number + 1}" for number in range(len(own))]
    assert not table(store, "select * from dim_users where user_id = '(none)'")


def test_a_server_call_that_was_in_a_visit_before_comes_again_as_a_duplicate(
    store: Store, tmp_path: Path
) -> None:
    config, calls = ingest_config(), [segment(1, channel="server"), segment(2, channel="server")]
    before = config.sources["segment"].model_copy(update={"server_calls": None})
    old = replace(config, sources={**config.sources, "segment": before})
    ingest.run(store, old, [str(write(tmp_path / "x.jsonl", calls[:1]))], "run")
    [report] = ingest.run(store, config, [str(write(tmp_path / "y.jsonl", calls))], "run").files
    assert (report.duplicate, report.inserted, report.conflict) == (1, 1, 0)
