"""Who manages users: invited, given a role, switched off and on. And what everybody may change of himself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crystalbay.errors import Conflict, Invalid, StoreError
from crystalbay.services import links, passwords, sessions, users
from crystalbay.services.activities import activity
from crystalbay.services.context import Context
from crystalbay.services.handing_over import hand_over_job
from crystalbay.services.viewers import SYSTEM, Viewer
from crystalbay.store.interface import Change, Insert, Require, Row, Store, Update
from models import Role

_FIRST = "Администратор"
_ADMINISTRATOR = "administrator"
"""The id of what is remembered of the configuration, among the settings."""

_REMAINS = "is the last administrator: make somebody else one first"


def invite(ctx: Context, viewer: Viewer, *, email: str, name: str, role: Role) -> tuple[Row, links.Link]:
    """A user without a password, and the link that lets him set one. Raises Invalid for a taken address."""
    viewer.require("admin")
    row = users.new_user(email=email, name=name, role=role, password=None)
    link, keep = links.new_link(row, viewer.actor, ctx.clock.now())
    users.add(ctx.store, row, keep, activity("user.created", viewer.actor, user_id=row["id"], role=role.value))
    return row, link


def renew_link(ctx: Context, viewer: Viewer, user_id: str) -> links.Link:
    """The invitation again, or a link for a new password. Administrators only."""
    viewer.require("admin")
    return links.renew(ctx, viewer.actor, user_id)


def change(ctx: Context, viewer: Viewer, user_id: str, sets: Row, *, reassign_to: str | None = None) -> Row:
    """Set name, role or active of a user. Answers the row. A new role, or switching off, ends the sessions at once.

    Switched off, the open leads go to `reassign_to` (None: to nobody). Raises Forbidden (only administrators),
    Invalid (nobody changes his own role; the last administrator; a colleague who can take no leads) and NotFound.
    """
    viewer.require("admin")
    for _ in range(users.RETRIES):
        user = users.read(ctx.store, user_id)
        changed = {name: value for name, value in sets.items() if value != user[name]}
        if not changed:
            return user
        try:
            ctx.store.commit(_steps(ctx, viewer, user, changed, reassign_to))
        except Conflict:
            continue
        return users.read(ctx.store, user_id)
    raise StoreError("overtaken too often while a user was changed")


def _steps(ctx: Context, viewer: Viewer, user: Row, changed: Row, reassign_to: str | None) -> list[Change]:
    """The commit of a change; whoever else had to be as he is, is required to be."""
    off = changed.get("active") is False
    if user["id"] == viewer.id and (off or "role" in changed):
        raise Invalid("active" if off else "role", "nobody changes their own role or switches themselves off")
    alone = {"telegram_id": None} if off else {}  # nothing is told any more to who left
    steps: list[Change] = [Update("users", user["id"], changed | alone, expect={"version": user["version"]})]
    if user["role"] == Role.ADMINISTRATOR and user["active"] and (off or "role" in changed):
        steps.append(_another_administrator(ctx, user))
    if off or "role" in changed:
        steps += sessions.ending(sessions.of_user(ctx.store, user["id"]))
    if off:
        steps += [*links.ending(ctx.store, user["id"]), *_handing_over(ctx, viewer, user, reassign_to)]
    before = {name: user[name] for name in changed}
    return [*steps, activity("user.changed", viewer.actor, user_id=user["id"], before=before, after=changed)]


def _another_administrator(ctx: Context, user: Row) -> Require:
    """Somebody else who stays an administrator and can sign in: required in the same commit, so two cannot remove
    each other."""
    for other in users.administrators(ctx.store):
        if other["id"] != user["id"] and other["password_hash"]:
            return Require("users", other["id"], {"role": other["role"], "active": True})
    raise Invalid("role", _REMAINS)


def _handing_over(ctx: Context, viewer: Viewer, user: Row, reassign_to: str | None) -> list[Change]:
    to: list[Change] = []
    if reassign_to is not None:
        taker = users.find(ctx.store, reassign_to)
        if reassign_to == user["id"] or taker is None or not users.can_take(taker):
            raise Invalid("reassign_to", "must be another active user who may have leads, or null for nobody")
        to = [Require("users", taker["id"], {"active": True, "role": taker["role"]})]
    return [*to, hand_over_job(user, reassign_to, viewer.actor)]


def ensure_administrator(store: Store, email: str, password: str) -> None:
    """The configured user exists. When address or password are not those of the start before, he is made an active
    administrator with this password, and his sessions end: the way back for an office that has locked itself out.
    Otherwise what people made of him stays. Done at every start, perhaps by several processes at once.
    """
    configured = f"{email}\0{password}"
    for _ in range(users.RETRIES):
        rows = store.find("settings", [("id", "eq", _ADMINISTRATOR)], limit=1)
        user = users.by_email(store, email)
        if user and rows and passwords.matches(rows[0]["value"]["configured"], configured):
            return
        try:
            store.commit([_remembered(rows, configured), *_as_configured(store, user, email, password)])
        except Conflict:
            continue
        return
    raise StoreError("overtaken too often while the administrator was made")


def _as_configured(store: Store, user: Row | None, email: str, password: str) -> list[Change]:
    """The changes that make the administrator what is configured."""
    if user is None:
        made = users.new_user(email=email, name=_FIRST, role=Role.ADMINISTRATOR, password=password)
        said = activity("user.created", SYSTEM, user_id=made["id"], role=made["role"])
        return [Insert("users", made, now={"created_at": 0.0}), said]
    wanted = {"role": Role.ADMINISTRATOR.value, "active": True}
    sets: Row = {name: value for name, value in wanted.items() if user[name] != value}
    if not passwords.matches(user["password_hash"], password):
        sets["password_hash"] = passwords.hashed(password)
    if not sets:
        return []
    return [
        Update("users", user["id"], sets, expect={"version": user["version"]}),
        *sessions.ending(sessions.of_user(store, user["id"])),
        activity("user.changed", SYSTEM, user_id=user["id"], fields=sorted(sets)),
    ]


def _remembered(rows: Sequence[Row], configured: str) -> Change:
    """What was configured at this start, as a hash."""
    value = {"configured": passwords.hashed(configured)}
    if rows:
        return Update("settings", _ADMINISTRATOR, {"value": value}, expect={"version": rows[0]["version"]})
    return Insert("settings", {"id": _ADMINISTRATOR, "value": value}, now={"created_at": 0.0})


# --------------------------------------------------------------------------- oneself


def present_me(row: Row) -> dict[str, Any]:
    """The signed-in user as REST shows him to himself."""
    names = ("id", "name", "email", "role", "presence", "language")
    return {name: row[name] for name in names} | {"preferences": row["preferences"] or {}}


def change_me(ctx: Context, viewer: Viewer, sets: Row) -> Row:
    """Set name, presence, language or preferences of oneself; preferences that are not named stay."""
    for _ in range(users.RETRIES):
        user = users.read(ctx.store, viewer.id)
        changed = dict(sets)
        if "preferences" in sets:
            changed["preferences"] = (user["preferences"] or {}) | sets["preferences"]
        said = activity("user.changed", viewer.actor, user_id=user["id"], fields=sorted(changed))
        try:
            ctx.store.commit([Update("users", user["id"], changed, expect={"version": user["version"]}), said])
        except Conflict:
            continue
        return users.read(ctx.store, viewer.id)
    raise StoreError("overtaken too often while a user was changed")


def change_password(ctx: Context, viewer: Viewer, *, old: str, new: str, place: str) -> Row:
    """A new password for oneself: every session ends, links too; the caller begins a new one. Answers the row.

    Raises Invalid (`old` is wrong, `new` is weak) and TooManyTries.
    """
    user = users.read(ctx.store, viewer.id)
    passwords.check(new, user["email"], "new")
    users.prove(ctx, user, old, place)
    kept = passwords.hashed(new)
    for _ in range(users.RETRIES):
        user = users.read(ctx.store, viewer.id)
        steps: list[Change] = [
            Update("users", user["id"], {"password_hash": kept}, expect={"version": user["version"], "active": True}),
            *links.ending(ctx.store, user["id"]),
            *sessions.ending(sessions.of_user(ctx.store, user["id"])),
        ]
        try:
            ctx.store.commit([*steps, activity("user.password", viewer.actor, user_id=user["id"])])
        except Conflict:
            continue
        return user | {"password_hash": kept}
    raise StoreError("overtaken too often while a password was changed")
