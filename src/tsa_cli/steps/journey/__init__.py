"""
How sessions move through pages or events: paths, transitions, entries, exits, journey types.

reads   core, sessions, pages or event_types, actors, and what the configuration's matchers ask for
writes  nothing
source  the contract's section 6; definitions D26-D28; PRD 10.2
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import numpy as np

from tsa_cli.config.journeys import JourneyConfig
from tsa_cli.steps.journey import tables
from tsa_cli.steps.journey.compare import compare_groups, pattern_rows
from tsa_cli.steps.journey.empty import empty_warnings
from tsa_cli.steps.journey.marks import Span, read_marks, read_sessions
from tsa_cli.steps.journey.result import JourneyReport, Level, Transition, ratio
from tsa_cli.steps.journey.visits import Visits, read_visits
from tsa_cli.store.store import Store


def run(
    store: Store,
    name: str,
    config: JourneyConfig,
    *,
    as_of: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
    event_aliases: Mapping[str, str] | None = None,
) -> JourneyReport:
    """
    The report of the sessions that begin from `since` to `until`, both included, UTC.

    `start` and `end` cut the paths, transitions and step matrix, whose `(entry)` and `(exit)` are
    where the cut path begins and ends. `entries` and `exits` are of the same sessions uncut, for
    an exit rate is of sessions that end on a page (D26).

    Later events than `as_of` are unknown. Raises MissingTable before the first sessionize, and
    ConfigError for a key that does not exist.
    """
    store.require("core", "session_rows")
    span = Span(as_of, since, until)
    sessions = read_sessions(store, span)
    marks = read_marks(store, config, span, event_aliases or {})
    visits = read_visits(store, config, span, sessions, marks)
    total = len(visits.user)
    # numpy works outside the interpreter's lock, so two threads are two cores.
    with ThreadPoolExecutor(max_workers=2) as pool:
        ways = pool.submit(tables.path_rows, visits, config)
        moved = pool.submit(_moves, visits, config)
        ends = pool.submit(tables.end_rows, visits, config.top)
        conversions = pool.submit(tables.conversion_path_rows, visits, config)
    transitions, levels = moved.result()
    entries, exits = ends.result()
    return JourneyReport(
        name=name,
        unit=config.unit,
        sessions=total,
        users=int(np.count_nonzero(np.bincount(visits.user))),
        conversion_rate=ratio(int(visits.is_converted.sum()), total),
        paths=ways.result(),
        transitions=transitions,
        exits=exits,
        entries=entries,
        conversion_paths=conversions.result(),
        journey_types=tables.type_rows(sessions, marks, config.types),
        step_matrix=levels,
        patterns=pattern_rows(store, visits, config, span),
        compare=compare_groups(store, visits, config, config.compare) if config.compare else None,
    )


def _moves(visits: Visits, config: JourneyConfig) -> tuple[list[Transition], list[Level]]:
    names, steps = tables.reduced(visits, config)
    return tables.transition_rows(names, steps), tables.level_rows(names, steps, config)


__all__ = ["JourneyReport", "empty_warnings", "run"]
