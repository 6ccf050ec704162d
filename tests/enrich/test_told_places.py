"""A source's own word for the place of an event, where it keeps no address."""

import polars as pl
import pytest

from tsa_cli.enrich.ip import ip_table
from tsa_cli.enrich.told_places import clean_places, told_place


@pytest.mark.parametrize(
    ("country", "code"),
    [("Germany", "DE"), ("de", "DE"), ("Czechia", "CZ"), ("Czech Republic", "CZ"),
     ("Bosnia & Herzegovina", "BA"), ("Côte d’Ivoire", "CI"), ("Türkiye", "TR"), ("Turkey", "TR"),
     ("United States", "US"), ("Hong Kong", "HK"), ("South Korea", "KR"), ("Myanmar (Burma)", "MM"),
     ("Atlantis", None), ("QQ1", None), ("", None)],
)  # fmt: skip
def test_a_country_is_known_by_its_code_and_by_its_english_names(
    country: str, code: str | None
) -> None:
    place = told_place(f'{{"country":"{country}","city":"Springfield"}}')
    assert place is not None
    assert (place.country, place.city) == (code, "Springfield")


@pytest.mark.parametrize(
    "text",
    ["192.0.2.0", '{"country":null,"city":null}', '{"country":"Atlantis"}', '{"country":[', "{}"],
)
def test_what_tells_no_place_is_none(text: str) -> None:
    assert told_place(text) is None


def test_one_place_has_one_text_and_stands_beside_addresses() -> None:
    words = pl.Series(
        ['{"country":"Germany","city":"Bonn"}', '{"country":"de","city":" Bonn "}', "x"]
    )
    cleaned = clean_places(words)
    assert cleaned.to_list() == ['{"country":"DE","city":"Bonn"}'] * 2 + [None]
    found = ip_table(["8.8.8.8", cleaned[0], None])
    assert found.rows() == [
        ("8.8.8.8", None, "US", None),
        (None, cleaned[0], "DE", "Bonn"),
        (None, None, None, None),
    ]
