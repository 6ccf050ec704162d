"""
The relation of one file: its lines in canonical, normalised form, whatever its shape.

Decides between the two ways in: typed columns where the keys allow it, documents elsewhere.
"""

from pathlib import Path

from tsa_cli.config.events import EventsConfig
from tsa_cli.config.privacy import PrivacyConfig
from tsa_cli.config.sources import SourceConfig
from tsa_cli.steps.ingest import engine_input as engine
from tsa_cli.steps.ingest import parquet_columns as parquet
from tsa_cli.steps.ingest.bound_paths import expected_documents
from tsa_cli.steps.ingest.canonical import Reader, from_columns, from_documents, is_plain
from tsa_cli.steps.ingest.paths import pointer
from tsa_cli.steps.ingest.plan_sql import refusal
from tsa_cli.steps.ingest.settings import Policies
from tsa_cli.store import Fragment, Store, fragment_of

SAMPLED_ABOVE_BYTES = 64 << 20


def trusting(relation: Fragment, max_future_seconds: float) -> Fragment:
    """The same rows under a later limit of time."""
    limit = {"max_future_seconds": max_future_seconds}
    return Fragment(relation.sql, {**relation.params, **limit})


def relation_of_lines(
    store: Store, source: SourceConfig, path: Path, sample: Path, policies: Policies
) -> Fragment:
    """
    The normalised relation of a JSONL file.

    `sample` is what the keys are discovered in: the file itself, or slices of a large one.
    """
    keys, property_keys = discovered_keys(store, engine.documents_reader(sample), source)
    held = _personal_among(keys | property_keys, policies.privacy)
    if is_plain(keys, property_keys, source, {*held}):
        objects = {*source.properties, *source.traits, *source.consent}
        columns = sorted(keys) or ["event"]
        reader = Reader(engine.line_columns_reader(path, columns, objects), tuple(columns))
        canonical = from_columns(source, reader)
    else:
        canonical = from_documents(source, Reader(engine.documents_reader(path)), held, keys)
    return _normalised(canonical, source, policies)


def relation_of_parquet(
    store: Store, source: SourceConfig, path: Path, policies: Policies
) -> Fragment:
    """The normalised relation of a Parquet file, with any columns, in any order."""
    columns = parquet.columns_of(store, path)
    if source.is_plain() and not parquet.has_open_keys(columns, source.properties):
        property_keys = parquet.property_keys(store, path, columns, source)
        personal = {*_personal_among(property_keys, policies.privacy)}
        if is_plain(set(columns), property_keys, source, personal):
            reader, names = parquet.typed(path, columns, source)
            canonical = from_columns(source, Reader(reader, tuple(names)))
            return _normalised(canonical, source, policies)
    documents = parquet.documents(store, path)
    keys, property_keys = discovered_keys(store, documents, source)
    held = _personal_among(keys | property_keys, policies.privacy)
    canonical = from_documents(source, Reader(documents), held, keys)
    return _normalised(canonical, source, policies)


def discovered_keys(
    store: Store, documents: Fragment, source: SourceConfig
) -> tuple[set[str], set[str]]:
    """(the top-level keys, the keys inside the properties) of the documents."""
    rows = store.rows(
        "1_events/discovered_keys.sql",
        {"documents": expected_documents(source, documents)},
        properties=[pointer(path) for path in source.property_paths()],
    )
    top = {str(key) for key, is_top in rows if is_top}
    return top, {str(key) for key, is_top in rows if not is_top}


def event_names(plan: EventsConfig, source: SourceConfig) -> dict[str, str]:
    """Names as sent → names of the plan: the mapping's own first, then the plan's aliases."""
    aliases = plan.canonical_names()
    mapped = {name: aliases.get(to, to) for name, to in source.event_names.items()}
    return aliases | mapped


def _personal_among(keys: set[str], privacy: PrivacyConfig) -> dict[str, str]:
    """{personal key: the trait that it stands for} of those among `keys`."""
    return {key: privacy.trait_key(key) for key in sorted(keys) if privacy.is_personal(key)}


def _normalised(canonical: Fragment, source: SourceConfig, policies: Policies) -> Fragment:
    names = event_names(policies.plan, source)
    return fragment_of(
        "1_events/normalised.sql",
        {"canonical": canonical, "plan_reason": refusal(policies.plan, names)},
        now_ts=policies.now_ts,
        min_ts=policies.tsa.min_timestamp.replace(tzinfo=None),
        max_future_seconds=policies.tsa.max_future.total_seconds(),
    )
