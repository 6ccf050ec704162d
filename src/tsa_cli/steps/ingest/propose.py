"""
A first mapping and tracking plan for a file that fits none: guesses to be read, not to be trusted.

Pure: sampled documents in, the text of two YAML files out. Values are shown as shapes only
(letters x, digits 9); names of events and keys are shown as they are, but for addresses.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tsa_cli.config.events import EventsConfig
from tsa_cli.config.source_paths import is_path_of_text
from tsa_cli.quantities import quantity
from tsa_cli.steps.ingest.profile import KeyProfile, profiles
from tsa_cli.steps.ingest.proposed_plan import Kept, is_name, plan_text, quoted, remark, shown

_URL = re.compile(r"(https?:)?//[^\s]+|/[^\s]*")
_IP = re.compile(r"(\d{1,3}\.){3}\d{1,3}|[0-9A-Fa-f]*:[0-9A-Fa-f:]+:[0-9A-Fa-f.]*")
_CODE = re.compile(r"[A-Za-z]+([_:-][A-Za-z]+)+")  # quote_seen, order-placed: no name of a person
_HANDFUL = 10
_MOST_EVENT_NAMES = 200
_MOST_LABELS = 0.2  # of the lines: a text with more values is no label of theirs
_OBJECTS = re.compile(
    r"(?i)(event_?)?(properties|props|attributes|attrs|payload|params|parameters|data)"
)
_PEOPLE = re.compile(r"(?i)(user_?)?(traits|profile|properties)|user|customer|person|visitor")

Test = Callable[[KeyProfile], bool]


@dataclass(frozen=True)
class Proposal:
    """The texts of `configs/sources/NAME.yaml` and of an `events.yaml`."""

    mapping: str
    plan: str


@dataclass(frozen=True)
class _Guess:
    """What the last key of a field is called, best first, and what its values look like."""

    field: str
    names: tuple[str, ...]
    fits: Test


def _is_scalar(profile: KeyProfile) -> bool:
    return not {"object", "array", "boolean"} & set(profile.types)


def _all_match(pattern: re.Pattern[str]) -> Test:
    return lambda profile: bool(profile.values) and all(map(pattern.fullmatch, profile.values))


def _is_unique(profile: KeyProfile) -> bool:
    return _is_scalar(profile) and max(profile.values.values(), default=2) == 1


def _is_name(profile: KeyProfile) -> bool:
    few = len(profile.values) <= min(_MOST_EVENT_NAMES, max(1, profile.filled_count * 0.7))
    is_text = set(profile.types) == {"string"} and not profile.time_count
    return is_text and few and not any(map(_URL.fullmatch, profile.values))


def _is_event(profile: KeyProfile) -> bool:
    """A name; of a handful of lines each may have its own, when it looks like one of an event."""
    few = profile.filled_count <= _HANDFUL and set(profile.types) == {"string"}
    return _is_name(profile) or (few and _all_match(_CODE)(profile))


_TIMES = (
    r"timestamp",
    r"ts|time|event_?(time|ts)",
    r"(occurred|happened|sent|created)_?(at|on)?",
    r".*(time|date|_at|_ts).*",
    r".*",
)
_EVENTS = (
    r"event|event_?(name|type)|evt_?(name|type)?",
    r"(action|activity|verb|interaction)(_?(name|type))?",
    r"name|type|kind|what",
)
_USERS = (
    r"(user|usr)_?(id|uuid|guid)",
    r"(cust(omer)?|member|account|person|login|profile)_?(id|no|nr|number|uuid|guid)?",
    r"uid|user|who",
)
_DEVICES = (
    r"anon.*",
    r"(visitor|device|client|cookie|browser)_?(id|uuid|guid)",
    r"fingerprint|distinct_id|uuid",
    r"visitor|device|cookie",
)
_GUESSES = (
    _Guess("timestamp", _TIMES, lambda profile: profile.time_count == profile.filled_count),
    _Guess("event", _EVENTS, _is_event),
    _Guess("user_id", _USERS, _is_scalar),
    _Guess("anonymous_id", _DEVICES, _is_scalar),
    _Guess(
        "event_id",
        (r"event_?id|message_?id|insert_?id", r"uuid|guid|id|_id", r".*_?id"),
        _is_unique,
    ),
    _Guess("session_id", (r"session_?id", r".*session.*", r"visit_?id"), _is_scalar),
    _Guess(
        "referrer_url", (r".*refer?rer.*", r"from|prev(ious)?(_?(page|url))?"), _all_match(_URL)
    ),
    _Guess(
        "page_url",
        (r"(page_?)?(url|location|href)", r"page(_?path)?|path|.*url"),
        _all_match(_URL),
    ),
    _Guess("user_agent", (r"(http_?)?user_?agent|ua", r".*agent.*"), _is_scalar),
    _Guess("ip", (r"(client_?|remote_?)?ip(_?addr(ess)?)?", r".*"), _all_match(_IP)),
)


def propose(
    name: str,
    documents: Sequence[Mapping[str, object]],
    plan: EventsConfig | None = None,
    is_personal: Callable[[str], bool] = lambda _: False,
) -> Proposal:
    """
    Both YAML texts; they validate, and what was not found stands in them as a comment: a mapping
    without an event's name, time or id is refused by that until somebody names the path.

    `name` is the mapping's; events that `plan` knows already, by name or alias, are left out of
    the proposed plan, and so is every key that `is_personal`: ingest makes a trait of it.
    """
    filled = [profile for profile in profiles(documents) if profile.filled_count]
    found = [p for p in filled if all(map(is_name, p.keys)) and is_path_of_text(p.path)]
    fields = _fields(found)
    objects = [p for p in found if p.keys[-1:] and _is_whole(p, _OBJECTS)]
    people = [p for p in found if _is_whole(p, _PEOPLE) and p not in objects]
    known = set(plan.events) | set(plan.canonical_names()) if plan else set[str]()
    return Proposal(
        _mapping_text(name, found, fields, objects, people)
        + "# a key that is an address or a number is left out: has the table a header?\n"
        * (len(found) < len(filled)),
        plan_text(documents, Kept(fields, objects, people, is_personal), known),
    )


def _fields(found: Sequence[KeyProfile]) -> dict[str, KeyProfile]:
    """The profile taken for each field: the best name, then the fullest, then the shallowest."""
    taken: dict[str, KeyProfile] = {}
    for guess in _GUESSES:
        candidates = [
            (rank, -profile.filled_count, len(profile.keys), at, profile)
            for at, profile in enumerate(found)
            if profile not in taken.values() and guess.fits(profile)
            for rank, pattern in enumerate(guess.names)
            if any(re.fullmatch(f"(?i)({pattern})", word) for word in _words(profile))
        ]
        if candidates:
            taken[guess.field] = min(candidates, key=lambda candidate: candidate[:4])[4]
    if "event" not in taken and (label := _label(found, [*taken.values()])):
        taken["event"] = label
    return taken


def _label(found: Sequence[KeyProfile], taken: Sequence[KeyProfile]) -> KeyProfile | None:
    """The text of few values that is the likeliest event name, whatever its key is called."""
    few = [
        profile
        for profile in found
        if profile not in taken
        and _is_name(profile)
        and len(profile.values) <= max(2, _MOST_LABELS * profile.filled_count)
    ]
    return min(few, key=lambda p: (len(p.values) == 1, -p.filled_count, len(p.keys)), default=None)


def _is_whole(profile: KeyProfile, pattern: re.Pattern[str]) -> bool:
    return set(profile.types) == {"object"} and bool(pattern.fullmatch(_words(profile)[0]))


def _words(profile: KeyProfile) -> list[str]:
    """The last key as one word, then with the one above: the id of a user is a user_id."""
    return [_word(*profile.keys[-1:]), _word(*profile.keys[-2:])]


def _word(*keys: str) -> str:
    """Keys as one word: "Visitor ID", "visitor-id" and "@visitor.id" are visitor_id."""
    return re.sub(r"\W+", "_", "_".join(keys)).strip("_")


def _mapping_text(
    name: str,
    found: Sequence[KeyProfile],
    fields: Mapping[str, KeyProfile],
    objects: Sequence[KeyProfile],
    people: Sequence[KeyProfile],
) -> str:
    sure = [fields[f] for f in ("event", "timestamp") if f in fields]
    count = found[0].document_count if found else 0
    lines = [
        f"# configs/sources/{name}.yaml, proposed from {quantity(count, 'line')}:"
        " read it before you use it.",
        "version: 1",
        f"title: {quoted(name)}",
        f"detect: {{all_paths: [{', '.join(quoted(p.path) for p in sure)}]}}",
        "fields:" if fields else "fields: {}",
    ]
    for guess in _GUESSES:
        profile = fields.get(guess.field)
        if profile is None:
            lines.append(f"  # {guess.field}: not found")
        else:
            lines.append(f"  {guess.field}: [{quoted(profile.path)}]{remark(profile)}")
    lines.append(f"properties: [{', '.join(quoted(p.path) for p in objects)}]")
    lines.append(f"traits: [{', '.join(quoted(p.path) for p in people)}]")
    lines.append("# every key that was seen")
    lines += [f"#   {shown(p.path)}{remark(p)}" for p in found]
    return "\n".join(lines) + "\n"
