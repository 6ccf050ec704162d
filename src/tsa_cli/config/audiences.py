"""
configs/audiences/NAME.yaml: who is in it, what they must have agreed to, where it goes.

source  the contract's section 8; definitions D48 to D51
"""

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from tsa_cli.config.keys import PERSON_KEYS, Keys
from tsa_cli.config.matchers import Where
from tsa_cli.config.model import ConfigFile, Reference

Destination = Literal["csv", "google_ads", "meta", "email"]
Purpose = Literal["marketing", "personalization", "analytics"]

ALL_DESTINATIONS: tuple[Destination, ...] = ("csv", "google_ads", "meta", "email")


class AudienceConfig(ConfigFile):
    """
    One audience: `where` over user columns, or `sql` that selects `user_id`.

    `max_shrink` is the share of the last exported members that may disappear in one export.
    `exclude` leaves out who fits the definition of another audience, whatever that one excludes
    itself: two that exclude each other both go without the people whom they share.
    """

    keys: ClassVar[Keys] = PERSON_KEYS
    description: str = ""
    where: Where | None = None
    sql: str | None = Field(default=None, min_length=1)
    requires_consent: Purpose | None = "marketing"
    destinations: tuple[Destination, ...] = Field(default=ALL_DESTINATIONS, min_length=1)
    exclude: tuple[str, ...] = ()
    holdout: float = Field(default=0.0, ge=0.0, lt=1.0)
    min_size: int = Field(default=0, ge=0)
    max_shrink: float = Field(default=0.5, ge=0.0, le=1.0)

    def references(self) -> Iterator[Reference]:
        """The audiences that it leaves out."""
        yield from ((("exclude", i), "audiences", name) for i, name in enumerate(self.exclude))

    @model_validator(mode="after")
    def _one_definition(self) -> "AudienceConfig":
        if (self.where is None) == (self.sql is None):
            raise ValueError("give one of `where`, `sql`")
        if self.where is not None and not self.where:
            raise ValueError("where: at least one condition is needed")
        return self
