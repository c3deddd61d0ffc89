"""Users of the dashboard: made, signed in. Passwords are kept as argon2 hashes."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from crystalbay.config import LONGEST_PASSWORD, SHORTEST_PASSWORD, is_email
from crystalbay.errors import Conflict, Invalid
from crystalbay.ids import new_id
from crystalbay.services.activities import activity
from crystalbay.services.viewers import SYSTEM, Viewer
from crystalbay.store.interface import Insert, Row, Store, Update
from models import Role

if TYPE_CHECKING:
    from argon2 import PasswordHasher


@cache
def _hasher() -> PasswordHasher:
    """Imported at the first sign-in: the library is not needed to serve the inbox."""
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _nobody() -> str:
    """A hash to check against when there is no such user, so that the time tells nothing."""
    return _hasher().hash(new_id())


def create_user(store: Store, *, email: str, name: str, role: Role, password: str) -> Row:
    """Make a user. Raises Invalid for a taken or malformed address and a short password."""
    email = email.strip().casefold()
    if not is_email(email):
        raise Invalid("email", "must be an e-mail address")
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Invalid("password", f"must have {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")
    row: Row = {
        "id": new_id(),
        "email": email,
        "name": name.strip() or email,
        "role": role.value,
        "password_hash": _hasher().hash(password),
        "active": True,
    }
    made = activity("user.created", SYSTEM, user_id=row["id"])
    try:
        store.commit([Insert("users", row, now={"created_at": 0.0}), made])
    except Conflict:
        raise Invalid("email", "there is already a user with this address") from None
    return row


def ensure_administrator(store: Store, email: str, password: str) -> None:
    """The administrator named by ADMIN_EMAIL and ADMIN_PASSWORD exists, and the password is the configured one."""
    rows = store.find("users", [("email", "eq", email.strip().casefold())], limit=1)
    if not rows:
        try:
            create_user(store, email=email, name="Администратор", role=Role.ADMINISTRATOR, password=password)
        except Invalid:
            if not store.find("users", [("email", "eq", email.strip().casefold())], limit=1):
                raise
        return
    if not _matches(rows[0]["password_hash"], password):
        changed = {"password_hash": _hasher().hash(password)}
        said = activity("user.password", SYSTEM, user_id=rows[0]["id"])
        store.commit([Update("users", rows[0]["id"], changed), said])


def authenticate(store: Store, email: str, password: str) -> Row | None:
    """The active user with this address and password, or None; equally slow either way."""
    rows = store.find("users", [("email", "eq", email.strip().casefold()), ("active", "eq", True)], limit=1)
    matches = _matches(rows[0]["password_hash"] if rows else _nobody(), password)
    return rows[0] if rows and matches else None


def _matches(password_hash: str, password: str) -> bool:
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return _hasher().verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def viewer_of(store: Store, user_id: str) -> Viewer | None:
    """The viewer that an active user is."""
    rows = store.find("users", [("id", "eq", user_id), ("active", "eq", True)], limit=1)
    return Viewer(id=user_id, name=rows[0]["name"], role=Role(rows[0]["role"])) if rows else None
