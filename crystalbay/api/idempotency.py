"""Idempotency-Key: the same key of the same caller with the same body does the work once and is answered the same.

The row that keeps the answer is inserted in the very commit that does the work: a crash between them is impossible,
and of two that arrive at once one conflicts and answers what the other made. Work of many commits (imports) claims its
key first and gives its rows ids that follow from the key, so that whoever goes on after a crash finds what is there.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
from flask import request

from crystalbay.errors import Conflict, Invalid
from crystalbay.ids import new_id
from crystalbay.services.viewers import Viewer
from crystalbay.store.interface import Change, Insert, InsertOnce, Row, Store, Update

LONGEST = 200
_UNFINISHED = 0

Said = tuple[dict[str, Any], int]
"""A body and its status."""

Remember = Callable[[dict[str, Any]], list[Change]] | None
"""The changes that keep an answer, for the commit that does the work; None: nobody asked to keep it."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key of one caller, with the hash of what it was sent with."""

    id: str
    request_hash: str

    def row(self, body: dict[str, Any], status: int) -> Row:
        plain = orjson.loads(orjson.dumps(body))
        return {"id": self.id, "request_hash": self.request_hash, "status": status, "body": plain}

    def id_of(self, part: int) -> str:
        """The id of a part of the work: the same whenever the request is repeated."""
        return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{self.id}:{part}"))


def key_of_request(viewer: Viewer) -> Key | None:
    """The key of this request, if it has one."""
    text = request.headers.get("Idempotency-Key", "").strip()
    if not text:
        return None
    if len(text) > LONGEST or not text.isprintable():
        raise Invalid("Idempotency-Key", f"at most {LONGEST} printable characters")
    return _key(viewer, text)


def new_key(viewer: Viewer) -> Key:
    """A key for a request that brought none."""
    return _key(viewer, new_id())


def _key(viewer: Viewer, text: str) -> Key:
    body = hashlib.sha256(request.path.encode() + b"\0" + request.get_data()).hexdigest()
    return Key(hashlib.sha256(f"{viewer.id}\0{text}".encode()).hexdigest(), body)


def once(store: Store, key: Key | None, work: Callable[[Remember], Said]) -> Said:
    """Do work of one commit once. Raises Invalid when the key was used for something else.

    `work` answers 201 when its commit made something and held what `Remember` gave it; for any other answer, which made
    nothing, it is kept here.
    """
    if key is None:
        return work(None)
    said = _said(store, key)
    if said:
        return said
    try:
        body, status = work(lambda made: [_kept(key, made, 201)])
        if status != 201:
            store.commit([_kept(key, body, status)])
    except Conflict:
        said = _said(store, key)
        if said is None:
            raise
        return said
    return body, status


def _kept(key: Key, body: dict[str, Any], status: int) -> Insert:
    return Insert("answers", key.row(body, status), now={"created_at": 0.0})


def _said(store: Store, key: Key) -> Said | None:
    rows = store.find("answers", [("id", "eq", key.id)], limit=1)
    if not rows:
        return None
    refuse_another(rows[0]["request_hash"], key)
    return rows[0]["body"], rows[0]["status"]


def refuse_another(request_hash: str, key: Key) -> None:
    """Raise Invalid when the key came with another body before."""
    if request_hash != key.request_hash:
        raise Invalid("Idempotency-Key", "was used before with another body; use a new key for a new request")


def answered(store: Store, key: Key) -> Said | None:
    """The answer that is kept for a key, if its work is done."""
    said = _said(store, key)
    return said if said and said[1] != _UNFINISHED else None


def claim(store: Store, key: Key) -> Said | None:
    """Claim a key for work of many commits. The answer that is kept already; None: do the work, or go on with it."""
    claimed = InsertOnce("answers", key.row({}, _UNFINISHED), key=("id",), now={"created_at": 0.0})
    done = store.commit([claimed])[0]
    if done.new:
        return None
    refuse_another(done.row["request_hash"], key)
    return None if done.row["status"] == _UNFINISHED else (done.row["body"], done.row["status"])


def finish(store: Store, key: Key, body: dict[str, Any], status: int) -> None:
    """Keep the answer of work whose key was claimed."""
    store.commit([Update("answers", key.id, {"body": key.row(body, status)["body"], "status": status})])
