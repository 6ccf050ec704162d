"""A large file, of which a sample is searched for keys, is stored as a small one is."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.steps.ingest.conftest import ingest_config
from tests.stored import table, worded
from tsa_cli.steps import ingest
from tsa_cli.steps.ingest import lines_file, prepare
from tsa_cli.store import open_store

PLAIN: dict[str, Any] = {
    "event": "page_viewed", "user_id": "u1", "page_url": "https://shop.example/",
    "properties": {"page": "p"},
}  # fmt: skip
ODD: dict[str, dict[str, Any]] = {
    "an open key": {"color": "red", "size": None},
    "another name of a field": {"event_type": "page_viewed", "event": None, "device_id": "d1"},
    "a personal key": {"email": "ann@example.com"},
    "a field in the properties": {
        "page_url": None,
        "properties": {"page_url": "https://shop.example/x"},
    },
    "the only id in the properties": {"user_id": None, "properties": {"fingerprint": "f1"}},
    "one by its escape": {"properties": {"page\\u005furl": "https://shop.example/x"}},
    "a personal key in the properties": {"properties": {"email": "ann@example.com"}},
    "nothing of weight": {"properties": {"color": "red", "form": {"email": "ann@example.com"}}},
}


def stored(folder: Path, lines: list[str], known: int, source: str) -> tuple[Any, ...]:
    """(counts, events, traits) of the lines as one file, in a store that has the `known` last."""
    folder.mkdir()
    path = folder / "events.jsonl"
    path.write_text("\n".join(lines) + "\n")
    with open_store(folder / "t.duckdb") as store:
        if known:
            first = folder / "first.jsonl"
            first.write_text("\n".join(lines[-known:]) + "\n")
            ingest.run(store, ingest_config(), [str(first)], "first")
        result = ingest.run(store, ingest_config(source=source), [str(path)], "run")
        counts = {k: v for k, v in vars(result.files[0]).items() if k not in ("path", "detail")}
        traits = table(store, "select * exclude load_id from user_traits order by all")
        return counts, worded(store, "event_id"), traits


@pytest.mark.parametrize(
    ("odd", "known", "source"),
    [
        *((name, 0, "native") for name in ODD),
        ("a personal key in the properties", 0, "rudderstack"),
        ("a field in the properties", 3, "native"),
    ],
)
def test_a_sampled_file_is_stored_as_one_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, odd: str, known: int, source: str
) -> None:
    events = []
    for at in range(12):
        event = {"event_id": f"e{at:02d}", "timestamp": f"2026-05-01T10:00:{at:02d}Z", **PLAIN}
        events.append(event | (ODD[odd] if at >= 9 else {}))
    lines = [json.dumps(event).replace("\\\\u", "\\u") for event in events]
    whole = stored(tmp_path / "whole", lines, known, source)
    monkeypatch.setattr(prepare, "SAMPLED_ABOVE_BYTES", 0)
    monkeypatch.setattr(lines_file, "BLOCK_BYTES", 256)
    monkeypatch.setattr(lines_file, "SAMPLE_HEAD_BLOCKS", 1)
    monkeypatch.setattr(lines_file, "SAMPLE_BLOCKS", 1)
    assert stored(tmp_path / "sampled", lines, known, source) == whole


def test_a_parquet_file_is_read_again_for_a_key_of_its_later_texts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare, "SAMPLED_ABOVE_ROWS", 1)
    odd = {"page_url": "https://shop.example/x", "email": "ann@example.com", "fingerprint": "f1"}
    columns = {
        "event": ["page_viewed"] * 3,
        "timestamp": ["2026-05-01T10:00:00Z"] * 3,
        "user_id": ["u1", "u2", None],
        "properties": ["{}", "{}", json.dumps(odd)],
    }
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    with open_store(tmp_path / "t.duckdb") as store:
        [report] = ingest.run(store, ingest_config(), [str(tmp_path / "a.parquet")], "run").files
        last = worded(store, "user_id")[-1]
        traits = table(store, "from user_traits where key = 'email'")
    assert (report.inserted, report.rejected) == (3, 0)
    assert (last["page_url"], last["anonymous_id"]) == (odd["page_url"], "f1")
    assert [trait["anonymous_id"] for trait in traits] == ["f1"]
