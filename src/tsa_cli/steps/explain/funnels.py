"""
What a person did in a funnel: each attempt, the events that filled its steps, why it ended.

reads   core, actors, event_types, events, sessions, and what the matchers ask for
source  definitions D15-D23; part 2, complaint 32
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tsa_cli.config.funnels import FunnelConfig
from tsa_cli.kernels.funnel_types import NONE, FunnelRules, UnitEvents
from tsa_cli.matcher import MatcherCompiler
from tsa_cli.quantities import quantity
from tsa_cli.relations import CORE_RELATION
from tsa_cli.steps.explain.ending import CONVERTED, Unit, ending
from tsa_cli.steps.explain.result import Attempt, AttemptStep, FunnelExplained, FunnelUnit
from tsa_cli.steps.explain.texts import EPOCH, joined, moment_of, moment_text
from tsa_cli.steps.explain.told import told_places
from tsa_cli.steps.explain.trace import Trace, counted, first_bits, starts_of, trace
from tsa_cli.store.fragment import Fragment
from tsa_cli.store.store import Store

_UNITS = {
    "user": Fragment("a.user_key"),
    "session": Fragment("c.session_key"),
    "device": Fragment("c.device_key"),
}
_US = timedelta(microseconds=1)


@dataclass(frozen=True)
class AskedFunnel:
    """A funnel's file, and its rules as the kernels take them, with the asked entries."""

    name: str
    config: FunnelConfig
    rules: FunnelRules


@dataclass(frozen=True)
class _History:
    """One unit's events and what its steps are shown by."""

    unit_id: str
    unit: Unit
    event_ids: list[str]
    pages: list[str | None]


def explain_funnel(
    store: Store,
    user_key: int,
    asked: AskedFunnel,
    as_of: datetime,
    event_aliases: Mapping[str, str],
) -> FunnelExplained:
    """What became of the person (or each of their sessions or devices) in the funnel."""
    config = asked.config
    as_of_us = (as_of - EPOCH) // _US
    units = [
        _judged(history, asked, as_of_us)
        for history in _histories(store, user_key, config, as_of, event_aliases)
    ]
    if config.count_by != "user":
        units = [unit for unit in units if unit.attempts]
    return FunnelExplained(
        asked.name,
        config.count_by,
        config.order,
        config.window.total_seconds(),
        len(config.steps),
        units,
    )


def _histories(
    store: Store,
    user_key: int,
    config: FunnelConfig,
    as_of: datetime,
    event_aliases: Mapping[str, str],
) -> list[_History]:
    """Every unit of the person with the events that its funnel looks at."""
    units = store.rows(f"4_reports/explain_{config.count_by}_units.sql", user_key=user_key)
    ids = {int(str(key)): str(unit_id) for key, unit_id in units}
    compiler = MatcherCompiler(CORE_RELATION, event_aliases=event_aliases)
    slots = {
        "unit": _UNITS[config.count_by],
        "mask": compiler.mask([*config.steps, *config.exclude]),
        "held": compiler.joint_text(config.hold_constant),
    }
    slots |= {"columns": compiler.columns(), "joins": compiler.joins()}
    rows = store.records(
        "4_reports/explain_funnel_events.sql",
        slots,
        user_key=user_key,
        unit_keys=list(ids),
        as_of=as_of,
        is_strict=config.order == "strict",
        ignored=[event_aliases.get(name, name) for name in config.strict_ignores],
    )
    by_unit: dict[int, list[dict[str, object]]] = {key: [] for key in ids}
    for row in rows:
        by_unit[int(str(row["unit_key"]))].append(row)
    is_holding = bool(config.hold_constant)
    return [_history(ids[key], mine, is_holding=is_holding) for key, mine in by_unit.items()]


def _history(unit_id: str, rows: list[dict[str, object]], *, is_holding: bool) -> _History:
    held = [None if row["held"] is None else str(row["held"]) for row in rows]
    codes = {text: code for code, text in enumerate(dict.fromkeys(t for t in held if t))}
    events = UnitEvents(
        [int(str(row["time_us"])) for row in rows],
        [int(str(row["marks"])) for row in rows],
        list(range(len(rows))),
        [NONE if text is None else codes[text] for text in held] if is_holding else None,
    )
    names = [str(row["event_type"]) for row in rows]
    pages = [None if row["page_url"] is None else str(row["page_url"]) for row in rows]
    return _History(unit_id, Unit(events, names, held), [str(r["event_id"]) for r in rows], pages)


def _judged(history: _History, asked: AskedFunnel, as_of_us: int) -> FunnelUnit:
    events, rules = history.unit.events, asked.rules
    starts = starts_of(events, rules)
    places = told_places(events, rules, starts)
    traces = trace(events, rules, [starts[place] for place in places])
    best = counted(traces)
    attempts = [
        _attempt(history, asked, one, place + 1, is_counted=number == best, as_of_us=as_of_us)
        for number, (place, one) in enumerate(zip(places, traces, strict=True))
    ]
    if best is None:
        return _uncounted(history, asked, traces, attempts, len(starts))
    chosen = attempts[best]
    state = "pending" if chosen.window_ends_at > moment_of(as_of_us) else "dropped"
    last_step = rules.required()[chosen.reached - 1] + 1
    return FunnelUnit(
        history.unit_id,
        CONVERTED if chosen.ended == CONVERTED else state,
        last_step,
        f"{_choice(attempts, best, len(starts), len(rules.required()))}; {chosen.why}",
        len(starts),
        attempts,
    )


def _uncounted(
    history: _History,
    asked: AskedFunnel,
    traces: list[Trace],
    attempts: list[Attempt],
    total: int,
) -> FunnelUnit:
    """Nobody entered, or an exclusion in one attempt took the unit out of the whole funnel."""
    out = next((i for i, one in enumerate(traces) if one.exclusion is not None), None)
    if out is not None:
        why = f"attempt {attempts[out].number} of {total}: {attempts[out].why}"
        return FunnelUnit(history.unit_id, "excluded", None, why, total, attempts)
    why = _no_start(history, asked)
    return FunnelUnit(history.unit_id, "not_entered", None, why, total, attempts)


def _no_start(history: _History, asked: AskedFunnel) -> str:
    """Why there is no attempt at all."""
    events = history.unit.events
    is_first = [bool(mask & first_bits(asked.rules)) for mask in events.mask]
    name = "any step" if asked.rules.order == "any" else f"step 1 {asked.config.steps[0].name}"
    if not any(is_first):
        return f"no event is {name}"
    inside = [
        i
        for i, time in enumerate(events.time_us)
        if is_first[i] and asked.rules.since_us <= time <= asked.rules.until_us
    ]
    if not inside:
        at = moment_text(moment_of(events.time_us[is_first.index(True)]))
        return f"{name} is outside the asked time, the first at {at}"
    at = moment_text(moment_of(events.time_us[inside[0]]))
    return f"{name} at {at} has no {joined(asked.config.held_names(), 'or')}"


def _choice(attempts: Sequence[Attempt], best: int, total: int, most: int) -> str:
    """Which of all `total` attempts counts, and why this one."""
    chosen = attempts[best]
    reached = f"{chosen.reached} of {quantity(most, 'step')}"
    if total == 1:
        return f"the only attempt: {reached}"
    others = sum(other.reached == chosen.reached for other in attempts) - 1
    of_all = f"attempt {chosen.number} of {total} counts"
    if len(attempts) < total:
        return f"{of_all}: none got further than {reached}, and no earlier one as far"
    if not others:
        return f"{of_all}: it got furthest, {reached}"
    return f"{of_all}: {reached}, as far as {others} later, but the earliest"


def _attempt(
    history: _History,
    asked: AskedFunnel,
    one: Trace,
    number: int,
    *,
    is_counted: bool,
    as_of_us: int,
) -> Attempt:
    unit, config = history.unit, asked.config
    end = ending(unit, config, asked.rules, one, as_of_us)
    started_us = unit.events.time_us[one.start]
    is_any = asked.rules.order == "any"
    steps = [
        AttemptStep(
            step + 1,
            f"Any {step + 1} of {len(config.steps)}" if is_any else config.steps[step].name,
            unit.names[at],
            history.event_ids[at],
            moment_of(unit.events.time_us[at]),
            history.pages[at],
        )
        for step, at in sorted(one.steps.items())
    ]
    return Attempt(
        number,
        moment_of(started_us),
        moment_of(started_us + asked.rules.window_us),
        one.depth,
        steps,
        end.code,
        moment_of(end.at_us),
        end.why,
        is_counted,
    )
