"""
How far the tables have come, and whether what they were made from still stands.

reads   sessionize_state, raw_events, identity_cuts, user_traits
writes  sessionize_state, sessionize_files
"""

from dataclasses import dataclass

from tsa_cli.store import Store

NO_EVENT = -1
# Of the tables that this step builds on; raised when an older store has to be built anew.
LAYOUT_VERSION = 8


@dataclass(frozen=True)
class Progress:
    """Where the last run ended: the last event, trait and sorted row of core that it knew."""

    after_event_seq: int
    trait_count: int
    sorted_core_seq: int
    is_current: bool
    is_usable: bool
    is_rewritten: bool


def look(store: Store, definition: str) -> Progress:
    """
    What is left to do.

    The log is rewritten when events that the tables know were removed; event numbers then mean
    other events. The tables are usable when that is not so and the configuration is the one that
    made them, and current when nothing came since.
    """
    states = store.records("2_sessions/state.sql")
    if not states:
        return Progress(
            NO_EVENT, 0, NO_EVENT, is_current=False, is_usable=False, is_rewritten=False
        )
    [state] = states
    [now] = store.records("2_sessions/progress.sql", last_event_seq=state["last_event_seq"])
    is_rewritten = now["known_count"] != state["known_count"]
    # A run reaches whom a new cut concerns, but not whom one concerned that is gone.
    has_lost_cuts = int(str(now["cut_count"])) < int(str(state["cut_count"]))
    is_usable = state["definition"] == _maker(definition) and not is_rewritten and not has_lost_cuts
    return Progress(
        after_event_seq=int(str(state["last_event_seq"])),
        trait_count=int(str(state["trait_count"])),
        sorted_core_seq=int(str(state["sorted_core_seq"])),
        is_current=is_usable and all(state[key] == value for key, value in now.items()),
        is_usable=is_usable,
        is_rewritten=is_rewritten,
    )


def remember(store: Store, definition: str, sorted_core_seq: int) -> None:
    """Note that the tables know everything that is in the store now."""
    [ahead] = store.records("2_sessions/progress.sql", last_event_seq=NO_EVENT)
    [now] = store.records("2_sessions/progress.sql", last_event_seq=ahead["last_event_seq"])
    store.execute(
        "2_sessions/remember.sql",
        **now,
        definition=_maker(definition),
        sorted_core_seq=sorted_core_seq,
    )


def remember_files(store: Store, fingerprint: str) -> None:
    """Note the bytes of the configuration files, which are read sooner than understood."""
    store.execute("2_sessions/remember_files.sql", fingerprint=fingerprint)


def is_made_by(store: Store, definition: str) -> bool:
    """True when the configuration is the one that made the tables, and before there are any."""
    states = store.records("2_sessions/state.sql")
    return not states or states[0]["definition"] == _maker(definition)


def _maker(definition: str) -> str:
    return f"{LAYOUT_VERSION}:{definition}"
