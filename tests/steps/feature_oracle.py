"""
The features of one user in plain Python, straight from their definitions in the data dictionary.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from itertools import pairwise

from tests.steps.histories import AGENTS, Event
from tests.steps.session_oracle import INTERACTIVE, SERVER, analysed, persons, sessions
from tsa_cli.config.features import Component, FeaturesConfig
from tsa_cli.config.identity import IdentityConfig
from tsa_cli.config.sessions import SessionsConfig

DAY = timedelta(days=1)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
PARTS = ("morning", "afternoon", "evening", "night")
Visits = list[list[Event]]


def features(
    events: Sequence[Event], before_ts: datetime, as_of: datetime
) -> dict[str, dict[str, object]]:
    """The oracle's row of every user with an event before the moment."""
    past = [event for event in events if event.event_ts < before_ts]
    people = persons(past, IdentityConfig())
    visits: dict[str, Visits] = {}
    for _, visit in sessions(past, SessionsConfig()):
        owner = ([e for e in visit if e.user_id] or visit)[-1]
        visits.setdefault(people[(owner.anonymous_id, owner.user_id)], []).append(visit)
    own: dict[str, list[Event]] = {}
    for event in analysed(past):
        own.setdefault(people[(event.anonymous_id, event.user_id)], []).append(event)
    rows = {user: _row(own[user], visits.get(user, []), before_ts, as_of) for user in own}
    mean = (
        sum(int(str(row["price_check_events"])) for row in rows.values()) / len(rows) if rows else 0
    )
    return {user: row | {"avg_price_checks": mean} for user, row in rows.items()}


def _row(
    events: list[Event], visits: Visits, before_ts: datetime, as_of: datetime
) -> dict[str, object]:
    config = FeaturesConfig()
    count = {
        name: sum(e.event_type == name for e in events) for name in {e.event_type for e in events}
    }
    checks, attempts = count.get("price_checked", 0), count.get("booking_started", 0)
    comparisons = count.get("comparison_made", 0)
    values = _bookings(events)
    money = sum(values)
    first = min((v[0].event_ts for v in visits), default=None)
    last = max((v[-1].event_ts for v in visits), default=None)
    devices = {v[0].device for v in visits}
    price = config.price_sensitivity_score
    return {
        "avg_session_duration": _mean([_seconds(v) for v in visits]),
        "total_page_views": sum(_pages(v) for v in visits),
        "pages_per_session": _mean([_pages(v) for v in visits]),
        "booking_conversion_rate": _mean(
            [any(e.event_type == "booking_completed" for e in v) for v in visits]
        ),
        "price_sensitivity_score": _score(
            (price.price_checks_per_session, checks / max(len(visits), 1)),
            (price.price_checks_per_booking, checks / (1 + len(values))),
            (price.price_comparisons, comparisons),
        ),
        "engagement_score": _engagement(visits),
        "recency_days": (as_of - events[-1].event_ts) // DAY,
        "frequency_visits": len(visits),
        "monetary_value": money,
        "preferred_time_of_day": _most([_part(v[0].event_ts) for v in visits], PARTS),
        "preferred_day_of_week": _most(
            [WEEKDAYS[v[0].event_ts.weekday()] for v in visits], WEEKDAYS
        ),
        "cart_abandonment_rate": max(0.0, 1 - len(values) / attempts) if attempts else None,
        "last_updated": as_of,
        "total_sessions": len(visits),
        "price_check_events": checks,
        "service_view_events": count.get("service_viewed", 0),
        "booking_attempts": attempts,
        "price_comparison_events": comparisons,
        "total_bookings": len(values),
        "mobile_usage_rate": _mean([_agent(v) == AGENTS[1] for v in visits]),
        "device_switches": max(len(devices) - 1, 0),
        "days_since_first_visit": (as_of - first) // DAY if first else None,
        "days_since_last_visit": (as_of - last) // DAY if last else None,
        "support_tickets": count.get("support_ticket_opened", 0),
        "negative_feedback_count": sum(
            e.event_type == "feedback_submitted" and e.properties.get("rating") in (1, 2)
            for e in events
        ),
        "avg_booking_value": money / len(values) if values else None,
        "session_frequency_trend": _slope([len(w) for w in _windows(visits, before_ts)]),
        "engagement_score_trend": _slope([_engagement(w) for w in _windows(visits, before_ts)]),
        "as_of": as_of,
    }


def _bookings(events: list[Event]) -> list[Decimal]:
    """The value of each booking: the greatest of the events that share a booking id."""
    found: dict[object, list[Decimal]] = {}
    for event in events:
        if event.event_type == "booking_completed":
            key = event.properties.get("booking_id") or ("event", event.event_id)
            numbers = [_number(event.properties.get(name)) for name in ("value", "price")]
            found.setdefault(key, []).extend([n for n in numbers if n is not None][:1])
    return [max(values, default=Decimal(0)) for values in found.values()]


def _number(value: object) -> Decimal | None:
    try:
        return None if value is None else Decimal(str(value))
    except InvalidOperation:
        return None


def _windows(visits: Visits, before_ts: datetime) -> list[Visits]:
    trend = FeaturesConfig().trend
    edges = [before_ts - trend.width * n for n in range(trend.windows, -1, -1)]
    return [[v for v in visits if begin <= v[0].event_ts < end] for begin, end in pairwise(edges)]


def _slope(values: list[float]) -> float:
    middle = (len(values) - 1) / 2
    spread = sum((x - middle) ** 2 for x in range(len(values)))
    return sum((x - middle) * y for x, y in enumerate(values)) / spread


def _engagement(visits: Visits) -> float:
    if not visits:
        return 0.0
    score = FeaturesConfig().engagement_score
    return _score(
        (score.pages_per_session, _mean([_pages(v) for v in visits])),
        (score.avg_session_duration, _mean([_seconds(v) for v in visits])),
        (
            score.interactions_per_session,
            _mean([sum(e.event_type in INTERACTIVE for e in v) for v in visits]),
        ),
        (score.total_sessions, len(visits)),
    )


def _score(*parts: tuple[Component, float | None]) -> float:
    total = sum(part.weight for part, _ in parts)
    return sum(part.weight * (x or 0) / ((x or 0) + part.half) for part, x in parts) / total


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _most(values: list[str], order: Sequence[str]) -> str | None:
    return max(order, key=values.count) if values else None


def _part(moment: datetime) -> str:
    return ("night", "morning", "afternoon", "evening")[moment.hour // 6]


def _seconds(visit: list[Event]) -> float:
    return (visit[-1].event_ts - visit[0].event_ts).total_seconds()


def _pages(visit: list[Event]) -> int:
    return sum(e.event_type == "page_viewed" for e in visit)


def _agent(visit: list[Event]) -> str | None:
    return next((e.user_agent for e in visit if e.user_agent), None)


__all__ = ["SERVER", "features"]
