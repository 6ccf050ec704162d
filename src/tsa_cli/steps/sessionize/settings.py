"""
What one run of `tsa sessionize` is told, and what it answers.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path

from tsa_cli.config.catalog import definition_hash
from tsa_cli.config.channels import ChannelsFile
from tsa_cli.config.features import FeaturesConfig
from tsa_cli.config.identity import IdentityConfig
from tsa_cli.config.referrers import ReferrersFile
from tsa_cli.config.sessions import SessionsConfig
from tsa_cli.config.users import UsersConfig
from tsa_cli.lookups import LookupConfig


@dataclass(frozen=True)
class SessionizeConfig:
    """The files that the tables of this step depend on; `mmdb` is the user's city database."""

    sessions: SessionsConfig = field(default_factory=SessionsConfig)
    identity: IdentityConfig = field(default_factory=IdentityConfig)
    users: UsersConfig = field(default_factory=UsersConfig)
    features: FeaturesConfig = field(default_factory=FeaturesConfig)
    channels: ChannelsFile = field(default_factory=ChannelsFile)
    referrers: ReferrersFile = field(default_factory=ReferrersFile)
    mmdb: Path | None = None

    @cached_property
    def lookups(self) -> LookupConfig:
        """What decides the meaning of pages, referrers, addresses and agents."""
        return LookupConfig(self.channels, self.referrers, self.mmdb)

    def definition(self) -> str:
        """The hash of every file that made the tables; another one asks for a full rebuild."""
        return self._definition

    @cached_property
    def _definition(self) -> str:
        return definition_hash(
            self.sessions, self.identity, self.users, self.features, self.channels, self.referrers
        )


@dataclass(frozen=True)
class Stitching:
    """How much has another user through stitching; shares are 0 to 1, null of nothing."""

    stitched_event_count: int
    event_share: float | None
    stitched_session_count: int
    session_share: float | None


@dataclass(frozen=True)
class SessionizeResult:
    """
    What one run left: `events` are those in core, `excluded_events` are left out of it.

    `session_changes` are the older sessions that this run's events began earlier or merged,
    `user_changes` the pairs of ids with events that stand for another user than before.
    """

    mode: str
    events: int
    sessions: int
    users: int
    excluded_events: int
    session_changes: int
    user_changes: int
    stitching: Stitching


def microseconds(duration: timedelta) -> int:
    """The whole microseconds of `duration`."""
    return duration // timedelta(microseconds=1)
