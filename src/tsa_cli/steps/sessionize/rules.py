"""
What ends a session, and what the keys of events mean for it.

reads   sessions.yaml; events, event_flags, pages, referrers
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from tsa_cli.kernels.calendar import make_calendar
from tsa_cli.kernels.session_cuts import CutRules
from tsa_cli.kernels.session_spans import IS_CONVERSION, IS_INTERACTIVE, IS_PAGE_VIEW, Lookups
from tsa_cli.steps.sessionize.settings import SessionizeConfig, microseconds
from tsa_cli.store import Store

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FIRST_DAY, _LAST_DAY = datetime(1, 1, 3), datetime(9999, 12, 29)


def cut_rules(store: Store, config: SessionizeConfig) -> CutRules:
    """The rules of sessions.yaml, with the days and the campaigns that they speak of."""
    sessions = config.sessions
    day_starts, campaigns = None, None
    if sessions.split_at_midnight:
        day_starts = _day_starts(store, sessions.timezone)
    if sessions.split_on_campaign:
        pages = store.arrays("2_sessions/touching_pages.sql")
        campaigns = _by_key(pages["page_key"], pages["campaign_key"])
    return CutRules(
        microseconds(sessions.timeout), microseconds(sessions.max_duration), day_starts, campaigns
    )


def _day_starts(store: Store, timezone: str) -> "NDArray[np.int64]":
    """The local midnights from before the first event to after the last one, in microseconds."""
    import numpy as np

    found = store.arrays("2_sessions/event_bounds.sql")
    [first], [last] = (found[name].astype("datetime64[us]").tolist() for name in found)
    # Beyond, a day has no begin or no end.
    first, last = (min(max(moment, _FIRST_DAY), _LAST_DAY) for moment in (first, last))
    return make_calendar(first, last, bucket="day", timezone=timezone).boundaries.view(np.int64)


def read_lookups(store: Store) -> Lookups:
    """What the keys of events mean, as far as sessions need it."""
    import numpy as np

    flags = store.arrays("2_sessions/event_counts_as.sql")
    counts_as = (
        IS_PAGE_VIEW * np.asarray(flags["is_page_view"], dtype=np.uint8)
        + IS_INTERACTIVE * np.asarray(flags["is_interactive"], dtype=np.uint8)
        + IS_CONVERSION * np.asarray(flags["is_conversion"], dtype=np.uint8)
    )
    pages = store.arrays("2_sessions/touching_pages.sql")
    referrers = store.arrays("2_sessions/touching_referrers.sql")
    return Lookups(
        counts_as=_by_key(flags["event_code"], counts_as),
        has_campaign=_by_key(pages["page_key"], pages["campaign_key"] > 0),
        page_site=_by_key(pages["page_key"], pages["site_key"]),
        is_source=_by_key(referrers["referrer_key"], referrers["is_source"]),
        referrer_site=_by_key(referrers["referrer_key"], referrers["site_key"]),
        is_page=None if pages["is_page"].all() else _by_key(pages["page_key"], pages["is_page"]),
    )


def _by_key(keys: "NDArray[Any]", values: "NDArray[Any]") -> "NDArray[Any]":
    import numpy as np

    found = np.zeros(int(keys.max(initial=0)) + 1, dtype=values.dtype)
    found[keys] = values
    return found
