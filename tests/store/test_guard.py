"""Users' SQL: what is let through, and that none of the hostile statements is."""

from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from tsa_cli.errors import DataError, MissingTable, TsaError, UsageError
from tsa_cli.store import guard, guarded
from tsa_cli.store.allowed_functions import ALLOWED_FUNCTIONS

HOSTILE = Path(__file__).parents[3] / "shared/acceptance/open/hostile_sql.txt"


@pytest.fixture(scope="module")
def con(tmp_path_factory):
    with duckdb.connect(str(tmp_path_factory.mktemp("shop") / "tsa.duckdb")) as connection:
        for statement in (
            "create table fact_events as select 'u' || i as user_id, 'a' as event_type, "
            "timestamp '2026-11-01' + to_hours(i) as event_timestamp from range(10) t(i)",
            "create table raw_events as select 'secret' as email",
            "create table events as select 1 as a",
            "create sequence sq",
        ):
            connection.execute(statement).fetchall()
        yield connection


def hostile_statements():
    return HOSTILE.read_text().splitlines()[1:] if HOSTILE.exists() else ["absent"]


@pytest.mark.parametrize("statement", hostile_statements(), ids=lambda s: s[:40])
def test_no_hostile_statement_gets_through(con, tmp_path, statement):
    if statement == "absent":
        pytest.skip("shared/acceptance/open is not here")
    (tmp_path / "secret.csv").write_text("a\n1\n")
    before = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(TsaError):
        guard.check_query(con, statement.replace("{D}", str(tmp_path)).replace("{PORT}", "1"))
    assert con.execute("select count(*) from events").fetchall() == [(1,)]
    assert sorted(path.name for path in tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    "statement",
    [
        "with events as (select 1) select * from events",
        "select * from (with raw_events as (select 1) select 1), raw_events",
        "select * from raw_events",
        "select * from main.fact_events",
        "select * from information_schema.tables",
        "select * from duckdb_settings()",
        "select * from lower('a')",
        "select * from duckdb_tables",
        "describe fact_events",
        "summarize fact_events",
        "select * from (show tables)",
        "pivot fact_events on event_type using count(*)",
        "select getenv('HOME')",
        "select main.getenv('HOME')",
        "select main.lower('A')",
        "select current_setting('memory_limit')",
        "select row_number() over (order by getenv('HOME'))",
        "select count(*) filter (where nextval('sq') > 0) from fact_events",
        "select '[]'::json::variant",
        "select list_transform([1], lambda x: repeat('x', 1000000000))",
        "select * from range(1000001)",
        "select * from range((select count(*) from fact_events))",
        "select unnest(range(100000000000))",
        "with recursive r as (select 1 union all select * from r) select * from r",
        "select 1; select 2",
        "",
        "select 1 /*",
        "select " + "(" * 5000 + "1" + ")" * 5000,
        "select '" + "x" * 100_000 + "'",
    ],
    ids=lambda s: s[:40],
)
def test_what_is_not_one_plain_select_over_published_tables_is_refused(con, statement):
    with pytest.raises(UsageError, match="SQL refused"):
        guard.check_query(con, statement)


@pytest.mark.parametrize(
    ("statement", "rows"),
    [
        ("select count(*) as n from fact_events", [(10,)]),
        ("FROM Fact_Events SELECT max(user_id)", [("u9",)]),
        ("with x as (select user_id from fact_events) select count(*) from x", [(10,)]),
        (
            "select user_id from fact_events where event_timestamp > $as_of - interval 1 hour"
            " and event_timestamp <= $as_of order by all",
            [("u3",)],
        ),
        ("select sum(i)::bigint from range(4) t(i)", [(6,)]),
        ("select user_id from fact_events e where exists (select 1 from fact_events f"
         " where f.user_id = e.user_id and f.user_id like 'u%5')", [("u5",)]),
        ("select row_number() over w from fact_events window w as (order by user_id) limit 1",
         [(1,)]),
        ("select 1 union all (select 2) order by 1 desc", [(2,), (1,)]),
        ("select list_filter([1, 2], lambda x: x > 1), {'a': 1}.a, '{\"k\": 3}'::json ->> 'k'",
         [([2], 1, "3")]),
        ("select distinct case when event_type ilike 'A' then 1 else 0 end from fact_events",
         [(1,)]),
        ("select * from (values (1, 'x')) v(a, b)", [(1, "x")]),
    ],
)  # fmt: skip
def test_ordinary_analysis_is_let_through(con, statement, rows):
    query = guard.check_query(con, statement)
    params = {"as_of": datetime(2026, 11, 1, 3)}
    table = guard.run_query(con, query, params)
    assert [tuple(row.values()) for row in table.to_pylist()] == rows


def test_the_tables_and_parameters_of_a_query_are_told(con):
    sql = "with x as (select * from fact_events where event_timestamp < $as_of) select * from x"
    query = guard.check_query(con, sql)
    assert query.tables == {"fact_events"}
    assert query.parameters == {"as_of"}
    with pytest.raises(UsageError, match=r"nothing is bound to \$as_of"):
        guard.run_query(con, query, {})


def test_a_published_table_that_is_absent_names_its_command(con):
    with pytest.raises(MissingTable) as error:
        guard.check_query(con, "select * from user_scores")
    assert error.value.hint == "run `tsa score` first"


def test_a_wrong_column_is_a_usage_error_and_an_endless_query_is_stopped(con):
    with pytest.raises(UsageError, match="nope"):
        guard.run_query(con, guard.check_query(con, "select nope from fact_events"), {})
    sql = "select count(*) from " + ", ".join(f"range(1000000) t{i}" for i in range(4))
    with pytest.raises(DataError, match="stopped after"):
        guard.run_query(con, guard.check_query(con, sql), {}, timeout_seconds=0.3)
    assert con.execute("select 1").fetchall() == [(1,)]


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_limit_may_be_endless(con):
    query = guard.check_query(con, "select 1 as x")
    assert guard.run_query(con, query, {}, timeout_seconds=float("inf")).num_rows == 1


def test_a_locked_connection_reads_its_tables_and_nothing_else(tmp_path):
    db = tmp_path / "tsa.duckdb"
    with duckdb.connect(str(db)) as con:
        con.execute("create table fact_events as select 1 as a").fetchall()
    with duckdb.connect(str(db), read_only=True) as con:
        guarded.lock_down(con)
        assert con.execute("select * from fact_events").fetchall() == [(1,)]
        for statement in (
            f"copy (select 1) to '{db}' (use_tmp_file false)",
            f"copy (select 1) to '{tmp_path}/x.csv'",
            f"select * from read_text('{db}')",
            "set enable_external_access=true",
            "set threads=1",
        ):
            with pytest.raises(duckdb.Error):
                con.execute(statement).fetchall()


def test_every_allowed_function_exists_in_the_engine():
    with duckdb.connect() as con:
        rows = con.execute("select distinct function_name from duckdb_functions()").fetchall()
    assert ALLOWED_FUNCTIONS - {name for (name,) in rows} == {"coalesce", "ifnull"}


def test_too_little_memory_to_read_the_query_is_no_fault_of_the_query():
    with (
        duckdb.connect(config={"memory_limit": "1KB"}) as con,
        pytest.raises(DataError, match="SQL: out of memory"),
    ):
        guard.check_query(con, "select user_id from fact_events", existing=["fact_events"])


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("select User_ID, 1 as n from fact_events", {"user_id", "n"}),
        ("select t.user_id from fact_events as t order by 1", {"user_id"}),
        ("select event_type as user_id from fact_events", {"user_id"}),
        ("with a as (select * from fact_events) select max(user_id) from a", {""}),
        ("select user_id from fact_events union by name select event_type from fact_events",
         {"user_id", "event_type"}),
        ("from fact_events", None),
        ("select columns('user.*') from fact_events", None),
        ("select unnest({'user_id': 1}) from fact_events", None),
        ("select user_id from fact_events union select * from fact_events", None),
    ],
)  # fmt: skip
def test_the_columns_that_a_statement_gives_are_told_from_its_text(con, statement, told):
    found = guard.check_query(con, statement).columns
    assert found == (None if told is None else frozenset(told))
