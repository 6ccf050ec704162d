"""The byte scan against a line-by-line oracle, over slices of every size."""

import json
import random
import re

import numpy as np
import pytest

from tsa_cli.kernels import byte_slices
from tsa_cli.kernels.lines import scan_block

LONGEST, DEEPEST = 300, 20
TRAILING_COMMA = re.compile(rb",[ \t\r]*[}\]]")
BARE_WORD = re.compile(rb"[:,\[ \t\r+-](nan|inf|infinity)[ \t\r]*[,}\]]", re.IGNORECASE)


@pytest.fixture(params=[1, 7, 64, 1000, byte_slices.SLICE_BYTES])
def slices(request, monkeypatch):
    monkeypatch.setattr(byte_slices, "SLICE_BYTES", request.param)


def scan(block: bytes):
    return scan_block(np.frombuffer(block, dtype=np.uint8), LONGEST, DEEPEST)


def value(rng: random.Random, depth: int = 0):
    kind = rng.randrange(9 if depth < 3 else 6)
    if kind < 3:
        return "".join(rng.choices('abnfyNFYil -,:}]{["\\/é\t1', k=rng.randrange(9)))
    if kind < 6:
        return rng.choice([None, True, False, 0, -7, 1.5, 1e300, 90210])
    if kind == 6:
        return [value(rng, depth + 1) for _ in range(rng.randrange(4))]
    return {rng.choice("abn") * (i + 1): value(rng, depth + 1) for i in range(rng.randrange(4))}


def valid_line(rng: random.Random) -> bytes:
    separators = rng.choice([(",", ":"), (", ", ": ")])
    return json.dumps({"event": value(rng)}, separators=separators).encode()


def odd_line(rng: random.Random) -> bytes:
    word = rng.choice(["NaN", "nan", "Infinity", "-Infinity", "INF", "-inf", "infinitY"])
    space = rng.choice(["", "", " ", "\t", "\r", "  \t "])
    text = rng.choice([
        f'{{"a":{word}{space}}}', f'{{"a": {word}{space}, "b":[1]}}', f'{{"a":1,{space}}}',
        f'{{"a":[{word}{space},{word}]}}', f'{{"a":[1,{space}]}}', f'{{"a":[1,{space}] }}\r',
        "[" * 25 + "]" * 25, '{"a":' * 21 + "1" + "}" * 21, " ", "", "\r", " \t", ' {"a":1}',
        f'{{"long":"{"x" * rng.randrange(280, 310)}"}}',
    ])  # fmt: skip
    return text.encode()


def is_odd(line: bytes) -> bool:
    if TRAILING_COMMA.search(line) or BARE_WORD.search(line):
        return True
    closers = line.count(b"}") + line.count(b"]")
    return closers > DEEPEST


@pytest.mark.usefixtures("slices")
@pytest.mark.parametrize("seed", range(12))
def test_no_line_that_the_lenient_reader_takes_is_missed(seed):
    rng = random.Random(seed)
    lines = [odd_line(rng) if rng.random() < 0.3 else valid_line(rng) for _ in range(80)]
    block = b"\n".join(lines) + rng.choice([b"", b"\n"])
    lines = block.removesuffix(b"\n").split(b"\n") if block else []
    found = scan(block)
    assert [block[s:e] for s, e in zip(found.starts, found.ends, strict=True)] == lines
    assert found.blank.tolist() == [i for i, x in enumerate(lines) if not x.strip(b" \t\r\v\f")]
    too_long = [i for i, x in enumerate(lines) if len(x) > LONGEST]
    assert found.too_long.tolist() == too_long
    odd = {i for i, x in enumerate(lines) if is_odd(x)} - set(too_long)
    assert odd <= set(found.suspects.tolist()), [lines[i] for i in odd - set(found.suspects)]


@pytest.mark.usefixtures("slices")
def test_ordinary_lines_raise_no_alarm():
    texts = ["Berlin, Germany", "KHTML, like Gecko)", "city, quality", "nan", "info", "-inf-", "n"]
    rows = [{"event": t, t: [t, 1.5, None, True, {"a": [], "b": {}}]} for t in texts]
    for separators in [(",", ":"), (", ", ": ")]:
        block = "".join(json.dumps(row, separators=separators) + "\n" for row in rows).encode()
        found = scan(block)
        assert len(found.ends) == len(rows)
        assert not found.has_special


@pytest.mark.usefixtures("slices")
def test_lines_that_end_in_a_return_are_ordinary():
    assert not scan(b'{"a":1}\r\n{"a":"b"}\r\n').has_special


@pytest.mark.parametrize("block", [b"", b"\n", b"{}", b"}", b",", b"nan,", b"\n\n"])
def test_a_block_of_few_bytes_is_scanned(block):
    found = scan(block)
    assert len(found.ends) == block.count(b"\n") + (not block.endswith(b"\n") and block != b"")


@pytest.mark.parametrize("before", b" \t\rnfyNFY")
def test_a_comma_is_soft_after_white_space_and_the_last_letter_of_a_word(before):
    block = np.array([0x7B, before, 0x2C, 0x7D], dtype=np.uint8)
    assert byte_slices.places_in(block).soft_commas.tolist() == [2]


@pytest.mark.parametrize("before", b'"0123456789}]elEL')
def test_a_comma_after_what_ends_a_value_costs_nothing(before):
    block = np.array([0x7B, before, 0x2C, 0x7D], dtype=np.uint8)
    assert byte_slices.places_in(block).soft_commas.tolist() == []
