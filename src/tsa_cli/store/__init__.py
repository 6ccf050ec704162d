"""The one door to DuckDB: connection, lock, schema, transactions, queries, the guard."""

from tsa_cli.store.allocator import give_back_memory
from tsa_cli.store.answers import FEW_ROWS
from tsa_cli.store.connection import EngineSettings
from tsa_cli.store.fragment import Fragment, quoted
from tsa_cli.store.opening import has_store, open_store
from tsa_cli.store.queries import fragment_of
from tsa_cli.store.store import Store
from tsa_cli.store.translated_errors import damage_of

__all__ = [
    "FEW_ROWS",
    "EngineSettings",
    "Fragment",
    "Store",
    "damage_of",
    "fragment_of",
    "give_back_memory",
    "has_store",
    "open_store",
    "quoted",
]
