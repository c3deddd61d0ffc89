"""API keys of machines: shown once, kept as a hash, limited by scopes, revoked at once."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from crystalbay.errors import Invalid, NotFound
from crystalbay.ids import new_id
from crystalbay.services.activities import activity
from crystalbay.services.viewers import SCOPES, Actor, Viewer
from crystalbay.store.interface import Insert, Row, Store, Update

PREFIX = "cb_"


def create_key(store: Store, actor: Actor, *, name: str, scopes: Sequence[str]) -> tuple[str, Row]:
    """Make a key. Answers (the key, which is never shown again, and its row). Raises Invalid for an unknown scope."""
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        raise Invalid("scopes", f"unknown: {', '.join(unknown) or 'none given'}; allowed: {', '.join(SCOPES)}")
    if not name.strip():
        raise Invalid("name", "give the key a name that says who uses it")
    key = PREFIX + secrets.token_urlsafe(32)
    row: Row = {
        "id": new_id(),
        "version": 1,
        "name": name.strip()[:200],
        "hash": _hash(key),
        "hint": key[-4:],
        "scopes": sorted(set(scopes)),
        "revoked_at": None,
    }
    made = activity("api_key.created", actor, key_id=row["id"], name=row["name"], scopes=row["scopes"])
    store.commit([Insert("api_keys", row, now={"created_at": 0.0}), made])
    return key, store.find("api_keys", [("id", "eq", row["id"])], limit=1)[0]


def viewer_of(store: Store, key: str) -> Viewer | None:
    """The viewer behind a key that is known and not revoked."""
    if not key.startswith(PREFIX):
        return None
    rows = store.find("api_keys", [("hash", "eq", _hash(key)), ("revoked_at", "eq", None)], limit=1)
    return Viewer(id=rows[0]["id"], name=rows[0]["name"], scopes=frozenset(rows[0]["scopes"])) if rows else None


class Remembered:
    """Keys that were good a while ago, by their hash: who may hand in an import while no key can be looked up."""

    def __init__(self, most: int = 1000, seconds: float = 600.0) -> None:
        self._most, self._seconds = most, seconds
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[Viewer, float]] = OrderedDict()

    def note(self, key: str, viewer: Viewer | None) -> None:
        """The store has just said who this key is; None: nobody."""
        hashed = _hash(key)
        with self._lock:
            self._known.pop(hashed, None)
            if viewer:
                self._known[hashed] = viewer, time.monotonic()
            if len(self._known) > self._most:
                self._known.popitem(last=False)

    def viewer_of(self, key: str) -> Viewer | None:
        """Who this key was, when that is not long ago."""
        viewer, noted = self._known.get(_hash(key), (None, 0.0))
        return viewer if time.monotonic() - noted < self._seconds else None


def list_keys(store: Store, *, limit: int, after: Sequence[Any] | None) -> list[Row]:
    """A page of keys, newest first."""
    return store.find("api_keys", limit=limit, after=after, desc=True)


def present(row: Row) -> dict[str, Any]:
    """A key as REST shows it: never the key itself."""
    return {name: row[name] for name in ("id", "name", "hint", "scopes", "created_at", "revoked_at")}


def revoke(store: Store, actor: Actor, key_id: str) -> Row:
    """The key stops working at once. Answers its row."""
    rows = store.find("api_keys", [("id", "eq", key_id)], limit=1)
    if not rows:
        raise NotFound("no such key")
    said = activity("api_key.revoked", actor, key_id=key_id, name=rows[0]["name"])
    if rows[0]["revoked_at"] is None:
        store.commit([Update("api_keys", key_id, now={"revoked_at": 0.0}), said])
    return store.find("api_keys", [("id", "eq", key_id)], limit=1)[0]


def _hash(key: str) -> str:
    """The key is 256 random bits: a plain hash is as good as a slow one, and it is looked up on every call."""
    return hashlib.sha256(key.encode()).hexdigest()
