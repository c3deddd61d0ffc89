"""Passwords: kept as argon2 hashes, checked in equal time, refused when anybody would guess them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from crystalbay.config import LONGEST_PASSWORD, SHORTEST_PASSWORD
from crystalbay.errors import Invalid
from crystalbay.ids import new_id

if TYPE_CHECKING:
    from argon2 import PasswordHasher

_GUESSED_FIRST = frozenset(
    ("password", "password1", "passw0rd", "12345678", "123456789", "1234567890", "87654321", "11223344", "qwertyui",
     "qwertyuiop", "qwerty123", "1q2w3e4r", "1q2w3e4r5t", "zaq12wsx", "iloveyou", "sunshine", "football", "letmein1",
     "welcome1", "admin123", "administrator", "йцукенгш", "йцукен123", "пароль123", "crystalbay")
)  # fmt: skip


@cache
def _hasher() -> PasswordHasher:
    """Imported at the first sign-in: the library is not needed to serve the inbox."""
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _nobodys() -> str:
    """A hash to check against when there is no such user, so that the time tells nothing."""
    return _hasher().hash(new_id())


def hashed(password: str) -> str:
    """What is kept of a password."""
    return _hasher().hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Is it this password? As slow for None (nobody's, or nobody has set one yet), and then always False."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return _hasher().verify(password_hash or _nobodys(), password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def check(password: str, email: str, field: str = "password") -> None:
    """Raise Invalid for a password that is too short or long, the user's own address, or guessed by anybody first."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Invalid(field, f"must have {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")
    plain, address = password.strip().casefold(), email.casefold()
    if plain in (address, address.partition("@")[0]) or len(set(plain)) < 3 or plain in _GUESSED_FIRST:
        raise Invalid(field, "is too easy to guess")
