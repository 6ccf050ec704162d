"""
What a run of ingest is asked to do: the files of configs/ that decide, and the command's flags.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tsa_cli.config.events import EventsConfig
from tsa_cli.config.identity import IdentityConfig
from tsa_cli.config.privacy import PrivacyConfig
from tsa_cli.config.sources import SourceConfig
from tsa_cli.config.tsa import TsaConfig
from tsa_cli.lookups import LookupConfig
from tsa_cli.privacy.field_crypto import Keys

AUTO = "auto"


@dataclass(frozen=True)
class Policies:
    """What all files of a run share."""

    tsa: TsaConfig
    plan: EventsConfig
    privacy: PrivacyConfig
    now_ts: datetime
    lookups: LookupConfig
    identity: IdentityConfig = field(default_factory=IdentityConfig)


@dataclass(frozen=True)
class IngestConfig:
    """What one run is asked to do; `sources` are all mappings in force, by name."""

    policies: Policies
    sources: Mapping[str, SourceConfig]
    keys: Keys
    source: str = AUTO
    is_final: bool = False
    is_forced: bool = False  # read files again that were read before
    is_dry_run: bool = False
