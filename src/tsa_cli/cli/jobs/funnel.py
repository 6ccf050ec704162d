"""The funnels asked, with their trend, drivers and drill-downs."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from tsa_cli.atomic_file import check_target
from tsa_cli.cli.answer import Answer
from tsa_cli.cli.formats import Format, of_file
from tsa_cli.cli.jobs.funnel_rows import Report, rows_of
from tsa_cli.cli.jobs.window import Asked, behind, nothing_there, span, span_before
from tsa_cli.cli.output import chosen_format, emit
from tsa_cli.cli.plain import plain
from tsa_cli.cli.session import Session
from tsa_cli.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from tsa_cli.cli.jobs.window import Span as Window
    from tsa_cli.steps.funnel import Outcome, Span
    from tsa_cli.store import Store

_FLAT_FORMATS = (Format.csv, Format.jsonl, Format.md)
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
    state: State | None = None  # those who converted
    has_comparison: bool = False

    @property
    def needs_outcome(self) -> bool:
        """True when the report alone does not answer it."""
        return bool(self.trend or self.has_after_drop or self.has_drivers or self.users_out)

    @property
    def tables(self) -> list[str]:
        """The flags that ask for a table of their own."""
        flags = {
            "--by": self.by,
            "--trend": self.trend,
            "--after-drop": self.has_after_drop,
            "--drivers": self.has_drivers,
        }
        return [flag for flag, asked in flags.items() if asked]


def check_one_table(drill: Drill, asked: Format | None, out: Path | None) -> None:
    """Refuse several tables in a format that holds one: the others would be missing unsaid."""
    if len(drill.tables) < 2:
        return
    chosen = chosen_format(asked, out)
    if chosen in _FLAT_FORMATS:
        raise UsageError(
            f"{' and '.join(drill.tables)}: {chosen.value} holds one table",
            "ask for one of them at a time, or for --format json",
        )


def check(session: Session, drill: Drill, names: list[str], out: Path | None) -> None:
    """Refuse a drill-down that names no bar or no file, before any work is done."""
    if drill.users_out is None:
        if drill.step is not None and not drill.has_after_drop:
            raise UsageError("--step needs --users-out or --after-drop", _USERS_OUT)
        if drill.state is not None:
            raise UsageError("--state needs --users-out", _USERS_OUT)
        return
    if len(names) != 1 or drill.step is None:
        raise UsageError("--users-out needs one funnel and --step", _USERS_OUT)
    check_target(drill.users_out)
    session.keep_apart({"--out": out, "--users-out": drill.users_out})
    of_file(drill.users_out, "--users-out")


def work(
    session: Session, names: list[str], asked: Asked | None = None, drill: Drill | None = None
) -> Answer:
    """What `tsa funnel` answers; the people of a bar are in their file by then."""
    from tsa_cli.cli.pictures.funnel import picture
    from tsa_cli.config import definition_hash
    from tsa_cli.config.events import EventsConfig
    from tsa_cli.config.funnels import FunnelConfig
    from tsa_cli.config.narrowing import narrowed_funnel, parse_where
    from tsa_cli.steps import funnel as step
    from tsa_cli.steps import unknown_events

    drill = drill or Drill()
    configs = list(session.catalog.entries(FunnelConfig, "funnels", names))
    asked = asked or Asked()
    if asked.where:
        where = parse_where(asked.where, session.catalog)
        configs = [(name, narrowed_funnel(config, where)) for name, config in configs]
    if drill.by:
        configs = [(name, step.broken_down(config, drill.by)) for name, config in configs]
    plan = session.catalog.load(EventsConfig, "events.yaml")
    aliases = plan.canonical_names()
    definition = definition_hash(*(config for _, config in configs))
    data: list[Report] = []
    with session.reading() as store:
        window = span(store, asked)
        moments = step.Span(window.as_of, window.since, window.until)
        before = span_before(window) if drill.has_comparison else None
        for name, config in configs:
            report = vars(step.run(store, name, config, **vars(window), event_aliases=aliases))
            if before is not None:
                past = step.run(store, name, config, **vars(before), event_aliases=aliases)
                report = report | {"previous": _previous(before, vars(past))}
            if drill.needs_outcome:
                found = step.outcome_of(store, config, moments, aliases, needs_rows=True)
                report = report | _drilled(store, found, drill, moments)
                _write_people(session, store, found, drill, window.as_of, definition)
            data.append({key: plain(value) for key, value in report.items()})
        is_empty = not any(report["entered"] or report["excluded"] for report in data)
        warnings = unknown_events.warnings_of(store, plan, (config for _, config in configs))
        warnings += behind(session, store)
        warnings += nothing_there(store, window) if is_empty else []
    return Answer(
        "funnel",
        data,
        rows=[row for report in data for row in rows_of(report)],
        picture=lambda width: picture(plain(data), width),
        as_of=window.as_of,
        definition=definition,
        warnings=warnings,
        summary="; ".join(_told(report) for report in data),
    )


def _previous(before: "Window", past: dict[str, object]) -> dict[str, object]:
    """What the span before came to: its bounds, its bars and its rates."""
    kept = ("entered", "converted", "dropped", "pending", "conversion_rate", "matured")
    bars = ("index", "count", "rate_from_start")
    steps = past["steps"] if isinstance(past["steps"], list) else []
    return {
        "since": before.since,
        "until": before.until,
        **{key: past[key] for key in kept},
        "steps": [{key: getattr(step, key) for key in bars} for step in steps],
    }


def _drilled(store: "Store", found: "Outcome", drill: Drill, moments: "Span") -> dict[str, object]:
    """What the report does not hold, by the key that it gets there."""
    from tsa_cli.steps import funnel as step

    more: dict[str, object] = {}
    if drill.trend:
        more["trend"] = step.trend_rows(found, drill.trend.value, moments)
    if drill.has_after_drop:
        more["after_drop"] = step.next_paths(store, found, drill.step)
    if drill.has_drivers:
        more["drivers"] = step.find_drivers(store, found)
    return more


def _write_people(
    session: Session, store: "Store", found: "Outcome", drill: Drill, as_of: "datetime",
    definition: str,
) -> None:  # fmt: skip
    """The people of the bar that was asked for, in their own file."""
    from tsa_cli.steps import funnel as step

    if drill.users_out is None or drill.step is None:
        return
    people = step.unit_rows(store, found, drill.step, (drill.state or State.converted).value)
    columns = ["id", "state", "started_at", "last_step", "last_step_at", "seconds_in_funnel"]
    answer = Answer("funnel users", people, columns=columns, as_of=as_of, definition=definition)
    emit(answer, session.run_id, out=drill.users_out)


def _told(report: Report) -> str:
    entered, converted = int(str(report["entered"])), int(str(report["converted"]))
    return f"{report['name']}: {entered:,} entered, {converted:,} converted"
