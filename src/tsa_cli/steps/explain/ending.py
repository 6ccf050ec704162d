"""
Why an attempt ended where it did, as a code and as a sentence a person can check.

source  definitions part 2, complaint 32: "this person did every step, why are they a drop-off?"
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field

from tsa_cli.config.funnels import FunnelConfig
from tsa_cli.kernels.funnel_types import FunnelRules, UnitEvents
from tsa_cli.quantities import quantity
from tsa_cli.steps.explain.texts import joined, moment_of, moment_text, span_text
from tsa_cli.steps.explain.trace import Trace

CONVERTED, EXCLUDED, BROKEN, CLOSED, OPEN, HELD_DIFFERS = (
    "converted",
    "excluded",
    "order_broken",
    "window_closed",
    "open",
    "held_value_differs",
)
_SECOND = 1_000_000
_EVER = -(1 << 62)


@dataclass(frozen=True)
class Unit:
    """The events of one unit in total order, with their names and held values as text."""

    events: UnitEvents
    names: list[str]
    held: list[str | None]
    _by_bit: dict[int, list[int]] = field(default_factory=dict, compare=False)

    def of_step(self, step: int) -> list[int]:
        """The events that match a step; found once, since each attempt asks."""
        if step not in self._by_bit:
            masks = enumerate(self.events.mask)
            self._by_bit[step] = [i for i, mask in masks if mask >> step & 1]
        return self._by_bit[step]


@dataclass(frozen=True)
class Ending:
    """`at_us` is when it was decided (of an open attempt: when its window closes)."""

    code: str
    at_us: int
    why: str


@dataclass(frozen=True)
class _Case:
    """One attempt with all that the sentences are made of."""

    unit: Unit
    config: FunnelConfig
    rules: FunnelRules
    trace: Trace
    as_of_us: int

    @property
    def deadline(self) -> int:
        return self.time(self.trace.start) + self.rules.window_us

    @property
    def is_open(self) -> bool:
        return self.deadline > self.as_of_us

    @property
    def next_step(self) -> int:
        return self.rules.required()[self.trace.depth]

    @property
    def last(self) -> int:
        return self.trace.chain[-1]

    def time(self, i: int) -> int:
        return self.unit.events.time_us[i]

    def event(self, i: int) -> str:
        """`booking_started at 2026-03-01T10:00:00Z`."""
        return f"{self.unit.names[i]} at {_moment(self.time(i))}"

    def step(self, place: int) -> str:
        """`step 3 Booking started`."""
        return f"step {place + 1} {self.config.steps[place].name}"

    def hits(self, low: int, high: int) -> list[int]:
        """The events of the next step from the moment `low` to `high`, both included."""
        times, found = self.unit.events.time_us, self.unit.of_step(self.next_step)
        begin, end = bisect_left(times, low), bisect_right(times, high)
        return found[bisect_left(found, begin) : bisect_left(found, end)]

    def is_held(self, i: int) -> bool:
        hold = self.unit.events.hold
        return hold is None or hold[i] == hold[self.trace.start]


def ending(
    unit: Unit, config: FunnelConfig, rules: FunnelRules, trace: Trace, as_of_us: int
) -> Ending:
    """What became of one attempt, as known at `as_of_us`."""
    case = _Case(unit, config, rules, trace, as_of_us)
    if trace.exclusion is not None:
        return _excluded(case, trace.exclusion)
    if trace.depth == len(rules.required()):
        took = span_text((case.time(case.last) - case.time(trace.start)) / _SECOND)
        return Ending(CONVERTED, case.time(case.last), f"did the last step {took} after the first")
    if rules.order == "any":
        return _timed(case, _missing(case))
    if rules.order == "strict":
        return _strict(case)
    return _ordered(case)


def _excluded(case: _Case, at: int) -> Ending:
    done = [i for i in case.trace.chain if case.time(i) < case.time(at)]
    after = case.rules.required()[len(done) - 1]
    place = quantity(len(done), "step") if case.rules.order == "any" else case.step(after)
    why = (
        f"{case.event(at)}, after {place}, removes the whole {case.config.count_by} from the funnel"
    )
    return Ending(EXCLUDED, case.time(at), why)


def _missing(case: _Case) -> str:
    """Of an unordered funnel: which steps have no event in the window."""
    begin = bisect_left(case.unit.events.time_us, case.time(case.trace.start))
    end = bisect_right(case.unit.events.time_us, case.deadline)
    seen = 0
    for i in range(begin, end):
        seen |= case.unit.events.mask[i] if case.is_held(i) else 0
    names = [s.name for place, s in enumerate(case.config.steps) if not seen >> place & 1]
    done = f"{case.trace.depth} of {quantity(case.rules.step_count, 'step')} done"
    return f"{done}; no event for {joined(names)}" if names else f"{done}; each needs its own event"


def _timed(case: _Case, detail: str) -> Ending:
    """Not there yet, or too late: what the window's end says."""
    end = _moment(case.deadline)
    if case.is_open:
        return Ending(OPEN, case.deadline, f"not yet: open until {end}; {detail}")
    return Ending(CLOSED, case.deadline, f"the window closed at {end}; {detail}")


def _strict(case: _Case) -> Ending:
    """The event that came instead of the next step, if any came in time."""
    at = _came_next(case)
    if at is None or case.time(at) > case.deadline:
        return _timed(case, f"{case.step(case.next_step)} did not come")
    is_step = bool(case.unit.events.mask[at] >> case.next_step & 1)
    if is_step and not case.is_held(at):
        return Ending(HELD_DIFFERS, case.time(at), _other_value(case, at))
    wanted = f"{case.step(case.next_step)} had to be the very next event"
    if is_step:
        same = f"it has the same timestamp as {case.step(case.next_step - 1)}"
        return Ending(BROKEN, case.time(at), f"{case.event(at)} does not count: {same}")
    return Ending(BROKEN, case.time(at), f"{case.event(at)} came between: {wanted}")


def _came_next(case: _Case) -> int | None:
    """The first event after the chain; unused ones of the first moment may stand before it."""
    times, last = case.unit.events.time_us, case.last
    if case.rules.is_ties_strict:
        return last + 1 if last + 1 < len(times) else None
    is_begun = case.time(last) > case.time(case.trace.start)
    after = bisect_left if is_begun else bisect_right
    begin = after(times, case.time(last))
    return next((i for i in range(begin, len(times)) if i not in case.trace.chain), None)


def _ordered(case: _Case) -> Ending:
    """Why no event filled the next step in the window."""
    step = case.step(case.next_step)
    before = case.rules.required()[case.trace.depth - 1]
    hits = case.hits(case.time(case.last), case.deadline)
    inside = [i for i in hits if i not in case.trace.chain]
    others = [i for i in inside if not case.is_held(i)]
    if others and len(others) == len(inside):
        why = _other_value(case, others[0])
        if case.is_open:
            return _timed(case, why)
        return Ending(HELD_DIFFERS, case.time(others[0]), why)
    limit = case.rules.within(case.next_step)
    if limit is not None and case.time(case.last) + limit < min(case.deadline, case.as_of_us):
        in_time = f"within {span_text(limit / _SECOND)} of {case.step(before)}"
        late = next((i for i in inside if case.is_held(i)), None)
        if late is None:
            return _timed(case, f"{step} did not come {in_time}")
        return _timed(case, f"{step} came at {_moment(case.time(late))}, not {in_time}")
    return _timed(case, f"{step} {_near_miss(case, before)}")


def _near_miss(case: _Case, before: int) -> str:
    """Where the next step's events are, if not where they had to be."""
    at, chain = case.time(case.last), case.trace.chain
    tied = (i for i in case.hits(at, at) if case.is_held(i) and i not in chain)
    if case.rules.is_ties_strict and next(tied, None) is not None:
        return f"has the same timestamp as {case.step(before)}, and `ties` is strict"
    late = next((i for i in case.hits(case.deadline + 1, case.as_of_us) if case.is_held(i)), None)
    if late is not None:
        over = span_text((case.time(late) - case.deadline) / _SECOND)
        return f"came {over} too late, at {_moment(case.time(late))}"
    until_now = case.hits(_EVER, at)
    before_it = (i for i in reversed(until_now) if case.time(i) < at and i not in chain)
    early = next((i for i in before_it if case.is_held(i)), None)
    is_inside = early is not None and case.time(early) >= case.time(case.trace.start)
    if early is not None and (is_inside or not case.is_open):
        first = case.step(before if is_inside else 0)
        return f"came at {_moment(case.time(early))}, before {first}"
    mine = next((i for i in until_now if case.is_held(i)), None) if early is None else None
    if mine in chain:
        filled = next(s for s, event in case.trace.steps.items() if event == mine)
        return f"has no event of its own: {case.event(mine)} already fills {case.step(filled)}"
    return "did not come"


def _other_value(case: _Case, at: int) -> str:
    keys = joined(case.config.held_names())
    other, wanted = case.unit.held[at], case.unit.held[case.trace.start]
    said = "has no value" if other is None else f"has {other}"
    return (
        f"{case.event(at)} is {case.step(case.next_step)}, but {keys} {said}"
        f" and the first step has {wanted}"
    )


def _moment(time_us: int) -> str:
    return moment_text(moment_of(time_us))
