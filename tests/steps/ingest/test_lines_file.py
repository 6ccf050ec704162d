"""A file's lines by block: counted, numbered, and found by what they hold."""

import pytest

from tsa_cli.steps.ingest import lines_file
from tsa_cli.steps.ingest.lines_file import open_lines


@pytest.fixture(params=[40, 1000, 1 << 20])
def block_bytes(request, monkeypatch):
    monkeypatch.setattr(lines_file, "BLOCK_BYTES", request.param)


@pytest.mark.usefixtures("block_bytes")
def test_every_line_is_a_row_blank_or_refused(tmp_path):
    kinds = ['{"a":1}', "", '{"a":1,}', '{"a":NaN}', '{"a":"NaN"}', "[1]", " \t", "\v\f"]
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(kinds * 50) + "\n")
    file = open_lines(path, is_final=True, max_line_bytes=1000, max_depth=20)
    assert (file.row_count, file.read_count) == (150, 250)
    numbers = [r.line.number for r in file.refused]
    assert numbers == [n for n in range(1, 401) if n % 8 in (3, 4)]
