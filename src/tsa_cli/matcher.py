"""
Matchers become SQL: predicates with bound values over the columns of one relation.

A `MatcherCompiler` serves one statement. It collects what all its matchers read, so that the
statement joins only those sources and reads each JSON path once:

    compiler = MatcherCompiler(CORE_RELATION)
    predicates = [compiler.predicate(step) for step in steps]      # over the columns below
    slots = {"joins": compiler.joins(), "columns": compiler.columns(), …}

The statement selects `@columns` next to its own columns in a CTE and applies the predicates to it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tsa_cli.config.matchers import ANY_EVENT, Matcher
from tsa_cli.config.spelling import nearest
from tsa_cli.errors import ConfigError
from tsa_cli.json_pointers import pointer_of
from tsa_cli.operators import Bind, condition_sql, text_sql
from tsa_cli.relations import Column, Relation
from tsa_cli.store.fragment import Fragment

EVENT_COLUMN = "matched_event"
PROPERTIES = "properties."
USER = "user."


@dataclass(frozen=True)
class _Read:
    """One column that the statement selects for the matchers: an expression and its alias."""

    sql: str
    alias: str


@dataclass(frozen=True)
class _Document:
    """A JSON column of which several paths are read at once."""

    sql: str
    alias: str
    source: str
    pointers: list[str] = field(default_factory=list)

    def read(self, pointers: list[str]) -> str:
        """The JSON at the first pointer that leads anywhere."""
        self.pointers.extend(p for p in pointers if p not in self.pointers)
        reads = [f"{self.alias}[{self.pointers.index(pointer) + 1}]" for pointer in pointers]
        return reads[0] if len(reads) == 1 else f"coalesce({', '.join(reads)})"


class MatcherCompiler:
    """
    Compiles matchers for one statement; `prefix` keeps the names of two compilers apart.

    `event_aliases` maps other names of an event to the one that is stored.
    """

    def __init__(
        self,
        relation: Relation,
        *,
        prefix: str = "m",
        event_aliases: Mapping[str, str] | None = None,
    ) -> None:
        self._relation = relation
        self._prefix = prefix
        self._aliases = event_aliases or {}
        self._value_count = 0
        self._reads: dict[str, _Read] = {}
        self._needs: set[str] = set()
        self._documents: dict[str, _Document] = {}
        if relation.properties_sql is not None:
            self._documents[PROPERTIES] = _Document(
                relation.properties_sql, f"{prefix}_properties", relation.properties_source
            )
        if relation.traits_sql is not None:
            self._documents[USER] = _Document(relation.traits_sql, f"{prefix}_traits", "users")

    def predicate(self, matcher: Matcher) -> Fragment:
        """The condition of one matcher over the columns of `columns()`; never null."""
        params: dict[str, object] = {}

        def bind(value: object) -> str:
            name = f"{self._prefix}_value_{self._value_count}"
            self._value_count += 1
            params[name] = value
            return f"${name}"

        return Fragment(self._condition(matcher, bind), params)

    def mask(self, matchers: Sequence[Matcher]) -> Fragment:
        """A BIGINT whose bit k is set when matcher k holds; 0 without matchers."""
        parts: list[str] = []
        params: dict[str, object] = {}
        for bit, matcher in enumerate(matchers):
            fragment = self.predicate(matcher)
            parts.append(f"case when {fragment.sql} then {1 << bit}::bigint else 0::bigint end")
            params.update(fragment.params)
        return Fragment("(" + (" + ".join(parts) or "0::bigint") + ")", params)

    def text(self, key: str) -> Fragment:
        """The text of a key over the columns of `columns()`, null when absent."""
        return Fragment(text_sql(self._column(key)))

    def first_text(self, keys: Sequence[str]) -> Fragment:
        """The text of the first of several keys that has some, null without one."""
        if len(keys) == 1:
            return self.text(keys[0])
        texts = ", ".join(f"nullif({self.text(key).sql}, '')" for key in keys)
        return Fragment(f"coalesce({texts})")

    def joint_text(self, values: Sequence[Sequence[str]]) -> Fragment:
        """One text of several values, each the first of its keys; null when one is missing."""
        texts = [self.first_text(keys).sql for keys in values]
        if len(texts) < 2:
            return Fragment(texts[0] if texts else "cast(null as varchar)")
        known = " and ".join(f"{text} is not null" for text in texts)
        return Fragment(
            f"case when {known} then cast(to_json([{', '.join(texts)}]) as varchar) end"
        )

    def columns(self) -> Fragment:
        """`, expression as alias` for all that was asked so far; empty when nothing was."""
        parts = [f", {read.sql} as {read.alias}" for read in self._reads.values()]
        params: dict[str, object] = {}
        for document in self._documents.values():
            if document.pointers:
                read = f"json_extract({document.sql}, ${document.alias}_pointers)"
                parts.append(f", {read} as {document.alias}")
                params[f"{document.alias}_pointers"] = list(document.pointers)
        return Fragment("\n        ".join(parts), params)

    def joins(self) -> Fragment:
        """The joins of the sources in `needs`, in the relation's order."""
        joins = self._relation.joins
        return Fragment("\n    ".join(joins[source] for source in joins if source in self.needs))

    @property
    def needs(self) -> frozenset[str]:
        """Of events, properties, sessions, users, facts: what the matchers asked so far."""
        needed = set(self._needs)
        if "properties" in needed:
            needed.add("events")
        return frozenset(needed)

    def _condition(self, matcher: Matcher, bind: Bind) -> str:
        parts = []
        if matcher.event is not None and matcher.event != ANY_EVENT:
            name = self._aliases.get(matcher.event, matcher.event)
            parts.append(f"{self._event()} = {bind(name)}")
        for key, test in matcher.where.items():
            column = self._column(key)
            parts += [condition_sql(column, op, value, bind) for op, value in test.tests()]
        if matcher.any_of is not None:
            branches = [self._condition(branch, bind) for branch in matcher.any_of]
            parts.append("(" + " or ".join(branches) + ")")
        return "(" + (" and ".join(parts) or "true") + ")"

    def _event(self) -> str:
        if self._relation.event_sql is None:
            raise ConfigError("event: users have none here", "use `where` with user columns")
        return self._read(EVENT_COLUMN, self._relation.event_sql, f"{self._prefix}_{EVENT_COLUMN}")

    def _read(self, key: str, sql: str, alias: str) -> str:
        return self._reads.setdefault(key, _Read(sql, alias)).alias

    def _column(self, key: str) -> Column:
        column = self._relation.columns.get(key)
        if column is not None:
            self._needs.add(column.source)
            alias = self._read(key, column.sql, f"{self._prefix}_column_{len(self._reads)}")
            return Column(alias, column.kind, column.source)
        for prefix, document in self._documents.items():
            path = key.removeprefix(prefix)
            if path and path != key:
                self._needs.add(document.source)
                pointers = property_pointers(path) if prefix == PROPERTIES else [pointer_of(path)]
                return Column(document.read(pointers), "json", document.source)
        raise ConfigError(
            f"{key}: no such column{nearest(key, list(self._relation.columns))}",
            "keys are columns of fact_events and dim_sessions, properties.PATH or user.KEY",
        )


def names_of(matchers: Iterable[Matcher], aliases: Mapping[str, str]) -> frozenset[str] | None:
    """The stored names of the events that some of the matchers can take; None for any."""
    names = [matcher.event_names() for matcher in matchers]
    if None in names:
        return None
    return frozenset(aliases.get(name, name) for some in names for name in some or ())


_SEGMENT = re.compile(r'"([^"]*)"|([^."]+)')
_PATH = re.compile(rf"(?:{_SEGMENT.pattern})(?:\.(?:{_SEGMENT.pattern}))*")


def property_pointers(path: str) -> list[str]:
    """
    The JSON pointers to try in turn for `properties.PATH`.

    `a.b` is b inside a, else the key "a.b" itself; a segment in double quotes is one key.
    """
    literal = pointer_of(path)
    if not _PATH.fullmatch(path):
        return [literal]
    segments = [quoted or plain for quoted, plain in _SEGMENT.findall(path)]
    nested = "".join(pointer_of(segment) for segment in segments)
    return [nested] if nested == literal or '"' in path else [nested, literal]
