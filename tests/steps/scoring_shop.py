"""A small shop whose bookings follow from visits by a rule that the tests know."""

from datetime import datetime, timedelta

import numpy as np
import polars

from tsa_cli.config.models import ModelConfig
from tsa_cli.steps import score, train

START = datetime(2026, 9, 1)
DAYS = 70
AS_OF = START + timedelta(days=DAYS)
VISIT, BOOK = 0, 1

# Counts before $as_of, in the way of user_behavior_features but small.
FEATURES = """
    select
        a.user_id,
        count(*) filter (where c.event_code = 0) as visits,
        count(*) filter (where c.event_code = 0 and c.event_ts >= $as_of - interval 3 days)
            as recent_visits,
        count(*) filter (where c.event_code = 1) as total_bookings,
        date_diff('second', max(c.event_ts), $as_of) / 86400.0 as days_since_last_visit,
        'noon' as preferred_time_of_day,
        if(any_value(a.actor_key) % 2 = 0, 'Paid Search', 'Direct') as acquisition_channel
    from core as c
    inner join actors as a on c.actor_key = a.actor_key
    where c.event_ts < $as_of
    group by a.user_id  -- one row per user
"""
CONFIG = ModelConfig.model_validate(
    {
        "label": {"event": "booking_completed", "horizon": "7d"},
        "features": [
            "visits",
            "recent_visits",
            "total_bookings",
            "days_since_last_visit",
            "is_paid",
        ],
        "snapshots": {"number": 4, "spacing": "7d"},
    }
)


def random_events(seed, users=300):
    """(user, day, code) rows: the keen third comes often, and whoever came lately books more."""
    rng = np.random.default_rng(seed)
    rows = []
    for user in range(users):
        keen = user % 3 == 0
        for day in np.flatnonzero(rng.random(DAYS) < (0.25 if keen else 0.05)):
            rows.append((user, day + rng.random(), VISIT))
            if rng.random() < (0.35 if keen else 0.02):
                rows.append((user, min(day + 0.5 + rng.random(), DAYS - 0.001), BOOK))
    return rows


def fill(store, rows, users=300):
    """Write the tables that training reads, as `tsa sessionize` would."""
    sql = store.connection()
    store.execute("2_sessions/tables.sql")
    people = polars.DataFrame({"key": range(users)}).with_columns(
        user_id="u" + polars.col("key").cast(polars.String)
    )
    events = polars.DataFrame(
        {
            "actor_key": [row[0] for row in rows],
            "event_ts": [START + timedelta(days=float(row[1])) for row in rows],
            "event_code": [row[2] for row in rows],
        }
    )
    with store.lent("people", people), store.lent("new_events", events):
        for statement in (
            "create or replace table core as select *, 0::bigint as event_seq from new_events",
            "delete from actors",
            "insert into actors"
            " select key, key, key, null, user_id, user_id, user_id, 1, null, null from people",
            "delete from users_index",
            "insert into users_index select key, user_id from people",
            "create or replace table dim_users as select user_id from people",
            "delete from event_types",
            "insert into event_types values (0, 'page_viewed'), (1, 'booking_completed')",
        ):
            sql.execute(statement).fetchall()


def snapshot_of(store):
    """The features of a moment from `store`, as `tsa features` would make them."""

    def snapshot(as_of):
        table = store.connection().sql(FEATURES, params={"as_of": as_of}).to_arrow_table()
        return polars.from_arrow(table)

    return snapshot


def train_request(store, root, config=CONFIG, as_of=AS_OF, **changes):
    return train.Request("lead_score", config, snapshot_of(store), as_of, root, **changes)


def score_request(store, root, config=CONFIG, as_of=AS_OF, **changes):
    return score.Request("lead_score", config, snapshot_of(store), as_of, root, **changes)
