"""
configs/sessions.yaml: when a session begins, which events count for what, what a bounce is.

source  definitions D6, D8 to D12: the rules of GA4, Snowplow and PostHog, and where ours differ
"""

from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Literal

from pydantic import Field, field_validator

from tsa_cli.config.model import ConfigFile, ConfigModel, Duration, NameText
from tsa_cli.config.timezones import known_timezone

EventPattern = NameText  # a canonical event name, or a glob over names: "booking_*"

SERVER_EVENTS = [
    "service_completed", "pickup", "device_picked_up", "no_show", "booking_no_show",
    "repair_started", "repair_completed", "invoice_paid", "refund_issued",
    "email_sent", "email_delivered", "push_sent", "sms_sent",
    "notification_receive", "notification_dismiss", "app_remove", "os_update",
]  # fmt: skip
INTERACTIVE_EVENTS = [
    "price_checked", "availability_checked", "booking_*", "service_booked", "search_performed",
    "filter_applied", "comparison_made", "review_read", "contact_info_submitted", "quote_requested",
]  # fmt: skip


Network = IPv4Network | IPv6Network


def network(text: str) -> Network:
    """
    The network of "203.0.113.0/24", or of one address; ValueError when it is neither.

    Bits behind the mask are taken as zero: 203.0.113.7/24 is what an office says of itself.
    """
    try:
        return ip_network(text.strip(), strict=False)
    except ValueError:
        raise ValueError(f"{text!r} is no address and no network like 203.0.113.0/24") from None


class ExcludeConfig(ConfigModel):
    """Whose events no analysis counts; `allowed_agents` and `ids` take names and globs."""

    allowed_agents: tuple[str, ...] = ()
    ip_addresses: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()

    @field_validator("ip_addresses")
    @classmethod
    def _networks(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        for text in values:
            network(text)
        return values


class SessionsConfig(ConfigFile):
    """configs/sessions.yaml; every list of events takes names and globs."""

    timeout: Duration = timedelta(minutes=30)
    max_duration: Duration = timedelta(hours=24)
    split_on_campaign: bool = False
    split_at_midnight: bool = False
    timezone: str = "UTC"
    bounce: Literal["prd", "ga4"] = "prd"
    engaged_after: Duration = timedelta(seconds=10)
    page_view_events: list[EventPattern] = ["page_viewed", "screen_viewed"]
    interactive_events: list[EventPattern] = Field(default_factory=lambda: [*INTERACTIVE_EVENTS])
    conversion_events: list[EventPattern] = ["booking_completed", "service_booked"]
    server_events: list[EventPattern] = Field(default_factory=lambda: [*SERVER_EVENTS])
    max_events: int = Field(5000, ge=2)
    exclude: ExcludeConfig = ExcludeConfig()

    @property
    def event_lists(self) -> dict[str, list[str]]:
        """The lists of names and globs of events, by their names in the statement of the flags."""
        return {
            "page_view_events": self.page_view_events,
            "interactive_events": self.interactive_events,
            "conversion_events": self.conversion_events,
            "server_events": self.server_events,
        }

    @property
    def event_patterns(self) -> list[str]:
        """Every name and glob of events in the file."""
        return [pattern for patterns in self.event_lists.values() for pattern in patterns]

    @field_validator("timeout", "max_duration")
    @classmethod
    def _positive(cls, value: timedelta) -> timedelta:
        if value <= timedelta(0):
            raise ValueError("a session cannot end before it begins; give more than 0s")
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        return known_timezone(value)
