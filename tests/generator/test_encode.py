import io
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tsa_cli.generator.encode import open_writer
from tsa_cli.generator.log import delivery_chunks, simulate
from tsa_cli.generator.properties import traits_texts
from tsa_cli.generator.render import build_renderer, render
from tsa_cli.generator.texts import time_characters

LOG = simulate(120, 20, 9, date(2025, 1, 6))
RENDERER = build_renderer(LOG)


def written(file_format: str, chunk_rows: int) -> bytes:
    stream = io.BytesIO()
    writer = open_writer(stream, file_format, None)
    for rows, _ in delivery_chunks(LOG, chunk_rows):
        writer.write(render(RENDERER, rows))
    writer.close()
    return stream.getvalue()


def without_nulls(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}


def test_parquet_and_json_lines_say_the_same() -> None:
    lines = [json.loads(line) for line in written("jsonl", 700).decode().splitlines()]
    table = pq.read_table(io.BytesIO(written("parquet", 700)))
    rows = [without_nulls(row) for row in table.to_pylist()]
    assert len(lines) == LOG.line_count
    for row in rows:
        row["timestamp"] = row["timestamp"].strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        for name in ("properties", "traits", "consent"):
            if name in row:
                row[name] = json.loads(row[name])
    assert rows == lines


def test_json_lines_do_not_depend_on_the_chunks() -> None:
    assert written("jsonl", 33) == written("jsonl", 10**6)


@pytest.mark.parametrize("compression", ["gzip", "zstd"])
def test_compressed_lines_unpack_to_the_plain_ones(tmp_path: Path, compression: str) -> None:
    with (tmp_path / "packed").open("wb") as stream:
        writer = open_writer(stream, "jsonl", compression)
        for rows, _ in delivery_chunks(LOG, 500):
            writer.write(render(RENDERER, rows))
        writer.close()
    packed = pa.OSFile(str(tmp_path / "packed"))
    assert pa.CompressedInputStream(packed, compression).read() == written("jsonl", 500)


def test_parquet_columns_are_plain_texts_for_every_reader() -> None:
    schema = pq.read_table(io.BytesIO(written("parquet", 700))).schema
    assert schema.field("timestamp").type == pa.timestamp("ms", tz="UTC")
    assert {field.type for field in schema if field.name != "timestamp"} == {pa.string()}


def test_contact_data_is_fictitious_and_stays_with_the_person() -> None:
    people = np.arange(3000)
    traits = [json.loads(text) for text in traits_texts(4, people).to_pylist()]
    assert traits[100:110] == [json.loads(t) for t in traits_texts(4, people[100:110]).to_pylist()]
    for person in traits:
        domain = person["email"].split("@")[1]
        assert domain.removeprefix("mail.") in ("example.com", "example.net", "example.org")
        digits = "".join(c for c in person["phone"] if c.isdigit()).removeprefix("1")
        assert len(digits) == 10
        assert digits[3:8] == "55501"
        assert person["email"].isascii()
    assert len({person["email"] for person in traits}) == len(traits)


def test_times_are_written_to_the_millisecond() -> None:
    moments = [0, 1, 999, 86_399_999, 1_709_164_800_000, 1_735_689_599_999]
    texts = [bytes(row).decode() for row in time_characters(np.array(moments))]
    for moment, text in zip(moments, texts, strict=True):
        expected = datetime.fromtimestamp(moment // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
        assert text == f"{expected}.{moment % 1000:03d}Z"
