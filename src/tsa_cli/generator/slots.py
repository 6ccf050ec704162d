"""
The fixed order of what may happen in one visit: 64 slots, each an event type on a page.

reads   nothing
writes  nothing; a visit is a row of 64 booleans, its events are the true slots in order
"""

import numpy as np

from tsa_cli.generator.catalog import Kind, Role
from tsa_cli.generator.tables import U8

LOOKS = 5  # a visit looks at up to five services; looks 1 and 3 are at another one than wanted
_LOOK = (
    (Kind.PAGE, Role.SERVICE),
    (Kind.SERVICE, Role.SERVICE),
    (Kind.PRICE, Role.SERVICE),
    (Kind.SERVICE, Role.SERVICE),  # the same view, for those who ask the price first
    (Kind.AVAILABILITY, Role.SERVICE),
)
_BEFORE = (
    (Kind.PAGE, Role.HOME),  # the landing; its page is the visit's own
    (Kind.SCROLL, Role.HOME),
    (Kind.SEARCH, Role.LIST),
    (Kind.FILTER, Role.LIST),
    (Kind.PAGE, Role.LIST),
)
_AFTER = (
    (Kind.PAGE, Role.REVIEWS),
    (Kind.REVIEW, Role.REVIEWS),
    (Kind.REVIEW, Role.REVIEWS),
    (Kind.COMPARE, Role.COMPARE),
    (Kind.COMPARE, Role.COMPARE),
    (Kind.PAGE, Role.CONTACT),
    (Kind.QUOTE, Role.CONTACT),
    (Kind.CONTACT, Role.CONTACT),
    (Kind.PAGE, Role.BOOKING),
    (Kind.STARTED, Role.BOOKING),
    (Kind.STEP, Role.BOOKING),
    (Kind.STEP, Role.BOOKING),
    (Kind.CONTACT, Role.BOOKING),
    (Kind.STEP, Role.BOOKING),
    (Kind.COMPLETED, Role.BOOKING),
    (Kind.PAGE, Role.CONFIRM),
    (Kind.EXIT_INTENT, Role.HOME),
    (Kind.PAGE, Role.STATUS),
    (Kind.CANCELLED, Role.ACCOUNT),
    (Kind.TICKET, Role.SUPPORT),
    (Kind.FEEDBACK, Role.FEEDBACK),
    (Kind.DONE, Role.HOME),
    (Kind.NO_SHOW, Role.HOME),
    (Kind.PICKUP, Role.HOME),
)
SLOTS = (*_BEFORE, *(_LOOK * LOOKS), *_AFTER)
WIDTH = len(SLOTS)
FIRST_LOOK = len(_BEFORE)
LOOK_WIDTH = len(_LOOK)
_TAIL = FIRST_LOOK + LOOKS * LOOK_WIDTH
REVIEWS = _TAIL
COMPARE = _TAIL + 3
QUOTE_PAGE, QUOTE, QUOTE_CONTACT = _TAIL + 5, _TAIL + 6, _TAIL + 7
BOOKING_PAGE = _TAIL + 8
STARTED, BOOKING_CONTACT, COMPLETED = BOOKING_PAGE + 1, BOOKING_PAGE + 4, BOOKING_PAGE + 6
CONFIRM_PAGE, EXIT_INTENT = BOOKING_PAGE + 7, BOOKING_PAGE + 8
STATUS_PAGE, CANCELLED, TICKET, FEEDBACK = (EXIT_INTENT + i for i in range(1, 5))
DONE, NO_SHOW, PICKUP = (FEEDBACK + i for i in range(1, 4))
LANDING, SCROLL, SEARCH, FILTER, LIST_PAGE = range(FIRST_LOOK)

SLOT_KIND: U8 = np.array([kind for kind, _ in SLOTS], dtype=np.uint8)
SLOT_ROLE: U8 = np.array([role for _, role in SLOTS], dtype=np.uint8)
SLOT_ROLE_IS_LANDING = (SLOT_ROLE == Role.HOME) & (SLOT_KIND < Kind.DONE)  # on the landing page
# Booking steps are numbered 1 to 3: the device, the time, the payment.
SLOT_STEP = np.zeros(WIDTH, dtype=np.uint8)
SLOT_STEP[[STARTED + 1, STARTED + 2, STARTED + 4]] = (1, 2, 3)
SLOT_IS_OTHER_OFFER = np.zeros(WIDTH, dtype=bool)
for _look in (1, 3):
    SLOT_IS_OTHER_OFFER[FIRST_LOOK + _look * LOOK_WIDTH :][:LOOK_WIDTH] = True
