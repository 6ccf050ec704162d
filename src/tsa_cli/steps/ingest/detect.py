"""
Which mapping fits a file, seen from its first lines.

`--source auto` tries every mapping of `configs/sources/` on a sample and says which and why.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tsa_cli.config.sources import Detect, SourceConfig
from tsa_cli.errors import DataError
from tsa_cli.steps.ingest.lines_file import LinesFile
from tsa_cli.steps.ingest.paths import look_up, text_at
from tsa_cli.steps.ingest.propose import Proposal
from tsa_cli.steps.ingest.report import PROPOSED_ELSEWHERE
from tsa_cli.steps.ingest.written_objects import with_objects

SAMPLE_LINES = 200
NEEDED_SHARE = 0.5


@dataclass(frozen=True)
class Detected:
    """The mapping that fits, and the sentence that says so."""

    name: str
    source: SourceConfig
    why: str
    proposal: Callable[[], Proposal] | None = None  # should it turn out not to fit, either


def sample_documents(lines: LinesFile) -> list[dict[str, object]]:
    """The objects among the file's first lines, and inside of them as well where they are text."""
    return documents_among(line.raw for line in lines.first_lines(SAMPLE_LINES))


def documents_among(texts: Iterable[str | bytes]) -> list[dict[str, object]]:
    """Those of the texts that are objects, but for what is too deep or too long for Python."""
    documents = []
    for text in texts:
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            documents.append(with_objects(value))
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
        if not any(vars(source.detect).values()):  # it is there for --source alone
            continue
        share = _share_fitting(documents, source.detect)
        if share > NEEDED_SHARE:
            scores.append((source.priority, share, key))
    if not scores:
        if not documents and "native" in sources:  # let every line be judged and quarantined
            return Detected("native", sources["native"], "no line is a JSON object")
        raise DataError(
            f"{name}: its lines fit no mapping (tried {', '.join(sorted(sources))})",
            f"name one with --source, or add configs/sources/NAME.yaml; {PROPOSED_ELSEWHERE}",
        )
    _, share, key = max(scores)
    return Detected(
        key, sources[key], f"{share:.0%} of its first lines {_why(sources[key].detect)}"
    )


def _share_fitting(documents: Sequence[dict[str, object]], rule: Detect) -> float:
    """The share of the documents that fit; 0 as soon as it cannot be enough."""
    unfit = 0
    for document in documents:
        unfit += not fits(document, rule)
        if unfit >= (1 - NEEDED_SHARE) * len(documents):
            return 0.0
    return (len(documents) - unfit) / len(documents) if documents else 0.0


def fits(document: dict[str, object], rule: Detect) -> bool:
    """True when the document passes every test of the rule that is given."""
    if any(look_up(document, path) is None for path in rule.all_paths):
        return False
    if rule.any_paths and all(look_up(document, path) is None for path in rule.any_paths):
        return False
    if any(look_up(document, path) is not None for path in rule.none_paths):
        return False
    if not all(text_at(document, path) in allowed for path, allowed in rule.values.items()):
        return False
    for path, pattern in rule.patterns.items():
        text = text_at(document, path)
        if text is None or not re.fullmatch(pattern, text):
            return False
    return not rule.any_of or any(fits(document, inner) for inner in rule.any_of)


def _why(rule: Detect) -> str:
    parts = []
    if rule.all_paths:
        parts.append(f"have {', '.join(rule.all_paths)}")
    if rule.any_paths:
        parts.append(f"have {' or '.join(rule.any_paths)}")
    parts += [f"have {path} = {' or '.join(values)}" for path, values in rule.values.items()]
    parts += [f"have {path} like {pattern}" for path, pattern in rule.patterns.items()]
    if rule.any_of:
        parts.append("; ".join(_why(inner) for inner in rule.any_of).replace("; ", " or "))
    return " and ".join(parts) or "are objects"
