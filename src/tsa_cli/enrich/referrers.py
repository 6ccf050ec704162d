"""
Where distinct referrer URLs point: search engine, words, social network, assistant, webmail, site.

source  configs/referrers.yaml through `SiteIndex`
"""

from collections.abc import Sequence

import polars as pl

from tsa_cli.enrich.hosts import APP_SCHEME, SiteIndex, registrable_domain
from tsa_cli.enrich.texts import decoded, text_series
from tsa_cli.enrich.urls import host_expression, query_expression

# What a visit's medium is called when nothing but the referrer tells its origin.
_MEDIUM = {"search": "organic", "social": "social", "webmail": "email"}
# Another text with a dot may be a page of ours, so that only a known site is one without a scheme.
_BARE = r"^\s*((?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,})(?::\d+)?(?:[/?#]|\s*$)"
_HOST_COLUMNS = ("origin", "referrer_domain", "referrer_kind", "site_name", "terms")
_HostFacts = tuple[str | None, str, str | None, str | None]


def referrer_table(urls: pl.Series | Sequence[str | None], sites: SiteIndex) -> pl.DataFrame:
    """
    One row a URL, in order.

    referrer_url, referrer_domain, search_engine, search_terms, social_network, ai_assistant,
    referrer_kind (search, social, video, shopping, assistant, webmail, internal, site; null without
    a host), and the origin that it stands for: referrer_source, referrer_medium.
    """
    url = pl.col("referrer_url")
    is_app = url.str.to_lowercase().str.starts_with(APP_SCHEME)
    frame = (
        pl.DataFrame({"referrer_url": text_series("referrer_url", urls)})
        .with_columns(host_expression(url).alias("host"), query_expression(url).alias("query"))
        .pipe(_with_bare_hosts, sites)
        .with_columns(
            pl.when(is_app).then(APP_SCHEME + pl.col("host")).otherwise("host").alias("origin")
        )
    )
    hosts = _host_table(frame["origin"].drop_nulls().unique().to_list(), sites)
    frame = frame.join(hosts, on="origin", how="left", maintain_order="left")
    return _with_names(frame.with_columns(_search_terms(frame)))


def _with_bare_hosts(frame: pl.DataFrame, sites: SiteIndex) -> pl.DataFrame:
    """The hosts, with those of known sites where no scheme stands before them: "www.google.com"."""
    bare = frame["referrer_url"].str.extract(_BARE, 1).str.to_lowercase()
    known = [host for host in bare.drop_nulls().unique() if sites.of_host(host)]
    return frame.with_columns(
        pl.coalesce("host", pl.lit(bare.set(~bare.is_in(known), None))).alias("host")
    )


def _host_table(origins: list[str], sites: SiteIndex) -> pl.DataFrame:
    rows = [(origin, *_host_facts(origin, sites)) for origin in origins]
    schema = dict.fromkeys(_HOST_COLUMNS, pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row")


def _host_facts(origin: str, sites: SiteIndex) -> _HostFacts:
    """Domain, kind, site name and "|"-joined names of the parameters with the search words."""
    package = origin.removeprefix(APP_SCHEME)
    is_app = package != origin
    known = sites.of_app(package) if is_app else sites.of_host(origin)
    domain = package if is_app else registrable_domain(origin)
    if known is None:
        return domain, "site", None, None
    # accounts.google.com is a plain site: its domain alone would read as the search engine
    return domain, known.kind, known.name or origin, "|".join(known.terms)


def _search_terms(frame: pl.DataFrame) -> pl.Series:
    """The search words of each row, decoded; null where the engine keeps them to itself."""
    is_search = (frame["referrer_kind"] == "search") & frame["query"].is_not_null()
    words = pl.Series("search_terms", [None], dtype=pl.String).new_from_index(0, frame.height)
    for terms in frame["terms"].filter(is_search).unique():
        rows = (is_search & (frame["terms"] == terms)).arg_true()
        query = frame["query"].gather(rows)
        keys = [query.str.extract(rf"(?i)(?:^|[&;]){key}=([^&]+)", 1) for key in terms.split("|")]
        words = words.scatter(rows, decoded(pl.select(pl.coalesce(keys)).to_series()))
    return words


def _with_names(frame: pl.DataFrame) -> pl.DataFrame:
    kind, name = pl.col("referrer_kind"), pl.col("site_name")
    is_origin = kind.is_not_null() & (kind != "internal")
    medium = kind.replace_strict(_MEDIUM, default="referral", return_dtype=pl.String)
    return frame.select(
        "referrer_url",
        "referrer_domain",
        pl.when(kind == "search").then(name).alias("search_engine"),
        "search_terms",
        pl.when(kind == "social").then(name).alias("social_network"),
        pl.when(kind == "assistant").then(name).alias("ai_assistant"),
        "referrer_kind",
        pl.when(is_origin).then(pl.coalesce(name, "referrer_domain")).alias("referrer_source"),
        pl.when(is_origin).then(medium).alias("referrer_medium"),
    )
