"""The errors that cross floors. A provider client raises TransientError or PermanentError and nothing else."""

from __future__ import annotations


class CrystalBayError(Exception):
    """Base of all errors of this product."""


class ConfigError(CrystalBayError):
    """The configuration is wrong or incomplete; the message names the variable and what is allowed."""


class ProviderError(CrystalBayError):
    """A provider did not do what was asked. `code` is the provider's own, when it gave one."""

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code


class TransientError(ProviderError):
    """May work later. `retry_after`: seconds the provider asks for. `outcome_unknown`: the work may have been done."""

    def __init__(
        self, message: str, *, code: str | None = None, retry_after: float | None = None, outcome_unknown: bool = False
    ) -> None:
        super().__init__(message, code=code)
        self.retry_after = retry_after
        self.outcome_unknown = outcome_unknown


class PermanentError(ProviderError):
    """Will not work by trying again: a wrong key, a refused address, bad data."""


class StoreError(CrystalBayError):
    """The store could not do it."""


class StoreUnavailable(StoreError):
    """The store is out of reach: nothing was written, or an answer was lost and nobody can tell.

    Either way the same commit may be repeated: its ids are the caller's, so what is there already conflicts.
    """


class StoreRefused(StoreUnavailable):
    """The store answers, but refuses us: a key that was revoked, rights that were taken, a function that is gone.

    To those who write it is out of reach like any other: what customers send is kept until somebody has mended it.
    """


class StoreBusy(StoreUnavailable):
    """The store answers too slowly for all who want something of it; nothing was tried. `retry_after`: seconds."""

    def __init__(self, message: str, retry_after: float = 1.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Conflict(StoreError):
    """An expectation of a commit was not met (`id` changed or is gone), or a unique value is taken (`constraint`)."""

    def __init__(self, table: str, id: str | None = None, constraint: str | None = None) -> None:
        super().__init__(f"{table}: {'unique ' + constraint if constraint else 'changed or gone'} ({id})")
        self.table = table
        self.id = id
        self.constraint = constraint


class NotFound(CrystalBayError):
    """No such thing, or the viewer may not see it."""


class Forbidden(CrystalBayError):
    """The viewer is known but may not do this."""


class Invalid(CrystalBayError):
    """Bad input. `field` is the place, the message says why and what is allowed."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


class VersionConflict(CrystalBayError):
    """Somebody else changed the same thing; `current` is its present state.

    `changed`: {"by": name or None, "at", "fields"} of the newest change of what the caller wanted to change, if known.
    """

    def __init__(self, current: dict[str, object], changed: dict[str, object] | None = None) -> None:
        super().__init__("changed by somebody else meanwhile")
        self.current = current
        self.changed = changed


class AlreadyThere(CrystalBayError):
    """What should be made is there already, and the caller may not see it: the message says no more."""


class Taken(Invalid):
    """A phone or an e-mail that belongs to another customer; `other` is who ({"id", "name"}), when it may be said."""

    def __init__(self, field: str, message: str, other: dict[str, object] | None) -> None:
        super().__init__(field, message)
        self.other = other


class TooManyTries(CrystalBayError):
    """Somebody guesses passwords, or it looks like it: nothing was checked. `wait_s`: whole seconds to wait."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(f"too many tries; the next one in {wait_s} s")
        self.wait_s = wait_s
