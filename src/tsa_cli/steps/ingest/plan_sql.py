"""
The tracking plan as SQL: what refuses a line, and what is asked of the events that were stored.

One of the named places that compose SQL: names, keys and values of the plan are bound.
"""

from collections.abc import Iterator, Mapping

from tsa_cli.config.events import EnumType, EventsConfig, PlannedEvent
from tsa_cli.config.privacy import PrivacyConfig
from tsa_cli.config.sources import CALLS
from tsa_cli.json_pointers import pointer_of
from tsa_cli.operators import condition_sql
from tsa_cli.relations import Column
from tsa_cli.store import Fragment, fragment_of

_NO_KEYS = "cast([] as varchar[])"
_SENT = "coalesce(o.c_sent_properties, o.c_properties)"
_MOMENT = fragment_of("1_events/moment.sql", {"text": Fragment("said")}).sql
_NUMBERS = {"BIGINT", "UBIGINT", "HUGEINT", "DOUBLE"}
TYPES = {
    "string": {"VARCHAR"},
    "timestamp": {"VARCHAR"} | _NUMBERS,
    "integer": _NUMBERS,  # 10.0 is one: its value says so
    "number": _NUMBERS,
    "boolean": {"BOOLEAN"},
    "array": {"ARRAY"},
    "object": {"OBJECT"},
}


def refusal(plan: EventsConfig, event_names: Mapping[str, str], privacy: PrivacyConfig) -> Fragment:
    """
    The reason that the plan gives to refuse a row (`c_event`, its properties as sent), or null.

    It is a code, or `CODE:DETAIL` where a planned property is at fault: the detail names that.
    `event_names` are names as sent → canonical; what `privacy` names is no additional property.
    """
    cases: list[str] = []
    params: dict[str, object] = {}
    if any(event.additional == "quarantine" for event in plan.events.values()):
        params["plan_personal"] = rf"(?i)\s*(?:{privacy.spellings()})\s*"
    sent = _names_as_sent(plan, event_names)
    if plan.unplanned == "quarantine":
        params["plan_names"] = [*(name for names in sent.values() for name in names), *CALLS]
        cases.append("when not list_contains($plan_names, o.c_event) then 'unplanned_event'")
    for number, (name, event) in enumerate(plan.events.items()):
        if event.policy == "allow" and event.additional != "quarantine":
            continue
        for sql, reason, values in _refusals(event, number):
            key = f"plan_event_{number}"
            params |= {key: sent[name], **values}
            cases.append(f"when list_contains(${key}, o.c_event) and ({sql}) then {reason}")
    return Fragment(f"case {' '.join(cases)} end" if cases else "null", params)


def _names_as_sent(plan: EventsConfig, event_names: Mapping[str, str]) -> dict[str, list[str]]:
    """Each planned event with every name under which it comes."""
    sent = {name: [] if event_names.get(name, name) != name else [name] for name in plan.events}
    for name, canonical in event_names.items():
        if canonical in sent and name not in sent[canonical]:
            sent[canonical].append(name)
    return sent


def _refusals(event: PlannedEvent, number: int) -> Iterator[tuple[str, str, dict[str, object]]]:
    """(the condition, the reason that it gives, the values of both)."""
    filled = f"json_keys(json_merge_patch('{{}}', {_SENT}))"
    if event.policy == "quarantine" and event.required:
        name = f"plan_required_{number}"
        kinds = f"json_type({_SENT}, ${name})"
        absent = f"list_transform({kinds}, lambda kind: coalesce(kind, 'NULL'))"
        pointers = [pointer_of(key) for key in event.required]
        keys: dict[str, object] = {name: pointers, f"{name}_keys": event.required}
        missing = f"${name}_keys[list_position({absent}, 'NULL')]"
        reason = f"'required_missing:' || {missing} || ' is missing; the tracking plan requires it'"
        yield f"list_contains({absent}, 'NULL')", reason, keys
    if event.policy == "quarantine":
        for at, (key, kind) in enumerate(event.properties.items()):
            name = f"plan_value_{number}_{at}"
            sql, values = _wrong_value(_SENT, kind, name)
            told = f"datatype_mismatch:{key} {_wrong(kind)}"
            yield sql, f"${name}_told", {name: pointer_of(key), f"{name}_told": told, **values}
    if event.additional == "quarantine":
        name = f"plan_known_{number}"
        known = sorted({*event.required, *event.properties})
        is_other = f"not list_contains(${name}, key) and not regexp_full_match(key, $plan_personal)"
        others = f"list_filter({filled}, lambda key: {is_other})"
        yield f"len({others}) > 0", "'additional_properties'", {name: known}  # sent: maybe personal


def _wrong(kind: str | EnumType) -> str:
    """What a value is that the plan does not allow, without the value: it may be personal."""
    if isinstance(kind, EnumType):
        return "is none of the values that the tracking plan lists"
    return f"is of another type than the tracking plan's {kind}"


def _wrong_value(document: str, kind: str | EnumType, name: str) -> tuple[str, dict[str, object]]:
    """
    (the condition, its values beside the pointer $name); null and absent are never wrong.

    A value is one of an enum when a matcher's `in` would find it there: 10.0 is 10. So is it an
    integer (JSON Schema, since draft 6), as Segment and pandas write it.
    """
    value = f"json_extract_string({document}, ${name})"
    if isinstance(kind, EnumType):
        values: dict[str, object] = {}

        def bind(choice: object) -> str:
            values[f"{name}_{len(values)}"] = choice
            return f"${name}_{len(values) - 1}"

        held = Column(f"json_extract({document}, ${name})", "json", "properties")
        is_other = condition_sql(held, "not_in", kind.enum, bind)
        return f"{value} is not null and {is_other}", values
    found = f"json_type({document}, ${name})"
    wrong = f"not list_contains(${name}_in, {found})"
    if kind == "timestamp":
        # Few bare digits in a text are rather a year or an id than a time before 1973.
        is_short = f"{found} = 'VARCHAR' and regexp_full_match({value}, '-?\\d{{1,8}}(\\.\\d*)?')"
        moment = f"list_transform([{value}], lambda said: {_MOMENT})[1]"
        wrong += f" or {value} is not null and {moment} is null or {is_short}"
    if kind == "integer":
        wrong += f" or {found} = 'DOUBLE' and {_has_fraction(value)}"
    return f"coalesce({wrong}, false)", {f"{name}_in": [*sorted(TYPES[kind]), "NULL"]}


def _has_fraction(text: str) -> str:
    """Of a text that is no number, and of a number beyond all doubles, false."""
    return f"coalesce(nullif(try_cast({text} as double) % 1, 'nan'::double), 0) <> 0"


def judged_columns(plan: EventsConfig) -> dict[str, Fragment]:
    """
    What is asked of each stored row, as VARCHAR[] expressions by slot name.

    `kinds` are the types of the event's planned keys, in the order of `planned_keys`; `keys` all
    keys of the properties, where others are judged; `wrong_keys` those whose value is not allowed.
    """
    kinds: list[str] = []
    keys: list[str] = []
    wrong: list[str] = []
    params: dict[str, object] = {}
    for number, (name, event) in enumerate(plan.events.items()):
        at = f"plan_judged_{number}"
        planned = planned_keys(event)
        tests, values = _value_tests(event, at)
        if planned:
            params[f"{at}_keys"] = [pointer_of(key) for key in planned]
            kinds.append(f"when ${at} then json_type(properties, ${at}_keys)")
        if event.additional != "allow":
            keys.append(f"when ${at} then json_keys(json_merge_patch('{{}}', properties))")
        if tests:
            params |= values
            kept = f"list_filter([{', '.join(tests)}], lambda key: key is not null)"
            wrong.append(f"when ${at} then {kept}")
        params[at] = name
    slots = {"kinds": kinds, "keys": keys, "wrong_keys": wrong}
    return {name: _by_event(cases, params) for name, cases in slots.items()}


def planned_keys(event: PlannedEvent) -> list[str]:
    """The keys whose types are judged, each once."""
    judged = [*event.required, *event.properties] if event.policy != "allow" else []
    return list(dict.fromkeys(judged))


def _by_event(cases: list[str], params: dict[str, object]) -> Fragment:
    if not cases:
        return Fragment(_NO_KEYS)
    return Fragment(f"case t.event_type {' '.join(cases)} else {_NO_KEYS} end", params)


def _value_tests(event: PlannedEvent, at: str) -> tuple[list[str], dict[str, object]]:
    """(expressions of a key or null, their values) of the properties that are judged by value."""
    tests: list[str] = []
    params: dict[str, object] = {}
    judged = {key: kind for key, kind in event.properties.items() if _needs_value(kind)}
    for number, (key, kind) in enumerate(judged.items() if event.policy != "allow" else ()):
        name = f"{at}_value_{number}"
        if kind == "integer":  # its type is judged by `kinds`, and one look at the value is enough
            sql = _has_fraction(f"json_extract_string(properties, ${name})")
            values: dict[str, object] = {}
        else:
            sql, values = _wrong_value("properties", kind, name)
        tests.append(f"case when {sql} then ${name}_key end")
        params |= {name: pointer_of(key), f"{name}_key": key, **values}
    return tests, params


def _needs_value(kind: str | EnumType) -> bool:
    return kind in ("timestamp", "integer") or isinstance(kind, EnumType)
