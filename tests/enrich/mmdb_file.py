"""A writer of tiny MaxMind database files, for tests (IPv4, 24-bit records, strings and maps)."""

import ipaddress
from pathlib import Path

_STRING, _UINT16, _UINT32, _MAP, _UINT64, _ARRAY = 2, 5, 6, 7, 9, 11
_UINT_KINDS = {"node_count": _UINT32, "build_epoch": _UINT64}  # the C reader insists on them
_MARKER = b"\xab\xcd\xefMaxMind.com"
Value = str | int | dict[str, "Value"] | list[str]


def write_mmdb(path: Path, records: dict[str, Value]) -> None:
    """Write `records`, values by network in CIDR form; the networks must not overlap."""
    nodes: list[list[int | str | None]] = [[None, None]]
    for network in records:
        _insert(nodes, network)
    offsets: dict[str, int] = {}
    section = b""
    for network, value in records.items():
        offsets[network] = len(section)
        section += _encoded(value)
    tree = b"".join(
        _pointer(side, len(nodes), offsets).to_bytes(3, "big") for node in nodes for side in node
    )
    metadata: Value = {
        "binary_format_major_version": 2,
        "binary_format_minor_version": 0,
        "build_epoch": 1,
        "database_type": "Test",
        "description": {"en": "test"},
        "ip_version": 4,
        "languages": ["en"],
        "node_count": len(nodes),
        "record_size": 24,
    }
    path.write_bytes(tree + bytes(16) + section + _MARKER + _encoded(metadata))


def _insert(nodes: list[list[int | str | None]], network: str) -> None:
    net = ipaddress.IPv4Network(network)
    bits = f"{int(net.network_address):032b}"[: net.prefixlen]
    at = 0
    for bit in bits[:-1]:
        child = nodes[at][int(bit)]
        if not isinstance(child, int):
            nodes.append([None, None])
            child = len(nodes) - 1
            nodes[at][int(bit)] = child
        at = child
    nodes[at][int(bits[-1])] = network


def _pointer(side: int | str | None, node_count: int, offsets: dict[str, int]) -> int:
    if side is None:
        return node_count
    return side if isinstance(side, int) else node_count + 16 + offsets[side]


def _encoded(value: Value, key: str = "") -> bytes:
    if isinstance(value, str):
        raw = value.encode()
        return _head(_STRING, len(raw)) + raw
    if isinstance(value, int):
        raw = value.to_bytes((value.bit_length() + 7) // 8, "big")
        return _head(_UINT_KINDS.get(key, _UINT16), len(raw)) + raw
    if isinstance(value, list):
        return _head(_ARRAY, len(value)) + b"".join(_encoded(item) for item in value)
    pairs = b"".join(_encoded(name) + _encoded(item, name) for name, item in value.items())
    return _head(_MAP, len(value)) + pairs


def _head(kind: int, size: int) -> bytes:
    assert size < 29, "longer sizes are not needed here"
    return bytes([size, kind - 7]) if kind > 7 else bytes([kind << 5 | size])
