"""Whatever bytes come, ingest ends with an exact ledger and without a traceback."""

import json
import random
from pathlib import Path

import pytest

from tests.steps.ingest.conftest import ingest_config
from tests.stored import stored_and_told
from tsa_cli.steps import ingest
from tsa_cli.steps.ingest.report import FileReport
from tsa_cli.store import open_store

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


FILES_A_RUN = 10  # what a run learned of one file is there for the next, failed or not


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
    config = ingest_config()
    told = 0
    with open_store(tmp_path / "t.duckdb") as store:
        for first in range(0, files, FILES_A_RUN):
            written = [write(tmp_path, first + number, rng) for number in range(FILES_A_RUN)]
            reports = ingest.run(store, config, [str(path) for path in written], "run").files
            for path, report in zip(written, reports, strict=True):
                check(report, path.read_bytes(), path.suffix)
                told += report.inserted
                path.unlink()
        stored, ledger = stored_and_told(store)
    assert stored == ledger == told


def write(folder: Path, number: int, rng: random.Random) -> Path:
    """A file that suffered."""
    suffix = rng.choice(["jsonl", "jsonl", "jsonl", "csv", "parquet"])
    path = folder / f"{number}.{suffix}"
    path.write_bytes(mutated("\n".join(GOOD).encode(), rng) + b"\n")
    return path


def check(report: FileReport, data: bytes, suffix: str) -> None:
    """The counts of a file must add up."""
    parts = report.inserted + report.duplicate + report.conflict + report.rejected
    assert report.read == parts, data
    if report.status == "ingested" and suffix == ".jsonl" and data[:2] != b"\x1f\x8b":
        assert report.read == lines_that_are_not_blank(data), data
