"""
The metrics asked, by period and dimension, against target and past.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tsa_cli.cli.answer import Answer
from tsa_cli.cli.jobs.window import Asked, behind, nothing_there, span
from tsa_cli.cli.plain import plain
from tsa_cli.cli.session import Session
from tsa_cli.errors import UsageError
from tsa_cli.quantities import quantity

if TYPE_CHECKING:
    from tsa_cli.config.catalog import Catalog
    from tsa_cli.config.metrics import MetricsConfig
    from tsa_cli.steps.metrics.scope import Compare, Grain


@dataclass(frozen=True)
class Cut:
    """How the metrics are divided, and what they are compared with."""

    grain: "Grain | None" = None
    by: str | None = None
    compare: "Compare | None" = None


def work(
    session: Session, names: list[str], asked: Asked | None = None, cut: Cut | None = None
) -> Answer:
    """What `tsa metrics` answers."""
    from tsa_cli.cli.pictures.metrics import picture
    from tsa_cli.config import definition_hash
    from tsa_cli.config.events import EventsConfig
    from tsa_cli.config.metrics import MetricsConfig
    from tsa_cli.config.sessions import SessionsConfig
    from tsa_cli.steps import metrics as step
    from tsa_cli.steps import unknown_events

    config = session.catalog.load(MetricsConfig, "metrics.yaml")
    plan = session.catalog.load(EventsConfig, "events.yaml")
    cut, asked = cut or Cut(), asked or Asked()
    left_out: list[str] = []
    if asked.where:
        config, names, left_out = _narrowed(session.catalog, config, asked.where, names)
    with session.reading() as store:
        window = span(store, asked, config.timezone)
        report = step.run(
            store,
            config,
            names=names,
            grain=cut.grain,
            by=cut.by,
            compare=cut.compare,
            as_of=window.as_of,
            since=window.since,
            until=window.until,
            event_aliases=plan.canonical_names(),
            sessions=session.catalog.load(SessionsConfig, "sessions.yaml"),
        )
        shown = [metric for metric in config.metrics if not names or metric.name in names]
        warnings = [*unknown_events.warnings_of(store, plan, shown), *behind(session, store)]
        warnings += [] if report.rows else nothing_there(store, window)
    missed = sum(row.ok is False for row in report.rows)
    return Answer(
        "metrics",
        report.rows,
        picture=lambda width: picture(plain(report.rows), width, cut.grain),
        as_of=window.as_of,
        definition=definition_hash(config),
        warnings=[*left_out, *warnings, *report.warnings],
        summary=f"{quantity(len({row.metric for row in report.rows}), 'metric')},"
        f" {quantity(missed, 'target')} missed",
    )


def _narrowed(
    catalog: "Catalog", config: "MetricsConfig", conditions: tuple[str, ...], names: list[str]
) -> "tuple[MetricsConfig, list[str], list[str]]":
    """(the metrics of events that meet the conditions, those asked for, which have no events)."""
    from tsa_cli.config.narrowing import narrowed_metric, parse_where

    where = parse_where(conditions, catalog)
    kept = {metric.name: narrowed_metric(metric, where) for metric in config.metrics}
    left_out = [n for n, metric in kept.items() if metric is None and (not names or n in names)]
    asked = [name for name in names if name not in left_out]
    if names and not asked:
        raise UsageError(
            f"--where: {', '.join(left_out)} counts lines or hours, not events", "leave it out"
        )
    narrowed = {"metrics": [metric for metric in kept.values() if metric is not None]}
    said = [f"{name}: --where does not apply" for name in left_out]
    return config.model_copy(update=narrowed), asked, said
