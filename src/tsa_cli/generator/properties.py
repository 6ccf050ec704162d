"""
The JSON texts of events: properties, contact data and consent.

reads   nothing
writes  text pools, and the pool position of each event
source  names of people are common first and last names combined at random; addresses are of
        example.com and its siblings (RFC 2606); telephone numbers end in 555-01xx, which the
        North American numbering plan keeps for fiction
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tsa_cli.generator.catalog import (
    EVENT_NAMES,
    FIRST_BOOKING_KIND,
    OFFER_COUNT,
    PAGE_PROPERTIES,
    VALUE_CENTS,
    VALUE_VARIANTS,
    Kind,
    json_text,
    offer_properties,
)
from tsa_cli.generator.tables import I64, U64, seeded
from tsa_cli.generator.texts import digit_texts, joined, picked

_VARIANTS = 8
_SERVICE_KEYS = ("service_id", "service_category", "service_type")
_STEPS = ("", "device_details", "time_slot", "payment")
_TOPICS = ("repair_delayed", "same_fault_again", "price_question", "warranty_claim")
_REASONS = ("found_cheaper", "no_longer_needed", "time_conflict", "other")


def _words(text: str) -> list[str]:
    return text.split()


_FIRST_NAMES = _words(
    "Aaron Amara Andre Anika Bella Bruno Carla Chen Chloé Daniel Deepa Elena Emil Fatima Felix "
    "Grace Hana Hugo Imani Ines Ivan Jamal Jana José Julia Karim Kenji Laura Leo Lucía Malik Maria "
    "Mateo Maya Mei Milan Nadia Niko Nora Olga Omar Paula Priya Quinn Rafael Rosa Samir Sara Sofia "
    "Tariq Tessa Theo Uma Victor Wanda Xavier Yara Yusuf Zara Zoë"
)
_LAST_NAMES = _words(
    "Adams Alvarez Baker Becker Bennett Castillo Chang Cohen Costa Cruz Davis Diaz Dubois Edwards "
    "Evans Fischer Flores Foster García Gomez Green Hall Harris Hassan Hill Ibrahim Ito Jackson "
    "Jensen Johnson Kaur Keller Khan Kim King Kowalski Lee Lewis Lopez Martin Meyer Moore Müller "
    "Nguyen Novak O'Brien Okafor Ortiz Park Patel Perez Reyes Rossi Santos Schmidt Silva Singh "
    "Smith Sokolov Tanaka Taylor Torres Walker Wong Young"
)
_ASCII = str.maketrans("éíëüóñ", "eieuon", "'")
_DOMAINS = ("example.com", "example.com", "example.net", "example.org", "mail.example.com")
_AREA_CODES = ("212", "305", "312", "404", "415", "503", "617", "702", "713", "206", "416", "604")
_COUNTRIES = ("US",) * 10 + ("CA",) * 2
CONSENT_TEXTS = ('{"analytics":true,"marketing":true}', '{"analytics":true,"marketing":false}')


def _body(kind: int, offer: int, variant: int) -> dict[str, object]:
    """What an event says; bookings in `_booking_body`."""
    about = offer_properties(offer)
    service = {name: about[name] for name in _SERVICE_KEYS}
    number = int(str(about["service_id"])[-2:])
    price = float(str(about["price"]))
    match kind:
        case Kind.SCROLL:
            return {"depth": (25, 50, 75, 100)[variant % 4]}
        case Kind.SEARCH:
            words = (about["service_type"], about["device_model"], "near me", "price")
            query = f"{about['device_model']} {words[variant % 4]}".lower()
            return {"query": query, "results_count": number % 7 + variant}
        case Kind.FILTER:
            return {"filter": "category", "value": about["service_category"]}
        case Kind.SERVICE | Kind.PRICE:
            return about
        case Kind.AVAILABILITY:
            return {**service, "slots_free": variant * 3 % 8}
        case Kind.REVIEW:
            return {"service_id": about["service_id"], "review_rating": 5 - variant % 3}
        case Kind.COMPARE:
            ids = [about["service_id"], f"svc-{(number + variant) % 23 + 1:02d}"]
            return {"service_ids": ids, "service_category": about["service_category"]}
        case Kind.QUOTE:
            return {**about, "estimated_value": price}
        case Kind.CONTACT:
            return {"form": "contact"}
        case Kind.EXIT_INTENT:
            return {"offer_shown": variant % 2 == 0}
        case _:
            return _booking_body(kind, offer, variant)


def _booking_body(kind: int, offer: int, variant: int) -> dict[str, object]:
    """What an event of a booking says beside its booking_id."""
    about = offer_properties(offer)
    service = {name: about[name] for name in _SERVICE_KEYS}
    match kind:
        case Kind.STARTED:
            return about
        case Kind.STEP:
            return {"step": _STEPS[variant % 4], "step_number": variant, **service}
        case Kind.COMPLETED:
            value = int(VALUE_CENTS[offer, variant % 4]) / 100
            package = VALUE_VARIANTS[variant % 4]
            return {**about, "value": value, "currency": "USD", "package": package}
        case Kind.CANCELLED:
            return {**service, "reason": _REASONS[variant % 4]}
        case Kind.TICKET:
            return {"topic": _TOPICS[variant % 4]}
        case Kind.FEEDBACK:
            return {"rating": variant, "service_id": about["service_id"]}
        case _:
            return {**service, "device_model": about["device_model"]}


@dataclass(frozen=True)
class PropertyPool:
    """Each different properties text once; those with a booking lack the opening `{`."""

    texts: pa.StringArray = field(repr=False)
    index: npt.NDArray[np.int32]  # (n_kinds, n_offers, n_variants) positions in `texts`


def build_pool() -> PropertyPool:
    """The texts of all kinds, offers and variants; pages come first, by their own number."""
    texts = {text: position for position, text in enumerate(dict.fromkeys(PAGE_PROPERTIES))}
    index = np.zeros((len(EVENT_NAMES), OFFER_COUNT, _VARIANTS), dtype=np.int32)
    for kind in range(Kind.SCROLL, len(EVENT_NAMES)):
        for offer in range(OFFER_COUNT):
            for variant in range(_VARIANTS):
                text = json_text(_body(kind, offer, variant))
                text = text if kind < FIRST_BOOKING_KIND else text[1:]
                index[kind, offer, variant] = texts.setdefault(text, len(texts))
    return PropertyPool(pa.array(list(texts), pa.string()), index)


def page_positions() -> npt.NDArray[np.int32]:
    """The pool position of each page's properties."""
    distinct = list(dict.fromkeys(PAGE_PROPERTIES))
    return np.array([distinct.index(text) for text in PAGE_PROPERTIES], dtype=np.int32)


def booking_texts(booking: I64) -> pa.StringArray:
    """`{"booking_id":"bk-00000012",`: what the pool's texts with a booking lack."""
    return joined('{"booking_id":"bk-', digit_texts(booking, 8), '",')


def _part(bits: U64, shift: int, size: int) -> U64:
    part: U64 = (bits >> np.uint64(shift)) % np.uint64(size)
    return part


def traits_texts(seed: int, person: I64) -> pa.StringArray:
    """Contact data of each person as JSON: the same person always gives the same."""
    bits = seeded(seed, 5, person)
    first, last = _part(bits, 0, len(_FIRST_NAMES)), _part(bits, 8, len(_LAST_NAMES))
    area, domain = _part(bits, 16, len(_AREA_CODES)), _part(bits, 24, len(_DOMAINS))
    line, style = _part(bits, 32, 100), _part(bits, 44, 4)
    plain_first = [name.lower().translate(_ASCII) for name in _FIRST_NAMES]
    plain_last = [name.lower().translate(_ASCII) for name in _LAST_NAMES]
    width = max(4, len(str(int(person.max(initial=0)))))
    mail = joined(
        picked(plain_first, first),
        ".",
        picked(plain_last, last),
        digit_texts(person, width),
        "@",
        picked(_DOMAINS, domain),
    )
    opening = picked(["+1 (", "+1-", "+1", "("], style)
    after_area = picked([") ", "-", "", ") "], style)
    dash = picked(["-", "-", "", "-"], style)
    digits = digit_texts(line.astype(np.int64), 2)
    area_text = picked(_AREA_CODES, area)
    return joined(
        '{"email":"', mail,
        '","phone":"', opening, area_text, after_area, "555", dash, "01", digits,
        '","first_name":"', picked(_FIRST_NAMES, first),
        '","last_name":"', picked(_LAST_NAMES, last),
        '","country":"', picked(_COUNTRIES, area), '"}',
    )  # fmt: skip


def user_id_texts(person: I64) -> pa.StringArray:
    """`u0000012`: the known id of each person."""
    digits = digit_texts(person, 7)
    return joined("u", digits)
