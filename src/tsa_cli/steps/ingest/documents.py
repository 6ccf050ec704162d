"""
The SQL expressions that read one JSON document a line by a mapping; every path and name is bound.

Personal values leave the properties for the traits; what a field consumed leaves them, too, unless
another path of the field was filled first: nothing else that a line carries is lost.
"""

import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tsa_cli.config.sources import SourceConfig
from tsa_cli.json_pointers import pointer_of
from tsa_cli.privacy.consent_words import NO, YES
from tsa_cli.privacy.traits import EVIDENCE
from tsa_cli.steps.ingest.bound_paths import BoundPaths, without_nulls
from tsa_cli.steps.ingest.field_sql import FieldSql
from tsa_cli.steps.ingest.paths import first_key, is_top, keys_of, pointer

_NOTHING = "'{}'"


@dataclass
class DocumentSql(FieldSql):
    """The expressions of one statement over a column `json`, and the values they bind."""

    source: SourceConfig
    personal_keys: Mapping[str, str]  # the trait that each stands for
    keys: frozenset[str]  # top-level keys that the file has
    paths: BoundPaths = field(default_factory=BoundPaths)

    def properties(self) -> str:
        """The object of all that no field consumed."""
        source = self.source
        own = {
            word: self._merged(call.properties)
            for word, call in (source.kinds.calls.items() if source.kinds else ())
            if call.properties is not None
        }
        merged = self._merged(source.properties)
        if source.kinds is not None and own:
            cases = [
                f"when {self.paths.bind(word)} then {merged_so}" for word, merged_so in own.items()
            ]
            kind = self.paths.text(source.kinds.path)
            merged = f"case {kind} {' '.join(cases)} else {merged} end"
        return f"json_merge_patch({_NOTHING}, {merged})" if source.drop_nulls else merged

    def sent_properties(self) -> str:
        """The same object with what is personal in it; null where nothing can be."""
        return replace(self, personal_keys={}).properties() if self.personal_keys else "null"

    def _merged(self, objects: Sequence[str]) -> str:
        """One after the other: what was consumed goes, `objects` are unwrapped, secrets go."""
        line = [without_nulls("json") if self.source.keep_rest else _NOTHING, *self._rest()]
        if spares := self.source.spare_properties:  # under all that the line has itself
            line += itertools.chain.from_iterable(map(self._gone, spares))
            line = [_NOTHING, *self._unwrapped(spares), _patched(line)]
        return _patched([*line, *self._unwrapped(objects), *self._inner_strips()])

    def traits(self) -> str:
        """The object that describes the person, with personal values from elsewhere; or null."""
        merged = self._by_kind(
            self._first_object(self.source.traits),
            lambda call: None if call.traits is None else self._first_object(call.traits),
        )
        if not self.personal_keys:
            return merged
        pairs = ", ".join(
            f"{self.paths.bind(key)}, {self._personal(key)}" for key in self.personal_keys
        )
        found = f"json_merge_patch({_NOTHING}, json_object({pairs}))"
        both = f"json_merge_patch(coalesce({merged}, {_NOTHING}), {found})"
        return f"case when {merged} is null and {found} = {_NOTHING} then null else {both} end"

    def consent(self) -> str:
        """The object of purposes that were granted or denied, or null."""
        found = self._first_object(self.source.consent)
        if not self.source.consent_words:
            return found
        words = ", ".join(
            f"{self.paths.bind(purpose)}, {self._yes_or_no(paths)}"
            for purpose, paths in self.source.consent_words.items()
        )
        said = f"json_merge_patch(coalesce({found}, {_NOTHING}), json_object({words}))"
        return f"nullif(cast({said} as varchar), {_NOTHING})"

    def _personal(self, key: str) -> str:
        paths = [pointer(path) + pointer_of(key) for path in self.source.own_property_paths()]
        values = [
            f"case when {self._is_personal(key, path)} then {self._filled(path)} end"
            for path in [*paths, pointer_of(key)]
        ]
        return f"coalesce({', '.join(values)})"

    def _is_personal(self, key: str, path: str) -> str:
        """Whether a value that its key names stands there; of objects the cleaning judges."""
        text = self._filled(path)
        first = f"left(cast({self.paths.part(path)} as varchar), 1)"
        is_one = f"{text} is not null and {first} not in ('{{', '[', 't', 'f')"
        evidence = EVIDENCE.get(self.personal_keys[key])
        if evidence is None:
            return f"({is_one})"
        pattern = evidence.replace(r"\d", r"\p{Nd}").replace(r"\D", r"\P{Nd}")  # as Python has them
        return f"({is_one} and regexp_matches({text}, {self.paths.bind(pattern)}))"

    def _without_personal(self, holders: Sequence[str]) -> list[str]:
        """Takes personal values out of what stands under their keys in any of these objects."""
        patches = []
        for key in self.personal_keys if holders else ():
            found = " or ".join(
                self._is_personal(key, holder + pointer_of(key)) for holder in holders
            )
            patches.append(_when(found, self._removal([key])))
        return patches

    def _removal(self, keys: Iterable[str]) -> str:
        """The patch that takes these keys out."""
        return self.paths.bind(json.dumps(dict.fromkeys(sorted(keys))))

    def _rest(self) -> list[str]:
        """Takes out the keys that fields, traits and consent were read from."""
        source = self.source
        if not source.keep_rest:
            return []
        paths = [*itertools.chain(*source.fields.values())]
        paths += [*source.trait_paths(), *source.consent, *source.strip]
        kept = {first_key(path) for path in source.own_property_paths()}  # unwrapped, or kept
        consumed = _top_keys(paths) - kept
        if source.kinds is not None and is_top(source.kinds.path):
            consumed.add(first_key(source.kinds.path))
        patches = [self._removal(consumed)]
        patches += self._without_personal([""])
        if source.kinds is not None:
            kind = self.paths.text(source.kinds.path)
            for word, call in source.kinds.calls.items():
                own = _top_keys(itertools.chain(*call.fields.values())) - kept - consumed
                if own:
                    is_own = f"{kind} = {self.paths.bind(word)}"
                    patches.append(_when(is_own, self._removal(own)))
        for path, earlier in self._outdone():
            text, first = self._filled(path), self._coalesced(earlier)
            other = f"json_object({self.paths.bind(first_key(path))}, {self.paths.part(path)})"
            patches.append(_when(f"{text} <> {first}", other))
        return patches

    def _outdone(self) -> list[tuple[str, list[str]]]:
        """Each top-level path that the file has beside a path of the same field that wins."""
        found = []
        for paths in self.source.fields.values():
            for at, path in enumerate(paths):
                if at and is_top(path) and first_key(path) in self.keys:
                    found.append((path, paths[:at]))
        return found

    def _unwrapped(self, objects: Sequence[str]) -> list[str]:
        patches = []
        for path in objects:
            value = without_nulls(self.paths.part(path))
            patches += [*self._gone(path), _when(self.paths.is_object(path), value)]
        return patches

    def _gone(self, path: str) -> list[str]:
        """Takes out the key of an object whose keys become properties."""
        if path.endswith("*"):
            gone = f"json_object({self.paths.key_like(path)}, null)"
        elif is_top(path):
            gone = self.paths.bind(json.dumps({first_key(path): None}))
        else:
            return []
        return [_when(self.paths.is_object(path), gone)]

    def _inner_strips(self) -> list[str]:
        """Takes addresses, agents, traits and personal values out of what is kept."""
        source = self.source
        inside = [path for name, path in source.field_paths() if name in ("ip", "user_agent")]
        inside += [*source.strip, *source.trait_paths(), *source.consent]
        unwrapped = {pointer(path) for path in source.property_paths()}
        flat: dict[str, None] = {}
        nested: dict[str, list[str]] = {}  # parent: keys
        for path in dict.fromkeys(inside):
            parent = pointer(path).rpartition("/")[0]
            if parent in unwrapped:
                flat[keys_of(path)[-1]] = None
            elif parent:
                nested.setdefault(parent, []).append(keys_of(path)[-1])
        patches = [self.paths.bind(json.dumps(flat))] if flat else []
        patches += self._without_personal(sorted(unwrapped))
        for parent, keys in nested.items():
            patch: dict[str, object] = dict.fromkeys(keys)
            for key in reversed(keys_of(parent)):
                patch = {key: patch}
            patches.append(_when(self.paths.is_object(parent), self.paths.bind(json.dumps(patch))))
        return patches

    def _first_object(self, paths: Sequence[str]) -> str:
        cases = " ".join(
            f"when {self.paths.is_object(path)} then {self.paths.part(path)}" for path in paths
        )
        return f"case {cases} end" if cases else "cast(null as json)"

    def _yes_or_no(self, paths: Sequence[str]) -> str:
        word = f"lower({self._coalesced(paths)})"
        yes, no = (", ".join(self.paths.bind(word) for word in words) for words in (YES, NO))
        return f"case when {word} in ({yes}) then true when {word} in ({no}) then false end"


def _top_keys(paths: Iterable[str]) -> set[str]:
    return {first_key(path) for path in paths if is_top(path) and not path.endswith("*")}


def _patched(documents: Sequence[str]) -> str:
    """The first document with the others as patches."""
    return f"json_merge_patch({', '.join(documents)})" if len(documents) > 1 else documents[0]


def _when(condition: str, patch: str) -> str:
    """The patch where the condition holds, else one that changes nothing; never nested twice."""
    return f"case when {condition} then {patch} else {_NOTHING} end"
