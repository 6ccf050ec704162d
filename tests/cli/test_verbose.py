"""`-v` says what each statement took; `-vv` adds the traceback of an error."""

import json
from pathlib import Path

import yaml
from tests.conftest import Tsa

EVENT = '{"event_id":"1","event":"page_viewed","timestamp":"2026-01-01T00:00:00Z","user_id":"u"}\n'


def test_v_names_each_statement_with_seconds_and_rows(tsa: Tsa, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(EVENT)
    quiet, verbose = tsa("ingest", "a.jsonl"), tsa("ingest", "a.jsonl", "--force", "-v")
    assert ".sql: " not in quiet.err
    lines = [line for line in verbose.err.splitlines() if "ingested_files: " in line]
    assert len(lines) == 1
    assert lines[0].endswith(" s, 1 row")


def test_v_in_json_has_the_figures_as_fields(tsa: Tsa, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(EVENT)
    ran = tsa("ingest", "a.jsonl", "-v", "--log-format", "json")
    told = [json.loads(line) for line in ran.err.splitlines()]
    [found] = [line for line in told if line.get("statement") == "ingested_files"]
    assert (found["level"], found["rows"]) == ("debug", 1)
    assert 0 <= found["seconds"] < 60


def test_the_traceback_needs_a_second_v(tsa: Tsa) -> None:
    assert "Traceback" not in tsa("ingest", "nowhere.jsonl", "-v").err
    assert "Traceback" not in tsa("sql", "select nonsense", "-v").err
    assert "Traceback" in tsa("sql", "select nonsense", "-vv").err


def test_a_proposed_mapping_on_stderr_is_yaml_to_copy_and_passes_for_no_other_line(
    tsa: Tsa, tmp_path: Path
) -> None:
    (tmp_path / "shop.jsonl").write_text('{"what":"a","at":1767261600,"who":{"login":"kim"}}\n')
    said = tsa("ingest", "shop.jsonl", "-n").err.splitlines()
    first = said.index("warning: shop.jsonl: to be read and mended")
    block = said[first + 1 : said.index("  # plan")]
    assert all(line.startswith("  ") for line in block)
    assert yaml.safe_load("\n".join(block))["fields"]["timestamp"] == ["at"]
