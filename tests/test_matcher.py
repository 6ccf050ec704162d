"""A matcher selects the same events in SQL as the plain-Python reading of its rules."""

import fnmatch
import json
import random
import re
from datetime import datetime

import duckdb
import pytest

from tsa_cli.config.matchers import Matcher, ValueTest
from tsa_cli.errors import ConfigError
from tsa_cli.matcher import MatcherCompiler, property_pointers
from tsa_cli.relations import CORE_RELATION, Column, Relation
from tsa_cli.steps.export_audiences.select import user_columns

RELATION = Relation(
    columns={
        "page_url": Column("f.page_url", "varchar", "core"),
        "page_views": Column("f.page_views", "double", "sessions"),
        "is_engaged": Column("f.is_engaged", "boolean", "sessions"),
        "event_timestamp": Column("f.event_ts", "timestamp", "core"),
        "properties.promoted": Column("(f.properties ->> '$.promoted')", "varchar", "core"),
    },
    event_sql="f.event_type",
    properties_sql="f.properties",
    traits_sql="f.traits",
)

VALUES = [10, 10.0, "10", "10.0", 9, 11.5, "abc", "ABC", "a%c", "a_c", "axc", "", True, False]
VALUES += ["true", None, [1, "abc"], {"b": 1}, "2024-05-01", "2024-05-02T10:00:00Z", -1, "1e3", 1e3]
OPERATORS = [name.rstrip("_") for name in ValueTest.model_fields]
NEEDLES = [10, 10.0, "10", 9.5, "abc", "a", "%", "_", "a_c", True, False, None, "2024-05-01", ""]


def selected(rows: list[dict[str, object]], *matchers: Matcher) -> list[list[int]]:
    """For each matcher, the numbers of the rows it selects."""
    compiler = MatcherCompiler(RELATION)
    mask = compiler.mask(matchers)
    columns = compiler.columns()
    with duckdb.connect() as con:
        con.execute(
            "create table f (n integer, event_type varchar, page_url varchar, page_views integer,"
            " is_engaged boolean, event_ts timestamp, properties json, traits json)"
        ).fetchall()
        names = ("event_type", "page_url", "page_views", "is_engaged", "event_ts")
        for n, row in enumerate(rows):
            con.execute(
                "insert into f values (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    n,
                    *(row.get(name) for name in names),
                    json.dumps(row.get("properties", {})),
                    json.dumps(row.get("traits", {})),
                ],
            ).fetchall()
        sql = f"with x as (select f.n {columns.sql} from f) select n, {mask.sql} from x order by n"
        answer = con.execute(sql, {**columns.params, **mask.params}).fetchall()
    return [[n for n, marks in answer if marks >> bit & 1] for bit in range(len(matchers))]


def text_of(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"))


def number_of(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def moment_of(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(value)).replace(tzinfo=None)
    except ValueError:
        return None


def holds(value: object, operator: str, wanted: object) -> bool:
    """The rules of `tsa_cli.operators`, read one by one."""
    text, needle = text_of(value), text_of(wanted)
    if operator == "exists":
        return (text is not None) == wanted
    if operator == "ne":
        return not holds(value, "eq", wanted)
    if operator in ("in", "not_in"):
        return any(holds(value, "eq", item) for item in wanted) == (operator == "in")
    if operator == "eq" and wanted is None:
        return text is None
    if text is None:
        return False
    if operator == "eq":
        if isinstance(wanted, (int, float)) and not isinstance(wanted, bool):
            return number_of(value) == wanted
        return text == needle
    if operator in ("gt", "gte", "lt", "lte"):
        pair: tuple[object, object] = (text, needle)
        if number_of(wanted) is not None:
            pair = (number_of(value), number_of(wanted))
        elif moment_of(wanted) is not None:
            pair = (moment_of(text), moment_of(wanted))
        if None in pair:
            return False
        a, b = pair
        return {"gt": a > b, "gte": a >= b, "lt": a < b, "lte": a <= b}[operator]
    if operator == "contains":
        return needle in text
    if operator == "icontains":
        return needle.lower() in text.lower()
    if operator == "regex":
        return re.search(needle, text) is not None
    return fnmatch.fnmatchcase(text, needle.replace("[", "[[]"))


def random_test(random_: random.Random) -> dict[str, object]:
    operator = random_.choice(OPERATORS)
    if operator in ("in", "not_in"):
        return {operator: random_.sample(NEEDLES, random_.randint(operator == "in", 3))}
    if operator == "exists":
        return {operator: random_.random() < 0.5}
    if operator == "regex":
        return {operator: random_.choice(["^a", "c$", "[0-9]+", "a.c", r"\d\.\d", "a|1"])}
    if operator == "glob":
        return {operator: random_.choice(["*", "a?c", "?", "a*", "*0", "1?", "a%c", "a[b]c", ""])}
    if operator in ("contains", "icontains"):
        return {operator: random_.choice(["a", "B", "1", "%", "_", "", "true"])}
    if operator in ("eq", "ne"):
        return {operator: random_.choice(NEEDLES)}
    return {operator: random_.choice([10, 9.5, "10", "abc", "2024-05-01", "ABC"])}


def test_every_operator_agrees_with_its_rule_on_random_values() -> None:
    random_ = random.Random(5)
    rows = [{"properties": dict.fromkeys(("v", "promoted"), value)} for value in VALUES]
    rows.append({"properties": {}})
    values = [*VALUES, None]
    for _ in range(6):
        tests = [random_test(random_) for _ in range(40)]
        for key in ("properties.v", "properties.promoted"):
            matchers = [Matcher.model_validate({"where": {key: test}}) for test in tests]
            for test, got in zip(tests, selected(rows, *matchers), strict=True):
                [(operator, wanted)] = test.items()
                want = [n for n, value in enumerate(values) if holds(value, operator, wanted)]
                assert got == want, (key, test, [values[n] for n in set(got) ^ set(want)])


def test_several_operators_and_keys_must_all_hold() -> None:
    rows = [{"event_type": "a", "properties": {"x": x, "y": 1}} for x in range(5)]
    both = Matcher.model_validate({"event": "a", "where": {"properties.x": {"gt": 1, "lt": 4}}})
    other = Matcher.model_validate({"where": {"properties.x": {"gt": 1}, "properties.y": 2}})
    assert selected(rows, both, other) == [[2, 3], []]


def test_any_of_is_one_of_its_branches_and_the_star_is_any_event() -> None:
    rows = [{"event_type": name, "page_url": url} for name in "ab" for url in ("/x/1", "/y", None)]
    either = {"any_of": [{"event": "a"}, {"event": "*", "where": {"page_url": {"glob": "/x/*"}}}]}
    both = {**either, "where": {"page_url": {"exists": True}}}
    one, two = Matcher.model_validate(either), Matcher.model_validate(both)
    assert selected(rows, one, two) == [[0, 1, 2, 3], [0, 1, 3]]


def test_typed_columns_compare_by_their_type() -> None:
    rows = [
        {"page_views": n, "is_engaged": n > 1, "event_ts": datetime(2024, 5, n + 1)}
        for n in range(3)
    ] + [{}]
    wheres = [
        ({"page_views": {"gte": 1}}, [1, 2]),
        ({"page_views": "2"}, [2]),
        ({"is_engaged": True}, [2]),
        ({"is_engaged": {"ne": True}}, [0, 1, 3]),
        ({"event_timestamp": {"gte": "2024-05-02", "lt": "2024-05-03T02:00:00+03:00"}}, [1]),
        ({"event_timestamp": {"eq": "2024-05-01"}}, [0]),
        ({"page_views": None}, [3]),
    ]
    got = selected(rows, *(Matcher.model_validate({"where": where}) for where, _ in wheres))
    assert got == [want for _, want in wheres]


def test_property_paths_are_nested_then_literal_and_any_text_is_safe() -> None:
    odd = 'it\'s "odd" / ~ * $ ] name'
    properties = {"a": {"b": 1}, "a.b": 2, "c.d": 3, odd: 4, "list": [{"k": 5}], "": 6}
    paths = {"a.b": 1, '"a.b"': 2, "c.d": 3, odd: 4, "list.0.k": 5}
    matchers = [Matcher.model_validate({"where": {f"properties.{p}": v}}) for p, v in paths.items()]
    assert selected([{"properties": properties}], *matchers) == [[0]] * len(paths)
    assert property_pointers("a/b~c") == ["/a~1b~0c"]


def test_user_keys_that_are_no_column_are_traits() -> None:
    rows = [{"traits": {"plan": "pro"}}, {"traits": {"plan": "free"}}, {}]
    matcher = Matcher.model_validate({"where": {"user.plan": "pro"}})
    absent = Matcher.model_validate({"where": {"user.plan": {"exists": False}}})
    assert selected(rows, matcher, absent) == [[0], [2]]


def test_only_what_is_asked_is_joined_and_each_path_is_read_once() -> None:
    compiler = MatcherCompiler(CORE_RELATION)
    compiler.predicate(Matcher(event="a"))
    assert compiler.needs == frozenset()
    for _ in range(2):
        compiler.predicate(Matcher.model_validate({"where": {"properties.x": 1, "os": "iOS"}}))
    assert compiler.needs == {"properties", "events", "sessions"}
    assert list(compiler.columns().params.values()) == [["/x"]]
    assert "dim_users" not in compiler.joins().sql


def test_an_unknown_key_is_a_config_error_with_the_nearest_name() -> None:
    matcher = Matcher.model_validate({"where": {"divice_type": "x"}})
    with pytest.raises(ConfigError, match="did you mean 'device_type'"):
        MatcherCompiler(CORE_RELATION).predicate(matcher)
    with pytest.raises(ConfigError, match="properties"):
        MatcherCompiler(user_columns()).predicate(
            Matcher.model_validate({"where": {"properties.x": 1}})
        )


def test_hostile_values_stay_values() -> None:
    rows = [{"event_type": "a", "properties": {"v": "x' or 1=1 --"}}, {"event_type": "b"}]
    matcher = Matcher.model_validate({"where": {"properties.v": "x' or 1=1 --"}})
    name = Matcher(event="a' or '1'='1")
    assert selected(rows, matcher, name) == [[0], []]


@pytest.mark.parametrize(
    "pattern", ["(", "(?=x)", "(?<!x)a", r"(a)\1", "a{1,2000}", "a++", r"a\Z", "(?x)a"]
)
def test_a_regex_that_the_engine_refuses_is_refused_by_the_config(pattern: str) -> None:
    with pytest.raises(ValueError, match="regex"):
        Matcher.model_validate({"where": {"page_url": {"regex": pattern}}})
