"""Where an export keeps no address, the place that it tells is the visit's."""

from pathlib import Path

import pytest

from tests.steps.histories import default_config
from tests.steps.ingest.conftest import Ingest
from tests.steps.ingest.source_files import Line
from tests.steps.ingest.test_sources import write
from tests.stored import table
from tsa_cli import lookups
from tsa_cli.config.privacy import PrivacyConfig
from tsa_cli.steps import sessionize
from tsa_cli.store import Store

VISITS = "select user_id, ip_address, geo_country, geo_city from dim_sessions order by user_id"


def ga4(user: str, **geo: str) -> Line:
    return {
        "event_name": "page_view", "event_timestamp": "1777629601000000", "user_pseudo_id": user,
        "event_params": [{"key": "ga_session_id", "value": {"int_value": "1"}}], "geo": geo,
    }  # fmt: skip


LINES = [
    ga4("a", country="Germany", city="Berlin"), ga4("b", country="Czechia", city="(not set)"),
    ga4("c", country="(not set)"), ga4("d", country="Atlantis", city="Atlantis"), ga4("e"),
]  # fmt: skip
PLACES = [
    ("a", None, "DE", "Berlin"), ("b", None, "CZ", None), ("c", None, None, None),
    ("d", None, None, "Atlantis"), ("e", None, None, None),
]  # fmt: skip


def rows(store: Store, sql: str = VISITS) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in table(store, sql)]


def test_ga4s_country_and_city_are_those_of_the_visit(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    do_ingest(write(tmp_path / "a.jsonl", LINES))
    sessionize.run(store, default_config())
    assert rows(store) == PLACES
    assert rows(store, "select distinct ip_address from fact_events") == [(None,)]
    lookups.look_up_again(store, default_config().lookups)
    sessionize.run(store, default_config(), is_full=True)
    assert rows(store) == PLACES
    more = do_ingest(write(tmp_path / "b.jsonl", [*LINES, ga4("f", country="Germany")]))
    assert (more.total("duplicate"), more.total("inserted")) == (len(LINES), 1)
    assert rows(store, "select count(*), count(distinct told_place) from ips") == [(4, 4)]


def test_an_address_says_more_than_what_was_made_of_it(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    line: Line = {
        "uuid": "1", "event_type": "x", "device_id": "d", "event_time": "2026-05-01 10:00:00.000",
        "country": "Germany", "city": "Berlin", "ip_address": "8.8.8.8",
    }  # fmt: skip
    other: Line = {**line, "uuid": "2", "device_id": "e", "ip_address": None}
    do_ingest(write(tmp_path / "a.jsonl", [line, other]), source="amplitude")
    sessionize.run(store, default_config())
    assert rows(store) == [("d", "8.8.8.0", "US", None), ("e", None, "DE", "Berlin")]


@pytest.mark.parametrize(("policy", "country"), [("drop", None), ("keep", "DE")])
def test_who_drops_addresses_drops_places(
    store: Store, do_ingest: Ingest, tmp_path: Path, policy: str, country: str | None
) -> None:
    privacy = PrivacyConfig.model_validate({"ip": policy})
    do_ingest(write(tmp_path / "a.jsonl", LINES[:1]), privacy=privacy)
    sessionize.run(store, default_config())
    assert [row[2] for row in rows(store)] == [country]


def test_a_line_from_before_places_were_read_comes_again(
    store: Store, do_ingest: Ingest, tmp_path: Path
) -> None:
    do_ingest(write(tmp_path / "a.jsonl", LINES))
    store.connection().execute("update raw_events set ip_key = null")
    again = do_ingest(write(tmp_path / "b.jsonl", LINES[::-1]))
    assert (again.total("duplicate"), again.total("conflict")) == (len(LINES), 0)
