"""What holds in every test: passwords are kept by real argon2 at its lowest cost, a quarter of a second less each."""

from __future__ import annotations

from argon2 import PasswordHasher

from crystalbay.services import passwords

_CHEAP = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
passwords._hasher = lambda: _CHEAP  # type: ignore[assignment]  # the test processes only; the servers they start hash as always
