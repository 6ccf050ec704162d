"""
Lay the events out for analysis: integers only, sorted by device and time, bots left out.

reads   events, the lookups, session_rows (where a renewed part begins)
writes  core
source  docs/adr on the layout: one sort here makes every later step a pass without one
"""

from dataclasses import dataclass

from tsa_cli.steps.sessionize.settings import SessionizeConfig, microseconds
from tsa_cli.store import Store

# Sorting core again costs a third of a full run; until then the unsorted end costs readers nothing
# that was measurable at this share.
UNSORTED_SHARE = 0.2


@dataclass(frozen=True)
class CoreEnds:
    """The last row number and session number in use, and how many rows there are."""

    newest_core_seq: int
    newest_session_key: int
    row_count: int


def encode(store: Store, config: SessionizeConfig) -> None:
    """Leave `event_flags`, what each event name counts as, and the view `encoded_events`."""
    sessions = config.sessions
    store.execute(
        "2_sessions/event_flags.sql",
        page_view_events=sessions.page_view_events,
        interactive_events=sessions.interactive_events,
        conversion_events=sessions.conversion_events,
        server_events=sessions.server_events,
    )
    store.execute("2_sessions/encoded_events.sql")


def build_core(store: Store, config: SessionizeConfig) -> None:
    """Make `core` anew from every event, and all of it the `core_scope`."""
    store.execute("2_sessions/event_span.sql")
    is_packable = bool(store.value("2_sessions/is_packable.sql"))
    is_plain = is_packable and not store.value("2_sessions/has_mixed_ids.sql")
    store.execute(f"2_sessions/ordered_events_{'plain' if is_plain else 'mixed'}.sql")
    store.build(
        "core",
        "2_sessions/core.sql",
        timeout_us=microseconds(config.sessions.timeout),
        after_session_key=0,
        after_core_seq=-1,
    )
    store.execute("2_sessions/core_scope_all.sql")
    store.execute("2_sessions/no_touched_devices.sql")


def renew_touched(store: Store, config: SessionizeConfig, after_event_seq: int) -> int:
    """
    The number of devices with events after `after_event_seq`.

    Leaves `new_core`, `touched_devices` and `touched_core`: what stands in place of each device's
    rows since the long gap before its first new event; it is the `core_scope`.
    """
    timeout_us = microseconds(config.sessions.timeout)
    store.execute("2_sessions/new_core.sql", after_event_seq=after_event_seq)
    store.execute("2_sessions/touched_devices.sql", timeout_us=timeout_us)
    store.execute("2_sessions/ordered_events_touched.sql")
    ends = _ends(store)
    store.build(
        "touched_core",
        "2_sessions/core.sql",
        timeout_us=timeout_us,
        after_session_key=ends.newest_session_key,
        after_core_seq=ends.newest_core_seq,
    )
    store.execute("2_sessions/core_scope_touched.sql")
    return store.count("2_sessions/touched_device_count.sql")


def append_touched(store: Store) -> None:
    """Put `touched_core` in place of the rows that it renews."""
    store.execute("2_sessions/append_core.sql")


def sort_again(store: Store, sorted_core_seq: int) -> int:
    """The last row of core that is sorted by device: the old one, or the end after a new sort."""
    ends = _ends(store)
    if ends.newest_core_seq - sorted_core_seq <= UNSORTED_SHARE * ends.row_count:
        return sorted_core_seq
    store.build("core", "2_sessions/merged_core.sql")
    return ends.row_count - 1


def newest_core_seq(store: Store) -> int:
    """The number of the last row of core, -1 without rows."""
    return _ends(store).newest_core_seq


def _ends(store: Store) -> CoreEnds:
    [(core_seq, session_key, rows)] = store.rows("2_sessions/core_ends.sql")
    return CoreEnds(int(str(core_seq)), int(str(session_key)), int(str(rows)))
