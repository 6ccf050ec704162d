"""One odd cell of a Parquet file is that row's matter: the others are events."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.steps.ingest.conftest import Ingest
from tests.stored import table
from tsa_cli.store import Store

MOMENT = "2026-05-01T10:00:01Z"


def parquet(folder: Path, **columns: Any) -> Path:
    """A Parquet file of events with these columns."""
    count = len(next(iter(columns.values())))
    base = {"event": ["a"] * count, "user_id": ["u"] * count, "timestamp": [MOMENT] * count}
    path = folder / "x.parquet"
    pq.write_table(pa.table({**base, **columns}), path)
    return path


@pytest.mark.parametrize("column", ["properties", "note"])
@pytest.mark.parametrize("text", ["[" * 5000 + "]" * 5000, '{"n": ' + "1" * 5000 + "}"])
def test_a_text_that_is_too_deep_or_long_for_python_stops_no_file(
    store: Store, do_ingest: Ingest, tmp_path: Path, column: str, text: str
) -> None:
    path = parquet(tmp_path, event_id=["1", "2"], **{column: [text, '{"b": 1}']})
    [report] = do_ingest(path).files
    assert (report.status, report.source, report.inserted) == ("ingested", "native", 2)
    [plain] = table(store, "select properties from fact_events where event_id = '2'")
    told = {"b": 1} if column == "properties" else {"note": {"b": 1}}
    assert json.loads(plain["properties"]) == told


@pytest.mark.parametrize(
    "times",
    [
        pa.array([2**31 - 1, 20_574, None], pa.int32()).cast(pa.date32()),
        pa.array([2**63 - 1, 1_777_629_601 * 10**9, None]).cast(pa.timestamp("ns")),
    ],
    ids=["date", "nanoseconds"],
)
def test_a_time_that_no_moment_can_say_is_out_of_range(
    store: Store, do_ingest: Ingest, tmp_path: Path, times: pa.Array
) -> None:
    [report] = do_ingest(parquet(tmp_path, timestamp=times)).files
    assert (report.read, report.inserted, report.rejected) == (3, 1, 2)
    held = table(store, "select line_number, reason from quarantined_events order by 1")
    assert [(row["line_number"], row["reason"]) for row in held] == [
        (1, "timestamp_out_of_range"),
        (3, "missing_timestamp"),
    ]


@pytest.mark.parametrize("way", ["columns", "documents"])
def test_an_id_that_a_missing_one_made_a_float_is_the_integer(
    store: Store, do_ingest: Ingest, tmp_path: Path, way: str
) -> None:
    ids = pa.array([5.0, 0.5, float("nan"), 2.0**53, -7.0, None])
    columns: dict[str, Any] = {"user_id": ids, "event_id": [*"123456"], "price": [5.0] * 6}
    if way == "documents":
        columns["properties.x"] = pa.nulls(6)  # a member: no column of its own
    do_ingest(parquet(tmp_path, **columns))
    held = table(store, "select user_id, properties from fact_events order by event_id")
    assert [row["user_id"] for row in held] == ["5", "0.5", "9007199254740992.0", "-7"]
    assert json.loads(held[0]["properties"]) == {"price": 5.0}
    lost = table(store, "select line_number, reason from quarantined_events order by 1")
    assert [tuple(row.values()) for row in lost] == [
        (3, "missing_identity"),
        (6, "missing_identity"),
    ]


def test_a_refused_row_is_held_with_the_integer_id(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    path = parquet(tmp_path, user_id=[5.0], timestamp=["some day"], amount=[5.0])
    assert do_ingest(path).files[0].rejected == 1
    [row] = table(store, "select raw from quarantined_events")
    assert '"user_id":5,' in row["raw"], "the person that a replay finds is the file's"
    assert '"amount":5.0' in row["raw"]


@pytest.mark.parametrize("kind", ["json", "variant"])
def test_columns_of_json_or_variant_are_the_values_in_them(
    store: Store, do_ingest: Ingest, tmp_path: Path, kind: str
) -> None:
    base = {"event": "a", "timestamp": MOMENT, "anonymous_id": "v"}
    url = "https://shop.example/"
    lines: list[dict[str, Any]] = [
        {**base, "count": 1, "note": "x", "is": True, "list": ["y", 2]},
        {**base, "user_id": 7, "page_url": url, "note": "NaN", "properties": {"b": 1, "a": 0.5}},
        {**base, "properties": {"page_url": url, "phone": "+49 30 1234567"}},
    ]
    written, path = tmp_path / "x.jsonl", tmp_path / "x.parquet"
    written.write_text("".join(json.dumps(line) + "\n" for line in lines))
    store.connection().execute(
        f"copy (select columns(*)::{kind} from read_json($lines, maximum_depth = 1)) to '{path}'",
        {"lines": str(written)},
    )
    first, again = do_ingest(written, path).files
    assert (first.source, first.inserted) == ("native", 3)
    assert (again.source, again.duplicate) == ("native", 3), again
    assert not table(store, "from fact_events where properties like '%phone%'")


@pytest.mark.parametrize("column", ["properties", "note"])
def test_a_variant_that_is_no_number_is_null(
    store: Store, do_ingest: Ingest, tmp_path: Path, column: str
) -> None:
    select = f"""select 'a' as event, 'u' as user_id, '{MOMENT}' as timestamp,
        {{'n': 'nan'::double, 'm': [1, 'inf'::double]}}::variant as {column}"""
    path = tmp_path / "x.parquet"
    store.connection().execute(f"copy ({select}) to '{path}'")
    do_ingest(path)
    [row] = table(store, "select properties from fact_events")
    told = {"m": [1, None]}
    assert json.loads(row["properties"]) == (told if column == "properties" else {column: told})


@pytest.mark.parametrize("kind", [pa.string(), pa.float64(), pa.map_(pa.string(), pa.int64())])
@pytest.mark.parametrize("column", ["properties", "note"])
def test_of_a_key_that_a_map_has_twice_the_last_value_holds(
    store: Store, do_ingest: Ingest, tmp_path: Path, kind: pa.DataType, column: str
) -> None:
    values = {pa.string(): ["1", "2", "3"], pa.float64(): [1.5, 2.5, 3.5]}
    first, last, other = values.get(kind, [[("k", 1)], [("k", 2), ("k", 3)], [("l", 4)]])
    maps = pa.array([[("a", first), ("b", other), ("a", last)], None], pa.map_(pa.string(), kind))
    [report] = do_ingest(parquet(tmp_path, event_id=["1", "2"], **{column: maps})).files
    assert report.inserted == 2, report
    held = table(store, "select properties from fact_events order by event_id")
    told = {"a": last, "b": other} if kind in values else {"a": {"k": 3}, "b": {"l": 4}}
    assert json.loads(held[0]["properties"]) == (told if column == "properties" else {column: told})
    assert held[0]["properties"].count('"a"') == 1
    assert held[1]["properties"] == "{}"


def without_utf8(folder: Path) -> None:
    texts = pa.array([b"fine", b"caf\xe9"]).buffers()
    parquet(folder, note=pa.Array.from_buffers(pa.string(), 2, texts), user_id=["u", "v"])


def with_no_json_in_json(folder: Path) -> None:
    parquet(folder, note=pa.array(["{}", "{caf"], pa.json_()), user_id=["u", "v"])


def without_columns(folder: Path) -> None:
    pq.write_table(pa.table({}), folder / "x.parquet")


def packed_by_lzo(folder: Path) -> None:
    """What pyarrow does not write: the codec of each column in the file's footer is another."""
    data = parquet(folder, user_id=["u"]).read_bytes()
    end = len(data) - 8
    start = end - int.from_bytes(data[end : end + 4], "little")
    snappy, lzo = b"\x15\x02\x16", b"\x15\x06\x16"
    footer = data[start:end].replace(snappy, lzo)
    (folder / "x.parquet").write_bytes(data[:start] + footer + data[end:])


@pytest.mark.parametrize(
    ("write", "why", "hint"),
    [
        (without_utf8, "a text in it is no UTF-8", "as binary"),
        (with_no_json_in_json, "a text in a column of type JSON is no JSON", "as text"),
        (without_columns, "it has no columns", "columns"),
        (packed_by_lzo, "its compression is not one that is read", "zstd"),
    ],
)
def test_a_whole_file_that_cannot_be_read_is_not_called_damaged(
    store: Store, do_ingest: Ingest, tmp_path: Path,
    write: Callable[[Path], None], why: str, hint: str,
) -> None:  # fmt: skip
    write(tmp_path)
    [report] = do_ingest(tmp_path / "x.parquet").files
    assert report.status == "failed"
    assert report.detail.startswith(f"no readable Parquet file: {why}; nothing of it was stored")
    assert hint in report.hint
    assert "caf" not in report.detail
    assert not table(store, "from fact_events")
