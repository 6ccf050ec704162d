"""
What a YAML matcher may say: which events (or users) count.

A matcher is `event` (a name, or "*"), `where` (every key must hold), `any_of` (one of several),
or a mix of them, which must all hold. The same matchers serve funnels, metrics, journeys,
retention, triggers, models and audiences; `tsa_cli.matcher` turns one into SQL.
source  the contract's section 5
"""

import re
from datetime import datetime
from itertools import product
from typing import Annotated, TypeVar

from pydantic import BeforeValidator, ConfigDict, Field, field_validator, model_validator

from tsa_cli.config.model import ConfigModel, NameText
from tsa_cli.config.operands import as_moment, as_number

ANY_EVENT = "*"
End = TypeVar("End", float, datetime)  # of an interval

# RE2, the engine's matcher of regular expressions, refuses these; Python's `re` would not.
_NOT_RE2 = re.compile(
    r"\(\?(?:[=!>(#]|<[=!]|[ims]*[aLux])|(?<!\\)(?:\\\\)*\\[1-9ZNuU]|[*+?}]\+|\(\?P="
)
_REPEAT = re.compile(r"\{(\d+)(?:,(\d*))?\}")
_RE2_MOST_REPEATS = 1000

Scalar = bool | int | float | str | None


def _bare_is_equality(value: object) -> object:
    match value:
        case dict() | ValueTest():
            return value
        case list():
            raise ValueError("a list needs an operator, like {in: [...]}")
    return {"eq": value}


class ValueTest(ConfigModel):
    """The operators on one key; every one that is given must hold."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, strict=True)

    eq: Scalar = None
    ne: Scalar = None
    in_: list[Scalar] | None = Field(None, alias="in")
    not_in: list[Scalar] | None = None
    gt: float | str | None = None
    gte: float | str | None = None
    lt: float | str | None = None
    lte: float | str | None = None
    contains: str | None = None
    icontains: str | None = None
    regex: str | None = None
    glob: str | None = None
    exists: bool | None = None

    @field_validator("contains", "icontains", "regex", "glob", mode="before")
    @classmethod
    def _as_text(cls, value: object) -> object:
        """A number here is meant as its text: `contains: 12`."""
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return str(value) if is_number else value

    @field_validator("regex")
    @classmethod
    def _compiles(cls, value: str | None) -> str | None:
        if value is not None:
            check_regex(value)
        return value

    @model_validator(mode="after")
    def _something_to_test(self) -> "ValueTest":
        if not self.model_fields_set:
            raise ValueError("an operator is missing, like {eq: 1} or {exists: true}")
        for name in self.model_fields_set - {"eq", "ne"}:
            if getattr(self, name) is None:
                raise ValueError(f"{name.rstrip('_')}: a value is missing")
        if fault := self._contradiction():
            raise ValueError(fault)
        return self

    def _contradiction(self) -> str:
        """Why no value can pass all of the tests; "" when one can."""
        asked = dict(self.tests())
        if asked.get("in") == []:
            return "in: the list is empty, so that nothing is in it"
        if asked.get("exists") is False and len(asked) > 1:
            return "exists: what does not exist passes no other test"
        if "eq" in asked and "ne" in asked and asked["eq"] == asked["ne"]:
            return f"eq: the value cannot be {asked['eq']!r} and not be it"
        for low, high in product(("gt", "gte"), ("lt", "lte")):
            bottom, top = asked.get(low), asked.get(high)
            is_open = (low, high) != ("gte", "lte")
            if _crosses(as_number(bottom), as_number(top), is_open=is_open) or _crosses(
                as_moment(bottom), as_moment(top), is_open=is_open
            ):
                return f"{low}: nothing is above {bottom} and below {top}"
        return ""

    def tests(self) -> list[tuple[str, object]]:
        """The (operator, value) pairs that were given, in the order of the class."""
        names = [name for name in type(self).model_fields if name in self.model_fields_set]
        return [(name.rstrip("_"), getattr(self, name)) for name in names]


def _crosses(bottom: End | None, top: End | None, *, is_open: bool) -> bool:
    if bottom is None or top is None:
        return False
    return bottom >= top if is_open else bottom > top


Test = Annotated[
    ValueTest, BeforeValidator(_bare_is_equality, json_schema_input_type=Scalar | ValueTest)
]
Where = dict[str, Test]


class Matcher(ConfigModel):
    """`event`, `where` and `any_of`: what is given must hold together."""

    event: NameText | None = Field(None, description='a name, or "*" for any')
    any_of: "list[Matcher] | None" = Field(None, min_length=1, description="one of these must hold")
    where: Where = Field(
        default_factory=dict, description="key: value, or key: {operator: value}; all must hold"
    )

    @field_validator("event")
    @classmethod
    def _no_glob(cls, value: str | None) -> str | None:
        if value is not None and "*" in value and value != ANY_EVENT:
            raise ValueError(
                f'a name, or "*" for any, is needed; {value!r} is'
                f" `where: {{event_type: {{glob: {value!r}}}}}`"
            )
        return value

    @model_validator(mode="after")
    def _says_something(self) -> "Matcher":
        if self.event is None and self.any_of is None and not self.where:
            raise ValueError('one of `event`, `any_of`, `where` is needed (`event: "*"` is any)')
        if self.event_names() == frozenset():
            raise ValueError(f"event: no event is {self.event!r} and one of `any_of`, too")
        return self

    def event_names(self) -> frozenset[str] | None:
        """The names of all events that can match; None when any name can."""
        sets: list[frozenset[str]] = []
        if self.event is not None and self.event != ANY_EVENT:
            sets.append(frozenset({self.event}))
        branches = [branch.event_names() for branch in self.any_of or ()]
        if branches and None not in branches:
            sets.append(frozenset().union(*(names for names in branches if names is not None)))
        return frozenset.intersection(*sets) if sets else None

    def is_names_only(self) -> bool:
        """True when the event's name alone decides, so that no other column is needed."""
        return not self.where and all(branch.is_names_only() for branch in self.any_of or ())


def check_regex(pattern: str) -> None:
    """ValueError when the pattern is no regular expression that RE2 takes."""
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}: {pattern!r}") from error
    if found := _NOT_RE2.search(pattern):
        raise ValueError(
            "look-arounds, back-references, possessive repeats and other things of Python's own "
            f"are not supported: {found[0]!r}"
        )
    bounds = [int(bound) for pair in _REPEAT.findall(pattern) for bound in pair if bound]
    if any(bound > _RE2_MOST_REPEATS for bound in bounds):
        raise ValueError(f"a repeat takes at most {_RE2_MOST_REPEATS}: {pattern!r}")
