"""Wilson's interval against scipy's."""

import pytest

from tsa_cli.kernels.wilson import wilson


@pytest.mark.parametrize(
    ("hits", "n"), [(0, 1), (1, 1), (0, 10), (5, 10), (98, 100), (3, 7), (12_345, 1_000_000)]
)
def test_the_interval_equals_that_of_scipy(hits: int, n: int) -> None:
    from scipy.stats import binomtest  # here: it takes two seconds of every worker's start

    theirs = binomtest(hits, n).proportion_ci(confidence_level=0.95, method="wilson")
    assert wilson(hits, n) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_nothing_counted_has_no_interval() -> None:
    assert wilson(0, 0) == (None, None)


def test_the_bounds_at_the_ends_are_exact() -> None:
    assert wilson(0, 3)[0] == 0.0
    assert wilson(3, 3)[1] == 1.0
