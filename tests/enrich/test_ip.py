"""Rules of the IP columns; the oracle for truncation is the standard library's networks."""

import ipaddress
import random
from pathlib import Path

import pytest

from tests.enrich.mmdb_file import write_mmdb
from tsa_cli.enrich.ip import ip_table, truncate_ip, truncate_ips
from tsa_cli.errors import DataError


def test_the_last_octet_or_all_after_48_bits_is_gone() -> None:
    draw = random.Random(5)
    for _ in range(500):
        four = ipaddress.IPv4Address(draw.getrandbits(32))
        six = ipaddress.IPv6Address(draw.getrandbits(128) | 1 << 127)
        assert truncate_ips([str(four), str(six), f"::ffff:{four}"]).to_list() == [
            str(ipaddress.ip_network(f"{four}/24", strict=False).network_address),
            str(ipaddress.ip_network(f"{six}/48", strict=False).network_address),
            str(ipaddress.ip_network(f"{four}/24", strict=False).network_address),
        ]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1.2.3.4:8080", "1.2.3.0"),
        (" 1.2.3.4 ", "1.2.3.0"),
        ("[2001:db8:1:2::3]:443", "2001:db8:1::"),
        ("fe80::1%eth0", "fe80::"),
        ("203.0.113.9, 10.0.0.1", "203.0.113.0"),
        ("1.2.3", None),
        ("1.2.3.256", None),
        ("01.2.3.4", None),
        ("1.2.3.4.5", None),
        ("localhost", None),
        ("", None),
        ("\x00", None),
    ],
)
def test_ports_brackets_zones_and_proxies_are_understood_and_the_rest_is_null(
    value: str, expected: str | None
) -> None:
    assert truncate_ip(value) == expected
    assert truncate_ips([value])[0] == expected


def test_a_column_is_truncated_as_its_addresses_are_one_by_one() -> None:
    draw = random.Random(6)
    groups = ["0", "00", "0db8", "db8", "AB", "1", "ffff", "12345", "g", ""]
    values = []
    for _ in range(3000):
        words = [draw.choice(groups) for _ in range(draw.randrange(1, 9))]
        words[draw.randrange(len(words))] += draw.choice(["::", "", ":"])
        values.append(draw.choice(["", " ", "["]) + ":".join(words))
        address = str(ipaddress.IPv6Address(draw.getrandbits(128) & ~(0xFFFF_FFFF << 48)))
        values += [address, address.upper(), ipaddress.IPv6Address(address).exploded]
    assert truncate_ips(values).to_list() == [truncate_ip(value) for value in values]


def test_truncating_twice_changes_nothing() -> None:
    once = truncate_ips(["9.8.7.6", "2001:db8:1:2::3", None, "x"])
    assert truncate_ips(once).equals(once)


def test_country_is_that_of_the_truncated_address() -> None:
    table = ip_table(["8.8.8.8", "8.8.8.0", "10.1.2.3", "x", None])
    assert table.columns == ["ip_address", "told_place", "geo_country", "geo_city"]
    assert table["geo_country"].to_list() == ["US", "US", None, None, None]
    assert table["geo_city"].null_count() == 5


def test_city_comes_from_the_users_file_by_the_truncated_address(tmp_path: Path) -> None:
    path = tmp_path / "city.mmdb"
    write_mmdb(
        path,
        {
            "8.8.8.0/25": {"country": {"iso_code": "DE"}, "city": {"names": {"en": "Berlin"}}},
            "8.8.8.128/25": {"city": {"names": {"en": "Wrong"}}},
            "9.0.0.0/8": {"country": {"iso_code": "FR"}},
        },
    )
    table = ip_table(["8.8.8.200", "9.1.1.1", "1.1.1.1"], path)
    assert table["geo_city"].to_list() == ["Berlin", None, None]
    assert table["geo_country"].to_list()[:2] == ["DE", "FR"]
    assert table["geo_country"][2] is not None


@pytest.mark.parametrize("content", [None, b"", b"no database"])
def test_a_missing_or_broken_city_file_is_a_data_error_that_names_it(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "city.mmdb"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError, match=r"city\.mmdb"):
        ip_table(["1.2.3.4"], path)


def test_an_ipv6_address_has_no_city_in_a_file_of_ipv4_alone(tmp_path: Path) -> None:
    path = tmp_path / "city.mmdb"
    write_mmdb(path, {"8.8.8.0/24": {"city": {"names": {"en": "Berlin"}}}})
    table = ip_table(["2001:4860:4860::8888", "8.8.8.8"], path)
    assert table["geo_city"].to_list() == [None, "Berlin"]
    assert table["geo_country"][0] == "US"


@pytest.mark.parametrize(
    ("whole", "damaged"), [(b"node_count", b"node_c\xffunt"), (b"ip_version", b"ip_versiom")]
)
def test_a_damaged_header_is_a_data_error_and_does_not_end_the_process(
    tmp_path: Path, whole: bytes, damaged: bytes
) -> None:
    path = tmp_path / "city.mmdb"
    write_mmdb(path, {"8.8.8.0/24": {"city": {"names": {"en": "Berlin"}}}})
    path.write_bytes(path.read_bytes().replace(whole, damaged))
    with pytest.raises(DataError, match=r"city\.mmdb"):
        ip_table(["8.8.8.8"], path)
