"""
Sessions and people in plain Python, event by event: what the SQL has to agree with.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from tests.steps.histories import BOT, Event
from tsa_cli.config.identity import IdentityConfig
from tsa_cli.config.sessions import SessionsConfig

OWN_SHOP, OWN_BLOG = "shop.example", "blog.shop.example"  # one registrable domain
SERVER = {"service_completed", "no_show"}
INTERACTIVE = {"price_checked", "comparison_made", "booking_started", "booking_completed"}


def analysed(events: Sequence[Event]) -> list[Event]:
    """The events of people, in order."""
    return sorted((e for e in events if e.user_agent != BOT), key=lambda e: e.order)


def sessions(events: Sequence[Event], config: SessionsConfig) -> Iterator[tuple[str, list[Event]]]:
    """(why it began, its events in order) of every session."""
    by_device = defaultdict(list)
    for event in analysed(events):
        if event.event_type not in SERVER:
            by_device[event.device].append(event)
    for history in by_device.values():
        yield from _cut(history, config)


def _cut(history: list[Event], config: SessionsConfig) -> Iterator[tuple[str, list[Event]]]:
    current: list[Event] = []
    reason, campaign = "first", ""
    for event in history:
        why = ""
        if current:
            why = _reason(current, event, campaign, config)
            if why:
                yield reason, current
        if why or not current:
            reason, current = why or "first", []
            if why not in ("campaign", "max_duration"):
                campaign = ""
        campaign = campaign_of(event) or campaign
        current.append(event)
    yield reason, current


def _reason(current: list[Event], event: Event, campaign: str, config: SessionsConfig) -> str:
    if event.event_ts - current[-1].event_ts > config.timeout:
        return "timeout"
    if config.split_at_midnight and event.event_ts.date() != current[-1].event_ts.date():
        return "midnight"
    if config.split_on_campaign and campaign_of(event) not in ("", campaign):
        return "campaign"
    if event.event_ts - current[0].event_ts > config.max_duration:
        return "max_duration"
    return ""


def campaign_of(event: Event) -> str:
    """The campaign that the page's URL names; "" for none."""
    query = urlsplit(event.page_url or "").query
    return query if "utm_" in query or "gclid" in query else ""


def source_of(event: Event) -> str:
    """Where this event says that its visit came from; "(direct)" when nowhere."""
    campaign = campaign_of(event)
    if campaign:
        return "newsletter" if "newsletter" in campaign else "google"
    host = urlsplit(event.referrer_url or "").netloc
    if not host or (host == OWN_BLOG and urlsplit(event.page_url or "").netloc == OWN_SHOP):
        return "(direct)"
    return {"www.google.com": "google", OWN_BLOG: OWN_SHOP}.get(host, host)


def session_row(
    reason: str, events: list[Event], people: dict[tuple[str | None, str | None], str]
) -> dict[str, object]:
    """The columns of `dim_sessions` that a person can count by hand."""
    pages = [event.page_url for event in events if event.page_url]
    views = sum(event.event_type == "page_viewed" for event in events)
    is_conversion = any(event.event_type == "booking_completed" for event in events)
    is_interactive = any(event.event_type in INTERACTIVE for event in events)
    length = events[-1].event_ts - events[0].event_ts
    touch = next((event for event in events if source_of(event) != "(direct)"), events[0])
    known = [event for event in events if event.user_id] or events
    return {
        "user_id": people[(known[-1].anonymous_id, known[-1].user_id)],
        "start_time": events[0].event_ts,
        "end_time": events[-1].event_ts,
        "duration_seconds": length // timedelta(seconds=1),
        "page_views": views,
        "events_count": len(events),
        "entry_page": pages[0] if pages else None,
        "exit_page": pages[-1] if pages else None,
        "referrer": touch.referrer_url,
        "source": source_of(touch),
        "ip_address": next((event.ip_address for event in events if event.ip_address), None),
        "bounce_flag": views <= 1 and not is_interactive,
        "is_engaged": length > timedelta(seconds=10) or is_conversion or views >= 2,
        "is_conversion": is_conversion,
        "start_reason": reason,
    }


def persons(
    events: Sequence[Event],
    config: IdentityConfig,
    links: Sequence[tuple[str, str, object]] = (),
    cuts: Sequence[tuple[str, str]] = (),
) -> dict[tuple[str | None, str | None], str]:
    """The stitched user of each (anonymous id, known id) that an event carries."""
    seen = [
        (e.anonymous_id, e.user_id, e.event_ts)
        for e in analysed(events)
        if e.anonymous_id and e.user_id
    ]
    seen += list(links)
    is_cut = {frozenset(cut) for cut in cuts}
    seen = [link for link in seen if frozenset(link[:2]) not in is_cut]
    users = defaultdict(set)
    for anonymous_id, user_id, _ in seen:
        users[anonymous_id].add(user_id)
    seen = [link for link in seen if len(users[link[0]]) <= config.max_users_per_device]
    groups = _groups([link[:2] for link in seen])
    names = {}
    for group in groups:
        latest = max((when, user_id) for anonymous_id, user_id, when in seen if user_id in group)[1]
        names |= dict.fromkeys(group, latest)
    if config.stitch == "none":
        names = {}
    pairs = {(e.anonymous_id, e.user_id) for e in events}
    return {pair: names.get(pair[1] or pair[0] or "", pair[1] or pair[0] or "") for pair in pairs}


def _groups(edges: list[tuple[str, str]]) -> list[set[str]]:
    groups: list[set[str]] = []
    for edge in edges:
        touched = [group for group in groups if group & set(edge)]
        groups = [group for group in groups if group not in touched]
        groups.append(set(edge).union(*touched))
    return groups
