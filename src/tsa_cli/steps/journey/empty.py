"""
Why a report, or a group of its comparison, holds no session: a number of 0 does not say it.

reads   the report; for the values that a group could have had, core and what its key asks for
writes  nothing
"""

from datetime import datetime

from tsa_cli.config.journeys import Comparison
from tsa_cli.config.keys import SESSION_COLUMNS
from tsa_cli.matcher import MatcherCompiler
from tsa_cli.relations import CORE_RELATION
from tsa_cli.steps.journey.marks import Span
from tsa_cli.steps.journey.result import JourneyReport
from tsa_cli.store.store import Store

_MOST_VALUES = 5
# Keys whose values may be told: those of a visit, not those of a person.
_TOLD = frozenset(SESSION_COLUMNS) | {"event_type", "page_url", "referrer_url"}


def empty_warnings(
    store: Store,
    report: JourneyReport,
    wanted: Comparison | None,
    *,
    as_of: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[str]:
    """One sentence for all that is empty and why; none where every group has sessions."""
    if not any(row.users for row in report.journey_types):
        return [f"{report.name}: no session in the asked time"]
    if not report.sessions:
        return [f"{report.name}: no session of the asked time has a {report.unit} it asks for"]
    if wanted is None or report.compare is None:
        return []
    nobody = [group.value for group in report.compare.groups if not group.sessions]
    if not nobody:
        return []
    known = _known(store, wanted.by, Span(as_of, since, until))
    return [
        f"{report.name}: no session has {wanted.by}={value} at its first event{known}"
        for value in nobody
    ]


def _known(store: Store, key: str, span: Span) -> str:
    """`; there are mobile, desktop`: the most common values of a key, where they may be told."""
    if key not in _TOLD:
        return ""
    compiler = MatcherCompiler(CORE_RELATION)
    value = compiler.text(key)
    rows = store.rows(
        "4_reports/journey_group_values.sql",
        {"columns": compiler.columns(), "joins": compiler.joins(), "value": value},
        since=span.since or datetime(1, 1, 1),
        until=span.last,
        most=_MOST_VALUES + 1,
    )
    values = [str(found) for (found,) in rows]
    more = ", …" if len(values) > _MOST_VALUES else ""
    if not values:
        return f"; none has a {key}"
    return f"; there are {', '.join(values[:_MOST_VALUES])}{more}"
