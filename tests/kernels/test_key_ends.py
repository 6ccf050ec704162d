"""Keys are never counted too few in bytes, and never too many in documents."""

import json
import random
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tsa_cli.kernels.byte_slices import as_bytes, places_in
from tsa_cli.kernels.key_ends import valued_keys
from tsa_cli.steps.ingest.distinct import distinct_of
from tsa_cli.steps.ingest.key_count import keys_in

TEXTS = ['"', '":', '\\":', "):", " :", '":null', "null", "\\", "", "é:", "plain"]


def value(rng: random.Random, depth: int = 0) -> Any:
    kind = rng.randrange(8 if depth < 3 else 6)
    if kind < 3:
        return "".join(rng.choices(TEXTS, k=rng.randrange(3)))
    if kind < 6:
        return rng.choice([None, True, 0, 1.5])
    if kind == 6:
        return [value(rng, depth + 1) for _ in range(rng.randrange(3))]
    return {"".join(rng.choices(TEXTS, k=2)): value(rng, depth + 1) for _ in range(3)}


def keys_with_a_value(document: Any) -> int:
    if isinstance(document, list):
        return sum(map(keys_with_a_value, document))
    if not isinstance(document, dict):
        return 0
    return sum((inner is not None) + keys_with_a_value(inner) for inner in document.values())


@pytest.mark.parametrize("seed", range(40))
def test_bytes_tell_too_many_keys_and_documents_too_few(seed: int) -> None:
    rng = random.Random(seed)
    documents = [{"a": value(rng), "b": value(rng)} for _ in range(5)]
    true = sum(map(keys_with_a_value, documents))
    separators = rng.choice([(",", ":"), (", ", ": "), (" ,\t", "\t: "), (",", "\r:")])
    raw = "\n".join(json.dumps(one, separators=separators) for one in documents)
    block = as_bytes(raw.encode())
    assert places_in(block).key_ends >= valued_keys(block) >= true
    minified = [json.dumps(one, separators=(",", ":")) for one in documents]
    assert keys_in(distinct_of(pa.chunked_array([minified, minified[:0]]))) <= true


@pytest.mark.parametrize("space", ["", " "])
def test_counts_of_common_lines_are_exact(space: str) -> None:
    events = [{"at": "10:00:01", "id": None, "of": {"x": [{"y": None, "z": 1}], "url": "a://b"}}]
    block = as_bytes(json.dumps(events * 3, separators=(",", ":" + space)).encode())
    assert places_in(block).key_ends == 7 * 3
    assert valued_keys(block) == 5 * 3
    assert valued_keys(np.empty(0, np.uint8)) == 0
    compact = json.dumps(events[0], separators=(",", ":"))
    assert keys_in(distinct_of(pa.chunked_array([[compact, None], [compact]]))) == 5 * 2
