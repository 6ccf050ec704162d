"""
Connected components of an undirected graph, given as two arrays of edge ends.

source  Shiloach and Vishkin 1982, "An O(log n) parallel connectivity algorithm": every node hooks
        onto the smallest root beside it, then paths are halved, until nothing moves
"""

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]


def component_labels(node_count: int, left: Integers, right: Integers) -> Integers:
    """
    (node_count,) int64: for each node, the smallest node of its component.

    `left[i]` and `right[i]`, both in [0, node_count), are the ends of edge i; loops and repeated
    edges are allowed. The labels do not depend on the order of edges.
    """
    parent = np.arange(node_count, dtype=np.int64)
    while len(left):
        roots_left, roots_right = parent[left], parent[right]
        low = np.minimum(roots_left, roots_right)
        np.minimum.at(parent, roots_left, low)
        np.minimum.at(parent, roots_right, low)
        parent = _flattened(parent)
        is_apart = parent[left] != parent[right]
        left, right = left[is_apart], right[is_apart]
    return parent


def _flattened(parent: Integers) -> Integers:
    """Every node points at its root."""
    while True:
        grand = parent[parent]
        if np.array_equal(grand, parent):
            return parent
        parent = grand
