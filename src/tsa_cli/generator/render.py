"""
Turn rows of the log into the text columns of the native event format.

reads   an EventLog and the positions of events
writes  Arrow columns; what repeats (users, devices, visits, pages, properties) is a dictionary
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tsa_cli.generator import slots
from tsa_cli.generator.agents import USER_AGENTS
from tsa_cli.generator.catalog import (
    EVENT_NAMES,
    FIRST_BOOKING_KIND,
    NO_PAGE,
    PAGE_PATHS,
    SITE,
    STATUS_PAGE,
    Kind,
)
from tsa_cli.generator.log import EventLog
from tsa_cli.generator.properties import (
    CONSENT_TEXTS,
    PropertyPool,
    booking_texts,
    build_pool,
    page_positions,
    traits_texts,
    user_id_texts,
)
from tsa_cli.generator.tables import I32, I64, SLOT_BITS, U64, Bools, Events, Visits, seeded, take
from tsa_cli.generator.texts import (
    fixed_width,
    hex_texts,
    joined,
    picked,
    uuid_bits,
    uuid_characters,
)
from tsa_cli.generator.traffic import CHANNELS, CREATIVES

_IDS, _IDS_LOW, _DEVICES, _VISITS, _CLICKS = range(5)  # streams of seeded bits; 5 is traits


def event_id_bits(log: EventLog, events: Events) -> tuple[U64, U64]:
    """The two halves of each event's identifier."""
    name = (events.visit.astype(np.int64) << SLOT_BITS) | events.slot
    return uuid_bits(seeded(log.seed, _IDS, name), seeded(log.seed, _IDS_LOW, name))


@dataclass(frozen=True)
class Renderer:
    """The constant pools behind the columns of one log."""

    log: EventLog = field(repr=False)
    properties: PropertyPool
    page_properties: I32
    pages: pa.StringArray
    referrers: pa.StringArray
    referrer_index: I32  # (n_channels, CREATIVES), -1 for none
    queries: list[str]
    query_index: I32
    has_click_id: Bools


def build_renderer(log: EventLog) -> Renderer:
    """The pools for one log."""
    referrers: dict[str, int] = {}
    queries: dict[str, int] = {"": 0}
    referrer_index = np.full((len(CHANNELS), CREATIVES), -1, dtype=np.int32)
    query_index = np.zeros((len(CHANNELS), CREATIVES), dtype=np.int32)
    for number, channel in enumerate(CHANNELS):
        for creative in range(CREATIVES):
            referrer = channel.referrers[creative % len(channel.referrers)]
            if referrer:
                position = referrers.setdefault(referrer, len(referrers))
                referrer_index[number, creative] = position
            query = channel.queries[creative % len(channel.queries)]
            query = "?" + query if query else ""
            query += f"&{channel.click_id}=" if channel.click_id else ""
            query_index[number, creative] = queries.setdefault(query, len(queries))
    pages = [SITE + path for path in PAGE_PATHS]
    return Renderer(
        log=log,
        properties=build_pool(),
        page_properties=page_positions(),
        pages=pa.array(pages, pa.string()),
        referrers=pa.array([*pages, *referrers], pa.string()),
        referrer_index=referrer_index,
        queries=list(queries),
        query_index=query_index,
        has_click_id=np.array([bool(channel.click_id) for channel in CHANNELS]),
    )


def _coded(codes: npt.NDArray[np.integer], pool: pa.Array) -> pa.DictionaryArray:
    """A dictionary column; code -1 is null."""
    codes = codes.astype(np.int32, copy=False)
    absent = codes < 0
    index = pa.array(codes, mask=absent) if absent.any() else pa.array(codes)
    return pa.DictionaryArray.from_arrays(index, pool)


def _compact(index: npt.NDArray[np.integer], size: int) -> tuple[I64, I32]:
    """The distinct positions in use and, for each row, which of them it is; -1 stays -1."""
    used = np.zeros(size + 1, dtype=bool)
    used[index] = True  # -1 marks the spare last place
    used[size] = False
    code = np.cumsum(used, dtype=np.int32) - np.int32(1)
    code[size] = -1
    return np.flatnonzero(used), code[index]


def render(renderer: Renderer, rows: I64) -> dict[str, pa.Array]:
    """The canonical columns of the events at `rows`, in that order; absent values are null."""
    log = renderer.log
    events = take(log.events, rows)
    visits = take(log.visits, events.visit)  # the visit of each row
    is_known = events.slot >= visits.login_slot
    person, person_code = _compact(np.where(is_known, visits.person, -1), len(log.person_types))
    device, device_code = _compact(visits.device, len(log.devices.role))
    is_client = visits.device >= 0
    visit, visit_code = _compact(np.where(is_client, events.visit, -1), len(log.visits.person))
    agent = log.devices.user_agent[visits.device].astype(np.int32)
    traits = np.where(events.slot == visits.traits_slot, person_code, -1)
    traits_person, traits_code = _compact(traits, len(person))
    consent = np.where(events.slot == slots.LANDING, visits.consent, 0).astype(np.int32) - 1
    return {
        "event_id": fixed_width(uuid_characters(*event_id_bits(log, events))),
        "event": _coded(events.kind, pa.array(EVENT_NAMES, pa.string())),
        "timestamp": pa.array(events.ts_ms, pa.timestamp("ms", tz="UTC")),
        "user_id": _coded(person_code, user_id_texts(person)),
        "anonymous_id": _coded(
            device_code, joined("a", hex_texts(seeded(log.seed, _DEVICES, device), 16))
        ),
        "session_id": _coded(
            visit_code, joined("s", hex_texts(seeded(log.seed, _VISITS, visit), 14))
        ),
        "page_url": _page_urls(renderer, events, visits),
        "referrer_url": _referrers(renderer, events, visits),
        "user_agent": _coded(np.where(is_client, agent, -1), pa.array(USER_AGENTS, pa.string())),
        "ip": _addresses(log, device, device_code),
        "properties": _properties(renderer, events, visits),
        "traits": _coded(traits_code, traits_texts(log.seed, person[traits_person])),
        "consent": _coded(consent, pa.array(CONSENT_TEXTS, pa.string())),
    }


def _page_urls(renderer: Renderer, events: Events, visits: Visits) -> pa.DictionaryArray:
    """The page; landings carry campaign, click id and noise, a booking's page its number."""
    query = renderer.query_index[visits.channel, visits.creative]
    is_dressed = (events.slot == slots.LANDING) & (events.page != NO_PAGE)
    is_dressed &= (query > 0) | (visits.url_noise > 0)
    landing_urls, landing_code = _landing_urls(renderer, np.where(is_dressed, events.visit, -1))
    is_status = events.page == STATUS_PAGE
    booked, status_code = _compact(
        np.where(is_status, visits.booking, -1), len(renderer.log.visits.person)
    )
    status_urls = joined(SITE + "/account/bookings/", pa.array(booked).cast(pa.string()))
    code = np.where(events.page == NO_PAGE, -1, events.page.astype(np.int32))
    base = len(renderer.pages)
    code = np.where(is_dressed, landing_code + base, code)
    code = np.where(is_status, status_code + base + len(landing_urls), code)
    return _coded(code, pa.concat_arrays([renderer.pages, landing_urls, status_urls]))


def _landing_urls(renderer: Renderer, visit: I32) -> tuple[pa.StringArray, I32]:
    """
    The different dressed-up URLs of these visits, and which of them each row has; -1 is none.

    A Parquet dictionary must not repeat a text, else the writer falls back to plain text: only
    visits with a click id have a URL of their own.
    """
    visits = renderer.log.visits
    landed, code = _compact(visit, len(visits.person))
    channel, noise = visits.channel[landed], visits.url_noise[landed]
    query = renderer.query_index[channel, visits.creative[landed]]
    own = renderer.has_click_id[channel]
    shared = (visits.landing[landed] * np.int64(4) + noise) * 64 + query
    _, first, same = np.unique(
        np.where(own, landed + (1 << 32), shared), return_index=True, return_inverse=True
    )
    landed, noise, query = landed[first], noise[first], query[first]
    click = joined("EAIaIQob", hex_texts(seeded(renderer.log.seed, _CLICKS, landed), 16))
    urls = joined(
        renderer.pages.take(pa.array(visits.landing[landed])),
        picked(["", "/", ""], noise),
        picked(renderer.queries, query),
        pc.if_else(pa.array(own[first]), click, ""),
        picked(["", "", "#top"], noise),
    )
    row_code: I32 = np.append(same, -1).astype(np.int32)[code]
    return urls, row_code


def _referrers(renderer: Renderer, events: Events, visits: Visits) -> pa.DictionaryArray:
    """The shop's own page before, or on a landing the site that sent the visit."""
    inside = np.where(events.referrer_page == NO_PAGE, -1, events.referrer_page.astype(np.int32))
    sent = renderer.referrer_index[visits.channel, visits.creative]
    sent = np.where(sent < 0, -1, sent + len(renderer.pages))
    is_landing = (events.slot == slots.LANDING) & (events.page != NO_PAGE)
    return _coded(np.where(is_landing, sent, inside), renderer.referrers)


def _addresses(log: EventLog, device: I64, code: I32) -> pa.DictionaryArray:
    """IPv4 dotted, or an IPv6 address of the range kept for documentation; null without device."""
    host = seeded(log.seed, _DEVICES, device) >> np.uint64(32)
    ip = log.devices.ip[device]
    key, same = np.unique(np.where(ip > 0, ip, host + 2**32), return_inverse=True)
    octets = [pa.array((key >> np.uint64(shift)) % 256) for shift in (24, 16, 8, 0)]
    v4 = pc.binary_join_element_wise(*(o.cast(pa.string()) for o in octets), ".")
    halves = hex_texts(key << np.uint64(32), 8)
    high, low = (pc.utf8_slice_codeunits(halves, at, at + 4) for at in (0, 4))
    v6 = joined("2001:db8:", high, ":1::", low)
    pool = pc.if_else(pa.array(key >= 2**32), v6, v4)
    return _coded(np.append(same, -1)[code], pool)


def _properties(renderer: Renderer, events: Events, visits: Visits) -> pa.DictionaryArray:
    """Pool texts as they are, and a booking's with its id before it."""
    pool = renderer.properties
    code = pool.index[events.kind, events.offer, events.variant].astype(np.int32)
    is_page = events.kind == Kind.PAGE
    code[is_page] = renderer.page_properties[events.page[is_page]]
    rows = np.flatnonzero(events.kind >= FIRST_BOOKING_KIND)
    booking = visits.booking[rows].astype(np.int64)
    key, same = np.unique(booking << 16 | code[rows], return_inverse=True)
    own = joined(booking_texts(key >> 16), pool.texts.take(pa.array(key & 0xFFFF)))
    code[rows] = len(pool.texts) + same.astype(np.int32)
    return _coded(code, pa.concat_arrays([pool.texts, own]))
