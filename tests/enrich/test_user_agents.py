"""Rules of the user agent columns; the oracle for bots is the crawler package's own function."""

import random
from pathlib import Path

import crawleruseragents
import polars as pl
from ua_parser import Domain, load_lazy_builtins
from ua_parser.regex import Resolver as RegexResolver

from tsa_cli.enrich.user_agents import (
    COLUMNS,
    crawler_name,
    enrich_user_agents,
    user_agent_table,
)

INSTANCES = [
    instance
    for entry in crawleruseragents.CRAWLER_USER_AGENTS_DATA
    for instance in entry["instances"]
]
HUMANS = [
    tuple(line.split("|", 1))
    for line in (Path(__file__).parent / "human_agents.txt").read_text().splitlines()
]


def test_every_instance_of_the_crawler_list_is_a_bot_with_a_name() -> None:
    facts = enrich_user_agents(INSTANCES)
    assert len(facts) > 2000
    assert [agent for agent, fact in zip(INSTANCES, facts, strict=True) if not fact.is_bot] == []
    assert all(fact.bot_name for fact in facts)


def test_crawlers_are_exactly_those_of_the_crawler_package() -> None:
    draw = random.Random(7)
    words = [agent for _, agent in HUMANS] + INSTANCES[::4]
    mixed = []
    for _ in range(1500):
        first, second = draw.choice(words), draw.choice(words)
        cut = draw.randrange(len(first) + 1)
        mixed.append(first[:cut] + second[draw.randrange(len(second) + 1) :])
    expected = [crawleruseragents.is_crawler(agent) for agent in mixed]
    assert 200 < sum(expected) < 1300
    assert [crawler_name(agent) is not None for agent in mixed] == expected


def test_no_common_human_agent_is_a_bot() -> None:
    facts = enrich_user_agents([agent for _, agent in HUMANS])
    assert len(HUMANS) >= 60
    assert [fact.bot_name for fact in facts if fact.is_bot] == []


def test_an_agent_is_a_spider_where_all_device_patterns_together_say_so() -> None:
    draw = random.Random(11)
    words = [agent for _, agent in HUMANS] + INSTANCES[::4]
    agents = ["x (Linux; Android 9; Spider Build/X)", "Mozilla/5.0 spider", "Aquaspider x"]
    for _ in range(1000):
        first, second = draw.choice(words), draw.choice(words)
        agents.append(first[: draw.randrange(len(first))] + second[draw.randrange(len(second)) :])
    parse = RegexResolver(load_lazy_builtins())
    devices = [parse(agent.strip(), Domain.DEVICE).device for agent in agents]
    expected = [
        bool(device and device.family == "Spider") or crawler_name(agent.strip()) is not None
        for agent, device in zip(agents, devices, strict=True)
    ]
    assert [fact.is_bot for fact in enrich_user_agents(agents)] == expected


def test_device_type_of_the_common_agents_is_right_for_all_of_them() -> None:
    facts = enrich_user_agents([agent for _, agent in HUMANS])
    wrong = [
        (expected, fact.device_type, agent)
        for (expected, agent), fact in zip(HUMANS, facts, strict=True)
        if expected != fact.device_type
    ]
    assert wrong == []  # accuracy 63 of 63; what no rule can tell is in the next test


def test_an_ipad_that_asks_for_desktop_sites_counts_as_desktop() -> None:
    agent = (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_6) AppleWebKit/605.1.15 (KHTML, like Gecko)"
        " Version/16.5 Mobile/15E148 Safari/604.1"
    )
    without_mobile = agent.replace(" Mobile/15E148", "")
    assert [fact.device_type for fact in enrich_user_agents([without_mobile])] == ["desktop"]


def test_browser_and_system_come_from_the_parser() -> None:
    fact = enrich_user_agents([HUMANS[0][1]])[0]
    assert (fact.browser, fact.os) == ("Mobile Safari", "iOS")


def test_a_spider_that_only_the_parser_knows_is_a_bot() -> None:
    agent = "FancyShopBot/1.0 (+http://fancy.example/bot)"
    assert not crawleruseragents.is_crawler(agent)
    assert enrich_user_agents([agent])[0].is_bot


def test_a_missing_or_senseless_agent_is_of_unknown_device_and_no_bot() -> None:
    table = user_agent_table([None, "", "  ", "\x00\udcff", "x" * 100_000, "-"])
    assert table.columns == list(COLUMNS)
    assert table["device_type"].to_list() == ["unknown"] * 6
    assert table["is_bot"].to_list() == [False] * 6


def test_the_table_keeps_the_order_and_the_values() -> None:
    agents = [agent for _, agent in HUMANS[:10]][::-1]
    assert user_agent_table(pl.Series(agents))["user_agent"].to_list() == agents
