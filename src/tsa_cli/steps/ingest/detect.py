"""
Which mapping fits a file, seen from its first lines; and which keys its lines carry.

`--source auto` tries every mapping of `configs/sources/` on a sample and says which and why.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tsa_cli.config.sources import Detect, SourceConfig
from tsa_cli.errors import DataError
from tsa_cli.steps.ingest.canonical import first_key, pointer
from tsa_cli.steps.ingest.lines_file import LinesFile

SAMPLE_LINES = 200
NEEDED_SHARE = 0.5


@dataclass(frozen=True)
class Detected:
    """The mapping that fits, and the sentence that says so."""

    name: str
    source: SourceConfig
    why: str


def sample_documents(lines: LinesFile) -> list[dict[str, object]]:
    """The objects among the file's first lines."""
    ordinals = list(range(min(SAMPLE_LINES, lines.row_count)))
    documents = []
    for line in lines.lines_of_rows(ordinals):
        try:
            value = json.loads(line.raw)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            documents.append(value)
    return documents


def detect(
    name: str, documents: Sequence[dict[str, object]], sources: Mapping[str, SourceConfig]
) -> Detected:
    """
    The mapping that most of `documents` fit; of several, the highest priority, then the share.

    Raises DataError naming the mappings that were tried when none fits.
    """
    scores = []
    for key, source in sources.items():
        fitting = sum(1 for document in documents if fits(document, source.detect))
        share = fitting / len(documents) if documents else 0.0
        if share > NEEDED_SHARE:
            scores.append((source.priority, share, key))
    if not scores:
        if not documents and "native" in sources:  # let every line be judged and quarantined
            return Detected("native", sources["native"], "no line is a JSON object")
        raise DataError(
            f"{name}: its lines fit no mapping (tried {', '.join(sorted(sources))})",
            "name one with --source, or add configs/sources/NAME.yaml; --dry-run proposes one",
        )
    _, share, key = max(scores)
    return Detected(key, sources[key], f"{share:.0%} of its first lines {_why(sources[key].detect)}")


def fits(document: dict[str, object], rule: Detect) -> bool:
    """True when the document passes every test of the rule that is given."""
    if any(look_up(document, path) is None for path in rule.all_paths):
        return False
    if rule.any_paths and all(look_up(document, path) is None for path in rule.any_paths):
        return False
    if any(look_up(document, path) is not None for path in rule.none_paths):
        return False
    return all(str(look_up(document, path)) in allowed for path, allowed in rule.values.items())


def look_up(document: object, path: str) -> object:
    """The value at a path of nested objects; None where there is none."""
    value = document
    for key in pointer(path).split("/")[1:]:
        if not isinstance(value, dict):
            return None
        value = value.get(key.replace("~1", "/").replace("~0", "~"))
    return value


def is_plain_native(
    keys: set[str], property_keys: set[str], source: SourceConfig, personal: set[str]
) -> bool:
    """True when typed top-level columns say everything that the lines carry."""
    paths = [p for several in source.fields.values() for p in several]
    top = {p for p in paths if pointer(p).count("/") == 1}
    top |= {*source.properties, *source.traits, *source.consent}
    nested = {pointer(p).rsplit("/", 1)[1] for p in paths if pointer(p).count("/") == 2
              and first_key(p) in source.properties}  # fmt: skip
    has_extras = source.kinds or source.key_values or source.strip or source.columns
    return not has_extras and keys <= top and not property_keys & (nested | personal)


def _why(rule: Detect) -> str:
    parts = []
    if rule.all_paths:
        parts.append(f"have {', '.join(rule.all_paths)}")
    if rule.any_paths:
        parts.append(f"have {' or '.join(rule.any_paths)}")
    parts += [f"have {path} = {' or '.join(values)}" for path, values in rule.values.items()]
    return " and ".join(parts) or "are objects"
