"""What a file is, by its content: a name and a browser's word for it prove nothing."""

from __future__ import annotations

import zipfile
from pathlib import Path

_MAGIC = (  # (offset, bytes, type)
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (8, b"WAVE", "audio/wav"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (4, b"ftypqt", "video/quicktime"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftyp", "video/mp4"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_OOXML = "application/vnd.openxmlformats-officedocument"

ENDINGS: dict[str, tuple[str, ...]] = {
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    "audio/wav": (".wav",),
    "audio/ogg": (".ogg", ".oga", ".opus"),
    "audio/mpeg": (".mp3",),
    "audio/mp4": (".m4a",),
    "video/mp4": (".mp4",),
    "video/quicktime": (".mov",),
    "application/pdf": (".pdf",),
    "application/msword": (".doc",),
    "application/vnd.ms-excel": (".xls",),
    f"{_OOXML}.wordprocessingml.document": (".docx",),
    f"{_OOXML}.spreadsheetml.sheet": (".xlsx",),
    f"{_OOXML}.presentationml.presentation": (".pptx",),
    "text/plain": (".txt", ".csv"),
}
"""The types that may go out, with the endings that names of such files may have; the first is given when none fits."""

RUNNING = frozenset((
    ".apk", ".app", ".bat", ".cmd", ".com", ".cpl", ".dll", ".dmg", ".exe", ".gadget", ".hta", ".htm", ".html", ".iso",
    ".jar", ".js", ".jse", ".lnk", ".mht", ".mhtml", ".msi", ".msp", ".pif", ".ps1", ".psm1", ".reg", ".scr", ".sh",
    ".svg", ".url", ".vbe", ".vbs", ".wsf", ".wsh", ".xhtml",
))  # fmt: skip
"""Endings of what runs, or is shown by a browser as a page, on the machine of whoever opens it: their content may be
plain words, so the name alone refuses them."""

_HEAD = 64 * 1024
_MARKUP = (b"<!doctype", b"<html", b"<svg", b"<script", b"<?xml", b"<?php")


def type_of(path: Path, name: str) -> str | None:
    """The type of a file, one of ENDINGS, or None: it is not sent. `name` only tells old Office files apart."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    for offset, magic, mime in _MAGIC:
        if head[offset : offset + len(magic)] == magic and _container(head, mime):
            return mime
    if head.startswith(_OLE):
        return "application/vnd.ms-excel" if name.casefold().endswith(".xls") else "application/msword"
    if head.startswith(_ZIP):
        return _office(path)
    return "text/plain" if _is_text(head, whole=path.stat().st_size <= _HEAD) else None


def running(name: str) -> str | None:
    """The ending, if it is one of RUNNING. Windows does not see dots and spaces behind it."""
    _stem, dot, ending = name.rstrip(". \0").rpartition(".")
    found = f"{dot}{ending.casefold()}"
    return found if found in RUNNING else None


def _container(head: bytes, mime: str) -> bool:
    """WEBP and WAVE are read behind the head of a RIFF file only."""
    return head.startswith(b"RIFF") or mime not in ("image/webp", "audio/wav")


def _office(path: Path) -> str | None:
    """Which Office document a ZIP file is, by the names in its table; nothing is unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return None
    if "[Content_Types].xml" not in names or any(name.endswith("vbaProject.bin") for name in names):
        return None
    main = {
        "word/document.xml": f"{_OOXML}.wordprocessingml.document",
        "xl/workbook.xml": f"{_OOXML}.spreadsheetml.sheet",
        "ppt/presentation.xml": f"{_OOXML}.presentationml.presentation",
    }
    return next((mime for part, mime in main.items() if part in names), None)


def _is_text(head: bytes, *, whole: bool) -> bool:
    """Words without control characters, and no page that a browser would run."""
    try:
        text = (head if whole else head[:-4]).decode("utf-8", errors="strict" if whole else "ignore")
    except UnicodeDecodeError:
        return False
    if not text.strip() or any(ord(char) < 32 and char not in "\t\r\n\f" for char in text):
        return False
    return not head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP)


def fitting_name(name: str, mime: str, *, longest: int = 150) -> str:
    """The file's own name, safe to show and in an address, with an ending that does not lie about its type."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    clean = " ".join("".join(char for char in last if char.isprintable() and char not in '<>:"|?*').split()).strip(". ")
    stem, dot, ending = clean.rpartition(".")
    if not dot or f".{ending.casefold()}" not in ENDINGS[mime]:
        stem, ending = clean, ENDINGS[mime][0][1:]
    return f"{stem[: longest - len(ending) - 1] or 'file'}.{ending}"
