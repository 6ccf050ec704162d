"""Typed columns and documents are two ways to read the same lines; what is stored is the same."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

from tests.steps.ingest.conftest import Ingest, ingest_config
from tests.stored import table, worded
from tsa_cli.config.sources import SourceConfig
from tsa_cli.steps import ingest
from tsa_cli.steps.ingest.canonical import is_plain
from tsa_cli.store import Store

T = "2026-05-01T10:00:00Z"
FIELDS = {"event": ["event"], "timestamp": ["ts"], "user_id": ["uid"]}
KEYS = {"event", "ts", "uid"}


def source(**changes: object) -> SourceConfig:
    """A mapping that columns can say, with some changes."""
    fields = {**FIELDS, **changes.pop("fields", {})}  # type: ignore[dict-item]
    return SourceConfig.model_validate({"version": 1, "title": "t", "fields": fields, **changes})


@pytest.mark.parametrize(
    ("changes", "keys", "property_keys", "plain"),
    [
        ({}, {"properties"}, {"page"}, True),
        ({"properties": ["a", "b"]}, {"a"}, set(), True),
        ({"properties": ["a", "b"]}, {"a", "b"}, set(), False),
        ({"traits": ["a", "b"]}, {"a", "b"}, set(), False),
        ({"consent": ["a", "b"]}, {"a", "b"}, set(), False),
        ({"traits": ["properties.who"]}, {"properties"}, {"what"}, True),
        ({"traits": ["properties.who"]}, {"properties"}, {"who"}, False),
        ({"consent": ["properties.may"]}, {"properties"}, {"may"}, False),
        ({"fields": {"ip": ["traits.ip"]}, "traits": ["traits"]}, {"traits"}, set(), False),
        ({"fields": {"ip": ["properties.net.ip"]}}, {"properties"}, {"net"}, False),
        ({"fields": {"ip": ["/my.ip"]}}, {"my.ip"}, set(), False),
        ({"fields": {"ip": ["/ip"]}}, {"ip"}, set(), False),
        ({"fields": {"ip": ["properties"]}}, {"properties"}, set(), False),
        ({"fields": {"ip": ["UID"]}}, {"UID"}, set(), False),
        ({"fields": {"ip": ["email"]}}, {"email"}, set(), False),
    ],
)
def test_columns_are_read_where_they_say_everything(
    changes: dict[str, object], keys: set[str], property_keys: set[str], plain: bool
) -> None:
    assert is_plain(KEYS | keys, property_keys, source(**changes), {"email"}) == plain


def test_a_second_object_of_properties_is_not_lost(store: Store, tmp_path: Path) -> None:
    mine = source(properties=["props", "more"], traits=["more.who"])
    config = replace(ingest_config(), sources={"mine": mine}, source="mine")
    event = {"event": "e", "ts": T, "uid": "u"}
    lines = [{"props": {"a": 1}}, {"more": {"b": 2, "who": {"plan": "x"}}}]
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps(event | line) + "\n" for line in lines))
    [report] = ingest.run(store, config, [str(path)], "run").files
    assert (report.inserted, report.duplicate) == (2, 0)
    stored = [json.loads(row["properties"]) for row in worded(store, "properties")]
    assert stored == [{"a": 1}, {"b": 2}]
    assert [row["key"] for row in table(store, "from user_traits")] == ["plan"]


def test_a_key_that_is_null_says_as_much_as_none(
    store: Store, do_ingest: Ingest, as_documents: Callable[[], None], tmp_path: Path
) -> None:
    event = {"event": "e", "timestamp": T, "user_id": "u"}
    lines = [
        {**event, "properties": {"a": None, "b": {"c": None, "d": "null"}}},
        {**event, "properties": None},
    ]
    texts = "".join(json.dumps(line) + "\n" for line in lines)
    (tmp_path / "columns.jsonl").write_text(texts)
    [first] = do_ingest(tmp_path / "columns.jsonl").files
    other = {"event": "e", "timestamp": T, "user_id": "v", "more": {"x": None}}
    (tmp_path / "documents.jsonl").write_text(texts + json.dumps(other) + "\n")
    as_documents()
    [second] = do_ingest(tmp_path / "documents.jsonl").files
    assert (first.inserted, second.inserted, second.duplicate) == (2, 1, 2)
    stored = sorted(row["properties"] for row in worded(store, "properties"))
    assert stored == ['{"b":{"d":"null"}}', '{"more":{}}', "{}"]


PROPERTIES = {
    '{"a": NaN, "b": [-Infinity, "x, NaN"], "c": 1}': {"b": [None, "x, NaN"], "c": 1},
    '{"a":1,}': {"a": 1},
    ' {"a":1}': {"a": 1},
    '{"a":1': {"properties": '{"a":1'},
    "1": {"properties": "1"},
    "null": {},
}


@pytest.mark.parametrize("way", ["columns", "documents"])
def test_texts_and_numbers_of_parquet_are_those_of_strict_json(
    store: Store, do_ingest: Ingest, as_documents: Callable[[], None], tmp_path: Path, way: str
) -> None:
    if way == "documents":
        as_documents()
    count = len(PROPERTIES)
    columns = {
        "event_id": [f"e{at}" for at in range(count)],
        "event": ["e"] * count,
        "timestamp": [T] * count,
        "user_id": pa.array([*[1e17] * (count - 1), float("nan")], pa.float64()),
        "anonymous_id": ["a"] * count,
        "properties": list(PROPERTIES),
        "more": pa.nulls(count, pa.string()),
    }
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    [report] = do_ingest(tmp_path / "a.parquet").files
    assert report.inserted == count
    stored = worded(store, "event_id")
    assert [json.loads(row["properties"]) for row in stored] == list(PROPERTIES.values())
    assert [row["user_id"] for row in stored] == [*["100000000000000000.0"] * (count - 1), None]


ODD = {"context.page": "odd", "properties.": "p"}


def test_members_of_objects_as_columns_are_what_they_are_in_a_csv(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    columns = {
        "event": "e", "timestamp": T, "user_id": "u", "properties.page_url": "https://x.org/a",
        "properties.a": 1, "context.page.url": "https://x.org/b", "context.page": "odd",
        "traits.first_name": "Ann", "consent.marketing": True, "properties.": "p",
    }  # fmt: skip
    table_of_one = pa.table({name: [value] for name, value in columns.items()})
    pq.write_table(table_of_one, tmp_path / "a.parquet")
    pacsv.write_csv(table_of_one.drop_columns(["context.page", "properties."]), tmp_path / "b.csv")
    do_ingest(tmp_path / "a.parquet", tmp_path / "b.csv", is_forced=True)
    for row, odd in zip(worded(store, "load_id"), [ODD, {}], strict=True):
        context = {"page": {"url": "https://x.org/b"}}
        properties = {"page_url": "https://x.org/a", "a": 1, "context": context}
        assert json.loads(row["properties"]) == properties | odd
        assert row["page_url"] == "https://x.org/b"
    assert "Ann" not in str(table(store, "from user_traits") + worded(store, "load_id"))
    assert len(table(store, "from consent_events where granted")) == 2
