"""
configs/users.yaml: segments that nobody could ever be in, or that nobody could read, are refused.
"""

import pytest
from pydantic import ValidationError

from tsa_cli.config.users import UsersConfig


def test_a_rule_below_one_without_bounds_is_refused() -> None:
    segments = [{"name": "browser"}, {"name": "VIP", "where": {"total_bookings": {"gte": 3}}}]
    with pytest.raises(ValidationError, match="'browser' leaves nobody for 'VIP' below it"):
        UsersConfig.model_validate({"segments": segments})
    assert UsersConfig.model_validate({"segments": segments[::-1]}).segments[1].name == "browser"


def test_a_rule_that_only_takes_whom_one_above_has_taken_is_refused() -> None:
    few, many = {"total_bookings": {"gte": 1}}, {"total_bookings": {"gte": 2, "lte": 9}}
    with_more = {**many, "lifetime_value": {"gte": 500}}
    for above, below in ((few, many), (few, with_more), (many, with_more), (few, few)):
        rules = [{"name": "a", "where": above}, {"name": "b", "where": below}]
        with pytest.raises(ValidationError, match="'a' leaves nobody for 'b' below it"):
            UsersConfig.model_validate({"segments": rules})
    for above, below in ((many, few), (with_more, many), ({"total_bookings": {"lte": 5}}, few)):
        rules = [{"name": "a", "where": above}, {"name": "b", "where": below}]
        assert len(UsersConfig.model_validate({"segments": rules}).segments) == 2


def test_only_a_worth_may_be_less_than_nothing() -> None:
    def bounded(measure: str) -> UsersConfig:
        rules = [{"name": "less", "where": {measure: {"lte": -1}}}, {"name": "rest"}]
        return UsersConfig.model_validate({"segments": rules})

    assert bounded("lifetime_value").segments[0].name == "less"
    with pytest.raises(ValidationError, match="nobody has less than 0"):
        bounded("total_bookings")


@pytest.mark.parametrize("name", ["", " ", "\t"])
def test_a_segment_has_a_name_that_can_be_read(name: str) -> None:
    with pytest.raises(ValidationError):
        UsersConfig.model_validate({"segments": [{"name": name}]})
