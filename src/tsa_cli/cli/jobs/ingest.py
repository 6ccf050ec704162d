"""
Event files into the store, and what that means for the exit code.
"""

from dataclasses import asdict
from typing import TYPE_CHECKING

from tsa_cli.cli.answer import Answer
from tsa_cli.cli.session import Session
from tsa_cli.errors import BreachError, DataError, TsaError
from tsa_cli.quantities import quantity

if TYPE_CHECKING:
    from tsa_cli.steps.ingest import IngestConfig
    from tsa_cli.steps.ingest.report import IngestResult

AUTO = "auto"


def work(session: Session, paths: list[str], config: "IngestConfig") -> Answer:
    """What `tsa ingest` answers; whatever could be stored is stored by then."""
    from tsa_cli.config import definition_hash
    from tsa_cli.steps import ingest as step

    policies = config.policies
    definition = definition_hash(
        policies.plan, policies.privacy, policies.identity, *config.sources.values()
    )
    with (
        session.writing("ingest", definition, is_dry_run=config.is_dry_run) as run,
        session.progress() as bar,
    ):
        result = step.run(run.store, config, paths, run.run_id, lambda doing: bar(0, None, doing))
        data = result.data()
        run.note({**data, "files": len(result.files)})
        run.verdict = _verdict(result, config)
    return Answer(
        "ingest",
        data,
        rows=rows_of(result),
        definition=definition,
        warnings=[*result.warnings, *proposals_of(result)],
        summary=summary_of(result),
        verdict=run.verdict,
    )


def config_of(
    session: Session,
    *,
    source: str = AUTO,
    is_final: bool = False,
    is_forced: bool = False,
    is_dry_run: bool = False,
) -> "IngestConfig":
    """The files and flags that decide what becomes of a line."""
    from tsa_cli.cli.recorded import now
    from tsa_cli.config.channels import ChannelsFile
    from tsa_cli.config.events import EventsConfig
    from tsa_cli.config.identity import IdentityConfig
    from tsa_cli.config.privacy import PrivacyConfig
    from tsa_cli.config.referrers import ReferrersFile
    from tsa_cli.config.sources import SourceConfig
    from tsa_cli.lookups import LookupConfig
    from tsa_cli.steps.ingest import IngestConfig
    from tsa_cli.steps.ingest.settings import Policies

    catalog = session.catalog
    plan = catalog.load(EventsConfig, "events.yaml")
    privacy = catalog.load(PrivacyConfig, "privacy.yaml")
    sources = dict(catalog.entries(SourceConfig, "sources", []))
    lookups = LookupConfig(
        catalog.load(ChannelsFile, "channels.yaml"),
        catalog.load(ReferrersFile, "referrers.yaml"),
        session.config.mmdb,
    )
    identity = catalog.load(IdentityConfig, "identity.yaml")
    policies = Policies(session.config, plan, privacy, now(), lookups, identity)
    return IngestConfig(policies, sources, session.keys, source, is_final, is_forced, is_dry_run)


def rows_of(result: "IngestResult") -> list[dict[str, object]]:
    """A row per file for the flat formats."""
    hidden = ("left_bytes", "warning", "proposal", "hint")
    return [{k: v for k, v in asdict(file).items() if k not in hidden} for file in result.files]


def proposals_of(result: "IngestResult") -> list[str]:
    """Of a dry run: a first mapping and plan for each file that fits no mapping."""
    told = []
    for file in result.files:
        if file.proposal is not None:
            texts = [f"# {name}\n{text}" for name, text in file.proposal.items()]
            told.append(f"{file.path}: to be read and mended\n" + "\n".join(texts))
    return told


def summary_of(result: "IngestResult") -> str:
    """One line: files, and where their lines went."""
    counts = ("read", "inserted", "duplicate", "conflict", "rejected")
    told = ", ".join(f"{result.total(name):,} {name}" for name in counts)
    unchanged = sum(file.status == "unchanged" for file in result.files)
    return f"{quantity(len(result.files), 'file')} ({unchanged} unchanged): {told}"


def _verdict(result: "IngestResult", config: "IngestConfig") -> TsaError | None:
    """DataError when a file failed, BreachError when more lines were refused than allowed."""
    failed = [file for file in result.files if file.status == "failed"]
    if failed:
        rest = f" (and {quantity(len(failed) - 1, 'more file')})" if len(failed) > 1 else ""
        is_stored = len(failed) < len(result.files) and not config.is_dry_run
        done = "; the others are stored" if is_stored else ""
        path, hint = failed[0].path, failed[0].hint
        detail = failed[0].detail.removesuffix(f" ({hint})")
        return DataError(f"{path}: {detail}{rest}", f"{hint or 'mend what it says'}{done}")
    max_rejected = config.policies.tsa.max_rejected
    if result.rejected_share > max_rejected:
        return BreachError(
            f"{result.rejected_share:.1%} of the lines were rejected, {max_rejected:.1%} may be",
            "`tsa quarantine list` has them with their reasons",
        )
    return None
