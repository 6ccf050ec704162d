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
from tsa_cli.steps.ingest.bound_paths import expected_documents, open_keys_inside
from tsa_cli.steps.ingest.canonical import (
    Reader,
    from_columns,
    from_documents,
    has_objects_apart,
    inner_keys_of_fields,
    is_plain,
    open_keys_of,
)
from tsa_cli.steps.ingest.column_names import Mapped
from tsa_cli.steps.ingest.met_keys import MetKeys
from tsa_cli.steps.ingest.paths import pointer
from tsa_cli.steps.ingest.plan_sql import refusal
from tsa_cli.steps.ingest.settings import Policies
from tsa_cli.steps.ingest.unseen_keys import UnseenKeys
from tsa_cli.steps.ingest.written_objects import reading_texts
from tsa_cli.store import Fragment, Store, fragment_of

SAMPLED_ABOVE_BYTES = 4 << 20
SAMPLED_ABOVE_ROWS = 200_000  # of a Parquet file


def trusting(relation: Fragment, max_future_seconds: float) -> Fragment:
    """The same rows under a later limit of time."""
    limit = {"max_future_seconds": max_future_seconds}
    return Fragment(relation.sql, {**relation.params, **limit})


def relation_of_lines(
    store: Store,
    source: SourceConfig,
    path: Path,
    sample: Path,
    policies: Policies,
    met: MetKeys | None = None,
) -> tuple[Fragment, UnseenKeys | None]:
    """
    (the normalised relation of a JSONL file, what its sample may not have shown).

    `sample` is what the keys are discovered in: the file itself, or slices of a large one. Of that,
    all lines are searched for top-level keys, unless the keys that are read can be counted. `met`
    are keys of the run's files before, of the same mapping.
    """
    documents = {"documents": engine.documents_reader(sample)}
    firsts = store.rows("1_events/first_documents.sql", documents)
    source = reading_texts(source, [str(first) for (first,) in firsts])
    keys, property_keys = discovered_keys(store, engine.documents_reader(sample), source)
    is_sampled = sample != path
    if met is not None:
        met.add(keys, property_keys)
        if is_sampled:
            keys, property_keys = met.top | keys, met.inner | property_keys
    are_columns = _are_columns(keys, property_keys, source, policies.privacy)
    is_counted = is_sampled and are_columns and has_objects_apart(source)
    if is_sampled and not is_counted:
        keys = top_level_keys(store, path)
        are_columns = _are_columns(keys, property_keys, source, policies.privacy)
    of_fields: frozenset[str] = frozenset()
    if are_columns:
        of_fields = inner_keys_of_fields(source)
        objects = {*source.properties, *source.traits, *source.consent}
        objects.update(open_keys_of(keys, source))
        columns = sorted(keys) or ["event"]
        reader = Reader(engine.line_columns_reader(path, columns, objects), tuple(columns))
        canonical = from_columns(source, reader, is_counted=is_counted)
    else:
        held = _personal_among(keys | property_keys, policies.privacy)
        canonical = from_documents(source, Reader(engine.documents_reader(path)), held, keys)
    counted = frozenset(keys) if is_counted else None
    unseen = UnseenKeys(frozenset(keys | property_keys), of_fields, policies.privacy, counted)
    return _normalised(canonical, source, policies), unseen if is_sampled else None


def relation_of_parquet(
    store: Store,
    source: SourceConfig,
    path: Path,
    mapped: Mapped,
    policies: Policies,
    most_rows: int,
) -> tuple[Fragment, UnseenKeys | None]:
    """
    The normalised relation of a Parquet file, with any columns, in any order.

    With what texts of properties after the first `most_rows` may have, that those do not show.
    `mapped` is what mappings need of the columns.
    """
    columns = parquet.columns_of(store, path, mapped)
    are_plain = not parquet.has_members(columns) and source.is_plain()
    if are_plain and not parquet.has_open_keys(columns, source.properties):
        property_keys = parquet.property_keys(store, path, columns, source, most_rows)
        known = property_keys | {*columns}
        if _are_columns({*columns}, property_keys, source, policies.privacy):
            open_keys = open_keys_of(columns, source)
            reader, names = parquet.typed(store, path, columns, source, open_keys)
            canonical = from_columns(source, Reader(reader, tuple(names)))
            unseen = UnseenKeys(frozenset(known), inner_keys_of_fields(source), policies.privacy)
            has_texts = parquet.has_texts(columns, source.properties)
            return _normalised(canonical, source, policies), unseen if has_texts else None
    objects = {*source.property_paths(), *source.trait_paths(), *source.consent}
    documents = parquet.documents(store, path, mapped, objects, parquet.id_paths(source))
    keys, property_keys = discovered_keys(store, documents, source)
    held = _personal_among(keys | property_keys, policies.privacy)
    canonical = from_documents(source, Reader(documents), held, keys)
    return _normalised(canonical, source, policies), None


def discovered_keys(
    store: Store, documents: Fragment, source: SourceConfig
) -> tuple[set[str], set[str]]:
    """(the top-level keys, the keys inside the properties) of the documents."""
    rows = store.rows(
        "1_events/discovered_keys.sql",
        {"documents": expected_documents(source, documents), "open_keys": open_keys_inside(source)},
        properties=[pointer(path) for path in source.property_paths()],
    )
    top = {str(key) for key, is_top in rows if is_top}
    return top, {str(key) for key, is_top in rows if not is_top}


def top_level_keys(store: Store, path: Path) -> set[str]:
    """The keys of a file's lines themselves: half the price of those inside, too."""
    slots = {"documents": engine.documents_reader(path)}
    rows = store.rows("1_events/top_level_keys.sql", slots)
    return {str(key) for (key,) in rows}


def event_names(plan: EventsConfig, source: SourceConfig) -> dict[str, str]:
    """Names as sent → names of the plan: the mapping's own first, then the plan's aliases."""
    aliases = plan.canonical_names()
    mapped = {name: aliases.get(to, to) for name, to in source.event_names.items()}
    return aliases | mapped


def _are_columns(
    keys: set[str], property_keys: set[str], source: SourceConfig, privacy: PrivacyConfig
) -> bool:
    """Whether typed columns say all that is in such lines, and none of it is personal."""
    personal = {*_personal_among(keys | property_keys, privacy)}
    return is_plain(keys, property_keys, source, personal)


def _personal_among(keys: set[str], privacy: PrivacyConfig) -> dict[str, str]:
    """{personal key: the trait that it stands for} of those among `keys`."""
    return {key: privacy.trait_key(key) for key in sorted(keys) if privacy.is_personal(key)}


def _normalised(canonical: Fragment, source: SourceConfig, policies: Policies) -> Fragment:
    names = event_names(policies.plan, source)
    return fragment_of(
        "1_events/normalised.sql",
        {
            "canonical": canonical,
            "plan_reason": refusal(policies.plan, names, policies.privacy),
            "moment": fragment_of("1_events/moment.sql", {"text": Fragment("c_ts")}),
        },
        now_ts=policies.now_ts,
        min_ts=policies.tsa.min_timestamp.replace(tzinfo=None),
        max_future_seconds=policies.tsa.max_future.total_seconds(),
    )
