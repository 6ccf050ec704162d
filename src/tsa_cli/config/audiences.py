"""
configs/audiences/NAME.yaml: who is in it, what they must have agreed to, where it goes.

source  the contract's section 8; definitions D48 to D51
"""

from typing import Literal

from pydantic import Field, model_validator

from tsa_cli.config.matchers import Where
from tsa_cli.config.model import ConfigFile

Destination = Literal["csv", "google_ads", "meta", "email"]
Purpose = Literal["marketing", "personalization", "analytics"]

ALL_DESTINATIONS: tuple[Destination, ...] = ("csv", "google_ads", "meta", "email")


class AudienceConfig(ConfigFile):
    """
    One audience: `where` over user columns, or `sql` that selects `user_id`.

    `max_shrink` is the share of the last exported members that may disappear in one export.
    """

    description: str = ""
    where: Where | None = None
    sql: str | None = Field(default=None, min_length=1)
    requires_consent: Purpose | None = "marketing"
    destinations: tuple[Destination, ...] = ALL_DESTINATIONS
    exclude: tuple[str, ...] = ()
    holdout: float = Field(default=0.0, ge=0.0, lt=1.0)
    min_size: int = Field(default=0, ge=0)
    max_shrink: float = Field(default=0.5, ge=0.0, le=1.0)

    @model_validator(mode="after")
    def _one_definition(self) -> "AudienceConfig":
        if (self.where is None) == (self.sql is None):
            raise ValueError("give one of `where`, `sql`")
        if self.where is not None and not self.where:
            raise ValueError("where: at least one condition is needed")
        return self
