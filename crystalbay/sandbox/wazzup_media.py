"""Small real files that stand for what customers send: made here, so the tree holds no binaries."""

from __future__ import annotations

import gzip
import hashlib
import io
import math
import struct
import wave
import zlib
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True)
class Sample:
    """A file with the message type it arrives as (contract section 7)."""

    message_type: str
    file_name: str
    mime: str
    content: bytes

    @property
    def digest(self) -> str:
        return hashlib.sha1(self.content, usedforsecurity=False).hexdigest()


@cache
def samples() -> dict[str, Sample]:
    """Every kind that `__customer` takes as `media`."""
    return {
        "image": Sample("image", "hotel.png", "image/png", _png(96, 64)),
        "voice": Sample("audio", "ptt-voice.wav", "audio/wav", _tone(0.4)),
        "document": Sample("document", "Zagranpasport.pdf", "application/pdf", _pdf("Crystal Bay sandbox")),
        "sticker": Sample("image", "sticker.was", "application/x-tgsticker", _sticker()),
        "contact": Sample("vcard", "Petrova.vcf", "text/vcard", _card()),
    }


def _png(width: int, height: int) -> bytes:
    """A sunset: sky into sea."""
    rows = b"".join(
        b"\0" + b"".join(bytes((255 - 2 * y, 150 - y, 60 + 2 * y)) for _ in range(width)) for y in range(height)
    )
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = (_chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(rows)), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _tone(seconds: float, rate: int = 8000) -> bytes:
    """A voice message that says «ла» at 440 Hz."""
    output = io.BytesIO()
    with wave.open(output, "wb") as voice:
        voice.setnchannels(1)
        voice.setsampwidth(2)
        voice.setframerate(rate)
        heights = (int(8000 * math.sin(2 * math.pi * 440 * i / rate)) for i in range(int(seconds * rate)))
        voice.writeframes(b"".join(struct.pack("<h", height) for height in heights))
    return output.getvalue()


def _pdf(title: str) -> bytes:
    """One page with one line of Latin text."""
    stream = f"BT /F1 24 Tf 40 100 Td ({title}) Tj ET".encode()
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 200] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    output = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(output))
        output += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return output + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (len(objects) + 1, table, len(objects) + 1, len(output))
    )


def _sticker() -> bytes:
    """An empty animation, packed as messengers pack stickers."""
    return gzip.compress(b'{"v":"5.5.2","fr":60,"ip":0,"op":60,"w":512,"h":512,"layers":[]}', mtime=0)


def _card() -> bytes:
    lines = ("BEGIN:VCARD", "VERSION:3.0", "FN:Ирина Петрова", "TEL;TYPE=CELL:+79035550199", "END:VCARD", "")
    return "\r\n".join(lines).encode()
