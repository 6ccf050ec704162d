"""A table in upper case, as Snowflake unloads one, is read as one in lower case."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.steps.ingest.conftest import Ingest, ingest_config
from tests.steps.ingest.test_sources import rows, traits
from tests.steps.ingest.test_tables_in import csv_file
from tests.stored import table
from tsa_cli.config.sources import SourceConfig
from tsa_cli.steps import ingest
from tsa_cli.steps.ingest import quarantine
from tsa_cli.steps.ingest.profile import is_moment
from tsa_cli.store import Store

MOMENT = "2026-05-01T10:00:01Z"
EVENT = {
    "EVENT_ID": "e1", "EVENT": "booking_completed", "TIMESTAMP": MOMENT, "USER_ID": "u1",
    "ANONYMOUS_ID": "a1", "PROPERTIES": '{"Price": 5}', "SHOP_NO": "S7", "CONTEXT_IP": None,
}  # fmt: skip


def as_file(path: Path, *events: dict[str, Any]) -> Path:
    """A table of the events, in the format that the name ends with."""
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(list(events)), path)
        return path
    cells = [[str(value or "") for value in event.values()] for event in events]
    return csv_file(path, [[*events[0]], *cells])


@pytest.mark.parametrize("name", ["x.csv", "x.parquet"])
@pytest.mark.parametrize("more", [{}, {"EMAIL": "kim@shop.example"}], ids=["columns", "documents"])
def test_a_table_in_upper_case_is_read_in_lower_case(
    store: Store, do_ingest: Ingest, tmp_path: Path, name: str, more: dict[str, str]
) -> None:
    [report] = do_ingest(as_file(tmp_path / name, {**EVENT, **more})).files
    assert (report.status, report.source, report.inserted) == ("ingested", "native", 1)
    [row] = rows(store)
    assert (row["event_id"], row["event_type"], row["user_id"]) == (
        "e1", "booking_completed", "u1",
    )  # fmt: skip
    assert row["properties"] == {"Price": 5, "shop_no": "S7"}
    assert bool(traits(store)) is bool(more)


@pytest.mark.parametrize("name", ["x.csv", "x.parquet"])
def test_a_table_with_one_name_in_lower_case_says_what_it_means(
    store: Store, do_ingest: Ingest, tmp_path: Path, name: str
) -> None:
    event = {"event": "seen", "timestamp": MOMENT, "user_id": "u", "EVENT_ID": "7", "ID": "8"}
    assert do_ingest(as_file(tmp_path / name, event)).files[0].inserted == 1
    [row] = rows(store)
    assert {key: str(told) for key, told in row["properties"].items()} == {
        "EVENT_ID": "7",
        "ID": "8",
    }


@pytest.mark.parametrize("name", ["x.csv", "x.parquet"])
def test_a_mapping_that_knows_the_names_in_upper_case_has_them(
    store: Store, tmp_path: Path, name: str
) -> None:
    mapping = SourceConfig.model_validate({
        "version": 1, "title": "t", "priority": 20, "detect": {"all_paths": ["SHOP_NO"]},
        "fields": {"event": ["EVENT"], "timestamp": ["TIMESTAMP"], "user_id": ["SHOP_NO"]},
    })  # fmt: skip
    config = ingest_config()
    config.sources["shop"] = mapping  # type: ignore[index]
    [report] = ingest.run(store, config, [str(as_file(tmp_path / name, EVENT))], "run").files
    assert (report.source, report.inserted) == ("shop", 1)
    [row] = rows(store)
    assert row["user_id"] == "S7"
    assert "EVENT_ID" in row["properties"]


@pytest.mark.parametrize("name", ["x.csv", "x.parquet"])
@pytest.mark.parametrize("needs", [{}, {"all_paths": ["TILL"]}], ids=["columns", "marks"])
def test_a_mapping_of_another_table_that_has_one_of_the_names_changes_nothing(
    store: Store, tmp_path: Path, name: str, needs: dict[str, list[str]]
) -> None:
    when = "TIMESTAMP" if needs else "AT"
    other = SourceConfig.model_validate({
        "version": 1, "title": "t", "priority": 20, "detect": {"any_paths": ["TILL"], **needs},
        "fields": {"event": ["EVENT"], "timestamp": [when], "user_id": ["USER_ID"]},
    })  # fmt: skip
    config = ingest_config()
    config.sources["till"] = other  # type: ignore[index]
    [report] = ingest.run(store, config, [str(as_file(tmp_path / name, EVENT))], "run").files
    assert (report.source, report.inserted) == ("native", 1)
    assert rows(store)[0]["user_id"] == "u1"


def test_bytes_that_are_no_text_in_a_header_are_no_fault_of_the_file(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    path = as_file(tmp_path / "x.csv", EVENT)
    path.write_bytes(path.read_bytes().replace(b"SHOP_NO", b"SHOP_\xff"))
    assert do_ingest(path).files[0].read == 1


@pytest.mark.parametrize("name", ["x.csv", "x.parquet"])
def test_a_name_with_other_letters_stays_as_it_is(
    store: Store, do_ingest: Ingest, tmp_path: Path, name: str
) -> None:
    more = {"GRÖSSE": "7m", "EMAIL": "kim@shop.example"}
    assert do_ingest(as_file(tmp_path / name, {**EVENT, **more})).files[0].inserted == 1
    assert rows(store)[0]["properties"]["GRÖSSE"] == "7m"


def test_the_header_of_tables_put_together_is_no_row(do_ingest: Ingest, tmp_path: Path) -> None:
    path = as_file(tmp_path / "x.csv", EVENT)
    path.write_text(path.read_text() + path.read_text())
    [report] = do_ingest(path).files
    assert (report.read, report.inserted, report.duplicate) == (2, 1, 1)


def test_folders_say_nothing_of_how_the_columns_are_written(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    (tmp_path / "country=DE").mkdir()
    assert do_ingest(as_file(tmp_path / "country=DE" / "x.parquet", EVENT)).files[0].inserted == 1
    assert rows(store)[0]["properties"]["country"] == "DE"


def test_a_column_that_a_folder_repeats_is_one_of_the_table(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    (tmp_path / "EVENT=x").mkdir()
    assert do_ingest(as_file(tmp_path / "EVENT=x" / "x.parquet", EVENT)).files[0].inserted == 1
    assert rows(store)[0]["event_type"] == "booking_completed"


@pytest.mark.parametrize("name", ["x.csv", "x.parquet"])
def test_a_refused_row_is_known_again_in_its_file(
    store: Store, do_ingest: Ingest, tmp_path: Path, name: str
) -> None:
    path = as_file(tmp_path / name, EVENT, {**EVENT, "EVENT_ID": "e2", "TIMESTAMP": "then"})
    assert do_ingest(path).files[0].rejected == 1
    result = quarantine.replay(store, ingest_config(), quarantine.Selection(), "replay")
    assert (result.files[0].rejected, result.warnings) == (1, [])
    assert [row["reason"] for row in table(store, "select reason from quarantined_events")] == [
        "invalid_timestamp"
    ]


def test_the_offset_that_the_engine_writes_is_a_moments() -> None:
    assert is_moment("2026-05-01 10:00:00+00")
    assert not is_moment("2026-05-01 10:00:00+0")
