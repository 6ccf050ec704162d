"""
configs/features.yaml: which events each feature counts, the weights of the two scores, the trends.

source  the PRD's 3.2.1 (user_behavior_features), 4.1.1, 4.3.1 and 5.2.1
"""

from datetime import timedelta

from pydantic import Field, field_validator, model_validator

from tsa_cli.config.model import ConfigFile, ConfigModel, Duration, NameText
from tsa_cli.config.sessions import EventPattern
from tsa_cli.config.timezones import known_timezone


class Component(ConfigModel):
    """One part of a score: a measure x adds weight * x / (x + half)."""

    weight: float = Field(ge=0, le=1e9)
    half: float = Field(gt=0)


class EngagementScore(ConfigModel):
    """Weights of `engagement_score`; the sum is divided by the sum of weights, so 0 to 1."""

    pages_per_session: Component = Component(weight=0.3, half=2)
    avg_session_duration: Component = Component(weight=0.3, half=120)
    interactions_per_session: Component = Component(weight=0.2, half=1)
    total_sessions: Component = Component(weight=0.2, half=2)

    def weights(self) -> dict[str, tuple[float, float]]:
        """(weight, half) of each part, by its name."""
        return {name: (part.weight, part.half) for name, part in self}

    @model_validator(mode="after")
    def _weighted(self) -> "EngagementScore":
        if not sum(part.weight for _, part in self):
            raise ValueError("at least one weight must be above 0")
        return self


class PriceSensitivityScore(ConfigModel):
    """Weights of `price_sensitivity_score`; the sum is divided by the sum of weights, so 0 to 1."""

    price_checks_per_session: Component = Component(weight=0.4, half=1)
    price_checks_per_booking: Component = Component(weight=0.3, half=3)
    price_comparisons: Component = Component(weight=0.3, half=2)

    @model_validator(mode="after")
    def _weighted(self) -> "PriceSensitivityScore":
        if not sum(part.weight for _, part in self):
            raise ValueError("at least one weight must be above 0")
        return self


class Trend(ConfigModel):
    """Equal windows that end at `as_of`; a trend is the least-squares slope over them."""

    windows: int = Field(4, ge=2, le=52)
    width: Duration = timedelta(days=14)

    @field_validator("width")
    @classmethod
    def _some_time(cls, value: timedelta) -> timedelta:
        if value <= timedelta(0):
            raise ValueError("a window of no time holds nothing; give more than 0s")
        return value


class Feedback(ConfigModel):
    """Negative are the `events`, and those of `rated` with a rating up to `at_most`."""

    events: list[EventPattern] = ["negative_feedback", "complaint_filed"]
    rated: list[EventPattern] = ["feedback_submitted", "review_submitted", "rating_submitted"]
    rating_properties: list[NameText] = Field(default=["rating", "score", "stars"], min_length=1)
    at_most: float = 2


class FeaturesConfig(ConfigFile):
    """configs/features.yaml."""

    price_check_events: list[EventPattern] = ["price_checked"]
    service_view_events: list[EventPattern] = ["service_viewed"]
    booking_attempt_events: list[EventPattern] = ["booking_started"]
    price_comparison_events: list[EventPattern] = ["comparison_made"]
    support_events: list[EventPattern] = [
        "support_ticket_opened", "support_ticket_created", "support_contacted",
    ]  # fmt: skip
    negative_feedback: Feedback = Feedback()
    engagement_score: EngagementScore = EngagementScore()
    price_sensitivity_score: PriceSensitivityScore = PriceSensitivityScore()
    trend: Trend = Trend()
    timezone: str = "UTC"

    @property
    def event_lists(self) -> dict[str, list[str]]:
        """The lists of names and globs of events, by their names in the statement of the flags."""
        return {
            "price_check_events": self.price_check_events,
            "service_view_events": self.service_view_events,
            "booking_attempt_events": self.booking_attempt_events,
            "price_comparison_events": self.price_comparison_events,
            "support_events": self.support_events,
            "negative_events": self.negative_feedback.events,
            "rated_events": self.negative_feedback.rated,
        }

    @property
    def event_patterns(self) -> list[str]:
        """Every name and glob of events in the file."""
        return [pattern for patterns in self.event_lists.values() for pattern in patterns]

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        return known_timezone(value)
