"""Which cases wait for `make soak`."""

from collections.abc import Iterable

import pytest


def soaked(values: Iterable[object]) -> list[object]:
    """The values as parameters of the soak alone."""
    return [pytest.param(value, marks=pytest.mark.soak) for value in values]
