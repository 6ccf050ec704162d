"""
The hash of files, the least that a rerun can do: `files hash PATTERN`.

writes  stdout: how many files and bytes there were
"""

import hashlib
import sys
from pathlib import Path

from benchmarks.sides.told import Stages, tell


def main() -> None:
    """SHA-256 of every file that the pattern names."""
    stages, total, paths = Stages(), 0, sorted(Path().glob(sys.argv[1]))
    with stages.timed("ingest"):
        for path in paths:
            with path.open("rb") as stream:
                hashlib.file_digest(stream, "sha256")
            total += path.stat().st_size
    tell(stages.seconds, {"_files": len(paths), "_bytes_read": total})


if __name__ == "__main__":
    main()
