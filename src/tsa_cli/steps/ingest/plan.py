"""
The tracking plan on the events of a load: how many break it, and how.

The engine tells the types of the properties that the plan names, of each distinct document, and
groups: a million events have a few dozen combinations, on which Python decides.

writes  plan_results(load_id, event_type, total, violating), plan_violations(load_id, event_type,
        violation, key, event_count)
source  RudderStack, tracking plan violations: Unplanned-Event, Required-Missing,
        Datatype-Mismatch, Additional-Properties, Unknown-Violation (definitions D3)
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tsa_cli.config.events import EnumType, EventsConfig
from tsa_cli.steps.ingest.plan_sql import TYPES, judged_columns, planned_keys
from tsa_cli.store import Fragment, Store

UNPLANNED = "Unplanned-Event"
REFUSED = "(refused)"  # in plan_results: the lines that the plan kept out


@dataclass(frozen=True)
class Violation:
    """One way in which an event breaks the plan; `key` is "" for an unplanned event."""

    name: str
    key: str = ""


@dataclass(frozen=True)
class PlanCounts:
    """RudderStack's four counts of a load: every event is in `total`, the dropped ones, too."""

    total: int
    validated: int  # the plan knows their name
    with_violations: int
    dropped: int


# By load: how many events have one event type, types of the planned keys, keys, and wrong keys.
Judged = Counter[tuple[int, str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]]


class Judge:
    """
    Asks the engine what the plan needs to know of events.

    A key that `is_personal` is none that the plan does not name: it is privacy.yaml's to judge.
    """

    def __init__(self, plan: EventsConfig, is_personal: Callable[[str], bool]) -> None:
        self._columns = judged_columns(plan)
        self._is_personal = is_personal

    def judged(self, engine: Store, events: Fragment) -> Judged:
        """What the plan judges by, of a relation (load_id, event_type, properties, event_count)."""
        slots = {**self._columns, "events": events}
        found: Judged = Counter()
        for load_id, name, *lists, count in engine.rows("1_events/plan_kinds.sql", slots):
            kinds, keys, wrong = map(_texts, lists)
            named = tuple(key for key in keys if not self._is_personal(key))
            found[(int(str(load_id)), str(name), kinds, named, wrong)] += int(str(count))
        return found


def record(store: Store, plan: EventsConfig, load_id: int, judged: Judged) -> PlanCounts:
    """
    Write what stored events and refused ones do to the plan; the four counts.

    Of the loads that were just made: `load_id` is the first of them.
    """
    totals: Counter[tuple[int, str]] = Counter()
    violating: Counter[tuple[int, str]] = Counter()
    found: Counter[tuple[int, str, str, str]] = Counter()
    for (load, name, kinds, keys, wrong), count in judged.items():
        totals[(load, name)] += count
        broken = {*violations(plan, name, kinds, keys, wrong)}
        violating[(load, name)] += count if broken else 0
        for violation in broken:
            found[(load, name, violation.name, violation.key)] += count
    refused = store.rows("1_events/refused_by_plan.sql", load_id=load_id)
    dropped = {(int(str(load)), REFUSED): int(str(count)) for load, count in refused}
    totals.update(dropped)
    violating.update(dropped)
    _write(store, totals, violating, found)
    unplanned = sum(n for (_, _, violation, _), n in found.items() if violation == UNPLANNED)
    dropped_count = sum(dropped.values())
    stored = totals.total() - dropped_count
    return PlanCounts(totals.total(), stored - unplanned, violating.total(), dropped_count)


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(text or "NULL") for text in value) if isinstance(value, list) else ()


def _write(
    store: Store,
    totals: Counter[tuple[int, str]],
    violating: Counter[tuple[int, str]],
    found: Counter[tuple[int, str, str, str]],
) -> None:
    import polars

    if totals:
        results = [
            (*load_and_name, n, violating[load_and_name]) for load_and_name, n in totals.items()
        ]
        names = ["load_id", "event_type", "total", "violating"]
        store.insert("plan_results", polars.DataFrame(results, schema=names, orient="row"))
    if found:
        broken = [(*key, count) for key, count in found.items()]
        names = ["load_id", "event_type", "violation", "key", "event_count"]
        store.insert("plan_violations", polars.DataFrame(broken, schema=names, orient="row"))


def violations(
    plan: EventsConfig,
    event_type: str,
    kinds: Sequence[str],
    keys: Sequence[str],
    wrong_keys: Sequence[str],
) -> Iterator[Violation]:
    """
    Every violation of one event; each may be named more than once.

    `kinds` are the types of its planned keys ("NULL" of an absent one), `keys` those that it
    has and that are not personal.
    """
    event = plan.events.get(event_type)
    if event is None:
        if plan.unplanned != "allow":
            yield Violation(UNPLANNED)
        return
    planned = planned_keys(event)
    for key, found in zip(planned, kinds, strict=True):
        if found == "NULL":
            if key in event.required:
                yield Violation("Required-Missing", key)
        elif not _has_type(found, event.properties.get(key)):
            yield Violation("Datatype-Mismatch", key)
    for key in wrong_keys:
        is_enum = isinstance(event.properties[key], EnumType)
        yield Violation("Unknown-Violation" if is_enum else "Datatype-Mismatch", key)
    for key in sorted({*keys} - {*event.required, *event.properties}):
        yield Violation("Additional-Properties", key)


def _has_type(found: str, kind: str | EnumType | None) -> bool:
    return kind is None or isinstance(kind, EnumType) or found in TYPES[kind]
