"""A CSV or TSV that another program is writing: its last row waits until it is all there."""

from pathlib import Path

import pytest

from tests.steps.ingest.conftest import Ingest
from tests.stored import table
from tsa_cli.errors import DataError
from tsa_cli.steps.ingest.spool import Input, open_spool
from tsa_cli.steps.ingest.table_rows import rows_to_lines
from tsa_cli.store import Store

HEADER = "event_id,event,timestamp,user_id,properties\n"
ROWS = [f'e{n},a,2026-05-01T10:00:0{n}Z,u{n},"{{""n"":{n}}}"\n' for n in range(3)]
WHOLE = HEADER + "".join(ROWS)


@pytest.mark.parametrize("cut", range(1, len(ROWS[-1])))
def test_a_row_cut_anywhere_is_neither_refused_nor_half_an_event(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "x.csv"
    path.write_text(WHOLE[: len(WHOLE) - cut])
    left = len(ROWS[-1]) - cut
    is_all_there = cut == 1  # but for the line's end
    with open_spool(tmp_path / "t.duckdb", 100) as spool:
        lines, numbers, left_bytes = rows_to_lines(
            spool.take(Input("x.csv", path)), spool, [], is_final=False
        )
        texts = lines.path.read_text().splitlines()
    assert len(texts) == len(numbers) == 3 if is_all_there else 2
    assert left_bytes == (0 if is_all_there else left)
    assert '"n": 1' in texts[1]


def test_what_was_left_is_read_when_it_is_all_there(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    path = tmp_path / "x.csv"
    path.write_text(WHOLE[:-9])
    [first] = do_ingest(path).files
    assert (first.inserted, first.rejected, first.left_bytes) == (2, 0, len(ROWS[-1]) - 9)
    path.write_text(WHOLE)
    [second] = do_ingest(path).files
    assert (second.read, second.inserted, second.duplicate, second.left_bytes) == (3, 1, 2, 0)
    properties = table(store, "select properties from raw_events order by event_text")
    assert [row["properties"] for row in properties] == ['{"n":0}', '{"n":1}', '{"n":2}']


def test_a_file_of_which_nothing_follows_is_read_to_its_end(
    do_ingest: Ingest, tmp_path: Path
) -> None:
    path = tmp_path / "x.csv"
    path.write_text(HEADER + ROWS[0] + ROWS[1][:-30])
    [left] = do_ingest(path).files
    assert (left.read, left.rejected) == (1, 0)
    [final] = do_ingest(path, is_final=True).files
    assert (final.read, final.duplicate, final.rejected, final.left_bytes) == (2, 1, 1, 0)


def test_a_quote_open_over_several_lines_is_a_fault_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(HEADER + 'e0,a,2026-05-01T10:00:00Z,u0,"never\ne1,a')
    with (
        open_spool(tmp_path / "t.duckdb", 100) as spool,
        pytest.raises(DataError, match="line 2: a quote that is never closed"),
    ):
        rows_to_lines(spool.take(Input("x.csv", path)), spool, [], is_final=False)


def test_the_last_row_of_a_tsv_without_header_waits(tmp_path: Path) -> None:
    path = tmp_path / "x.tsv"
    path.write_text("1\t2\t3\n4\t5")
    with open_spool(tmp_path / "t.duckdb", 100) as spool:
        lines, _, left_bytes = rows_to_lines(
            spool.take(Input("x.tsv", path)), spool, ["a", "b", "c"], is_final=False
        )
        assert lines.path.read_text().splitlines() == ['{"a": 1, "b": 2, "c": 3}']
    assert left_bytes == 3
