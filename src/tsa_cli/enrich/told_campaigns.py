"""
The campaign of an event whose source tells it beside the page's URL.

Such words stand behind the URL in one text, as the query that the URL might have had: Segment's
`context.campaign`, Snowplow's `mkt_*`. An app has no URL, and many a site cleans its own.
"""

from collections.abc import Callable, Sequence

import polars as pl

from tsa_cli.enrich.texts import text_series

SIGN = "\x1fcampaign?"  # what no URL has; begins what was told


def url_and_told(texts: pl.Series | Sequence[str | None]) -> tuple[pl.Series, pl.Series]:
    """(the URLs, null where there is none; what was told, with its sign, null where nothing is)."""
    words = text_series("page_url", texts)
    if not words.str.contains(SIGN, literal=True).any():
        return words, pl.repeat(None, len(words), dtype=pl.String, eager=True).alias(
            "told_campaign"
        )
    url, told = pl.col("field_0"), pl.col("field_1")
    halves = (
        words.str.splitn(SIGN, 2)
        .struct.unnest()
        .select(
            pl.when(told.is_null() | (url != "")).then(url).alias("page_url"),
            (pl.lit(SIGN) + told).alias("told_campaign"),
        )
    )
    return halves["page_url"], halves["told_campaign"]


def apart(clean: Callable[[pl.Series], pl.Series]) -> Callable[[pl.Series], pl.Series]:
    """The same cleaning, of a URL and of what is told beside it each by itself."""

    def cleaned(texts: pl.Series) -> pl.Series:
        url, told = url_and_told(texts)
        if not told.is_not_null().any():
            return clean(texts)
        kept = clean(told.str.strip_prefix(SIGN))
        return pl.select(
            pl.when(told.is_not_null())
            .then(clean(url).fill_null("") + SIGN + kept)
            .otherwise(clean(url))
        ).to_series()

    return cleaned
