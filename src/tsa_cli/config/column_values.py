"""
What a column can hold beyond its type: the few words of some, and the limits of a share.

A condition that asks for another value holds for nobody (or, negated, for everybody), in silence:
`device_type: Mobile`, `engagement_score: {gte: 70}`, `is_bot: true`.
"""

from collections.abc import Mapping

from tsa_cli.config.operands import EQUALS, ORDER, as_number
from tsa_cli.config.spelling import nearest

_WORDS: Mapping[str, tuple[str, ...]] = {
    "device_type": ("mobile", "tablet", "desktop", "tv", "console", "unknown"),
    "start_reason": ("first", "timeout", "max_duration", "campaign", "midnight"),
    "preferred_time_of_day": ("morning", "afternoon", "evening", "night"),
    "preferred_day_of_week": (
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    ),
}  # fmt: skip
_SHARE = (0.0, 1.0)
_LIMITS: Mapping[str, tuple[float, float]] = {
    "booking_conversion_rate": _SHARE,
    "price_sensitivity_score": _SHARE,
    "engagement_score": _SHARE,
    "device_switching_rate": _SHARE,
    "cart_abandonment_rate": _SHARE,
    "mobile_usage_rate": _SHARE,
    "lead_score_probability": _SHARE,
    "lead_score": (0.0, 100.0),
}


def value_fault(key: str, operator: str, value: object) -> str:
    """Why no row has what the operator asks of the column; "" when one may."""
    column = key.removeprefix("user.")
    faults = (
        _word_fault(column, operator, one)
        or limit_fault(column, operator, one)
        or _bot_fault(column, operator, one)
        for one in (value if isinstance(value, list) else [value])
    )
    return next(filter(None, faults), "")


def limit_fault(column: str, operator: str, value: object) -> str:
    """Why the number lies outside of what the column can be; "" when it does not."""
    limits, number = _LIMITS.get(column), as_number(value)
    if limits is None or number is None or operator not in (*EQUALS, *ORDER):
        return ""
    if limits[0] <= number <= limits[1]:
        return ""
    return f"it lies between {limits[0]:g} and {limits[1]:g}, never at {number:g}"


def _word_fault(column: str, operator: str, value: object) -> str:
    words = _WORDS.get(column) if operator in EQUALS else None
    if not words or value is None or value in words:
        return ""
    return f"one of {', '.join(words)} is needed, not {value!r}{nearest(str(value), words)}"


def _bot_fault(column: str, operator: str, value: object) -> str:
    asked = {"eq": "true", "in": "true", "ne": "false", "not_in": "false"}.get(operator)
    if column != "is_bot" or str(value).lower() != asked:
        return ""
    return "bots are left out of what is counted, `tsa sql` over fact_events has them"
