"""
The funnels asked, with their trend, drivers and drill-downs.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from tsa_cli.atomic_file import check_target
from tsa_cli.cli.answer import Answer
from tsa_cli.cli.formats import of_file
from tsa_cli.cli.jobs.window import Asked, span
from tsa_cli.cli.output import emit
from tsa_cli.cli.pictures.rows import items, joined
from tsa_cli.cli.plain import Plain, plain
from tsa_cli.cli.session import Session
from tsa_cli.errors import UsageError

if TYPE_CHECKING:
    from tsa_cli.steps.funnel import Outcome
    from tsa_cli.store import Store

Report = dict[str, Plain]

_USERS_OUT = "tsa funnel NAME --users-out FILE --step 2"


class Bucket(StrEnum):
    """The periods of a trend."""

    day = "day"
    week = "week"
    month = "month"


class State(StrEnum):
    """Which part of a bar."""

    converted = "converted"
    dropped = "dropped"
    pending = "pending"


@dataclass(frozen=True)
class Drill:
    """What is asked beyond the report itself."""

    by: str | None = None
    trend: Bucket | None = None
    has_after_drop: bool = False
    has_drivers: bool = False
    users_out: Path | None = None
    step: int | None = None
    state: State = State.converted

    @property
    def needs_outcome(self) -> bool:
        """True when the report alone does not answer it."""
        return bool(self.trend or self.has_after_drop or self.has_drivers or self.users_out)


def check(session: Session, drill: Drill, names: list[str]) -> None:
    """Refuse a drill-down that names no bar or no file, before any work is done."""
    if drill.users_out is None:
        if drill.step is not None and not drill.has_after_drop:
            raise UsageError("--step needs --users-out or --after-drop", _USERS_OUT)
        return
    if len(names) != 1 or drill.step is None:
        raise UsageError("--users-out needs one funnel and --step", _USERS_OUT)
    check_target(drill.users_out)
    session.spare_store("--users-out", drill.users_out)
    of_file(drill.users_out, "--users-out")


def work(
    session: Session, names: list[str], asked: Asked | None = None, drill: Drill | None = None
) -> Answer:
    """What `tsa funnel` answers; the people of a bar are in their file by then."""
    from tsa_cli.cli.pictures.funnel import picture
    from tsa_cli.config import definition_hash
    from tsa_cli.config.events import EventsConfig
    from tsa_cli.config.funnels import FunnelConfig
    from tsa_cli.steps import funnel as step

    drill = drill or Drill()
    configs = list(session.catalog.entries(FunnelConfig, "funnels", names))
    if drill.by:
        configs = [(name, step.broken_down(config, drill.by)) for name, config in configs]
    aliases = session.catalog.load(EventsConfig, "events.yaml").canonical_names()
    data: list[Report] = []
    with session.reading() as store:
        window = span(store, asked or Asked())
        moments = step.Span(window.as_of, window.since, window.until)
        for name, config in configs:
            report = vars(step.run(store, name, config, **vars(window), event_aliases=aliases))
            if drill.needs_outcome:
                found = step.outcome_of(store, config, moments, aliases, needs_rows=True)
                report = report | _drilled(session, store, found, drill)
            data.append({key: plain(value) for key, value in report.items()})
    return Answer(
        "funnel",
        data,
        rows=[row for report in data for row in _rows(report, drill)],
        picture=lambda width: picture(plain(data), width),
        as_of=window.as_of,
        definition=definition_hash(*(config for _, config in configs)),
        summary="; ".join(_told(report) for report in data),
    )


def _drilled(session: Session, store: "Store", found: "Outcome", drill: Drill) -> dict[str, object]:
    """What the report does not hold, by the key that it gets there."""
    from tsa_cli.steps import funnel as step

    more: dict[str, object] = {}
    if drill.trend:
        more["trend"] = step.trend_rows(found, drill.trend.value)
    if drill.has_after_drop:
        more["after_drop"] = step.next_paths(store, found, drill.step)
    if drill.has_drivers:
        more["drivers"] = step.find_drivers(store, found)
    if drill.users_out is not None and drill.step is not None:
        people = step.unit_rows(store, found, drill.step, drill.state.value)
        columns = ["id", "state", "started_at", "last_step", "last_step_at", "seconds_in_funnel"]
        emit(Answer("funnel users", people, columns=columns), session.run_id, out=drill.users_out)
    return more


def _rows(report: Report, drill: Drill) -> list[dict[str, object]]:
    """Flat: the drill-down that was asked, else one row per step, and per value and step."""
    name = {"funnel": report["name"]}
    for key in ("drivers", "after_drop", "trend"):
        if key in report:
            return [{**name, **joined(row)} for row in items(report, key)]
    rows: list[dict[str, object]] = [{**name, **_flat(step)} for step in items(report, "steps")]
    if not items(report, "breakdown"):
        return rows
    total = [{**row, "value": "(all)"} for row in rows]
    return total + [
        {**name, **_flat(step), "value": value.get("value")}
        for value in items(report, "breakdown")
        for step in items(value, "steps")
    ]


def _flat(step: Report) -> Report:
    """The step with its medians in place of its nested times."""
    times = ("seconds_from_previous", "seconds_from_start")
    medians = {
        f"median_{key}": value["median"] if isinstance(value, dict) else None
        for key in times
        for value in [step.get(key)]
    }
    return {key: value for key, value in step.items() if key not in times} | medians


def _told(report: Report) -> str:
    return f"{report['name']}: {report['entered']} entered, {report['converted']} converted"
