"""Idempotency-Key: the same key of the same caller with the same body does the work once and is answered the same.

The row that remembers the key is inserted in the very commit that does the work: a crash between them is impossible,
and of two that arrive at once one conflicts and answers what the other made.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from flask import request

from crystalbay.errors import Invalid
from crystalbay.services.viewers import Viewer
from crystalbay.store.interface import Insert, Store

LONGEST = 200


@dataclass(frozen=True, slots=True)
class Key:
    """One key of one caller, with the hash of what it was sent with."""

    id: str
    text: str
    request_hash: str

    def remember(self, made_id: str, status: int = 201) -> Insert:
        """The change that belongs into the commit that makes `made_id`."""
        row = {"id": self.id, "request_hash": self.request_hash, "status": status, "body": {"id": made_id}}
        return Insert("answers", row, now={"created_at": 0.0})


def key_of_request(viewer: Viewer) -> Key | None:
    """The key of this request, if it has one."""
    text = request.headers.get("Idempotency-Key", "").strip()
    if not text:
        return None
    if len(text) > LONGEST or not text.isprintable():
        raise Invalid("Idempotency-Key", f"at most {LONGEST} printable characters")
    body = hashlib.sha256(request.path.encode() + b"\0" + request.get_data()).hexdigest()
    return Key(hashlib.sha256(f"{viewer.id}\0{text}".encode()).hexdigest(), text, body)


def made_before(store: Store, key: Key | None) -> str | None:
    """The id of what was made under this key. Raises Invalid when the key was used for something else."""
    if key is None:
        return None
    rows = store.find("answers", [("id", "eq", key.id)], limit=1)
    if not rows:
        return None
    if rows[0]["request_hash"] != key.request_hash:
        raise Invalid("Idempotency-Key", "was used before with another body; use a new key for a new request")
    return str(rows[0]["body"]["id"])
