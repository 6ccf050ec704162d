"""
Host, cleaned path, campaign parameters and click id of distinct page URLs.

A URL never raises: what has no host has none, and everything else is a path. All of it runs as
column expressions, because a shop easily has a million distinct URLs, on the parts that differ:
many URLs share a location, most locations share an origin.
"""

from collections.abc import Mapping, Sequence

import polars as pl

from tsa_cli.config.channels import ClickId
from tsa_cli.enrich.hosts import registrable_domain
from tsa_cli.enrich.texts import decoded
from tsa_cli.enrich.told_campaigns import SIGN, url_and_told

UTM_KEYS = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
_NAMED_CAMPAIGN = r"(?i)(?:^|[&;])utm_(?:source|medium|campaign)=[^&]"
_SCHEME = r"^\s*(?:[A-Za-z][A-Za-z0-9+.-]*:)?[/\\]{2}"
_AUTHORITY = _SCHEME + r"(?:[^/?#\\]*@)?(\[[^\]/?#\\]*\]|[^/?#:\\\s]*)"
_ORIGIN = _SCHEME + r"[^/?#\\]*"
# An id is a whole segment of digits, a UUID, or at least 8 hexadecimal digits: no word is one.
_ID = r"/(?:\d+|[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|[0-9a-fA-F]{8,})(/|$)"


def host_expression(url: pl.Expr) -> pl.Expr:
    """The lower-case host without port, userinfo and final dot; null where the URL names none."""
    host = url.str.extract(_AUTHORITY, 1).str.to_lowercase().str.strip_chars_end(".")
    return pl.when(host != "").then(host)


def query_expression(url: pl.Expr) -> pl.Expr:
    """What stands between the question mark and the fragment; null without a question mark."""
    return _halves(url).struct.field("field_1")


def location_expression(url: pl.Expr) -> pl.Expr:
    """What stands before the question mark and the fragment: it alone has the host and the path."""
    return _halves(url).struct.field("field_0")


def _halves(url: pl.Expr) -> pl.Expr:
    return url.str.splitn("#", 2).struct.field("field_0").str.splitn("?", 2)


def path_expression(url: pl.Expr) -> pl.Expr:
    """
    The path without query, fragment, session id and trailing slash; each id is ":id".

    The root is "/"; a blank URL has none (null).
    """
    bare = url.str.replace(_ORIGIN, "").str.extract(r"^([^?#;]*)", 1)
    rooted = "/" + bare.str.strip_chars("/ \t\r\n")
    # A match takes the slash behind it, so of two ids in a row the second needs a second pass.
    path = rooted.str.replace_all(_ID, "/:id${1}").str.replace_all(_ID, "/:id${1}")
    return pl.when(url.str.contains(r"\S")).then(path)


def domains_of(hosts: pl.Series) -> pl.Series:
    """The registrable domain of each host, in order; null for a null host."""
    distinct = hosts.drop_nulls().unique()
    found = pl.Series([registrable_domain(host) for host in distinct], dtype=pl.String)
    return hosts.replace_strict(distinct, found, default=None, return_dtype=pl.String)


def page_table(
    urls: pl.Series | Sequence[str | None], click_ids: Mapping[str, ClickId]
) -> pl.DataFrame:
    """
    One row a URL, in order; behind it may stand what is told of its campaign (told_campaigns).

    page_url, told_campaign, page_host, page_domain, page_path, the five utm_*, click_id,
    click_platform, and what all that says about the visit's origin: page_source, page_medium (null
    where it says nothing).
    """
    url = pl.col("page_url")
    frame = pl.DataFrame(url_and_told(urls)).with_columns(
        location_expression(url).alias("location"), query_expression(url).alias("query")
    )
    frame = _with_told(frame)
    locations = _location_table(frame["location"].unique())
    frame = frame.join(locations, on="location", how="left", maintain_order="left")
    frame = _with_parameters(frame, click_ids)
    return _with_origin(frame, click_ids).select(
        "page_url",
        "told_campaign",
        "page_host",
        "page_domain",
        # Only a wholly blank URL has no path, not one of a query alone.
        pl.when(url.str.contains(r"\S")).then(pl.coalesce("page_path", pl.lit("/"))),
        *UTM_KEYS,
        "click_id",
        "click_platform",
        "page_source",
        "page_medium",
    )


def _with_told(frame: pl.DataFrame) -> pl.DataFrame:
    """The queries with what is told beside them, where they name no campaign themselves."""
    if not frame["told_campaign"].is_not_null().any():
        return frame
    query, told = pl.col("query"), pl.col("told_campaign").str.strip_prefix(SIGN)
    names_none = ~query.str.contains(_NAMED_CAMPAIGN).fill_null(False)
    return frame.with_columns(
        pl.when(told.is_not_null() & names_none)
        .then(pl.concat_str([query.fill_null(""), told], separator="&"))
        .otherwise(query)
        .alias("query")
    )


def _location_table(distinct: pl.Series) -> pl.DataFrame:
    """location, page_path, page_host and page_domain of each location."""
    location = pl.col("location")
    frame = pl.DataFrame({"location": distinct}).select(
        "location",
        path_expression(location).alias("page_path"),
        location.str.extract(rf"({_ORIGIN})", 1).alias("origin"),
    )
    hosts = (
        frame.select("origin")
        .unique()
        .with_columns(host_expression(pl.col("origin")).alias("page_host"))
    )
    hosts = hosts.with_columns(domains_of(hosts["page_host"]).alias("page_domain"))
    return frame.join(hosts, on="origin", how="left")


def _with_parameters(frame: pl.DataFrame, click_ids: Mapping[str, ClickId]) -> pl.DataFrame:
    """The frame with utm_*, click_key and click_id of each query."""
    names = "|".join(sorted(click_ids, key=len, reverse=True))
    pattern = rf"(?i)(?:^|[&;])({names or '[^a-z]'})=([^&]+)"
    query, key, value = pl.col("query"), pl.col("1"), pl.col("2")
    frame = frame.with_columns(query.str.extract_groups(pattern).alias("click")).unnest("click")
    # A click id is of one click and mostly comes last; the queries without it are few.
    tail = "&" + key + "=" + value
    tail = pl.when(~tail.str.contains("(?i);|^&utm_")).then(tail)
    tagged = pl.when(query.str.contains("(?i)utm_")).then(
        pl.coalesce(query.str.strip_suffix(tail), query)
    )
    frame = frame.with_columns(
        key.str.to_lowercase().alias("click_key"),
        decoded(frame["2"]).alias("click_id"),
        tagged.alias("tagged"),
    )
    distinct = frame["tagged"].drop_nulls().unique()
    utm = [
        decoded(distinct.str.extract(rf"(?i)(?:^|[&;]){name}=([^&]+)", 1)).alias(name)
        for name in UTM_KEYS
    ]
    return frame.join(
        pl.DataFrame([distinct, *utm]), on="tagged", how="left", maintain_order="left"
    )


def _with_origin(frame: pl.DataFrame, click_ids: Mapping[str, ClickId]) -> pl.DataFrame:
    key = pl.col("click_key")
    platform = key.replace_strict(_column(click_ids, "platform"), default=None)
    click_source = key.replace_strict(_column(click_ids, "source"), default=None)
    click_medium = key.replace_strict(_column(click_ids, "medium"), default=None)
    source, medium = pl.col("utm_source"), pl.col("utm_medium")
    is_tagged = source.is_not_null() | medium.is_not_null() | key.is_not_null()
    # A shared link keeps its utm_source and gains an fbclid, which says nothing about that source;
    # a paid click id does.
    own_medium = pl.when(source.is_null() | (click_medium == "cpc")).then(click_medium)
    unset = pl.lit("(not set)")
    return frame.with_columns(
        platform.alias("click_platform"),
        pl.when(is_tagged).then(pl.coalesce(source, click_source, unset)).alias("page_source"),
        pl.when(is_tagged).then(pl.coalesce(medium, own_medium, unset)).alias("page_medium"),
    )


def _column(click_ids: Mapping[str, ClickId], field: str) -> dict[str, str]:
    return {name: str(getattr(click, field)) for name, click in click_ids.items()}
