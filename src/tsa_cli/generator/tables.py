"""
The columns that the simulation passes on: people, devices, visits and events as flat arrays.

reads   nothing
writes  nothing; rows refer to each other by position
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np
import numpy.typing as npt

U8 = npt.NDArray[np.uint8]
U16 = npt.NDArray[np.uint16]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

NEVER = 255  # a slot that no event has: "never logged in", "no traits"
SLOT_BITS = 6  # a visit has at most 64 slots, so visit * 64 + slot names an event


@dataclass(frozen=True)
class Devices:
    """One row per browser; `role` is a DeviceRole, `user_agent` an index of its pool."""

    role: U8
    user_agent: U8
    ip: U32  # the IPv4 address as a number; 0 stands for an IPv6 address made from the index


@dataclass(frozen=True)
class Visits:
    """One row per visit of a device, or per booking for what the shop's own system logs."""

    person: I32  # -1 for bots
    device: I32  # -1 for the shop's own system
    start_ms: I64
    channel: U8
    creative: U8  # which campaign or referring site of the channel
    landing: U16  # page
    url_noise: U8
    offer: U8
    login_slot: U8  # events from this slot on carry the user id
    traits_slot: U8
    consent: U8  # 0 says nothing, else index + 1 of the consent texts; on the first event
    booking: I32  # the visit that began the booking spoken of, -1 for none
    late_ms: I32  # how much later than it happened the visit was delivered


@dataclass(frozen=True)
class Events:
    """One row per event that happened, visit by visit in slot order."""

    ts_ms: I64
    visit: I32
    slot: U8
    kind: U8
    offer: U8
    variant: U8
    page: U16  # NO_PAGE for the shop's own system
    referrer_page: U16  # the page before within the visit, NO_PAGE without


@dataclass(frozen=True)
class Duplicates:
    """Events delivered a second time, unchanged."""

    event: I64
    delivered_ms: I64


Table = TypeVar("Table", Devices, Visits, Events, Duplicates)


def concat(tables: Sequence[Table]) -> Table:
    """All rows of `tables` in order; at least one table."""
    first = type(tables[0])
    columns = (field.name for field in fields(first))
    return first(**{c: np.concatenate([getattr(t, c) for t in tables]) for c in columns})


def take(table: Table, rows: npt.NDArray[np.generic]) -> Table:
    """The rows that a mask or an index array names."""
    first = type(table)
    return first(**{f.name: getattr(table, f.name)[rows] for f in fields(first)})


def shifted(index: I32, base: int) -> I32:
    """The positions moved by `base`; -1 (nothing) stays -1."""
    moved: I32 = np.where(index < 0, index, index + np.int32(base)).astype(np.int32)
    return moved


def mix64(values: U64) -> U64:
    """
    A well mixed 64-bit number for each, one to one.

    Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014).
    """
    mixed = values + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    result: U64 = mixed ^ (mixed >> np.uint64(31))
    return result


def seeded(seed: int, stream: int, index: npt.NDArray[np.integer]) -> U64:
    """64 mixed bits for each index; another `stream` gives other bits for the same index."""
    key = mix64(np.array([(seed * 64 + stream) % 2**64], dtype=np.uint64))[0]
    return mix64(index.astype(np.uint64) ^ key)
