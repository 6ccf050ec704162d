"""A file that is no event file fails by itself, by name, and the others are read."""

import bz2
import errno
import gzip
import io
import json
import lzma
import os
import random
import tarfile
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.steps.ingest.conftest import Ingest
from tests.steps.ingest.test_ledger import counts, event, quarantined, stored_ids
from tsa_cli.steps.ingest import inputs, spool
from tsa_cli.store import Store


def parquet_bytes(tmp_path: Path) -> bytes:
    """A valid Parquet file of a few row groups, of native events."""
    columns = {
        "event_id": [f"p{i}" for i in range(600)],
        "event": ["page_viewed"] * 600,
        "timestamp": [f"2026-05-01T10:{i // 60:02d}:{i % 60:02d}Z" for i in range(600)],
        "user_id": [f"u{i % 7}" for i in range(600)],
    }
    pq.write_table(pa.table(columns), tmp_path / "whole", row_group_size=200)
    return (tmp_path / "whole").read_bytes()


def test_a_damaged_parquet_fails_by_itself(store: Store, do_ingest: Ingest, tmp_path: Path) -> None:
    whole = parquet_bytes(tmp_path)
    rng = random.Random(5)
    damaged = {"cut.parquet": whole[:-100], "junk.parquet": b"PAR1" + rng.randbytes(99) + b"PAR1"}
    for number in range(6):  # anywhere, and in the footer
        flipped = bytearray(whole)
        lowest = 0 if number % 2 else len(whole) - 900
        flipped[rng.randrange(lowest, len(whole))] ^= 1 << rng.randrange(8)
        damaged[f"flip{number}.parquet"] = bytes(flipped)
    for name, data in damaged.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "good.jsonl").write_bytes(event(1) + b"\n")
    *reports, good = do_ingest(*(tmp_path / name for name in (*damaged, "good.jsonl"))).files
    assert (good.status, good.inserted) == ("ingested", 1)
    failed = [report for report in reports if report.status == "failed"]
    assert [report.path for report in failed[:2]] == [str(tmp_path / n) for n in list(damaged)[:2]]
    assert len(failed) > 2  # a flipped bit of a text is only another text
    assert all("damaged or cut off" in report.detail for report in failed[:2])
    assert len(stored_ids(store)) == sum(report.inserted for report in (*reports, good))


def test_a_parquet_that_breaks_in_its_last_pages_leaves_nothing(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    whole = bytearray(parquet_bytes(tmp_path))
    group = pq.ParquetFile(tmp_path / "whole").metadata.row_group(2).column(0)
    whole[group.data_page_offset : group.data_page_offset + 40] = b"\xff" * 40
    (tmp_path / "x.parquet").write_bytes(whole)
    (tmp_path / "good.jsonl").write_bytes(event(1) + b"\n")
    broken, good = do_ingest(tmp_path / "x.parquet", tmp_path / "good.jsonl").files
    assert (broken.status, good.status) == ("failed", "ingested")
    assert stored_ids(store) == ["e1"]


def indented(*objects: bytes) -> bytes:
    """The objects one after the other as a person would have them written."""
    return b"".join(json.dumps(json.loads(each), indent=2).encode() + b"\n" for each in objects)


PNG = b"\x89PNG\r\n\x1a\n" + bytes([0, 0, 0, 13]) + b"IHDR" + bytes(17)
ARRAY = b"[" + event(1) + b", " + event(2) + b"]"
NO_EVENT_FILES = {
    "random": (random.Random(3).randbytes(3000), "no text"),
    "random without a newline": (
        random.Random(4).randbytes(3000).replace(b"\n", b""), "no text",
    ),
    "png": (PNG, "no text"),
    "array": (ARRAY, "JSON array"),
    "array and newline": (ARRAY + b"\n", "JSON array"),
    "array over lines": (ARRAY.replace(b"[", b"[\n ").replace(b"}, {", b"},\n {"), "JSON array"),
    "array of unknown": (b'[\n{"a": {"b": 1}},\n{"a": {"b": 2}}\n]\n', "JSON array"),
    "one object over lines": (indented(event(1)), "JSON over many lines"),
    "objects over lines": (indented(event(1), event(2)), "JSON over many lines"),
    "objects over lines of Windows": (
        indented(event(1), event(2)).replace(b"\n", b"\r\n"), "JSON over many lines",
    ),
    "object with a list of all": (indented(b'{"events": ' + ARRAY + b"}"), "jq -c '.KEY[]'"),
    "list in an object, one a line": (
        b'{"events": [\n' + event(1) + b",\n" + event(2) + b"\n]}\n", "JSON over many lines",
    ),
    "object with small ones in a line": (
        b'{\n  "event": "a", "items": [\n  {"a": 1},\n  {"b": 2}\n]\n}\n', "JSON over many lines",
    ),
}  # fmt: skip


def test_what_is_no_event_file_fails_and_leaves_nothing(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    paths = [tmp_path / f"{name}.jsonl" for name in [*NO_EVENT_FILES, "good"]]
    contents = [*(data for data, _ in NO_EVENT_FILES.values()), event(9) + b"\n"]
    for path, data in zip(paths, contents, strict=True):
        path.write_bytes(data)
    *bad, good = do_ingest(*paths).files
    for (name, (_, why)), report in zip(NO_EVENT_FILES.items(), bad, strict=True):
        assert report.status == "failed", name
        assert why in report.detail, name
    assert good.inserted == 1
    assert (stored_ids(store), quarantined(store)) == (["e9"], [])


def archive_of(kind: str, folder: Path) -> bytes:
    """The bytes of an archive of that kind, with two files of two events each."""
    lines = event(1) + b"\n" + event(2) + b"\n", event(3) + b"\n" + event(4) + b"\n"
    if kind == "bzip2":
        return bz2.compress(lines[0])
    if kind == "xz":
        return lzma.compress(lines[0])
    target = folder / "made"
    if kind == "zip":
        with zipfile.ZipFile(target, "w") as packed:  # stored, as it is by default
            for number, each in enumerate(lines):
                packed.writestr(f"{number}.jsonl", each)
        return target.read_bytes()
    with tarfile.open(target, "w") as tar:
        for number, each in enumerate(lines):
            entry = tarfile.TarInfo(f"{number}.jsonl")
            entry.size = len(each)
            tar.addfile(entry, io.BytesIO(each))
    data = target.read_bytes()
    return gzip.compress(data) if kind == "tar in gz" else data


@pytest.mark.parametrize("kind", ["zip", "bzip2", "xz", "tar", "tar in gz"])
def test_an_archive_is_not_read_as_the_lines_that_stand_in_it(
    store: Store, do_ingest: Ingest, tmp_path: Path, kind: str
) -> None:
    (tmp_path / "a.jsonl").write_bytes(archive_of(kind, tmp_path))
    [report] = do_ingest(tmp_path / "a.jsonl").files
    assert (report.status, stored_ids(store), quarantined(store)) == ("failed", [], [])
    assert f"{kind.split(maxsplit=1)[0]} archive" in report.detail
    assert "unpack it" in report.hint


@pytest.mark.parametrize("bits", [16, 32])
@pytest.mark.parametrize("order", ["le", "be"])
@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.tsv", "a.csv.gz"])
@pytest.mark.parametrize("mark", ["\ufeff", ""])
def test_another_unicode_is_named_in_every_format(
    do_ingest: Ingest, tmp_path: Path, mark: str, name: str, order: str, bits: int
) -> None:
    text = f"{mark}event,timestamp,user_id\na,2026-01-01,u一\n".encode(f"utf-{bits}-{order}")
    (tmp_path / name).write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
    [report] = do_ingest(tmp_path / name).files
    assert (report.status, report.detail) == ("failed", f"UTF-{bits} text (convert it to UTF-8)")


@pytest.mark.parametrize("hole", [b"\0" * 600, b"\0", b'"\0a\0b\0c\0d"\n'])
def test_nulls_in_a_log_are_those_lines_own_matter(
    do_ingest: Ingest, tmp_path: Path, hole: bytes
) -> None:
    line = b'{"event": "a", "timestamp": 1777629601, "user_id": "u"}\n'
    for place, text in {"a": hole + b"\n" + line, "b": line + hole + b"\n" + line}.items():
        (tmp_path / f"{place}.jsonl").write_bytes(text)
        [report] = do_ingest(tmp_path / f"{place}.jsonl").files
        assert (report.status, report.rejected) == ("ingested", 1)


def test_a_parquet_of_small_numbers_is_no_text_of_wide_characters(
    do_ingest: Ingest, tmp_path: Path
) -> None:
    rows: dict[str, object] = {"n": pa.array([n % 200 + 1 for n in range(3000)], pa.int32())}
    rows |= {"event": ["x"] * 3000, "timestamp": [1777629601] * 3000, "user_id": ["u"] * 3000}
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table(rows), path, compression="none", use_dictionary=False)
    [report] = do_ingest(path).files
    assert (report.status, report.read, report.rejected) == ("ingested", 3000, 0)


def test_an_encrypted_parquet_is_named(do_ingest: Ingest, tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PARE" + bytes(range(256)) + b"PARE")
    [report] = do_ingest(tmp_path / "a.parquet").files
    assert report.status == "failed"
    assert report.detail == "an encrypted Parquet file (decrypt it first)"


def test_a_disk_too_full_for_the_copy_is_what_is_told(
    do_ingest: Ingest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(event(1) + b"\n"))
    monkeypatch.setattr(spool.Spool, "new_path", full)
    [report] = do_ingest(tmp_path / "a.jsonl.gz").files
    assert (report.status, report.detail[:16]) == ("failed", "the disk is full")
    assert "free some space" in report.hint


BAD_FILES = {
    b'42\n"abc"\n[{"event": "a", "user_id": "u"}]\n': ["not_an_object"] * 3,
    event(1) + b"\r" + event(2) + b"\r": ["invalid_json"],
    event(1) + event(2) + event(3)[:-9]: ["invalid_json"],  # no line end, as from a stream
    b'{"event": "' + b"x" * 1_000_000: ["line_too_long"],
    b'{"event": "a",\n' + event(1)[:9] + b"\n": ["invalid_json"] * 2,  # cut off, both
    b"some text": ["invalid_json"],
    b"\xe9\xe9 is the first of a long line of text\n{bad\n": ["invalid_encoding", "invalid_json"],
    b'{"event": "page_viewed", "user_': [],  # perhaps still being written
}


@pytest.mark.parametrize(("data", "reasons"), BAD_FILES.items(), ids=lambda v: repr(v)[:30])
def test_a_file_of_bad_lines_alone_says_why_of_each(
    store: Store, do_ingest: Ingest, tmp_path: Path, data: bytes, reasons: list[str]
) -> None:
    (tmp_path / "a.jsonl").write_bytes(data)
    [report] = do_ingest(tmp_path / "a.jsonl").files
    assert counts(report) == (len(reasons), 0, 0, 0, len(reasons)), report
    assert [reason for _, _, reason in quarantined(store)] == reasons


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.jsonl.zst", "a.gz"])
def test_a_plain_file_is_plain_whatever_its_name(
    do_ingest: Ingest, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_bytes(event(1) + b"\n")
    assert counts(do_ingest(tmp_path / name).files[0]) == (1, 1, 0, 0, 0)


def test_a_packed_file_may_begin_with_a_frame_to_be_skipped(
    do_ingest: Ingest, tmp_path: Path
) -> None:
    packed = pa.compress(event(1) + b"\n", codec="zstd", asbytes=True)
    (tmp_path / "a.jsonl.zst").write_bytes(b"\x50\x2a\x4d\x18\x04\0\0\0size" + packed)
    assert counts(do_ingest(tmp_path / "a.jsonl.zst").files[0]) == (1, 1, 0, 0, 0)


def test_a_folder_that_cannot_be_looked_into_is_named_and_stops_no_other(
    store: Store, do_ingest: Ingest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "logs" / "closed").mkdir(parents=True)
    (tmp_path / "logs" / "a.jsonl").write_bytes(event(1) + b"\n")
    looked = os.scandir

    def guarded(place: object) -> object:
        if str(place).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(place))
        return looked(place)  # type: ignore[call-overload]

    monkeypatch.setattr(os, "scandir", guarded)
    closed, good = do_ingest(tmp_path / "logs").files
    assert (closed.path, closed.status) == (str(tmp_path / "logs" / "closed"), "failed")
    assert closed.detail == "Permission denied: its files are not read"
    assert (good.status, stored_ids(store)) == ("ingested", ["e1"])


def test_an_argument_that_cannot_be_looked_at_stops_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refused(*_: object, **__: object) -> list[str]:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(inputs.glob, "glob", refused)
    found, faults = inputs.resolve(["closed/*", "", "-"])  # "" is no name of the working folder
    assert [item.name for item in found] == ["<stdin>"]
    assert faults == [("closed/*", "Permission denied"), ("''", "an empty name")]
