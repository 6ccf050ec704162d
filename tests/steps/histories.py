"""
Events for tests: random, tie-heavy histories, and the way into a store without ingest.
"""

import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pyarrow as pa

from tests.stored import promote, table
from tsa_cli import lookups
from tsa_cli.config.catalog import Catalog
from tsa_cli.config.channels import ChannelsFile
from tsa_cli.config.referrers import ReferrersFile
from tsa_cli.steps.ingest.word_keys import WordKeys
from tsa_cli.steps.sessionize import SessionizeConfig
from tsa_cli.store import Store

__all__ = ["table"]

START = datetime(2024, 3, 1, 23, 0)
BOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
AGENTS = (
    None,
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile/15E148 Safari/604",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0.0.0 Safari/537.36",
)
NAMES = (
    "page_viewed", "page_viewed", "page_viewed", "page_scrolled", "service_viewed", "price_checked",
    "comparison_made", "booking_started", "booking_completed", "support_ticket_opened",
    "feedback_submitted", "service_completed", "no_show",
)  # fmt: skip
PAGES = (
    None,
    "https://shop.example/",
    "https://shop.example/prices",
    "https://shop.example/prices?utm_source=newsletter&utm_medium=email&utm_campaign=spring",
    "https://shop.example/?gclid=abc",
)
REFERRERS = (
    None, None, "https://blog.shop.example/", "https://www.google.com/search?q=screen+repair", "https://blog.test/post",
)  # fmt: skip
GAPS = (0, 0, 1, 59, 1799, 1800, 1801, 4000, 40_000, 86_400)


@dataclass(frozen=True)
class Event:
    """One event as it lies in the store."""

    event_id: str
    event_type: str
    event_ts: datetime
    user_id: str | None = None
    anonymous_id: str | None = None
    page_url: str | None = None
    referrer_url: str | None = None
    user_agent: str | None = None
    ip_address: str | None = None
    properties: dict[str, object] = field(default_factory=dict)

    @property
    def device(self) -> str:
        return self.anonymous_id or self.user_id or ""

    @property
    def order(self) -> tuple[datetime, str]:
        return (self.event_ts, self.event_id)


def random_history(seed: int, count: int = 80) -> list[Event]:
    """`count` events of a few people on a few devices, with ties and gaps at the boundary.

    No two seeds share an id, so that a store can hold many histories.
    """
    rng = random.Random(seed)
    clocks = {device: START + timedelta(seconds=rng.choice(GAPS)) for device in range(5)}
    events = []
    for number in rng.sample(range(10 * count), count):
        device = rng.randrange(5)
        clocks[device] += timedelta(seconds=rng.choice(GAPS))
        anonymous_id = f"anon-{seed}-{device}" if rng.random() < 0.9 else None
        known = f"user-{seed}-{rng.choice((device, device, device, rng.randrange(6)))}"
        has_known = anonymous_id is None or rng.random() < 0.3
        events.append(
            Event(
                event_id=f"{seed}-{number}",
                event_type=rng.choice(NAMES),
                event_ts=clocks[device],
                user_id=known if has_known else None,
                anonymous_id=anonymous_id,
                page_url=rng.choice(PAGES),
                referrer_url=rng.choice(REFERRERS),
                user_agent=BOT if rng.random() < 0.05 else rng.choice(AGENTS),
                ip_address=rng.choice((None, "8.8.8.0", "1.1.1.0")),
                properties=_properties(rng),
            )
        )
    return events


def _properties(rng: random.Random) -> dict[str, object]:
    found: dict[str, object] = {}
    if rng.random() < 0.6:
        found["price"] = rng.choice((10, "19.99", "free", 250.5))
    if rng.random() < 0.3:
        found["value"] = rng.choice((100, None, "x"))
    if rng.random() < 0.4:
        found["booking_id"] = f"b{rng.randrange(4)}"
    if rng.random() < 0.6:
        found["service_type"] = rng.choice(("Screen", "Battery", "Board", ""))
    if rng.random() < 0.5:
        found["rating"] = rng.choice((1, 2, 3, 5, "bad"))
    return found


def add_events(store: Store, events: Sequence[Event], load_id: int = 1) -> None:
    """Append the events to the log, encoded as ingest would."""
    kept = {
        "event_text": [event.event_id for event in events],
        "event_ts": [event.event_ts for event in events],
        "properties": [json.dumps(event.properties) for event in events],
    }
    frame = pl.DataFrame(kept, schema=dict.fromkeys(kept, pl.String) | {"event_ts": pl.Datetime})
    words = {
        "event_code": ("event_types", [event.event_type for event in events]),
        "page_key": ("pages", [event.page_url for event in events]),
        "referrer_key": ("referrers", [event.referrer_url for event in events]),
        "agent_key": ("user_agents", [event.user_agent for event in events]),
        "ip_key": ("ips", [event.ip_address for event in events]),
    }
    keys = WordKeys(store, {}, "truncate")
    encoded = {
        name: pl.Series(keys.texts(table, pa.chunked_array([texts], pa.string())))
        for name, (table, texts) in words.items()
    }
    anonymous_ids = pa.chunked_array([[event.anonymous_id for event in events]], pa.string())
    known_ids = pa.chunked_array([[event.user_id for event in events]], pa.string())
    encoded["actor_key"] = pl.Series(keys.actors(keys.pairs(anonymous_ids, known_ids)))
    lookups.add_new(store, default_config().lookups, keys.new_rows())
    load = pl.lit(load_id, dtype=pl.Int32)
    store.insert("raw_events", frame.with_columns(load_id=load, **encoded))
    promote(store)


def add_links(store: Store, links: Iterable[tuple[str, str, str, datetime]]) -> None:
    """Append identify and alias calls: (anonymous id, known id, kind, seen)."""
    calls = [
        Event(
            f"{anonymous_id}>{known}>{at}", f"${kind}", at, user_id=known, anonymous_id=anonymous_id
        )
        for anonymous_id, known, kind, at in links
    ]
    add_events(store, calls)


def default_config(**changes: object) -> SessionizeConfig:
    """The repository's channels and referrers; the defaults of the other files but `changes`."""
    catalog = Catalog(None, Path(__file__).resolve().parents[2] / "configs")
    return SessionizeConfig(
        channels=catalog.load(ChannelsFile, "channels.yaml"),
        referrers=catalog.load(ReferrersFile, "referrers.yaml"),
        **changes,  # type: ignore[arg-type]
    )
