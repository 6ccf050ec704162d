"""
What `configs/funnels/NAME.yaml` may say.

reads   configs/funnels/NAME.yaml
source  the contract's section 5; definitions D15-D25; PRD 10.1 (abandonment)
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from itertools import chain
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from tsa_cli.config.keys import EVENT_KEYS, Keys
from tsa_cli.config.matchers import ANY_EVENT, Matcher
from tsa_cli.config.model import ConfigFile, ConfigModel, Duration, NameTexts, format_duration

MOST_BITS = 62  # steps and exclusions share one signed 64-bit mask
MOST_HOLDS = 3

CountBy = Literal["user", "session", "device"]
Order = Literal["ordered", "strict", "any"]
_STEP_OF = re.compile(r"step:\s*(\d+)")


class FunnelStep(Matcher):
    """A matcher with a name and, where given, its own rules."""

    name: str = Field(min_length=1, description="as reports show it")
    within: Duration | None = Field(
        None, description="at most this long after the required step before"
    )
    optional: bool = Field(False, description="counted where it is done, and needed by no step")


class FunnelExclusion(Matcher):
    """Events that remove a person when strictly between steps `after` and `before` (1, 2, …)."""

    after: int = Field(1, ge=1, description="the step that comes before the event, from 1")
    before: int | None = Field(
        None, ge=2, description="the step that would come after it; the last one by default"
    )


class StepOf(ConfigModel):
    """`step: K` as a mapping."""

    step: int = Field(ge=1)


def _as_text(value: object) -> object:
    """`{step: K}` as the text `step: K`, which without quotes is no YAML."""
    is_step = isinstance(value, Mapping) and value.keys() == {"step"}
    return f"step: {value['step']}" if is_step and isinstance(value, Mapping) else value


class FunnelBreakdown(ConfigModel):
    """Which property splits the funnel, and from which event of an attempt it is read."""

    by: str = Field(min_length=1, description="a column, properties.PATH or user.KEY")
    value: Annotated[str, BeforeValidator(_as_text, json_schema_input_type=str | StepOf)] = Field(
        "first",
        description="first or last: of the attempt's events that have one; {step: K}: of that"
        " step's, or none; all: each event by its own, so that a unit may be in several",
    )

    @field_validator("value")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in ("first", "last", "all") and not _STEP_OF.fullmatch(value):
            raise ValueError(f"one of first, last, all, {{step: K}}, not {value!r}")
        return value

    def step(self) -> int | None:
        """K of `step: K`, counted from 1; None for the others."""
        match = _STEP_OF.fullmatch(self.value)
        return int(match[1]) if match else None


class FunnelAbandonment(ConfigModel):
    """Who reached step `step` and not step `completes` within `window` has abandoned (PRD 10.1)."""

    reason: str = Field(
        "quote_viewed_not_booked", min_length=1, description="the word for it in reports"
    )
    step: int = Field(2, ge=1, description="who got this far, from 1")
    completes: int | None = Field(
        None, ge=2, description="and not to this one; the last by default"
    )
    window: Duration = Field(timedelta(minutes=30), description="within so long")


class FunnelConfig(ConfigFile):
    """configs/funnels/NAME.yaml."""

    keys: ClassVar[Keys] = EVENT_KEYS
    description: str = ""
    count_by: CountBy = Field("user", description="what is counted once")
    order: Order = Field(
        "ordered",
        description="ordered: others may come between; strict: none may; any: in any order",
    )
    window: Duration = Field(timedelta(days=7), description="from the first step to the last one")
    ties: Literal["allowed", "strict"] = Field(
        "allowed",
        description="allowed: events at one moment are taken in step order; strict: later steps"
        " are later",
    )
    steps: list[FunnelStep] = Field(min_length=1)
    exclude: list[FunnelExclusion] = Field(default_factory=list)
    hold_constant: list[NameTexts] = Field(
        default_factory=list,
        max_length=MOST_HOLDS,
        description="keys whose values are the first step's; of a list of keys the first that is"
        " there, as of an id that has several names",
    )
    breakdown: FunnelBreakdown | None = None
    strict_ignores: list[str] = Field(
        default_factory=list, description="events that may come between where order is strict"
    )
    abandonment: FunnelAbandonment | None = None

    @field_validator("window")
    @classmethod
    def _window_is_positive(cls, value: timedelta) -> timedelta:
        if value <= timedelta(0):
            raise ValueError("a window is longer than nothing")
        return value

    @model_validator(mode="after")
    def _rules_fit(self) -> "FunnelConfig":
        for fault in (*self._step_faults(), *self._rule_faults()):
            raise ValueError(fault)
        return self

    def _step_faults(self) -> list[str]:
        faults = []
        if len(self.steps) + len(self.exclude) > MOST_BITS:
            faults.append(f"at most {MOST_BITS} steps and exclusions together")
        if self.steps[0].optional:
            faults.append("the first step cannot be optional: it starts the attempt")
        if self.steps[0].within is not None:
            faults.append("the first step has nothing to be `within` of")
        if self.order != "ordered" and any(s.optional or s.within is not None for s in self.steps):
            faults.append("`optional` and `within` need `order: ordered`")
        faults += [
            f"steps: step {number} {step.name!r}: within {format_duration(step.within)} asks"
            f" nothing, the whole funnel fits in its window of {format_duration(self.window)}"
            for number, step in enumerate(self.steps, start=1)
            if step.within is not None and step.within > self.window
        ]
        return faults

    def _rule_faults(self) -> list[str]:
        faults = []
        count = len(self.steps)
        for rule in self.exclude:
            before = rule.before or count
            if not rule.after < before <= count:
                faults.append(f"exclude: after {rule.after} and before {before} of {count} steps")
            elif self.steps[rule.after - 1].optional or self.steps[before - 1].optional:
                faults.append("exclude: its two steps cannot be optional")
            ignored = (rule.event_names() or frozenset()) & set(self.strict_ignores)
            if ignored:
                faults.append(f"exclude: {sorted(ignored)} are in strict_ignores")
        if self.strict_ignores and self.order != "strict":
            faults.append("`strict_ignores` needs `order: strict`")
        held = list(chain.from_iterable(self.hold_constant))
        if len(set(held)) < len(held):
            faults.append("hold_constant names a property twice")
        step = self.breakdown.step() if self.breakdown else None
        if step is not None and not 1 <= step <= count:
            faults.append(f"breakdown: there is no step {step}")
        return faults + self._abandonment_faults()

    def _abandonment_faults(self) -> list[str]:
        if self.abandonment is None:
            return []
        if self.abandonment.window <= timedelta(0):
            return ["abandonment: window: more than 0s is needed, else everyone gives up at once"]
        completes = self.abandonment.completes or len(self.steps)
        if not self.abandonment.step < completes <= len(self.steps):
            return [f"abandonment: step {self.abandonment.step} completed by step {completes}"]
        return []

    def held_names(self) -> list[str]:
        """What is held constant, one text a value."""
        return [" or ".join(keys) for keys in self.hold_constant]

    def is_names_only(self) -> bool:
        """True when event names alone decide every step, and no property is read."""
        matchers: list[Matcher] = [*self.steps, *self.exclude]
        named = all(m.is_names_only() and m.event_names() is not None for m in matchers)
        return named and not self.hold_constant and self.breakdown is None


__all__ = [
    "ANY_EVENT",
    "FunnelAbandonment",
    "FunnelBreakdown",
    "FunnelConfig",
    "FunnelExclusion",
    "FunnelStep",
]
