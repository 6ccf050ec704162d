"""What config files may say, and which of them count."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import Tsa

from tsa_cli.config import nearest, open_catalog
from tsa_cli.config.kinds import FILES, FOLDERS
from tsa_cli.config.privacy import PrivacyConfig
from tsa_cli.config.sessions import SessionsConfig
from tsa_cli.config.tsa import TsaConfig
from tsa_cli.errors import ConfigError
from tsa_cli.relations import CORE_RELATION
from tsa_cli.steps import configs
from tsa_cli.store.dictionary import dictionary


@pytest.mark.parametrize(
    "value",
    [
        "memory_limit: 999%",
        "memory_limit: 99999999TB",
        "threads: 99999999999",
        "min_timestamp: 0001-01-01T00:00:00+05:00",
        "pipeline: []",
        "memory_limit: 0GB",
        "max_future: 999999999d",
        'db: ""',
        'temp_directory: "  "',
        'mmdb: ""',
        'inbox: ["a\\0b"]',
        "max_rejected: 1e400",
    ],
)
def test_what_the_engine_cannot_take_is_a_config_error(tmp_path: Path, value: str) -> None:
    (tmp_path / "tsa.yaml").write_text(f"version: 1\n{value}\n")
    with pytest.raises(ConfigError, match=r"tsa\.yaml:2:\d+: " + value.partition(":")[0]):
        open_catalog(tmp_path).load(TsaConfig, "tsa.yaml")


@pytest.mark.parametrize("moment", ["2020-01-01", "2020-01-01T02:00:00+02:00"])
def test_a_moment_without_offset_is_utc_on_every_machine(tmp_path: Path, moment: str) -> None:
    (tmp_path / "tsa.yaml").write_text(f"version: 1\nmin_timestamp: {moment}\n")
    config = open_catalog(tmp_path).load(TsaConfig, "tsa.yaml")
    assert config.model_dump(mode="json")["min_timestamp"] == "2020-01-01T00:00:00Z"


@pytest.mark.parametrize("moment", ["2020", '"2020"', "20200101", "1577836800.5"])
def test_a_year_alone_is_no_moment_of_1970(tmp_path: Path, moment: str) -> None:
    (tmp_path / "tsa.yaml").write_text(f"version: 1\nmin_timestamp: {moment}\n")
    with pytest.raises(ConfigError, match=r"tsa\.yaml:2:1: min_timestamp: a date or timestamp"):
        open_catalog(tmp_path).load(TsaConfig, "tsa.yaml")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("users", "segments: [{name: a, where: {lifetime_value: {gte: nan}}}, {name: b}]"),
        ("users", "service_events: {a: inf}"),
        ("features", "negative_feedback: {at_most: 1e400}"),
        ("features", "trend: {windows: nan}"),
        ("metrics", "metrics: [{name: m, numerator: {count: users}, denominator: {count: users},"
         " target: inf, direction: up}]"),
    ],
)  # fmt: skip
def test_a_number_is_finite(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / f"{name}.yaml").write_text(f"version: 1\n{text}\n")
    with pytest.raises(ConfigError, match=rf"{name}\.yaml:2:"):
        open_catalog(tmp_path).load(FILES[name], f"{name}.yaml")


@pytest.mark.parametrize("text", ['pii: {"": drop}', 'trait_aliases: {email: [mail, ""]}',
                                  'trait_aliases: {phone: [_]}'])  # fmt: skip
def test_a_personal_key_has_letters_or_digits(tmp_path: Path, text: str) -> None:
    (tmp_path / "privacy.yaml").write_text(f"version: 1\n{text}\n")
    with pytest.raises(ConfigError, match=r"privacy\.yaml:2:1: .*a key has letters or digits"):
        open_catalog(tmp_path).load(PrivacyConfig, "privacy.yaml")


def defaults_of(schema: Any) -> dict[str, Any]:
    """The defaults of a schema's own keys."""
    return {k: v["default"] for k, v in schema["properties"].items() if "default" in v}


@pytest.mark.parametrize("kind", sorted(FILES))
def test_a_file_may_say_what_the_schema_calls_the_default(kind: str) -> None:
    model = FILES[kind]
    assert model.model_validate(defaults_of(configs.schema(kind))) == model()


def test_a_link_to_nothing_is_no_wish_for_the_defaults(tsa: Tsa, tmp_path: Path) -> None:
    folder = tmp_path / "configs"
    folder.mkdir()
    (folder / "sessions.yaml").symlink_to("gone.yaml")
    with pytest.raises(ConfigError, match=r"sessions\.yaml:1:1: no file that can be read"):
        open_catalog(folder).load(SessionsConfig, "sessions.yaml")
    assert tsa("config", "validate").code == 2


def test_hidden_files_are_no_configs(tmp_path: Path) -> None:
    (tmp_path / "funnels").mkdir()
    for name in (".#booking.yaml", "._booking.yaml"):
        (tmp_path / "funnels" / name).write_bytes(b"\x00\x05")
    catalog = open_catalog(tmp_path)
    assert "booking" in catalog.names("funnels")
    assert not [name for name in catalog.names("funnels") if name.startswith(".")]
    assert all(check.is_valid for check in configs.validate(catalog))


def test_the_nearest_spelling_may_differ_in_case() -> None:
    assert nearest("GA4", ["prd", "ga4"]) == "; did you mean 'ga4'?"
    assert nearest("DIM_USERS", ["dim_users", "runs"]) == "; did you mean 'dim_users'?"


def test_a_key_that_no_event_has_is_a_fault_of_its_file(tsa: Tsa, tmp_path: Path) -> None:
    folder = tmp_path / "configs" / "funnels"
    folder.mkdir(parents=True)
    (folder / "bad.yaml").write_text(
        "version: 1\nsteps:\n- {name: a, event: x, where: {medium: cpc, user.plan: pro}}\n"
        "- {name: b, any_of: [{event: y, where: {divice_type: mobile}}]}\n"
        "hold_constant: [properties.]\nbreakdown: {by: nosuch}\n"
    )
    [fault] = [c.fault for c in configs.validate(open_catalog(tmp_path / "configs")) if c.fault]
    assert [line.partition("funnels")[2] for line in fault.splitlines()] == [
        "/bad.yaml:4:41: divice_type: no such column; did you mean 'device_type'?",
        "/bad.yaml:5:17: properties.: no such column; did you mean 'properties'?",
        "/bad.yaml:6:13: nosuch: no such column",
    ]
    (tmp_path / "e.jsonl").write_text('{"event":"x","timestamp":1740823200,"user_id":"u"}\n')
    assert tsa("ingest", "e.jsonl").code == 0
    ran = tsa("funnel", "bad", "--build")
    assert ran.code == 2
    assert "configs/funnels/bad.yaml:4:41: divice_type" in ran.err


def test_every_column_of_the_public_tables_is_a_key() -> None:
    tables = dictionary()
    columns = {c.name for name in ("fact_events", "dim_sessions") for c in tables[name].columns}
    assert columns - set(CORE_RELATION.columns) <= {"event_seq"}


def test_the_store_in_force_is_shown_with_where_it_is_named(
    tsa: Tsa, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TSA_DB", "env.duckdb")
    for words, told in (((), ("env.duckdb", "TSA_DB")), (("--db", "x"), ("x", "--db"))):
        [shown] = [s for s in tsa("config", "show", "tsa", *words).data if s["key"] == "db"]
        assert (shown["value"], shown["origin"]) == told


def test_a_file_that_ends_in_yml_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "privacy.yml").write_text("version: 1\npii: {email: drop}\n")
    with pytest.raises(ConfigError, match=r"privacy\.yml:1:1: no config has this name"):
        open_catalog(tmp_path).load(PrivacyConfig, "privacy.yaml")


def test_a_name_in_capitals_is_no_config(tmp_path: Path) -> None:
    (tmp_path / "sessions.YAML").write_text("version: 1\n")
    assert not next(check.is_valid for check in configs.validate(open_catalog(tmp_path)))


@pytest.mark.parametrize("name", ["configs", "configs/funnels"])
def test_a_link_to_no_folder_is_no_wish_for_the_defaults(
    tsa: Tsa, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TSA_CONFIGS", raising=False)
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.symlink_to("gone")
    told = tsa("funnel")
    assert (told.code, f"error: {name}: no folder" in told.err) == (2, True)


def test_a_folder_that_may_not_be_read_is_a_config_error_as_a_file_is(
    tsa: Tsa, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if it were one: root may read any."""
    closed = tmp_path / "configs" / "funnels"
    closed.mkdir(parents=True)

    def unless_closed(work: Callable[..., Any]) -> Callable[..., Any]:
        def refused(path: Any, *args: Any, **kwargs: Any) -> Any:
            if closed in (Path(path), Path(path).absolute(), Path(path).absolute().parent):
                raise PermissionError(errno.EACCES, "Permission denied", str(path))
            return work(path, *args, **kwargs)

        return refused

    with monkeypatch.context() as unlisted:
        for name in ("listdir", "scandir"):
            unlisted.setattr(os, name, unless_closed(getattr(os, name)))
        for command in (("funnel",), ("config", "validate")):
            told = tsa(*command)
            assert (told.code, "configs/funnels: Permission denied" in told.err) == (2, True)
    for name in ("is_file", "is_dir"):
        monkeypatch.setattr(Path, name, unless_closed(getattr(Path, name)))
    told = tsa("funnel", "booking")
    assert (told.code, "configs/funnels/booking.yaml: Permission denied" in told.err) == (2, True)
    told = tsa("funnel", "--configs", closed)
    assert (told.code, "configs/funnels: Permission denied" in told.err) == (2, True)


@pytest.mark.parametrize("kind", sorted(FOLDERS))
def test_the_schema_says_what_each_key_of_a_file_that_users_write_means(kind: str) -> None:
    told = configs.schema(kind)["properties"]
    assert isinstance(told, dict)
    mute = {
        key
        for key, value in told.items()
        if "description" not in value and "$ref" not in str(value)  # the object's own tells it
    }
    assert mute <= {"version", "description", "kind"}
