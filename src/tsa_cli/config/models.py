"""
configs/models/NAME.yaml: what is predicted, from which features, and how it is judged.

source  the contract's section 7; definitions D42, D43
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import ClassVar, Literal

from pydantic import Field, field_validator

from tsa_cli.config.keys import (
    CHANNEL_FLAGS,
    EVENT_KEYS,
    FEATURE_COLUMNS,
    NUMERIC_FEATURES,
    Keys,
)
from tsa_cli.config.matchers import Matcher
from tsa_cli.config.model import ConfigFile, ConfigModel, Duration, Place
from tsa_cli.config.spelling import nearest

# The PRD's 4.1.1, under the names of `user_behavior_features`; the three flags come from
# the acquisition channel in `dim_users`.
LEAD_SCORE_FEATURES = (
    "total_page_views",
    "avg_session_duration",
    "pages_per_session",
    "price_check_events",
    "service_view_events",
    "booking_attempts",
    "price_comparison_events",
    "total_sessions",
    "total_bookings",
    "days_since_first_visit",
    "days_since_last_visit",
    "is_organic",
    "is_paid",
    "is_social",
    "mobile_usage_rate",
    "device_switches",
    "engagement_score",
    "price_sensitivity_score",
)


_KNOWN = (*NUMERIC_FEATURES, *CHANNEL_FLAGS)


class Label(Matcher):
    """The event that is predicted, and within how long after the cut-off: [cut-off, + horizon)."""

    horizon: Duration = Field(timedelta(days=7), description="within how long after the cut-off")

    @field_validator("horizon")
    @classmethod
    def _some_time(cls, value: timedelta) -> timedelta:
        return _positive(value)


class Snapshots(ConfigModel):
    """Training cut-offs: how many at most, and how far apart."""

    number: int = Field(
        default=8, ge=1, le=100, description="at most so many cut-offs to learn from"
    )
    spacing: Duration = Field(timedelta(days=7), description="how far apart they are")

    @field_validator("spacing")
    @classmethod
    def _some_time(cls, value: timedelta) -> timedelta:
        return _positive(value)


class Threshold(ConfigModel):
    """Whom to flag: the most people among whom `precision` or more do it."""

    precision: float = Field(
        default=0.8, gt=0.0, le=1.0, description="share of those flagged who do it"
    )


class ModelConfig(ConfigFile):
    """configs/models/NAME.yaml of kind lead_score."""

    keys: ClassVar[Keys] = EVENT_KEYS
    kind: Literal["lead_score"] = "lead_score"
    label: Label = Label(
        any_of=[Matcher(event="booking_completed"), Matcher(event="service_booked")]
    )
    features: tuple[str, ...] = Field(
        LEAD_SCORE_FEATURES,
        description="columns of user_behavior_features, is_organic, is_paid, is_social",
    )
    estimator: Literal["auto", "logistic", "boosting"] = Field(
        "auto", description="auto keeps the simpler one within a standard error"
    )
    seed: int = Field(default=0, ge=0, lt=2**32, description="of what is drawn by lot")
    snapshots: Snapshots = Snapshots()
    holdout: int = Field(default=1, ge=1, le=20, description="latest cut-offs kept for the figures")
    min_positive: int = Field(
        default=50, ge=2, description="fewer people who did it, or did not, are too little data"
    )
    max_rows: int = Field(
        default=200_000,
        ge=1_000,
        description="people at cut-offs; above it a fixed sample of users",
    )
    threshold: Threshold = Threshold()
    scale: Literal["probability", "percentile"] = Field(
        "probability", description="what 0 to 100 is of"
    )
    bands: dict[str, float] = Field(
        default_factory=lambda: {"Cold": 0.0, "Warm": 0.2, "Hot": 0.5},
        min_length=1,
        description="name: lower bound of the probability",
    )

    def unknown_names(self) -> Iterator[tuple[Place, str]]:
        """The features that nobody has, or that are no numbers."""
        for number, name in enumerate(self.features):
            if name not in _KNOWN:
                is_column = name in FEATURE_COLUMNS
                why = "is no number" if is_column else f"no such feature{nearest(name, _KNOWN)}"
                yield ("features", number), f"{name}: {why}"

    @field_validator("features")
    @classmethod
    def _distinct(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value or len(set(value)) < len(value):
            raise ValueError("name each feature once, and at least one")
        return value

    @field_validator("bands")
    @classmethod
    def _from_zero_up(cls, value: dict[str, float]) -> dict[str, float]:
        bounds = list(value.values())
        if bounds[0] != 0.0 or sorted(set(bounds)) != bounds or bounds[-1] >= 1.0:
            raise ValueError("bands are lower bounds of the probability: from 0, rising, below 1")
        return value


def _positive(value: timedelta) -> timedelta:
    if value <= timedelta(0):
        raise ValueError("more than 0 is needed")
    return value
