"""
The traffic source of a page view, and the channel that the ordered rules give it.

source  configs/channels.yaml; GA4's default channel group, first match wins, case-insensitive
"""

from dataclasses import dataclass

import polars as pl

from tsa_cli.config.channels import NO_RULE, ChannelsFile, Condition, TextTest
from tsa_cli.enrich.hosts import SiteIndex
from tsa_cli.errors import ConfigError

DIRECT_SOURCE, DIRECT_MEDIUM = "(direct)", "(none)"


@dataclass(frozen=True)
class ChannelResult:
    """A channel and the name of the rule that gave it."""

    channel: str
    rule: str


def traffic_table(views: pl.DataFrame) -> pl.DataFrame:
    """
    `views` with source, medium, campaign: from the URL, else from the referrer, else direct.

    Reads page_source, page_medium, utm_campaign of `page_table` and referrer_source,
    referrer_medium of `referrer_table`, joined to the views; whether a referrer is the shop's own
    was asked before (kernels/session_spans.py). `campaign` is null where none is named.
    """
    is_tagged = pl.col("page_source").is_not_null()
    source = pl.when(is_tagged).then("page_source").otherwise("referrer_source")
    medium = pl.when(is_tagged).then("page_medium").otherwise("referrer_medium")
    return views.with_columns(
        source.fill_null(DIRECT_SOURCE).alias("source"),
        medium.fill_null(DIRECT_MEDIUM).alias("medium"),
        pl.col("utm_campaign").alias("campaign"),
    )


def channel_table(sources: pl.DataFrame, channels: ChannelsFile, sites: SiteIndex) -> pl.DataFrame:
    """`sources` (source, medium, campaign; null or blank = missing) with channel, channel_rule."""
    texts = sources.select(_normal("source"), _normal("medium"), _normal("campaign"))
    frame = texts.with_columns(_site_kinds(texts["source"], sites))
    rule = pl.lit(NO_RULE)
    for candidate in reversed(channels.rules):
        if candidate.enabled:
            holds = _expression(candidate.when, candidate.name)
            rule = pl.when(holds).then(pl.lit(candidate.name)).otherwise(rule)
    names = frame.with_columns(rule.alias("channel_rule"))["channel_rule"]  # also without rules
    channel_of = {rule.name: rule.channel for rule in channels.rules}
    channel_of[NO_RULE] = channels.otherwise
    channel = names.replace_strict(channel_of, return_dtype=pl.String).alias("channel")
    return sources.with_columns(channel, names)


def classify(
    source: str | None,
    medium: str | None,
    campaign: str | None,
    channels: ChannelsFile,
    sites: SiteIndex,
) -> ChannelResult:
    """The channel of one visit, by the same rules as `channel_table`."""
    columns = {"source": [source], "medium": [medium], "campaign": [campaign]}
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    row = channel_table(frame, channels, sites).row(0, named=True)
    return ChannelResult(channel=str(row["channel"]), rule=str(row["channel_rule"]))


def _normal(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.String).fill_null("").str.strip_chars().str.to_lowercase()


def _site_kinds(sources: pl.Series, sites: SiteIndex) -> pl.Series:
    distinct = sources.unique()
    known = [sites.of_source(source) for source in distinct]
    kinds = pl.Series([site.kind if site else "" for site in known], dtype=pl.String)
    return sources.replace_strict(distinct, kinds, return_dtype=pl.String).alias("site")


def _expression(condition: Condition, rule: str) -> pl.Expr:
    """A boolean column, never null; ConfigError for a regex that this engine does not know."""
    parts = [
        _text_expression(pl.col(field), test, rule)
        for field, test in (
            ("source", condition.source),
            ("medium", condition.medium),
            ("campaign", condition.campaign),
        )
        if test is not None
    ]
    if condition.site is not None:
        parts.append(pl.col("site") == condition.site)
    if condition.all is not None:
        parts.extend(_expression(part, rule) for part in condition.all)
    if condition.any is not None:
        parts.append(pl.any_horizontal([_expression(part, rule) for part in condition.any]))
    return pl.all_horizontal(parts)


def _text_expression(text: pl.Expr, test: TextTest, rule: str) -> pl.Expr:
    if test.missing is not None:
        return (text == "") == pl.lit(test.missing)
    if test.equals is not None:
        return text == test.equals.lower()
    if test.one_of is not None:
        return text.is_in([value.lower() for value in test.one_of])
    pattern = f"(?i){test.regex}"
    try:
        pl.Series([""]).str.contains(pattern)
    except pl.exceptions.ComputeError as error:
        raise ConfigError(
            f"configs/channels.yaml: rules: {rule}: regex {test.regex!r} is not supported",
            "look-around and back-references do not exist here (Rust regex syntax)",
        ) from error
    return text.str.contains(pattern)
