"""
The reports: funnels of every kind, journeys.
"""

from benchmarks.case import Case, Side

WEEK_MS = 7 * 86_400_000
HALF_AN_HOUR_MS = 1_800_000
SIXTY_DAYS_MS = 60 * 86_400_000


def funnels() -> list[Case]:
    """Every kind of funnel that the peer can be made to answer."""
    four = "Four steps"
    asked = [
        ("four_steps", "four_steps", f"{four} within 7 days", WEEK_MS),
        ("half_an_hour", "four_steps", f"{four} within 30 minutes", HALF_AN_HOUR_MS),
        ("by_property", "by_property", f"{four}, two with conditions on JSON properties", WEEK_MS),
        ("by_segment", "by_segment", f"{four}, by customer segment", WEEK_MS),
        ("strict_order", "strict_order", "Three steps, no other event between", WEEK_MS),
        ("repeated_steps", "repeated_steps", f"{four}, the first one twice", WEEK_MS),
        ("held_booking", "held_booking", f"{four} of the same booking", SIXTY_DAYS_MS),
    ]
    return [_funnel(*one) for one in asked]


def _funnel(name: str, section: str, what: str, window_ms: int) -> Case:
    def peer(label: str, core: str) -> Side:
        run = ["sides.chdb_sql", "chdb", "sides/chdb_funnel.sql", section]
        return Side(
            label, [*run, f"core={core}", f"window_ms={window_ms}"], parts={"step": (section,)}
        )

    tsa = Side(
        "tsa", ["sides.tsa_command", "full.duckdb", "funnel", name], parts={"step": ("funnel",)}
    )
    by_user = peer("chdb, ordered by user and time", "core_by_user")
    by_type = peer("chdb, ordered by event type, user and time", "core_by_type")
    sides = (tsa, by_user) if section == "strict_order" else (tsa, by_type, by_user)
    return Case(f"funnel_{name}", f"Funnel: {what}", ("full.duckdb", "chdb"), sides)


def journey() -> Case:
    """Paths and moves."""
    peer = ["sides.chdb_sql", "chdb", "sides/chdb_journey.sql"]
    return Case(
        "journey",
        "Journeys: the 20 top paths of ten pages, and every move from page to page",
        ("full.duckdb", "chdb"),
        (
            Side("tsa", ["sides.tsa_command", "full.duckdb", "journey", "all_pages"],
                 parts={"step": ("journey",)}),
            Side("chdb", [*peer, "journey"], [[*peer, "before"]], parts={"step": ("journey",)}),
        ),
    )  # fmt: skip
