"""The text of a first tracking plan: which events were seen, with which properties. Pure."""

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from tsa_cli.privacy.personal_texts import ADDRESS
from tsa_cli.quantities import quantity
from tsa_cli.steps.ingest.profile import KeyProfile, profiles

_MOST_PROPERTIES = 60


@dataclass(frozen=True)
class Kept:
    """What the proposed mapping takes out of a line, and so what it keeps as properties."""

    fields: Mapping[str, KeyProfile]
    objects: Sequence[KeyProfile]  # unwrapped: their keys are properties
    people: Sequence[KeyProfile]  # traits
    is_personal: Callable[[str], bool]  # of a key: a trait, too, wherever it stands

    def properties_of(self, document: Mapping[str, object]) -> dict[str, object]:
        """What ingest would keep as the line's properties."""
        taken = (*self.fields.values(), *self.people, *self.objects)
        gone = {profile.keys[0] for profile in taken if len(profile.keys) == 1}
        kept = {key: value for key, value in document.items() if key not in gone}
        # Of what a field read inside of an object, ingest takes out these alone.
        inner_fields = [self.fields[name] for name in ("ip", "user_agent") if name in self.fields]
        paths = {profile.keys for profile in (*inner_fields, *self.people)}
        for profile in self.objects:
            inner = _at(document, profile.keys)
            if isinstance(inner, dict):
                kept |= {k: v for k, v in inner.items() if (*profile.keys, k) not in paths}
        return {key: value for key, value in kept.items() if not self.is_personal(key)}


def plan_text(documents: Sequence[Mapping[str, object]], kept: Kept, known: Collection[str]) -> str:
    """Every event name of the documents that is not `known`, with what its properties hold."""
    by_name: dict[str, list[dict[str, object]]] = {}
    for document in documents:
        name = _at(document, kept.fields["event"].keys) if "event" in kept.fields else None
        if isinstance(name, str) and name.isprintable() and name not in known and is_name(name):
            by_name.setdefault(name, []).append(kept.properties_of(document))
    lines = [
        "# Events as they were seen, to be added to those that `tsa init` writes to events.yaml:",
        "# as an events.yaml of its own this replaces them, and the names that funnels know.",
        "version: 1",
    ]
    lines.append("events:" if by_name else "events: {}")
    for name, seen in by_name.items():
        held = [
            p for p in profiles(seen) if len(p.keys) == 1 and p.filled_count and is_name(p.path)
        ][:_MOST_PROPERTIES]
        required = [quoted(p.keys[0]) for p in held if p.filled_count == len(seen)]
        lines.append(f"  {quoted(name)}:  # {quantity(len(seen), 'line')}")
        lines.append(f"    required: [{', '.join(required)}]")
        typed = [p for p in held if p.plan_type]
        lines.append("    properties:" if typed else "    properties: {}")
        lines += [f"      {quoted(p.keys[0])}: {p.plan_type}{remark(p)}" for p in typed]
        lines += [f"      # {shown(p.keys[0])}: mixed{remark(p)}" for p in held if not p.plan_type]
    return "\n".join(lines) + "\n"


def _at(document: Mapping[str, object], keys: Sequence[str]) -> object:
    value: object = document
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def is_name(text: str) -> bool:
    """False for an address or a number where a name should be, as in a table without a header."""
    has_letters = any(map(str.isalpha, text))
    return ADDRESS.search(text) is None and (has_letters or len(re.findall(r"\d", text)) < 6)


def remark(profile: KeyProfile) -> str:
    """The comment behind a key: its types, how often it is absent, the shapes of its values."""
    types = "/".join(sorted(profile.types))
    examples = profile.examples()
    shown = f", as {examples}" if examples else ""
    return f"  # {types}, {profile.null_rate:.0%} absent{shown}"


def quoted(text: str) -> str:
    """The text as YAML reads it back, in quotes where it needs them."""
    plain = re.fullmatch(r"(?!(?i:true|false|null)$)[A-Za-z_$][\w$.]*", text)
    return text if plain else json.dumps(text, ensure_ascii=False)


def shown(text: str) -> str:
    """The text on one line of a comment."""
    return text.replace("\n", " ")
