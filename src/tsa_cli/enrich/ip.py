"""
IP addresses cut short before they are stored, and the country and city of what is left.

source  iptocc (registry data, country); the user's own .mmdb file (city, and country if it knows)
"""

import ipaddress
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from tsa_cli.enrich.texts import text_series
from tsa_cli.enrich.told_places import told_place
from tsa_cli.errors import DataError

if TYPE_CHECKING:
    from maxminddb.reader import Metadata

_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_GROUP = "[1-9a-f][0-9a-f]{0,3}"
_LATER = "[0-9A-Fa-f]{1,4}"
# What logs are full of, up to where it is cut: an IPv4, or an IPv6 whose first three groups are
# written out as the standard has them and do not end in 0. Python takes 30 us for each.
_IPV4 = rf"((?:{_OCTET}\.){{3}}){_OCTET}"
_IPV6 = (
    rf"({_GROUP}:(?:0|{_GROUP}):{_GROUP})"
    rf"(?:(?::{_LATER}){{5}}|(?::{_LATER}){{0,2}}::(?:{_LATER}(?::{_LATER})?)?)"
)
_PLAIN = rf"^\s*(?:{_IPV4}|{_IPV6})\s*$"


def truncate_ip(value: str) -> str | None:
    """The address without IPv4's last octet or IPv6 after 48 bits; None if it is none."""
    text = value.partition(",")[0].strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text)
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
    four, six = texts.str.extract_groups(_PLAIN).struct.unnest().get_columns()
    frame = pl.DataFrame({"four": four + "0", "six": six + "::"})
    short = frame.select(ip_address=pl.coalesce("four", "six")).to_series()
    is_odd = texts.is_not_null() & short.is_null()
    if not is_odd.any():
        return short
    odd = [truncate_ip(value) for value in texts.filter(is_odd)]
    return short.scatter(is_odd.arg_true(), pl.Series(odd, dtype=pl.String))


def ip_table(values: pl.Series | Sequence[str | None], mmdb: Path | None = None) -> pl.DataFrame:
    """
    One row an address, in order: ip_address, told_place, geo_country (two letters), geo_city.

    Only the truncated address is looked up; a text that tells a place is no address, and looked up
    nowhere. Raises DataError if `mmdb` cannot be read.
    """
    texts = text_series("ip_address", values)
    told = {text: place for text in texts.drop_nulls() if (place := told_place(text))}
    short = truncate_ips(texts)
    distinct = short.drop_nulls().unique()
    addresses = distinct.to_list()
    countries = _countries(addresses)
    cities: list[str | None] = [None] * len(addresses)
    if mmdb is not None:
        found = _places(addresses, mmdb)
        cities = [city for _, city in found]
        countries = [new or old for (new, _), old in zip(found, countries, strict=True)]
    places = pl.DataFrame(
        {
            "short": [*addresses, *told],
            "geo_country": [*countries, *(place.country for place in told.values())],
            "geo_city": [*cities, *(place.city for place in told.values())],
        },
        schema=dict.fromkeys(("short", "geo_country", "geo_city"), pl.String),
    )
    is_told = texts.is_in([*told])
    frame = pl.DataFrame({"ip_address": texts, "short": short, "is_told": is_told}).select(
        ip_address=pl.when(~pl.col("is_told")).then("ip_address"),
        told_place=pl.when("is_told").then("ip_address"),
        short=pl.when("is_told").then("ip_address").otherwise("short"),
    )
    return frame.join(places, on="short", how="left", maintain_order="left").drop("short")


def _countries(addresses: list[str]) -> list[str | None]:
    import iptocc

    return list(iptocc.country_code(addresses))


def _places(addresses: list[str], path: Path) -> list[tuple[str | None, str | None]]:
    """Country code and English city name of each address, None where the file has none."""
    import maxminddb

    try:
        # The fast reader is C, and a damaged header ends the process: the other one looks first.
        with maxminddb.open_database(path, maxminddb.MODE_MMAP) as checked:
            header = checked.metadata()
        _require_whole(header)
        with maxminddb.open_database(path) as reader:
            has_ipv6 = header.ip_version == 6
            records = [reader.get(a) if has_ipv6 or ":" not in a else None for a in addresses]
    except (OSError, ValueError, TypeError, LookupError, maxminddb.InvalidDatabaseError) as error:
        raise DataError(
            f"{path}: not a readable .mmdb file",
            "give a MaxMind-format city database, or leave the path out",
        ) from error
    return [
        (_text(record, "country", "iso_code"), _text(record, "city", "names", "en"))
        for record in records
    ]


def _require_whole(header: "Metadata") -> None:
    """ValueError when a field of the header is of another type than the format has it."""
    counts = (
        header.node_count,
        header.record_size,
        header.ip_version,
        header.build_epoch,
        header.binary_format_major_version,
        header.binary_format_minor_version,
    )
    texts = [header.database_type, *header.languages, *header.description.values()]
    if not all(type(count) is int for count in counts) or not all(
        isinstance(text, str) for text in texts
    ):
        raise ValueError("damaged header")


def _text(record: object, *keys: str) -> str | None:
    for key in keys:
        record = record.get(key) if isinstance(record, dict) else None
    return record if isinstance(record, str) else None
