"""A campaign that a source tells beside the page's URL gives the visit its channel."""

import json
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.steps.histories import default_config
from tests.steps.ingest.conftest import Ingest, ingest_config
from tests.steps.ingest.source_files import Line
from tests.steps.ingest.test_sources import write
from tests.stored import table
from tsa_cli.config.journeys import JourneyConfig
from tsa_cli.config.sources import ToldCampaign
from tsa_cli.steps import ingest, journey, sessionize
from tsa_cli.store import Store

NOON = "2026-05-01T12:00:00Z"
SHOP = "https://shop.example/"
TAGGED = SHOP + "?utm_source=google&utm_medium=cpc"
GOOGLE = "https://www.google.com/"
Visit = tuple[Any, ...]


def segment(url: str | None = SHOP, referrer: str | None = None, **campaign: str) -> Line:
    page = {"url": url, "referrer": referrer}
    return {
        "type": "track", "event": "x", "messageId": "m1", "anonymousId": "a", "timestamp": NOON,
        "context": {"campaign": campaign, "page": page},
    }  # fmt: skip


def warehouse(**columns: str) -> Line:
    return {
        "id": "w1", "event": "x", "event_text": "x", "received_at": NOON, "anonymous_id": "a",
        "original_timestamp": NOON, "context_page_url": SHOP, **columns,
    }  # fmt: skip


def ga4(params: dict[str, str], **columns: object) -> Line:
    values = {"page_location": SHOP, **params}
    told = [{"key": key, "value": {"string_value": value}} for key, value in values.items()]
    return {
        "event_name": "page_view", "event_timestamp": 1777636800000000, "user_pseudo_id": "a",
        "event_params": told, **columns,
    }  # fmt: skip


def snowplow(**columns: str) -> Line:
    return {
        "event_id": "e1", "collector_tstamp": "2026-05-01 12:00:00.000", "v_collector": "c",
        "event": "page_view", "event_name": "page_view", "domain_userid": "a", "page_url": SHOP,
        **columns,
    }  # fmt: skip


def amplitude(event: dict[str, str], user: dict[str, str]) -> Line:
    return {
        "uuid": "u1", "event_type": "x", "event_time": "2026-05-01 12:00:00.000", "device_id": "a",
        "event_properties": {"[Amplitude] Page Location": SHOP, **event}, "user_properties": user,
    }  # fmt: skip


def mixpanel(referrer: str, **properties: str) -> Line:
    told = {"time": 1777636800, "$device_id": "a", "$insert_id": "i1", "$current_url": SHOP}
    return {"event": "x", "properties": {**told, "$referrer": referrer, **properties}}


def posthog(referrer: str, **properties: str) -> Line:
    told = {"$device_id": "a", "$current_url": SHOP, "$referrer": referrer, **properties}
    return {
        "uuid": "p1", "event": "$pageview", "distinct_id": "a", "timestamp": NOON,
        "properties": told,
    }  # fmt: skip


def native(**keys: object) -> Line:
    return {"event": "x", "event_id": "n1", "timestamp": NOON, "user_id": "a", **keys}


MAIL = {"source": "newsletter", "medium": "email", "name": "May"}
UTM = {"utm_source": "newsletter", "utm_medium": "email", "utm_campaign": "May"}
BY_MAIL = ("Email", "newsletter", "email", "May")
BY_GOOGLE = ("Organic Search", None, None, None)
NOT_SAID = ("Direct", None, None, None)
SENT: dict[str, tuple[Line, Visit]] = {
    "segment": (segment(**MAIL), BY_MAIL),
    "segment, with a referrer": (segment(referrer=GOOGLE, **MAIL), BY_MAIL),
    "segment, without a page": (segment(url=None, **MAIL), BY_MAIL),
    "segment, of a tagged URL": (
        segment(TAGGED, **MAIL), ("Paid Search", "google", "cpc", None)
    ),
    "segment, of a URL with a click id": (
        segment(SHOP + "?gclid=1", name="cross-network"),
        ("Cross-network", None, None, "cross-network"),
    ),
    "segment, nothing": (segment(), NOT_SAID),
    "segment, odd signs": (
        segment(source="a b&utm_medium=c;+é", medium="sms"),
        ("SMS", "a b&utm_medium=c;+é", "sms", None),
    ),
    "rudderstack": ({**segment(**MAIL), "channel": "web"}, BY_MAIL),
    "warehouse": (
        warehouse(
            context_campaign_source="newsletter", context_campaign_medium="email",
            context_campaign_name="May",
        ),
        BY_MAIL,
    ),
    "ga4, collected": (
        ga4(
            {},
            collected_traffic_source={
                "manual_source": "newsletter", "manual_medium": "email",
                "manual_campaign_name": "May",
            },
        ),
        BY_MAIL,
    ),
    "ga4, parameters": (
        ga4({"source": "newsletter", "medium": "email", "campaign": "May"}), BY_MAIL
    ),
    "ga4, a click": (
        ga4({}, collected_traffic_source={"gclid": "x"}), ("Paid Search", None, None, None)
    ),
    "ga4, direct": (
        ga4({"source": "(direct)", "medium": "(none)", "campaign": "(direct)"}), NOT_SAID
    ),
    "ga4, the user's first": (
        ga4({}, traffic_source={"source": "newsletter", "medium": "email"}), NOT_SAID
    ),
    "snowplow": (
        snowplow(mkt_source="newsletter", mkt_medium="email", mkt_campaign="May"), BY_MAIL
    ),
    "amplitude, the event's": (amplitude({**UTM, "referrer": GOOGLE}, {}), BY_MAIL),
    "amplitude, the user's": (amplitude({}, UTM), BY_MAIL),
    "amplitude, none": (amplitude({}, {"utm_source": "EMPTY", "gclid": "EMPTY"}), NOT_SAID),
    "mixpanel": (mixpanel("$direct", **UTM), BY_MAIL),
    "mixpanel, of an earlier visit": (mixpanel(GOOGLE, **UTM), BY_GOOGLE),
    "posthog": (posthog("$direct", **UTM), BY_MAIL),
    "posthog, of an earlier visit": (posthog(GOOGLE, **UTM), BY_GOOGLE),
    "posthog, of the visit": (
        posthog(GOOGLE, **{f"$session_entry_{key}": value for key, value in UTM.items()}), BY_MAIL
    ),
    "native, beside": (native(page_url=SHOP, **UTM), BY_MAIL),
    "native, in the properties": (native(properties=UTM), BY_MAIL),
    "native, in the context": (native(context={"campaign": MAIL}), BY_MAIL),
}  # fmt: skip


def visits(store: Store, columns: str = "channel, utm_source, utm_medium, utm_campaign") -> Any:
    sessionize.run(store, default_config())
    return [tuple(row.values()) for row in table(store, f"select {columns} from dim_sessions")]


def test_a_campaign_beside_the_url_is_the_visits(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    lines: dict[str, list[str]] = {}
    for number, (case, (line, _)) in enumerate(SENT.items()):  # each of another person
        text = re.sub(r'"([amweuipn])1?"', rf'"\g<1>{number:02d}"', json.dumps(line))
        lines.setdefault(case.partition(",")[0], []).append(text + "\n")
    paths = [tmp_path / f"{source}.jsonl" for source in sorted(lines)]
    for path in paths:
        path.write_text("".join(lines[path.stem]))
    reports = do_ingest(*paths).files
    assert [(r.source, r.inserted) for r in reports] == [
        (source, len(lines[source])) for source in sorted(lines)
    ]
    found = visits(store, "user_id, channel, utm_source, utm_medium, utm_campaign")
    assert dict(zip(SENT, (visit for _, *visit in sorted(found)), strict=True)) == {
        case: [*visit] for case, (_, visit) in SENT.items()
    }


def test_the_page_is_stored_as_sent(store: Store, do_ingest: Ingest, tmp_path: Path) -> None:
    first = segment(url=None, **MAIL)
    second = {**segment(SHOP + "b"), "messageId": "m2", "timestamp": "2026-05-01T12:01:00Z"}
    third = {**segment(url=None, **MAIL), "messageId": "m3", "timestamp": "2026-05-01T12:02:00Z"}
    do_ingest(write(tmp_path / "x.jsonl", [first, second, third]))
    assert visits(store, "entry_page, exit_page, channel") == [(SHOP + "b", SHOP + "b", "Email")]
    pages = table(store, "select page_url from fact_events order by event_id")
    assert [row["page_url"] for row in pages] == [None, SHOP + "b", None]
    report = journey.run(store, "x", JourneyConfig(max_steps=3), as_of=datetime(2026, 6, 1))
    assert [(path.path, path.sessions) for path in report.paths] == [(["/b"], 1)]


def test_a_line_with_a_campaign_that_comes_again_is_a_duplicate(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    lines: list[Line] = [segment(**MAIL), {**segment(url=None, **MAIL), "messageId": "m2"}]
    do_ingest(write(tmp_path / "x.jsonl", lines))
    other = {**segment(url=None, **{**MAIL, "source": "other"}), "messageId": "m2"}
    [report] = do_ingest(write(tmp_path / "y.jsonl", [*lines, other])).files
    assert (report.duplicate, report.conflict, report.inserted) == (2, 1, 0)


def test_another_campaign_that_no_property_has_is_another_content(
    do_ingest: Ingest, tmp_path: Path
) -> None:
    do_ingest(write(tmp_path / "x.jsonl", [amplitude({}, UTM)]))
    lines = [amplitude({}, UTM), amplitude({}, {**UTM, "utm_source": "other"})]
    [report] = do_ingest(write(tmp_path / "y.jsonl", lines)).files
    assert (report.duplicate, report.conflict, report.inserted) == (1, 1, 0)


def test_a_line_stored_before_its_campaign_was_read_is_no_other_line(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    lines: list[Line] = [segment(**MAIL), {**segment(url=None, **MAIL), "messageId": "m2"}]
    path = write(tmp_path / "x.jsonl", lines)
    config = ingest_config()
    older = config.sources["segment"].model_copy(update={"campaign": ToldCampaign()})
    ingest.run(store, replace(config, sources={"segment": older}), [str(path)], "run")
    assert not table(store, "from pages where told_campaign is not null")
    [report] = do_ingest(path, is_forced=True).files
    assert (report.duplicate, report.conflict, report.inserted) == (2, 0, 0)


def test_personal_values_in_a_campaign_are_redacted(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    line = segment(SHOP + "?email=bob", source="ann@example.com", medium="email")
    do_ingest(write(tmp_path / "x.jsonl", [line]))
    [page] = table(store, "select page_url, utm_source, utm_medium, told_campaign from pages")
    assert page["page_url"] == SHOP + "?email=(redacted)"
    assert (page["utm_source"], page["utm_medium"]) == ("(redacted)", "email")
    assert "ann" not in json.dumps(table(store, "from pages") + table(store, "from campaigns"))
