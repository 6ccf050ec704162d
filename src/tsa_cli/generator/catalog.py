"""
What the synthetic shop sells, which pages it has and what each event type says.

reads   nothing
writes  nothing; constant tables that the simulation and the text rendering index by small codes
source  the product requirements' event schema (section 2.4.1); the services and prices are invented
"""

import json
from enum import IntEnum

import numpy as np

from tsa_cli.generator.tables import I64, U8, U16

SITE = "https://shop.example.com"


class Kind(IntEnum):
    """Event types by code; `EVENT_NAMES[kind]` is the name in the log."""

    NONE = 0
    PAGE = 1
    SCROLL = 2
    SEARCH = 3
    FILTER = 4
    SERVICE = 5
    PRICE = 6
    AVAILABILITY = 7
    REVIEW = 8
    COMPARE = 9
    QUOTE = 10
    CONTACT = 11
    EXIT_INTENT = 12
    TICKET = 13
    STARTED = 14
    STEP = 15
    COMPLETED = 16
    CANCELLED = 17
    FEEDBACK = 18
    DONE = 19
    NO_SHOW = 20
    PICKUP = 21


EVENT_NAMES = (
    "",
    "page_viewed",
    "page_scrolled",
    "search_performed",
    "filter_applied",
    "service_viewed",
    "price_checked",
    "availability_checked",
    "review_read",
    "comparison_made",
    "quote_requested",
    "contact_info_submitted",
    "exit_intent_shown",
    "support_ticket_opened",
    "booking_started",
    "booking_step_completed",
    "booking_completed",
    "booking_cancelled",
    "feedback_submitted",
    "service_completed",
    "no_show",
    "pickup",
)
FIRST_BOOKING_KIND = Kind.TICKET  # this kind and all after it carry a booking_id
FIRST_SERVER_KIND = Kind.DONE  # this kind and all after it come from the shop's own system

# category, service_type, then each device model with its price in USD
_SERVICES: tuple[tuple[str, str, dict[str, float]], ...] = (
    (
        "screen_repair",
        "iPhone Screen Repair",
        {"iPhone 12": 129, "iPhone 13": 159, "iPhone 14 Pro": 249, "iPhone 15": 229},
    ),
    (
        "screen_repair",
        "Galaxy Screen Repair",
        {"Galaxy S21": 149, "Galaxy S23": 219, "Galaxy A54": 119},
    ),
    ("screen_repair", "iPad Screen Repair", {"iPad Air": 199, "iPad 10": 149}),
    ("screen_repair", "Laptop Screen Repair", {"MacBook Air M2": 389, "XPS 13": 279}),
    (
        "battery_replacement",
        "iPhone Battery Replacement",
        {"iPhone 12": 69, "iPhone 13": 79, "iPhone 14 Pro": 99},
    ),
    ("battery_replacement", "Galaxy Battery Replacement", {"Galaxy S21": 69, "Galaxy S23": 79}),
    (
        "battery_replacement",
        "MacBook Battery Replacement",
        {"MacBook Air M2": 179, "MacBook Pro 14": 229},
    ),
    ("water_damage", "iPhone Water Damage Repair", {"iPhone 13": 149, "iPhone 14 Pro": 189}),
    ("water_damage", "Laptop Water Damage Repair", {"MacBook Pro 14": 349, "ThinkPad T14": 259}),
    ("charging_port", "iPhone Charging Port Repair", {"iPhone 12": 79, "iPhone 13": 89}),
    ("charging_port", "Galaxy Charging Port Repair", {"Galaxy S21": 75, "Galaxy A54": 69}),
    (
        "motherboard_repair",
        "iPhone Logic Board Repair",
        {"iPhone 13": 279, "iPhone 14 Pro": 329},
    ),
    (
        "motherboard_repair",
        "MacBook Logic Board Repair",
        {"MacBook Air M2": 449, "MacBook Pro 14": 549},
    ),
    ("motherboard_repair", "Console Board Repair", {"PlayStation 5": 189, "Xbox Series X": 179}),
    ("data_recovery", "Phone Data Recovery", {"iPhone 13": 249, "Galaxy S23": 249}),
    ("data_recovery", "SSD Data Recovery", {"ThinkPad T14": 399, "XPS 13": 399}),
    ("data_recovery", "RAID Data Recovery", {"NAS 4-bay": 899}),
    ("advanced_diagnostics", "Laptop Diagnostics", {"ThinkPad T14": 59, "MacBook Pro 14": 69}),
    ("advanced_diagnostics", "Phone Diagnostics", {"iPhone 14 Pro": 39, "Galaxy S23": 39}),
    ("advanced_diagnostics", "Desktop Diagnostics", {"Gaming PC": 79, "Office PC": 49}),
    ("software_support", "Virus Removal", {"Office PC": 89, "XPS 13": 89}),
    ("software_support", "System Reinstall", {"Office PC": 99, "ThinkPad T14": 99}),
    ("tune_up", "PC Tune-up", {"Gaming PC": 109, "Office PC": 79}),
)
_TECHNICAL = ("motherboard_repair", "data_recovery", "advanced_diagnostics")

_SLUGS = tuple(kind.lower().replace(" ", "-") for _, kind, _ in _SERVICES)
_OFFERS = tuple(
    (service, model, float(price))
    for service, (_, _, models) in enumerate(_SERVICES)
    for model, price in models.items()
)
OFFER_COUNT = len(_OFFERS)
OFFER_SERVICE: U8 = np.array([service for service, _, _ in _OFFERS], dtype=np.uint8)
# Phones come first in a shop: the chance of a need falls with the price and with rarity.
OFFER_WEIGHTS = np.array([1.0 / price**0.5 for _, _, price in _OFFERS])
_IS_TECHNICAL = np.array([_SERVICES[s][0] in _TECHNICAL for s, _, _ in _OFFERS])
TECHNICAL_OFFERS: U8 = np.flatnonzero(_IS_TECHNICAL).astype(np.uint8)
OTHER_OFFERS: U8 = np.flatnonzero(~_IS_TECHNICAL).astype(np.uint8)
IS_TECHNICAL_OFFER = _IS_TECHNICAL

VALUE_VARIANTS = ("standard", "with_protection", "express", "discount")
_FACTORS = (1.0, 1.15, 1.3, 0.9)
VALUE_CENTS: I64 = np.array(
    [[round(price * factor * 100) for factor in _FACTORS] for _, _, price in _OFFERS],
    dtype=np.int64,
)


class Role(IntEnum):
    """Which page of the shop an event happens on; the service decides the rest."""

    HOME = 0
    LIST = 1
    SERVICE = 2
    BOOKING = 3
    BLOG = 4
    PRICING = 5
    REVIEWS = 6
    COMPARE = 7
    CONTACT = 8
    CONFIRM = 9
    ACCOUNT = 10
    SUPPORT = 11
    FEEDBACK = 12
    STATUS = 13


_BLOG = (
    "/blog/is-my-phone-worth-repairing",
    "/blog/water-damage-first-aid",
    "/blog/how-data-recovery-works",
    "/blog/battery-health-explained",
)
_FIXED = {
    Role.HOME: "/",
    Role.LIST: "/services",
    Role.PRICING: "/pricing",
    Role.REVIEWS: "/reviews",
    Role.COMPARE: "/compare",
    Role.CONTACT: "/contact",
    Role.CONFIRM: "/booking/confirmation",
    Role.ACCOUNT: "/account",
    Role.SUPPORT: "/support",
    Role.FEEDBACK: "/feedback",
    Role.STATUS: "/account/bookings/:id",
}
PAGE_PATHS: tuple[str, ...] = (
    *_FIXED.values(),
    *_BLOG,
    *(f"/services/{slug}" for slug in _SLUGS),
    *(f"/booking/{slug}" for slug in _SLUGS),
)
STATUS_PAGE = PAGE_PATHS.index(_FIXED[Role.STATUS])  # its URL ends in the booking's number
NO_PAGE = 65535


def _role_pages() -> U16:
    """The page of each role and service, (n_roles, n_services)."""
    table = np.zeros((len(Role), len(_SERVICES)), dtype=np.uint16)
    for role, path in _FIXED.items():
        table[role] = PAGE_PATHS.index(path)
    for service, slug in enumerate(_SLUGS):
        table[Role.BLOG, service] = PAGE_PATHS.index(_BLOG[service % len(_BLOG)])
        table[Role.SERVICE, service] = PAGE_PATHS.index(f"/services/{slug}")
        table[Role.BOOKING, service] = PAGE_PATHS.index(f"/booking/{slug}")
    return table


ROLE_PAGE = _role_pages()


def _title(path: str) -> str:
    words = path.strip("/").split("/")[-1].replace("-", " ").replace(":id", "booking")
    return (words or "home").title()


def json_text(value: dict[str, object]) -> str:
    """The compact JSON text of one object."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


PAGE_PROPERTIES = tuple(json_text({"page_title": _title(path)}) for path in PAGE_PATHS)


def offer_properties(offer: int) -> dict[str, object]:
    """What every event about an offer says: service, type, category, model and list price."""
    service, model, price = _OFFERS[offer]
    category, service_type, _ = _SERVICES[service]
    return {
        "service_id": f"svc-{service + 1:02d}",
        "service_type": service_type,
        "service_category": category,
        "device_model": model,
        "price": price,
    }
