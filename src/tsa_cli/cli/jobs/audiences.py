"""
Audiences: planned, or exported to their files.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tsa_cli.cli.answer import Answer
from tsa_cli.cli.jobs.window import Asked, behind, span
from tsa_cli.cli.pictures.audiences import picture
from tsa_cli.cli.plain import plain
from tsa_cli.cli.session import Session
from tsa_cli.quantities import quantity

if TYPE_CHECKING:
    from tsa_cli.config.audiences import AudienceConfig
    from tsa_cli.steps.export_audiences import AudienceReport, Request
    from tsa_cli.store import Store

FOLDER = Path("audiences")
_MADE_BY = {"features": "user_behavior_features", "score": "user_scores"}


def planned(session: Session, names: list[str], asked: Asked, folder: Path = FOLDER) -> Answer:
    """What `tsa audiences plan` answers."""
    from tsa_cli.steps import export_audiences as step

    with session.reading() as store:
        request = _request(session, store, names, asked, folder)
        reports = step.plan(store, request)
        stale = _stale(session, store)
    return _answer("audiences plan", reports, request, stale)


def work(
    session: Session,
    names: list[str],
    asked: Asked | None = None,
    folder: Path = FOLDER,
    *,
    allow_shrink: bool = False,
) -> Answer:
    """What `tsa audiences export` answers; the files are there by then."""
    from tsa_cli.config import definition_hash
    from tsa_cli.steps import export_audiences as step

    definition = definition_hash(*definitions(session).values())
    with session.writing("audiences export", definition) as run:
        request = _request(session, run.store, names, asked or Asked(), folder)
        reports = step.export(run.store, replace(request, allow_shrink=allow_shrink))
        stale = _stale(session, run.store)
        answer = _answer("audiences export", reports, request, stale)
        run.note({report.name: report.written for report in reports})
        run.verdict = answer.verdict
    return answer


def definitions(session: Session) -> "dict[str, AudienceConfig]":
    """Every audience in force, by name."""
    from tsa_cli.config.audiences import AudienceConfig

    return dict(session.catalog.entries(AudienceConfig, "audiences", []))


def _request(
    session: Session, store: "Store", names: list[str], asked: Asked, folder: Path
) -> "Request":
    from tsa_cli.config.privacy import PrivacyConfig
    from tsa_cli.steps.export_audiences import Request

    privacy = session.catalog.load(PrivacyConfig, "privacy.yaml")
    as_of = span(store, asked).as_of
    return Request(definitions(session), names, privacy, session.keys, as_of, folder)


def _stale(session: Session, store: "Store") -> list[str]:
    """The warnings for what was made before something that it is made from."""
    return [
        *behind(session, store),
        *(
            f"{table} is of before the last `tsa sessionize`: `tsa {command}` makes it anew"
            for command, table in _MADE_BY.items()
            if store.has_table(table)
            and store.value("6_audiences/is_older_than_sessions.sql", command=command)
        ),
        *_superseded(store),
    ]


def _superseded(store: "Store") -> list[str]:
    """The warnings for scores of a version that was in use when they were made, and is no more."""
    from tsa_cli.cli.jobs.models import FOLDER as MODELS
    from tsa_cli.store.model_files import is_superseded

    if not store.has_table("user_scores"):
        return []
    return [
        f"user_scores are by another version of {model} than is in use: `tsa score` makes them anew"
        for model, version in store.rows("6_audiences/scored_versions.sql")
        if is_superseded(MODELS, str(model), str(version))
    ]


def _answer(
    command: str, reports: "Sequence[AudienceReport]", request: "Request", stale: list[str]
) -> Answer:
    """The reports with their faults as text; the gravest fault is the verdict."""
    from tsa_cli.config import definition_hash
    from tsa_cli.steps.export_audiences import stop_list_notes

    faults = [report.error for report in reports if report.error is not None]
    data = [
        {**vars(report), "error": report.error.message if report.error else None}
        for report in reports
    ]
    rows = [
        {key: value for key, value in row.items() if key not in ("destinations", "files", "notes")}
        for row in data
    ]
    return Answer(
        command,
        data,
        rows,
        picture=lambda width: picture(plain(data), width),
        as_of=request.as_of,
        warnings=stale + stop_list_notes(request.privacy) + _told(reports),
        definition=definition_hash(*request.audiences.values()),
        summary=f"{quantity(len(reports), 'audience')},"
        f" {quantity(sum(r.written for r in reports), 'member')} may leave",
        verdict=max(faults, key=lambda fault: fault.exit_code, default=None),
    )


def _told(reports: "Sequence[AudienceReport]") -> list[str]:
    """The notes and faults of the audiences; what several have in common is told once."""
    names: dict[str, list[str]] = {}
    for report in reports:
        for told in (*report.notes, *filter(None, [report.error])):
            names.setdefault(str(told), []).append(report.name)
    return [
        f"{of[0] if len(of) == 1 else quantity(len(of), 'audience')}: {told}"
        for told, of in names.items()
    ]
