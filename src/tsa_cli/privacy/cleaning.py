"""
Personal values leave JSON documents: those of events before they are stored, and refused lines.

What goes: the value of every key that configs/privacy.yaml names (or an alias, or one with the `$`
of Mixpanel and PostHog) at any depth, also in lists like GA4's `{"key": …, "value": …}` or the
fields of a form, `{"name": …, "value": …}`; what is
personal in a URL; addresses in any other text; the end of an IP address. Cleaning again changes
nothing, and without a key to encrypt with, equal documents are equal when they are clean.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

from tsa_cli.config.privacy import PrivacyConfig
from tsa_cli.enrich.ip import truncate_ip
from tsa_cli.errors import DataError
from tsa_cli.privacy.field_crypto import ENCRYPTED, Keys, decrypt_field
from tsa_cli.privacy.ip_keys import is_ip_key
from tsa_cli.privacy.json_texts import dumped, is_json, is_readable, loaded, seen
from tsa_cli.privacy.personal_texts import (
    PersonalTexts,
    as_url,
    is_url,
    may_hold,
    told_key,
    without_addresses,
)
from tsa_cli.privacy.traits import can_be_personal, stored_trait

Leaf = Callable[[str, object], object]
_GONE = object()


@dataclass(frozen=True)
class Cleaner:
    """What `privacy` says is personal; its keys are encrypted if `keys` can, or hashed."""

    privacy: PrivacyConfig
    keys: Keys = field(default_factory=Keys, repr=False)

    def documents(self, texts: pl.Series) -> dict[int, str]:
        """{place: the clean document} of those JSON documents that change."""
        places = self._texts.suspects(texts)
        given = texts.gather(places).to_list() if places else []
        try:
            cleaned = self._cleaned(given)
        except (ValueError, RecursionError):  # one of them is beyond Python's reader
            cleaned = self.lines([text.encode() for text in given])
        pairs = zip(places, given, cleaned, strict=True)
        return {place: after for place, before, after in pairs if after != before}

    def line(self, raw: bytes) -> str:
        """The text of a line; JSON stays JSON and, where there is nothing to clean, as written."""
        return self.lines([raw])[0]

    def lines(self, raws: Sequence[bytes]) -> list[str]:
        """The text of each line: URLs of many are cleaned in the time of those of one, 1 ms."""
        texts = [raw.decode("utf-8", errors="backslashreplace") for raw in raws]
        documents = [text for text in texts if is_readable(text)]
        try:
            cleaned = dict(zip(documents, self._cleaned(documents), strict=True))
        except (RecursionError, UnicodeEncodeError):  # too deep to walk; half a pair to be hashed
            if len(texts) > 1:
                return [self.line(raw) for raw in raws]
            cleaned = {}
        return [cleaned[text] if text in cleaned else self._texts.cleaned(text) for text in texts]

    def trait(self, key: str, value: object) -> dict[str, str]:
        """The (key, value) pairs to store of a trait: inside of one that is not personal, too."""
        if isinstance(value, bool) and self.privacy.is_personal(key):
            return {}  # it would stand in the place of a real one
        is_bare = isinstance(value, str) and not may_hold(value) and not {"'", '"'} & {*value}
        if not self.privacy.is_personal(key) and (not is_bare or is_ip_key(key)):
            value = self._hashing.inside(key, value)
        if "@" in key:
            key = without_addresses(key)
        return {} if value is _GONE else stored_trait(key, value, self.privacy, self.keys)

    def inside(self, key: str, value: object) -> object:
        """The value, which stands under `key`, without what is personal in it."""
        return self._walked(value, key, self._leaf_of([value], key))

    def restored(self, text: str) -> str:
        """The clean line with the clear text of what can be decrypted."""
        if ENCRYPTED not in text or self.keys.encryption is None:
            return text
        try:
            return dumped(self._walked(loaded(text), "", self._clear))
        except (ValueError, RecursionError):
            return text

    @cached_property
    def _hashing(self) -> "Cleaner":
        return Cleaner(self.privacy)

    @cached_property
    def _texts(self) -> PersonalTexts:
        return PersonalTexts(self.privacy)

    def _cleaned(self, texts: Sequence[str]) -> list[str]:
        repeats: list[bool] = []
        values = [seen(text, repeats) for text in texts]
        pairs = zip(texts, values, strict=True)
        with_urls = [value for text, value in pairs if may_hold(text) or "\\u" in text]
        leaf = self._leaf_of(with_urls, "")
        cleaned = [self._walked(value, "", leaf) for value in values]
        return [
            # A key that comes twice hides one of its values from a reader, not from others.
            before if after == value and not has_repeats else dumped(after)
            for before, value, after, has_repeats in zip(
                texts, values, cleaned, repeats, strict=True
            )
        ]

    def _walked(self, value: object, key: str, leaf: Leaf) -> object:
        """The value, which stands under `key`, with what `leaf` makes of its texts and numbers."""
        if isinstance(value, dict):
            pairs = (
                (without_addresses(name) if "@" in name else name, self._walked(inner, under, leaf))
                for name, under, inner in self._children(value, key)
            )
            return {name: kept for name, kept in pairs if kept is not _GONE}
        if isinstance(value, list):
            kept = (self._walked(inner, key, leaf) for inner in value)
            return [inner for inner in kept if inner is not _GONE]
        return leaf(key, value)

    def _children(self, value: dict[str, object], key: str) -> Iterator[tuple[str, str, object]]:
        """(its name, the key that says what it is, the value) of each member."""
        is_personal, told = self.privacy.is_personal(key), told_key(value, self.privacy)
        for name, inner in value.items():
            if self.privacy.is_personal(name) or name.endswith("_micros"):
                yield name, name, inner
            elif is_personal or name.endswith("_value"):  # GA4's {"string_value": …}
                yield name, key, inner
            elif name == "value" and isinstance(told, str):
                yield name, told, inner
            else:
                yield name, name, inner

    def _leaf_of(self, values: Sequence[object], key: str) -> Leaf:
        """What cleans a leaf; the URLs in all of the values are cleaned together, as a column."""
        urls: dict[str, str] = {}

        def note(key: str, value: object) -> object:
            if isinstance(value, str) and value and is_url(key, value):
                urls.setdefault(as_url(key, value), "")
            return value

        for value in values:
            self._walked(value, key, note)
        urls = dict(zip(urls, self._texts.urls.urls(list(urls)), strict=True))
        return lambda key, value: self._clean(key, value, urls)

    def _clean(self, key: str, value: object, urls: dict[str, str]) -> object:
        if value is None or value == "" or isinstance(value, bool):
            return value
        if self.privacy.is_personal(key) and can_be_personal(self.privacy.trait_key(key), value):
            stored = stored_trait(key, value, self.privacy, self.keys)
            return stored.get(self.privacy.trait_key(key), _GONE)
        if not isinstance(value, str):
            return value
        if is_ip_key(key):
            return self._short_ip(value)
        if is_json(value):
            return self._cleaned([value])[0]
        if self._texts.is_nearly_json(value):
            return self._texts.cleaned(value)
        if not may_hold(value):
            return value
        if is_url(key, value):
            url = as_url(key, value)
            return urls[url][len(url) - len(value) :]
        return without_addresses(value)

    def _short_ip(self, value: str) -> object:
        if self.privacy.ip == "keep":
            return value
        short = truncate_ip(value) if self.privacy.ip == "truncate" else None
        return _GONE if short is None else short

    def _clear(self, key: str, value: object) -> object:
        if not isinstance(value, str) or self.keys.encryption is None:
            return value
        if is_json(value):
            return self.restored(value)
        if not value.startswith(ENCRYPTED):
            return value
        try:
            return decrypt_field(self.keys.encryption, self.privacy.trait_key(key), value)
        except DataError:
            return value
