"""Ids of rows: UUIDs in the order of time (RFC 9562, version 7).

New rows then stand side by side in every index, so that commits which are made together touch the same few pages.
"""

from __future__ import annotations

import os
import time
import uuid


def new_id() -> str:
    """48 bits of milliseconds, then 74 random bits."""
    stamp = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    high = (stamp & 0xFFFFFFFFFFFF) << 16 | 0x7 << 12 | (random >> 68 & 0xFFF)
    low = 0b10 << 62 | random & (1 << 62) - 1
    return str(uuid.UUID(int=high << 64 | low))
