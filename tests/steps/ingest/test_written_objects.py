"""JSON lines of a database that keeps objects as text are read as those that have objects."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.steps.ingest import source_files
from tests.steps.ingest.conftest import Ingest, ingest_config
from tests.steps.ingest.source_files import Line
from tests.steps.ingest.test_sources import consents, rows, traits, write
from tsa_cli.config.sources import SourceConfig
from tsa_cli.steps import ingest
from tsa_cli.steps.ingest.written_objects import reading_texts, with_objects
from tsa_cli.store import Store


def written(line: Line) -> Line:
    """The line with every object of it as text."""
    return {k: json.dumps(v) if isinstance(v, dict) else v for k, v in line.items()}


@pytest.mark.parametrize("name", ["native", "segment", "amplitude", "mixpanel", "posthog"])
def test_objects_in_text_say_what_objects_do(
    name: str, store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    lines = source_files.FILES[name]()
    do_ingest(write(tmp_path / "objects.jsonl", lines))
    told = traits(store)
    [report] = do_ingest(write(tmp_path / "texts.jsonl", [written(line) for line in lines])).files
    assert (report.source, report.inserted, report.rejected) == (name, 0, 0)
    kept = {"integrations", "data"}  # objects that the mapping does not look into stay texts
    if not kept & {key for line in lines for key in line}:
        assert report.duplicate == len(lines), "the same events"
    assert traits(store) == told


def test_traits_and_consent_may_be_text(store: Store, do_ingest: Ingest, tmp_path: Path) -> None:
    line: Line = {"event": "a", "timestamp": 1777629601, "user_id": "u", "properties": '{"n": 1}'}
    people = {"traits": '{"plan": "gold"}', "consent": '{"marketing": false}'}
    do_ingest(write(tmp_path / "x.jsonl", [{**line, **people}, {**line, "properties": "{n"}]))
    assert [row["properties"] for row in rows(store)] in (
        [{"n": 1}, {"properties": "{n"}],
        [{"properties": "{n"}, {"n": 1}],
    )
    assert {t[2:] for t in traits(store)} == {("plan", "gold")}
    assert consents(store) == {("marketing", False)}


def test_other_texts_are_left_alone() -> None:
    source = source_files.sources()["native"]
    texts = ("{", "[1]", "1", "text", "{} {}", "{" * 5_000)
    for text in texts:
        line = json.dumps({"properties": text, "other": "{}"})
        assert reading_texts(source, [line, text, "None"]) is source
        assert with_objects({"a": text}) == {"a": text}


def test_texts_and_pairs_further_down_are_read_where_they_stand(
    store: Store, tmp_path: Path
) -> None:
    mine = SourceConfig.model_validate(
        {"version": 1, "title": "a queue's messages", "fields":
         {"event": ["msg.body.what"], "timestamp": ["msg.body.at"], "user_id": ["msg.from"]},
         "embedded": ["msg.body"], "properties": ["msg.body.data", "msg.params"],
         "key_values": [{"path": "msg.params"}]}
    )  # fmt: skip
    body = json.dumps({"what": "view", "at": 1777629601, "data": {"price": 5}})
    line = {"msg": {"body": body, "from": "u", "params": [{"key": "step", "value": 2}]}}
    config = ingest_config()
    config = replace(config, sources={**config.sources, "mine": mine}, source="mine")
    path = write(tmp_path / "x.jsonl", [line])
    [report] = ingest.run(store, config, [str(path)], "run").files
    assert (report.inserted, report.rejected) == (1, 0)
    [row] = rows(store)
    assert (row["event_type"], row["user_id"]) == ("view", "u")
    assert {"price": 5, "step": 2}.items() <= row["properties"].items()
