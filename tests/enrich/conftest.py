"""The shipped channel and referrer files, as the pipeline reads them."""

from pathlib import Path

import pytest
import yaml

from tsa_cli.config.channels import ChannelsFile
from tsa_cli.config.referrers import ReferrersFile
from tsa_cli.enrich.hosts import SiteIndex

CONFIGS = Path(__file__).parents[2] / "configs"


@pytest.fixture(scope="session")
def channels() -> ChannelsFile:
    return ChannelsFile.model_validate(yaml.safe_load((CONFIGS / "channels.yaml").read_text()))


@pytest.fixture(scope="session")
def referrers() -> ReferrersFile:
    return ReferrersFile.model_validate(yaml.safe_load((CONFIGS / "referrers.yaml").read_text()))


@pytest.fixture(scope="session")
def sites(referrers: ReferrersFile) -> SiteIndex:
    return SiteIndex(referrers)
