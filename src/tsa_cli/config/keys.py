"""
The keys that config files may name, with their types, and which of a file's keys exist nowhere.

A key of an event is a column of `fact_events` or `dim_sessions`, `properties.PATH`, or `user.KEY`
(a column of `dim_users`, else a trait); a key of a person is a column of theirs, or a trait.
source  the contract's sections 4, 5 and 8
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tsa_cli.config.column_values import value_fault
from tsa_cli.config.model import Place
from tsa_cli.config.operands import EQUALS, operand_fault
from tsa_cli.config.spelling import nearest
from tsa_cli.config.yaml_loader import Document

EVENT_COLUMNS: Mapping[str, str] = {
    "event_id": "varchar",
    "user_id": "varchar",
    "session_id": "varchar",
    "event_type": "varchar",
    "event_timestamp": "timestamp",
    "page_url": "varchar",
    "referrer_url": "varchar",
    "device_id": "varchar",
    "properties": "json",
    "created_at": "timestamp",
    "anonymous_id": "varchar",
    "ip_address": "varchar",
    "is_bot": "boolean",
    "source_file": "varchar",
    "ingested_at": "timestamp",
}

# Properties that have a column of their own among the events, as text.
PROMOTED_PROPERTIES = ("price", "service_category", "booking_id")

SESSION_COLUMNS: Mapping[str, str] = {
    "start_time": "timestamp",
    "end_time": "timestamp",
    "duration_seconds": "double",
    "page_views": "double",
    "events_count": "double",
    "entry_page": "varchar",
    "exit_page": "varchar",
    "referrer": "varchar",
    "utm_source": "varchar",
    "utm_medium": "varchar",
    "utm_campaign": "varchar",
    "device_type": "varchar",
    "browser": "varchar",
    "os": "varchar",
    "geo_country": "varchar",
    "geo_city": "varchar",
    "bounce_flag": "boolean",
    "search_engine": "varchar",
    "search_terms": "varchar",
    "social_network": "varchar",
    "channel": "varchar",
    "is_engaged": "boolean",
    "is_conversion": "boolean",
    "start_reason": "varchar",
    "source": "varchar",
    "medium": "varchar",
    "is_runaway": "boolean",
}

USER_COLUMNS: Mapping[str, str] = {
    "user_id": "varchar",
    "email": "varchar",
    "first_name": "varchar",
    "last_name": "varchar",
    "phone": "varchar",
    "first_seen_date": "timestamp",
    "acquisition_channel": "varchar",
    "lifetime_value": "double",
    "total_bookings": "double",
    "preferred_services": "varchar[]",
    "device_types": "varchar[]",
    "browser_fingerprints": "varchar[]",
    "customer_segment": "varchar",
    "created_at": "timestamp",
    "updated_at": "timestamp",
}

NUMERIC_FEATURES = (
    "avg_session_duration", "total_page_views", "pages_per_session", "booking_conversion_rate",
    "price_sensitivity_score", "engagement_score", "recency_days", "frequency_visits",
    "monetary_value", "device_switching_rate", "cart_abandonment_rate", "total_sessions",
    "price_check_events", "service_view_events", "booking_attempts", "price_comparison_events",
    "total_bookings", "mobile_usage_rate", "device_switches", "days_since_first_visit",
    "days_since_last_visit", "avg_price_checks", "support_tickets", "negative_feedback_count",
    "avg_booking_value", "session_frequency_trend", "engagement_score_trend",
)  # fmt: skip

FEATURE_COLUMNS: Mapping[str, str] = {
    "user_id": "varchar",
    "preferred_time_of_day": "varchar",
    "preferred_day_of_week": "varchar",
    "as_of": "timestamp",
    "last_updated": "timestamp",
    **dict.fromkeys(NUMERIC_FEATURES, "double"),
}

SCORE_COLUMNS: Mapping[str, str] = {
    "lead_score": "double",
    "lead_score_probability": "double",
    "lead_score_band": "varchar",
}

CHANNEL_FLAGS = ("is_organic", "is_paid", "is_social")  # of models, from the acquisition channel


@dataclass(frozen=True)
class Keys:
    """What the keys of one kind of file may be: `columns`, or anything after a prefix."""

    columns: Mapping[str, str]  # their types by name
    prefixes: tuple[str, ...]
    hint: str
    under: str | None = None  # the only part of the file that has any

    def unknown(self, document: Document) -> list[str]:
        """`FILE:LINE:COL: KEY: why` of each key that does not exist."""
        return [
            f"{document.at(place)}: {key}: no such column{nearest(key, list(self.columns))}"
            for place, key in _keys(self._asked(document), ())
            if key not in self.columns
            and not any(key.startswith(prefix) and key != prefix for prefix in self.prefixes)
        ]

    def misfits(self, document: Document) -> list[str]:
        """`FILE:LINE:COL: KEY: why` of each value that its column can never have."""
        return [
            f"{document.at((*place, operator))}: {place[-1]}: {fault}"
            for place, test in _tests(self._asked(document), ())
            for operator, value in (test if isinstance(test, dict) else {"eq": test}).items()
            if (fault := self.misfit(str(place[-1]), str(operator), value))
        ]

    def misfit(self, key: str, operator: str, value: object) -> str:
        """Why no value of the key's column can be what the operator asks for; "" when one can."""
        if key not in self.columns:
            return ""
        return operand_fault(self.columns[key], operator, value) or value_fault(
            key, operator, value
        )

    def words(self, document: Document) -> Iterator[tuple[Place, str, str]]:
        """(place, key, text) of each text that a key of a known column is to be, or not to be."""
        for place, test in _tests(self._asked(document), ()):
            key = str(place[-1])
            for operator, value in (test if isinstance(test, dict) else {"eq": test}).items():
                if key in self.columns and operator in EQUALS:
                    texts = value if isinstance(value, list) else [value]
                    yield from (
                        ((*place, operator), key, text) for text in texts if isinstance(text, str)
                    )

    def _asked(self, document: Document) -> object:
        values = document.values
        if self.under is not None and isinstance(values, dict):
            return {self.under: values.get(self.under)}
        return values


def _of_users(columns: Mapping[str, str]) -> dict[str, str]:
    return {f"user.{name}": kind for name, kind in columns.items()}


_OF_PEOPLE = {**USER_COLUMNS, **FEATURE_COLUMNS, **SCORE_COLUMNS}
EVENT_KEYS = Keys(
    columns={
        **SESSION_COLUMNS,
        **EVENT_COLUMNS,
        **{f"properties.{name}": "varchar" for name in PROMOTED_PROPERTIES},
        **_of_users(USER_COLUMNS),
    },
    prefixes=("properties.", "user."),
    hint="keys are columns of fact_events and dim_sessions, properties.PATH or user.KEY",
)
PERSON_KEYS = Keys(
    columns={**_OF_PEOPLE, **_of_users(_OF_PEOPLE)},
    prefixes=("user.",),
    hint="keys are columns of user_behavior_features and dim_users, lead_score, or user.TRAIT",
)


def _keys(value: object, place: Place) -> Iterator[tuple[Place, str]]:
    """Each key that is asked of an event or a person, and where it stands."""
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _keys(item, (*place, number))
    for name, inner in value.items() if isinstance(value, dict) else ():
        here = (*place, str(name))
        if name == "where" and isinstance(inner, dict):
            yield from (((*here, str(key)), str(key)) for key in inner)
        elif name in ("hold_constant", "key"):
            yield from _named(inner, here)
        elif name in ("by", "sum") and isinstance(inner, str):
            yield here, inner
        else:
            yield from _keys(inner, here)


def _named(value: object, place: Place) -> Iterator[tuple[Place, str]]:
    """A key, or the keys of a list, whose items may be lists themselves."""
    if isinstance(value, str):
        yield place, value
    for number, item in enumerate(value) if isinstance(value, list) else ():
        yield from _named(item, (*place, number))


def _tests(value: object, place: Place) -> Iterator[tuple[Place, object]]:
    """What each `where` asks of a key: the key's place, and its test."""
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _tests(item, (*place, number))
    for name, inner in value.items() if isinstance(value, dict) else ():
        here = (*place, str(name))
        if name == "where" and isinstance(inner, dict):
            yield from (((*here, str(key)), test) for key, test in inner.items())
        else:
            yield from _tests(inner, here)
