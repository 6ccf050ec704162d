"""
The retention reports asked, in one of three views.
"""

from typing import TYPE_CHECKING

from tsa_cli.cli.answer import Answer
from tsa_cli.cli.jobs.window import Asked, Span, behind, nothing_there, span
from tsa_cli.cli.pictures.rows import items, text
from tsa_cli.cli.plain import Plain, plain
from tsa_cli.cli.session import Session
from tsa_cli.quantities import quantity

if TYPE_CHECKING:
    from tsa_cli.config.retention import RetentionConfig
    from tsa_cli.steps.retention import LifecycleReport, RetentionReport, StickinessReport
    from tsa_cli.store import Store

COHORTS, LIFECYCLE, STICKINESS = "cohorts", "lifecycle", "stickiness"
ALL = "(all)"  # the cohort of the means
_COLUMNS = (
    "name", "cohort", "size", "period", "returned", "rate", "is_complete", "ci_low", "ci_high",
)  # fmt: skip


def work(
    session: Session, names: list[str], asked: Asked | None = None, view: str = COHORTS
) -> Answer:
    """What `tsa retention` answers: one report when one was named, else a list of them."""
    from tsa_cli.cli.pictures.retention import picture
    from tsa_cli.config import definition_hash
    from tsa_cli.config.events import EventsConfig
    from tsa_cli.config.narrowing import narrowed_retention, parse_where
    from tsa_cli.config.retention import RetentionConfig
    from tsa_cli.steps import unknown_events

    configs = list(session.catalog.entries(RetentionConfig, "retention", names))
    asked = asked or Asked()
    if asked.where:
        where = parse_where(asked.where, session.catalog)
        configs = [(name, narrowed_retention(config, where)) for name, config in configs]
    plan = session.catalog.load(EventsConfig, "events.yaml")
    aliases = plan.canonical_names()
    with session.reading() as store:
        as_of = span(store, asked).as_of
        windows = [span(store, asked, config.timezone) for _, config in configs]
        reports = [
            _report(store, name, config, window, aliases, view)
            for (name, config), window in zip(configs, windows, strict=True)
        ]
        warnings = unknown_events.warnings_of(store, plan, (config for _, config in configs))
        warnings += behind(session, store)
        if not any(map(_found_any, reports)) and windows:
            warnings += nothing_there(store, windows[0])
    found = [plain(report) for report in reports]
    data: Plain = found[0] if len(names) == 1 else found
    return Answer(
        "retention",
        data,
        rows=[row for report in found for row in _rows(report, view)],
        columns=_COLUMNS if view == COHORTS else None,
        picture=lambda width: picture(data, width),
        as_of=as_of,
        definition=definition_hash(*(config for _, config in configs)),
        warnings=[*warnings, *(text for report in reports for text in _left_out(report))],
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


def _found_any(report: "RetentionReport | LifecycleReport | StickinessReport") -> bool:
    """True when the report is about somebody."""
    from tsa_cli.steps.retention import LifecycleReport, RetentionReport

    if isinstance(report, RetentionReport):
        return any(row.size for row in report.cohorts)
    if isinstance(report, LifecycleReport):
        return any(row.active or row.dormant for row in report.periods)
    return report.users > 0


def _left_out(report: "RetentionReport | LifecycleReport | StickinessReport") -> list[str]:
    """What the cohorts on show do not say."""
    from tsa_cli.steps.retention import RetentionReport

    if not isinstance(report, RetentionReport) or not report.left_out.size:
        return []
    who = "user" if report.mode == "first_time" else "start"  # one user may start repeatedly
    told = quantity(
        report.left_out.size,
        f"{who} in an earlier cohort is left out",
        f"{who}s in earlier cohorts are left out",
    )
    return [f"{report.name}: {told}: --since {report.left_out.first_cohort} shows them"]


def _rows(report: Plain, view: str) -> list[dict[str, object]]:
    """One row per cohort and period with the means last, per period, or per number of them."""
    name = {"name": text(report, "name")} if isinstance(report, dict) else {}
    if view != COHORTS:
        key = "periods" if view == LIFECYCLE else "rows"
        return [{**name, **row} for row in items(report, key)]
    cells = [cell for cohort in items(report, "cohorts") for cell in _cells(cohort)]
    means = [_mean(row) for row in items(report, "pooled")] if cells else []
    return [{**name, **cell} for cell in cells + means]


def _mean(pooled: dict[str, Plain]) -> dict[str, object]:
    """The row of all cohorts in which the period is over; complete unless there is none."""
    return {
        "cohort": ALL,
        "size": pooled["n"],
        "period": pooled["period"],
        "returned": pooled["returned"],
        "rate": pooled["rate"],
        "is_complete": bool(pooled["n"]),
        "ci_low": pooled["ci_low"],
        "ci_high": pooled["ci_high"],
    }


def _cells(cohort: dict[str, Plain]) -> list[dict[str, object]]:
    """A row per period; without a rate where the period has not begun: nothing can be seen."""
    size, lists = cohort["size"], [cohort[key] for key in ("returned", "complete", "begun")]
    cells = zip(*(cell for cell in lists if isinstance(cell, list)), strict=True)
    return [
        {
            "cohort": cohort["cohort"],
            "size": size,
            "period": period,
            "returned": value,
            "rate": value / size
            if isinstance(value, int) and isinstance(size, int) and size and has_begun
            else None,
            "is_complete": is_complete,
            "ci_low": None,
            "ci_high": None,
        }
        for period, (value, is_complete, has_begun) in enumerate(cells)
    ]
