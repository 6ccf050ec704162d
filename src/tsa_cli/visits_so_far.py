"""
The sessions as of a moment: a visit that went on after it counts as far as it had come.

Its length, counts, exit page, bounce and conversion are those of its events up to the moment; where
it came from, and on what device, is told of the whole visit.

reads   sessions, core, event_types, pages
writes  the temporary table visits_so_far and view sessions_so_far
source  definitions D42: nothing later than the moment is looked at
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tsa_cli.config.sessions import SessionsConfig
from tsa_cli.globs import lists_to_like
from tsa_cli.relations import CORE_RELATION, Relation

if TYPE_CHECKING:
    from tsa_cli.store import Store

_WHOLE, _SO_FAR = "sessions", "sessions_so_far"
_LISTS = ("page_view_events", "interactive_events", "conversion_events")


def sessions_at(store: "Store", config: SessionsConfig, as_of: datetime) -> str:
    """The relation that has the columns of `sessions`, as they were at `as_of` (naive UTC)."""
    newest = store.newest_event_ts()
    if newest is None or newest <= as_of:
        return _WHOLE
    if not store.value("4_reports/has_open_visits.sql", as_of=as_of):
        return _WHOLE
    lists = lists_to_like(config.event_lists)
    store.execute(
        "4_reports/visits_so_far.sql",
        as_of=as_of,
        bounce=config.bounce,
        engaged_after_us=config.engaged_after // timedelta(microseconds=1),
        **{name: lists[name] for name in _LISTS},
    )
    store.execute("4_reports/sessions_so_far.sql")
    return _SO_FAR


def core_at(store: "Store", config: SessionsConfig, as_of: datetime) -> Relation:
    """`CORE_RELATION` with those sessions."""
    joins = dict(CORE_RELATION.joins)
    of_whole = f"join {_WHOLE} s "
    joins["sessions"] = joins["sessions"].replace(
        of_whole, f"join {sessions_at(store, config, as_of)} s "
    )
    return replace(CORE_RELATION, joins=joins)
