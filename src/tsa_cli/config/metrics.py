"""
What `configs/metrics.yaml` may say: each metric is one measure divided by another.

A measure counts things or sums a column over them:

    {count: events, with: {event: price_checked}}            events for which the matcher holds
    {count: sessions, with: {event: booking_completed}}      sessions that have such an event
    {count: sessions, with: {where: {bounce_flag: true}}}    a session's column, through its events
    {count: users, at_least: {sessions: 2}, identified: true} users active in the period
    {count: keys, key: properties.booking_id, with: …, without: …}  distinct values, by first event;
                                                             of several keys the first that is there
    {count: lines, outcome: valid}                           lines of ingested files; `new` has each
                                                             once: stored, or now in quarantine
    {count: hours, outcome: with_events}                     clock hours
    {sum: duration_seconds}                                  over sessions, exact; or `of: events`

`with` and `without` take one matcher or a list: all must hold, none may. `--where` joins each
`with` and no `without`: what undoes a thing may come from elsewhere.

reads   configs/metrics.yaml
source  the contract's section 6; definitions D33; PRD 8.1, 12.1
"""

import re
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from tsa_cli.config.keys import EVENT_KEYS, Keys
from tsa_cli.config.matchers import Matcher
from tsa_cli.config.model import ConfigFile, ConfigModel, NameTexts
from tsa_cli.config.timezones import known_timezone

Counted = Literal["events", "sessions", "users", "keys", "lines", "hours"]
Outcome = Literal[
    "read", "inserted", "duplicate", "conflict", "rejected", "new", "valid", "all", "with_events"
]
LINE_OUTCOMES = ("read", "inserted", "duplicate", "conflict", "rejected", "new", "valid")
HOUR_OUTCOMES = ("all", "with_events")

_TARGET = re.compile(r"(<=|>=|<|>)\s*(-?\d+(?:\.\d+)?)")


def _listed(value: object) -> object:
    return value if value is None or isinstance(value, (list, tuple)) else [value]


Matchers = Annotated[
    list[Matcher], BeforeValidator(_listed, json_schema_input_type=Matcher | list[Matcher])
]


class AtLeast(ConfigModel):
    """How much a user must have in the period."""

    sessions: int = Field(0, ge=0, le=1_000, description="their own: a session belongs to one user")
    devices: int = Field(0, ge=0, le=1_000, description="their own devices")
    among: Matcher | None = Field(
        None, description="only sessions and devices of such events; of all by default"
    )


class Measure(ConfigModel):
    """One number: how many, or how much in total."""

    count: Counted | None = Field(None, description="how many of these")
    sum: str | None = Field(None, min_length=1, description="or the sum of this column or property")
    of: Literal["sessions", "events"] | None = Field(None, description="what it is summed over")
    with_: Matchers = Field(
        default_factory=list,
        alias="with",
        description="only those with such an event; of several matchers, with each",
    )
    without: Matchers = Field(default_factory=list, description="only those without such an event")
    at_least: AtLeast | None = Field(None, description="only users with so many")
    identified: bool = Field(False, description="only users with a known id")
    key: NameTexts | None = Field(
        None,
        description="of `count: keys`, as properties.booking_id; of a list the first that is there",
    )
    outcome: Outcome | None = Field(None, description="which lines or hours")

    @model_validator(mode="after")
    def _fits_together(self) -> "Measure":
        if (self.count is None) == (self.sum is None):
            raise ValueError("one of `count` and `sum` is needed")
        for fault in self._faults():
            raise ValueError(fault)
        return self

    def _faults(self) -> list[str]:
        faults = []
        if self.of is not None and self.sum is None:
            faults.append("`of` belongs to `sum`")
        if self.sum is not None and not _may_be_a_number(self.sum):
            faults.append(f"sum: {self.sum} is no number to add up; `count` with `where` counts it")
        if (self.at_least is not None or self.identified) and self.count != "users":
            faults.append("`at_least` and `identified` need `count: users`")
        if (self.key is None) != (self.count != "keys"):
            faults.append("`key` and `count: keys` need each other")
        if self.count == "keys" and not self.with_:
            faults.append("`count: keys` needs `with`: the events that bring a key in")
        if self.count in ("lines", "hours") and (self.with_ or self.without):
            faults.append(f"`count: {self.count}` takes no matchers")
        allowed = {"lines": LINE_OUTCOMES, "hours": HOUR_OUTCOMES}.get(self.count or "", ())
        if allowed and self.outcome not in allowed:
            faults.append(f"`count: {self.count}` needs `outcome`: one of {', '.join(allowed)}")
        if not allowed and self.outcome is not None:
            faults.append("`outcome` belongs to `count: lines` and `count: hours`")
        return faults

    @property
    def entity(self) -> Counted:
        """What is counted, or summed over."""
        return self.count or self.of or "sessions"


def _may_be_a_number(key: str) -> bool:
    """Whether a column has numbers; what a property or trait has nobody knows."""
    is_told = key.startswith("properties.") or key not in EVENT_KEYS.columns
    return is_told or EVENT_KEYS.columns[key] == "double"


class Target(ConfigModel):
    """A bound that the value must keep; `0.7` alone follows the metric's direction."""

    value: float
    relation: Literal["<", "<=", ">", ">="]

    def is_met(self, value: float) -> bool:
        """True when `value` keeps the bound."""
        return {
            "<": value < self.value,
            "<=": value <= self.value,
            ">": value > self.value,
            ">=": value >= self.value,
        }[self.relation]


class Metric(ConfigModel):
    """One metric: numerator / denominator in a unit, with the direction that is good."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    description: str = ""
    numerator: Measure = Field(description="what is divided")
    denominator: Measure = Field(description="by what")
    unit: Literal["share", "ratio", "seconds", "money"] = Field(
        "ratio", description="how the value is shown"
    )
    direction: Literal["up", "down", "none"] = Field("none", description="where the good is")
    target: float | str | None = Field(
        None, description='a bound like "< 0.7"; a bare number follows direction'
    )
    min_n: int = Field(30, ge=0, description="the smallest denominator by which a target is judged")

    @model_validator(mode="after")
    def _target_is_a_bound(self) -> "Metric":
        bound = self.bound()
        if bound is not None and self.unit == "share" and not 0 <= bound.value <= 1:
            raise ValueError(f"target: a share is 0 to 1 (70 % is 0.7), not {bound.value:g}")
        return self

    def bound(self) -> Target | None:
        """The target as a bound; ValueError when it says none."""
        if self.target is None:
            return None
        if isinstance(self.target, str):
            match = _TARGET.fullmatch(self.target.strip())
            if match is None:
                raise ValueError(f'target: a number or a bound like "< 0.7", not {self.target!r}')
            return Target.model_validate({"relation": match[1], "value": float(match[2])})
        if self.direction == "none":
            raise ValueError('target: a bare number needs `direction`; or write it as "< 0.7"')
        return Target(value=self.target, relation=">=" if self.direction == "up" else "<=")


class MetricsConfig(ConfigFile):
    """configs/metrics.yaml."""

    keys: ClassVar[Keys] = EVENT_KEYS
    timezone: str = "UTC"
    week_start: Literal["monday", "sunday"] = "monday"
    metrics: list[Metric] = Field(default_factory=list)

    @field_validator("timezone")
    @classmethod
    def _known(cls, value: str) -> str:
        return known_timezone(value)

    @field_validator("metrics")
    @classmethod
    def _names_differ(cls, value: list[Metric]) -> list[Metric]:
        names = [metric.name for metric in value]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two metrics have the name {twice[0]!r}")
        return value
