"""
Plan or export audiences: select, check what may leave, tell what changed, write.

reads   features, users, scores, events as each definition asks; consent and traits of members
writes  ROOT/NAME/*.csv, audience_members, audience_exports (export alone)
source  definition D48: a mirror that removes only whom it added, and never shrinks unasked
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Literal

from tsa_cli.config.audiences import AudienceConfig
from tsa_cli.config.privacy import PrivacyConfig
from tsa_cli.config.spelling import nearest
from tsa_cli.errors import BreachError, ConfigError, TsaError
from tsa_cli.privacy.field_crypto import Keys
from tsa_cli.quantities import quantity
from tsa_cli.steps.export_audiences.files import (
    ADDED,
    REMOVED,
    audience_folder,
    changed_files,
    csv_bytes,
    replace_files,
    stale_files,
    user_id_bytes,
)
from tsa_cli.steps.export_audiences.preflight import (
    FILES,
    DestinationCount,
    Preflight,
    Rules,
    preflight,
)
from tsa_cli.steps.export_audiences.select import select
from tsa_cli.steps.export_audiences.stop_lists import suppressions
from tsa_cli.store import Store

Status = Literal["planned", "written", "unchanged", "refused", "failed"]


@dataclass(frozen=True)
class Request:
    """`audiences` are all known ones; those of `names` are planned or exported to `root`."""

    audiences: Mapping[str, AudienceConfig]
    names: Sequence[str]
    privacy: PrivacyConfig
    keys: Keys
    as_of: datetime
    root: Path
    allow_shrink: bool = False

    @cached_property
    def rules(self) -> Rules:
        """Who may leave; the stop lists are read once for all audiences."""
        return Rules(self.privacy, self.keys, suppressions(self.privacy), self.as_of)


@dataclass(frozen=True)
class AudienceReport:
    """One audience: `members` fit its definition, `written` of them may leave."""

    name: str
    status: Status
    members: int = 0
    written: int = 0
    added: int = 0
    removed: int = 0
    destinations: list[DestinationCount] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    error: TsaError | None = None


@dataclass(frozen=True)
class _Planned:
    name: str
    checked: Preflight
    member_count: int
    previous: Mapping[str, datetime]
    previous_as_of: datetime | None

    @property
    def added(self) -> set[str]:
        return set(self.checked.allowed) - set(self.previous)

    @property
    def removed(self) -> set[str]:
        return set(self.previous) - set(self.checked.allowed)


def listing(store: Store, audiences: Mapping[str, AudienceConfig]) -> list[dict[str, object]]:
    """Each known audience with what it needs and its last export (None before the first)."""
    exports = _exports(store)
    return [
        {
            "name": name,
            "description": audience.description,
            "defined_by": "where" if audience.where is not None else "sql",
            "requires_consent": audience.requires_consent,
            "destinations": list(audience.destinations),
            "exported_as_of": exports[name][0] if name in exports else None,
            "exported_members": exports[name][1] if name in exports else None,
        }
        for name, audience in audiences.items()
    ]


def plan(store: Store, request: Request) -> list[AudienceReport]:
    """What `export` would do, from a store that may be read only; nothing is written."""
    return [_reported(store, request, name, "planned") for name in _known_names(request)]


def export(store: Store, request: Request) -> list[AudienceReport]:
    """
    Write the files of each audience and remember its members.

    An audience whose query fails, or that a guard refuses, keeps its files and members; its
    report holds the error, and the others go on.
    """
    names = _known_names(request)
    store.execute("6_audiences/audience_members.sql")
    return [_reported(store, request, name, "written") for name in names]


def _reported(store: Store, request: Request, name: str, status: Status) -> AudienceReport:
    try:
        planned = _plan(store, request, name)
        files: list[str] = []
        if status == "written":
            _refuse_shrinking(request, planned)
            files = _write(store, request, planned)
            status = "written" if files else "unchanged"
        return AudienceReport(
            name=name,
            status=status,
            members=planned.member_count,
            written=len(planned.checked.allowed),
            added=len(planned.added),
            removed=len(planned.removed),
            destinations=planned.checked.counts,
            files=files,
            notes=planned.checked.notes,
        )
    except TsaError as error:
        refused = isinstance(error, BreachError)
        return AudienceReport(name, "refused" if refused else "failed", error=error)


def _plan(store: Store, request: Request, name: str) -> _Planned:
    audience = request.audiences[name]
    members = select(store, name, audience, request.as_of)
    excluded: set[str] = set()
    for other in audience.exclude:
        excluded |= set(select(store, other, request.audiences[other], request.as_of))
    checked = preflight(store, name, audience, members, excluded, request.rules)
    previous: dict[str, datetime] = {}
    if store.has_table("audience_members"):
        rows = store.rows("6_audiences/previous_members.sql", audience=name)
        previous = {str(user): ts for user, ts in rows if isinstance(ts, datetime)}
    last = _exports(store).get(name)
    return _Planned(name, checked, len(members), previous, last[0] if last else None)


def _refuse_shrinking(request: Request, planned: _Planned) -> None:
    audience, now = request.audiences[planned.name], len(planned.checked.allowed)
    before = len(planned.previous)
    if now < audience.min_size:
        raise BreachError(
            f"audience {planned.name}: {quantity(now, 'member')}, min_size is {audience.min_size}",
            "its files were kept; lower min_size, or wait for more members",
        )
    if before and (before - now) / before > audience.max_shrink and not request.allow_shrink:
        raise BreachError(
            f"audience {planned.name}: from {quantity(before, 'member')} to {now:,} is more than"
            f" max_shrink {audience.max_shrink:g}",
            "its files were kept; if that is right, export with --allow-shrink",
        )


def _write(store: Store, request: Request, planned: _Planned) -> list[str]:
    """The names of the files that changed or went; none when this export was made before."""
    folder = audience_folder(request.root, planned.name)
    contents = {FILES[d]: csv_bytes(t) for d, t in planned.checked.tables.items()}
    kept = set(contents)
    changes = {ADDED: user_id_bytes(planned.added), REMOVED: user_id_bytes(planned.removed)}
    is_rerun = planned.previous_as_of == request.as_of and not planned.added | planned.removed
    for name, content in changes.items():
        kept.add(name)
        if not (is_rerun and (folder / name).is_file()):
            contents[name] = content  # a rerun keeps the changes that the first run told
    changed, stale = changed_files(folder, contents), stale_files(folder, kept)
    if is_rerun and not changed and not stale:
        return []
    with store.transaction():
        _remember(store, request, planned)
        replace_files(folder, changed, stale)
    return sorted({*changed, *stale})


def _remember(store: Store, request: Request, planned: _Planned) -> None:
    import pyarrow

    allowed = planned.checked.allowed
    entered = [planned.previous.get(user_id, request.as_of) for user_id in allowed]
    members = pyarrow.table(
        {
            "user_id": pyarrow.array(allowed, pyarrow.string()),
            "entered_as_of": pyarrow.array(entered, pyarrow.timestamp("us")),
        }
    )
    with store.lent("new_members", members):
        store.execute("6_audiences/replace_members.sql", audience=planned.name, as_of=request.as_of)


def _exports(store: Store) -> dict[str, tuple[datetime, int]]:
    if not store.has_table("audience_exports"):
        return {}
    return {
        str(name): (as_of, int(str(count)))
        for name, as_of, count in store.rows("6_audiences/previous_exports.sql")
        if isinstance(as_of, datetime)
    }


def _known_names(request: Request) -> list[str]:
    """The names to handle, all when none is given; ConfigError for an unknown name or exclude."""
    names = list(request.names) or list(request.audiences)
    asked = [(name, "") for name in names]
    asked += [(o, f"{n}: exclude: ") for n in names if n in request.audiences
              for o in request.audiences[n].exclude]  # fmt: skip
    for name, place in asked:
        if name not in request.audiences:
            known = list(request.audiences)
            raise ConfigError(
                f"{place}no audience named {name!r}{nearest(name, known)}",
                f"known: {', '.join(known) or 'none'}",
            )
    return names
