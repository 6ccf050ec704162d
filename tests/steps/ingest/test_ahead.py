"""Work in another thread: nothing is lost, errors arrive, and it ends when nobody takes more."""

import threading
from collections.abc import Iterator

import pytest

from tsa_cli.steps.ingest.ahead import Ahead


def test_items_arrive_whole_and_in_order() -> None:
    ahead = Ahead(lambda: iter(range(1000)))
    assert list(ahead) == list(range(1000))
    ahead.close()


def test_an_error_is_raised_after_the_items_before_it() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise ValueError("broken")

    ahead = Ahead(broken)
    items = iter(ahead)
    assert next(items) == 1
    with pytest.raises(ValueError, match="broken"):
        next(items)
    assert isinstance(ahead.error, ValueError)


def test_at_most_a_few_items_are_made_ahead() -> None:
    made = []
    is_taken = threading.Event()

    def counted() -> Iterator[int]:
        for number in range(100):
            made.append(number)
            yield number

    ahead = Ahead(counted, depth=2)
    iterator = iter(ahead)
    assert next(iterator) == 0
    is_taken.wait(0.3)
    assert len(made) <= 4  # one taken, two waiting, one in hand
    ahead.close()


def test_closing_ends_a_thread_that_waits_to_hand_over() -> None:
    ahead = Ahead(lambda: iter(range(10**9)))
    ahead.close()
    assert not [t for t in threading.enumerate() if t.name == "tsa-ahead" and t.is_alive()]
