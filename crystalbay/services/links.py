"""Links that let a user set the password: an invitation, or a new password by an administrator. Each works once.

Only a hash of the token is kept. A newer link of the same user ends the older ones.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from crystalbay.errors import Conflict, NotFound, StoreError
from crystalbay.services import passwords, sessions, throttle, users
from crystalbay.services.activities import activity
from crystalbay.services.context import Context
from crystalbay.services.viewers import Actor
from crystalbay.store.interface import Change, Delete, Insert, Require, Row, Store, Update

INVITE, RESET = "invite", "reset"
LASTS = {INVITE: timedelta(hours=72), RESET: timedelta(hours=24)}


@dataclass(frozen=True, slots=True)
class Link:
    """A link that was just made: its token is nowhere else. `path`: its page."""

    kind: str
    token: str
    expires_at: datetime

    @property
    def path(self) -> str:
        return f"/{self.kind}/{self.token}"


def new_link(user: Row, made_by: Actor, now: datetime) -> tuple[Link, Insert]:
    """An invitation for who has no password yet, else a link for a new one; and the change that keeps it."""
    kind = RESET if user["password_hash"] else INVITE
    link = Link(kind, secrets.token_urlsafe(32), now + LASTS[kind])
    row = {
        "id": _hash(link.token),
        "user_id": user["id"],
        "kind": kind,
        "made_by": made_by.id,
        "expires_at": link.expires_at,
        "created_at": now,
    }
    return link, Insert("user_links", row)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def ending(store: Store, user_id: str) -> list[Change]:
    """The changes that end all links of a user."""
    rows = store.find("user_links", [("user_id", "eq", user_id)], limit=200)
    return [Delete("user_links", row["id"]) for row in rows]


def renew(ctx: Context, actor: Actor, user_id: str) -> Link:
    """A new link of a user; older ones end. Raises NotFound, also for one who is switched off."""
    for _ in range(users.RETRIES):
        user = users.read(ctx.store, user_id)
        if not user["active"]:
            raise NotFound("this user is switched off")
        link, keep = new_link(user, actor, ctx.clock.now())
        said = activity("user.link", actor, user_id=user_id, link=link.kind)
        guard = Require("users", user_id, {"active": True, "password_hash": user["password_hash"]})
        try:
            ctx.store.commit([guard, *ending(ctx.store, user_id), keep, said])
        except Conflict:
            continue
        return link
    raise StoreError("overtaken too often while a link was made")


def owner(ctx: Context, kind: str, token: str) -> Row:
    """The user for whom a link of this kind works. Raises NotFound for a used, expired or invented one."""
    rows = ctx.store.find("user_links", [("id", "eq", _hash(token)), ("kind", "eq", kind)], limit=1)
    user = users.find(ctx.store, rows[0]["user_id"]) if rows and rows[0]["expires_at"] > ctx.clock.now() else None
    if user is None or not user["active"]:
        raise NotFound("this link works no more")
    return user


def use(ctx: Context, kind: str, token: str, password: str, place: str) -> Row:
    """Set the password by a link: it ends, and so do all sessions and a lock. Answers the user's row.

    Raises NotFound for a link that works no more, Invalid for a weak password.
    """
    for _ in range(users.RETRIES):
        user = owner(ctx, kind, token)
        passwords.check(password, user["email"])
        steps: list[Change] = [
            Update("users", user["id"], {"password_hash": passwords.hashed(password)}, expect=_as_read(user)),
            Require("user_links", _hash(token)),
            *ending(ctx.store, user["id"]),
            *sessions.ending(sessions.of_user(ctx.store, user["id"])),
        ]
        said = activity("user.password", Actor("manager", user["id"], user["name"]), user_id=user["id"], link=kind)
        try:
            ctx.store.commit([*steps, said])
        except Conflict:
            continue
        throttle.forget(ctx, user["email"], place)
        return user
    raise StoreError("overtaken too often while a password was set")


def _as_read(user: Row) -> Row:
    return {"version": user["version"], "active": True}
