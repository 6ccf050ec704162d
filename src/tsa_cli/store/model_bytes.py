"""
The bytes of a trained model, the same ones for the same estimator.

skops numbers the objects of a file by where they stood in memory, calls its arrays after these
numbers and packs them with the time of day: here they are counted in the order of the file.
"""

import io
import json
import zipfile
from pathlib import PurePosixPath

_SCHEMA = "schema.json"
_ID, _FILE = "__id__", "file"
_NO_TIME = (1980, 1, 1, 0, 0, 0)  # the first that a zip can say


def model_bytes(estimator: object) -> bytes:
    """A skops file of the estimator."""
    import skops.io

    given = zipfile.ZipFile(io.BytesIO(skops.io.dumps(estimator)))
    schema = json.loads(given.read(_SCHEMA))
    ids: dict[int, int] = {}
    files: dict[str, str] = {}
    _count(schema, ids, files)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, counted in files.items():
            packed.writestr(zipfile.ZipInfo(counted, _NO_TIME), given.read(name))
        text = json.dumps(schema, indent=2)
        packed.writestr(zipfile.ZipInfo(_SCHEMA, _NO_TIME), text)
    return out.getvalue()


def _count(node: object, ids: dict[int, int], files: dict[str, str]) -> None:
    """Number the objects and files below the node, in place; what is shared has one number."""
    if isinstance(node, list):
        for inner in node:
            _count(inner, ids, files)
        return
    if not isinstance(node, dict):
        return
    if isinstance(number := node.get(_ID), int):
        node[_ID] = ids.setdefault(number, len(ids) + 1)
    if isinstance(name := node.get(_FILE), str):
        node[_FILE] = files.setdefault(name, f"{len(files) + 1}{PurePosixPath(name).suffix}")
    for inner in node.values():
        _count(inner, ids, files)
