"""A glob stands for the same texts in Python and in the engine."""

import duckdb
import pytest

from tsa_cli.globs import fits_glob, globs_to_like


@pytest.mark.parametrize(
    ("text", "pattern", "fits"),
    [
        ("booking_started", "booking_*", True),
        ("bookings", "booking_*", False),
        ("xbooking_started", "booking_*", False),
        ("[Amplitude] Page Viewed", "[Amplitude] Page Viewed", True),  # no class of letters
        ("[Amplitude] Page Viewed", "[Amplitude] *", True),
        ("A Page Viewed", "[Amplitude] *", False),
        ("a\\b", "a\\b", True),  # no escape
        ("a*", "a\\*", False),
        ("a%c", "a%c", True),
        ("abc", "a%c", False),
        ("abc", "a_c", False),
        ("müde", "m?de", True),  # one character, of two bytes
        ("🙂", "?", True),
        ("a\nb", "a*b", True),
        ("Ann", "ann", False),
        ("", "*", True),
    ],
)
def test_a_star_is_any_text_and_a_question_mark_one_character(
    text: str, pattern: str, fits: bool
) -> None:
    assert fits_glob(text, pattern) is fits
    said = duckdb.execute(
        "select len(list_filter($patterns, lambda p: $text like p escape '\\')) > 0",
        {"patterns": globs_to_like([pattern]), "text": text},
    ).fetchone()
    assert said == (fits,)
