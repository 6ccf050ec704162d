"""One realistic file per source: the lines as its system writes them."""

from collections.abc import Mapping

from tsa_cli.config import open_catalog
from tsa_cli.config.sources import SourceConfig

UA = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile/15E148 Safari/604.1"
)
PAGE = "https://shop.example/services/iphone-screen"
Line = dict[str, object]


def uuid(number: int) -> str:
    """A lower-case UUID."""
    return f"00000000-0000-4000-8000-{number:012d}"


def segment() -> list[Line]:
    """All six calls of Segment's spec."""
    context = {
        "ip": "203.0.113.77",
        "userAgent": UA,
        "locale": "en-US",
        "page": {"url": PAGE, "referrer": "https://www.google.com/", "title": "Screen"},
        "campaign": {"source": "newsletter", "medium": "email"},
        "library": {"name": "analytics.js", "version": "4.1"},
        "traits": {"plan": "gold", "email": "ann@example.com"},
        "consent": {"categoryPreferences": {"Advertising": False, "Analytics": True, "Chat": True}},
    }
    common: Line = {"anonymousId": "a1", "context": context, "sentAt": "2026-05-01T10:00:09.000Z"}

    def call(number: int, kind: str, **fields: object) -> Line:
        return {
            **common,
            "type": kind,
            "messageId": f"ajs-{number}",
            "timestamp": f"2026-05-01T10:00:0{number}.000Z",
            **fields,
        }

    return [
        call(1, "page", name="Home", properties={"url": PAGE, "title": "Screen"}),
        call(
            2,
            "track",
            event="Price_Checked",
            userId="u1",
            properties={"price": 129.5, "parts": [1, {"a": None}]},
        ),
        call(3, "screen", name="Prices", properties={"variant": "b"}),
        call(4, "identify", userId="u1", traits={"email": "ann@example.com", "plan": "gold"}),
        call(5, "alias", userId="u1", previousId="old-9"),
        call(6, "group", userId="u1", groupId="g7", traits={"name": "Acme", "employees": 12}),
    ]


def rudderstack() -> list[Line]:
    """What RudderStack keeps in object storage."""
    context = {
        "ip": "198.51.100.9",
        "userAgent": UA,
        "sessionId": 1746093600123,
        "page": {"url": PAGE, "referrer": "$direct", "tab_url": PAGE},
        "library": {"name": "RudderLabs JavaScript SDK", "version": "3.1.0"},
        "traits": {"city": "Berlin"},
    }
    common: Line = {
        "anonymousId": "r-anon",
        "rudderId": "r-anon-id",
        "channel": "web",
        "context": context,
        "request_ip": "198.51.100.9",
        "integrations": {"All": True},
        "userId": "",
    }
    return [
        {
            **common,
            "type": "page",
            "messageId": uuid(1),
            "name": "Home",
            "properties": {"path": "/"},
            "originalTimestamp": "2026-05-01T10:00:01.000Z",
        },
        {
            **common,
            "type": "track",
            "messageId": uuid(2),
            "event": "QuoteRequested",
            "userId": "u2",
            "properties": {"value": 100},
            "timestamp": "2026-05-01T10:00:02.000Z",
        },
        {
            **common,
            "type": "identify",
            "messageId": uuid(3),
            "userId": "u2",
            "timestamp": "2026-05-01T10:00:03.000Z",
        },
    ]


def _param(key: str, **value: object) -> Line:
    kinds = dict.fromkeys(("string_value", "int_value", "float_value", "double_value"))
    return {"key": key, "value": {**kinds, **value}}


def ga4() -> list[Line]:
    """Rows of GA4's BigQuery export; its JSON writes integers as text."""
    common: Line = {
        "event_date": "20260501",
        "user_pseudo_id": "1026454.42711",
        "user_id": None,
        "event_bundle_sequence_id": "77",
        "event_dimensions": None,
        "items": [],
        "privacy_info": {
            "analytics_storage": "Yes",
            "ads_storage": "No",
            "uses_transient_token": "No",
        },
        "user_properties": [_param("segment", string_value="vip"), _param("visits", int_value="7")],
        "device": {
            "category": "mobile",
            "web_info": {"browser": "Safari", "browser_version": None},
        },
        "geo": {"country": "Germany", "city": "(not set)"},
        "traffic_source": {"medium": "organic", "name": "(organic)", "source": "google"},
        "stream_id": "2100",
        "platform": "WEB",
    }
    session = [
        _param("ga_session_id", int_value="1746093600"),
        _param("page_location", string_value=PAGE),
    ]
    return [
        {
            **common,
            "event_name": "page_view",
            "event_timestamp": "1777629601000000",
            "event_params": [
                *session,
                _param("page_referrer", string_value="https://www.google.com/"),
            ],
        },
        {
            **common,
            "event_name": "purchase",
            "event_timestamp": "1777629602000000",
            "user_id": "u3",
            "event_params": [
                *session,
                _param("value", double_value=249.5),
                _param("currency", string_value="USD"),
            ],
            "ecommerce": {"purchase_revenue": 249.5, "transaction_id": "T-1", "tax_value": None},
            "items": [{"item_id": "svc-1", "price": 249.5}],
        },
    ]


def amplitude() -> list[Line]:
    """Amplitude's raw export; its event_id is a counter."""
    common: Line = {
        "amplitude_id": 9001,
        "app": 1,
        "device_id": "amp-dev",
        "user_id": None,
        "event_id": 12,
        "ip_address": "203.0.113.5",
        "session_id": 1777629600000,
        "os_name": "ios",
        "data": {"path": "/x"},
        "user_properties": {"plan": "gold"},
        "server_upload_time": "2026-05-01 10:00:10.000000",
    }
    return [
        {
            **common,
            "uuid": uuid(11),
            "$insert_id": "i1",
            "event_type": "[Amplitude] Page Viewed",
            "event_time": "2026-05-01 10:00:01.250000",
            "event_properties": {
                "[Amplitude] Page Location": PAGE + "?utm_source=news",
                "[Amplitude] Page URL": PAGE,
                "referrer": "EMPTY",
            },
        },
        {
            **common,
            "uuid": uuid(12),
            "$insert_id": "i2",
            "event_type": "PriceChecked",
            "user_id": "u4",
            "event_time": "2026-05-01 10:00:02.000000",
            "event_properties": {"price": 79},
        },
        {
            **common,
            "uuid": uuid(13),
            "$insert_id": "i3",
            "event_type": "$identify",
            "user_id": "u4",
            "event_time": "2026-05-01 10:00:03.000000",
            "event_properties": {},
        },
    ]


def mixpanel() -> list[Line]:
    """Mixpanel's raw export: everything under properties, the time in seconds."""
    common: Line = {
        "$device_id": "mx-dev",
        "distinct_id": "$device:mx-dev",
        "$os": "iOS",
        "mp_lib": "web",
    }
    return [
        {
            "event": "$mp_web_page_view",
            "properties": {
                **common,
                "time": 1777629601,
                "$insert_id": "m1",
                "$current_url": PAGE,
                "$referrer": "$direct",
            },
        },
        {
            "event": "Price_Checked",
            "properties": {
                **common,
                "time": 1777629602,
                "$insert_id": "m2",
                "$user_id": "u5",
                "distinct_id": "u5",
                "price": 99,
            },
        },
        {
            "event": "$identify",
            "properties": {
                **common,
                "time": 1777629603,
                "$insert_id": "m3",
                "$identified_id": "u5",
                "$anon_id": "mx-dev",
            },
        },
        {
            "event": "$create_alias",
            "properties": {
                "time": 1777629604,
                "$insert_id": "m4",
                "distinct_id": "mx-old",
                "alias": "u5",
            },
        },
    ]


def mixpanel_pipelines() -> list[Line]:
    """The same as rows of its JSON pipelines: some properties are columns, and have other names."""
    columns = {"$device_id": "device_id", "$user_id": "user_id", "$insert_id": "insert_id"}
    columns |= {"distinct_id": "distinct_id", "time": "time"}
    rows: list[Line] = []
    for line in mixpanel():
        told = dict(line["properties"])  # type: ignore[call-overload]
        moved = {name: told.pop(key, None) for key, name in columns.items()}
        moved["time"] = f"2026-05-01 10:00:0{moved['time'] % 10} UTC"
        rows.append({**moved, "event_name": line["event"], "properties": told})
    return rows


def posthog() -> list[Line]:
    """PostHog's batch export, with properties as text in one line as older exports have them."""
    common = {
        "$device_id": "ph-dev",
        "$session_id": "ph-s",
        "$lib": "web",
        "$raw_user_agent": UA,
        "$ip": "203.0.113.8",
    }
    text = (
        '{"$device_id": "ph-dev", "$user_id": "u6", "$current_url": "' + PAGE + '", "price": 89,'
        ' "$set": {"email": "eve@example.com", "plan": "basic"}}'
    )
    rest: Line = {
        "team_id": 3,
        "elements_chain": "",
        "person_id": uuid(99),
        "person_properties": {"email": "eve@example.com"},
    }
    return [
        {
            **rest,
            "uuid": uuid(21),
            "event": "$pageview",
            "distinct_id": "ph-dev",
            "timestamp": "2026-05-01T10:00:01.000Z",
            "properties": {**common, "$current_url": PAGE, "$referrer": "$direct"},
        },
        {
            **rest,
            "uuid": uuid(22),
            "event": "PriceChecked",
            "distinct_id": "u6",
            "timestamp": "2026-05-01T10:00:02.000Z",
            "properties": text,
        },
        {
            **rest,
            "uuid": uuid(23),
            "event": "$identify",
            "distinct_id": "u6",
            "timestamp": "2026-05-01T10:00:03.000Z",
            "properties": {
                **common,
                "$anon_distinct_id": "ph-dev",
                "$set_once": {"first_seen": "2026"},
            },
        },
        {
            **rest,
            "uuid": uuid(24),
            "event": "$create_alias",
            "distinct_id": "u6",
            "timestamp": "2026-05-01T10:00:04.000Z",
            "properties": {"alias": "ph-other"},
        },
        {  # after a logout: the device, a new distinct id that names nobody, and what it is like
            **rest,
            "uuid": uuid(25),
            "event": "$set",
            "distinct_id": "ph-next",
            "timestamp": "2026-05-01T10:00:05.000Z",
            "properties": {**common, "$set": {"theme": "dark"}},
        },
    ]


def snowplow_facts() -> list[Line]:
    """Three enriched events by column name; absent columns are empty."""
    common: Line = {
        "app_id": "shop",
        "platform": "web",
        "etl_tstamp": "2026-05-01 10:05:00.000",
        "v_collector": "ssc-2.3",
        "user_ipaddress": "203.0.113.6",
        "domain_userid": "sp-dom",
        "network_userid": "sp-net",
        "domain_sessionid": uuid(70),
        "useragent": UA,
        "page_url": PAGE,
        "geo_country": "DE",
        "br_viewwidth": "390",
        "mkt_source": "google",
    }

    def fact(number: int, event: str, name: str, **columns: object) -> Line:
        moment = f"2026-05-01 10:00:0{number}.000"
        return {
            **common,
            "event_id": uuid(30 + number),
            "event": event,
            "event_name": name,
            "derived_tstamp": moment,
            "collector_tstamp": moment,
            **columns,
        }

    data = {"price": 119, "service_id": "svc-02"}
    spoken = {"schema": "iglu:com.shop/price_checked/jsonschema/1-0-0", "data": data}
    unstruct = {
        "schema": "iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-0",
        "data": spoken,
    }
    return [
        fact(1, "page_view", "page_view", page_referrer="https://www.google.com/"),
        fact(2, "unstruct", "price_checked", user_id="u7", unstruct_event=unstruct),
        fact(3, "struct", "event", se_category="shop", se_action="quote_requested", se_value="100"),
    ]


def snowplow_json() -> list[Line]:
    """The same by an analytics SDK: nulls are written, the self-describing part has a key."""
    lines = []
    for fact in snowplow_facts():
        line = {**dict.fromkeys(sources()["snowplow"].columns), **fact, "br_viewwidth": 390}
        unstruct = line.pop("unstruct_event", None)
        if isinstance(unstruct, dict):
            line["unstruct_event_com_shop_price_checked_1"] = unstruct["data"]["data"]
        lines.append(line)
    return lines


def gtm() -> list[Line]:
    """dataLayer pushes, each with the client's id and a time put beside it by the tag."""
    return [
        {"event": "gtm.js", "gtm.start": 1777629600500, "gtm.uniqueEventId": 1, "clientId": "9.9"},
        {
            "event": "pageview",
            "user": {"loggedIn": False, "segment": "new"},
            "gtm.uniqueEventId": 2,
            "clientId": "9.9",
            "timestamp": 1777629601000,
            "page_location": PAGE,
        },
        {
            "event": "Price_Checked",
            "service": "screen",
            "price": "129",
            "gtm.uniqueEventId": 3,
            "clientId": "9.9",
            "timestamp": 1777629602000,
        },
    ]


def tracker() -> list[Line]:
    """The PRD tracker's POST body (2.4.2): the time in ms."""
    return [
        {
            "event": "scroll_milestone",
            "properties": {"depth": 25},
            "timestamp": 1777629601000,
            "session_id": "s1",
            "user_id": "u8",
        },
        {
            "event": "exit_intent_detected",
            "properties": {"timeOnPage": 4000, "scrollDepth": 61.5},
            "timestamp": 1777629602000,
            "session_id": "s1",
            "user_id": "u8",
        },
    ]


def warehouse() -> list[Line]:
    """Rows of RudderStack's table of tracks, and of Segment's."""
    common: Line = {
        "anonymous_id": "w-anon",
        "event": "price_checked",
        "event_text": "Price_Checked",
        "context_library_name": "RudderLabs JavaScript SDK",
        "context_page_url": PAGE,
        "context_page_referrer": "$direct",
        "context_user_agent": UA,
        "context_traits_first_name": "Ann",
        "context_traits_phone": "+1 555 0100 200",
        "original_timestamp": "2026-05-01 10:00:01.100 UTC",
        "sent_at": "2026-05-01 10:00:01.200 UTC",
        "received_at": "2026-05-01 10:00:02.000 UTC",
        "timestamp": "2026-05-01 10:00:01.000 UTC",
        "price": 10,
    }
    return [
        {
            **common,
            "id": uuid(51),
            "user_id": "u9",
            "channel": "web",
            "context_session_id": 1746093600123,
            "context_request_ip": "198.51.100.9",
            "context_passed_ip": "198.51.100.9",
        },
        {**common, "id": "ajs-next-1", "user_id": None, "context_ip": "203.0.113.9"},
    ]


def sources() -> Mapping[str, SourceConfig]:
    """The mappings that are shipped."""
    return dict(open_catalog(None).entries(SourceConfig, "sources", []))


def warehouse_pages() -> list[Line]:
    """Rows of the table of page calls; one of a page that has no name."""
    common: Line = {
        **{k: v for k, v in warehouse()[0].items() if k not in ("event", "event_text", "price")},
        "url": PAGE,
        "path": "/services/iphone-screen",
        "referrer": "https://www.google.com/",
        "title": "Screen",
        "context_page_referrer": "https://www.google.com/",
    }
    return [{**common, "id": uuid(61), "name": "Home"}, {**common, "id": uuid(62), "name": None}]


FILES = {
    "segment": segment,
    "rudderstack": rudderstack,
    "ga4": ga4,
    "amplitude": amplitude,
    "mixpanel": mixpanel,
    "mixpanel_pipelines": mixpanel_pipelines,
    "posthog": posthog,
    "snowplow": snowplow_json,
    "gtm": gtm,
    "warehouse": warehouse,
    "warehouse_pages": warehouse_pages,
    "native": tracker,
}
