"""What exports do now and then, as their makers document it; each line is invented."""

import json
from pathlib import Path

import pytest

from tests.steps.histories import default_config
from tests.steps.ingest import source_files
from tests.steps.ingest.conftest import Ingest
from tests.steps.ingest.source_files import Line, uuid
from tests.steps.ingest.test_sources import consents, devices, links, rows, traits, write
from tests.stored import table
from tsa_cli.steps import sessionize
from tsa_cli.steps.ingest.detect import detect
from tsa_cli.store import Store

NOBODY = "00000000-0000-0000-0000-000000000000"


def test_snowplows_id_of_all_who_want_none_is_no_id(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    fact: Line = {**source_files.snowplow_json()[0], "domain_userid": None, "user_id": None}
    lines = [
        {**fact, "event_id": uuid(1), "network_userid": NOBODY},
        {**fact, "event_id": uuid(2), "network_userid": NOBODY, "domain_sessionid": None},
        {**fact, "event_id": uuid(3)},
    ]
    [report] = do_ingest(write(tmp_path / "x.jsonl", lines)).files
    assert (report.source, report.inserted, report.rejected) == ("snowplow", 2, 1)
    ids = {row["event_id"]: row["anonymous_id"] for row in rows(store)}
    assert ids == {uuid(1): uuid(70), uuid(3): "sp-net"}, "its session's, where it has one"


def test_a_snowplow_apps_ids_are_in_its_session_entity(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    entity = {"userId": "app-user", "sessionId": "app-session", "sessionIndex": 1}
    line: Line = {
        **source_files.snowplow_json()[0],
        "domain_userid": None,
        "domain_sessionid": None,
        "contexts_com_snowplowanalytics_snowplow_client_session_1": [entity],
    }
    do_ingest(write(tmp_path / "x.jsonl", [line]))
    [row] = rows(store)
    assert (row["anonymous_id"], row["client_session_id"]) == ("app-user", "app-session")


@pytest.mark.parametrize("channel", ["browser", "server", "mobile"])
def test_a_segment_call_is_segments_whatever_its_channel(
    channel: str, store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    lines: list[Line] = [{**line, "channel": channel} for line in source_files.segment()]
    assert detect("x", lines, source_files.sources()).name == "segment"
    do_ingest(write(tmp_path / "x.jsonl", lines))
    assert ("marketing", False) in consents(store)


def test_a_mixpanel_device_is_one_with_or_without_its_prefix(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    def line(number: int, event: str, **properties: object) -> Line:
        told = {"time": 1777629600 + number, "$insert_id": f"m{number}", **properties}
        return {"event": event, "properties": told}

    lines = [
        line(1, "a", **{"distinct_id": "$device:d1", "$device_id": "d1"}),
        line(2, "a", distinct_id="$device:d1"),
        line(3, "$identify", **{"distinct_id": "u1", "$anon_distinct_id": "$device:d1"}),
        line(4, "$create_alias", distinct_id="$device:d2", alias="u1"),
        line(5, "$merge", **{"distinct_id": "u1", "$distinct_ids": ["u1", "$device:d3"]}),
    ]
    do_ingest(write(tmp_path / "x.jsonl", lines))
    assert [row["anonymous_id"] for row in rows(store)[:2]] == ["d1", "d1"]
    assert links(store) == {("identify", "d1", "u1"), ("alias", "d2", "u1"), ("alias", "d3", "u1")}


def test_a_push_of_gtag_is_the_event_of_its_arguments(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    common: Line = {"gtm.uniqueEventId": 4, "clientId": "9.9", "timestamp": 1777629601000}
    lines = [
        {**common, "0": "event", "1": "begin_checkout", "2": {"value": 3, "items": [{"id": 1}]}},
        {**common, "0": "event", "1": "login"},
        {**common, "0": "config", "1": "G-1"},
    ]
    [report] = do_ingest(write(tmp_path / "x.jsonl", lines)).files
    assert (report.source, report.inserted, report.rejected) == ("gtm", 2, 1)
    assert {row["event_type"]: row["properties"] for row in rows(store)} == {
        "begin_checkout": {"value": 3, "items": [{"id": 1}]},
        "login": {},
    }


def test_who_a_self_describing_event_speaks_of_is_known_from_json_as_from_tsv(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    said = {"email": "ann@example.com", "phone_number": "+1 555 0100 200", "price": 5}
    page, price, _ = source_files.snowplow_json()
    line: Line = {**price, "unstruct_event_com_shop_price_checked_1": said}
    do_ingest(write(tmp_path / "x.jsonl", [page, line]))
    assert {t[1:3] for t in traits(store)} >= {("u7", "email"), ("u7", "phone")}
    assert rows(store)[1]["properties"].keys() >= {"price"}
    assert not {"email", "phone_number"} & rows(store)[1]["properties"].keys()


@pytest.mark.parametrize("name", ["$alias", "alias"])
@pytest.mark.parametrize("key", ["previous_id", "previousId", "anonymous_id"])
def test_an_alias_of_our_own_lines_links_two_ids(
    name: str, key: str, store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    fact: Line = {"timestamp": "2026-05-01T10:00:00Z", "user_id": "u1"}
    lines = [
        {**fact, "event": name, "event_id": "1", key: "old"},
        {**fact, "event": "x", "event_id": "2", "previous_id": "a booking's"},
    ]
    [report] = do_ingest(write(tmp_path / "x.jsonl", lines)).files
    assert (report.source, report.inserted) == ("native", 2)
    assert links(store) == {("alias", "old", "u1")}
    [event] = [row for row in rows(store) if row["event_id"] == "2"]
    assert (event["anonymous_id"], event["properties"]) == (None, {"previous_id": "a booking's"})


def test_the_previous_id_wins_over_the_device_that_an_alias_was_sent_from(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    line: Line = {
        "event": "$alias", "timestamp": "2026-05-01T10:00:00Z", "user_id": "u1",
        "previous_id": "old", "anonymous_id": "device",
    }  # fmt: skip
    do_ingest(write(tmp_path / "x.jsonl", [line]))
    assert links(store) == {("alias", "old", "u1")}


def test_the_hash_that_rudderstack_makes_of_two_ids_is_no_device(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    call: Line = {"type": "track", "event": "x", "rudderId": "hash", "channel": "server"}
    lines: list[Line] = [
        {**call, "messageId": "1", "userId": "u1", "timestamp": "2026-05-01T10:00:00Z"},
        {**call, "messageId": "2", "userId": "", "timestamp": "2026-05-01T10:00:01Z"},
    ]
    [report] = do_ingest(write(tmp_path / "x.jsonl", lines)).files
    assert (report.source, report.inserted, report.rejected) == ("rudderstack", 1, 1)
    [row] = rows(store)
    assert (row["user_id"], row["anonymous_id"]) == ("u1", None)
    assert row["properties"]["rudderId"] == "hash"


def test_what_an_order_in_the_data_layer_is_worth_is_a_property(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    order: Line = {"transaction_id": "T1", "value": 99.5, "currency": "EUR", "items": [{"id": 1}]}
    line: Line = {
        "event": "purchase", "gtm.uniqueEventId": 6, "clientId": "9.9",
        "timestamp": 1777629601000, "ecommerce": order,
    }  # fmt: skip
    [report] = do_ingest(write(tmp_path / "x.jsonl", [line])).files
    assert report.source == "gtm"
    assert rows(store)[0]["properties"] == order


def test_what_a_push_says_itself_goes_before_what_the_data_layer_has_of_an_order(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    order: Line = {"value": 99.5, "currency": "EUR", "time": 3, "email": "kim@shop.example"}
    line: Line = {
        "event": "quote_requested", "gtm.uniqueEventId": 6, "clientId": "9.9", "value": 20,
        "timestamp": 1777629601000, "eventModel": {"topic": "screen"}, "ecommerce": order,
    }  # fmt: skip
    do_ingest(write(tmp_path / "x.jsonl", [line, {**line, "value": None, "clientId": "9.8"}]))
    found = sorted((row["properties"] for row in rows(store)), key=lambda told: told["value"])
    told = {"currency": "EUR", "time": 3, "topic": "screen"}
    assert found == [{**told, "value": 20}, {**told, "value": 99.5}]


def test_whom_mixpanel_has_merged_a_device_into_is_who_it_is(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    def line(number: int, **properties: object) -> Line:
        told = {"time": 1777629600 + number, "$insert_id": f"m{number}", **properties}
        return {"event": "a", "properties": told}

    lines = [
        line(1, **{"$device_id": "d1", "distinct_id": "u1"}),  # before the login, told afterwards
        line(2, **{"$device_id": "d1", "distinct_id": "u1", "$user_id": "u1"}),
        line(3, **{"$device_id": "d2", "distinct_id": "$device:d2"}),
        line(4, **{"$device_id": "d3", "distinct_id": "d3"}),
        line(5, distinct_id="u1"),  # of a server
        line(6, **{"$device_id": "d4", "distinct_id": "d3", "$user_id": "u1"}),
        line(7, **{"distinct_id": "u1", "$user_id": "u1"}),  # of a server that says who it is
    ]
    do_ingest(write(tmp_path / "x.jsonl", lines))
    found = sorted((row["event_id"], row["anonymous_id"], row["user_id"]) for row in rows(store))
    assert found == [
        ("m1", "d1", "u1"), ("m2", "d1", "u1"), ("m3", "d2", None), ("m4", "d3", None),
        ("m5", "u1", None), ("m6", "d4", "u1"), ("m7", "u1", "u1"),
    ]  # fmt: skip


def test_what_posthog_says_of_a_group_is_no_event_of_a_person(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    group = {"$group_type": "company", "$group_key": "id:5", "$group_set": {"name": "Acme"}}
    line: Line = {"event": "$groupidentify", "timestamp": "2026-05-01T10:00:00Z"}
    lines: list[Line] = [
        {**line, "uuid": uuid(1), "distinct_id": "$company_id:5", "properties": group},
        {
            **line, "uuid": uuid(2), "distinct_id": "u1",
            "properties": {**group, "$device_id": "d1", "$user_id": "u1", "$set": {"a": 1}},
        },
    ]  # fmt: skip
    [report] = do_ingest(write(tmp_path / "x.jsonl", lines)).files
    assert (report.source, report.inserted, report.rejected) == ("posthog", 2, 0)
    sessionize.run(store, default_config())
    assert table(store, "select user_id from dim_users") == []
    assert not traits(store)


@pytest.mark.parametrize("key", ["set", "people_set", "people_set_once"])
def test_what_posthog_was_told_of_a_person_may_be_a_column_of_its_own(
    key: str, store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    line: Line = {
        "event": "x", "uuid": uuid(1), "distinct_id": "u1", "timestamp": "2026-05-01T10:00:00Z",
        "properties": '{"$device_id": "d1", "$user_id": "u1"}', key: '{"plan": "gold"}',
    }  # fmt: skip
    do_ingest(write(tmp_path / "x.jsonl", [line]))
    assert traits(store) == {("d1", "u1", "plan", "gold")}
    assert key not in rows(store)[0]["properties"]


@pytest.mark.parametrize("source", ["segment", "rudderstack"])
def test_a_referrer_may_stand_beside_the_page(
    source: str, store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    line: Line = {
        "type": "track", "event": "x", "messageId": "1", "anonymousId": "a",
        "timestamp": "2026-05-01T10:00:00Z",
        "context": {"referrer": {"type": "url", "url": "https://partner.example/x"}},
    }  # fmt: skip
    do_ingest(write(tmp_path / "x.jsonl", [line]), source=source)
    assert rows(store)[0]["referrer_url"] == "https://partner.example/x"


def entity(name: str, **data: object) -> Line:
    """A self-describing one, as Snowplow's TSV has it."""
    return {"schema": f"iglu:com.snowplowanalytics.snowplow/{name}/jsonschema/1-0-2", "data": data}


def test_a_snowplow_app_is_the_same_from_tsv_as_from_json(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    phone = {"osType": "ios", "deviceModel": "iPhone15,2"}
    told = [
        entity("client_session", userId="app-user", sessionId="app-session"),
        entity("mobile_context", **phone),
        entity("userPlan", plan="a"),
        entity("userPlan", plan="b"),
    ]
    fact: Line = {
        "platform": "mob", "event": "screen_view", "event_name": "screen_view",
        "collector_tstamp": "2026-05-01 10:00:00.000", "network_userid": "of-the-connection",
        "v_collector": "ssc-3",
    }  # fmt: skip
    line: Line = {
        **fact, "event_id": uuid(1),
        "contexts_com_snowplowanalytics_snowplow_client_session_1": [told[0]["data"]],
        "contexts_com_snowplowanalytics_snowplow_mobile_context_1": [phone],
        "contexts_com_snowplowanalytics_snowplow_user_plan_1": [{"plan": "a"}, {"plan": "b"}],
    }  # fmt: skip
    cells: Line = {**fact, "event_id": uuid(2), "contexts": json.dumps({"data": told})}
    odd = json.dumps({"data": [told[0], {"schema": "of my own", "data": {}}]})
    columns = source_files.sources()["snowplow"].columns
    tsv = tmp_path / "x.tsv"
    apart = {"contexts": json.dumps({"data": told[:3]})}
    apart |= {"derived_contexts": json.dumps({"data": told[3:]})}
    facts = [
        cells,
        {**cells, "event_id": uuid(3), "derived_contexts": odd},
        {**cells, "event_id": uuid(4), **apart},
    ]
    tsv.write_text("".join("\t".join(str(f.get(c, "")) for c in columns) + "\n" for f in facts))
    do_ingest(write(tmp_path / "x.jsonl", [line]), tsv)
    of_json, of_tsv, of_odd, of_two = sorted(rows(store), key=lambda row: str(row["event_id"]))
    assert (of_json["anonymous_id"], of_json["client_session_id"]) == ("app-user", "app-session")
    for name in sorted(of_json.keys() - {"event_id", "load_id"}):
        assert of_tsv[name] == of_json[name], name
    assert of_two["properties"] == of_tsv["properties"], "a schema may be in both lists"
    assert devices(store) == [("mobile", None, "iOS")]
    assert of_odd["properties"]["derived_contexts"] == json.loads(odd), "nothing is lost of it"


def test_what_ga4_collects_of_an_app_that_is_not_open_is_no_visit(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    unseen = ["notification_receive", "notification_dismiss", "os_update", "app_remove"]
    lines: list[Line] = [
        {
            **source_files.ga4()[0], "event_name": name, "platform": "ANDROID",
            "event_timestamp": str(1777629600000000 + 86_400_000_000 * day), "event_params": [],
        }
        for day, name in enumerate(["screen_view", *unseen])
    ]  # fmt: skip
    do_ingest(write(tmp_path / "x.jsonl", lines))
    sessionize.run(store, default_config())
    [visit] = table(store, "select events_count from dim_sessions")
    assert visit["events_count"] == 1
