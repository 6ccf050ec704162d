"""
What `configs/retention/NAME.yaml` may say.

reads   configs/retention/NAME.yaml
source  the contract's section 6; definitions D29, D30
"""

from typing import ClassVar, Literal

from pydantic import Field, field_validator

from tsa_cli.config.keys import EVENT_KEYS, Keys
from tsa_cli.config.matchers import Matcher
from tsa_cli.config.model import ConfigFile
from tsa_cli.config.timezones import known_timezone


def _any_event() -> Matcher:
    return Matcher(event="*")


class RetentionConfig(ConfigFile):
    """configs/retention/NAME.yaml."""

    keys: ClassVar[Keys] = EVENT_KEYS
    description: str = ""
    start: Matcher = Field(
        default_factory=_any_event, description="what puts a person into a cohort"
    )
    return_: Matcher = Field(
        default_factory=_any_event, alias="return", description="what counts as coming back"
    )
    mode: Literal["first_time", "recurring"] = Field(
        "first_time",
        description="first_time: by the first start ever; recurring: by each period with a start",
    )
    measure: Literal["on", "on_or_after"] = Field(
        "on",
        description="on: back in that period; on_or_after: in it or a later one, so that a cell"
        " grows with who comes back later, complete or not",
    )
    bucket: Literal["day", "week", "month"] = Field("week", description="how long a period is")
    week_start: Literal["monday", "sunday"] = Field("monday", description="the first day of a week")
    clock: Literal["calendar", "rolling"] = Field(
        "calendar",
        description="calendar: periods of the calendar; rolling: from each person's own start",
    )
    periods: int = Field(12, ge=1, le=1_000, description="columns, period 0 included")
    cohorts: int | None = Field(
        None, ge=1, le=1_000, description="rows, without --since; as many as periods"
    )
    timezone: str = Field("UTC", description="of the calendar")

    @field_validator("timezone")
    @classmethod
    def _known(cls, value: str) -> str:
        return known_timezone(value)
