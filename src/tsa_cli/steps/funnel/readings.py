"""
What names alone do not tell of a funnel's events: conditions, held values, a breakdown of all.

Each is read where it lies: from the events, in the order in which they are stored, when they
alone can tell, else from core with its joins. What was found is laid beside the rows of core by
number, which costs a fraction of a join.

reads   events; else core, actors, event_types, and what the matchers ask for
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from tsa_cli.config.funnels import FunnelConfig
from tsa_cli.config.matchers import Matcher
from tsa_cli.kernels.funnel_types import NONE, Ints
from tsa_cli.matcher import MatcherCompiler, names_of, property_pointers
from tsa_cli.relations import CORE_RELATION, Column, Relation, promoted_columns
from tsa_cli.steps.funnel.codes import Codes, Columns, coded, places_of
from tsa_cli.steps.funnel.span import Span
from tsa_cli.steps.funnel.told import Answer
from tsa_cli.store.fragment import Fragment
from tsa_cli.store.store import Store

PROPERTIES = "properties."
EVENT_COLUMNS = {
    "event_id": Column("e.event_id", "varchar", "events"),
    "event_timestamp": Column("e.event_ts", "timestamp", "events"),
    "event_type": Column("w.event_type", "varchar", "events"),
    "properties": Column("e.properties", "json", "events"),
    **promoted_columns("e"),
}
NOTHING = Fragment("cast(null as varchar)")
HELD = ", held is not null as is_held, hash(held) as held"
SPLIT = ", split is not null as is_split, coalesce(split, '') as split"


@dataclass(frozen=True)
class _Question:
    """What is read in one statement."""

    matchers: Mapping[int, Matcher]  # by place in the mask
    hold: list[list[str]]  # values, each the first of its keys that is there
    split: str | None
    names: frozenset[str] | None  # of the events that may matter; None for any

    def is_asked(self) -> bool:
        return bool(self.matchers or self.hold or self.split)


def ask(store: Store, config: FunnelConfig, span: Span, aliases: Mapping[str, str]) -> list[Answer]:
    """What matchers that are more than names, held values and the breakdown of `all` ask for."""
    return [_answer_of(*each) for each in _answers(store, config, span, aliases)]


def _answers(
    store: Store, config: FunnelConfig, span: Span, aliases: Mapping[str, str]
) -> Iterator[tuple[_Question, Columns]]:
    """Each question that is asked, with what was found, one row per event: `place` is its seq."""
    from_event, from_core = _questions(config, aliases)
    first, last = span.bounds(config.window)
    between: dict[str, object] = {"from_ts": first, "to_ts": last}
    if from_event.is_asked():
        relation, params = _event_relation(from_event, aliases)
        compiler = MatcherCompiler(relation, event_aliases=aliases)
        file = "4_reports/funnel_of_events.sql"
        yield from_event, _answer(store, file, compiler, from_event, between | params)
    if from_core.is_asked():
        compiler = MatcherCompiler(CORE_RELATION, event_aliases=aliases)
        file = "4_reports/funnel_of_core.sql"
        yield from_core, _answer(store, file, compiler, from_core, between)


def _questions(config: FunnelConfig, aliases: Mapping[str, str]) -> tuple[_Question, _Question]:
    """What is asked of the events alone, and what of core with its joins."""
    everything = dict(enumerate([*config.steps, *config.exclude]))
    places = {place: one for place, one in everything.items() if not one.is_names_only()}
    of_event = {place: one for place, one in places.items() if _is_of_event(_keys(one))}
    of_core = {place: one for place, one in places.items() if place not in of_event}
    hold, by = config.hold_constant, config.breakdown
    split = by.by if by and by.value == "all" else None
    event_hold = hold if _is_of_event(chain.from_iterable(hold)) else []
    event_split = split if split and _is_of_event([split]) else None
    names = names_of(everything.values(), aliases)
    # Of a strict funnel any event of a value may stand between, whatever its name.
    of_split = None if split and config.order == "strict" else names
    own = names if event_hold else names_of(of_event.values(), aliases)
    core_split = None if event_split else split
    return (
        _Question(of_event, event_hold, event_split, of_split if event_split else own),
        _Question(
            of_core, [] if event_hold else hold, core_split, of_split if core_split else names
        ),
    )


def _answer(
    store: Store,
    file: str,
    compiler: MatcherCompiler,
    question: _Question,
    params: Mapping[str, object],
) -> Columns:
    slots = {
        "mask": compiler.mask(list(question.matchers.values())),
        "hold": compiler.joint_text(question.hold),
        "split": compiler.text(question.split) if question.split else NOTHING,
        "told": Fragment(HELD * bool(question.hold) + SPLIT * bool(question.split)),
    }
    slots |= {"columns": compiler.columns(), "joins": compiler.joins()}
    names = sorted(question.names or ())
    return store.arrays(file, slots, is_any_name=question.names is None, names=names, **params)


def _answer_of(question: _Question, found: Columns) -> Answer:
    place = found["place"].astype(np.int64, copy=False)
    if len(place) and not (place[1:] > place[:-1]).all():
        order = np.argsort(place, kind="stable")  # of the pieces in which a join answers
        place, found = place[order], {name: column[order] for name, column in found.items()}
    answer = Answer(places_of(place))
    if question.matchers:
        answer = replace(answer, marks=_placed(found["marks"], list(question.matchers)))
    if question.hold:
        answer = replace(answer, hold=_as_numbers(found["held"], found["is_held"]))
    if question.split:
        values = coded(found["split"])
        code = np.where(found["is_split"], values.code, NONE)
        answer = replace(answer, split=Codes(code, values.values))
    return answer


def _as_numbers(hashes: npt.NDArray[Any], is_there: npt.NDArray[np.generic]) -> Ints:
    """
    The held values as numbers, NONE where one is missing.

    Of each only a 64-bit hash was fetched, as texts cost ten times as much; among a million values
    two share 63 bits of theirs with a probability of 5e-8.
    """
    return np.where(is_there, (hashes >> 1).astype(np.int64), NONE)


def _placed(marks: Ints, places: list[int]) -> Ints:
    """The bits 0, 1, … moved to `places`."""
    if places == list(range(len(places))):
        return marks
    moved = np.zeros(len(marks), np.int64)
    for bit, place in enumerate(places):
        moved |= ((marks >> bit) & 1) << place
    return moved


def _event_relation(
    question: _Question, aliases: Mapping[str, str]
) -> tuple[Relation, dict[str, object]]:
    """
    The events as a relation, and the values that its columns bind.

    A property is read from the events of the names that ask for it: parsing is what costs. Several
    keys of one held value are read by the compiler, which parses once for all of them.
    """
    asked: dict[str, list[Matcher]] = {}
    for matcher in question.matchers.values():
        for key in _keys(matcher):
            asked.setdefault(key, []).append(matcher)
    single = [keys[0] for keys in question.hold if len(keys) == 1]
    whole = [*single, *([question.split] if question.split else [])]
    columns, params = dict(EVENT_COLUMNS), dict[str, object]()
    for number, key in enumerate(sorted({*asked, *whole} - set(EVENT_COLUMNS))):
        pointers = property_pointers(key.removeprefix(PROPERTIES))
        if len(pointers) > 1:
            continue  # read by the compiler, which knows which one leads anywhere
        names = question.names if key in whole else names_of(asked[key], aliases)
        text = f"json_extract_string(e.properties, $read_pointer_{number})"
        params[f"read_pointer_{number}"] = pointers[0]
        if names is not None and names != question.names:
            text = f"case when list_contains($read_names_{number}, w.event_type) then {text} end"
            params[f"read_names_{number}"] = sorted(names)
        columns[key] = Column(text, "varchar", "events")
    return Relation(columns, "w.event_type", "e.properties"), params


def _keys(matcher: Matcher) -> set[str]:
    return set(matcher.where).union(*(_keys(branch) for branch in matcher.any_of or ()))


def _is_of_event(keys: Iterable[str]) -> bool:
    """True when the event itself has all the keys."""
    return all(
        key in EVENT_COLUMNS or key.removeprefix(PROPERTIES) not in (key, "") for key in keys
    )
