"""Drawn landscapes that stand in for photos of hotels: sky, sun, hills, sea and sand, other for each number."""

from __future__ import annotations

import math
import struct
import zlib
from functools import lru_cache

WIDTH, HEIGHT = 640, 360
_SUN, _SAND = bytes((255, 249, 230)), bytes((243, 224, 186))
_Colour = tuple[int, int, int]
_SKIES: tuple[tuple[_Colour, _Colour], ...] = (
    ((198, 226, 244), (226, 240, 248)),
    ((250, 214, 180), (252, 236, 210)),
    ((176, 212, 240), (214, 232, 246)),
)
_HILLS: tuple[_Colour, ...] = ((146, 180, 178), (128, 166, 150), (170, 160, 190))
_SEAS: tuple[tuple[_Colour, _Colour], ...] = (
    ((58, 166, 185), (92, 192, 200)),
    ((44, 132, 188), (90, 176, 214)),
    ((70, 178, 170), (120, 208, 196)),
)


@lru_cache(maxsize=64)
def landscape(number: int) -> bytes:
    """A PNG of 640 by 360."""
    rows = b"".join(b"\x00" + row for row in _rows(number))
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    parts = (_chunk(b"IHDR", head), _chunk(b"IDAT", zlib.compress(rows, 6)), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _rows(number: int) -> list[bytes]:
    sky, hill, sea = _SKIES[number % 3], _HILLS[number // 3 % 3], _SEAS[number // 2 % 3]
    horizon, shore = 200, 300 + number % 30
    sun_x, sun_y, radius = 80 + number * 97 % 480, 70 + number % 40, 34
    tops = [horizon - _hill(x, number) for x in range(WIDTH)]
    rows = []
    for y in range(HEIGHT):
        if y < horizon:
            row = bytearray(_mixed(sky, y / horizon) * WIDTH)
            _disc(row, y, sun_x, sun_y, radius)
            _fill(row, [x for x in range(WIDTH) if tops[x] <= y], bytes(hill))
        else:
            row = bytearray(_mixed(sea, (y - horizon) / (HEIGHT - horizon)) * WIDTH)
            sand = [x for x in range(WIDTH) if y > shore + 12 * math.sin(x / 70 + number)]
            _fill(row, sand, _SAND)
        rows.append(bytes(row))
    return rows


def _hill(x: int, number: int) -> int:
    return int(46 + 30 * math.sin(x / (90 + number % 40) + number) + 16 * math.sin(x / 37 + number * 2))


def _mixed(ends: tuple[_Colour, _Colour], share: float) -> bytes:
    return bytes(round(a + (b - a) * share) for a, b in zip(*ends, strict=True))


def _disc(row: bytearray, y: int, x0: int, y0: int, radius: int) -> None:
    if abs(y - y0) <= radius:
        half = int(math.sqrt(radius * radius - (y - y0) ** 2))
        left, right = max(x0 - half, 0), min(x0 + half, WIDTH - 1)
        row[left * 3 : (right + 1) * 3] = _SUN * (right + 1 - left)


def _fill(row: bytearray, columns: list[int], colour: bytes) -> None:
    for x in columns:
        row[x * 3 : x * 3 + 3] = colour
