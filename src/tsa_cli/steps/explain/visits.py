"""
The person's sessions: why each began, which channel it got and by which rule.

reads   sessions, actors
source  definitions D8-D12 (sessions), D34 (channels)
"""

from dataclasses import dataclass, field
from datetime import datetime

from tsa_cli.config.channels import ChannelsFile
from tsa_cli.config.model import format_duration
from tsa_cli.config.referrers import ReferrersFile
from tsa_cli.config.sessions import SessionsConfig
from tsa_cli.steps.explain.person import Found, Range
from tsa_cli.steps.explain.result import Row, Sessions
from tsa_cli.steps.explain.texts import span_text
from tsa_cli.store.fragment import Fragment
from tsa_cli.store.store import Store
from tsa_cli.visits_so_far import sessions_at

_SOURCE = ("source", "medium", "campaign")


@dataclass(frozen=True)
class VisitsConfig:
    """The files that decide where sessions begin and what their channels are."""

    sessions: SessionsConfig = field(default_factory=SessionsConfig)
    channels: ChannelsFile = field(default_factory=ChannelsFile)
    referrers: ReferrersFile = field(default_factory=ReferrersFile)


def sessions_of(
    store: Store, found: Found, span: Range, most: int, config: VisitsConfig, as_of: datetime
) -> Sessions:
    """
    How many sessions began in the span, and the latest `most`, each with its reasons.

    One that went on after `as_of` is as far as it had come.
    """
    limits = {"user_key": found.user_key, "from_ts": span.from_ts, "to_ts": span.to_ts}
    slots = {"sessions": Fragment(sessions_at(store, config.sessions, as_of))}
    rows = store.records("4_reports/explain_sessions.sql", slots, most=most, **limits)
    rules = _channel_rules(rows, config)
    told = [
        {
            **{key: value for key, value in row.items() if key != "utm_source"},
            "channel_rule": rule,
            "source_from": _source_from(row),
            "why": _why(row, config.sessions),
        }
        for row, rule in zip(rows, rules, strict=True)
    ]
    return Sessions(store.count("4_reports/explain_session_count.sql", **limits), told)


def _channel_rules(rows: list[dict[str, object]], config: VisitsConfig) -> list[str]:
    """The rule of channels.yaml for each session; says so where it is not the stored channel's."""
    import polars as pl

    from tsa_cli.enrich.channels import channel_table
    from tsa_cli.enrich.hosts import SiteIndex

    if not rows:
        return []
    sources = pl.DataFrame(
        {key: [row[key] for row in rows] for key in _SOURCE},
        schema=dict.fromkeys(_SOURCE, pl.String),
    )
    found = channel_table(sources, config.channels, SiteIndex(config.referrers))
    return [
        str(rule)
        if channel == row["channel"]
        else f"{rule} gives {channel} now: `tsa sessionize` applies it"
        for row, channel, rule in zip(rows, found["channel"], found["channel_rule"], strict=True)
    ]


def _source_from(row: Row) -> str:
    """What in the session's events named its source."""
    if row["utm_source"] is not None:
        return "the URL's UTM parameters"
    if row["source"] == "(direct)":
        return "neither URL nor referrer names one"
    if row["referrer"] is not None:
        return "the referrer"
    return "the URL's click id"


def _why(row: Row, config: SessionsConfig) -> str:
    """Why a session began at this event."""
    reason = row["start_reason"]
    if reason == "first":
        return "the first event of this device"
    if reason == "timeout":
        idle = row["idle_seconds"]
        limit = format_duration(config.timeout)
        if not isinstance(idle, (int, float)):
            return f"more than {limit} idle on this device"
        return f"{span_text(idle)} idle on this device, more than {limit}"
    if reason == "max_duration":
        return f"the visit before had lasted {format_duration(config.max_duration)}"
    if reason == "campaign":
        return "the event came from another campaign than the visit before"
    if reason == "midnight":
        return f"a new day began in {config.timezone}"
    return str(reason)
