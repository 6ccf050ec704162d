"""
Fixed-width texts made from numbers, many at a time: identifiers, times, digits.

reads   nothing
writes  Arrow string arrays
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tsa_cli.generator.people import DAY_MS
from tsa_cli.generator.tables import I64, U8, U64

# Four digits as one 32-bit number: one lookup for all four.
_HEX4 = np.frombuffer("".join(f"{i:04x}" for i in range(65_536)).encode(), dtype=np.uint32)
_UUID_PLACES = (0, 4, 9, 14, 19, 24, 28, 32)  # of its eight groups of four digits
_UUID_GROUPS = np.dtype(
    {
        "names": [f"g{place}" for place in _UUID_PLACES],
        "formats": [np.uint32] * 8,
        "offsets": list(_UUID_PLACES),
        "itemsize": 36,
    }
)
_THREE = np.array([list(f"{i:03d}".encode()) for i in range(1000)], dtype=np.uint8)
_SECONDS = np.arange(86_400)
_CLOCK: U8 = np.full((len(_SECONDS), 8), ord(":"), dtype=np.uint8)  # 09:30:00
for _place, _unit in ((0, 3600), (3, 60), (6, 1)):
    _CLOCK[:, _place : _place + 2] = _THREE[_SECONDS // _unit % (24 if _unit == 3600 else 60), 1:]


def fixed_width(characters: U8) -> pa.StringArray:
    """One text per row of `characters`, (n, width) ASCII codes."""
    count, width = characters.shape
    offsets = np.arange(count + 1, dtype=np.int32) * np.int32(width)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(characters))]
    return pa.Array.from_buffers(pa.string(), count, buffers)


def hex_characters(bits: U64) -> U8:
    """(n, 16) hexadecimal digits, the highest first."""
    digits: U8 = _HEX4[bits.astype(">u8").view(">u2")].view(np.uint8)
    return digits.reshape(-1, 16)


def hex_texts(bits: U64, width: int) -> pa.StringArray:
    """The first `width` hexadecimal digits of each number."""
    return fixed_width(hex_characters(bits)[:, :width])


def uuid_bits(high: U64, low: U64) -> tuple[U64, U64]:
    """The two halves with the marks of a version 4 identifier; they sort as its text does."""
    marked_high = (high & ~np.uint64(0xF000)) | np.uint64(0x4000)
    marked_low = (low & np.uint64(2**62 - 1)) | np.uint64(2**63)
    return marked_high, marked_low


def uuid_characters(high: U64, low: U64) -> U8:
    """(n, 36): the text of each identifier."""
    characters = np.full((len(high), 36), ord("-"), dtype=np.uint8)
    groups = characters.view(_UUID_GROUPS)[:, 0]
    for number, place in enumerate(_UUID_PLACES):
        half = high if number < 4 else low
        four = (half >> np.uint64(48 - 16 * (number % 4))) & np.uint64(0xFFFF)
        groups[f"g{place}"] = _HEX4[four]
    return characters


def digit_texts(values: npt.NDArray[np.integer], width: int) -> pa.StringArray:
    """The last `width` decimal digits of each number, with leading zeros."""
    places = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    digits = values.astype(np.int64)[:, None] // places % 10 + ord("0")
    return fixed_width(digits.astype(np.uint8))


def time_characters(ts_ms: I64) -> U8:
    """(n, 24): each time as 2025-01-06T09:30:00.250Z."""
    day, within = np.divmod(ts_ms, DAY_MS)
    days, day_code = np.unique(day, return_inverse=True)
    dates = "".join(days.astype("datetime64[D]").astype(str)).encode()
    characters = np.empty((len(ts_ms), 24), dtype=np.uint8)
    characters[:, :10] = np.frombuffer(dates, dtype=np.uint8).reshape(-1, 10)[day_code]
    characters[:, 10] = ord("T")
    characters[:, 11:19] = _CLOCK[within // 1000]
    characters[:, 19] = ord(".")
    characters[:, 20:23] = _THREE[within % 1000]
    characters[:, 23] = ord("Z")
    return characters


def joined(*parts: pa.Array | str) -> pa.StringArray:
    """The parts of each row one after another; at least one part is an array."""
    return pc.binary_join_element_wise(*parts, "")


def picked(pool: list[str] | tuple[str, ...], index: npt.NDArray[np.integer]) -> pa.StringArray:
    """The text of `pool` that each index names."""
    return pa.array(pool, pa.string()).take(pa.array(index))
