"""
The journeys asked.
"""

from enum import StrEnum
from typing import TYPE_CHECKING

from tsa_cli.cli.answer import Answer
from tsa_cli.cli.jobs.journey_parts import part_rows
from tsa_cli.cli.jobs.window import Asked, behind, span
from tsa_cli.cli.pictures.rows import reports
from tsa_cli.cli.plain import plain
from tsa_cli.cli.session import Session
from tsa_cli.errors import UsageError
from tsa_cli.quantities import quantity

if TYPE_CHECKING:
    from tsa_cli.config.journeys import JourneyConfig


class Part(StrEnum):
    """The tables of the report that csv, jsonl and md can take."""

    paths = "paths"
    transitions = "transitions"
    exits = "exits"
    entries = "entries"
    conversion_paths = "conversion_paths"
    journey_types = "journey_types"
    patterns = "patterns"
    step_matrix = "step_matrix"
    compare = "compare"  # the paths of both groups
    compare_transitions = "compare_transitions"
    compare_step_matrix = "compare_step_matrix"
    compare_groups = "compare_groups"


def work(
    session: Session,
    names: list[str],
    asked: Asked | None = None,
    *,
    compare: str | None = None,
    part: Part | None = None,
) -> Answer:
    """
    What `tsa journey` answers: one report when one was named, else a list of them.

    Without a part the flat formats take the paths, those of both groups where two are asked for.
    """
    from tsa_cli.cli.pictures.journey import picture
    from tsa_cli.config import definition_hash
    from tsa_cli.config.events import EventsConfig
    from tsa_cli.config.journeys import JourneyConfig
    from tsa_cli.config.narrowing import narrowed_journey, parse_where
    from tsa_cli.steps import journey as step
    from tsa_cli.steps import unknown_events

    configs = [
        (name, _compared(config, compare))
        for name, config in session.catalog.entries(JourneyConfig, "journeys", names)
    ]
    asked = asked or Asked()
    if asked.where:
        where = parse_where(asked.where, session.catalog)
        configs = [(name, narrowed_journey(config, where)) for name, config in configs]
    part = part or (Part.compare if compare else Part.paths)
    if part.value.startswith("compare") and not any(config.compare for _, config in configs):
        raise UsageError(
            f"--part {part.value}: nothing to compare", "add --compare device_type=mobile,desktop"
        )
    plan = session.catalog.load(EventsConfig, "events.yaml")
    aliases = plan.canonical_names()
    with session.reading() as store:
        window = span(store, asked)
        found = [
            step.run(store, name, config, **vars(window), event_aliases=aliases)
            for name, config in configs
        ]
        warnings = unknown_events.warnings_of(store, plan, (config for _, config in configs))
        warnings += behind(session, store)
        warnings += [
            warning
            for report, (_, config) in zip(found, configs, strict=True)
            for warning in step.empty_warnings(store, report, config.compare, **vars(window))
        ]
    data = plain(found[0] if len(names) == 1 else found)
    return Answer(
        "journey",
        data,
        rows=[row for report in reports(plain(found)) for row in part_rows(report, part.value)],
        picture=lambda width: picture(data, width),
        as_of=window.as_of,
        definition=definition_hash(*(config for _, config in configs)),
        warnings=warnings,
        summary="; ".join(f"{r.name}: {quantity(r.sessions, 'session')}" for r in found),
    )


def _compared(config: "JourneyConfig", compare: str | None) -> "JourneyConfig":
    """The config with the comparison that the command line asks for."""
    from tsa_cli.config.journeys import Comparison

    if compare is None:
        return config
    key, equals, values = compare.partition("=")
    first, comma, second = values.partition(",")
    if not (key and equals and comma and first and second and first != second):
        raise UsageError(
            f"--compare {compare}: not KEY=FIRST,SECOND", "e.g. device_type=mobile,desktop"
        )
    comparison = Comparison(by=key, values=(first, second))
    return config.model_copy(update={"compare": comparison})
