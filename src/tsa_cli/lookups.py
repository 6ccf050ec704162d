"""
The lookups: what each page, referrer, address and agent means, looked up once per distinct text.

Events hold integer keys; a text gets its key when it is first seen, and keeps it for ever.

reads   the texts that ingest found
writes  event_types, user_agents, ips, sites, campaigns, pages, referrers, actors
source  definitions D6 (bots), D34 and D35 (campaigns, click ids, referrers)
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from tsa_cli.config.catalog import definition_hash
from tsa_cli.config.channels import ChannelsFile
from tsa_cli.config.referrers import ReferrersFile
from tsa_cli.errors import DataError

if TYPE_CHECKING:
    import polars as pl

    from tsa_cli.store import Store

MOST_EVENT_TYPES = 65_533  # the last two codes are those of the calls about people
MIXED = "mixed"
_MEANING = 4  # one more whenever the program itself reads a text in another way than before


@dataclass(frozen=True)
class LookupConfig:
    """The files that decide what a text means; `mmdb` is the user's city database."""

    channels: ChannelsFile = field(default_factory=ChannelsFile)
    referrers: ReferrersFile = field(default_factory=ReferrersFile)
    mmdb: Path | None = None

    def definition(self) -> str:
        """
        The hash of what made the lookups; under another one they are made again.

        DataError when the city database cannot be read.
        """
        cities = _digest(self.mmdb) if self.mmdb else ""
        return f"{self._files}:{cities}:{_MEANING}"

    @cached_property
    def _files(self) -> str:
        """The hash of the two files, which takes as long as a small file's rows."""
        return definition_hash(self.channels, self.referrers)


def _digest(path: Path) -> str:
    """The SHA-256 of the file: a city database is replaced under its old name each week."""
    try:
        found = path.stat()
        return _digest_of(path, found.st_size, found.st_mtime_ns)
    except OSError as error:
        raise DataError(
            f"{path}: cannot be read: {error.strerror}", "check mmdb in configs/tsa.yaml"
        ) from error


@lru_cache(maxsize=1)
def _digest_of(path: Path, size: int, changed_ns: int) -> str:
    """`size` and `changed_ns` are those of the file now, so that each state is read once."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True)
class Lookup:
    """A table of texts and their keys; `extend` adds new rows (key and text) to the store."""

    table: str
    key: str
    text: str
    extend: "Callable[[Store, LookupConfig, pl.DataFrame], None]"


def add_new(store: "Store", config: LookupConfig, new: "Mapping[str, pl.DataFrame]") -> None:
    """
    Look up the new texts of each table, frames of (key, text), and add them.

    Notes what configuration the lookups were made with, or that there were several. DataError when
    the log has more event names than a code can tell apart.
    """
    for lookup in LOOKUPS.values():
        frame = new.get(lookup.table)
        if frame is not None and len(frame):
            lookup.extend(store, config, frame)
    known, own = store.value("1_events/lookup_definition.sql"), config.definition()
    if known != own:
        noted = own if known is None else MIXED
        store.execute("1_events/set_lookup_definition.sql", definition=noted)


def is_current(store: "Store", config: LookupConfig) -> bool:
    """True when every text was looked up under this configuration."""
    return store.value("1_events/lookup_definition.sql") in (None, config.definition())


def look_up_again(store: "Store", config: LookupConfig) -> None:
    """Make the lookups anew from their own texts: what a text means changed, its key does not."""
    known = {
        name: store.frame(f"1_events/words_of_{name}.sql")
        for name in LOOKUPS
        if name not in ("event_types", "actors")
    }
    store.execute("1_events/forget_lookups.sql")
    store.execute("1_events/set_lookup_definition.sql", definition=config.definition())
    add_new(store, config, known)


def rename_events(store: "Store", names: Mapping[str, str]) -> int:
    """
    How many stored names were aliases and have their own name now; all or nothing.

    `names` are alias → name. An alias may have come into the plan after its events: matchers ask
    for the name alone, and a line that is read again has it. The next `tsa sessionize` is full.
    """
    found = store.rows(
        "1_events/aliased_event_types.sql", aliases=[*names], names=[*names.values()]
    )
    if not found:
        return 0
    codes = {str(name): code for _, name, code in found if code is not None}
    with store.transaction():
        for alias_code, name, _ in found:
            name_code = codes.setdefault(str(name), alias_code)
            if name_code == alias_code:
                store.execute("1_events/rename_event_type.sql", event_code=alias_code, name=name)
                continue
            merged = {"alias_code": alias_code, "name_code": name_code}
            store.execute("1_events/merge_event_types.sql", **merged)
            if store.has_table("core_by_type"):
                store.execute("2_sessions/merge_event_types.sql", **merged)
        if store.has_table("sessionize_state"):
            store.execute("2_sessions/forget_definition.sql")
    return len(found)


def _add_event_types(store: "Store", config: LookupConfig, new: "pl.DataFrame") -> None:
    newest = new["event_code"].max()
    if isinstance(newest, int) and newest > MOST_EVENT_TYPES:
        raise DataError(
            f"{newest} different event names; at most {MOST_EVENT_TYPES} can be told apart",
            "an id is probably part of the name: map it in configs/sources/",
        )
    _add(store, new, "add_event_types")


def _add_user_agents(store: "Store", config: LookupConfig, new: "pl.DataFrame") -> None:
    from tsa_cli.enrich.user_agents import user_agent_table

    found = user_agent_table(new["user_agent"])
    _add(store, found.with_columns(new["agent_key"]), "add_user_agents")


def _add_ips(store: "Store", config: LookupConfig, new: "pl.DataFrame") -> None:
    from tsa_cli.enrich.ip import ip_table

    # The address as stored is the text, whatever form of it the lookup prefers.
    _add(store, ip_table(new["ip_address"], config.mmdb).with_columns(new["ip_key"]), "add_ips")


def _add_pages(store: "Store", config: LookupConfig, new: "pl.DataFrame") -> None:
    from tsa_cli.enrich.urls import page_table

    pages = page_table(new["page_url"], config.channels.click_ids)
    pages = pages.with_columns(new["page_key"], domain="page_domain")
    _add(store, pages, "add_sites", "add_campaigns", "add_pages")


def _add_referrers(store: "Store", config: LookupConfig, new: "pl.DataFrame") -> None:
    from tsa_cli.enrich.hosts import SiteIndex
    from tsa_cli.enrich.referrers import referrer_table

    found = referrer_table(new["referrer_url"], SiteIndex(config.referrers))
    referrers = found.with_columns(new["referrer_key"], domain="referrer_domain")
    _add(store, referrers, "add_sites", "add_referrers")


def add_actors(store: "Store", new: "pl.DataFrame") -> None:
    """Add pairs of ids (actor_key, anonymous_id, known_id) that are not stored yet."""
    _add(store, new, "add_actors")


def _add_actors(store: "Store", config: LookupConfig, new: "pl.DataFrame") -> None:
    add_actors(store, new)


def _add(store: "Store", looked_up: "pl.DataFrame", *statements: str) -> None:
    with store.lent("looked_up", looked_up):
        for statement in statements:
            store.execute(f"1_events/{statement}.sql")


LOOKUPS: dict[str, Lookup] = {
    lookup.table: lookup
    for lookup in (
        Lookup("event_types", "event_code", "event_type", _add_event_types),
        Lookup("user_agents", "agent_key", "user_agent", _add_user_agents),
        Lookup("ips", "ip_key", "ip_address", _add_ips),
        Lookup("pages", "page_key", "page_url", _add_pages),
        Lookup("referrers", "referrer_key", "referrer_url", _add_referrers),
        Lookup("actors", "actor_key", "", _add_actors),
    )
}
