"""Each shipped mapping on a realistic file: recognised, canonical, and nothing lost."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.steps.ingest import source_files
from tests.steps.ingest.conftest import Ingest
from tests.steps.ingest.source_files import PAGE, Line, uuid
from tests.stored import table, worded
from tsa_cli.config.privacy import PrivacyConfig
from tsa_cli.steps.ingest.detect import detect, fits
from tsa_cli.store import Store

DAY = datetime(2026, 5, 1, 10)


def write(path: Path, lines: list[Line]) -> Path:
    """The lines as JSONL."""
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def rows(store: Store) -> list[dict[str, Any]]:
    """All stored rows by time, calls about people included; properties as objects."""
    found = worded(store, "event_ts")
    for row in found:
        row["properties"] = json.loads(row["properties"])
    return found


def traits(store: Store) -> set[tuple[object, ...]]:
    """(anonymous id, user id, key, clear value or nothing) of every stored trait."""
    return {
        (r["anonymous_id"], r["user_id"], r["key"], r["value"] if ":" not in r["value"] else None)
        for r in table(store, "select * from user_traits")
    }


def links(store: Store) -> set[tuple[object, ...]]:
    """(kind, anonymous id, user id) of every identity call."""
    found = table(store, "select * from identity_links")
    return {(r["kind"], r["anonymous_id"], r["user_id"]) for r in found}


@pytest.fixture
def load(store: Store, do_ingest: Ingest, tmp_path: Path) -> Any:
    """Ingest a source's file by auto; its rows."""

    def run(name: str) -> list[dict[str, Any]]:
        lines = source_files.FILES[name]()
        [report] = do_ingest(write(tmp_path / "x.jsonl", lines)).files
        assert (report.source, report.inserted) == (name, len(lines)), report
        return rows(store)

    return run


@pytest.mark.parametrize("name", source_files.FILES)
def test_each_file_is_recognised_and_taken_for_no_other(name: str) -> None:
    mappings = source_files.sources()
    documents = source_files.FILES[name]()
    found = detect("x", documents, mappings)
    assert found.name == name
    assert "100% of its first lines" in found.why
    rivals = {
        other
        for other, mapping in mappings.items()
        if other not in (name, "native") and all(fits(d, mapping.detect) for d in documents)
    }
    assert rivals <= {"segment"}, "only RudderStack's calls also fit another mapping"


def test_every_shipped_mapping_has_a_file_here() -> None:
    assert source_files.sources().keys() == source_files.FILES.keys()


def test_segment_calls_become_events_links_and_traits(store: Store, load: Any) -> None:
    page, track, screen, _, alias, group = load("segment")
    assert [page["event_type"], screen["event_type"]] == ["page_viewed", "screen_viewed"]
    assert (track["event_id"], track["event_type"], track["event_ts"]) == (
        "ajs-2",
        "Price_Checked",
        DAY.replace(second=2),
    )
    assert (track["user_id"], track["anonymous_id"], track["page_url"]) == ("u1", "a1", PAGE)
    assert (track["referrer_url"], track["ip_address"]) == (
        "https://www.google.com/",
        "203.0.113.0",
    )
    assert track["user_agent"] == source_files.UA
    assert track["properties"]["price"] == 129.5
    assert track["properties"]["parts"] == [1, {"a": None}]
    assert track["properties"]["sentAt"] == "2026-05-01T10:00:09.000Z"
    context = track["properties"]["context"]
    assert context["campaign"] == {"source": "newsletter", "medium": "email"}
    assert context.pop("consent") == {}
    assert context.keys() == {"locale", "page", "campaign", "library"}, "no address, agent, traits"
    assert page["properties"]["name"] == "Home"
    assert (alias["anonymous_id"], alias["user_id"]) == ("old-9", "u1")
    assert (group["event_type"], group["properties"]["name"]) == ("group_joined", "Acme")
    assert (group["properties"]["groupId"], group["properties"]["employees"]) == ("g7", 12)
    assert links(store) == {("identify", "a1", "u1"), ("alias", "old-9", "u1")}
    assert ("a1", "u1", "plan", "gold") in traits(store)
    assert not {t for t in traits(store) if t[2] in ("name", "employees")}, "those are the group's"
    assert "ann@example.com" not in json.dumps(rows(store), default=str)


def consents(store: Store) -> set[tuple[object, ...]]:
    """(purpose, granted) of all that was said."""
    found = table(store, "select distinct purpose, granted from consent_events")
    return {(r["purpose"], r["granted"]) for r in found}


def test_segments_consent_categories_are_purposes(store: Store, load: Any) -> None:
    load("segment")
    assert {("marketing", False), ("analytics", True), ("Chat", True)} <= consents(store)


def test_segment_calls_about_people_are_no_events(store: Store, load: Any) -> None:
    load("segment")
    names = [
        r["event_type"]
        for r in table(store, "select * from events join event_types using (event_code)")
    ]
    assert sorted(names) == ["Price_Checked", "group_joined", "page_viewed", "screen_viewed"]


def test_rudderstack_is_told_from_segment_and_empty_ids_are_absent(store: Store, load: Any) -> None:
    page, track, _ = load("rudderstack")
    assert (page["user_id"], page["anonymous_id"]) == (None, "r-anon")
    assert (page["event_ts"], page["client_session_id"]) == (DAY.replace(second=1), "1746093600123")
    assert (page["referrer_url"], page["ip_address"]) == (None, "198.51.100.0")
    assert track["properties"]["value"] == 100
    assert track["properties"]["rudderId"] == "r-anon-id"
    assert links(store) == {("identify", "r-anon", "u2")}
    assert ("r-anon", None, "city", "Berlin") in traits(store)


def check_ga4(store: Store, found: list[dict[str, Any]]) -> None:
    page, purchase = found
    assert (page["event_type"], page["event_ts"]) == ("page_viewed", DAY.replace(second=1))
    assert (page["user_id"], page["anonymous_id"]) == (None, "1026454.42711")
    assert (page["client_session_id"], page["page_url"]) == ("1746093600", PAGE)
    assert page["referrer_url"] == "https://www.google.com/"
    assert (purchase["event_type"], purchase["user_id"]) == ("purchase", "u3")
    told = purchase["properties"]
    assert (told["value"], told["currency"], told["ga_session_id"]) == (249.5, "USD", 1746093600)
    assert told["ecommerce"] == {"purchase_revenue": 249.5, "transaction_id": "T-1"}
    assert told["items"] == [{"item_id": "svc-1", "price": 249.5}]
    assert told["traffic_source"] == {"medium": "organic", "name": "(organic)", "source": "google"}
    assert told["device"]["web_info"] == {"browser": "Safari"}
    assert "event_params" not in told
    assert "user_properties" not in told
    assert {t[2:] for t in traits(store)} == {("segment", "vip"), ("visits", "7")}
    assert consents(store) == {("analytics", True), ("marketing", False)}


def devices(store: Store) -> list[tuple[object, ...]]:
    """(type, browser, system) of every agent, or of what stood for one."""
    found = table(store, "select * from user_agents order by agent_key")
    return [(r["device_type"], r["browser"], r["os"]) for r in found]


def test_ga4_rows_are_flattened_with_their_types(store: Store, load: Any) -> None:
    check_ga4(store, load("ga4"))
    assert devices(store) == [("mobile", "Safari", None)], "the export has no user agent"


def test_ga4_parquet_gives_the_same_rows(store: Store, do_ingest: Ingest, tmp_path: Path) -> None:
    lines = [_ga4_as_bigquery_types(line) for line in source_files.ga4()]
    pq.write_table(pa.Table.from_pylist(lines), tmp_path / "x.parquet")
    [report] = do_ingest(tmp_path / "x.parquet").files
    assert (report.source, report.inserted) == ("ga4", 2)
    check_ga4(store, rows(store))
    assert devices(store) == [("mobile", "Safari", None)]


def _ga4_as_bigquery_types(line: Line) -> Line:
    """Integers as integers, and every record with every field, as Parquet has them."""

    def typed(records: Any) -> list[Line]:
        return [
            {**r, "value": {**r["value"], "int_value": int(r["value"]["int_value"] or 0) or None}}
            for r in records
        ]

    changed = {
        "event_timestamp": int(str(line["event_timestamp"])),
        "event_params": typed(line["event_params"]),
        "user_properties": typed(line["user_properties"]),
        "ecommerce": line.get("ecommerce"),
    }
    return {**line, **changed}


def test_amplitude_ids_are_not_its_counters(store: Store, load: Any) -> None:
    page, price, _ = load("amplitude")
    assert (page["event_id"], page["event_type"]) == (uuid(11), "page_viewed")
    assert page["event_ts"] == DAY.replace(second=1, microsecond=250000)
    assert (page["anonymous_id"], page["referrer_url"]) == ("amp-dev", None)
    assert page["page_url"] == f"{PAGE}?utm_source=news", "its own page URL ends before the query"
    assert (price["event_type"], price["user_id"]) == ("PriceChecked", "u4")
    assert price["properties"]["price"] == 79
    assert price["properties"]["event_id"] == 12, "the counter is kept as a property"
    assert price["properties"]["$insert_id"] == "i2"
    assert links(store) == {("identify", "amp-dev", "u4")}
    assert ("amp-dev", "u4", "plan", "gold") in traits(store)


@pytest.mark.parametrize("source", ["mixpanel", "mixpanel_pipelines"])
def test_mixpanel_names_people_by_distinct_id_and_device(
    store: Store, load: Any, source: str
) -> None:
    page, price, _, alias = load(source)
    assert (page["event_id"], page["event_type"], page["page_url"]) == ("m1", "page_viewed", PAGE)
    assert (page["anonymous_id"], page["user_id"], page["referrer_url"]) == ("mx-dev", None, None)
    assert (price["user_id"], price["event_ts"]) == ("u5", DAY.replace(second=2))
    assert (price["properties"]["price"], price["properties"]["$os"]) == (99, "iOS")
    assert devices(store) == [("mobile", None, "iOS")]
    assert (alias["anonymous_id"], alias["user_id"]) == ("mx-old", "u5")
    assert links(store) == {("identify", "mx-dev", "u5"), ("alias", "mx-old", "u5")}


def test_posthog_properties_may_be_text(store: Store, load: Any) -> None:
    page, price, *_ = load("posthog")
    assert (page["event_type"], page["client_session_id"]) == ("page_viewed", "ph-s")
    assert (page["ip_address"], page["referrer_url"]) == ("203.0.113.0", None)
    assert (price["user_id"], price["anonymous_id"], price["page_url"]) == ("u6", "ph-dev", PAGE)
    assert price["properties"]["price"] == 89
    assert price["properties"]["team_id"] == 3
    assert "$set" not in price["properties"]
    assert links(store) == {
        ("identify", "ph-dev", "u6"),
        ("alias", "ph-other", "u6"),
        ("identify", "ph-dev", None),
    }, "a visitor who is not known has a distinct id, too, and it is nobody's name"
    assert {("ph-dev", "u6", "plan", "basic"), ("ph-dev", None, "theme", "dark")} <= traits(store)
    assert "eve@example.com" not in json.dumps(rows(store), default=str)


def check_snowplow(found: list[dict[str, Any]]) -> None:
    page, price, struct = found
    assert (page["event_id"], page["event_type"]) == (uuid(31), "page_viewed")
    assert (page["anonymous_id"], page["client_session_id"]) == ("sp-dom", uuid(70))
    assert (page["page_url"], page["ip_address"]) == (PAGE, "203.0.113.0")
    assert (price["event_type"], price["user_id"]) == ("price_checked", "u7")
    assert (price["properties"]["price"], price["properties"]["service_id"]) == (119, "svc-02")
    assert price["properties"]["br_viewwidth"] == 390
    assert (struct["event_type"], struct["properties"]["se_category"]) == (
        "quote_requested",
        "shop",
    )
    assert "tr_orderid" not in struct["properties"], "empty columns are absent"


def test_snowplow_json_is_read(load: Any) -> None:
    check_snowplow(load("snowplow"))


def test_snowplow_tsv_is_read_by_position(store: Store, do_ingest: Ingest, tmp_path: Path) -> None:
    columns = source_files.sources()["snowplow"].columns

    def cell(value: object) -> str:
        return json.dumps(value) if isinstance(value, dict) else str(value or "")

    lines = [
        "\t".join(cell(fact.get(c)) for c in columns) for fact in source_files.snowplow_facts()
    ]
    path = tmp_path / "run.tsv"
    path.write_text("\n".join(lines) + "\n")
    [report] = do_ingest(path).files
    assert (report.source, report.inserted) == ("snowplow", 3)
    check_snowplow(rows(store))


def test_rows_of_a_warehouse_are_the_events_that_were_sent(store: Store, load: Any) -> None:
    known, unknown = sorted(load("warehouse"), key=lambda row: str(row["event_id"]))
    assert (known["event_id"], known["event_type"]) == (uuid(51), "Price_Checked")
    assert (known["user_id"], known["anonymous_id"]) == ("u9", "w-anon")
    assert (known["event_ts"], known["client_session_id"]) == (
        DAY.replace(second=1),
        "1746093600123",
    )
    assert (known["page_url"], known["referrer_url"]) == (PAGE, None)
    assert (known["user_agent"], known["ip_address"]) == (source_files.UA, "198.51.100.0")
    assert (unknown["event_id"], unknown["ip_address"]) == ("ajs-next-1", "203.0.113.0")
    assert (unknown["properties"]["price"], unknown["properties"]["event"]) == (10, "price_checked")
    assert {t[2] for t in traits(store)} >= {"first_name", "phone"}
    told = json.dumps([known["properties"], unknown["properties"]])
    assert not [clear for clear in ("Ann", "555", ".100.9", ".113.9") if clear in told]


def test_rows_of_a_warehouses_pages_are_page_views(store: Store, load: Any) -> None:
    found = load("warehouse_pages")
    assert {row["event_id"] for row in found} == {uuid(61), uuid(62)}
    for row in found:
        assert (row["event_type"], row["page_url"]) == ("page_viewed", PAGE)
        assert (row["user_id"], row["anonymous_id"]) == ("u9", "w-anon")
        assert row["referrer_url"] == "https://www.google.com/"
        assert row["event_ts"] == DAY.replace(second=1)
    assert {row["properties"].get("name") for row in found} == {"Home", None}


def test_a_warehouses_people_are_no_events_by_their_names(
    do_ingest: Ingest, tmp_path: Path
) -> None:
    common = source_files.warehouse()[0]
    line: Line = {k: v for k, v in common.items() if k not in ("event", "event_text", "price")}
    [report] = do_ingest(write(tmp_path / "x.jsonl", [{**line, "name": "Ann"}])).files
    assert (report.status, report.inserted) == ("failed", 0)


def test_gtm_pushes_are_flat(store: Store, load: Any) -> None:
    start, page, price = load("gtm")
    assert (start["event_ts"], start["anonymous_id"]) == (DAY.replace(microsecond=500000), "9.9")
    assert (page["page_url"], page["event_ts"]) == (PAGE, DAY.replace(second=1))
    assert price["properties"] == {"service": "screen", "price": "129"}
    assert ("9.9", None, "segment", "new") in traits(store)


def test_the_trackers_post_body_is_native(load: Any) -> None:
    scroll, leave = load("native")
    assert (scroll["event_ts"], scroll["user_id"]) == (DAY.replace(second=1), "u8")
    assert (scroll["client_session_id"], scroll["properties"]) == ("s1", {"depth": 25})
    assert leave["properties"] == {"timeOnPage": 4000, "scrollDepth": 61.5}
    assert scroll["ip_address"] is None


def test_a_native_line_keeps_what_no_field_took(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    line: Line = {
        "event_id": "1",
        "messageId": "2",
        "event": "a",
        "timestamp": "2026-05-01T10:00:00Z",
        "anonymous_id": "anon",
        "device_id": "dev",
        "shop": {"id": 7},
        "price": 1,
        "context": {"os": "x"},
        "properties": {"price": 2, "n": [1]},
    }
    do_ingest(write(tmp_path / "x.jsonl", [line]))
    [row] = rows(store)
    assert (row["event_id"], row["anonymous_id"]) == ("1", "anon")
    assert row["properties"] == {
        "messageId": "2",
        "device_id": "dev",
        "shop": {"id": 7},
        "price": 2,
        "n": [1],
        "context": {"os": "x"},
    }


def test_an_absent_context_is_not_made_up(store: Store, do_ingest: Ingest, tmp_path: Path) -> None:
    line: Line = {
        "event": "a",
        "timestamp": "2026-05-01T10:00:00Z",
        "user_id": "u",
        "k": 1,
        "properties": {},
    }
    do_ingest(write(tmp_path / "x.jsonl", [line]))
    assert rows(store)[0]["properties"] == {"k": 1}


def test_a_list_of_params_with_a_key_twice_is_kept_as_it_is(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    line = source_files.ga4()[0]
    params = [{"key": "a", "value": {"string_value": text}} for text in ("x", "y")]
    do_ingest(write(tmp_path / "x.jsonl", [{**line, "event_params": params}]))
    assert rows(store)[0]["properties"]["event_params"] == params


def test_every_personal_key_leaves_the_properties_for_the_traits(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    policy = PrivacyConfig()
    names = sorted({*policy.pii, *(alias for k in policy.pii for alias in policy.trait_aliases[k])})
    people = {name: f"secret{n}000000@example.com" for n, name in enumerate(names)}
    lines: list[Line] = [
        {"event": "a", "timestamp": 1777629601, "user_id": "u", "properties": {"n": 1, **people}},
        {"event": "b", "timestamp": 1777629602, "user_id": "u", "n": 1, **people},
        {"event": "c", "timestamp": 1777629603, "user_id": "v", "properties": {"n": 1}},
    ]
    do_ingest(write(tmp_path / "x.jsonl", lines))
    assert [row["properties"] for row in rows(store)] == [{"n": 1}] * 3
    assert {t[2] for t in traits(store)} >= {*policy.pii}
    assert {t[1] for t in traits(store)} == {"u"}
