"""
Describe each user by numbers, as they were at a moment: nothing later is looked at.

reads   core, session_rows, actors, service_events, identity_links; traffic sources for a snapshot
writes  user_behavior_features; columns, units and formulas in sql/3_features/
source  definitions D42: events before the cut-off only, identities too
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from tsa_cli import stitching
from tsa_cli.config.features import Component, FeaturesConfig
from tsa_cli.config.identity import IdentityConfig
from tsa_cli.config.sessions import SessionsConfig
from tsa_cli.errors import DataError
from tsa_cli.globs import lists_to_like
from tsa_cli.kernels.device_switches import Order, order_of, switches_of, tied_visits
from tsa_cli.kernels.engagement import engagement_of, trends_of
from tsa_cli.kernels.event_tallies import tallies_of_events
from tsa_cli.kernels.visit_tallies import (
    Columns,
    Tallies,
    first_visits,
    tallies_of_users,
    tallies_of_windows,
    visits_of_travellers,
)
from tsa_cli.store import Store, fragment_of

if TYPE_CHECKING:
    import polars as pl

TABLE = "user_behavior_features"
_SQL = "3_features/user_behavior_features.sql"


@dataclass(frozen=True)
class FeaturesInput:
    """The files that features depend on."""

    features: FeaturesConfig = field(default_factory=FeaturesConfig)
    sessions: SessionsConfig = field(default_factory=SessionsConfig)
    identity: IdentityConfig = field(default_factory=IdentityConfig)


@dataclass(frozen=True)
class FeaturesResult:
    """How many users the table has, and the moment it describes (UTC)."""

    users: int
    as_of: datetime


def run(store: Store, config: FeaturesInput, as_of: datetime | None = None) -> FeaturesResult:
    """
    Rebuild `user_behavior_features` from the events before `as_of`.

    Without `as_of` the moment is the newest event, and that event counts. MissingTable before
    the first `tsa sessionize`; DataError in an empty store.
    """
    store.require("core", "session_rows", "service_events")
    moment, before_ts = _bounds(store, as_of)
    with (
        store.transaction(),
        _tallied(store, _prepare(store, config, before_ts, "then"), config.features, before_ts),
    ):
        users = store.build(TABLE, _SQL, **_params(config.features, moment, before_ts))
    return FeaturesResult(users=users, as_of=moment)


def snapshot(
    store: Store,
    config: FeaturesInput,
    as_of: datetime | None,
    identities: Literal["now", "then"] = "now",
) -> "pl.DataFrame":
    """
    The features of every user at `as_of`, in user_id order; the public table stays as it is.

    They come with `acquisition_channel`, as it was then: `dim_users` knows today's alone. None is
    the newest event, which then counts, as in `run`.

    With `identities` "now" the users are today's, so that `actors` joins a label to them: an
    anonymous visitor who logged in later is one person with what came after. "then" is what was
    known at the moment, as `run` has it. The temporary table `feature_actors` (actor_key,
    user_key, user_id, last_ts) tells whose each event is.
    """
    store.require("core", "session_rows", "service_events")
    moment, before_ts = _bounds(store, as_of)
    with store.transaction():
        visits = _prepare(store, config, before_ts, identities)
        firsts = first_visits(visits)
        with _tallied(store, visits, config.features, before_ts):
            rows = store.frame(_SQL, **_params(config.features, moment, before_ts))
        with store.lent("first_visits", firsts):
            channels = store.frame(
                "3_features/acquisition_channels.sql",
                {"first_event_ids": fragment_of("2_sessions/first_event_ids.sql")},
                before_ts=before_ts,
            )
        return rows.join(channels, on="user_id", how="left").sort("user_id")


def _bounds(store: Store, as_of: datetime | None) -> tuple[datetime, datetime]:
    """The moment (naive UTC) and the first instant that does not count any more."""
    if as_of is not None:
        moment = as_of.astimezone(UTC).replace(tzinfo=None) if as_of.tzinfo else as_of
        return moment, moment
    newest = store.newest_event_ts()
    if newest is None:
        raise DataError("there are no events to describe users by", "run `tsa ingest PATH` first")
    return newest, newest + timedelta(microseconds=1)


@contextmanager
def _tallied(
    store: Store, visits: Columns, config: FeaturesConfig, before_ts: datetime
) -> Iterator[None]:
    """What the statement of the features reads of visits and events, for the time of the block."""
    with ThreadPoolExecutor(1) as beside:  # numpy counts outside of the interpreter's lock
        counting = beside.submit(_counted, visits, config.trend.windows)
        del visits  # the statement has use for their memory
        of_events = _tallies_of_events(store, before_ts)
        of_visits = _tallies_of_visits(store, counting.result(), config)
    with store.lent("visit_tallies", of_visits), store.lent("event_tallies", of_events):
        yield


@dataclass(frozen=True)
class _Counted:
    """Visits counted for each user and for each window of one, and those of travellers."""

    of_users: Tallies
    of_windows: Tallies
    travels: Columns


def _counted(visits: Columns, window_count: int) -> _Counted:
    return _Counted(
        tallies_of_users(visits),
        tallies_of_windows(visits, window_count),
        visits_of_travellers(visits),
    )


def _tallies_of_visits(store: Store, counted: _Counted, config: FeaturesConfig) -> Tallies:
    tallies, windows = counted.of_users, config.trend.windows
    users, weights = tallies["user_key"], config.engagement_score.weights()
    return {
        **tallies,
        "engagement_score": engagement_of(tallies, weights),
        **trends_of(users, counted.of_windows, weights, windows),
        **switches_of(users, counted.travels, _order_of(store, counted.travels)),
    }


def _order_of(store: Store, visits: Columns) -> Order:
    """The places of the visits in time, of those that begin at one moment by first events' ids."""
    order = order_of(visits)
    tied = tied_visits(visits, order)
    if not len(tied):
        return order
    with store.lent("tied_visits", {"first_event_seq": tied}):
        by_id = store.arrays("3_features/tied_visits.sql")
    return order_of(visits, by_id["first_event_seq"])


def _tallies_of_events(store: Store, before_ts: datetime) -> Tallies:
    return tallies_of_events(
        store.arrays("3_features/flagged_events.sql", before_ts=before_ts),
        store.arrays("3_features/users_of_actors.sql"),
        store.arrays("3_features/counted_names.sql"),
    )


def _prepare(
    store: Store, config: FeaturesInput, before_ts: datetime, identities: Literal["now", "then"]
) -> Columns:
    """The visits before the moment; leaves `feature_actors` and `feature_flags`."""
    newest = store.newest_event_ts()
    if newest is None or before_ts > newest:
        store.execute("3_features/feature_actors.sql")
    else:
        stitching.count_all(store, before_ts)
        if identities == "then":
            stitching.resolve(store, config.identity, before_ts)
        store.execute(f"3_features/feature_actors_{'then' if identities == 'then' else 'at'}.sql")
    features = config.features
    store.execute("2_sessions/event_flags.sql", **lists_to_like(config.sessions.event_lists))
    store.execute("3_features/feature_flags.sql", **lists_to_like(features.event_lists))
    return store.arrays(
        "3_features/feature_visits.sql",
        before_ts=before_ts,
        timezone=features.timezone,
        window_us=features.trend.width // timedelta(microseconds=1),
        window_count=features.trend.windows,
    )


def _params(config: FeaturesConfig, moment: datetime, before_ts: datetime) -> dict[str, object]:
    price = config.price_sensitivity_score
    parts: dict[str, Component] = {
        "checks": price.price_checks_per_session,
        "unbooked": price.price_checks_per_booking,
        "comparisons": price.price_comparisons,
    }
    return {
        "as_of": moment,
        "before_ts": before_ts,
        "negative_at_most": config.negative_feedback.at_most,
        **{f"{name}_weight": part.weight for name, part in parts.items()},
        **{f"{name}_half": part.half for name, part in parts.items()},
    }
