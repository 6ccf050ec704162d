"""A text has one key for ever, whichever batch or run brings it; a dictionary is the oracle."""

import random
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pytest

from tests.enrich.mmdb_file import write_mmdb
from tests.steps.histories import default_config
from tests.stored import table
from tsa_cli import lookups
from tsa_cli.errors import DataError
from tsa_cli.steps.ingest.word_keys import WordKeys
from tsa_cli.store import Store


def pair_of(device: int, rng: random.Random) -> tuple[str | None, str | None]:
    """Ids of an event: a device alone, a person alone, or a device that a few or many share."""
    person = rng.randrange(3 if device % 2 else 40)
    return rng.choice(((f"a{device}", None), (None, f"u{person}"), (f"a{device}", f"u{person}")))


def chunked(words: Sequence[str | None], rng: random.Random) -> pa.ChunkedArray:
    """The words in a few chunks, as the reader's batches come."""
    cut = rng.randrange(len(words) + 1)
    return pa.chunked_array([list(words[:cut]), list(words[cut:])], pa.large_string())


def test_keys_equal_a_dictionary_over_batches_and_runs(store: Store) -> None:
    rng = random.Random(5)
    pages: dict[str, int] = {}
    pairs: dict[tuple[str | None, str | None], int] = {}
    for _ in range(4):  # runs: each starts from what is stored
        keys = WordKeys(store, {}, "truncate")
        for _ in range(5):  # batches
            urls = [rng.choice((None, f"https://s.example/{rng.randrange(40)}")) for _ in range(30)]
            ids = [pair_of(rng.randrange(9), rng) for _ in range(60)]
            found = keys.texts("pages", chunked(urls, rng)).to_pylist()
            columns = [chunked([pair[side] for pair in ids], rng) for side in (0, 1)]
            actors = keys.actors(keys.pairs(*columns)).to_pylist()
            for url, key in zip(urls, found, strict=True):
                assert key == (None if url is None else pages.setdefault(url, key))
            for pair, key in zip(ids, actors, strict=True):
                assert key == pairs.setdefault(pair, key)
        lookups.add_new(store, default_config().lookups, keys.new_rows())
    assert len(set(pairs.values())) == len(pairs)
    assert len(set(pages.values())) == len(pages)
    stored = {row["page_url"]: row["page_key"] for row in table(store, "from pages")}
    assert stored == pages


def test_texts_are_cleaned_before_they_get_a_key(store: Store) -> None:
    keys = WordKeys(store, {"PriceChecked": "price_checked"}, "truncate")
    rng = random.Random(1)
    one, other, none = keys.texts(
        "ips", chunked(["8.8.8.8", "8.8.8.9", "no address"], rng)
    ).to_pylist()
    assert one == other
    assert none is None
    sent, canonical = keys.texts(
        "event_types", chunked(["PriceChecked", "price_checked"], rng)
    ).to_pylist()
    assert sent == canonical
    [page] = keys.new_rows()["ips"].rows()
    assert page[1] == "8.8.8.0"
    dropping = WordKeys(store, {}, "drop")
    assert dropping.texts("ips", chunked(["8.8.8.8"], rng)).to_pylist() == [None]


def test_names_and_agents_hold_no_address_but_that_of_a_crawler(store: Store) -> None:
    keys = WordKeys(store, {}, "truncate")
    crawler = "Mozilla/5.0 (compatible; Ezooms/1.0; ezooms.bot@gmail.com)"
    keys.texts("event_types", pa.chunked_array([["mailto b@x.de", "mailto c@x.de"]]))
    keys.texts("user_agents", pa.chunked_array([["App/1 b@x.de", crawler]]))
    assert keys.new_rows()["event_types"].rows() == [(1, "mailto (redacted)")]
    agents = {text for _, text in keys.new_rows()["user_agents"].rows()}
    assert agents == {"App/1 (redacted)", crawler}


def test_calls_about_people_keep_their_codes(store: Store) -> None:
    keys = WordKeys(store, {}, "truncate")
    words = chunked(["$identify", "page_viewed", "$alias"], random.Random(2))
    assert keys.texts("event_types", words).to_pylist() == [65_535, 1, 65_534]
    assert keys.event_types() == {1: "page_viewed"}


def test_the_names_met_are_those_of_earlier_runs_too(store: Store) -> None:
    rng = random.Random(4)
    for name in ("page_viewed", "price_checked"):
        keys = WordKeys(store, {}, "truncate")
        keys.texts("event_types", chunked(["page_viewed", name], rng))
        lookups.add_new(store, default_config().lookups, keys.new_rows())
    assert keys.event_types() == {1: "page_viewed", 2: "price_checked"}


def test_an_alias_of_a_call_about_people_is_that_call(store: Store) -> None:
    keys = WordKeys(store, {"identify_user": "$identify"}, "truncate")
    words = chunked(["identify_user", "$identify"], random.Random(2))
    assert keys.texts("event_types", words).to_pylist() == [65_535, 65_535]
    assert len(keys.new_rows()["event_types"]) == 0


def test_another_configuration_changes_what_a_text_means_not_its_key(store: Store) -> None:
    config = default_config().lookups
    keys = WordKeys(store, {}, "truncate")
    rng = random.Random(3)
    keys.texts("pages", chunked(["https://s.example/?gclid=1", "https://s.example/a"], rng))
    lookups.add_new(store, config, keys.new_rows())
    before = {row["page_url"]: row for row in table(store, "from pages")}
    assert before["https://s.example/?gclid=1"]["click_platform"] == "google"
    bare = lookups.LookupConfig(referrers=config.referrers)
    assert lookups.is_current(store, config)
    assert not lookups.is_current(store, bare)
    lookups.look_up_again(store, bare)
    after = {row["page_url"]: row for row in table(store, "from pages")}
    assert {url: row["page_key"] for url, row in after.items()} == {
        url: row["page_key"] for url, row in before.items()
    }
    assert after["https://s.example/?gclid=1"]["click_platform"] is None
    assert lookups.is_current(store, bare)


def test_texts_looked_up_under_two_configurations_are_current_under_none(store: Store) -> None:
    config = default_config().lookups
    lookups.add_new(store, config, {})
    lookups.add_new(store, lookups.LookupConfig(), {})
    assert not lookups.is_current(store, config)
    assert not lookups.is_current(store, lookups.LookupConfig())


def test_another_city_database_under_the_same_name_is_looked_up_again(
    store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "city.mmdb"
    config = lookups.LookupConfig(mmdb=path)
    for city in ("Bonn", "Cologne"):
        write_mmdb(path, {"8.8.8.0/24": {"city": {"names": {"en": city}}}})
        if city == "Bonn":
            keys = WordKeys(store, {}, "truncate")
            keys.texts("ips", chunked(["8.8.8.8"], random.Random(4)))
            lookups.add_new(store, config, keys.new_rows())
        else:
            assert not lookups.is_current(store, config)
            lookups.look_up_again(store, config)
        assert lookups.is_current(store, config)
        assert [row["geo_city"] for row in table(store, "from ips")] == [city]
    path.unlink()
    with pytest.raises(DataError, match=r"city\.mmdb: cannot be read"):
        lookups.is_current(store, config)
