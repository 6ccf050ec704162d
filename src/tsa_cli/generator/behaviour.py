"""
What happens in each planned visit: which of the 64 slots are filled.

reads   nothing
writes  one row of slots per visit
"""

import numpy as np

from tsa_cli.generator import slots
from tsa_cli.generator.people import habit_column
from tsa_cli.generator.tables import F32, I64, U8, Bools
from tsa_cli.generator.visits import BOOKED, Plan


def draw_grid(rng: np.random.Generator, plan: Plan, type_code: U8) -> Bools:
    """(n_visits, slots.WIDTH): what happens in each planned visit."""
    count = len(plan.person)
    grid = np.zeros((slots.WIDTH, count), dtype=bool)
    luck = rng.random((slots.WIDTH, count), dtype=np.float32)
    wish = np.exp(np.float32(0.35) * np.clip(plan.intent, -2, 2))
    looks = rng.poisson(habit_column("looks")[type_code] * np.sqrt(wish))
    price_rate = habit_column("price_rate")[type_code]
    grid[slots.LANDING] = True
    for slot, rate in (
        (slots.SCROLL, 0.15),
        (slots.SEARCH, 0.14),
        (slots.FILTER, 0.05),
        (slots.LIST_PAGE, 0.22),
    ):
        grid[slot] = luck[slot] < rate
    _fill_looks(grid, luck, looks, price_rate * np.minimum(wish, np.float32(1.15)))
    for slot, rate in ((slots.REVIEWS, 0.09), (slots.REVIEWS + 1, 0.09), (slots.REVIEWS + 2, 0.04)):
        grid[slot] = luck[slot] < rate * wish
    compares = luck[slots.COMPARE] < 0.25 * price_rate * (looks > 1)
    grid[slots.COMPARE] = compares
    grid[slots.COMPARE + 1] = compares & (luck[slots.COMPARE + 1] < 0.5)
    grid[slots.QUOTE_PAGE : slots.QUOTE_CONTACT + 1] = luck[slots.QUOTE] < 0.05 * wish * wish
    for step in range(BOOKED + 1):
        grid[slots.BOOKING_PAGE + step] = plan.reached >= max(step, 1)
    grid[slots.EXIT_INTENT] = (plan.reached < BOOKED) & (luck[slots.EXIT_INTENT] < 0.1)
    return np.ascontiguousarray(grid.T)


def _fill_looks(grid: Bools, luck: F32, looks: I64, price_rate: F32) -> None:
    """Page, service, price and availability of each look; the price may come before the service."""
    for look in range(slots.LOOKS):
        begin = slots.FIRST_LOOK + look * slots.LOOK_WIDTH
        page, before, price, after, free = range(begin, begin + slots.LOOK_WIDTH)
        happens = looks > look
        grid[page] = happens & (luck[page] < 0.8)
        grid[before] = happens & (luck[before] < 0.55)
        grid[price] = happens & (luck[price] < price_rate)
        grid[after] = happens & ~grid[before] & (luck[after] < 0.6)
        grid[free] = happens & (luck[free] < 0.08)
