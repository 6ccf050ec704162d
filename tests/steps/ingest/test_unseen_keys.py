"""A large file, of which a sample is searched for keys, is stored as a small one is."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.soak import soaked
from tests.steps.conftest import EmptyStore
from tests.steps.ingest.conftest import Ingest, ingest_config
from tests.stored import table, worded
from tsa_cli.steps import ingest
from tsa_cli.steps.ingest import lines_file, prepare, read_bundle, read_files, relation
from tsa_cli.store import Store

T = "2026-05-01T10:00:00Z"
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
    "a campaign in the properties": {"properties": {"utm_source": "newsletter"}},
    "a campaign beside them": {"utm_source": "newsletter"},
    "the only id in the properties": {"user_id": None, "properties": {"fingerprint": "f1"}},
    "one by its escape": {"properties": {"page\\u005furl": "https://shop.example/x"}},
    "a personal key in the properties": {"properties": {"email": "ann@example.com"}},
    "nothing of weight": {"properties": {"color": "red", "form": {"email": "ann@example.com"}}},
}


def sample_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the call on, of every file only the first lines are searched for keys."""
    monkeypatch.setattr(prepare, "SAMPLED_ABOVE_BYTES", 0)
    monkeypatch.setattr(read_bundle, "SAMPLED_ABOVE_BYTES", 0)
    monkeypatch.setattr(lines_file, "BLOCK_BYTES", 256)
    monkeypatch.setattr(lines_file, "SAMPLE_HEAD_BLOCKS", 1)
    monkeypatch.setattr(lines_file, "SAMPLE_BLOCKS", 1)


Stored = Callable[[Path, list[str], int, str], tuple[Any, ...]]


@pytest.fixture
def stored(shared: EmptyStore, emptied: Store) -> Stored:
    """(counts, events, traits) of lines as one file, in an empty store but for the `known` last."""

    def of_lines(folder: Path, lines: list[str], known: int, source: str) -> tuple[Any, ...]:
        shared.empty()
        folder.mkdir()
        path = folder / "events.jsonl"
        path.write_text("\n".join(lines) + "\n")
        if known:
            first = folder / "first.jsonl"
            first.write_text("\n".join(lines[-known:]) + "\n")
            ingest.run(emptied, ingest_config(), [str(first)], "first")
        result = ingest.run(emptied, ingest_config(source=source), [str(path)], "run")
        counts = {k: v for k, v in vars(result.files[0]).items() if k not in ("path", "detail")}
        traits = table(emptied, "select * exclude load_id from user_traits order by all")
        return counts, worded(emptied, "event_id"), traits

    return of_lines


@pytest.mark.parametrize(
    ("odd", "known", "source"),
    [
        *((name, 0, "native") for name in ODD),
        ("a personal key in the properties", 0, "rudderstack"),
        ("a field in the properties", 3, "native"),
    ],
)
def test_a_sampled_file_is_stored_as_one_read_whole(
    stored: Stored,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    odd: str,
    known: int,
    source: str,
) -> None:
    events = []
    for at in range(12):
        event = {"event_id": f"e{at:02d}", "timestamp": f"2026-05-01T10:00:{at:02d}Z", **PLAIN}
        events.append(event | (ODD[odd] if at >= 9 else {}))
    lines = [json.dumps(event).replace("\\\\u", "\\u") for event in events]
    whole = stored(tmp_path / "whole", lines, known, source)
    sample_all(monkeypatch)
    assert stored(tmp_path / "sampled", lines, known, source) == whole


@pytest.mark.usefixtures("each_by_itself")
def test_a_key_that_was_rare_in_one_file_is_looked_for_in_the_next(
    store: Store, do_ingest: Ingest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample_all(monkeypatch)
    for number in range(3):
        lines = [{"event_id": f"{number}-{at}", "timestamp": T, **PLAIN} for at in range(12)]
        lines[-1] |= ODD["a personal key in the properties"]
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (tmp_path / f"{number}.jsonl").write_text(text)
    read = []
    ask = read_files.file_to_load
    monkeypatch.setattr(
        read_files, "file_to_load", lambda *given: (read.append(given[3].name), ask(*given))[1]
    )
    assert [report.inserted for report in do_ingest(tmp_path).files] == [12] * 3
    assert [Path(name).name for name in read] == ["0.jsonl", "0.jsonl", "1.jsonl", "2.jsonl"]
    assert len(table(store, "from user_traits where key = 'email_sha256'")) == 3


TEXTS = ['a "b":1', "x):y", "n :null", '"c":null', "\\", 'é":', "", "nan"]


def random_value(rng: random.Random, depth: int = 0) -> Any:
    if depth < 2 and rng.random() < 0.3:
        keys = rng.choices(["a", "k:", 'q"', "back\\", "null"], k=rng.randrange(3))
        inner = {key: random_value(rng, depth + 1) for key in keys}
        return inner if rng.random() < 0.7 else [inner, None]
    return rng.choice([None, 7, True, *TEXTS])


def random_line(rng: random.Random, at: int) -> str:
    event = {
        "event_id": f"e{at:02d}",
        "timestamp": f"2026-05-01T10:00:{at:02d}Z",
        "event": rng.choice(["page_viewed", "page_viewed", None]),
        "user_id": rng.choice(["u1", None, 'u"2":']),
        "user_agent": rng.choice(TEXTS),
        "properties": random_value(rng),
    }
    if rng.random() < 0.3:
        event["traits"] = rng.choice([{"plan": "x", "note": None}, {}, None])
    if at > 8 and rng.random() < 0.2:
        event[rng.choice(["color", 'ev"ent', "event\\", "device_id", "event_name"])] = rng.choice(
            [None, "red", {"a": 1}]
        )
    if at > 8 and rng.random() < 0.1:
        event = {"event_name": "page_viewed", "sent_at": None}  # no known key at all
    separators = rng.choice([(",", ":"), (", ", ": "), (" , ", " : "), (",\t", "\t:\t")])
    line = json.dumps(event, separators=separators, ensure_ascii=rng.random() < 0.5)
    return line[:-3] if rng.random() < 0.1 else line


@pytest.mark.parametrize("seed", [*range(2), *soaked(range(2, 5))])
def test_keys_are_counted_in_lines_of_every_form(
    stored: Stored, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    rng = random.Random(seed)
    lines = [random_line(rng, at) for at in range(20)]
    whole = stored(tmp_path / "whole", lines, 0, "native")
    monkeypatch.setattr(prepare, "SAMPLED_ABOVE_BYTES", 0)
    monkeypatch.setattr(read_bundle, "SAMPLED_ABOVE_BYTES", 0)
    monkeypatch.setattr(lines_file, "BLOCK_BYTES", 1024)
    monkeypatch.setattr(lines_file, "SAMPLE_HEAD_BLOCKS", 1)
    monkeypatch.setattr(lines_file, "SAMPLE_BLOCKS", 1)
    assert stored(tmp_path / "sampled", lines, 0, "native") == whole


def test_lines_of_other_keys_alone_are_no_broken_ones(
    stored: Stored, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [json.dumps(PLAIN | {"event_id": f"e{at}", "timestamp": 1777629600}) for at in range(9)]
    lines += ['{"event_name":"page_viewed","ts":1777629601,"device_id":"d1"}', '{"broken']
    monkeypatch.setattr(prepare, "SAMPLED_ABOVE_BYTES", 0)
    monkeypatch.setattr(read_bundle, "SAMPLED_ABOVE_BYTES", 0)
    monkeypatch.setattr(lines_file, "BLOCK_BYTES", 256)
    monkeypatch.setattr(lines_file, "SAMPLE_HEAD_BLOCKS", 1)
    monkeypatch.setattr(lines_file, "SAMPLE_BLOCKS", 1)
    counts, _, _ = stored(tmp_path / "sampled", lines, 0, "native")
    assert (counts["inserted"], counts["rejected"]) == (10, 1)


@pytest.mark.parametrize(
    "lines",
    [
        [json.dumps(PLAIN | {"user_agent": None}, separators=(",", ":"))],
        [json.dumps(PLAIN | {"properties": {"a": [{"b": None}], "c": None}}), '{"event": "x'],
        [json.dumps(PLAIN | {"traits": {"plan": "x"}, "properties": "none):"}), "{'a':1}"],
    ],
)
def test_lines_whose_keys_are_all_known_are_not_searched(
    stored: Stored, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: list[str]
) -> None:
    def never(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(prepare, "SAMPLED_ABOVE_BYTES", 0)
    monkeypatch.setattr(prepare, "top_level_keys", never)
    monkeypatch.setattr(relation, "top_level_keys", never)
    counts, _, _ = stored(tmp_path / "sampled", lines, 0, "native")
    assert counts["read"] == len(lines)


def test_a_parquet_file_is_read_again_for_a_key_of_its_later_texts(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
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
    [report] = ingest.run(store, ingest_config(), [str(tmp_path / "a.parquet")], "run").files
    last = worded(store, "user_id")[-1]
    traits = table(store, "from user_traits where key = 'email'")
    assert (report.inserted, report.rejected) == (3, 0)
    assert (last["page_url"], last["anonymous_id"]) == (odd["page_url"], "f1")
    assert [trait["anonymous_id"] for trait in traits] == ["f1"]
