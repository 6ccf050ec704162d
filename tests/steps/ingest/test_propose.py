"""A file that fits no mapping: the proposed mapping loads it, and shows nobody's values."""

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.steps.ingest.conftest import Ingest, ingest_config
from tests.steps.ingest.test_sources import rows
from tsa_cli.config import load_file
from tsa_cli.config.events import EventsConfig
from tsa_cli.config.privacy import PrivacyConfig
from tsa_cli.config.sources import SourceConfig
from tsa_cli.errors import ConfigError
from tsa_cli.steps import ingest
from tsa_cli.steps.ingest.paths import pointer
from tsa_cli.steps.ingest.profile import masked, profiles
from tsa_cli.steps.ingest.propose import propose
from tsa_cli.store import Store


def unknown_lines(count: int = 60) -> list[dict[str, Any]]:
    """Lines of a home-made tracker."""
    rng = random.Random(2)
    lines = []
    for number in range(count):
        name = ("viewed", "bought: now")[number % 2]
        payload: dict[str, Any] = {
            "sku": f"SKU-{number:05d}",
            "price": rng.choice((9, 9.5)),
            "odd key #1": "x",
        }
        if name == "viewed":
            payload |= {"mixed": rng.choice((1, "one")), "since": "2026-01-01T00:00:00Z"}
        lines.append(
            {
                "guid": f"g-{number}",
                "action": name,
                "occurred_at": 1777629601000 + number,
                "who": {"customer_no": 4000 + number % 7},
                "client": {
                    "cookie_id": f"c{number % 9}",
                    "addr": "203.0.113.9",
                    "agent": "Mozilla/5.0 (X11)",
                },
                "where": {"url": "https://shop.example/p/1", "referrer": "https://www.google.com/"},
                "payload": payload,
                "profile": {"mail": "ann.lee@example.com"},
                "a.b": {"c/d": 1},
                "dev": True,
            }
        )
    return lines


def test_the_proposed_mapping_reads_the_file(store: Store, tmp_path: Path) -> None:
    lines = unknown_lines()
    proposal = propose("homemade", lines)
    path = tmp_path / "homemade.yaml"
    path.write_text(proposal.mapping)
    mapping = load_file(SourceConfig, path)
    assert mapping.fields == {
        "timestamp": ["occurred_at"],
        "event": ["action"],
        "user_id": ["who.customer_no"],
        "anonymous_id": ["client.cookie_id"],
        "event_id": ["guid"],
        "referrer_url": ["where.referrer"],
        "page_url": ["where.url"],
        "user_agent": ["client.agent"],
        "ip": ["client.addr"],
    }
    assert (mapping.properties, mapping.traits) == (["payload"], ["profile"])
    events = tmp_path / "x.jsonl"
    events.write_text("".join(json.dumps(line) + "\n" for line in lines))
    config = replace(ingest_config(), source="homemade", sources={"homemade": mapping})
    [report] = ingest.run(store, config, [str(events)], "run").files
    assert (report.inserted, report.rejected) == (len(lines), 0)
    row = rows(store)[0]
    assert (row["event_type"], row["user_id"], row["anonymous_id"]) == ("viewed", "4000", "c0")
    assert row["properties"]["sku"] == "SKU-00000"
    assert row["properties"]["a.b"] == {"c/d": 1}
    assert "client" in row["properties"]
    assert "ann.lee" not in json.dumps(rows(store), default=str)
    assert "203.0.113.9" not in json.dumps(rows(store), default=str)


def test_the_proposed_plan_has_types_and_what_is_always_there(tmp_path: Path) -> None:
    path = tmp_path / "events.yaml"
    path.write_text(propose("homemade", unknown_lines()).plan)
    plan = load_file(EventsConfig, path)
    viewed, bought = plan.events["viewed"], plan.events["bought: now"]
    assert viewed.properties["sku"] == "string"
    assert viewed.properties["price"] == "number"
    assert viewed.properties["since"] == "timestamp"
    assert "mixed" not in viewed.properties
    assert {"sku", "price", "odd key #1", "since"} <= set(viewed.required)
    assert "since" not in bought.properties


def test_events_that_the_plan_knows_are_not_proposed_again() -> None:
    known = EventsConfig.model_validate(
        {"events": {"viewed": {}, "x": {"aliases": ["bought: now"]}}}
    )
    assert yaml.safe_load(propose("homemade", unknown_lines(), known).plan)["events"] == {}


def test_no_value_is_shown() -> None:
    proposal = propose("homemade", unknown_lines())
    for secret in ("ann", "lee@", "example.com", "203.0.113", "4000", "SKU-0", "shop.example"):
        assert secret not in proposal.mapping + proposal.plan
    assert "xxx.xxx@xxxxxxx.xxx" in proposal.mapping
    assert masked("Zoë 12-é") == "xxx 99-x"


def test_null_rates_are_those_of_the_sample() -> None:
    found = {p.path: p for p in profiles([{"a": 1, "b": None}, {"a": "x"}, {"c": {"d": []}}, {}])}
    assert found["a"].null_rate == 0.5
    assert dict(found["a"].types) == {"integer": 1, "string": 1}
    assert "b" not in found
    assert found["c.d"].null_rate == 0.75


def test_any_documents_give_yaml_that_validates(tmp_path: Path) -> None:
    rng = random.Random(6)
    odd = [
        "a",
        "ts",
        "event",
        "",
        "é",
        "a.b",
        "a/b",
        "~",
        "*",
        "a: b",
        "'",
        '"',
        "\n",
        "\x7f",
        "true",
        "1",
        "#",
        "{",
        "\U0001f600",
    ]
    values: list[Any] = [
        None,
        True,
        1,
        1.5,
        "x",
        "é: #",
        "\n",
        [],
        [1],
        {},
        {"id": 1},
        {"a": {"b": {"c": {"d": 1}}}},
        "2026-01-01",
    ]
    path = tmp_path / "x.yaml"
    needed = {"name": "view", "at": "2026-01-01", "who": "u1"}
    for _ in range(60):
        documents = [
            {rng.choice(odd): rng.choice(values) for _ in range(6)} | needed
            for _ in range(rng.randrange(1, 6))
        ]
        proposal = propose("x", documents)
        path.write_text(proposal.mapping, encoding="utf-8")
        load_file(SourceConfig, path)
        path.write_text(proposal.plan, encoding="utf-8")
        load_file(EventsConfig, path)


def test_a_mapping_without_what_an_event_needs_is_not_taken_as_it_was_proposed(
    tmp_path: Path,
) -> None:
    (tmp_path / "x.yaml").write_text(propose("x", [{"name": "view", "at": "2026-01-01"}]).mapping)
    with pytest.raises(ConfigError, match="without user_id or anonymous_id"):
        load_file(SourceConfig, tmp_path / "x.yaml")


@pytest.mark.parametrize("key", ["evt", "was"])
def test_a_text_of_few_values_is_proposed_as_the_event_name(key: str) -> None:
    lines: list[dict[str, object]] = [
        {"v": "1", "ts": 1777629600 + n, "uid": f"u{n % 3}", "note": f"text {n}",
         key: ("view", "buy")[n % 2]}
        for n in range(20)
    ]  # fmt: skip
    proposed = propose("x", lines)
    fields = yaml.safe_load(proposed.mapping)["fields"]
    assert (fields["event"], fields["user_id"]) == ([key], ["uid"])
    assert [*yaml.safe_load(proposed.plan)["events"]] == ["view", "buy"]


def test_an_address_or_a_number_that_stands_for_a_name_is_not_shown() -> None:
    line = {"event": "b@x.de", "ts": "2026-05-01", "c@x.de": 1, "x": {"+49 170 1234567": 2}}
    proposal = propose("table", [{**line, "event": name} for name in ("b@x.de", "seen", "seen")])
    assert "c@x.de" not in proposal.mapping + proposal.plan
    assert "b@x.de" not in proposal.mapping + proposal.plan
    assert "1234567" not in proposal.mapping + proposal.plan
    assert [*yaml.safe_load(proposal.plan)["events"]] == ["seen"]
    assert "has the table a header?" in proposal.mapping


def test_personal_keys_are_no_properties_of_the_proposed_plan() -> None:
    lines = [
        {"act": ("look", "buy")[n % 2], "when": 1777629600 + n, "mail": "a@example.com",
         "payload": {"$phone": "+1 800 555 0100", "First Name": "A", "price": n}, "note": "x"}
        for n in range(9)
    ]  # fmt: skip
    plan = yaml.safe_load(propose("x", lines, None, PrivacyConfig().is_personal).plan)
    assert plan["events"]["look"]["required"] == ["note", "price"], "ingest makes traits of them"


@pytest.mark.parametrize("spelling", ["{} {}", "{}.{}", "{}-{}", "@{}.{}", "{}_{}", "${}_{}"])
def test_a_key_of_two_words_is_known_however_it_is_put_together(spelling: str) -> None:
    keys = [spelling.format(*p.split()) for p in ("Event Name", "Event Time", "Visitor ID")]
    lines: list[dict[str, object]] = [
        dict(zip(keys, ("view", "2026-05-01T10:00:00Z", f"v{n}"), strict=True)) for n in range(9)
    ]
    fields = yaml.safe_load(propose("x", lines).mapping)["fields"]
    assert [pointer(fields[f][0]) for f in ("event", "timestamp", "anonymous_id")] == [
        f"/{key}" for key in keys
    ]


def test_an_address_read_from_the_properties_is_none_of_the_proposed_plan() -> None:
    inner = {"ip": "192.0.2.1", "user_agent": "Mozilla/5.0", "url": "/x", "n": 1}
    line = {"what": "buy", "when": "2026-05-01T10:00:00Z", "who": "u1", "payload": inner}
    proposal = propose("x", [{**line, "who": f"u{n % 9}"} for n in range(30)])
    fields = yaml.safe_load(proposal.mapping)["fields"]
    assert (fields["ip"], fields["user_agent"]) == (["payload.ip"], ["payload.user_agent"])
    [planned] = yaml.safe_load(proposal.plan)["events"].values()
    assert planned["required"] == [*planned["properties"]] == ["url", "n"]


@pytest.mark.parametrize("count", [20, 120])
def test_a_file_that_only_looks_native_has_a_proposal_too(
    do_ingest: Ingest, tmp_path: Path, count: int
) -> None:
    lines = [
        {"name": ("view", "buy")[n % 2], "occurred": f"2026-05-01T10:00:00.{n:03d}Z", "uid": "u"}
        for n in range(count)
    ]
    path = tmp_path / "x.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    [report] = do_ingest(path, is_dry_run=True).files
    assert report.proposal is not None
    assert yaml.safe_load(report.proposal["mapping"])["fields"]["timestamp"] == ["occurred"]
    again = do_ingest(path).files[0]
    assert again.proposal is None
    if count >= 100:
        assert "(120 missing_timestamp)" in report.detail
        assert "this dry run" in report.hint
        assert "--dry-run" not in report.detail + report.hint
        assert "--dry-run without --source" in again.hint


def test_a_customer_may_be_written_short() -> None:
    lines = [{**line, "who": {"cust_no": 7}} for line in unknown_lines()]
    mapping = yaml.safe_load(propose("new", lines).mapping)
    assert mapping["fields"]["user_id"] == ["who.cust_no"]


def test_of_a_handful_of_lines_each_may_be_an_event_of_its_own() -> None:
    lines = [
        {"what": what, "at": 1767261600 + n, "who": f"v-{n}", "from": f"https://ref.example/{n}"}
        for n, what in enumerate(("quote_seen", "order-placed"))
    ]
    fields = yaml.safe_load(propose("odd", lines).mapping)["fields"]
    assert (fields["event"], fields["referrer_url"]) == (["what"], ["from"])


def test_an_address_is_no_event_name() -> None:
    lines = [{"at": 1767261600 + n, "link": "https://kim.example/"} for n in range(20)]
    proposal = propose("odd", lines)
    assert "event" not in yaml.safe_load(proposal.mapping)["fields"]
    assert "kim.example" not in proposal.mapping + proposal.plan


def test_an_id_inside_of_an_object_is_that_of_the_object() -> None:
    lines = [
        {"action": ("look", "buy")[n % 2], "at": 1767261600 + n, "user": {"id": n % 3},
         "device": {"uuid": f"d{n % 4}"}, "session": {"id": f"s{n % 5}"}, "page": {"path": "/x"}}
        for n in range(20)
    ]  # fmt: skip
    fields = yaml.safe_load(propose("x", lines).mapping)["fields"]
    assert [fields[f] for f in ("user_id", "anonymous_id", "session_id", "page_url")] == [
        ["user.id"], ["device.uuid"], ["session.id"], ["page.path"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("file_name", "name"),
    [
        ("shop.2026.jsonl", "shop"),
        ("native.jsonl", "native_file"),  # a file of that name would replace the shipped one
        ("till 3;\nversion: 2.jsonl", "till_3_version_2"),
    ],
)
def test_a_proposed_mapping_has_a_name_of_its_own(
    do_ingest: Ingest, tmp_path: Path, file_name: str, name: str
) -> None:
    lines = [{"what": ("a", "b")[n % 2], "at": 1767261600 + n, "uid": "u"} for n in range(9)]
    path = tmp_path / file_name
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    [report] = do_ingest(path, is_dry_run=True).files
    assert report.proposal is not None
    mapping = report.proposal["mapping"]
    assert mapping.startswith(f"# configs/sources/{name}.yaml, proposed from 9 lines")
    assert yaml.safe_load(mapping)["title"] == name
