"""
Quarantined lines that a new reading of their whole file put into another place leave quarantine.

reads   quarantined_events, ingested_files
writes  quarantined_events
source  the contract: every line read ends in exactly one place
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tsa_cli.privacy.cleaning import Cleaner
from tsa_cli.steps.ingest.file_to_load import FileToLoad
from tsa_cli.steps.ingest.held_lines import same_lines
from tsa_cli.steps.ingest.lines_file import Line
from tsa_cli.steps.ingest.places import lines_at
from tsa_cli.steps.ingest.quarantine_rows import MAX_RAW_BYTES, Quarantined, told
from tsa_cli.steps.ingest.report import FileReport
from tsa_cli.store import Store

MOST_ASKED = 1000  # of its lines, from the first one on
Place = tuple[int, int, str]  # line number, byte offset, reason


@dataclass(frozen=True)
class _Held:
    """One row of the quarantine; `text` is the line's by the privacy rules of now."""

    row: int
    line: Line
    reason: str
    text: str
    elsewhere: Path | None  # the file that it is held of, where this one only begins with that

    @property
    def place(self) -> Place:
        return self.line.number, self.line.byte_offset, self.reason


def let_go(
    store: Store,
    file: FileToLoad,
    report: FileReport,
    refused: Sequence[Quarantined],
    cleaner: Cleaner,
) -> None:
    """
    Take from quarantine what stands in the file unchanged and is none of those `refused` now.

    A line that is refused for another reason now is let go, too, and so is one in whose text more
    is personal now, and one of a file that was renamed and has grown: it is about to be written
    anew. So is one that stands elsewhere in the file now, when most of its events were known: in
    another file under its name, a line of the same text is another line.
    A file of which only new lines are read, and a replay, let nothing go here; of a new file
    without a known event there is nothing.
    """
    if file.is_replay or file.before is not None or (file.is_new and not report.duplicate):
        return
    # Without a known event it is no other file under a new name; to ask takes time.
    elsewhere = _elsewhere(store, file, refused) if report.duplicate else {}
    held = _held(store, file, elsewhere, cleaner)
    if not held:
        return
    still = {(row.line.number, row.line.byte_offset, row.reason) for row in refused}
    asked: dict[Line, list[_Held]] = {}
    for each in held:
        if each.elsewhere or each.text != each.line.kept or each.place not in still:
            asked.setdefault(each.line, []).append(each)
    same = same_lines(dict(file.lines_at(list(asked))), cleaner) if asked else set()
    standing = [each for line in same for each in asked[line]]
    gone = _gone_from_their_files(standing, cleaner)
    if report.duplicate > report.inserted:
        own = [each for each in held if each.elsewhere is None]
        gone += _moved(own, {each.row for each in gone}, refused, cleaner)
    if gone:
        store.execute("1_events/quarantine_let_go.sql", held_rows=[each.row for each in gone])


def _elsewhere(store: Store, file: FileToLoad, refused: Sequence[Quarantined]) -> dict[int, Path]:
    """The readings of other files, as far as they matter, of which this one begins with one."""
    if not refused:
        return {}
    found = store.rows(
        "1_events/held_elsewhere.sql", path=file.name, absolute_path=file.absolute,
        line_numbers=sorted(row.line.number for row in refused)[:MOST_ASKED],
    )  # fmt: skip
    if not found:
        return {}
    digests = file.digests_of_first({int(str(size)) for _, _, size, _ in found})
    begun = {place for _, place, size, sha256 in found if digests.get(int(str(size))) == sha256}
    return {int(str(load_id)): Path(str(place)) for load_id, place, _, _ in found if place in begun}


def _held(
    store: Store, file: FileToLoad, elsewhere: dict[int, Path], cleaner: Cleaner
) -> list[_Held]:
    """What is held of the file, and of those readings of others."""
    found = store.rows(
        "1_events/held_of_file.sql",
        path=file.name,
        absolute_path=file.absolute,
        load_ids=list(elsewhere),
    )
    if not found:
        return []
    texts = cleaner.lines([str(raw).encode() for _, _, _, raw, _, _ in found])
    held = []
    for (row, number, offset, raw, reason, load_id), text in zip(found, texts, strict=True):
        kept, place = str(raw), elsewhere.get(int(str(load_id)))
        line = Line(int(str(number)), int(str(offset)), kept.encode(), kept=kept)
        held.append(_Held(int(str(row)), line, str(reason), text, place))
    return held


def _gone_from_their_files(held: Sequence[_Held], cleaner: Cleaner) -> list[_Held]:
    """Those but for what the other file that it is held of may still have; each is read once."""
    by_file: dict[Path | None, list[_Held]] = {}
    for each in held:
        by_file.setdefault(each.elsewhere, []).append(each)
    gone: list[_Held] = []
    for path, of_file in by_file.items():
        if path is None or not path.is_file():
            gone += of_file
            continue
        # Of a table nothing is looked for: to find its row is to read all of it.
        lines = [each.line for each in of_file if each.line.byte_offset >= 0]
        try:
            still = same_lines(dict(lines_at(path, lines, MAX_RAW_BYTES)), cleaner)
        except OSError:
            continue
        asked = {*lines}
        gone += [each for each in of_file if each.line in asked and each.line not in still]
    return gone


def _moved(
    held: Sequence[_Held], gone: set[int], refused: Sequence[Quarantined], cleaner: Cleaner
) -> list[_Held]:
    """Of what would stay, a line for each one of the same text that is refused in a new place."""
    texts = map(cleaner.restored, cleaner.lines([told(row.line) for row in refused]))
    places = [(row.line.number, row.line.byte_offset, row.reason) for row in refused]
    now = dict(zip(places, texts, strict=True))
    new = Counter(now.values())
    waiting = []
    for each in held:
        text = cleaner.restored(each.text)
        if each.row in gone or now.get(each.place) == text:
            new[text] -= 1  # its own place
        else:
            waiting.append((each, text))
    moved = []
    for each, text in waiting:
        if new[text] > 0:
            new[text] -= 1
            moved.append(each)
    return moved
