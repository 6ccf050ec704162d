"""
A login inside of a visit does not split it, where the visit's own id is all that tells the device.

The tracker sends an anonymous visitor's `user_id` as null and no device: its `session_id` stands
for one. After the login the same visit has the user's id, and would be on another device: the
user's. The lines of a visit whose session id stands for a device are on that device, in whatever
order and files they come.

reads   raw_events, actors, session_devices
writes  raw_events (the pair of ids of these lines), actors, session_devices
source  definitions D8
"""

from typing import TYPE_CHECKING

from tsa_cli import lookups
from tsa_cli.store import Store

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa


def sessions_for_devices(rows: "pa.Table", is_event: "pa.Array") -> "pa.Array | None":
    """The session ids that stand for a device among normalised events, each once; None if none."""
    import pyarrow.compute as pc

    session = rows.column("client_session_id")
    if session.null_count == len(session):
        return None
    is_device = pc.fill_null(pc.equal(rows.column("anonymous_id"), session), fill_value=False)
    is_device = pc.and_(pc.and_(is_device, pc.is_null(rows.column("user_id"))), is_event)
    return session.filter(is_device).unique() if pc.any(is_device).as_py() else None


def keep_visits_whole(store: Store, load_id: int, told: "list[pa.Array]") -> bool:
    """
    Whether events moved to the device of their visit, after a load that `told` these sessions.

    Events of earlier loads move, too, when it is told only now; the next `tsa sessionize` is full.
    """
    import polars as pl

    if not (told or store.value("1_events/has_session_devices.sql")):
        return False
    sessions = pl.concat([pl.Series([], dtype=pl.String), *map(_series, told)]).unique()
    with store.lent("told_sessions", sessions.alias("session_id").to_frame()):
        store.execute("1_events/add_session_devices.sql")
        store.execute("1_events/logins_in_visits.sql", load_id=load_id)
    [found] = store.records("1_events/moved_logins.sql", load_id=load_id)
    if not found["moved"]:
        return False
    lookups.add_actors(store, store.frame("1_events/actors_of_logins.sql"))
    store.execute("1_events/move_logins.sql")
    if found["has_older"] and store.has_table("sessionize_state"):
        store.execute("2_sessions/forget_definition.sql")
    return True


def _series(sessions: "pa.Array") -> "pl.Series":
    import polars as pl

    return pl.Series(sessions)
