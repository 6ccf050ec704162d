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


# How many events have one event type, types of the planned keys, keys, and wrong keys.
Judged = Counter[tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]]


class Judge:
    """
    Asks the engine what the plan needs to know of events.

    A key that `is_personal` is none that the plan does not name: it is privacy.yaml's to judge.
    """

    def __init__(self, plan: EventsConfig, is_personal: Callable[[str], bool]) -> None:
        self._columns = judged_columns(plan)
        self._is_personal = is_personal

    def judged(self, engine: Store, events: Fragment) -> Judged:
        """What the plan judges by, of a relation (event_type, properties, event_count)."""
        slots = {**self._columns, "events": events}
        found: Judged = Counter()
        for event_type, kinds, keys, wrong, count in engine.rows("1_events/plan_kinds.sql", slots):
            named = tuple(key for key in _texts(keys) if not self._is_personal(key))
            found[(str(event_type), _texts(kinds), named, _texts(wrong))] += int(str(count))
        return found


def record(store: Store, plan: EventsConfig, load_id: int, judged: Judged) -> PlanCounts:
    """Write what the load's stored events and its refused ones do to the plan; the four counts."""
    totals: Counter[str] = Counter()
    violating: Counter[str] = Counter()
    found: Counter[tuple[str, str, str]] = Counter()
    for (name, kinds, keys, wrong), count in judged.items():
        totals[name] += count
        broken = {*violations(plan, name, kinds, keys, wrong)}
        violating[name] += count if broken else 0
        for violation in broken:
            found[(name, violation.name, violation.key)] += count
    dropped = store.count("1_events/refused_by_plan.sql", load_id=load_id)
    if dropped:
        totals[REFUSED] = violating[REFUSED] = dropped
    _write(store, load_id, totals, violating, found)
    unplanned = sum(n for (_, violation, _), n in found.items() if violation == "Unplanned-Event")
    stored = totals.total() - dropped
    return PlanCounts(totals.total(), stored - unplanned, violating.total(), dropped)


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(text or "NULL") for text in value) if isinstance(value, list) else ()


def _write(
    store: Store,
    load_id: int,
    totals: Counter[str],
    violating: Counter[str],
    found: Counter[tuple[str, str, str]],
) -> None:
    import polars

    if totals:
        names = list(totals)
        frame = polars.DataFrame(
            {"load_id": [load_id] * len(names), "event_type": names,
             "total": [totals[n] for n in names], "violating": [violating[n] for n in names]}
        )  # fmt: skip
        store.insert("plan_results", frame)
    if found:
        keys = list(found)
        frame = polars.DataFrame(
            {"load_id": [load_id] * len(keys), "event_type": [k[0] for k in keys],
             "violation": [k[1] for k in keys], "key": [k[2] for k in keys],
             "event_count": [found[k] for k in keys]}
        )  # fmt: skip
        store.insert("plan_violations", frame)


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
            yield Violation("Unplanned-Event")
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
