"""
Configuration: what a YAML file may say, and where its values come from.

pydantic costs a tenth of a second: import this package inside the functions that need it.
"""

from tsa_cli.config.catalog import Catalog, definition_hash, load_file, open_catalog
from tsa_cli.config.model import ConfigFile, ConfigModel, Duration
from tsa_cli.config.spelling import nearest

__all__ = [
    "Catalog",
    "ConfigFile",
    "ConfigModel",
    "Duration",
    "definition_hash",
    "load_file",
    "nearest",
    "open_catalog",
]
