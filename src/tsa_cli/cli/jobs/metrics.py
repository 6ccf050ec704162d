"""
The metrics asked, by period and dimension, against target and past.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tsa_cli.cli.answer import Answer
from tsa_cli.cli.jobs.window import Asked, span
from tsa_cli.cli.plain import plain
from tsa_cli.cli.session import Session

if TYPE_CHECKING:
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
    from tsa_cli.steps import metrics as step
    from tsa_cli.steps import unknown_events

    config = session.catalog.load(MetricsConfig, "metrics.yaml")
    plan = session.catalog.load(EventsConfig, "events.yaml")
    cut = cut or Cut()
    with session.reading() as store:
        window = span(store, asked or Asked(), config.timezone)
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
        )
        shown = [metric for metric in config.metrics if not names or metric.name in names]
        warnings = unknown_events.warnings_of(store, plan, shown)
    missed = sum(row.ok is False for row in report.rows)
    return Answer(
        "metrics",
        report.rows,
        picture=lambda width: picture(plain(report.rows), width, cut.grain),
        as_of=window.as_of,
        definition=definition_hash(config),
        warnings=[*warnings, *report.warnings],
        summary=f"{len({row.metric for row in report.rows})} metrics, {missed} targets missed",
    )
