"""Who asks and who acts; the one rule of visibility."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from crystalbay.errors import Forbidden
from crystalbay.store.interface import Row, Where
from crystalbay.store.values import matches
from models import Role

SCOPES = ("leads:read", "leads:write", "conversations:read", "conversations:write", "import", "events", "admin")
"""What an API key may be allowed; `admin` is all of them. `settings` is a right of administrators and heads."""

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
    """Who reads: a user with a role, or an API key with scopes. `language` (None: as the browser asks), `presence`
    (here | busy | away) and `preferences` are the user's own choices."""

    id: str
    name: str
    role: Role | None = None
    scopes: frozenset[str] = frozenset()
    sees: Literal["all", "own_and_unassigned", "own"] = "all"
    session_id: str | None = None
    language: str | None = None
    presence: str = "here"
    email: str = ""
    preferences: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def actor(self) -> Actor:
        return Actor("manager" if self.role else "key", self.id, self.name)

    def kept(self) -> dict[str, Any]:
        """Who it is and what he may see and do, as JSON, for work that waits."""
        rights = {"role": self.role and self.role.value, "scopes": sorted(self.scopes), "sees": self.sees}
        return {"id": self.id, "name": self.name, **rights}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Viewer:
        """The viewer of `kept`."""
        role = Role(kept["role"]) if kept["role"] else None
        return cls(kept["id"], kept["name"], role, frozenset(kept["scopes"]), kept["sees"])

    def allows(self, scope: str) -> bool:
        """May this viewer do what the scope names?"""
        if self.role is Role.ADMINISTRATOR:
            return True
        if self.role:
            reads = scope.endswith(":read") or scope == "events"
            if scope == "settings":
                return self.role is Role.HEAD
            return scope != "admin" and (reads or self.role in _WRITERS)
        return scope in self.scopes or "admin" in self.scopes

    def require(self, scope: str) -> None:
        """Raise Forbidden unless allowed."""
        if self.allows(scope):
            return
        if scope == "settings":
            raise Forbidden("this is for administrators and heads")
        raise Forbidden(f"this needs the right {scope}")


def visible_leads(viewer: Viewer) -> list[Where]:
    """The one rule of visibility, as conditions on leads: every list, count, search, stream and export uses it."""
    viewer.require("leads:read")
    if viewer.sees == "own":
        return [("assignee_id", "eq", viewer.id)]
    if viewer.sees == "own_and_unassigned":
        return [("assignee_id", "in", [viewer.id, None])]
    return []


def may_see(viewer: Viewer, lead: Row) -> bool:
    """May the viewer read this lead? A key without leads:read may read none."""
    return viewer.allows("leads:read") and matches(lead, visible_leads(viewer))
