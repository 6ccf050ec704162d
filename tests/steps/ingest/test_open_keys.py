"""Keys that a mapping does not name, read as columns, become what they are in a document."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.steps.ingest.conftest import ingest_config
from tests.stored import worded
from tsa_cli.steps import ingest
from tsa_cli.steps.ingest import relation
from tsa_cli.store import open_store

VALUES: list[Any] = [
    None, "", "x", "null", "{}", '{"a": 1}', "[1]", "[broken", "é\u0000\u2028", 0, -1, 1.5, 1e300,
    123456789012345678901, True, {"a": {"b": None, "c": [None, 1]}}, {}, [], [1, "2", {"d": None}],
]  # fmt: skip
KEYS = ["app", "plan-b", 'a"b', "$x", "@y", "a.b", "page", "properties.z", "ünï", " "]


def lines_of(rng: random.Random) -> list[str]:
    """Lines with open keys, some of which are among their properties, too."""
    lines = []
    for at in range(60):
        event: dict[str, Any] = {
            "event": "a",
            "ts": 1777629600 + at,
            "user_id": "u",
            "event_id": at,
        }
        event |= {key: rng.choice(VALUES) for key in rng.sample(KEYS, rng.choice((0, 0, 1, 3)))}
        if rng.random() < 0.8:
            properties = {key: rng.choice(VALUES) for key in rng.sample(KEYS, 2)}
            event["properties"] = rng.choice([properties, properties, {}, None, "text", [1]])
        lines.append(json.dumps(event))
    return lines


def stored(folder: Path, path: Path) -> list[dict[str, Any]]:
    with open_store(folder / f"{path.name}.duckdb") as store:
        [report] = ingest.run(store, ingest_config(), [str(path)], "run").files
        assert report.status == "ingested"
        rows = worded(store, "event_ts")
    return [row | {"properties": without_nulls(json.loads(row["properties"]))} for row in rows]


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_nulls(inner) for key, inner in value.items() if inner is not None}
    return [without_nulls(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize("ending", ["jsonl", "parquet"])
def test_columns_and_documents_say_the_same(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    as_documents: Callable[[], None],
    ending: str,
) -> None:
    path = tmp_path / f"events.{ending}"
    lines = lines_of(random.Random(7))
    if ending == "jsonl":
        path.write_text("\n".join(lines) + "\n")
    else:
        events = [json.loads(line) for line in lines]
        # A column has one type: texts, numbers and objects each have one of their own.
        for event in events:
            for key in KEYS:
                value = event.pop(key, None)
                event[key] = value if isinstance(value, str) else None
                event[f"n {key}"] = value if isinstance(value, float) else None
                event[f"o {key}"] = {"b": str(value)} if isinstance(value, dict) else None
            event["properties"] = json.dumps(event.get("properties"))
        pl.DataFrame(events, infer_schema_length=None).write_parquet(path)
    was_asked: list[bool] = []
    is_plain = relation.is_plain
    monkeypatch.setattr(
        relation, "is_plain", lambda *args: was_asked.append(is_plain(*args)) or was_asked[-1]
    )
    by_columns = stored(tmp_path, path)
    assert was_asked == [True]
    assert len(by_columns) == len(lines)
    (tmp_path / "documents").mkdir()
    as_documents()
    assert stored(tmp_path / "documents", path) == by_columns


def test_of_a_key_that_comes_twice_the_first_value_holds(tmp_path: Path) -> None:
    path = tmp_path / "twins.jsonl"
    path.write_text('{"event":"a","ts":1777629600,"user_id":"u","page":1,"page":2}\n')
    [row] = stored(tmp_path, path)
    assert row["properties"] == {"page": 1}


@pytest.mark.parametrize("key", ["c_event_ts", "C_Event_TS", "", "c_event", "json"])
def test_a_key_may_be_called_as_a_column_of_ours(tmp_path: Path, key: str) -> None:
    path = tmp_path / "names.jsonl"
    line = {"event": "a", "ts": 1777629600, "user_id": "u", key: "x"}
    path.write_text(json.dumps(line) + "\n")
    [row] = stored(tmp_path, path)
    assert (row["event_type"], row["properties"]) == ("a", {key: "x"})
