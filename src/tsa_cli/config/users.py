"""
configs/users.yaml: what a booking is worth, which services a person prefers, their segment.

source  the PRD's 3.2.1 (dim_users) and 4.2.1 (VIP: bookings >= 3, value >= 500, engagement >= 0.7)
"""

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from tsa_cli.config.column_values import limit_fault
from tsa_cli.config.model import ConfigFile, ConfigModel, NameText, NameTexts
from tsa_cli.config.sessions import EventPattern

Weight = Annotated[float, Field(ge=0, le=1e9)]
Measure = Literal[
    "total_sessions", "total_page_views", "total_bookings", "lifetime_value", "engagement_score",
    "days_since_last_visit",
]  # fmt: skip


class Bounds(ConfigModel):
    """A closed interval; a side that is absent is open."""

    gte: float | None = None
    lte: float | None = None

    @model_validator(mode="after")
    def _ordered(self) -> "Bounds":
        if self.gte is None and self.lte is None:
            raise ValueError("give gte, lte or both")
        if self.gte is not None and self.lte is not None and self.gte > self.lte:
            raise ValueError(f"gte {self.gte} is above lte {self.lte}")
        return self

    def holds_all_of(self, other: "Bounds") -> bool:
        """Whether what lies in the other interval lies in this one, too."""
        is_above = self.gte is None or (other.gte is not None and other.gte >= self.gte)
        is_below = self.lte is None or (other.lte is not None and other.lte <= self.lte)
        return is_above and is_below


class SegmentRule(ConfigModel):
    """A segment and the bounds that a person's measures must all keep; none: everyone left."""

    name: NameText
    where: dict[Measure, Bounds] = {}

    @model_validator(mode="after")
    def _takes_somebody(self) -> "SegmentRule":
        for measure, bounds in self.where.items():
            can_be_negative = measure == "lifetime_value"  # of a booking that was paid back
            if bounds.lte is not None and bounds.lte < 0 and not can_be_negative:
                raise ValueError(f"where: {measure}: nobody has less than 0")
            for value in (bounds.gte, bounds.lte):
                if fault := limit_fault(measure, "eq", value):
                    raise ValueError(f"where: {measure}: {fault}")
        return self

    def takes_all_of(self, other: "SegmentRule") -> bool:
        """Whether everyone whom the other rule would take is taken by this one."""
        return all(
            measure in other.where and bounds.holds_all_of(other.where[measure])
            for measure, bounds in self.where.items()
        )


def _default_segments() -> list[SegmentRule]:
    return [
        SegmentRule(
            name="VIP",
            where={
                "total_bookings": Bounds(gte=3),
                "lifetime_value": Bounds(gte=500),
                "engagement_score": Bounds(gte=0.7),
            },
        ),
        SegmentRule(name="repeat customer", where={"total_bookings": Bounds(gte=2)}),
        SegmentRule(name="customer", where={"total_bookings": Bounds(gte=1)}),
        SegmentRule(name="one-time visitor", where={"total_sessions": Bounds(lte=1)}),
        SegmentRule(name="browser"),
    ]


class UsersConfig(ConfigFile):
    """configs/users.yaml; the first segment whose bounds all hold is a person's."""

    booking_events: list[EventPattern] = ["booking_completed", "service_booked"]
    booking_id_property: NameTexts = ["booking_id", "order_id", "transaction_id", "tr_orderid"]
    value_properties: list[NameText] = Field(
        default=[
            "value", "revenue", "$revenue", "total", "tr_total", "price", "$price", "amount",
        ],
        min_length=1,
    )  # fmt: skip
    currency_property: NameTexts = ["currency", "$currency", "tr_currency"]
    service_events: dict[EventPattern, Weight] = {
        "service_viewed": 1.0, "price_checked": 2.0, "quote_requested": 2.0,
        "booking_completed": 5.0, "service_booked": 5.0,
    }  # fmt: skip
    service_properties: list[NameText] = Field(
        default=["service_name", "service_type", "service", "service_id", "service_category"],
        min_length=1,
    )
    preferred_services: int = Field(3, ge=1, le=100)
    segments: list[SegmentRule] = Field(default_factory=_default_segments, min_length=1)

    @property
    def event_patterns(self) -> list[str]:
        """Every name and glob of events in the file."""
        return [*self.booking_events, *self.service_events]

    @field_validator("segments")
    @classmethod
    def _one_name_each(cls, value: list[SegmentRule]) -> list[SegmentRule]:
        names = [rule.name for rule in value]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"named twice: {', '.join(twice)}")
        for number, rule in enumerate(value):
            for above in value[:number]:
                if above.takes_all_of(rule):
                    raise ValueError(f"{above.name!r} leaves nobody for {rule.name!r} below it")
        return value
