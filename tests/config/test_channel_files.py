"""Rules of configs/channels.yaml and configs/referrers.yaml as files."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from tsa_cli.config import open_catalog
from tsa_cli.config.channels import ChannelsFile
from tsa_cli.config.referrers import ReferrersFile
from tsa_cli.enrich.hosts import SiteIndex
from tsa_cli.steps.configs import show


@pytest.mark.parametrize(
    ("when", "message"),
    [
        ({}, "empty condition"),
        ({"all": []}, "empty condition"),
        ({"site": "search", "any": []}, "empty condition"),
        ({"medium": {"in": []}}, "at least 1 item"),
        ({"medium": {}}, "exactly one of"),
        ({"medium": {"is": "a", "regex": "b"}}, "exactly one of"),
        ({"medium": {"regex": "("}}, "not a regular expression"),
        ({"site": "radio"}, "site"),
        ({"sorce": {"is": "a"}}, "sorce"),
    ],
)
def test_a_condition_that_says_nothing_or_nonsense_is_refused(
    when: dict[str, object], message: str
) -> None:
    rules = [{"name": "r", "channel": "C", "when": when}]
    with pytest.raises(ValidationError, match=message):
        ChannelsFile.model_validate({"version": 1, "rules": rules})


def test_two_rules_of_one_name_are_refused() -> None:
    rule = {"name": "r", "channel": "C", "when": {"site": "search"}}
    with pytest.raises(ValidationError, match="two rules are called 'r'"):
        ChannelsFile.model_validate({"version": 1, "rules": [rule, rule]})


def test_a_rule_is_not_called_as_no_rule_is() -> None:
    rule = {"name": "otherwise", "channel": "X", "when": {"medium": {"is": "x"}}}
    with pytest.raises(ValidationError, match="choose another name"):
        ChannelsFile.model_validate({"rules": [rule]})


def test_keys_that_a_file_does_not_give_are_the_defaults(tmp_path: Path) -> None:
    (tmp_path / "channels.yaml").write_text("version: 1\notherwise: Foo\nclick_ids: {}\n")
    (tmp_path / "referrers.yaml").write_text("version: 1\nown: [stripe.com]\n")
    catalog = open_catalog(tmp_path)
    channels = catalog.load(ChannelsFile, "channels.yaml")
    assert (channels.otherwise, channels.click_ids, len(channels.rules) > 15) == ("Foo", {}, True)
    sites = SiteIndex(catalog.load(ReferrersFile, "referrers.yaml"))
    kinds = [site.kind for host in ("google.de", "pay.stripe.com") if (site := sites.of_host(host))]
    assert kinds == ["search", "internal"]
    origins = {setting.key: setting.origin for setting in show(catalog, "referrers")}
    assert origins["search.google.domains"].startswith("defaults/referrers.yaml:")
    assert origins["own"].endswith("referrers.yaml:2")


def test_a_click_id_that_could_be_read_as_a_pattern_is_refused() -> None:
    click = {"a|b": {"platform": "p", "source": "s", "medium": "m"}}
    with pytest.raises(ValidationError, match="a click id is"):
        ChannelsFile.model_validate({"version": 1, "click_ids": click})


@pytest.mark.parametrize(
    "content",
    [
        {"search": {"a": {"domains": ["x.de"]}}, "social": {"b": {"domains": ["x.de"]}}},
        {"search": {"a": {"aliases": ["B"]}, "b": {}}},
        {"plain": ["x.de"], "search": {"a": {"domains": ["x.de"]}}},
    ],
)
def test_a_domain_or_a_name_with_two_owners_is_refused(content: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="belongs to both"):
        ReferrersFile.model_validate({"version": 1, **content})


@pytest.mark.parametrize("domain", ["https://x.de", "*.x.de", "x.de/path", "nodots", ""])
def test_what_is_no_domain_is_refused(domain: str) -> None:
    with pytest.raises(ValidationError, match="is no domain"):
        ReferrersFile.model_validate({"version": 1, "search": {"a": {"domains": [domain]}}})


def test_search_parameters_that_could_be_read_as_a_pattern_are_refused() -> None:
    with pytest.raises(ValidationError, match=r"search\.a\.terms"):
        ReferrersFile.model_validate({"version": 1, "search": {"a": {"terms": ["q.*"]}}})
