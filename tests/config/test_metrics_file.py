"""What configs/metrics.yaml may not say."""

import pytest

from tsa_cli.config.metrics import Metric, MetricsConfig


@pytest.mark.parametrize(
    ("measure", "why"),
    [
        ({}, "one of `count` and `sum`"),
        ({"count": "sessions", "sum": "x"}, "one of `count` and `sum`"),
        ({"count": "lines"}, "needs `outcome`"),
        ({"count": "sessions", "outcome": "read"}, "`outcome` belongs"),
        ({"count": "keys", "key": "properties.x"}, "needs `with`"),
        ({"count": "keys", "with": {"event": "x"}}, "need each other"),
        ({"count": "sessions", "at_least": {"sessions": 2}}, "need `count: users`"),
        ({"count": "hours", "outcome": "all", "with": {"event": "x"}}, "takes no matchers"),
    ],
)
def test_a_measure_that_means_nothing_is_refused(measure: dict[str, object], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Metric.model_validate(
            {"name": "m", "numerator": measure, "denominator": {"count": "sessions"}}
        )


def test_two_metrics_may_not_share_a_name() -> None:
    one = {"name": "m", "numerator": {"count": "users"}, "denominator": {"count": "users"}}
    with pytest.raises(ValueError, match="two metrics have the name 'm'"):
        MetricsConfig.model_validate({"metrics": [one, one]})
