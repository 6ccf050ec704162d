"""
The suppression lists of configs/privacy.yaml, read from their files.

reads   suppression_files
source  definition D51: a suppression list always wins
"""

from pathlib import Path

from tsa_cli.config.privacy import PrivacyConfig
from tsa_cli.errors import DataError
from tsa_cli.privacy.suppression import Suppressions, odd_lines, suppressions_of

_MOST_NAMED = 5


def suppressions(privacy: PrivacyConfig) -> Suppressions:
    """All lists as one; DataError for a file that cannot be read."""
    lines = [line for name in privacy.suppression_files for line in _lines(name)]
    return suppressions_of(lines, privacy.default_country)


def stop_list_notes(privacy: PrivacyConfig) -> list[str]:
    """
    One note for each list with lines that most likely stop nobody: where they are, not what.

    Nothing is said of a file that cannot be read.
    """
    notes = []
    for name in privacy.suppression_files:
        try:
            odd = odd_lines(_lines(name), privacy.default_country)
        except DataError:
            continue
        if odd:
            notes.append(_note(name, odd, privacy.default_country))
    return notes


def _note(name: str, odd: list[int], default_country: str | None) -> str:
    places = ", ".join(map(str, odd[:_MOST_NAMED]))
    more = f" and {len(odd) - _MOST_NAMED:,} more" if len(odd) > _MOST_NAMED else ""
    line = "line" if len(odd) == 1 else "lines"
    number = "" if default_country else ", a phone number with its country code"
    return (
        f"{name}: {line} {places}{more} cannot be read as an address and may stop nobody:"
        f" write one e-mail, phone, user id or SHA-256 a line, without quotes or names{number}"
    )


def _lines(name: str) -> list[str]:
    try:
        return Path(name).read_text(encoding="utf-8-sig").split("\n")  # Excel: a BOM
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(
            f"{name}: cannot be read: {error}", "check suppression_files in privacy.yaml"
        ) from None
