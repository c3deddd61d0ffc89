"""Files in a private bucket of the project's storage (contracts/supabase.md section 6).

A file that is read is fetched whole, over connections of its own, into a temporary file: a slow reader then holds
neither a connection nor one of the store's turns, which rows and jobs need.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO

import httpx
from storage3.exceptions import StorageApiError
from supabase import Client

from crystalbay.errors import NotFound, StoreBusy, StoreError, StoreUnavailable
from crystalbay.store.files import BUCKET, CHUNK, Pieces

LINK_S = 60
"""How long the link lives over which a file is fetched: we fetch it ourselves, at once."""

FETCHES = 8
"""Files that are fetched at the same time."""

TURN_S = 5.0
FETCH_S = 60.0
"""How long one is fetched at most: the largest has 50 MB."""

IN_MEMORY = 256 * 1024
"""A larger one lies in a temporary file of this machine while it is read."""

_TIMEOUT = httpx.Timeout(10.0, connect=3.0)
_LIMITS = httpx.Limits(max_connections=FETCHES, max_keepalive_connections=2, keepalive_expiry=20)


class SupabaseFiles:
    """`reached`: the store's block around a call, which waits for its turn and says what errors mean."""

    def __init__(self, client: Client, reached: Callable[[], AbstractContextManager[None]]) -> None:
        self._client, self._reached = client, reached
        self._http = httpx.Client(http2=False, timeout=_TIMEOUT, limits=_LIMITS)
        self._turns = threading.BoundedSemaphore(FETCHES)

    def close(self) -> None:
        """Let go of the connections; what was fetched can still be read."""
        self._http.close()

    def put(self, key: str, path: Path, mime: str) -> None:
        with self._reached():
            try:
                self._upload(key, path, mime)
            except StorageApiError as error:
                if not _says(error, "bucket not found"):
                    raise
                self._make_bucket()
                self._upload(key, path, mime)
        path.unlink()

    def _upload(self, key: str, path: Path, mime: str) -> None:
        self._client.storage.from_(BUCKET).upload(key, path, {"content-type": mime, "upsert": "true"})

    def _make_bucket(self) -> None:
        try:
            self._client.storage.create_bucket(BUCKET, options={"public": False})
        except StorageApiError as error:
            if not _says(error, "already exists"):  # another process was faster
                raise

    def has(self, key: str) -> bool:
        try:
            self._link(key)
        except NotFound:
            return False
        return True

    def delete(self, key: str) -> None:
        with self._reached():
            try:
                self._client.storage.from_(BUCKET).remove([key])
            except StorageApiError as error:
                if not _says(error, "not found"):  # no bucket yet: no file
                    raise

    def read(self, key: str) -> Pieces:
        """Raises StoreBusy when too many are fetched just now."""
        link = self._link(key)
        with self._fetching():
            return Pieces(self._fetched(link))

    def _link(self, key: str) -> str:
        with self._reached():
            try:
                return self._client.storage.from_(BUCKET).create_signed_url(key, LINK_S)["signedURL"] or ""
            except StorageApiError as error:
                if _says(error, "not found"):
                    raise NotFound("no such file") from None
                raise

    @contextmanager
    def _fetching(self) -> Iterator[None]:
        """A turn, and what errors on the way mean. What was not fetched whole is asked for again by who wants it."""
        if not self._turns.acquire(timeout=TURN_S):
            raise StoreBusy("Supabase Storage: too many files are fetched just now")
        try:
            yield
        except httpx.HTTPStatusError as error:
            away = error.response.status_code >= 500
            words = f"Supabase Storage: answered {error.response.status_code}"
            raise (StoreUnavailable if away else StoreError)(words) from None
        except (httpx.HTTPError, RuntimeError) as error:  # RuntimeError: the client was closed
            raise StoreUnavailable(f"Supabase Storage: {type(error).__name__}") from None
        finally:
            self._turns.release()

    def _fetched(self, link: str) -> IO[bytes]:
        """The whole file, at its beginning."""
        file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed by who reads it
        try:
            with self._http.stream("GET", link) as answer:
                answer.raise_for_status()
                _save(answer, file)
            file.seek(0)
        except BaseException:
            file.close()
            raise
        return file


def _save(answer: httpx.Response, file: IO[bytes]) -> None:
    until = time.monotonic() + FETCH_S
    for piece in answer.iter_bytes(CHUNK):
        file.write(piece)
        if time.monotonic() > until:
            raise StoreUnavailable(f"Supabase Storage: a file did not come within {FETCH_S:.0f} s")


def _says(error: StorageApiError, words: str) -> bool:
    return words in error.message.casefold()
