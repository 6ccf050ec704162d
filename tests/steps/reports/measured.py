"""Metrics of a given store by name, and a configuration of one metric."""

from tests.steps.reports.conftest import Given

from tsa_cli.config.metrics import MetricsConfig
from tsa_cli.steps import metrics
from tsa_cli.steps.metrics import MetricRow


def rows_of(given: Given, config: MetricsConfig, **asked: object) -> dict[str, list[MetricRow]]:
    asked.setdefault("as_of", given.newest)
    found: dict[str, list[MetricRow]] = {}
    for row in metrics.run(given.store, config, **asked).rows:  # type: ignore[arg-type]
        found.setdefault(row.metric, []).append(row)
    return found


def config_of(numerator: object, denominator: object, **given: object) -> MetricsConfig:
    top = {key: given.pop(key) for key in ("timezone", "week_start") if key in given}
    metric = {"name": "m", "numerator": numerator, "denominator": denominator, **given}
    return MetricsConfig.model_validate({"metrics": [metric], **top})
