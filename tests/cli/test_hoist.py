"""Global options may stand anywhere."""

import pytest

from tsa_cli.cli.hoist import hoist, verbosity, wants_json_logs
from tsa_cli.errors import UsageError


@pytest.mark.parametrize(
    ("typed", "parsed"),
    [
        (["funnel", "--db", "x"], ["--db", "x", "funnel"]),
        (["--db", "x", "funnel"], ["--db", "x", "funnel"]),
        (["funnel", "--db=x", "booking"], ["--db=x", "funnel", "booking"]),
        (["sessionize", "-q", "--full", "-vv"], ["-q", "-vv", "sessionize", "--full"]),
        (["funnel", "--wait", "5", "-v", "a"], ["--wait", "5", "-v", "funnel", "a"]),
        (["ingest", "--", "--db", "-v"], ["ingest", "--", "--db", "-v"]),
        (["sql", "select '-v'"], ["sql", "select '-v'"]),
        (["train", "-n"], ["train", "-n"]),
        ([], []),
    ],
)
def test_global_options_come_first_and_nothing_else_moves(
    typed: list[str], parsed: list[str]
) -> None:
    assert hoist(typed) == parsed


@pytest.mark.parametrize("typed", [["funnel", "--db"], ["funnel", "--db", "--configs", "x"]])
def test_a_global_option_never_takes_the_next_word_for_its_value(typed: list[str]) -> None:
    with pytest.raises(UsageError, match="--db needs a value"):
        hoist(typed)


def test_verbosity_is_known_before_the_parser_runs() -> None:
    assert verbosity(["-v", "funnel", "-vv", "--verbose", "--", "-v"]) == 4
    assert verbosity(["sql", "select '-vv'"]) == 0


@pytest.mark.parametrize("typed", [["--log-format", "json"], ["runs", "--log-format=json"]])
def test_json_logs_are_known_before_the_parser_runs(typed: list[str]) -> None:
    assert wants_json_logs(typed)
    assert not wants_json_logs(["runs", "--log-format", "text"])
