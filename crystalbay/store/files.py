"""Where the files of messages are kept: a folder beside the embedded store, or the project's storage (Supabase)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from crystalbay.errors import NotFound

CHUNK = 64 * 1024


class Files(Protocol):
    """Whole files under keys of letters, digits and `-`.

    All methods are thread-safe; each raises StoreUnavailable when the storage is out of reach, StoreError when it
    refuses.
    """

    def put(self, key: str, path: Path, mime: str) -> None:
        """Keep the file that lies at `path`, which then belongs to the storage. The same key again replaces it."""

    def read(self, key: str) -> Iterator[bytes]:
        """The file, piece by piece. Raises NotFound, before the first piece."""


class LocalFiles:
    """Files in a folder of this machine. A file that is there is whole: it comes by rename."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, key: str, path: Path, mime: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        with path.open("rb") as file:
            os.fsync(file.fileno())
        os.replace(path, self._folder / key)

    def read(self, key: str) -> Iterator[bytes]:
        try:
            file = (self._folder / key).open("rb")
        except FileNotFoundError:
            raise NotFound("no such file") from None
        return _pieces(file)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(CHUNK):
            yield piece
