"""
configs/users.yaml: segments that nobody could ever be in, or that nobody could read, are refused.
"""

import pytest
from pydantic import ValidationError

from tsa_cli.config.users import UsersConfig


def test_a_rule_below_one_without_bounds_is_refused() -> None:
    segments = [{"name": "browser"}, {"name": "VIP", "where": {"total_bookings": {"gte": 3}}}]
    with pytest.raises(ValidationError, match="'browser' takes everyone"):
        UsersConfig.model_validate({"segments": segments})
    assert UsersConfig.model_validate({"segments": segments[::-1]}).segments[1].name == "browser"


@pytest.mark.parametrize("name", ["", " ", "\t"])
def test_a_segment_has_a_name_that_can_be_read(name: str) -> None:
    with pytest.raises(ValidationError):
        UsersConfig.model_validate({"segments": [{"name": name}]})
