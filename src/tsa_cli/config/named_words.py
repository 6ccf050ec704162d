"""
Words that one config file names and another asks for: channels, segments, bands.

A condition on a channel that no rule gives holds for nobody, in silence.

reads   channels.yaml, users.yaml, models/lead_score.yaml, where a file has a condition on theirs
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from tsa_cli.config.keys import Keys
from tsa_cli.config.spelling import nearest
from tsa_cli.config.yaml_loader import Document

if TYPE_CHECKING:
    from tsa_cli.config.catalog import Catalog


def _channels(catalog: "Catalog") -> set[str]:
    from tsa_cli.config.channels import ChannelsFile

    file = catalog.load(ChannelsFile, "channels.yaml")
    return {file.otherwise, *(rule.channel for rule in file.rules)}


def _segments(catalog: "Catalog") -> set[str]:
    from tsa_cli.config.users import UsersConfig

    return {rule.name for rule in catalog.load(UsersConfig, "users.yaml").segments}


def _bands(catalog: "Catalog") -> set[str]:
    from tsa_cli.config.models import ModelConfig

    return {*catalog.entry(ModelConfig, "models", "lead_score").bands}


_NAMED: Mapping[str, tuple[str, Callable[["Catalog"], set[str]]]] = {
    "channel": ("channels.yaml", _channels),
    "acquisition_channel": ("channels.yaml", _channels),
    "customer_segment": ("users.yaml", _segments),
    "lead_score_band": ("models/lead_score.yaml", _bands),
}


def unknown_words(catalog: "Catalog", keys: Keys, document: Document) -> list[str]:
    """`FILE:LINE:COL: KEY: why` of each word that the file which names them does not have."""
    words = NamedWords(catalog)
    return [
        f"{document.at(place)}: {key}: {why}"
        for place, key, word in keys.words(document)
        if (why := words.fault(key, word))
    ]


class NamedWords:
    """The words that the files of a catalog name; each file is read once, when it is asked for."""

    def __init__(self, catalog: "Catalog") -> None:
        self._catalog = catalog
        self._known: dict[str, list[str]] = {}  # by file

    def fault(self, key: str, word: str) -> str:
        """Why the key can never be the word; "" when it can, or when no file names its words."""
        file, words_of = _NAMED.get(key.removeprefix("user."), ("", None))
        if words_of is None:
            return ""
        if file not in self._known:
            self._known[file] = sorted(words_of(self._catalog))
        if word in (known := self._known[file]):
            return ""
        return f"{file} has none called {word!r}{nearest(word, known)} (known: {', '.join(known)})"
