"""Where the files of messages are kept: a folder beside the embedded store, or the project's storage (Supabase)."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Protocol

from crystalbay.errors import NotFound

CHUNK = 64 * 1024

BUCKET = "attachments"
"""Of a Supabase project's storage."""


class Files(Protocol):
    """Whole files under keys of letters, digits and `-`.

    All methods are thread-safe; each raises StoreUnavailable when the storage is out of reach, StoreError when it
    refuses.
    """

    def put(self, key: str, path: Path, mime: str) -> None:
        """Keep the file that lies at `path`, which then belongs to the storage. The same key again replaces it."""

    def read(self, key: str) -> Pieces:
        """The file, piece by piece; a slow reader holds nothing of the storage. Raises NotFound, before the first."""

    def has(self, key: str) -> bool:
        """Is it there?"""

    def delete(self, key: str) -> None:
        """Forget it; what is not there is forgotten already."""


class Pieces(Iterator[bytes]):
    """An open file in pieces. It is closed after the last one, and by `close`, also when no piece was ever taken:
    a generator that was never started would not close it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def __next__(self) -> bytes:
        piece = b"" if self._file.closed else self._file.read(CHUNK)
        if not piece:
            self.close()
            raise StopIteration
        return piece

    def close(self) -> None:
        self._file.close()


class LocalFiles:
    """Files in a folder of this machine. A file that is there is whole: it comes by rename."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, key: str, path: Path, mime: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        _synced(path)
        try:
            os.replace(path, self._folder / key)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            self._carry(key, path)

    def _carry(self, key: str, path: Path) -> None:
        """From another file system: machines share the folder over the network, and `path` is on this one."""
        part = self._folder / f"{key}.part"
        shutil.copyfile(path, part)
        _synced(part)
        part.replace(self._folder / key)
        path.unlink()

    def read(self, key: str) -> Pieces:
        try:
            return Pieces((self._folder / key).open("rb"))
        except FileNotFoundError:
            raise NotFound("no such file") from None

    def has(self, key: str) -> bool:
        return (self._folder / key).is_file()

    def delete(self, key: str) -> None:
        (self._folder / key).unlink(missing_ok=True)


def _synced(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
