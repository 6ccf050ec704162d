"""
One person end to end.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tsa_cli.cli.answer import Answer
from tsa_cli.cli.jobs.sessionize import config_of
from tsa_cli.cli.jobs.window import NEWER_EVENTS, Asked, Span, other_rules, span
from tsa_cli.cli.plain import plain
from tsa_cli.cli.session import Session
from tsa_cli.quantities import quantity

if TYPE_CHECKING:
    from datetime import datetime

    from tsa_cli.config import Catalog
    from tsa_cli.steps.explain import AskedFunnel, ExplainConfig, Explanation

MOST_ROWS = 20
_MOST_NAMES = 5
COLUMNS = ("section", "at", "name", "what", "why")


@dataclass(frozen=True)
class Wanted:
    """Which funnels, how many rows of events and sessions, whether traits are shown in clear."""

    funnels: tuple[str, ...] = ()
    most_rows: int = MOST_ROWS
    has_personal: bool = False


def work(
    session: Session, user: str, asked: Asked | None = None, wanted: Wanted | None = None
) -> Answer:
    """What `tsa explain` answers; personal values are masked unless they are wanted."""
    from tsa_cli.cli.pictures.explain import picture
    from tsa_cli.config import definition_hash
    from tsa_cli.steps import explain as step

    with session.reading() as store:
        window = span(store, asked or Asked())
        config = _config(session, window, wanted or Wanted())
        found = step.run(store, user, config, **vars(window))
        newest = store.newest_event_ts()
        rules = other_rules(session, store)
    return Answer(
        "explain",
        found,
        rows=list(_rows(found)),
        columns=COLUMNS,
        picture=lambda width: picture(plain(found), width),
        as_of=window.as_of,
        definition=definition_hash(*(one.config for one in config.funnels)),
        warnings=[*_warnings(found), *rules, *_of_another_moment(window, newest)],
    )


def _config(session: Session, window: Span, wanted: Wanted) -> "ExplainConfig":
    from tsa_cli.config.events import EventsConfig
    from tsa_cli.steps.explain import ExplainConfig, VisitsConfig

    files = config_of(session)
    return ExplainConfig(
        _funnels(session.catalog, window, wanted.funnels),
        files.identity,
        VisitsConfig(files.sessions, files.channels, files.referrers),
        session.catalog.load(EventsConfig, "events.yaml").canonical_names(),
        session.keys,
        wanted.has_personal,
        wanted.most_rows,
    )


def _funnels(catalog: "Catalog", window: Span, names: tuple[str, ...]) -> "list[AskedFunnel]":
    """The funnels, with their rules as the report reads them: steps do not import each other."""
    from tsa_cli.config.funnels import FunnelConfig
    from tsa_cli.steps.explain import AskedFunnel
    from tsa_cli.steps.funnel import Span as FunnelSpan
    from tsa_cli.steps.funnel.outcome import rules_of

    moments = FunnelSpan(window.as_of, window.since, window.until)
    return [
        AskedFunnel(name, config, rules_of(config, moments))
        for name, config in catalog.entries(FunnelConfig, "funnels", list(names))
    ]


def _warnings(found: "Explanation") -> list[str]:
    said = []
    if found.events.new_count:
        said.append(quantity(found.events.new_count, *NEWER_EVENTS))
    if found.person.other_users:
        others = list(found.person.other_users)
        rest = len(others) - _MOST_NAMES
        more = f" and {quantity(rest, 'other')}" if rest > 0 else ""
        said.append(
            f"{found.person.asked} was also used by {', '.join(others[:_MOST_NAMES])}{more}"
        )
    return said


def _of_another_moment(window: Span, newest: "datetime | None") -> list[str]:
    """What `--as-of` does not move: it stands in tables that have one moment each."""
    if newest is None or window.as_of >= newest:
        return []
    return [
        f"events, visits and funnels are as of {window.as_of:%Y-%m-%d %H:%M}; ids, profile,"
        " features, scores and audiences are as of the last `tsa run`"
    ]


def _rows(found: "Explanation") -> Iterator[dict[str, object]]:
    """Everything that has a moment or a reason, one row each, section by section."""
    for edge in found.identities.edges:
        ids = f"{edge['anonymous_id']} - {edge['user_id']}"
        yield _row("identity", edge["first_seen"], ids, edge["source"], edge["why"])
    for visit in found.sessions.latest:
        name, channel = visit["session_id"], visit["channel"]
        yield _row("session", visit["start_time"], name, channel, visit["why"])
    for funnel in found.funnels:
        for unit in funnel.units:
            yield _row("funnel", None, f"{funnel.name} {unit.unit_id}", unit.state, unit.why)
            for one in unit.attempts:
                name = f"{funnel.name} #{one.number}"
                yield _row("attempt", one.started_at, name, one.ended, one.why)
    for event in found.events.latest:
        moment, kind = event["event_timestamp"], event["event_type"]
        yield _row("event", moment, event["event_id"], kind, event["page_url"])
    for score in found.scores or ():
        yield _row("score", score["as_of"], score["model"], score["band"], score["factors"])
    for audience in found.audiences or ():
        what = "member" if audience["is_member"] else "not a member"
        yield _row("audience", audience["as_of"], audience["audience"], what, None)


def _row(section: str, at: object, name: object, what: object, why: object) -> dict[str, object]:
    return dict(zip(COLUMNS, (section, at, name, what, why), strict=True))
