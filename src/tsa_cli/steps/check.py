"""
The quality gates: metrics against their targets, and the conservation of lines and events.

reads   ingested_files, quarantined_events, raw_events, events, core, session_rows,
        excluded_agents, excluded_ips, excluded_actors, sessionize_state, runs
writes  nothing
source  the contract's sections 2 and 3; definitions D2 (read = inserted + duplicate + conflict +
        rejected), D7 (events in = events out + excluded)
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

from tsa_cli.quantities import quantity
from tsa_cli.store.store import Store

Kind = Literal["conservation", "metric"]
_LARGE = 1000  # from here on four digits are not all of the whole ones


class JudgedMetric(Protocol):
    """What a gate needs of a metric's row."""

    @property
    def metric(self) -> str: ...  # noqa: D102
    @property
    def value(self) -> float | None: ...  # noqa: D102
    @property
    def denominator(self) -> float: ...  # noqa: D102
    @property
    def target(self) -> float | None: ...  # noqa: D102
    @property
    def target_relation(self) -> str | None: ...  # noqa: D102
    @property
    def ok(self) -> bool | None: ...  # noqa: D102


@dataclass(frozen=True)
class Gate:
    """One check; `ok` None when there was nothing to judge."""

    gate: str
    kind: Kind
    ok: bool | None
    value: float | None
    target: float | None
    detail: str


@dataclass(frozen=True)
class CheckReport:
    """All gates; the command exits with 1 when `ok` is false."""

    ok: bool
    breaches: int
    gates: list[Gate]


def run(store: Store, metrics: Iterable[JudgedMetric] = ()) -> CheckReport:
    """The gates of the ledger, then one for each metric that has a target."""
    gates = [*_lines(store), *_events(store)]
    gates += [_metric_gate(row) for row in metrics if row.target is not None]
    breaches = sum(gate.ok is False for gate in gates)
    return CheckReport(breaches == 0, breaches, gates)


def _lines(store: Store) -> list[Gate]:
    """Every line read is in one place, in each file; what was inserted is stored."""
    [total] = store.records("4_reports/check_lines.sql")
    number = {key: int(str(value)) for key, value in total.items()}
    placed = sum(
        number[f"{name}_count"] for name in ("inserted", "duplicate", "conflict", "rejected")
    )
    detail = (
        f"{number['read_count']:,} read = {number['inserted_count']:,} inserted"
        f" + {number['duplicate_count']:,} duplicate + {number['conflict_count']:,} conflict"
        f" + {number['rejected_count']:,} rejected"
    )
    detail += _repeated(number)
    bad = store.records("4_reports/check_files.sql")
    worst = ""
    if bad:
        told = quantity(len(bad), "file does not add up", "files do not add up")
        worst = f"; {told}, the first: {bad[0]['path']}"
    stored, inserted = number["stored_count"], number["inserted_count"]
    erased = inserted - stored
    told = f"{stored:,} stored of {inserted:,} inserted"
    if erased > 0 and number["privacy_run_count"]:
        told += f", {erased:,} erased by `tsa privacy`"
    is_stored = erased == 0 or (erased > 0 and number["privacy_run_count"] > 0)
    is_empty = stored == inserted == 0
    return [
        _balance("lines_read", number["read_count"], placed, detail + worst, is_ok=not bad),
        Gate(
            "lines_stored",
            "conservation",
            None if is_empty else is_stored,
            stored,
            inserted,
            told,
        ),
    ]


def _repeated(number: dict[str, int]) -> str:
    """That lines were read more than once, so that nobody takes their number for that of lines."""
    readings, replays = number["reading_count"], number["replay_count"]
    if readings == number["path_count"]:
        return ""
    return (
        f"; each time a line was read counts: {quantity(readings, 'reading')} of"
        f" {quantity(number['path_count'], 'file')}, {replays:,} of them"
        f" {'a replay' if replays == 1 else 'replays'};"
        f" {quantity(number['held_count'], 'line')} in quarantine now"
    )


def _events(store: Store) -> list[Gate]:
    """Every stored event is in core, excluded or waiting; every visit's is in one session."""
    if not (store.has_table("core") and store.has_table("session_rows")):
        why = "not sessionized yet: run `tsa sessionize`"
        return [Gate(name, "conservation", None, None, None, why)
                for name in ("events_in_core", "events_in_sessions", "sessions")]  # fmt: skip
    [total] = store.records("4_reports/check_core.sql")
    number = {key: int(str(value)) for key, value in total.items()}
    core, excluded, waiting = (number[f"{name}_count"] for name in ("core", "excluded", "waiting"))
    events, server = number["event_count"], number["server_event_count"]
    in_sessions = number["session_event_count"]
    return [
        _balance(
            "events_in_core",
            events,
            core + excluded + waiting,
            f"{quantity(events, 'event')} = {core:,} analysed + {excluded:,} left out"
            f" + {waiting:,} not sessionized yet",
        ),
        _balance(
            "events_in_sessions",
            core,
            in_sessions + server,
            f"{core:,} analysed = {in_sessions:,} in sessions + {server:,} server-side",
        ),
        _balance(
            "sessions",
            number["visit_count"],
            number["session_count"],
            f"{quantity(number['session_count'], 'session')},"
            f" {number['visit_count']:,} with events",
        ),
    ]


def _balance(name: str, whole: int, parts: int, detail: str, *, is_ok: bool = True) -> Gate:
    is_empty = is_ok and whole == parts == 0  # nothing that could add up
    return Gate(
        name, "conservation", None if is_empty else is_ok and whole == parts, parts, whole, detail
    )


def _metric_gate(row: JudgedMetric) -> Gate:
    if row.ok is None or row.value is None:
        detail = f"not judged: only {row.denominator:,.12g} to measure"
    else:
        verb = "keeps" if row.ok else "misses"
        value = f"{row.value:.4g}" if abs(row.value) < _LARGE else f"{row.value:,.0f}"
        target = f"{row.target_relation} {row.target:,.12g}"
        detail = f"{value} (n {row.denominator:,.12g}) {verb} the target {target}"
    return Gate(row.metric, "metric", row.ok, row.value, row.target, detail)
