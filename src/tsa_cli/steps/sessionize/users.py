"""
Tell who the users are: first seen, worth, services, devices, segment, contact data.

reads   actors, session_rows, events (properties of shop events), user_traits
writes  service_events, dim_users
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

from tsa_cli.config.users import Measure, UsersConfig
from tsa_cli.globs import globs_to_like
from tsa_cli.json_pointers import pointer_of
from tsa_cli.kernels.engagement import Weights, engagement_of
from tsa_cli.kernels.visit_tallies import (
    Columns,
    Tallies,
    first_visits,
    totals_of_users,
    values_of_users,
)
from tsa_cli.steps.sessionize.settings import SessionizeConfig
from tsa_cli.store import Store, fragment_of

if TYPE_CHECKING:
    import polars as pl

_MOST_CURRENCIES = 5


@dataclass(frozen=True)
class _ToldByVisits:
    """What visits tell of their users."""

    totals: Tallies
    firsts: Columns
    devices: Tallies


def read_services(store: Store, config: SessionizeConfig, table: str, after_event_seq: int) -> int:
    """The number of rows of `table`: value, service and rating of shop events after a place."""
    users, feedback = config.users, config.features.negative_feedback
    store.execute(
        "2_sessions/service_flags.sql",
        booking_events=globs_to_like(users.booking_events),
        rated_events=globs_to_like(feedback.rated),
        service_patterns=globs_to_like(users.service_events),
        service_weights=list(users.service_events.values()),
    )
    return store.build(
        table,
        "2_sessions/service_events.sql",
        after_event_seq=after_event_seq,
        value_paths=pointers(users.value_properties),
        service_paths=pointers(users.service_properties),
        rating_paths=pointers(feedback.rating_properties),
        booking_id_paths=pointers(users.booking_id_property),
        currency_paths=pointers(users.currency_property),
    )


def build(store: Store, config: SessionizeConfig, table: str) -> int:
    """The number of users written to `table`: those of `scoped_actors`."""
    store.execute("2_sessions/scoped_services.sql")
    store.execute("2_sessions/trait_values.sql")
    told = _told_by_visits(store, config.features.engagement_score.weights())
    with (
        store.lent("visit_totals", told.totals),
        store.lent("first_visits", told.firsts),
        store.lent("user_devices", told.devices),
        store.lent("segment_rules", segment_rules(config.users)),
    ):
        return store.build(
            table,
            "2_sessions/dim_users.sql",
            {"first_event_ids": fragment_of("2_sessions/first_event_ids.sql")},
            now_ts=store.newest_event_ts(),
            preferred_services=config.users.preferred_services,
        )


def _told_by_visits(store: Store, weights: Weights) -> _ToldByVisits:
    """It without the visits themselves, whose memory the statement of the users has use for."""
    visits = store.arrays("2_sessions/user_visits.sql")
    totals = totals_of_users(visits)
    totals["engagement_score"] = engagement_of(totals, weights)
    devices = values_of_users(visits, "device_agent_key")
    return _ToldByVisits(totals, first_visits(visits), devices)


def warnings(store: Store) -> list[str]:
    """What a worth is not: one sum of money, where bookings are in several currencies."""
    found = store.rows("2_sessions/booking_currencies.sql")
    if len(found) < 2:
        return []
    told = ", ".join(
        f"{currency} {int(str(count)):,}" for currency, count in found[:_MOST_CURRENCIES]
    )
    more = ", …" if len(found) > _MOST_CURRENCIES else ""
    return [f"bookings are in {len(found)} currencies ({told}{more}): values are added as they are"]


def has_moving_segments(config: UsersConfig) -> bool:
    """True when a segment depends on the clock, so that nobody's news can change it."""
    return any("days_since_last_visit" in rule.where for rule in config.segments)


def segment_rules(config: UsersConfig) -> "pl.DataFrame":
    """One row per rule: rank 0, 1, …, name, and MEASURE_gte, MEASURE_lte (null: open)."""
    import polars as pl

    columns: dict[str, pl.Series] = {
        "rank": pl.Series(range(len(config.segments)), dtype=pl.Int32),
        "name": pl.Series([rule.name for rule in config.segments], dtype=pl.String),
    }
    for measure in get_args(Measure):
        bounds = [rule.where.get(measure) for rule in config.segments]
        columns[f"{measure}_gte"] = pl.Series([b and b.gte for b in bounds], dtype=pl.Float64)
        columns[f"{measure}_lte"] = pl.Series([b and b.lte for b in bounds], dtype=pl.Float64)
    return pl.DataFrame(columns)


def pointers(keys: list[str]) -> list[str]:
    """The JSON pointer of each top-level key, whatever characters it has."""
    return list(map(pointer_of, keys))
