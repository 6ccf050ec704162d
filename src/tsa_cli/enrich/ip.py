"""
IP addresses cut short before they are stored, and the country and city of what is left.

source  iptocc (registry data, country); the user's own .mmdb file (city, and country if it knows)
"""

import ipaddress
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from tsa_cli.enrich.texts import text_series
from tsa_cli.errors import DataError

_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_IPV4 = rf"^\s*((?:{_OCTET}\.){{3}}){_OCTET}\s*$"


def truncate_ip(value: str) -> str | None:
    """The address without IPv4's last octet or IPv6 after 48 bits; None if it is none."""
    text = value.partition(",")[0].strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is None:
            return str(ipaddress.IPv6Address(int(address) >> 80 << 80))
        address = address.ipv4_mapped
    return str(ipaddress.IPv4Address(int(address) >> 8 << 8))


def truncate_ips(values: pl.Series | Sequence[str | None]) -> pl.Series:
    """The truncated addresses in order; null for what is no address. Truncated ones stay so."""
    texts = text_series("ip_address", values)
    short = texts.str.replace(_IPV4, "${1}0")
    is_odd = texts.is_not_null() & ~texts.str.contains(_IPV4)
    if not is_odd.any():
        return short
    odd = [truncate_ip(value) for value in texts.filter(is_odd)]
    return short.scatter(is_odd.arg_true(), pl.Series(odd, dtype=pl.String))


def ip_table(values: pl.Series | Sequence[str | None], mmdb: Path | None = None) -> pl.DataFrame:
    """
    One row an address, in order: ip_address, geo_country (two letters), geo_city.

    Only the truncated address is looked up. Raises DataError if `mmdb` cannot be read.
    """
    texts = text_series("ip_address", values)
    short = truncate_ips(texts)
    distinct = short.drop_nulls().unique()
    addresses = distinct.to_list()
    countries = _countries(addresses)
    cities: list[str | None] = [None] * len(addresses)
    if mmdb is not None:
        found = _places(addresses, mmdb)
        cities = [city for _, city in found]
        countries = [new or old for (new, _), old in zip(found, countries, strict=True)]
    frame = pl.DataFrame({"ip_address": texts})
    return frame.with_columns(
        _looked_up(short, distinct, countries).alias("geo_country"),
        _looked_up(short, distinct, cities).alias("geo_city"),
    )


def _looked_up(keys: pl.Series, distinct: pl.Series, values: list[str | None]) -> pl.Series:
    found = pl.Series(values, dtype=pl.String)
    return keys.replace_strict(distinct, found, default=None, return_dtype=pl.String)


def _countries(addresses: list[str]) -> list[str | None]:
    import iptocc

    return list(iptocc.country_code(addresses))


def _places(addresses: list[str], path: Path) -> list[tuple[str | None, str | None]]:
    """Country code and English city name of each address, None where the file has none."""
    import maxminddb

    try:
        with maxminddb.open_database(path) as reader:
            records = [reader.get(address) for address in addresses]
    except (OSError, maxminddb.InvalidDatabaseError) as error:
        raise DataError(
            f"{path}: not a readable .mmdb file",
            "give a MaxMind-format city database, or leave the path out",
        ) from error
    return [
        (_text(record, "country", "iso_code"), _text(record, "city", "names", "en"))
        for record in records
    ]


def _text(record: object, *keys: str) -> str | None:
    for key in keys:
        record = record.get(key) if isinstance(record, dict) else None
    return record if isinstance(record, str) else None
