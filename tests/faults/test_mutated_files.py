"""Whatever bytes come, ingest ends with an exact ledger and without a traceback."""

import json
import random
from pathlib import Path

import pytest

from tests.steps.ingest.conftest import ingest_config
from tests.stored import stored_and_told
from tsa_cli.steps import ingest
from tsa_cli.store import Store, open_store

GOOD = [
    json.dumps(
        {"event_id": f"e{n}", "event": "page_viewed", "timestamp": 1_767_225_600 + n,
         "user_id": f"u{n % 3}", "page_url": f"https://shop.example/p?id={n}",
         "properties": {"price": n / 7, "tags": ["a", None, {"deep": [n]}], "text": "ü€\U0001f600"}}
    )
    for n in range(15)
]  # fmt: skip
TOKENS = [
    b"{", b"}", b"[", b"]", b",", b'"', b"\\", b"\n", b"\r\n", b"\x00", b"\xff", b"NaN", b"-inf",
    b"null", b"1e999", b"\\ud800", b"\xef\xbb\xbf", b"  ", b"\t", b"\x1f\x8b", b"PAR1", b"'", b";",
    b"[" * 400, b'{"a":' * 250, b"9" * 400, b"\xe2\x80\xae", b'"event_id":"e1",',
]  # fmt: skip


def mutated(data: bytes, rng: random.Random) -> bytes:
    """The bytes after one to eight accidents."""
    for _ in range(rng.randrange(1, 9)):
        at = rng.randrange(len(data) + 1)
        kind = rng.randrange(5)
        if kind == 0:
            data = data[:at] + rng.choice(TOKENS) + data[at:]
        elif kind == 1:
            data = data[:at] + data[at + rng.randrange(1, 60) :]
        elif kind == 2 and at < len(data):
            data = data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :]
        elif kind == 3:
            start = rng.randrange(len(data) + 1)
            data = data[:at] + data[start : start + rng.randrange(400)] + data[at:]
        else:
            data = data[:at] if rng.random() < 0.3 else data
    return data


def lines_that_are_not_blank(data: bytes) -> int:
    """What `read` must say of a JSONL file that ends with a newline."""
    text = data.removeprefix(b"\xef\xbb\xbf")
    return sum(1 for line in text.split(b"\n") if line.strip(b" \t\r"))


@pytest.mark.parametrize("files", [100, pytest.param(2000, marks=pytest.mark.soak)])
def test_a_mutated_file_keeps_the_ledger_exact(tmp_path: Path, files: int) -> None:
    rng = random.Random(files)
    told = 0
    with open_store(tmp_path / "t.duckdb") as store:
        for number in range(files):
            data = mutated("\n".join(GOOD).encode(), rng) + b"\n"
            path = (
                tmp_path / f"{number}.{rng.choice(['jsonl', 'jsonl', 'jsonl', 'csv', 'parquet'])}"
            )
            path.write_bytes(data)
            told += check(store, path, data)
            path.unlink()
        stored, ledger = stored_and_told(store)
    assert stored == ledger == told


def check(store: Store, path: Path, data: bytes) -> int:
    """The events that the file brought; its counts must add up."""
    [report] = ingest.run(store, ingest_config(), [str(path)], "run").files
    parts = report.inserted + report.duplicate + report.conflict + report.rejected
    assert report.read == parts, data
    if report.status == "ingested" and path.suffix == ".jsonl" and data[:2] != b"\x1f\x8b":
        assert report.read == lines_that_are_not_blank(data), data
    return report.inserted
