"""
How far people get through a funnel, how long it takes them, and where they stop.

reads   core_by_type, core, actors, event_types, users_index, sessions, what the matchers ask for
writes  nothing
source  the contract's section 5; definitions D15-D25; PRD 10.1

The way of a funnel, module by module; the others here are helpers of one of these:

find                       chooses the cheapest of three readings that can tell the funnel
user_times, keys, fetch    these three: packed keys by user, packed keys of core, rows with matches
pieces, outcome            attempts (kernels/funnel.py), and what became of everybody
breakdown, split_values    the same for each value of a property
report, result             the numbers
drill, drivers             the people behind a bar; what goes with converting
"""

from collections.abc import Mapping
from datetime import datetime

from tsa_cli.config.funnels import FunnelBreakdown, FunnelConfig
from tsa_cli.steps.funnel.breakdown import splits
from tsa_cli.steps.funnel.drill import State, next_paths, trend_rows, unit_rows
from tsa_cli.steps.funnel.drivers import find_drivers
from tsa_cli.steps.funnel.find import find_outcome
from tsa_cli.steps.funnel.outcome import Outcome
from tsa_cli.steps.funnel.report import report
from tsa_cli.steps.funnel.result import Driver, FunnelReport, NextPath, TrendRow, UnitRow
from tsa_cli.steps.funnel.span import Span
from tsa_cli.store.store import Store


def run(
    store: Store,
    name: str,
    config: FunnelConfig,
    *,
    as_of: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
    event_aliases: Mapping[str, str] | None = None,
) -> FunnelReport:
    """
    The report of the attempts that begin from `since` to `until`, both included, naive UTC.

    Conversions may come later, up to `as_of`. Raises MissingTable before the first sessionize,
    and ConfigError for a key that does not exist.
    """
    span = Span(as_of, since, until)
    found = outcome_of(store, config, span, event_aliases)
    return report(name, found, splits(found, span))


def outcome_of(
    store: Store,
    config: FunnelConfig,
    span: Span,
    event_aliases: Mapping[str, str] | None = None,
    *,
    needs_rows: bool = False,
) -> Outcome:
    """Everybody's attempt, for the drill-downs; those that read events need `needs_rows`."""
    store.require("core_by_type")  # the last of those that a funnel reads
    return find_outcome(store, config, span, event_aliases or {}, needs_rows=needs_rows)


def broken_down(config: FunnelConfig, key: str) -> FunnelConfig:
    """The funnel split by another property (`--by`), read as the file says, else from the first."""
    how = config.breakdown.value if config.breakdown else "first"
    return config.model_copy(update={"breakdown": FunnelBreakdown(by=key, value=how)})


__all__ = [
    "Driver",
    "FunnelReport",
    "NextPath",
    "Outcome",
    "Span",
    "State",
    "TrendRow",
    "UnitRow",
    "broken_down",
    "find_drivers",
    "next_paths",
    "outcome_of",
    "run",
    "trend_rows",
    "unit_rows",
]
