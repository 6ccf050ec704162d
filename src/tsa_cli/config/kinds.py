"""
Every kind of config file, and the model that it must satisfy.

To add a kind: its model beside this file, and a line here; `tsa config` then knows it.
"""

from tsa_cli.config.audiences import AudienceConfig
from tsa_cli.config.channels import ChannelsFile
from tsa_cli.config.events import EventsConfig
from tsa_cli.config.features import FeaturesConfig
from tsa_cli.config.funnels import FunnelConfig
from tsa_cli.config.identity import IdentityConfig
from tsa_cli.config.journeys import JourneyConfig
from tsa_cli.config.metrics import MetricsConfig
from tsa_cli.config.model import ConfigFile
from tsa_cli.config.models import ModelConfig
from tsa_cli.config.privacy import PrivacyConfig
from tsa_cli.config.referrers import ReferrersFile
from tsa_cli.config.retention import RetentionConfig
from tsa_cli.config.sessions import SessionsConfig
from tsa_cli.config.sources import SourceConfig
from tsa_cli.config.tsa import TsaConfig
from tsa_cli.config.users import UsersConfig

FILES: dict[str, type[ConfigFile]] = {
    "tsa": TsaConfig,
    "events": EventsConfig,
    "identity": IdentityConfig,
    "sessions": SessionsConfig,
    "users": UsersConfig,
    "features": FeaturesConfig,
    "channels": ChannelsFile,
    "referrers": ReferrersFile,
    "metrics": MetricsConfig,
    "privacy": PrivacyConfig,
}
FOLDERS: dict[str, type[ConfigFile]] = {
    "sources": SourceConfig,
    "funnels": FunnelConfig,
    "journeys": JourneyConfig,
    "retention": RetentionConfig,
    "models": ModelConfig,
    "audiences": AudienceConfig,
}


def model_of(relative: str) -> type[ConfigFile] | None:
    """The model of e.g. "sessions.yaml" or "funnels/booking.yaml"; None for what is no config."""
    folder, slash, name = relative.rpartition("/")
    if not name.endswith(".yaml"):
        return None
    return FOLDERS.get(folder) if slash else FILES.get(name.removesuffix(".yaml"))
