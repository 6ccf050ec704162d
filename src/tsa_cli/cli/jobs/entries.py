"""
The reports that configs describe, each checked against the keys that events have.
"""

from collections.abc import Iterator
from typing import TypeVar

from tsa_cli.config import Catalog, ConfigModel
from tsa_cli.config.yaml_loader import read_yaml
from tsa_cli.errors import ConfigError
from tsa_cli.relations import unknown_keys

Model = TypeVar("Model", bound=ConfigModel)


def entries(
    catalog: Catalog, model: type[Model], kind: str, names: list[str]
) -> Iterator[tuple[str, Model]]:
    """(name, model) of each asked entry, or of all; ConfigError with the place of a wrong key."""
    for name, config in catalog.entries(model, kind, names):
        path = catalog.path(f"{kind}/{name}.yaml")
        if path and (faults := unknown_keys(read_yaml(path, catalog.shown(path)))):
            hint = "keys are columns of fact_events and dim_sessions, properties.PATH or user.KEY"
            raise ConfigError("\n".join(faults), hint)
        yield name, config
