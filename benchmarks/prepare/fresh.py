"""
A file or folder as it was before the work: `fresh TARGET [ORIGIN]`.

writes  TARGET, a copy of ORIGIN; without ORIGIN it is gone. Its companions (TARGET.*) are gone
"""

import os
import shutil
import sys
from pathlib import Path


def main() -> None:
    """Remove the target and its companions, then copy."""
    target = Path(sys.argv[1])
    for path in [target, *target.parent.glob(f"{target.name}.*")]:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    if len(sys.argv) > 2:
        origin = Path(sys.argv[2])
        if origin.is_dir():
            shutil.copytree(origin, target, symlinks=True)
            return
        shutil.copyfile(origin, target)
        descriptor = os.open(target, os.O_RDONLY)
        os.fsync(descriptor)  # so that the copy's write-back is no part of the next timing
        os.close(descriptor)


if __name__ == "__main__":
    main()
