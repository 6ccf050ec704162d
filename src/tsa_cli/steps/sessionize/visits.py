"""
Turn runs of events into sessions: the cuts that are no gaps, the figures of each, lasting ids.

reads   core, the lookups, actors
writes  core.session_key (where a cut renumbers), session_rows, session_changes,
        the views sessions and dim_sessions
source  definitions D8 to D12
"""

from typing import TYPE_CHECKING

from tsa_cli.kernels.session_cuts import (
    CAMPAIGN,
    MAX_DURATION,
    MIDNIGHT,
    NONE,
    Integers,
    cut_reasons,
)
from tsa_cli.steps.sessionize import spans, touches
from tsa_cli.steps.sessionize.settings import SessionizeConfig, microseconds
from tsa_cli.store import Store

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

REASON_NAMES = {MIDNIGHT: "midnight", CAMPAIGN: "campaign", MAX_DURATION: "max_duration"}


def measure_spans(store: Store, config: SessionizeConfig, core: str) -> None:
    """Leave `session_spans` of `core_scope`, with the cuts made in the table `core`."""
    spans.build(store)
    store.execute("2_sessions/no_session_cuts.sql")
    if _cut(store, config, core):
        spans.build(store)
    touches.extend(store, config)


def build_rows(store: Store, config: SessionizeConfig, table: str) -> int:
    """The number of sessions written to `table` from the spans; old ids are kept (D8)."""
    store.execute("2_sessions/anchor_places.sql")
    store.execute("2_sessions/session_ids.sql")
    return store.build(
        table,
        "2_sessions/session_rows.sql",
        bounce=config.sessions.bounce,
        engaged_after_us=microseconds(config.sessions.engaged_after),
        max_events=config.sessions.max_events,
    )


def publish(store: Store, after_event_seq: int) -> None:
    """Log what events after a place made of older sessions; make the public views."""
    store.execute("2_sessions/session_changes.sql", after_event_seq=after_event_seq)
    store.execute("2_sessions/sessions.sql")
    store.execute("2_sessions/dim_sessions.sql")


def _cut(store: Store, config: SessionizeConfig, core: str) -> bool:
    """Renumber the sessions that midnight, a campaign or the longest duration cuts; True if any."""
    import numpy as np

    sessions = config.sessions
    rules = {
        "split_at_midnight": sessions.split_at_midnight,
        "split_on_campaign": sessions.split_on_campaign,
        "timezone": sessions.timezone,
    }
    max_duration_us = microseconds(sessions.max_duration)
    store.execute("2_sessions/cut_sessions.sql", max_duration_us=max_duration_us, **rules)
    found = store.arrays("2_sessions/cut_input.sql", **rules)
    rows = {name: np.asarray(column) for name, column in found.items()}
    reasons = cut_reasons(
        rows["session_key"],
        rows["event_us"],
        rows["local_day"],
        rows["campaign_key"],
        max_duration_us,
    )
    if not reasons.any():
        return False
    offset = store.count("2_sessions/newest_session_key.sql")
    cut_rows = _renumbered(rows["core_seq"], rows["session_key"], reasons, offset)
    with store.lent("cut_rows", cut_rows):
        store.execute(f"2_sessions/cut_{core}.sql")
        store.execute("2_sessions/session_cuts.sql")
    return True


def _renumbered(
    core_seq: "Integers", visit: "Integers", reasons: "NDArray[np.int8]", offset: int
) -> "pl.DataFrame":
    """
    One row per event whose session is not the one it had: core_seq, session_key, and of those
    that begin a session the reason and the session before.
    """
    import numpy as np
    import polars as pl

    is_cut = reasons != NONE
    is_first = np.ones(len(visit), dtype=bool)
    is_first[1:] = visit[1:] != visit[:-1]
    cuts = np.cumsum(is_cut)
    before_visit = np.maximum.accumulate(np.where(is_first, cuts, 0))
    is_moved = cuts > before_visit
    session = np.where(is_moved, offset + cuts, visit).astype(np.int32)
    names = np.array([REASON_NAMES.get(code) for code in range(4)], dtype=object)
    return pl.DataFrame(
        {
            "core_seq": core_seq[is_moved],
            "session_key": session[is_moved],
            "reason": pl.Series(list(names[reasons[is_moved]]), dtype=pl.String),
            "previous_session_key": np.roll(session, 1)[is_moved],  # the first row is never cut
        }
    )
