"""Users of the dashboard: made, found, shown, signed in. Who manages them is in staff.py."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crystalbay.config import is_email
from crystalbay.errors import Conflict, Invalid, NotFound
from crystalbay.ids import new_id
from crystalbay.services import passwords, settings, throttle
from crystalbay.services.activities import activity
from crystalbay.services.context import Context
from crystalbay.services.handover import tell
from crystalbay.services.viewers import SYSTEM, Viewer
from crystalbay.store.interface import Change, Insert, Row, Store, Where
from models import Role, Status, without_turns

RETRIES = 20
LONGEST_NAME = 200

# --------------------------------------------------------------------------- making


def new_user(*, email: str, name: str, role: Role, password: str | None) -> Row:
    """The row of a new user; without a password until an invitation is accepted. Raises Invalid."""
    email = email.strip().casefold()
    if not is_email(email):
        raise Invalid("email", "must be an e-mail address")
    if password is not None:
        passwords.check(password, email)
    return {
        "id": new_id(),
        "version": 1,
        "email": email,
        "name": without_turns(name).strip()[:LONGEST_NAME] or email,
        "role": role.value,
        "password_hash": passwords.hashed(password) if password is not None else None,
        "active": True,
        "presence": "here",
        "language": None,
        "preferences": None,
        "last_seen_at": None,
    }


def add(store: Store, row: Row, *more: Change) -> None:
    """Commit a new user with what belongs to it; the activity comes last. Raises Invalid for a taken address."""
    try:
        store.commit([Insert("users", row, now={"created_at": 0.0}), *more])
    except Conflict as conflict:
        if conflict.table != "users":
            raise
        raise Invalid("email", "there is already a user with this address") from None


def create_user(store: Store, *, email: str, name: str, role: Role, password: str) -> Row:
    """Make a user who can sign in. Raises Invalid for a taken or malformed address and a weak password."""
    row = new_user(email=email, name=name, role=role, password=password)
    add(store, row, activity("user.created", SYSTEM, user_id=row["id"], role=role.value))
    return row


# --------------------------------------------------------------------------- signing in


def authenticate(ctx: Context, email: str, password: str, place: str) -> Row | None:
    """The active user with this address and password, or None; equally slow either way.

    `place`: the network address it comes from. Raises TooManyTries when it has to wait; administrators are told of an
    account that gets locked.
    """
    tried = throttle.attempt(ctx, email, place)
    user = by_email(ctx.store, email)
    known = user if user and user["active"] else None
    if passwords.matches(known["password_hash"] if known else None, password):
        throttle.succeeded(ctx, tried)
        return known
    if tried.locks and known:
        _tell_administrators(ctx, known)
    return None


def prove(ctx: Context, user: Row, password: str, place: str) -> None:
    """Raise Invalid unless it is this user's password; misses count as misses at signing in do."""
    if authenticate(ctx, user["email"], password, place) is None:
        raise Invalid("old", "is not the present password")


def _tell_administrators(ctx: Context, locked: Row) -> None:
    minutes = int(throttle.LOCK.total_seconds() // 60)
    about = {"email": locked["email"], "minutes": minutes, "tries": throttle.MOST_OF_ACCOUNT}
    notices = [tell("lockout", user_id=row["id"], **about) for row in administrators(ctx.store)]
    ctx.store.commit([*notices, activity("user.locked", SYSTEM, user_id=locked["id"])])


# --------------------------------------------------------------------------- finding


def find(store: Store, user_id: str) -> Row | None:
    rows = store.find("users", [("id", "eq", user_id)], limit=1)
    return rows[0] if rows else None


def read(store: Store, user_id: str) -> Row:
    """The row of a user. Raises NotFound."""
    user = find(store, user_id)
    if user is None:
        raise NotFound("no such user")
    return user


def by_email(store: Store, email: str) -> Row | None:
    rows = store.find("users", [("email", "eq", email.strip().casefold())], limit=1)
    return rows[0] if rows else None


def administrators(store: Store) -> list[Row]:
    """The active ones."""
    return store.find("users", [("role", "eq", Role.ADMINISTRATOR.value), ("active", "eq", True)], limit=200)


def list_users(store: Store, *, active: bool | None, limit: int, after: Sequence[Any] | None) -> list[Row]:
    """A page of users, the oldest first."""
    where = [] if active is None else [("active", "eq", active)]
    return store.find("users", where, limit=limit, after=after)  # type: ignore[arg-type]


def everybody(store: Store) -> list[Row]:
    """All users, by name: those at work first."""
    rows: list[Row] = []
    while page := list_users(store, active=None, limit=200, after=_mark(rows)):
        rows += page
    return sorted(rows, key=lambda row: (not row["active"], row["name"].casefold()))


def _mark(rows: Sequence[Row]) -> list[Any] | None:
    return [rows[-1]["created_at"], rows[-1]["id"]] if rows else None


def open_leads(store: Store, user_id: str | None) -> int:
    """How many leads that are not closed a user has; None: how many are nobody's."""
    return _open(store, [("assignee_id", "eq", user_id)])


def open_leads_of_all(store: Store) -> int:
    """How many leads are not closed."""
    return _open(store, [])


def _open(store: Store, where: list[Where]) -> int:
    return sum(column.count for status, column in store.board(where, 0).items() if status != Status.CLOSED)


def can_take(user: Row | None) -> bool:
    """May leads be given to this user?"""
    return bool(user and user["active"] and user["role"] != Role.OBSERVER)


# --------------------------------------------------------------------------- showing


def sees(store: Store, user: Row) -> settings.Visibility:
    """Which leads a user sees: for managers it is a setting, all others see all."""
    return settings.visibility(store) if user["role"] == Role.MANAGER else "all"


def viewer(user: Row, sees: settings.Visibility = "all", session_id: str | None = None) -> Viewer:
    """The viewer that a user's row is."""
    return Viewer(
        id=user["id"],
        name=user["name"],
        role=Role(user["role"]),
        sees=sees,
        session_id=session_id,
        language=user["language"],
        presence=user["presence"],
        email=user["email"],
        preferences=user["preferences"] or {},
    )


def manages(viewer: Viewer) -> bool:
    """May the viewer see addresses, loads and invitations? Administrators and heads."""
    return viewer.allows("settings")


def present(store: Store, row: Row, viewer: Viewer, *, load: bool = True) -> dict[str, Any]:
    """A user as REST shows it: what everybody needs for assigning, and the rest for those who manage.

    `load`: count the open leads too.
    """
    shown: dict[str, Any] = {name: row[name] for name in ("id", "name", "role", "presence", "active")}
    private = manages(viewer) or row["id"] == viewer.id
    shown |= {
        "email": row["email"] if private else None,
        "last_seen_at": row["last_seen_at"] if private else None,
        "invited": row["password_hash"] is None if private else None,
        "open_leads": open_leads(store, row["id"]) if private and load else None,
    }
    return shown
