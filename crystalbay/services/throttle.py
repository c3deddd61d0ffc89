"""Misses at signing in, counted in the store for all processes: of an account from a place, of an account, of a place.

A try is counted before its password is looked at, so that many at once gain nothing. Whether there is such an account
changes nothing here, and so tells nothing.
"""

from __future__ import annotations

import hashlib
import math
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from crystalbay.errors import Conflict, TooManyTries
from crystalbay.services.context import Context
from crystalbay.store.interface import Change, Delete, Insert, Row, Update

FIRST_WAIT_S, LONGEST_WAIT_S = 15.0, 15 * 60.0
FREE = 5
KEEP = timedelta(days=1)
"""How long misses are remembered at most."""
MOST_OF_ACCOUNT = 20
LOCK = timedelta(minutes=15)
FREE_OF_PLACE = 30
"""Misses of a place over whichever accounts: many people may sit behind one address."""
RETRIES = 20


@dataclass(frozen=True, slots=True)
class _Limit:
    """`most` misses within a time are free; then one waits, until there was none for the time `rest`.

    `lock`: how long one waits then; None: twice as long after each further miss.
    """

    most: int
    within: timedelta
    rest: timedelta
    lock: timedelta | None = None

    def counts(self, row: Row, now: datetime) -> bool:
        over = row["misses"] >= self.most
        return bool(now - row["last_at"] < self.rest if over else now - row["since"] < self.within)

    def until(self, row: Row) -> datetime:
        """When the next try is heard."""
        if row["misses"] < self.most:
            return row["last_at"]  # type: ignore[no-any-return]
        pause = min(FIRST_WAIT_S * 2.0 ** min(row["misses"] - self.most, 20), LONGEST_WAIT_S)
        return row["last_at"] + (self.lock or timedelta(seconds=pause))  # type: ignore[no-any-return]


_PAIR = _Limit(FREE, within=KEEP, rest=KEEP)
_ACCOUNT = _Limit(MOST_OF_ACCOUNT, within=timedelta(hours=1), rest=LOCK, lock=LOCK)
_PLACE = _Limit(FREE_OF_PLACE, within=timedelta(minutes=15), rest=timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class Keys:
    """The rows of a try: hashes, for people type other secrets into the wrong field."""

    pair: str
    account: str
    place: str

    def limits(self) -> dict[str, _Limit]:
        return {self.pair: _PAIR, self.account: _ACCOUNT, self.place: _PLACE}


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try that was counted. `locks`: if it is a miss, the account is locked from now on."""

    keys: Keys
    locks: bool


def attempt(ctx: Context, email: str, place: str) -> Attempt:
    """Count a try for an account from an address. Raises TooManyTries when it has to wait."""
    keys = _keys(email, place)
    for _ in range(RETRIES):
        now = ctx.clock.now()
        known = _known(ctx, keys)
        waits = _wait_s(known, keys, now)
        if waits:
            raise TooManyTries(waits)
        try:
            ctx.store.commit([_counted(known.get(key), key, now) for key in keys.limits()])
        except Conflict:
            continue
        before = known[keys.account]["misses"] if keys.account in known else 0
        return Attempt(keys, locks=before + 1 == MOST_OF_ACCOUNT)
    raise TooManyTries(1)


def wait_s(ctx: Context, email: str, place: str) -> int:
    """Whole seconds until the next try from there is heard; 0: now."""
    keys = _keys(email, place)
    return _wait_s(_known(ctx, keys), keys, ctx.clock.now())


def succeeded(ctx: Context, done: Attempt) -> None:
    """The try was no miss: the account begins anew there. Of all places and of all accounts only this try is taken
    back, else an attacker's own account would give him as many tries as he likes."""
    _commit([Delete("throttles", done.keys.pair)], ctx)
    for key in (done.keys.account, done.keys.place):
        _commit([Update("throttles", key, add={"misses": -1})], ctx)


def forget(ctx: Context, email: str, place: str) -> None:
    """Who has just set a new password by a link starts anew."""
    keys = _keys(email, place)
    for key in (keys.pair, keys.account):
        _commit([Delete("throttles", key)], ctx)


def _commit(changes: list[Change], ctx: Context) -> None:
    with suppress(Conflict):  # the row is gone already: it counts nothing
        ctx.store.commit(changes)


def _keys(email: str, place: str) -> Keys:
    account = email.strip().casefold()
    return Keys(
        pair=_hash(f"place|{account}|{place}"),
        account=_hash(f"account|{account}"),
        place=_hash(f"everybody|{_neighbourhood(place)}"),
    )


def _neighbourhood(place: str) -> str:
    """One customer of a provider has 2^64 addresses of IPv6: they are one place."""
    try:
        known = ip_address(place)
    except ValueError:
        return place
    if not isinstance(known, IPv6Address):
        return place
    return str(known.ipv4_mapped or ip_network((int(known), 64), strict=False))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


def _known(ctx: Context, keys: Keys) -> dict[str, Row]:
    """The rows; one whose time is over has no misses."""
    now, limits = ctx.clock.now(), keys.limits()
    rows = ctx.store.find("throttles", [("id", "in", list(limits))], order=("id",), limit=len(limits))
    return {row["id"]: row if limits[row["id"]].counts(row, now) else row | {"misses": 0, "since": now} for row in rows}


def _wait_s(known: dict[str, Row], keys: Keys, now: datetime) -> int:
    limits = keys.limits()
    until = max([now, *(limits[key].until(row) for key, row in known.items())])
    return math.ceil((until - now).total_seconds())


def _counted(row: Row | None, key: str, now: datetime) -> Change:
    """One more miss."""
    if row is None:
        return Insert("throttles", {"id": key, "misses": 1, "since": now, "last_at": now})
    counted = {"misses": row["misses"] + 1, "since": row["since"], "last_at": now}
    return Update("throttles", key, counted, expect={"version": row["version"]})
