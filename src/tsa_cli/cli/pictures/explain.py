"""
One person on a terminal: who they are, their visits, each try at a funnel, what came of them.
"""

from typing import TYPE_CHECKING

from tsa_cli.cli.pictures.drawing import (
    NOTHING,
    count,
    duration,
    heading,
    note,
    number,
    percent,
    table,
)
from tsa_cli.cli.pictures.rows import items, text
from tsa_cli.cli.plain import Plain
from tsa_cli.quantities import quantity

if TYPE_CHECKING:
    from rich.console import RenderableType

_MOST_ATTEMPTS = 10
_MOST_EDGES = 10
_MOST_UNITS = 5  # of a funnel of sessions or devices
_MOST_FACTORS = 5
_WIDE = 110

Item = dict[str, Plain]


def picture(data: Plain, width: int) -> "RenderableType":
    """The person's sections, one below the other."""
    from rich.console import Group

    report = data if isinstance(data, dict) else {}
    parts = [*_person(_part(report, "person")), *_identities(_part(report, "identities"))]
    parts += _sessions(_part(report, "sessions"), width)
    for funnel in items(report, "funnels"):
        parts += _funnel(funnel, width)
    parts += _events(_part(report, "events"), width)
    parts += _standing(report)
    return Group(*parts)


def _part(report: Item, key: str) -> Item:
    found = report.get(key)
    return found if isinstance(found, dict) else {}


def _person(person: Item) -> "list[RenderableType]":
    told = f"{text(person, 'user_id')}: seen from {_at(person, 'first_seen')}"
    told += f" to {_at(person, 'last_seen')}"
    if person.get("segment") is not None:
        told += f", {text(person, 'segment')}"
    parts: list[RenderableType] = [heading(told)]
    if person.get("asked") != person.get("user_id"):
        kind = text(person, "matched_as")
        article = "an" if kind == "anonymous id" else "a"
        parts.append(note(f"{text(person, 'asked')} is {article} {kind} of theirs"))
    traits = _part(person, "traits")
    if traits:
        parts.append(note(", ".join(f"{key} {text(traits, key)}" for key in traits)))
    return parts


def _identities(identities: Item) -> "list[RenderableType]":
    edges = items(identities, "edges")
    rows = [
        (
            f"{text(edge, 'anonymous_id')} {'≠' if edge.get('is_cut') else '='}"
            f" {text(edge, 'user_id')}",
            _at(edge, "first_seen")[:10],
            _at(edge, "last_seen")[:10],
            text(edge, "why"),
        )
        for edge in edges[:_MOST_EDGES]
    ]
    parts: list[RenderableType] = [note(""), heading("Ids"), note(text(identities, "why"))]
    if rows:
        parts.append(table(["link", "from", "to", "why"], [], rows))
    if len(edges) > len(rows):
        parts.append(note(f"… {quantity(len(edges) - len(rows), 'more link')}: --format json"))
    return parts


def _sessions(sessions: Item, width: int) -> "list[RenderableType]":
    latest, is_wide = items(sessions, "latest"), width >= _WIDE
    rows = [
        (
            _at(one, "start_time"),
            text(one, "channel"),
            *([text(one, "channel_rule"), text(one, "source_from")] if is_wide else []),
            text(one, "why"),
            duration(one.get("duration_seconds")),
            count(one.get("events_count")) + (" ✓" if one.get("is_conversion") else "  "),
        )
        for one in latest
    ]
    left = ["began", "channel", *(["by rule", "source from"] if is_wide else []), "why it began"]
    title = _of("Sessions", sessions.get("session_count"), len(latest))
    return [note(""), heading(title), *([table(left, ["length", "events"], rows)] if rows else [])]


def _funnel(funnel: Item, width: int) -> "list[RenderableType]":
    name, units = text(funnel, "name"), items(funnel, "units")
    if not units:
        told = f"Funnel {name}: none of their {text(funnel, 'count_by')}s entered"
        return [note(""), heading(told)]
    parts: list[RenderableType] = []
    for unit in units[:_MOST_UNITS]:
        of_unit = "" if text(funnel, "count_by") == "user" else f" ({text(unit, 'unit_id')})"
        step = f" after step {text(unit, 'last_step')}" if unit.get("state") == "dropped" else ""
        state = text(unit, "state").replace("_", " ") + step
        parts += [note(""), heading(f"Funnel {name}{of_unit}: {state}"), note(text(unit, "why"))]
        parts += _attempts(unit, width)
    if len(units) > _MOST_UNITS:
        more = quantity(len(units) - _MOST_UNITS, f"more {text(funnel, 'count_by')}")
        parts.append(note(f"… {more}: --format json"))
    return parts


def _attempts(unit: Item, width: int) -> "list[RenderableType]":
    """Step by step the attempt that counts, and a line for each where there are several."""
    attempts = items(unit, "attempts")
    counted = [one for one in attempts if one.get("is_counted")]
    shown = [*counted, *(one for one in attempts if one not in counted)][:_MOST_ATTEMPTS]
    rows = [
        (
            ("▶ " if one.get("is_counted") else "  ") + text(one, "number"),
            _at(one, "started_at"),
            text(one, "reached"),
            text(one, "why"),
        )
        for one in sorted(shown, key=lambda one: number(one.get("number")) or 0)
    ]
    parts = [_steps(one, width) for one in counted]
    if len(attempts) > len(counted):
        parts += [note("")] * len(counted)
        parts.append(table(["attempt", "began", "steps", "how it ended"], [], rows))
    more = int(number(unit.get("attempt_count")) or 0) - len(shown)
    if more > 0:
        listed = len(attempts) - len(shown)
        which = "" if listed == more else f" has the latest {count(listed)}"
        parts.append(note(f"… {quantity(more, 'more attempt')}: --format json{which}"))
    return parts


def _steps(attempt: Item, width: int) -> "RenderableType":
    """Which event filled each step, and when."""
    names = ["event_type", *(["event_id", "page_url"] if width >= _WIDE else [])]
    rows = [
        (
            f"{text(step, 'index')} {text(step, 'name')}",
            _at(step, "at"),
            *(text(step, name) for name in names),
        )
        for step in items(attempt, "steps")
    ]
    return table(["step", "at", *["event", "id", "page"][: len(names)]], [], rows)


def _events(events: Item, width: int) -> "list[RenderableType]":
    latest = items(events, "latest")
    title = _of("Events", events.get("event_count"), len(latest))
    types = ", ".join(
        f"{text(kind, 'event_type')} {count(kind.get('event_count'))}"
        for kind in items(events, "by_type")
    )
    parts: list[RenderableType] = [note(""), heading(title), note(types)]
    left_out = {
        "excluded_count": "left out (bots and the shop's own)",
        "new_count": "not sessionized yet",
    }
    told = [f"{count(events.get(key))} {what}" for key, what in left_out.items() if events.get(key)]
    if told:
        parts.append(note(f"not analysed: {', '.join(told)}"))
    keys = ["event_type", "page_url", *(["device_id"] if width >= _WIDE else [])]
    rows = [(_at(one, "event_timestamp"), *(text(one, key) for key in keys)) for one in latest]
    if rows:
        parts.append(table(["at", "event", "page", "device"][: len(keys) + 1], [], rows))
    return parts


def _standing(report: Item) -> "list[RenderableType]":
    """Scores with their factors, audiences, features: where there are any."""
    parts: list[RenderableType] = []
    scores = [
        (
            text(one, "model"),
            text(one, "band"),
            _factors(one),
            _cell(one.get("score")),
            percent(one.get("probability")),
        )
        for one in items(report, "scores")
    ]
    if scores:
        drawn = table(["model", "band", "factors"], ["score", "probability"], scores)
        parts += [note(""), heading("Scores"), drawn]
    if report.get("audiences") is not None:
        joined = [one for one in items(report, "audiences") if one.get("is_member")]
        names = ", ".join(text(one, "audience") for one in joined) or "in none"
        parts += [note(""), heading("Audiences"), note(names)]
    features = _part(report, "features")
    if features:
        told = ", ".join(f"{key} {_cell(features[key])}" for key in features)
        parts += [note(""), heading("Features"), note(told)]
    return parts


def _factors(score: Item) -> str:
    """The strongest factors with their signs."""
    factors = [(key, number(value) or 0.0) for key, value in _part(score, "factors").items()]
    return ", ".join(f"{key} {value:+.2f}" for key, value in factors[:_MOST_FACTORS])


def _cell(value: Plain) -> str:
    found = number(value)
    if found is not None:
        return f"{found:.4g}"
    return NOTHING if value is None else str(value)


def _of(what: str, total: Plain, shown: int) -> str:
    latest = f", the latest {shown}" if 0 < shown < (number(total) or 0) else ""
    return f"{what}: {count(total)}{latest}"


def _at(item: Item, key: str) -> str:
    """The moment to the second, as people read it."""
    return text(item, key)[:19].replace("T", " ") or NOTHING
