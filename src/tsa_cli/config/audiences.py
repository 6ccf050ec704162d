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
    where: Where | None = Field(
        None, description="conditions on columns of users, their features and scores; all must hold"
    )
    sql: str | None = Field(
        default=None, min_length=1, description="a SELECT of user_id instead; $as_of is the moment"
    )
    requires_consent: Purpose | None = Field(
        "marketing", description="whose yes a person needs; null: nobody's"
    )
    destinations: tuple[Destination, ...] = Field(
        default=ALL_DESTINATIONS, min_length=1, description="which files are written"
    )
    exclude: tuple[str, ...] = Field((), description="audiences whose people are left out")
    holdout: float = Field(
        default=0.0,
        ge=0.0,
        lt=1.0,
        description="share of people, always the same, kept back to measure the effect",
    )
    min_size: int = Field(
        default=0, ge=0, description="fewer members than this are written to no file"
    )
    max_shrink: float = Field(
        default=0.5,
        ge=0.0,
        le=1.0,
        description="share of the last export's members that may be gone in the next one",
    )

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
