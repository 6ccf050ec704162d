"""
The tracking plan on the lines of a load: which are refused, and how many break it.

Types and keys are judged on the *shapes* of an event's properties: a million events have a few
dozen shapes, so the engine groups and Python decides.

writes  plan_results(load_id, event_type, total, violating), plan_violations(load_id, event_type,
        violation, key, event_count)
source  RudderStack, tracking plan violations: Unplanned-Event, Required-Missing,
        Datatype-Mismatch, Additional-Properties (definitions D3)
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from tsa_cli.config.events import EnumType, EventsConfig, PlannedEvent
from tsa_cli.store import Fragment, Store

_NUMBERS = {"BIGINT", "UBIGINT", "HUGEINT", "DOUBLE"}
_TYPES = {
    "string": {"VARCHAR"},
    "timestamp": {"VARCHAR"} | _NUMBERS,
    "integer": _NUMBERS - {"DOUBLE"},
    "number": _NUMBERS,
    "boolean": {"BOOLEAN"},
}


@dataclass(frozen=True)
class Violation:
    """One way in which a shape breaks the plan; `key` is "" for an unplanned event."""

    name: str
    key: str = ""


def refusal(plan: EventsConfig) -> Fragment:
    """The reason that the plan gives to refuse a row (`event_type`, `c_properties`), or null."""
    cases: list[str] = []
    params: dict[str, object] = {}
    event_type = "coalesce(names.event_type, o.c_event)"
    if plan.unplanned == "quarantine":
        params["plan_names"] = [*plan.events, "$identify", "$alias"]
        cases.append(f"when not list_contains($plan_names, {event_type}) then 'unplanned_event'")
    for number, (name, event) in enumerate(plan.events.items()):
        if event.policy == "allow" and event.additional != "quarantine":
            continue
        for at, (code, sql, values) in enumerate(_refusals(event, number)):
            key = f"plan_event_{number}"
            params |= {key: name, **values}
            cases.append(f"when {event_type} = ${key} and ({sql}) then '{code}' /* {at} */")
    return Fragment(f"case {' '.join(cases)} end" if cases else "null", params)


def _refusals(event: PlannedEvent, number: int) -> Iterator[tuple[str, str, dict[str, object]]]:
    keys = "json_keys(o.c_properties)"
    if event.policy == "quarantine" and event.required:
        name = f"plan_required_{number}"
        yield "required_missing", f"not list_has_all({keys}, ${name})", {name: event.required}
    if event.policy == "quarantine":
        for at, (key, kind) in enumerate(event.properties.items()):
            name = f"plan_value_{number}_{at}"
            sql, values = _wrong_value(kind, name)
            yield "datatype_mismatch", sql, {name: "/" + key.replace("~", "~0").replace("/", "~1"), **values}
    if event.additional == "quarantine":
        name = f"plan_known_{number}"
        known = sorted({*event.required, *event.properties})
        yield "additional_properties", f"not list_has_all(${name}, {keys})", {name: known}


def _wrong_value(kind: str | EnumType, name: str) -> tuple[str, dict[str, object]]:
    value = f"json_extract_string(o.c_properties, ${name})"
    if isinstance(kind, EnumType):
        allowed = [_text(choice) for choice in kind.enum]
        return f"{value} is not null and not list_contains(${name}_in, {value})", {f"{name}_in": allowed}
    found = f"json_type(o.c_properties, ${name})"
    if kind == "timestamp":
        return f"{value} is not null and {found} = 'VARCHAR' and try_cast({value} as timestamptz) is null", {}
    kinds = {"array": ["ARRAY"], "object": ["OBJECT"]}.get(kind) or sorted(_TYPES[kind])
    return f"{found} is not null and not list_contains(${name}_in, {found})", {f"{name}_in": [*kinds, "NULL"]}


def _text(choice: str | int | float | bool) -> str:
    return json.dumps(choice) if isinstance(choice, bool) else str(choice)


def record(store: Store, plan: EventsConfig, load_id: int) -> None:
    """Write what the load's stored events and its refused ones do to the plan."""
    totals: Counter[str] = Counter()
    violating: Counter[str] = Counter()
    found: Counter[tuple[str, str, str]] = Counter()
    shapes = store.rows("1_events/shapes_of_load.sql", load_id=load_id)
    for event_type, shape, event_count in shapes:
        name, count = str(event_type), int(str(event_count))
        totals[name] += count
        broken = set(violations(plan, name, json.loads(str(shape))))
        violating[name] += count if broken else 0
        for violation in broken:
            found[(name, violation.name, violation.key)] += count
    for event_type, event_count in store.rows("1_events/refused_by_plan.sql", load_id=load_id):
        totals[str(event_type)] += int(str(event_count))
        violating[str(event_type)] += int(str(event_count))
    _write(store, load_id, totals, violating, found)


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


def violations(plan: EventsConfig, event_type: str, shape: object) -> Iterator[Violation]:
    """Every violation of one event whose properties have this `json_structure`."""
    event = plan.events.get(event_type)
    if event is None:
        if plan.unplanned != "allow":
            yield Violation("Unplanned-Event")
        return
    keys = shape if isinstance(shape, dict) else {}
    if event.policy != "allow":
        for key in event.required:
            if keys.get(key, "NULL") == "NULL":
                yield Violation("Required-Missing", key)
        for key, kind in event.properties.items():
            if key in keys and not _has_type(keys[key], kind):
                yield Violation("Datatype-Mismatch", key)
    if event.additional != "allow":
        for key in keys.keys() - {*event.required, *event.properties}:
            yield Violation("Additional-Properties", key)


def _has_type(found: object, kind: str | EnumType) -> bool:
    if found == "NULL" or isinstance(kind, EnumType):  # values are judged where they are refused
        return True
    if kind == "array":
        return isinstance(found, list)
    if kind == "object":
        return isinstance(found, dict)
    return found in _TYPES[kind]


