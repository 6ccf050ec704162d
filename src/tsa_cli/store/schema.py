"""
The store's schema version, its migrations, and which command makes which table.

reads   sql/0_store/NNN_*.sql, applied in order, once each
writes  tsa_meta(key, value): schema_version
"""

import shutil
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from tsa_cli.errors import DataError, MissingTable

if TYPE_CHECKING:
    from tsa_cli.store.store import Store

MAKERS = {
    "events": "ingest PATH",
    "fact_events": "ingest PATH",
    "quarantined_events": "ingest PATH",
    "ingested_files": "ingest PATH",
    "actors": "sessionize",
    "core": "sessionize",
    "core_by_type": "sessionize",
    "pages": "sessionize",
    "sessions": "sessionize",
    "identity_edges": "sessionize",
    "derived_events": "sessionize",
    "session_changes": "sessionize",
    "dim_sessions": "sessionize",
    "dim_users": "sessionize",
    "user_behavior_features": "features",
    "user_scores": "score",
    "audience_members": "audiences export",
}

# Names of the contract whose commands are to come.
NOT_MADE = ("user_segments", "trigger_outbox")

_PUBLISHED_AS = {
    "core": "dim_sessions",
    "core_by_type": "dim_sessions",
    "pages": "dim_sessions",
    "sessions": "dim_sessions",
    "actors": "dim_users",
    "events": "fact_events",
}


def missing(name: str) -> MissingTable:
    """The error for an absent table: its published name, and the command that makes it."""
    if name in NOT_MADE:
        return MissingTable(f"{name} does not exist yet", "no command of this version makes it")
    command = MAKERS.get(name, "ingest PATH")
    shown = _PUBLISHED_AS.get(name, name)
    return MissingTable(f"{shown} does not exist yet", f"run `tsa {command}` first")


def migrations() -> list[tuple[int, str]]:
    """(version, sql file) of every migration, in order."""
    folder = resources.files("tsa_cli").joinpath("sql", "0_store")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name[:3].isdigit())
    return [(int(name[:3]), f"0_store/{name}") for name in names]


def migrate(store: "Store", *, reading: bool, is_new: bool = False) -> None:
    """
    Bring the store to this program's version; DataError when it is newer, or old and read, or
    somebody else's database: what a tsa never made gets no tables of ours.

    In a new one nothing is looked for: the first look for what is not there takes the engine 13 ms.
    """
    has_version = not is_new and store.has_table("tsa_meta")
    found = store.value("0_store/schema_version.sql") if has_version else 0
    is_other = not (is_new or has_version) and store.count("0_store/table_count.sql")
    if is_other or not str(found).isdigit():
        raise DataError(
            f"{store.path}: not a tsa store (a database of something else)",
            "give another file with --db",
        )
    version = int(str(found))
    newest = migrations()[-1][0]
    if version > newest:
        raise DataError(
            f"{store.path}: made by a newer tsa (schema {version}, this one knows {newest})",
            "upgrade tsa-cli",
        )
    if version == newest:
        return
    if reading:
        raise DataError(
            f"{store.path}: schema {version} is older than {newest}",
            "run `tsa ingest` or `tsa sessionize` once to bring it up to date",
        )
    with store.transaction():
        for number, sql in migrations():
            if number > version:
                store.execute(sql)
        store.execute("0_store/set_schema_version.sql", version=str(newest))


def clear_leftovers(path: Path) -> None:
    """Remove what a killed run left beside the store; spilled rows are clear text."""
    for name in (f"{path}.tmp", f"{path}.spool"):
        shutil.rmtree(name, ignore_errors=True)
