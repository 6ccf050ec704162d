"""The committed files of sessionize and features say what the program does without them."""

from pathlib import Path

import pytest

from tsa_cli.config.catalog import Catalog, load_file
from tsa_cli.config.features import FeaturesConfig
from tsa_cli.config.identity import IdentityConfig
from tsa_cli.config.model import ConfigFile
from tsa_cli.config.sessions import SessionsConfig
from tsa_cli.config.users import UsersConfig
from tsa_cli.errors import ConfigError

CONFIGS = Path(__file__).resolve().parents[2] / "configs"
FILES: dict[str, type[ConfigFile]] = {
    "sessions.yaml": SessionsConfig,
    "identity.yaml": IdentityConfig,
    "users.yaml": UsersConfig,
    "features.yaml": FeaturesConfig,
}


@pytest.mark.parametrize("name", FILES)
def test_the_committed_file_equals_the_defaults(name: str) -> None:
    assert Catalog(None, CONFIGS).load(FILES[name], name) == FILES[name]()


@pytest.mark.parametrize(
    ("model", "text", "message"),
    [
        (SessionsConfig, "timeout: 30", "needs a unit"),
        (SessionsConfig, "timeout: -5m", "is not negative"),
        (SessionsConfig, "timeout: 0s", "more than 0s"),
        (SessionsConfig, "timezone: Mars/Base", "time zone"),
        (SessionsConfig, "timezone: localtime", "time zone"),
        (FeaturesConfig, "timezone: posix/Europe/Berlin", "did you mean 'Europe/Berlin'"),
        (FeaturesConfig, "trend: {width: 0d}", "more than 0s"),
        (
            FeaturesConfig,
            "engagement_score: {total_sessions: {weight: 1e308, half: 1}}",
            "less than or equal to 1000000000",
        ),
        (SessionsConfig, "bounce: matomo", "'prd' or 'ga4'"),
        (SessionsConfig, "timeoutt: 30m", "timeout"),
        (SessionsConfig, "? [a, b]\n: 1", "cannot be a key"),
        (SessionsConfig, f"max_events: {'9' * 5000}", "more than 40 digits"),
        (IdentityConfig, "max_users_per_device: 0", "greater than or equal to 1"),
        (UsersConfig, "segments: [{name: a, where: {total_bookings: {}}}]", "gte, lte or both"),
        (UsersConfig, "segments: [{name: a}, {name: a}]", "named twice"),
        (UsersConfig, "segments: [{name: a, where: {bookings: {gte: 1}}}]", "total_bookings"),
        (UsersConfig, "service_events: {a: 1e300}", "less than or equal to 1000000000"),
        (UsersConfig, "service_events: {a: -1}", "greater than or equal to 0"),
        (FeaturesConfig, "trend: {windows: 1}", "greater than or equal to 2"),
        (
            FeaturesConfig,
            "engagement_score: {pages_per_session: {weight: 1, half: 0}}",
            "greater than 0",
        ),
    ],
)
def test_a_fault_is_named_with_its_line(
    tmp_path: Path, model: type[ConfigFile], text: str, message: str
) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(f"version: 1\n{text}\n")
    with pytest.raises(ConfigError, match=message) as error:
        load_file(model, path)
    assert f"{path}:2:" in str(error.value)
