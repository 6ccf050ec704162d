"""
The lines of the generated log as the ingest cases want them: `split_lines log.jsonl`.

reads   log.jsonl, repeats.txt (places of lines that came before, counted from 0), base_rows.txt
writes  events.jsonl      each event once, the first 99 % of the log
        increment.jsonl   the rest
        repeated.jsonl    the first 99 % of the log as it was delivered, some lines twice
        faulty.jsonl      events.jsonl and, after every 1000th line, one that is no event
        parts/*.jsonl     events.jsonl in 100 files
"""

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import IO

GOOD_LINES_A_FAULT = 1000
PART_COUNT = 100


def main() -> None:
    """Write all of them in one pass."""
    repeats = {int(line) for line in Path("repeats.txt").read_text().split()}
    base = int(Path("base_rows.txt").read_text())
    Path("parts").mkdir(exist_ok=True)
    with ExitStack() as stack:

        def create(name: str) -> IO[bytes]:
            return stack.enter_context(Path(name).open("wb"))

        events, rest, repeated = (create(f"{n}.jsonl") for n in ("events", "increment", "repeated"))
        faulty = create("faulty.jsonl")
        parts = [create(f"parts/{i:03}.jsonl") for i in range(PART_COUNT)]
        good = 0
        for place, line in enumerate(stack.enter_context(Path(sys.argv[1]).open("rb"))):
            if place >= base:
                if place not in repeats:
                    rest.write(line)
                continue
            repeated.write(line)
            if place in repeats:
                continue
            for stream in (events, faulty, parts[place * PART_COUNT // base]):
                stream.write(line)
            good += 1
            if good % GOOD_LINES_A_FAULT == 0:
                faulty.write(_fault(line, good // GOOD_LINES_A_FAULT))


def _fault(line: bytes, number: int) -> bytes:
    """A line that is no event, of six kinds in turn."""
    kinds = (
        line[: len(line) // 2] + b"\n",  # cut off
        b"no JSON at all\n",
        line.replace(b'"timestamp":"', b'"timestamp":"soon ', 1),
        line.replace(b'"event":', b'"happening":', 1),
        b'["an", "array"]\n',
        line.replace(b'"event":"', b'"event":"\xff\xfe', 1),  # not UTF-8
    )
    return kinds[number % len(kinds)]


if __name__ == "__main__":
    main()
