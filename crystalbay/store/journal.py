"""The journal: a local file that takes events while the store is out of reach.

One line = checksum + JSON, appended and synced before anybody is told. Several processes of a machine share the folder
under flock; every operation opens the file anew, so that locks hold between threads and after a fork as well. Whoever
replays reads in batches and saves the position after each; when all is replayed the file is cut to nothing. Files:

    events.log      the lines          position      the byte up to which they are in the store
    set_aside.log   lines that were damaged, or that the store refused: kept for a person, never in the way of the rest
    append.lock, replay.lock           empty; the locks

Personal data is in it: the folder is 0700, the files are 0600.
"""

from __future__ import annotations

import fcntl
import os
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

import orjson
import structlog

from crystalbay.errors import ConfigError, StoreUnavailable

log = structlog.get_logger(__name__)

BATCH = 200
BATCH_BYTES = 2 * 1024 * 1024
"""A batch ends after so many lines or bytes, whichever comes first; a single line may be longer."""

LEAST_SPACE = 1024 * 1024
LEAST_ROOM = 64 * 1024
"""Bytes that the disk, and the file below its limit, must have left to count as able to take events."""

COUNTED_BYTES = 4 * 1024 * 1024
"""Lines are counted so far, for all who ask how many wait; beyond, their number follows from the size of the file."""

_BLOCK = 64 * 1024
_CHECKSUM = 8


@dataclass(frozen=True, slots=True)
class Entry:
    """One event: its raw row but for state and time, when it came (ISO 8601), and the job that will take it."""

    raw: dict[str, Any]
    at: str
    job: str
    key: str | None


@dataclass(frozen=True, slots=True)
class Batch:
    """The next entries in order, damaged lines among them, and the position after both."""

    entries: list[Entry]
    damaged: list[bytes]
    end: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is not in the store yet: lines (of a very long file about as many), bytes of the whole file, and when the
    oldest came (ISO 8601)."""

    lines: int
    bytes: int
    oldest: str | None


class Journal:
    """The journal of one folder. `replayed` and `refused` count what this process did with events."""

    def __init__(self, folder: Path, limit: int) -> None:
        """`limit`: bytes that the file may have. A torn last line is cut. Raises ConfigError for a folder that cannot
        be used."""
        self._folder, self._limit = folder, limit
        self._file = folder / "events.log"
        self._position = folder / "position"
        self._aside = folder / "set_aside.log"
        self._counting = threading.Lock()
        self._oldest: tuple[tuple[int, bytes], str | None] = (-1, b""), None
        self.replayed = 0
        self.refused = 0
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self._open() as file:
                _whole(file)
        except OSError as error:
            raise ConfigError(f"DATA_DIR: {folder} cannot be read and written: {error.strerror}") from None

    # ------------------------------------------------------------------ taking events

    @property
    def waits(self) -> bool:
        """Is there anything in it? Then new events queue behind it."""
        return _size(self._file) > 0

    @property
    def ok(self) -> bool:
        """Would it take the usual event now?"""
        with suppress(OSError):
            disk = os.statvfs(self._folder)
            writable = os.access(self._folder, os.W_OK) and disk.f_bavail * disk.f_frsize >= LEAST_SPACE
            return writable and _size(self._file) + LEAST_ROOM <= self._limit
        return False

    def append(self, entry: Entry) -> None:
        """Returns when the entry is on the disk. Raises StoreUnavailable when it is not: full, or no place to write."""
        line = _line(entry)
        try:
            with self._open() as file:
                self._append(file, line)
        except OSError as error:
            self._refuse(f"the journal cannot be written: {error.strerror}")

    def _append(self, file: int, line: bytes) -> None:
        end = _whole(file)
        if end + len(line) > self._limit:
            self._refuse(f"the journal is full ({end} bytes, JOURNAL_MAX_MB)")
        try:
            _write(file, line)
            os.fdatasync(file)
            if end == 0:
                self._sync_folder()
        except OSError:
            os.ftruncate(file, end)
            raise

    def _refuse(self, words: str) -> None:
        with self._counting:
            self.refused += 1
        log.error("journal.refused", error=words)
        raise StoreUnavailable(words)

    # ------------------------------------------------------------------ what is in it

    def waiting(self) -> Waiting:
        """How much is not in the store yet; quick also when that is a lot."""
        with suppress(FileNotFoundError), self._file.open("rb") as file:
            start = self._start(file.fileno())
            return Waiting(_lines(file, start), _size(self._file), self._came_at(file, start))
        return Waiting(0, 0, None)

    def _came_at(self, file: BinaryIO, start: int) -> str | None:
        """When the line at `start` came. It is read once: it may be long, and many ask while it is the oldest."""
        file.seek(start)
        mark = start, file.read(_CHECKSUM)
        known, at = self._oldest
        if mark != known:
            file.seek(start)
            entry = _entry(file.readline().rstrip(b"\n"))
            at = entry.at if entry else None
            self._oldest = mark, at
        return at

    def find(self, provider: str, external_id: str) -> Entry | None:
        """The first entry of this event, while it is here."""
        needle = orjson.dumps(external_id)  # as it stands in a line, with its quotes and escapes
        if not self.waits:
            return None
        with self._file.open("rb") as file:
            for line in file:
                entry = _entry(line.rstrip(b"\n")) if needle in line else None
                if entry and (entry.raw["provider"], entry.raw["external_id"]) == (provider, external_id):
                    return entry
        return None

    @property
    def set_aside(self) -> int:
        """Lines that wait for a person; of a very long file about as many."""
        with suppress(FileNotFoundError), self._aside.open("rb") as file:
            return _lines(file, 0)
        return 0

    # ------------------------------------------------------------------ replaying

    @contextmanager
    def replaying(self) -> Iterator[bool]:
        """Within this block nobody else replays; False: somebody else does."""
        lock = os.open(self._folder / "replay.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
        finally:
            os.close(lock)

    def read(self) -> Batch:
        """What comes next."""
        entries: list[Entry] = []
        damaged: list[bytes] = []
        with self._open() as descriptor:
            end = _whole(descriptor)
            position = self._start(descriptor)
            with self._file.open("rb") as file:
                last = file.seek(position) + BATCH_BYTES
                while position < min(end, last) and len(entries) < BATCH:
                    line = file.readline()
                    position += len(line)
                    entry = _entry(line.rstrip(b"\n"))
                    if entry:
                        entries.append(entry)
                    else:
                        damaged.append(line.rstrip(b"\n"))
        return Batch(entries, damaged, position)

    def advance(self, batch: Batch, refused: list[Entry]) -> None:
        """The batch is in the store, but for what the store refused: that is set aside, as damaged lines are."""
        lines = [*batch.damaged, *(_line(entry).rstrip(b"\n") for entry in refused)]
        if lines:
            log.error("journal.set_aside", damaged=len(batch.damaged), refused=len(refused), file=str(self._aside))
            aside = os.open(self._aside, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                _write(aside, b"".join(line + b"\n" for line in lines))
                os.fdatasync(aside)
            finally:
                os.close(aside)
        self._save_position(batch.end)
        self.replayed += len(batch.entries) - len(refused)

    def clear(self, end: int) -> bool:
        """Empty the file if it still ends at `end`, all of which is replayed. False: more came."""
        with self._open() as file:
            if os.fstat(file).st_size != end:
                return False
            self._save_position(0, sync=True)  # before the cut: a position beyond it would swallow what comes next
            os.ftruncate(file, 0)
            os.fdatasync(file)
        return True

    def _start(self, file: int) -> int:
        """The saved position; the beginning when it is none of this file's: the store knows what it has already."""
        try:
            saved = int(self._position.read_text(encoding="ascii"))
        except (FileNotFoundError, ValueError):
            return 0
        return saved if saved > 0 and os.pread(file, 1, saved - 1) == b"\n" else 0

    def _save_position(self, position: int, *, sync: bool = False) -> None:
        """By rename, so that it is the old or the new one. Unsynced it may be older after a power cut: harmless."""
        fresh = self._position.with_suffix(".new")
        file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            _write(file, str(position).encode())
            if sync:
                os.fsync(file)
        finally:
            os.close(file)
        fresh.replace(self._position)
        if sync:
            self._sync_folder()

    # ------------------------------------------------------------------ files

    @contextmanager
    def _open(self) -> Iterator[int]:
        """The file, locked against everybody who appends or reads."""
        lock = os.open(self._folder / "append.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            file = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                yield file
            finally:
                os.close(file)
        finally:
            os.close(lock)

    def _sync_folder(self) -> None:
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _line(entry: Entry) -> bytes:
    text = orjson.dumps(asdict(entry))
    return b"%08x %s\n" % (zlib.crc32(text), text)


def _entry(line: bytes) -> Entry | None:
    """What a line holds; None for one that is damaged, or that another version wrote."""
    checksum, _space, text = line.partition(b" ")
    if checksum != b"%08x" % zlib.crc32(text):
        return None
    try:
        return Entry(**orjson.loads(text))
    except (TypeError, ValueError):
        return None


def _lines(file: BinaryIO, start: int) -> int:
    """How many lines there are from `start` on; beyond COUNTED_BYTES as many as their mean length lets expect."""
    size = os.fstat(file.fileno()).st_size - start
    file.seek(start)
    lines = read = 0
    while read < COUNTED_BYTES and (block := file.read(_BLOCK)):
        lines += block.count(b"\n")
        read += len(block)
    return max(lines, 1) * size // read if size > read > 0 else lines


def _whole(file: int) -> int:
    """Cut a torn last line, which nobody was told of; the size then. A later line must not grow onto it."""
    size = os.fstat(file).st_size
    end = size
    while end and os.pread(file, 1, end - 1) != b"\n":
        block = os.pread(file, min(_BLOCK, end), max(0, end - _BLOCK))
        end -= len(block) - (block.rfind(b"\n") + 1)
    if end != size:
        log.warning("journal.torn_line_cut", bytes=size - end)
        os.ftruncate(file, end)
    return end


def _write(file: int, data: bytes) -> None:
    while data:
        data = data[os.write(file, data) :]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
