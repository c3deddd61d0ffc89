"""Who asks and who acts; the one rule of visibility."""

from __future__ import annotations

from dataclasses import dataclass

from crystalbay.errors import Forbidden
from crystalbay.store.interface import Where
from models import Role

SCOPES = ("leads:read", "leads:write", "conversations:read", "conversations:write", "import", "events", "admin")
"""What an API key may be allowed; `admin` is all of them."""

_WRITERS = (Role.HEAD, Role.MANAGER)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did something: `kind` is customer, bot, manager, key or system."""

    kind: str
    id: str | None = None
    name: str | None = None


BOT = Actor("bot", name="ИИ")
SYSTEM = Actor("system")


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who reads: a user with a role, or an API key with scopes."""

    id: str
    name: str
    role: Role | None = None
    scopes: frozenset[str] = frozenset()

    @property
    def actor(self) -> Actor:
        return Actor("manager" if self.role else "key", self.id, self.name)

    def allows(self, scope: str) -> bool:
        """May this viewer do what the scope names?"""
        if self.role is Role.ADMINISTRATOR:
            return True
        if self.role:
            reads = scope.endswith(":read") or scope == "events"
            return scope != "admin" and (reads or self.role in _WRITERS)
        return scope in self.scopes or "admin" in self.scopes

    def require(self, scope: str) -> None:
        """Raise Forbidden unless allowed."""
        if not self.allows(scope):
            raise Forbidden(f"this needs the right {scope}")


def visible_leads(viewer: Viewer) -> list[Where]:
    """The one rule of visibility, as conditions on leads: every list, count, search and stream uses it."""
    viewer.require("leads:read")
    return []
