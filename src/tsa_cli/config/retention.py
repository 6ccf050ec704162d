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
    start: Matcher = Field(default_factory=_any_event)
    return_: Matcher = Field(default_factory=_any_event, alias="return")
    mode: Literal["first_time", "recurring"] = "first_time"
    measure: Literal["on", "on_or_after"] = Field(
        "on", description="on_or_after: a cell grows with who comes back later, complete or not"
    )
    bucket: Literal["day", "week", "month"] = "week"
    week_start: Literal["monday", "sunday"] = "monday"
    clock: Literal["calendar", "rolling"] = "calendar"
    periods: int = Field(12, ge=1, le=1_000)  # columns, period 0 included
    cohorts: int | None = Field(None, ge=1, le=1_000)  # rows, without --since; as many as periods
    timezone: str = "UTC"

    @field_validator("timezone")
    @classmethod
    def _known(cls, value: str) -> str:
        return known_timezone(value)
