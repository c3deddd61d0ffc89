"""Files in a private bucket of the project's storage (contracts/supabase.md section 6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import httpx
from storage3.exceptions import StorageApiError
from supabase import Client

from crystalbay.errors import NotFound
from crystalbay.store.files import CHUNK

BUCKET = "attachments"
LINK_S = 60
"""How long the link lives over which a file is fetched: we fetch it ourselves, at once."""


class SupabaseFiles:
    """`reached`: the store's block around a call, which waits for its turn and says what errors mean."""

    def __init__(self, client: Client, http: httpx.Client, reached: Callable[[], AbstractContextManager[None]]) -> None:
        self._client, self._http, self._reached = client, http, reached

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

    def read(self, key: str) -> Iterator[bytes]:
        with ExitStack() as opened:
            opened.enter_context(self._reached())
            try:
                link = self._client.storage.from_(BUCKET).create_signed_url(key, LINK_S)["signedURL"] or ""
            except StorageApiError as error:
                if _says(error, "not found"):
                    raise NotFound("no such file") from None
                raise
            answer = opened.enter_context(self._http.stream("GET", link))
            answer.raise_for_status()
            return _pieces(answer, opened.pop_all())


def _pieces(answer: httpx.Response, opened: ExitStack) -> Iterator[bytes]:
    with opened:
        yield from answer.iter_bytes(CHUNK)


def _says(error: StorageApiError, words: str) -> bool:
    return words in error.message.casefold()
