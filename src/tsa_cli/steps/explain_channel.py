"""
Say which channel a visit would get, and which rule of configs/channels.yaml gives it.

reads   configs/channels.yaml, configs/referrers.yaml
"""

from dataclasses import dataclass

from tsa_cli.config.channels import ChannelsFile
from tsa_cli.config.referrers import ReferrersFile


@dataclass(frozen=True)
class ExplainChannelConfig:
    """The two files that decide a channel."""

    channels: ChannelsFile
    referrers: ReferrersFile


def run(
    config: ExplainChannelConfig,
    source: str | None = None,
    medium: str | None = None,
    campaign: str | None = None,
    referrer: str | None = None,
) -> dict[str, str]:
    """{"channel", "rule"}; the referrer URL counts where neither source nor medium is given."""
    from tsa_cli.enrich.channels import classify
    from tsa_cli.enrich.hosts import SiteIndex
    from tsa_cli.enrich.referrers import referrer_table

    sites = SiteIndex(config.referrers)
    is_tagged = any(text and text.strip() for text in (source, medium))  # as a visit's URL is read
    if referrer and not is_tagged:
        facts = referrer_table([referrer], sites).row(0, named=True)
        source, medium = facts["referrer_source"], facts["referrer_medium"]
    result = classify(source, medium, campaign, config.channels, sites)
    return {"channel": result.channel, "rule": result.rule}
