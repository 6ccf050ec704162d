"""
The `.sql` files of the package: read once, slots filled, unused values dropped.

reads  src/tsa_cli/sql/**.sql
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources

from tsa_cli.store.fragment import Fragment

_SLOT = re.compile(r"@([a-z][a-z0-9_]*)\b")


@cache
def sql_text(name: str) -> str:
    """The text of `sql/NAME`, e.g. "2_sessions/sessions.sql"."""
    return resources.files("tsa_cli").joinpath("sql", name).read_text(encoding="utf-8")


@cache
def has_sql(name: str) -> bool:
    """True when `sql/NAME` is in the package."""
    return resources.files("tsa_cli").joinpath("sql", name).is_file()


def compose(
    name: str, slots: Mapping[str, Fragment] | None, params: Mapping[str, object]
) -> tuple[str, dict[str, object]]:
    """
    The statement of `sql/NAME` with each `@slot` replaced by its Fragment, and all its values.

    KeyError when a slot has no fragment; ValueError when two sources bind one name differently.
    """
    values = dict(params)
    filled = slots or {}
    parts = list(_parts(name))
    for place in range(1, len(parts), 2):
        fragment = filled[parts[place]]
        for key, value in fragment.params.items():
            if values.setdefault(key, value) != value:
                raise ValueError(f"{name}: ${key} is bound twice, to different values")
        parts[place] = fragment.sql
    return "".join(parts), values


@cache
def _parts(name: str) -> tuple[str, ...]:
    """The text of `sql/NAME`, cut at its slots: every second part is a slot's name."""
    parts = [""]
    for line in sql_text(name).splitlines(keepends=True):
        code, dashes, comment = line.partition("--")
        before, *others = _SLOT.split(code)
        parts[-1] += before
        parts += others
        parts[-1] += dashes + comment
    return tuple(parts)


def fragment_of(
    name: str, slots: Mapping[str, Fragment] | None = None, /, **params: object
) -> Fragment:
    """`sql/NAME` with its slots filled, as a relation to put into another statement."""
    text, values = compose(name, slots, params)
    return Fragment(text, values)
