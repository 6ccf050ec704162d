"""Numbers with the noun they count, for sentences that people read."""


def quantity(count: int, one: str, many: str = "") -> str:
    """ "1 user", "1,234 users"; `many` where the plural is not `one` and an s."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
