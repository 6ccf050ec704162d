"""What one ingest did, file by file; every line read is in exactly one count."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from tsa_cli.errors import DataError, TsaError
from tsa_cli.quantities import quantity

PROPOSED_ELSEWHERE = "--dry-run without --source proposes one"  # of hints
_PROPOSED_HERE = "this dry run proposes one"

Status = Literal["ingested", "unchanged", "failed"]


@dataclass(frozen=True)
class FileReport:
    """read = inserted + duplicate + conflict + rejected, always."""

    path: str
    status: Status
    read: int = 0
    inserted: int = 0
    duplicate: int = 0
    conflict: int = 0
    rejected: int = 0
    source: str = ""
    detail: str = ""  # why it failed, or which mapping was taken and why
    left_bytes: int = 0  # an unfinished last line, left for the next run
    warning: str = ""
    hint: str = ""  # the end of the detail, where it says what to do
    proposal: Mapping[str, str] | None = None  # of a dry run: a first mapping and plan, as YAML

    def with_proposal(self, proposal: Mapping[str, str]) -> "FileReport":
        """The same report with a first mapping and plan; it sends nobody to the dry run it is."""
        detail, hint = (
            text.replace(PROPOSED_ELSEWHERE, _PROPOSED_HERE) for text in (self.detail, self.hint)
        )
        return replace(self, detail=detail, hint=hint, proposal=proposal)

    def assert_conserved(self) -> None:
        """Raise TsaError when a line that was read is in no count, or in two."""
        kept = self.inserted + self.duplicate + self.conflict + self.rejected
        if kept != self.read:
            raise TsaError(
                f"{self.path}: {quantity(self.read, 'line')} read, {kept} accounted for",
                "nothing of the file was stored; please report this",
            )


@dataclass(frozen=True)
class IngestResult:
    """All files, in order, and their sums."""

    files: list[FileReport]
    warnings: list[str] = field(default_factory=list)

    def total(self, name: str) -> int:
        """The sum of one count over all files."""
        return sum(int(getattr(report, name)) for report in self.files)

    @property
    def rejected_share(self) -> float:
        """Rejected lines over all lines read, 0 when nothing was; a conflict is no bad line."""
        read = self.total("read")
        return self.total("rejected") / read if read else 0.0

    def data(self) -> dict[str, object]:
        """The contract's `data`."""
        counts = ("read", "inserted", "duplicate", "conflict", "rejected")
        files = []
        for file in self.files:
            told: dict[str, object] = {"path": file.path, "status": file.status}
            told |= {count: getattr(file, count) for count in counts}
            told |= {"source": file.source, "detail": file.detail}
            files.append(told | ({"proposal": file.proposal} if file.proposal else {}))
        return {"files": files, **{c: self.total(c) for c in counts}}


def failed(name: str, error: DataError) -> FileReport:
    """The report of a file that was not stored, with the error's hint."""
    hint = f" ({error.hint})" if error.hint else ""
    detail = error.message.removeprefix(f"{name}: ") + hint
    return FileReport(name, "failed", detail=detail, hint=error.hint)
