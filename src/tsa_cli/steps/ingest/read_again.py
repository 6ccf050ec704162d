"""
Quarantined lines that a new reading of their whole file put into another place leave quarantine.

reads   quarantined_events, ingested_files
writes  quarantined_events
source  the contract: every line read ends in exactly one place
"""

from collections.abc import Sequence

from tsa_cli.privacy.cleaning import Cleaner
from tsa_cli.steps.ingest.file_to_load import FileToLoad
from tsa_cli.steps.ingest.held_lines import same_lines
from tsa_cli.steps.ingest.lines_file import Line
from tsa_cli.steps.ingest.quarantine_rows import Quarantined
from tsa_cli.store import Store


def let_go(
    store: Store, file: FileToLoad, refused: Sequence[Quarantined], cleaner: Cleaner
) -> None:
    """
    Take from quarantine what stands in the file unchanged and is none of those `refused` now.

    A line that is refused for another reason now is let go, too, and so is one in whose text more
    is personal now: it is about to be written anew.
    A file of which only new lines are read, and a replay, let nothing go here.
    """
    if file.is_replay or file.before is not None:
        return
    held: dict[Line, list[int]] = {}
    found = store.rows("1_events/held_of_file.sql", path=file.name, absolute_path=file.absolute)
    if not found:
        return
    still = {(row.line.number, row.line.byte_offset, row.reason) for row in refused}
    texts = [str(raw) for _, _, _, raw, _ in found]
    now = cleaner.lines([text.encode() for text in texts])
    for (row, number, offset, raw, reason), clean in zip(found, now, strict=True):
        text = str(raw)
        line = Line(int(str(number)), int(str(offset)), text.encode(), kept=text)
        if clean != text or (line.number, line.byte_offset, str(reason)) not in still:
            held.setdefault(line, []).append(int(str(row)))
    same = same_lines(dict(file.lines_at(list(held))), cleaner) if held else set()
    gone = [row for line in same for row in held[line]]
    if gone:
        store.execute("1_events/quarantine_let_go.sql", held_rows=gone)
