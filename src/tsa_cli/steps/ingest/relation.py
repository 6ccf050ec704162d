"""
The relation of one file: its lines in canonical, normalised form, whatever its shape.

Decides between the two ways in: typed columns where the keys allow it, documents elsewhere.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tsa_cli.config.events import EventsConfig
from tsa_cli.config.privacy import PrivacyConfig
from tsa_cli.config.sources import SourceConfig
from tsa_cli.config.tsa import TsaConfig
from tsa_cli.enrich.redaction import PERSONAL_ADDRESS, PERSONAL_PARAMETER, URL_CREDENTIALS
from tsa_cli.steps.ingest import engine_input as engine
from tsa_cli.steps.ingest.canonical import Reader, from_columns, from_documents
from tsa_cli.steps.ingest.detect import is_plain_native
from tsa_cli.steps.ingest.plan import refusal
from tsa_cli.store import Fragment, Store, fragment_of, quoted

SAMPLED_ABOVE_BYTES = 64 << 20
_TEXT_LIKE = ("VARCHAR", "ENUM", "UUID")
_INSTANTS = ("TIMESTAMP", "DATE")


@dataclass(frozen=True)
class Policies:
    """What all files of a run share."""

    tsa: TsaConfig
    plan: EventsConfig
    privacy: PrivacyConfig
    now_ts: datetime


def personal_names(privacy: PrivacyConfig) -> set[str]:
    """Every key, alias or not, that holds a personal value."""
    names = set(privacy.pii)
    for name in privacy.pii:
        names |= set(privacy.trait_aliases.get(name, ()))
    return names


def relation_of_lines(
    store: Store, source: SourceConfig, path: Path, sample: Path, policies: Policies
) -> Fragment:
    """
    The normalised relation of a JSONL file.

    `sample` is what the keys are discovered in: the file itself, or slices of a large one.
    """
    keys, property_keys = discovered_keys(store, sample, source)
    personal = personal_names(policies.privacy)
    if is_plain_native(keys, property_keys, source, personal):
        objects = {*source.properties, *source.traits, *source.consent}
        columns = sorted(keys) or ["event"]
        reader = Reader(engine.line_columns_reader(path, columns, objects), tuple(columns))
        canonical = from_columns(source, reader)
    else:
        held = sorted(personal & (keys | property_keys))
        canonical = from_documents(source, Reader(engine.documents_reader(path)), held)
    return _normalised(canonical, policies)


def relation_of_parquet(
    store: Store, source: SourceConfig, path: Path, policies: Policies
) -> Fragment:
    """The normalised relation of a Parquet file, with any columns, in any order."""
    columns = {
        str(row["column_name"]): str(row["column_type"])
        for row in store.records("1_events/parquet_columns.sql", path=str(path))
    }
    personal = personal_names(policies.privacy)
    property_keys = _struct_keys(columns, source) | _text_keys(store, path, columns, source)
    if is_plain_native(set(columns), property_keys, source, personal) and not _is_map(columns, source):
        shown = _shown_columns(columns, source)
        reader = Reader(engine.parquet_columns_reader(path, shown), tuple(_names(columns, source)))
        canonical = from_columns(source, reader)
    else:
        held = sorted(personal & (set(columns) | property_keys))
        canonical = from_documents(source, Reader(engine.parquet_documents_reader(path)), held)
    return _normalised(canonical, policies)


def discovered_keys(
    store: Store, path: Path, source: SourceConfig
) -> tuple[set[str], set[str]]:
    """(the top-level keys, the keys inside the properties) of the lines of a file."""
    rows = store.rows(
        "1_events/discovered_keys.sql",
        {"documents": engine.documents_reader(path)},
        properties=[f"/{name}" for name in source.properties],
    )
    top = {str(key) for key, is_top in rows if is_top}
    return top, {str(key) for key, is_top in rows if not is_top}


def _normalised(canonical: Fragment, policies: Policies) -> Fragment:
    return fragment_of(
        "1_events/normalised.sql",
        {"canonical": canonical, "plan_reason": refusal(policies.plan)},
        now_ts=policies.now_ts,
        min_ts=policies.tsa.min_timestamp.astimezone(UTC).replace(tzinfo=None),
        max_future_seconds=policies.tsa.max_future.total_seconds(),
        ip_policy=policies.privacy.ip,
        url_credentials=URL_CREDENTIALS,
        url_parameter=PERSONAL_PARAMETER,
        url_address=PERSONAL_ADDRESS,
    )


def _struct_keys(columns: dict[str, str], source: SourceConfig) -> set[str]:
    """The keys that a struct column of properties declares; a map's or a text's are unknown."""
    from re import findall

    found: set[str] = set()
    for name in source.properties:
        kind = columns.get(name, "")
        if kind.startswith("STRUCT"):
            found |= {a or b for a, b in findall(r'[(,]\s*(?:"([^"]+)"|(\w+))\s', kind)}
    return found


def _text_keys(
    store: Store, path: Path, columns: dict[str, str], source: SourceConfig
) -> set[str]:
    """The keys inside properties that are a column of JSON text, seen in its first rows."""
    texts = [n for n in source.properties if columns.get(n, "").startswith(("VARCHAR", "JSON"))]
    if not texts:
        return set()
    column = Fragment(quoted(texts[0]))
    rows = store.rows("1_events/parquet_text_keys.sql", {"column": column}, path=str(path))
    return {str(key) for (key,) in rows}


def _is_map(columns: dict[str, str], source: SourceConfig) -> bool:
    return any(columns.get(name, "").startswith("MAP") for name in source.properties)


def _names(columns: dict[str, str], source: SourceConfig) -> list[str]:
    names = list(columns)
    ts = next((path for path in source.fields.get("timestamp", []) if path in columns), None)
    if ts and columns[ts].startswith(_INSTANTS):
        names = ["c_event_ts" if name == ts else name for name in names]
    return names


def _shown_columns(columns: dict[str, str], source: SourceConfig) -> dict[str, str]:
    """How each column is read: instants as timestamps, objects as JSON, the rest as text."""
    objects = {*source.properties, *source.traits, *source.consent}
    shown = {}
    for name, read_as in zip(columns, _names(columns, source), strict=True):
        kind, column = columns[name], quoted(name)
        if read_as == "c_event_ts":
            cast = f"{column} at time zone 'UTC'" if "ZONE" in kind else f"cast({column} as timestamp)"
            shown["c_event_ts"] = cast
        elif name in objects and kind.startswith(("VARCHAR", "JSON")):
            shown[column] = f"coalesce(try_cast({column} as json), to_json({column}))"
        elif name in objects:
            shown[column] = f"to_json({column})"
        else:
            shown[column] = f"cast({column} as varchar)"
    return shown
