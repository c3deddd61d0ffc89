"""A voice message as phones record it: Opus in Ogg. It is silent, and players play it."""

from __future__ import annotations

import struct
from functools import cache

_SILENCE = b"\xf8\xff\xfe"
"""One Opus packet of 20 ms."""

_PACKETS_A_PAGE = 50
_SAMPLES_A_PACKET = 960
_SERIAL = 1


@cache
def silence(seconds: int) -> bytes:
    """So many seconds of it."""
    head = b"OpusHead" + struct.pack("<BBHIHB", 1, 1, 0, 48000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 7) + b"sandbox" + struct.pack("<I", 0)
    pages = _page([head], 0, 0, first=True) + _page([tags], 1, 0)
    for second in range(1, seconds + 1):
        place = second * _PACKETS_A_PAGE * _SAMPLES_A_PACKET
        pages += _page([_SILENCE] * _PACKETS_A_PAGE, second + 1, place, last=second == seconds)
    return pages


def _page(packets: list[bytes], number: int, place: int, *, first: bool = False, last: bool = False) -> bytes:
    flags = (2 if first else 0) | (4 if last else 0)
    head = b"OggS" + struct.pack("<BBqII", 0, flags, place, _SERIAL, number)
    rest = bytes([len(packets), *map(len, packets)]) + b"".join(packets)
    return head + struct.pack("<I", _checksum(head + bytes(4) + rest)) + rest


def _checksum(data: bytes) -> int:
    """Ogg's own CRC-32: the common polynomial, not mirrored, without inversions."""
    value = 0
    for byte in data:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1) ^ (0x104C11DB7 if value & 0x80000000 else 0)
    return value
