"""The `Prefer` header (PostgREST docs/references/api/preferences.rst)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

from crystalbay.sandbox.postgrest.errors import bad_preferences

_KNOWN = {
    "resolution": ("merge-duplicates", "ignore-duplicates"),
    "missing": ("default", "null"),
    "return": ("representation", "minimal", "headers-only"),
    "count": ("exact", "planned", "estimated"),
    "tx": ("commit", "rollback"),
    "handling": ("strict", "lenient"),
}


@dataclass(frozen=True)
class Preferences:
    """What is asked for; None where nothing is."""

    resolution: str | None = None
    missing: str | None = None
    returning: str | None = None
    count: str | None = None
    handling: str | None = None
    timezone: str | None = None
    max_affected: int | None = None

    @property
    def applied(self) -> str:
        """The value of Preference-Applied."""
        said = {
            "resolution": self.resolution,
            "missing": self.missing,
            "return": self.returning,
            "handling": self.handling,
            "timezone": self.timezone,
            "max-affected": self.max_affected,
        }
        return ", ".join(f"{name}={value}" for name, value in said.items() if value is not None)


def parse_prefer(header: str) -> Preferences:
    """Raises ApiError PGRST122 for what is unknown, when `handling=strict` asks for it. The first of a kind counts."""
    chosen: dict[str, str] = {}
    unknown = []
    for word in filter(None, (part.strip() for part in header.split(","))):
        name, _, value = word.partition("=")
        if _valid(name, value):
            chosen.setdefault(name, value)
        else:
            unknown.append(word)
    strict = chosen.get("handling") == "strict"
    if strict and unknown:
        raise bad_preferences(unknown)
    return Preferences(
        resolution=chosen.get("resolution"),
        missing=chosen.get("missing"),
        returning=chosen.get("return"),
        count=chosen.get("count"),
        handling=chosen.get("handling"),
        timezone=chosen.get("timezone"),
        max_affected=int(chosen["max-affected"]) if strict and "max-affected" in chosen else None,
    )


def _valid(name: str, value: str) -> bool:
    if name == "timezone":
        return value in _timezones()
    if name == "max-affected":
        return value.isdecimal()
    return value in _KNOWN.get(name, ())


@cache
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones())
