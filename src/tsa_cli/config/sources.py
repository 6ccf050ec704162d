"""
configs/sources/NAME.yaml: how another system's export becomes canonical events.

A mapping is data. Paths are dotted (`context.page.url`) or JSON pointers (`/a~1b`); of a list, the
first path that a line fills wins.
"""

from typing import Literal

from pydantic import Field

from tsa_cli.config.model import ConfigFile, ConfigModel

CanonicalField = Literal[
    "event_id", "event", "timestamp", "user_id", "anonymous_id", "session_id", "page_url",
    "referrer_url", "user_agent", "ip", "previous_id",
]  # fmt: skip


class Detect(ConfigModel):
    """What a line of this source looks like; every given test must hold for most lines."""

    all_paths: list[str] = []
    any_paths: list[str] = []
    none_paths: list[str] = []
    values: dict[str, list[str]] = {}


class KeyValues(ConfigModel):
    """A list of {key, value} records that stands for an object, as GA4's `event_params`."""

    path: str
    key: str = "key"
    values: list[str] = ["value"]


class Kinds(ConfigModel):
    """Which calls are not events but speak of people; the value stands at `path`."""

    path: str
    identify: list[str] = []
    alias: list[str] = []


class SourceConfig(ConfigFile):
    """One mapping."""

    title: str
    priority: int = 0
    detect: Detect = Detect()
    fields: dict[CanonicalField, list[str]]
    properties: list[str] = ["properties"]
    key_values: list[KeyValues] = []
    traits: list[str] = []
    consent: list[str] = []
    kinds: Kinds | None = None
    event_names: dict[str, str] = {}
    strip: list[str] = Field([], description="paths that are consumed and not kept in properties")
    keep_rest: bool = True
    columns: list[str] = Field([], description="names of a headerless TSV's columns, in order")
