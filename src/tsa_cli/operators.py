r"""
One operator on one key, as SQL with a bound value.

Rules, the same for JSON properties, traits and columns:
- absent means missing or null; every test on an absent value fails, but `ne`, `not_in`,
  `exists: false` and `eq: null` hold.
- a configured number equals a number or a text that reads as one ("10", "10.0", 10);
  a configured text equals the text of the value, so "10" also equals the number 10;
  `true` equals true and "true".
- gt, gte, lt, lte compare numbers when the configured value reads as a number, else moments when
  it reads as a date, else texts by code point.
- contains, icontains, regex, glob read the value's text; an array's or object's text is its JSON.
- glob knows `*` and `?` only, over the whole value; regex is RE2 and matches anywhere.
"""

from collections.abc import Callable

from tsa_cli.config.operands import as_moment, as_number
from tsa_cli.globs import glob_to_like
from tsa_cli.relations import Column

Bind = Callable[[object], str]

_ORDER = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_EXACT_IN_DOUBLE = 2**53


def condition_sql(column: Column, operator: str, value: object, bind: Bind) -> str:
    """The SQL condition, never null; `bind` stores a value and answers its `$name`."""
    if operator == "exists":
        return _present(column) if value else f"not {_present(column)}"
    if operator == "ne":
        return f"not {_equal(column, value, bind)}"
    if operator in ("in", "not_in"):
        values = value if isinstance(value, list) else [value]
        any_of = " or ".join(_equal(column, item, bind) for item in values) or "false"
        return f"({any_of})" if operator == "in" else f"not ({any_of})"
    if operator == "eq":
        return _equal(column, value, bind)
    if operator in _ORDER:
        return _compared(column, operator, value, bind)
    return _text_test(column, operator, str(value), bind)


def text_sql(column: Column) -> str:
    """The value as text, null when absent; a JSON string without its quotes."""
    if column.kind == "json":
        return f"({column.sql} ->> '$')"
    return column.sql if column.kind == "varchar" else f"cast({column.sql} as varchar)"


def number_sql(column: Column) -> str:
    """The value as a finite double, null when it does not read as one."""
    if column.kind == "double":
        return f"cast({column.sql} as double)"
    number = f"try_cast({text_sql(column)} as double)"
    return f"case when isfinite({number}) then {number} end"


def _present(column: Column) -> str:
    return f"({text_sql(column)} is not null)"


def _is_true(condition: str) -> str:
    return f"coalesce({condition}, false)"


def _equal(column: Column, value: object, bind: Bind) -> str:
    if value is None:
        return f"not {_present(column)}"
    if isinstance(value, bool):
        return _is_true(f"{text_sql(column)} = {bind('true' if value else 'false')}")
    if isinstance(value, (int, float)):
        if abs(value) >= _EXACT_IN_DOUBLE:
            return _is_true(f"{text_sql(column)} = {bind(str(value))}")
        return _is_true(f"{number_sql(column)} = {bind(float(value))}")
    if column.kind == "timestamp" and (moment := as_moment(value)) is not None:
        return _is_true(f"{column.sql} = {bind(moment)}")
    if column.kind == "double" and (number := as_number(value)) is not None:
        return _is_true(f"{number_sql(column)} = {bind(number)}")
    return _is_true(f"{text_sql(column)} = {bind(str(value))}")


def _compared(column: Column, operator: str, value: object, bind: Bind) -> str:
    sign = _ORDER[operator]
    number = as_number(value)
    if number is not None:
        return _is_true(f"{number_sql(column)} {sign} {bind(number)}")
    moment = as_moment(value)
    if moment is not None:
        is_time = column.kind == "timestamp"
        read = column.sql if is_time else f"try_cast({text_sql(column)} as timestamp)"
        return _is_true(f"{read} {sign} {bind(moment)}")
    return _is_true(f"{text_sql(column)} {sign} {bind(str(value))}")


def _text_test(column: Column, operator: str, value: str, bind: Bind) -> str:
    text = text_sql(column)
    if operator == "contains":
        return _is_true(f"contains({text}, {bind(value)})")
    if operator == "icontains":
        return _is_true(f"contains(lower({text}), lower({bind(value)}))")
    if operator == "regex":
        return _is_true(f"regexp_matches({text}, {bind(value)})")
    if operator == "glob":
        return _is_true(f"{text} like {bind(glob_to_like(value))} escape '\\'")
    raise ValueError(operator)
