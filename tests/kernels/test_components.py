"""Components against union-find on random graphs; labels are the smallest member."""

import random

import numpy as np
import pytest

from tsa_cli.kernels.components import component_labels


def by_union(count: int, edges: list[tuple[int, int]]) -> list[int]:
    parent = list(range(count))

    def root(node: int) -> int:
        while parent[node] != node:
            node = parent[node]
        return node

    for left, right in edges:
        low, high = sorted((root(left), root(right)))
        parent[high] = low
    return [root(node) for node in range(count)]


@pytest.mark.parametrize("seed", range(200))
def test_labels_equal_union_find(seed: int) -> None:
    rng = random.Random(seed)
    count = rng.randint(1, 30)
    edges = [(rng.randrange(count), rng.randrange(count)) for _ in range(rng.randint(0, 40))]
    ends = np.array(edges, dtype=np.int64).reshape(-1, 2)
    assert component_labels(count, ends[:, 0], ends[:, 1]).tolist() == by_union(count, edges)


def test_a_long_chain_in_any_order_is_one_component() -> None:
    order = np.random.default_rng(1).permutation(99_999)
    labels = component_labels(100_000, order + 1, order)
    assert not labels.any()


def test_no_nodes_have_no_labels() -> None:
    empty = np.empty(0, np.int64)
    assert component_labels(0, empty, empty).tolist() == []
