"""Parquet, CSV and TSV of every shape give the rows that JSON lines give."""

import csv
import json
import random
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.steps.ingest.conftest import Ingest
from tests.steps.ingest.test_sources import rows, traits
from tests.stored import table
from tsa_cli.steps.ingest.inputs import Input
from tsa_cli.steps.ingest.spool import open_spool
from tsa_cli.steps.ingest.table_rows import rows_to_lines
from tsa_cli.store import Store

MOMENT_NS = 1_777_629_601_123_456_789  # 2026-05-01T10:00:01.123456789Z
MOMENT = datetime(2026, 5, 1, 10, 0, 1, 123456)
BASE: dict[str, Any] = {"event": ["a"], "user_id": ["u"]}


def one(store: Store) -> dict[str, Any]:
    """The only stored row."""
    [row] = rows(store)
    return row


def parquet(path: Path, **columns: Any) -> Path:
    """A Parquet file of these columns."""
    pq.write_table(pa.table(columns), path)
    return path


def instants() -> dict[str, tuple[pa.Array, datetime]]:
    """Every way in which Parquet writers store a moment, and what must be read."""
    found = {}
    for unit, divisor, microseconds in (
        ("s", 10**9, 0),
        ("ms", 10**6, 123000),
        ("us", 10**3, 123456),
        ("ns", 1, 123456),
    ):
        moment = MOMENT.replace(microsecond=microseconds)
        for zone in (None, "UTC", "America/New_York"):
            array = pa.array([MOMENT_NS // divisor], pa.timestamp(unit, tz=zone))
            found[f"timestamp {unit} {zone}"] = (array, moment)
        found[f"int64 {unit}"] = (pa.array([MOMENT_NS // divisor]), moment)
    found["double s"] = (pa.array([1777629601.5]), MOMENT.replace(microsecond=500000))
    found["double ms"] = (pa.array([1777629601123.0]), MOMENT.replace(microsecond=123000))
    found["date"] = (pa.array([MOMENT.date()]), datetime(2026, 5, 1))
    found["text"] = (pa.array(["2026-05-01T12:00:01.123456+02:00"]), MOMENT)
    found["dictionary"] = (pa.array(["2026-05-01T10:00:01.123456Z"]).dictionary_encode(), MOMENT)
    found["large text"] = (pa.array(["2026-05-01 10:00:01.123456"], pa.large_string()), MOMENT)
    found["bytes"] = (pa.array([b"2026-05-01T10:00:01.123456Z"]), MOMENT)
    return found


@pytest.mark.parametrize("way", ["columns", "documents"])
def test_every_type_of_instant_is_the_same_moment(
    store: Store, do_ingest: Ingest, as_documents: Callable[[], None], tmp_path: Path, way: str
) -> None:
    if way == "documents":
        as_documents()
    files = [
        parquet(tmp_path / f"{at}.parquet", event=["a"], user_id=[kind], timestamp=array)
        for at, (kind, (array, _)) in enumerate(instants().items())
    ]
    do_ingest(*files)
    stored = {row["user_id"]: row["event_ts"] for row in rows(store)}
    assert stored == {kind: moment for kind, (_, moment) in instants().items()}


def test_int96_timestamps_of_old_writers_are_read(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    data = pa.table({**BASE, "timestamp": pa.array([MOMENT_NS], pa.timestamp("ns"))})
    pq.write_table(data, tmp_path / "x.parquet", use_deprecated_int96_timestamps=True)
    do_ingest(tmp_path / "x.parquet")
    assert one(store)["event_ts"] == MOMENT


STRUCT = pa.struct(
    [("price", pa.float64()), ("note", pa.string()), ("deep", pa.struct([("n", pa.int32())]))]
)
PROPERTIES: dict[str, Callable[[], pa.Array]] = {
    "struct": lambda: pa.array([{"price": 9.5, "note": None, "deep": {"n": 1}}], STRUCT),
    "text": lambda: pa.array(['{"price": 9.5, "deep": {"n": 1}}']),
    "dictionary text": lambda: pa.array(['{"price": 9.5, "deep": {"n": 1}}']).dictionary_encode(),
    "bytes": lambda: pa.array([b'{"price": 9.5, "deep": {"n": 1}}']),
    "json": lambda: pa.array(['{"price": 9.5, "deep": {"n": 1}}'], pa.json_()),
    "json, padded": lambda: pa.array([' {"price": 9.5, "deep": {"n": 1}}'], pa.json_()),
    "json with NaN": lambda: pa.array(['{"price": 9.5, "deep": {"n": 1}, "x": NaN}'], pa.json_()),
    "struct with json": lambda: pa.StructArray.from_arrays(
        [pa.array([9.5]), pa.array(['{"n": 1}'], pa.json_())], names=["price", "deep"]
    ),
}


@pytest.mark.parametrize("kind", PROPERTIES)
@pytest.mark.parametrize("way", ["columns", "documents"])
def test_properties_of_any_nested_type_are_one_object(
    store: Store,
    do_ingest: Ingest,
    as_documents: Callable[[], None],
    tmp_path: Path,
    kind: str,
    way: str,
) -> None:
    if way == "documents":
        as_documents()
    columns = {
        **BASE,
        "ts": pa.array([MOMENT_NS // 1000]),
        "properties": PROPERTIES[kind](),
        "colour": ["red"],
    }
    do_ingest(parquet(tmp_path / "x.parquet", **columns))
    assert one(store)["properties"] == {"price": 9.5, "deep": {"n": 1}, "colour": "red"}


def test_a_map_of_properties_is_an_object_and_its_personal_keys_are_traits(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    kind = pa.map_(pa.string(), pa.string())
    held = pa.array([[("plan", "x"), ("email", "ann@example.com")]], kind)
    do_ingest(parquet(tmp_path / "x.parquet", **BASE, time=[MOMENT_NS // 10**9], properties=held))
    assert one(store)["properties"] == {"plan": "x"}
    assert {t[2] for t in traits(store)} == {"email", "email_sha256"}


def test_a_personal_key_in_a_struct_or_text_leaves_the_properties(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    for number, held in enumerate(
        (
            pa.array([{"email": "ann@example.com", "n": 1}]),
            pa.array(['{"email":"ann@example.com","n":1}']),
        )
    ):
        columns = {**BASE, "timestamp": [MOMENT_NS // 10**9 + number], "properties": held}
        do_ingest(parquet(tmp_path / f"{number}.parquet", **columns))
    assert [row["properties"] for row in rows(store)] == [{"n": 1}, {"n": 1}]


def test_extra_columns_of_every_type_are_kept(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    extra = {
        "n": [7],
        "f": [0.5],
        "nan": [float("nan")],
        "yes": [True],
        "list": [[1, 2]],
        "nothing": pa.nulls(1),
        "json": ['{"a": 1}'],
        "tags": ['["x"]'],
        "note": ["{not json"],
        "day": [MOMENT.date()],
        "parquet_row": ["a column may have any name"],
        "two words": ["x"],
        'quo"te': ["y"],
    }
    do_ingest(parquet(tmp_path / "x.parquet", **BASE, timestamp=["2026-05-01T10:00:01Z"], **extra))
    assert one(store)["properties"] == {
        "n": 7,
        "f": 0.5,
        "yes": True,
        "list": [1, 2],
        "json": {"a": 1},
        "tags": ["x"],
        "note": "{not json",
        "day": "2026-05-01",
        "parquet_row": "a column may have any name",
        "two words": "x",
        'quo"te': "y",
    }


@pytest.mark.parametrize("way", ["columns", "documents"])
@pytest.mark.parametrize("digits", [4, 10, 17, 18, 38])
def test_a_decimal_without_places_is_an_integer(
    store: Store, do_ingest: Ingest, tmp_path: Path, digits: int, way: str
) -> None:
    number = int("12345678901234567890123456789012345678"[:digits])
    held = pa.array([Decimal(number)], pa.decimal128(digits, 0))
    nested = pa.StructArray.from_arrays([held, pa.array([[Decimal("1.5")]])], ["n", "d"])
    columns = {**BASE, "user_id": held, "amount": held, "properties": nested}
    if way == "documents":
        columns["properties.x"] = pa.nulls(1)  # a member: no column of its own
    do_ingest(parquet(tmp_path / "x.parquet", **columns, timestamp=[MOMENT_NS]))
    row = one(store)
    assert row["user_id"] == str(number)
    assert row["properties"] == {"n": number, "d": [1.5], "amount": number}


@pytest.mark.parametrize("way", ["properties", "other"])
def test_a_number_that_json_does_not_have_is_absent_at_any_depth(
    store: Store, do_ingest: Ingest, tmp_path: Path, way: str
) -> None:
    nan, inf = float("nan"), float("inf")
    pair = pa.struct([("v", pa.float64()), ("n", pa.int8())])
    kind = pa.struct(
        [
            ('odd "name", (DOUBLE', pa.float32()),
            ("order", pa.struct([("map", pa.map_(pa.string(), pa.list_(pair)))])),
            ("two", pa.list_(pa.float64(), 2)),
            ("text", pa.string()),
        ]
    )
    told = {"order": {"map": [("k", [{"v": -inf, "n": 1}, {"v": 2.5, "n": 2}])]}, "text": "NaN"}
    full = {**told, 'odd "name", (DOUBLE': nan, "two": [inf, 1.0]}
    columns = {"event": ["a"] * 2, "user_id": ["u"] * 2, "ts": [MOMENT_NS, MOMENT_NS + 10**9]}
    path = parquet(tmp_path / "x.parquet", **columns, **{way: pa.array([full, None], kind)})
    do_ingest(path)
    held, empty = rows(store)
    inner = held["properties"] if way == "properties" else held["properties"]["other"]
    assert inner == {
        "order": {"map": {"k": [{"v": None, "n": 1}, {"v": 2.5, "n": 2}]}},
        "two": [None, 1.0],
        "text": "NaN",
    }
    assert empty["properties"] == {}


@pytest.mark.parametrize("way", ["properties", "other"])
def test_bytes_are_texts_and_small_floats_the_numbers_that_were_written_at_any_depth(
    store: Store, do_ingest: Ingest, tmp_path: Path, way: str
) -> None:
    entries = pa.map_(pa.binary(), pa.list_(pa.binary()))
    kind = pa.struct([("note", pa.binary()), ("prices", pa.list_(pa.float32())), ("map", entries)])
    told = {"note": "né".encode(), "prices": [49.9, float("nan")], "map": [(b"k", [b"v", b"\xff"])]}
    columns = {**BASE, "ts": [MOMENT_NS], "small": pa.array([0.1], pa.float32())}
    do_ingest(parquet(tmp_path / "x.parquet", **columns, **{way: pa.array([told], kind)}))
    told = {"note": "né", "prices": [49.9, None], "map": {"k": ["v", "\\xFF"]}}
    held = one(store)["properties"]
    assert held == (
        {**told, "small": 0.1} if way == "properties" else {"other": told, "small": 0.1}
    )


def test_any_order_and_absence_of_columns_gives_the_rows_of_json_lines(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    rng = random.Random(4)
    lines = [random_line(rng, number) for number in range(300)]
    jsonl = tmp_path / "all.jsonl"
    jsonl.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert do_ingest(jsonl).total("inserted") == 300
    for part in range(6):
        chosen = rng.sample(lines, 60)
        names = sorted({key for line in chosen for key in line})
        rng.shuffle(names)
        data = pa.table({name: [line.get(name) for line in chosen] for name in names})
        pq.write_table(data, tmp_path / f"{part}.parquet", row_group_size=17)
        [report] = do_ingest(tmp_path / f"{part}.parquet").files
        assert (report.duplicate, report.conflict, report.rejected) == (60, 0, 0), report


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
def test_promoted_properties_are_the_texts_of_the_document(
    store: Store, do_ingest: Ingest, tmp_path: Path, suffix: str
) -> None:
    values = [0, 49.90, 1e3, "49.90", "", "null", None, True, {"a": 1}, ["b"], 'x\u00e9\n"y']
    names = ("price", "service_category", "booking_id")
    documents = [dict.fromkeys(names[: n % 4], value) for value in values for n in range(4)]
    same = {"event": "price_checked", "timestamp": "2026-05-01T10:00:00Z", "anonymous_id": "d"}
    lines = [{**same, "event_id": f"e{n}", "properties": one} for n, one in enumerate(documents)]
    path = tmp_path / f"some.{suffix}"
    if suffix == "jsonl":
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    else:
        texts = {key: [line[key] for line in lines] for key in lines[0]}
        texts["properties"] = [json.dumps(one) for one in documents]
        pq.write_table(pa.table(texts), path)
    assert do_ingest(path, source="native").total("inserted") == len(lines)
    rows = table(store, "select * exclude (properties), properties::varchar as document,"
                 " properties ->> ['$.price', '$.service_category', '$.booking_id'] as told"
                 " from raw_events")  # fmt: skip
    assert [[row[name] for name in names] for row in rows] == [row["told"] for row in rows]
    assert sum(row["price"] == "49.90" for row in rows) == 3


def random_line(rng: random.Random, number: int) -> dict[str, Any]:
    """A native line of some fields; every second one has no id, so that its content is its id."""
    moment = MOMENT.replace(microsecond=rng.choice((0, 123000)), second=rng.randrange(60))
    line: dict[str, Any] = {
        "event": rng.choice(("a", "b")),
        "timestamp": moment.isoformat() + "Z",
        "user_id": f"u{rng.randrange(4)}",
        "properties": {"n": number, "price": rng.choice((1.5, 2.0, None))},
    }
    if number % 2:
        line["event_id"] = f"e{number}"
    if rng.random() < 0.5:
        line["page_url"] = "https://shop.example/?a=1"
    return line


def csv_file(path: Path, table: list[list[str]], **dialect: Any) -> Path:
    """A CSV file of these rows."""
    with path.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out, **dialect).writerows(table)
    return path


@pytest.mark.parametrize(
    ("name", "dialect"),
    [
        ("x.csv", {}),
        ("x.csv", {"delimiter": ";"}),
        ("x.tsv", {"delimiter": "\t"}),
        ("x.csv", {"quoting": csv.QUOTE_ALL}),
    ],
    ids=["comma", "semicolon", "tab", "all quoted"],
)
def test_quoted_newlines_quotes_and_json_in_cells_are_kept(
    store: Store, do_ingest: Ingest, tmp_path: Path, name: str, dialect: dict[str, Any]
) -> None:
    note = 'two\nlines, a "quote"; a\ttab and é'
    table = [
        ["event", "timestamp", "user_id", "properties", "note", "properties.n", "empty"],
        ["a", "2026-05-01T10:00:01Z", "007", '{"price": 9.5}', note, "12", ""],
        ["b", "2026-05-01T10:00:02Z", "008", "", "", "", ""],
    ]
    [report] = do_ingest(csv_file(tmp_path / name, table, **dialect)).files
    assert (report.source, report.read, report.inserted) == ("native", 2, 2), report
    first, second = rows(store)
    assert (first["event_type"], first["user_id"]) == ("a", "007")
    assert first["properties"] == {"price": 9.5, "note": note, "n": 12}
    assert second["properties"] == {}


def test_cells_are_numbers_only_where_no_digit_is_lost(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    numbers = {"12": 12, "-3": -3, "1.5": 1.5, "49.90": 49.9, "100.00": 100, "-0.000010": -1e-5}
    texts = ["007", "01.5", "1e5", "+1", "1.", ".5", "1234567890123456789", "1.234567890123456"]
    texts += ["-0", "nan", "\u0661"]
    words = {word: word.lower() == "true" for word in ("true", "True", "TRUE", "False", "FALSE")}
    cells = numbers | {text: text for text in (*texts, "tRUE")} | words
    names = {"paid": "1.10", "basket_id": "12345.1600", "appVersion": "1.10"}
    whole = {"cart_id": "5.0", "versionId": "-7.0", "order_version": "5.0", "fee": "5.0"}
    table = [
        ["event", "timestamp", "user_id", *(f"c{n}" for n in range(len(cells))), *names, *whole],
        ["a", "1777629601", "42.10", *cells, *names.values(), *whole.values()],
    ]
    do_ingest(csv_file(tmp_path / "x.csv", table))
    row = one(store)
    told = [*cells.values(), 1.1, "12345.1600", "1.10", 5, -7, 5.0, 5.0]
    assert row["properties"] == dict(zip(table[0][3:], told, strict=True))
    assert [row["properties"][name] is True for name in ("c17", "c18", "c19", "c22")] == [
        False, True, True, False,
    ]  # fmt: skip
    assert [str(row["properties"][name]) for name in whole] == ["5", "-7", "5.0", "5.0"]
    assert (row["user_id"], row["event_ts"]) == ("42.10", MOMENT.replace(microsecond=0))


@pytest.mark.parametrize("way", ["columns", "documents"])
def test_the_row_numbers_that_a_frame_is_written_with_are_no_properties(
    store: Store, do_ingest: Ingest, as_documents: Callable[[], None], tmp_path: Path, way: str
) -> None:
    if way == "documents":
        as_documents()
    when = "2026-05-01T10:00:01Z"
    parts = [
        parquet(tmp_path / f"{n}.parquet", **BASE, timestamp=[when], __index_level_0__=number)
        for n, number in enumerate(([7], [8], ["seven"]))
    ]
    header = ["", "event", "user_id", "timestamp"]
    tables = [
        csv_file(tmp_path / f"{number}.csv", [header, [number, "a", "u", when], header])
        for number in ("9", "nine")
    ]
    reports = do_ingest(*parts, *tables).files
    assert [(r.inserted, r.duplicate) for r in reports] == [(1, 0), (0, 1), (1, 0), (0, 1), (1, 0)]
    kept = [row["properties"] for row in rows(store) if row["properties"]]
    assert sorted(kept, key=str) == [{"__index_level_0__": "seven"}, {"column_1": "nine"}]


def test_a_number_is_written_as_it_stands(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "x.csv", [["a", "properties.b", "c"], ["49.90", "0.10", "é"]])
    with open_spool(tmp_path / "t.duckdb", 100) as spool:
        lines, _, _ = rows_to_lines(spool.take(Input("x.csv", path)), spool, [])
        assert lines.path.read_text() == '{"a": 49.90, "properties": {"b": 0.10}, "c": "\\u00e9"}\n'


def test_a_short_row_is_quarantined_with_its_line_number(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    table = [
        ["event", "timestamp", "user_id", "note"],
        ["a", "1777629601", "u", "x\ny"],
        ["a", "1777629602"],
        ["a", "1777629603", "u", ""],
    ]
    [report] = do_ingest(csv_file(tmp_path / "x.csv", table)).files
    assert (report.read, report.inserted, report.rejected) == (3, 2, 1)
    [bad] = store.records("1_events/quarantine_list.sql", reason="", source_file="", row_limit=9)
    assert (bad["line_number"], bad["reason"]) == (4, "invalid_json")


def test_a_table_of_odd_rows_is_told_as_one(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    table = [["event", "timestamp", "user_id"], *([["a", "1777629601", "u", ""]] * 9)]
    [report] = do_ingest(csv_file(tmp_path / "x.csv", table)).files
    assert (report.status, report.read, report.rejected) == ("ingested", 9, 9)
    path = tmp_path / "array.csv"
    path.write_text('[{"event": "a"},\n{"event": "b"},\n{"event": "c"}]')
    assert "a JSON array" in do_ingest(path, source="native").files[0].detail


def test_a_table_that_was_refused_as_lines_is_read_under_the_name_of_one(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    table = [["event", "timestamp", "user_id"], ["a", "1777629601", "u"]]
    written = csv_file(tmp_path / "x.txt", table)
    assert do_ingest(written).files[0].rejected == 2
    path = written.rename(tmp_path / "x.csv")
    assert do_ingest(path).files[0].inserted == 1
    assert do_ingest(path).files[0].status == "unchanged"
    assert do_ingest(path.rename(tmp_path / "y.csv")).files[0].status == "unchanged"


@pytest.mark.parametrize("ending", ["\n", ""])
def test_a_quote_that_is_never_closed_hides_no_rows(
    store: Store, do_ingest: Ingest, tmp_path: Path, ending: str
) -> None:
    lines = ["event,timestamp,user_id,note", *(f"a,177762960{n},u,x" for n in range(9))]
    path = tmp_path / "x.csv"
    path.write_text("\n".join(lines) + ending)
    assert do_ingest(path).files[0].inserted == 9
    lines[5] = 'a,1777629604,u,"oops'
    path.write_text("\n".join(lines) + ending)
    [report] = do_ingest(path).files
    assert (report.status, report.read) == ("failed", 0)
    assert report.detail.startswith("line 6: a quote that is never closed")


def test_a_byte_that_is_no_utf8_spoils_its_row_only(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"event,timestamp,user_id\na,1777629601,\xe9\na,1777629602,u\n")
    [report] = do_ingest(path).files
    assert (report.inserted, report.rejected) == (1, 1)
    assert one(store)["event_ts"] == MOMENT.replace(second=2, microsecond=0)


def test_a_csv_gives_the_rows_of_json_lines(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    lines = [random_line(random.Random(n), n) for n in range(40)]
    (tmp_path / "x.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    do_ingest(tmp_path / "x.jsonl")
    names = ["properties", "event_id", "page_url", "event", "timestamp", "user_id"]
    table = [[_cell(line.get(name)) for name in names] for line in lines]
    [report] = do_ingest(csv_file(tmp_path / "x.csv", [names, *table])).files
    assert (report.read, report.duplicate) == (40, 40), report


def _cell(value: object) -> str:
    return json.dumps(value) if isinstance(value, dict) else str(value or "")


def test_instants_here_are_what_they_say() -> None:
    assert datetime.fromtimestamp(MOMENT_NS // 10**9, UTC).replace(tzinfo=None) == MOMENT.replace(
        microsecond=0
    )


def test_a_row_of_another_width_says_so(store: Store, do_ingest: Ingest, tmp_path: Path) -> None:
    head, time = ["event", "timestamp", "user_id"], "2026-05-01T10:00:01Z"
    do_ingest(
        csv_file(tmp_path / "x.csv", [head, ["a", time], ["b", time, "u"], ["a", time, "u", "v"]])
    )
    held = table(store, "select reason, detail from quarantined_events")
    assert held == 2 * [
        {"reason": "invalid_json", "detail": "another number of cells than the header has"}
    ]
