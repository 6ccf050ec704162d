"""What a benchmark says of its samples: medians of paired ratios, and answers that differ."""

from benchmarks.case import Case, Side
from benchmarks.measure import Sample
from benchmarks.report import Measured

TSA = Side("tsa", ["x"], parts={"step": ("layout", "sessions")})
PEER = Side("peer", ["y"], parts={"step": ("all",)})


def _sample(wall: float, stages: dict[str, float], answer: dict[str, object]) -> Sample:
    return Sample(wall, wall, 1 << 20, 1.0, stages, answer)


def _measured(own: list[Sample], other: list[Sample]) -> Measured:
    return Measured(Case("c", "?", (), (TSA, PEER)), {"tsa": own, "peer": other}, {})


def test_a_ratio_is_the_median_of_the_ratios_of_each_round() -> None:
    own = [_sample(wall, {"layout": 1, "sessions": 2}, {}) for wall in (1.0, 4.0, 9.0)]
    other = [_sample(wall, {"all": 6}, {}) for wall in (1.0, 8.0, 3.0)]
    found = _measured(own, other)
    assert found.ratio(PEER, "wall") == 1.0
    assert found.ratio(PEER, "step") == 0.5


def test_only_figures_that_both_sides_answer_are_compared() -> None:
    own = [_sample(1, {"layout": 1, "sessions": 1}, {"n": 3, "own": 1, "_bytes": 5})]
    other = [_sample(1, {"all": 1}, {"n": 4, "theirs": 2, "_bytes": 6})]
    found = _measured(own, other)
    assert found.compared(PEER) == 1
    assert found.differences(PEER) == ["n: 3 | 4"]


def test_sums_in_another_order_are_equal_and_counts_off_by_one_are_not() -> None:
    own = [_sample(1, {"layout": 1, "sessions": 1}, {"sum": 0.1 + 0.2, "count": 10_000_000})]
    other = [_sample(1, {"all": 1}, {"sum": 0.3, "count": 10_000_001})]
    assert _measured(own, other).differences(PEER) == ["count: 10000000 | 10000001"]


def test_a_side_that_failed_has_no_ratio() -> None:
    found = Measured(Case("c", "?", (), (TSA, PEER)), {"tsa": []}, {"peer": "out of memory"})
    assert found.ratio(PEER, "wall") is None
