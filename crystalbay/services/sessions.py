"""Sessions of the dashboard as rows: each browser's is known by a random token, and can be ended from anywhere at once.

Whoever ends all sessions of a user expects the version of the user's row that he read; signing in raises it. So no
session slips in between.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from crystalbay.errors import Conflict, NotFound, StoreError
from crystalbay.services import users
from crystalbay.services.activities import activity
from crystalbay.services.context import Context
from crystalbay.services.viewers import Actor, Viewer
from crystalbay.store.interface import Change, Delete, Insert, Row, Store, Update

IDLE = timedelta(days=14)
SEEN_EVERY = timedelta(minutes=5)
MOST = 50
"""Sessions of one user; a new one beyond them ends the one that was idle longest."""


def begin(ctx: Context, user: Row, *, address: str, agent: str) -> str | None:
    """A new session of a user whose password was just checked; its token, for the cookie alone.

    None when the user was switched off or the password changed meanwhile.
    """
    token, now = secrets.token_urlsafe(32), ctx.clock.now()
    known = of_user(ctx.store, user["id"])
    row = _row(token, user["id"], address, agent, now)
    steps: list[Change] = [
        Update(
            "users",
            user["id"],
            {"last_seen_at": now},
            expect={"active": True, "password_hash": user["password_hash"]},
        ),
        *(Delete("sessions", old["id"]) for old in known[MOST - 1 :]),
        Insert("sessions", row),
        activity("user.signed_in", Actor("manager", user["id"], user["name"]), session=row["id"], address=address),
    ]
    try:
        ctx.store.commit(steps)
    except Conflict as conflict:
        if conflict.table != "sessions":
            return None
        return begin(ctx, user, address=address, agent=agent)  # an old one was ended meanwhile
    return token


def _row(token: str, user_id: str, address: str, agent: str, now: datetime) -> Row:
    return {
        "id": id_of(token),
        "user_id": user_id,
        "address": address[:64],
        "agent": "".join(sign for sign in agent if sign.isprintable())[:300],
        "last_seen_at": now,
        "created_at": now,
    }


def id_of(token: str) -> str:
    """The row's id: the token is 256 random bits, so a plain hash is enough, and a stolen table opens nothing."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def viewer_of(ctx: Context, token: str) -> Viewer | None:
    """Who has this session: None when it was ended or idle too long, or the user is switched off.

    Two reads by primary key, three for a manager.
    """
    now = ctx.clock.now()
    row = _find(ctx.store, id_of(token))
    if row is None or now - row["last_seen_at"] > IDLE:
        return None
    user = users.find(ctx.store, row["user_id"])
    if user is None or not user["active"]:
        return None
    if now - row["last_seen_at"] > SEEN_EVERY and ctx.reach.since is None and not _seen(ctx, row, now):
        return None
    return users.viewer(user, sees=users.sees(ctx.store, user), session_id=row["id"])


def _seen(ctx: Context, row: Row, now: datetime) -> bool:
    """Note that the session is used. False: it has just been ended."""
    seen = {"last_seen_at": now}
    try:
        ctx.store.commit([Update("sessions", row["id"], seen), Update("users", row["user_id"], seen)])
    except Conflict:
        return False
    except StoreError as error:  # reading works: whoever asks shall not suffer
        ctx.reach.failed(error)
    return True


def _find(store: Store, session_id: str) -> Row | None:
    rows = store.find("sessions", [("id", "eq", session_id)], limit=1)
    return rows[0] if rows else None


def of_user(store: Store, user_id: str) -> list[Row]:
    """All sessions of a user, the last used first."""
    return store.find("sessions", [("user_id", "eq", user_id)], order=("last_seen_at", "id"), limit=1000, desc=True)


def alive(ctx: Context, user_id: str) -> list[Row]:
    """Those that still let somebody in."""
    return [row for row in of_user(ctx.store, user_id) if ctx.clock.now() - row["last_seen_at"] <= IDLE]


def ending(sessions: Sequence[Row], but: str | None = None) -> list[Change]:
    """The changes that end these sessions, all or all but one."""
    return [Delete("sessions", row["id"]) for row in sessions if row["id"] != but]


def sign_out(ctx: Context, token: str) -> None:
    """End the session of this token; nothing when it has ended already."""
    row = _find(ctx.store, id_of(token))
    if row:
        user = users.find(ctx.store, row["user_id"])
        _end(ctx, row, Actor("manager", row["user_id"], user["name"] if user else None))


def end_one(ctx: Context, viewer: Viewer, session_id: str) -> None:
    """End one of the viewer's own sessions. Raises NotFound."""
    row = _find(ctx.store, session_id)
    if row is None or row["user_id"] != viewer.id or not _end(ctx, row, viewer.actor):
        raise NotFound("no such session")


def _end(ctx: Context, row: Row, actor: Actor) -> bool:
    said = activity("user.signed_out", actor, user_id=row["user_id"], session=row["id"])
    try:
        ctx.store.commit([Delete("sessions", row["id"]), said])
    except Conflict:
        return False
    return True


def end_all(ctx: Context, viewer: Viewer, user_id: str) -> None:
    """End all sessions of a user at once; the viewer's present one stays when they are his own.

    Raises Forbidden (only administrators end those of others) and NotFound.
    """
    if user_id != viewer.id:
        viewer.require("admin")
    for _ in range(users.RETRIES):
        user = users.read(ctx.store, user_id)
        ends = ending(of_user(ctx.store, user_id), but=viewer.session_id if user_id == viewer.id else None)
        if not ends:
            return
        guard = Update("users", user_id, expect={"version": user["version"]})
        said = activity("user.signed_out", viewer.actor, user_id=user_id, sessions=len(ends))
        try:
            ctx.store.commit([guard, *ends, said])
        except Conflict:
            continue
        return
    raise StoreError("overtaken too often while sessions were ended")


def present(row: Row, current: str | None) -> dict[str, object]:
    """A session as REST shows it. `current`: the session that asks."""
    shown = {name: row[name] for name in ("id", "address", "agent", "created_at", "last_seen_at")}
    return shown | {"current": row["id"] == current}
