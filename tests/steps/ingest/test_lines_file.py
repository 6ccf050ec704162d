"""A file's lines by block: counted, numbered, and found by what they hold."""

import random

import pytest

from tsa_cli.steps.ingest import lines_file
from tsa_cli.steps.ingest.lines_file import open_lines


@pytest.fixture(params=[40, 1000, 1 << 20])
def block_bytes(request, monkeypatch):
    monkeypatch.setattr(lines_file, "BLOCK_BYTES", request.param)


@pytest.mark.usefixtures("block_bytes")
@pytest.mark.parametrize("seed", range(5))
def test_lines_with_a_needle_have_their_number_and_place(seed, tmp_path):
    rng = random.Random(seed)
    kinds = [b'{"traits":{"a":1}}', b'{"email":"x"}', b'{"a":"email"}', b"", b'{"a":[1,]}', b"{}"]
    lines = [rng.choice(kinds) for _ in range(200)]
    text = b"\n".join(lines)
    path = tmp_path / "a.jsonl"
    path.write_bytes(text)
    file = open_lines(path, is_final=True, max_line_bytes=1000, max_depth=20)
    found = list(file.lines_with([b'"traits"', b'"email"']))
    wanted = [(i + 1, x) for i, x in enumerate(lines) if b'"traits"' in x or b'"email"' in x]
    assert [(line.number, line.raw) for line in found] == wanted
    assert all(text[x.byte_offset :].startswith(x.raw) for x in found)


@pytest.mark.usefixtures("block_bytes")
def test_every_line_is_a_row_blank_or_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(lines_file, "SMALL_BYTES", 0)  # on threads
    kinds = ['{"a":1}', "", '{"a":1,}', '{"a":NaN}', '{"a":"NaN"}', "[1]", " \t"]
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(kinds * 50) + "\n")
    file = open_lines(path, is_final=True, max_line_bytes=1000, max_depth=20)
    assert (file.row_count, file.read_count) == (150, 250)
    numbers = [r.line.number for r in file.refused]
    assert numbers == [n for n in range(1, 351) if n % 7 in (3, 4)]
