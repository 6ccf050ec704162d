"""
Keys that a sample did not show: of a large file only slices are searched for keys in properties.

Which keys there are decides how lines are read: what is personal goes to the traits, and a mapping
may read a field from the properties. So each distinct document is looked at, and a file with a
key that should have been known is read again, by all of its keys.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from tsa_cli.config.privacy import PrivacyConfig


class UnseenKeyError(Exception):
    """The rest of a file has a key that decides how its lines are read, and its sample had not."""


@dataclass(frozen=True)
class UnseenKeys:
    """What is looked for in the documents of one file."""

    known: frozenset[str]  # keys that were found, of lines or in properties
    of_fields: frozenset[str]  # keys that would not have been left in the properties
    privacy: PrivacyConfig
    counted: frozenset[str] | None = None  # top-level keys, where the sample alone says which

    def look(self, documents: pl.Series, with_personal: Iterable[int]) -> None:
        """
        Raise UnseenKeyError when a document has such a key at its top.

        `with_personal` are the places of those documents that have something personal anywhere.
        """
        suspects = {*with_personal}
        if self.of_fields:
            quoted = [json.dumps(key) for key in sorted(self.of_fields)]
            suspects.update(documents.str.contains_any(quoted).arg_true().to_list())
        for text in documents.gather(sorted(suspects)).to_list():
            document = json.loads(text)
            keys = {*document} if isinstance(document, dict) else set()
            if keys & self.of_fields or any(map(self.privacy.is_personal, keys - self.known)):
                raise UnseenKeyError
