"""Random histories, a journey report on them, and the page paths of their visits."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from tests.steps.reports.conftest import Event, Given, Visit

from tsa_cli.config.journeys import JourneyConfig
from tsa_cli.steps import journey
from tsa_cli.steps.journey import JourneyReport

GivenEvents = Callable[[Sequence[Event]], Given]
START = datetime(2024, 3, 1)
PAGES = ["/", "/quote", "/repair", "/repair/:id", "/book"]
NAMES = ["page_viewed", "price_checked", "booking_completed"]


def random_events(seed: int, users: int = 12) -> list[Event]:
    """Ties, gaps of exactly the timeout, server events and events without a page."""
    draw = random.Random(seed)
    events = []
    for number in range(users):
        clock = START + timedelta(minutes=draw.randrange(300))
        for _ in range(draw.randrange(1, 25)):
            seconds = draw.choice([0, 0, 5, 60, 1800, 1801, 5000])
            clock += timedelta(seconds=seconds)
            events.append(
                Event(
                    user=f"u{number:02d}",
                    ts=clock,
                    name=draw.choice(NAMES),
                    page=draw.choice([*PAGES, None]),
                    is_server=draw.random() < 0.1,
                    device_type="mobile" if number % 3 else "desktop",
                )
            )
    draw.shuffle(events)
    return events


def report_of(given: Given, config: JourneyConfig, **span: datetime) -> JourneyReport:
    return journey.run(given.store, "case", config, as_of=span.pop("as_of", given.newest), **span)


def page_sequences(visits: list[Visit], *, collapse: bool = True) -> dict[int, list[str]]:
    found = {}
    for visit in visits:
        pages = [e.page for e in visit.events if e.page]
        kept = [p for i, p in enumerate(pages) if not (collapse and i and pages[i - 1] == p)]
        if kept:
            found[visit.key] = kept
    return found


def converts(visit: Visit) -> bool:
    return any(e.name == "booking_completed" for e in visit.events)
