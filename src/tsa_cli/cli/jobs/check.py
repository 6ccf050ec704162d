"""
The quality gates: what was counted must add up, metrics must keep their targets.
"""

from tsa_cli.cli.answer import Answer
from tsa_cli.cli.jobs.window import behind
from tsa_cli.cli.session import Session
from tsa_cli.errors import BreachError, DataError
from tsa_cli.quantities import quantity


def work(session: Session) -> Answer:
    """
    What `tsa check` answers; its verdict is a breach when a gate is not ok.

    DataError when nothing was ever read: an empty store is no store in which all adds up.
    """
    from tsa_cli.config import definition_hash
    from tsa_cli.config.events import EventsConfig
    from tsa_cli.config.metrics import MetricsConfig
    from tsa_cli.steps import check as step
    from tsa_cli.steps import metrics

    config = session.catalog.load(MetricsConfig, "metrics.yaml")
    aliases = session.catalog.load(EventsConfig, "events.yaml").canonical_names()
    with session.reading() as store:
        as_of = store.newest_event_ts()
        rows = []
        if as_of is not None and store.has_table("core"):
            rows = metrics.run(store, config, as_of=as_of, event_aliases=aliases).rows
        report = step.run(store, rows)
        warnings = behind(session, store)
    if as_of is None and all(gate.ok is None for gate in report.gates):
        raise DataError("the store holds no event yet", "run `tsa ingest PATH` first")
    broken = [gate for gate in report.gates if gate.ok is False]
    verdict = None
    if broken:
        names = ", ".join(gate.gate for gate in broken)
        told = quantity(len(broken), "gate is not ok", "gates are not ok")
        verdict = BreachError(f"{told}: {names}", broken[0].detail)
    return Answer(
        "check",
        report,
        rows=[vars(gate) for gate in report.gates],
        as_of=as_of,
        definition=definition_hash(config),
        summary=f"{quantity(len(report.gates), 'gate')}, {report.breaches} breached",
        warnings=warnings if as_of else ["no event is stored: no metric could be judged"],
        verdict=verdict,
    )
