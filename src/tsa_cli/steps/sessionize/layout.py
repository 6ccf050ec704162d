"""
Lay the events out for analysis: integers only, sorted by device and time, only those that count.

reads   events, the lookups, session_rows (where a renewed part begins)
writes  core, session_spans, session_cuts
source  docs/adr on the layout: one sort here makes every later step a pass without one
"""

from dataclasses import dataclass

from tsa_cli.config.sources import OUTSIDE
from tsa_cli.globs import lists_to_like
from tsa_cli.steps.sessionize.laying import FIRST_DEVICE, Ends, lay_out
from tsa_cli.steps.sessionize.settings import SessionizeConfig, microseconds
from tsa_cli.store import Fragment, Store, fragment_of

# Events that are sorted and held at once, in whole devices: more are more memory, fewer are more
# scans of all events.
RANGE_EVENTS = 4_000_000
COUNTED_DEVICES = 1_024

# Sorting core again costs a third of a full run; until then the unsorted end costs readers nothing
# that was measurable at this share.
UNSORTED_SHARE = 0.2


@dataclass(frozen=True)
class _Core:
    """The last numbers in use, and how many rows there are."""

    ends: Ends
    row_count: int


def encode(store: Store, config: SessionizeConfig) -> None:
    """Leave `event_flags`, what each event name counts as, and the view `encoded_events`."""
    store.execute("2_sessions/event_flags.sql", **lists_to_like(config.sessions.event_lists))
    is_server = Fragment("t.is_server")
    if store.value("2_sessions/has_outside_events.sql", outside=OUTSIDE):  # else spare their texts
        is_server = fragment_of("2_sessions/is_outside_visits.sql")
    store.execute("2_sessions/encoded_events.sql", {"is_server": is_server})


def build_core(store: Store, config: SessionizeConfig) -> None:
    """Make `core` anew from every event, and all of it the `core_scope`; measure its sessions."""
    store.execute("2_sessions/events_to_lay_out_all.sql")
    ranges = store.rows(
        "2_sessions/device_ranges.sql", most_events=RANGE_EVENTS, devices_each=COUNTED_DEVICES
    )
    later = [int(str(first)) for (first,) in ranges[1:]]
    lay_out(store, config, "core", [FIRST_DEVICE, *later], Ends(core_seq=-1, session_key=0))
    store.execute("2_sessions/core_scope_all.sql")
    store.execute("2_sessions/no_touched_devices.sql")


def renew_touched(store: Store, config: SessionizeConfig, after_event_seq: int) -> int:
    """
    The number of devices with events after `after_event_seq`.

    Leaves `new_core`, `touched_devices` and `touched_core`: what stands in place of each device's
    rows since the long gap before its first new event; it is the `core_scope`, and measured.
    """
    timeout_us = microseconds(config.sessions.timeout)
    store.execute("2_sessions/new_core.sql", after_event_seq=after_event_seq)
    store.execute("2_sessions/touched_devices.sql", timeout_us=timeout_us)
    store.execute("2_sessions/events_to_lay_out_touched.sql")
    lay_out(store, config, "touched_core", [FIRST_DEVICE], _core(store).ends)
    store.execute("2_sessions/core_scope_touched.sql")
    return store.count("2_sessions/touched_device_count.sql")


def append_touched(store: Store) -> None:
    """Put `touched_core` in place of the rows that it renews."""
    store.execute("2_sessions/append_core.sql")


def sort_again(store: Store, sorted_core_seq: int) -> int:
    """The last row of core that is sorted by device: the old one, or the end after a new sort."""
    core = _core(store)
    if core.ends.core_seq - sorted_core_seq <= UNSORTED_SHARE * core.row_count:
        return sorted_core_seq
    store.build("core", "2_sessions/merged_core.sql")
    return core.row_count - 1


def newest_core_seq(store: Store) -> int:
    """The number of the last row of core, -1 without rows."""
    return _core(store).ends.core_seq


def _core(store: Store) -> _Core:
    [(core_seq, session_key, rows)] = store.rows("2_sessions/core_ends.sql")
    return _Core(Ends(int(str(core_seq)), int(str(session_key))), int(str(rows)))
