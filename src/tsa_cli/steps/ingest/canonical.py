"""
A mapping becomes one select: the canonical text columns of every line of a file.

One of the named places that compose SQL: paths and names of the mapping are bound, never pasted.
Two ways in. Lines whose fields are all plain keys are read as typed columns (twice as fast), keys
that the mapping does not name as JSON; everything else is read as one JSON document a line, and
every field is looked up by its path.
"""

import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tsa_cli.config.sources import OUTSIDE, CanonicalField, SourceConfig
from tsa_cli.steps.ingest.bound_paths import without_nulls
from tsa_cli.steps.ingest.documents import DocumentSql
from tsa_cli.steps.ingest.paths import first_key, keys_of
from tsa_cli.store import Fragment, fragment_of, quoted

TEXT_FIELDS: tuple[CanonicalField, ...] = (
    "event_id", "event", "timestamp", "user_id", "anonymous_id", "session_id", "page_url",
    "referrer_url", "user_agent", "ip",
)  # fmt: skip

MOST_OPEN_KEYS = 100
INSTANT = "c_event_ts"  # the column of a reader that has the time as a moment, not as text


@dataclass(frozen=True)
class Reader:
    """A relation of raw lines: `document` (one JSON column `json`), or plain columns."""

    fragment: Fragment
    columns: tuple[str, ...] = ()  # empty: a document reader


def column_name(field: str) -> str:
    """The canonical column of a field, e.g. "timestamp" → "c_ts"."""
    return "c_ts" if field == "timestamp" else f"c_{field}"


def from_columns(source: SourceConfig, reader: Reader, *, is_counted: bool = False) -> Fragment:
    """
    The canonical select over typed columns; the reader has one for every path it names.

    Columns that none of them names are JSON, and go to the properties. `is_counted` asks for the
    number of keys that a line had.
    """
    present = set(reader.columns)
    texts: dict[CanonicalField, str] = {
        f: _coalesced_columns(source.fields.get(f, []), present) for f in TEXT_FIELDS
    }
    texts["anonymous_id"] = _anonymous_id(source, texts)
    properties = next((path for path in source.properties if path in present), None)
    slots = {column_name(field): Fragment(sql) for field, sql in texts.items()}
    slots["c_event_ts"] = Fragment(INSTANT if INSTANT in present else "null")
    own = _object_or_wrapped(properties, source.keep_rest)
    open_keys = open_keys_of(present - {INSTANT}, source) if source.keep_rest else []
    slots["c_properties"] = _with_open_keys(own, open_keys)
    slots["c_sent_properties"] = Fragment("null")
    for name, paths in (("c_traits", source.traits), ("c_consent", source.consent)):
        held = next((path for path in paths if path in present), None)
        slots[name] = Fragment(quoted(held) if held else "null")
    key_count = _key_count(present, properties, open_keys) if is_counted else "null"
    slots["c_key_count"] = Fragment(key_count)
    return fragment_of("1_events/canonical.sql", {**slots, "lines": reader.fragment})


def from_documents(
    source: SourceConfig, reader: Reader, personal_keys: Mapping[str, str], keys: set[str]
) -> Fragment:
    """
    The canonical select over one JSON document a line.

    Keys that no field consumed stay in the properties; what `personal_keys` (and the
    traits that they stand for) name leaves them for the traits.
    `keys` are the top-level keys that the file is known to have.
    """
    sql = DocumentSql(source, personal_keys, frozenset(keys))
    texts = {field: sql.field(field) for field in TEXT_FIELDS}
    texts["anonymous_id"] = _anonymous_id(source, texts)
    texts["page_url"] = sql.page_url()
    slots = {column_name(field): Fragment(text) for field, text in texts.items()}
    slots["c_event_ts"] = Fragment("null")
    slots["c_properties"] = Fragment(sql.properties())
    slots["c_sent_properties"] = Fragment(sql.sent_properties())
    slots["c_traits"] = Fragment(sql.traits())
    slots["c_consent"] = Fragment(sql.consent())
    slots["c_key_count"] = Fragment("null")
    slots["lines"] = sql.paths.lines(reader.fragment, source)  # last: it reads what they ask for
    return fragment_of("1_events/canonical.sql", slots)


def is_plain(
    keys: set[str], property_keys: set[str], source: SourceConfig, personal: set[str]
) -> bool:
    """True when typed top-level columns say everything that the lines carry."""
    fields = {*itertools.chain(*source.fields.values())}
    objects = {*source.properties, *source.traits, *source.consent}
    open_keys = {*open_keys_of(keys, source)}
    campaign = source.campaign_paths()
    names = {key.casefold() for key in keys}  # as those of columns are compared
    return (
        source.is_plain()
        and not _has_kinds(keys, source)
        and keys <= {path for path in fields | objects if path == first_key(path)} | open_keys
        and len(open_keys) <= MOST_OPEN_KEYS
        and not (keys | property_keys) & personal
        and not keys & fields & objects
        and not names & {"", INSTANT}
        and len(names) == len(keys)
        and _is_told_once(keys, source)
        and not keys.intersection(campaign)
        and not any(
            _may_lead(path, keys, property_keys, source) for path in {*fields, *objects, *campaign}
        )
    )


def has_objects_apart(source: SourceConfig) -> bool:
    """Whether no object is read twice, so that the keys that were read can be counted."""
    objects = [*source.properties, *source.traits, *source.consent]
    return len(objects) == len({*objects})


def open_keys_of(keys: Collection[str], source: SourceConfig) -> list[str]:
    """Those of the top-level keys that no path of the mapping begins with, sorted."""
    paths = [path for _, path in source.field_paths()]
    paths += [*source.property_paths(), *source.trait_paths(), *source.consent]
    return sorted({*keys} - {first_key(path) for path in paths})


def inner_keys_of_fields(source: SourceConfig) -> frozenset[str]:
    """The keys inside the properties that a path of the mapping goes on with."""
    paths = [*itertools.chain(*source.fields.values()), *source.traits, *source.consent]
    paths += source.campaign_paths()
    inside = (keys_of(path) for path in paths if first_key(path) in source.properties)
    return frozenset(keys[1] for keys in inside if len(keys) > 1)


def _has_kinds(keys: set[str], source: SourceConfig) -> bool:
    """Whether some kind of line that has these keys is read otherwise than the others."""

    def told(paths: Iterable[str]) -> list[str]:
        return [path for path in paths if first_key(path) in keys]

    return any(
        call.event is not None
        or call.properties is not None
        or call.traits is not None
        or any(told(own) != told(source.fields.get(name, [])) for name, own in call.fields.items())
        for call in source.calls()
    )


def _is_told_once(keys: set[str], source: SourceConfig) -> bool:
    """Whether no two keys compete for one field, or are put together in one object."""
    told = [*source.fields.values(), source.properties, source.traits, source.consent]
    return all(len(keys.intersection(paths)) < 2 for paths in told)


def _may_lead(path: str, keys: set[str], property_keys: set[str], source: SourceConfig) -> bool:
    """Whether a path may lead to something inside of one of the keys."""
    first, *inner = keys_of(path)
    is_elsewhere = first in source.properties and inner and inner[0] not in property_keys
    return bool(inner) and first in keys and not is_elsewhere


def _coalesced_columns(paths: Iterable[str], present: set[str]) -> str:
    columns = [f"nullif({quoted(path)}, '')" for path in paths if path in present]
    return f"coalesce({', '.join(columns)})" if columns else "null"


def _anonymous_id(source: SourceConfig, texts: Mapping[CanonicalField, str]) -> str:
    """The id as sent; of a line without any id its session's, where the mapping says so."""
    sent = texts["anonymous_id"]
    if not source.anonymous_by_session:
        return sent
    told = texts["session_id"]
    session = f"case when {texts['user_id']} is null and {told} <> '{OUTSIDE}' then {told} end"
    return f"coalesce({sent}, {session})"


def _with_open_keys(properties: Fragment, open_keys: Sequence[str]) -> Fragment:
    """The properties over the values of open keys, where a line has any."""
    if not open_keys:
        return properties
    columns = [quoted(key) for key in open_keys]
    names = {f"open_{place}": key for place, key in enumerate(open_keys)}
    pairs = ", ".join(f"${name}, {column}" for name, column in zip(names, columns, strict=True))
    own = properties.sql
    merged = f"json_merge_patch('{{}}', json_object({pairs}), {own})"
    sql = f"case when coalesce({', '.join(columns)}) is null then {own} else {merged} end"
    return Fragment(sql, {**properties.params, **names})


def _key_count(columns: Collection[str], properties: str | None, open_keys: Sequence[str]) -> str:
    """How many keys of a line have a value, but for those that stand in its properties then."""
    values = [f"{quoted(key)} is not null" for key in {*columns} - {properties, *open_keys}]
    if properties is not None:
        values.append(f"starts_with(cast({quoted(properties)} as varchar), '{{')")
    return (
        " + ".join(f"cast(coalesce({value}, false) as integer)" for value in sorted(values)) or "0"
    )


def _object_or_wrapped(column: str | None, keep_rest: bool) -> Fragment:
    if column is None:
        return Fragment("'{}'")
    name, text = quoted(column), f"cast({quoted(column)} as varchar)"
    other = f"json_object($wrapped_key, {name})" if keep_rest else "cast('{}' as json)"
    return Fragment(
        f"case when {text} is null or {text} = 'null' then cast('{{}}' as json)"
        f" when not starts_with({text}, '{{') then {other}"
        f" else {without_nulls(name)} end",
        {"wrapped_key": column} if keep_rest else {},
    )
