"""
The retention reports asked, in one of three views.
"""

from typing import TYPE_CHECKING

from tsa_cli.cli.answer import Answer
from tsa_cli.cli.jobs.window import Asked, Span, span
from tsa_cli.cli.pictures.rows import items, text
from tsa_cli.cli.plain import Plain, plain
from tsa_cli.cli.session import Session

if TYPE_CHECKING:
    from tsa_cli.config.retention import RetentionConfig
    from tsa_cli.steps.retention import LifecycleReport, RetentionReport, StickinessReport
    from tsa_cli.store import Store

COHORTS, LIFECYCLE, STICKINESS = "cohorts", "lifecycle", "stickiness"


def work(
    session: Session, names: list[str], asked: Asked | None = None, view: str = COHORTS
) -> Answer:
    """What `tsa retention` answers: one report when one was named, else a list of them."""
    from tsa_cli.cli.pictures.retention import picture
    from tsa_cli.config import definition_hash
    from tsa_cli.config.events import EventsConfig
    from tsa_cli.config.retention import RetentionConfig

    configs = list(session.catalog.entries(RetentionConfig, "retention", names))
    aliases = session.catalog.load(EventsConfig, "events.yaml").canonical_names()
    with session.reading() as store:
        asked = asked or Asked()
        windows = [span(store, asked, config.timezone) for _, config in configs]
        found = [
            plain(_report(store, name, config, window, aliases, view))
            for (name, config), window in zip(configs, windows, strict=True)
        ]
        as_of = span(store, asked).as_of
    data: Plain = found[0] if len(names) == 1 else found
    return Answer(
        "retention",
        data,
        rows=[row for report in found for row in _rows(report, view)],
        picture=lambda width: picture(data, width),
        as_of=as_of,
        definition=definition_hash(*(config for _, config in configs)),
        summary=", ".join(name for name, _ in configs),
    )


def _report(
    store: "Store",
    name: str,
    config: "RetentionConfig",
    window: Span,
    aliases: dict[str, str],
    view: str,
) -> "RetentionReport | LifecycleReport | StickinessReport":
    from tsa_cli.steps import retention as step

    if view == LIFECYCLE:
        return step.run_lifecycle(store, name, config, as_of=window.as_of, event_aliases=aliases)
    if view == STICKINESS:
        return step.run_stickiness(store, name, config, as_of=window.as_of, event_aliases=aliases)
    return step.run(
        store,
        name,
        config,
        as_of=window.as_of,
        since=window.since,
        until=window.until,
        event_aliases=aliases,
    )


def _rows(report: Plain, view: str) -> list[dict[str, object]]:
    """One row per cohort and period, per period, or per number of active periods."""
    name = {"name": text(report, "name")} if isinstance(report, dict) else {}
    if view != COHORTS:
        key = "periods" if view == LIFECYCLE else "rows"
        return [{**name, **row} for row in items(report, key)]
    return [{**name, **cell} for cohort in items(report, "cohorts") for cell in _cells(cohort)]


def _cells(cohort: dict[str, Plain]) -> list[dict[str, object]]:
    size, returned, complete = (cohort[key] for key in ("size", "returned", "complete"))
    if not isinstance(returned, list) or not isinstance(complete, list):
        return []
    return [
        {
            "cohort": cohort["cohort"],
            "size": size,
            "period": period,
            "returned": value,
            "rate": value / size
            if isinstance(value, int) and isinstance(size, int) and size
            else None,
            "is_complete": is_complete,
        }
        for period, (value, is_complete) in enumerate(zip(returned, complete, strict=True))
    ]
