"""Rules of `tsa channels test`."""

from pathlib import Path

import pytest
import yaml

from tsa_cli.config.channels import ChannelsFile
from tsa_cli.config.referrers import ReferrersFile
from tsa_cli.steps.explain_channel import ExplainChannelConfig, run

CONFIGS = Path(__file__).parents[2] / "configs"


@pytest.fixture(scope="module")
def config() -> ExplainChannelConfig:
    return ExplainChannelConfig(
        channels=ChannelsFile.model_validate(
            yaml.safe_load((CONFIGS / "channels.yaml").read_text("utf-8"))
        ),
        referrers=ReferrersFile.model_validate(
            yaml.safe_load((CONFIGS / "referrers.yaml").read_text("utf-8"))
        ),
    )


def test_the_answer_names_the_channel_and_the_rule(config: ExplainChannelConfig) -> None:
    assert run(config, source="google", medium="cpc") == {
        "channel": "Paid Search",
        "rule": "ga4_paid_search",
    }


def test_the_referrer_counts_where_source_and_medium_are_not_given(
    config: ExplainChannelConfig,
) -> None:
    referrer = "https://www.google.de/"
    assert run(config, referrer=referrer)["channel"] == "Organic Search"
    assert run(config, source=" ", medium="", referrer=referrer)["channel"] == "Organic Search"
    assert run(config, source="news", medium="email", referrer=referrer)["channel"] == "Email"


def test_nothing_at_all_is_direct(config: ExplainChannelConfig) -> None:
    assert run(config)["channel"] == "Direct"
    assert run(config, referrer="about:blank")["channel"] == "Direct"
