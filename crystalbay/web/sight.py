"""Who hears what of the live events: the rule of visibility, and what a text depends on besides the event."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Protocol

from crystalbay.services.viewers import Viewer, visible_leads
from crystalbay.store.interface import Row, Where
from crystalbay.store.values import matches

_STAFF = ("account.state", "settings.changed")
"""Kinds without a lead that concern everybody who works here; who did what with accounts is for administrators."""

_OWN = ("notices.read",)
"""Kinds that concern nobody but who did it."""


@dataclass(frozen=True, slots=True)
class Variant:
    """`language`: of the cards and bubbles that come along, None for machines, which get data alone. `can_write`: cards
    with their menus. `messages`: may read conversations. `counts`: sees all leads, so the board's counts are his."""

    language: str | None
    can_write: bool
    messages: bool
    counts: bool


class Told(Protocol):
    """An activity that can be told. `lead`: its row as it is now; `lead_was`: what is known of it before (assignee_id),
    when that changed or the lead was deleted."""

    @property
    def seq(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def lead_id(self) -> str | None: ...
    @property
    def lead(self) -> Row | None: ...
    @property
    def lead_was(self) -> Row | None: ...
    @property
    def actor_id(self) -> str | None: ...

    def text(self, variant: Variant) -> str: ...
    def gone(self) -> str: ...


def is_personal(kind: str) -> bool:
    """Is it for nobody but who did it?"""
    return kind in _OWN


@dataclass(frozen=True, slots=True)
class Sight:
    """What one viewer sees. `rule`: the conditions on leads."""

    variant: Variant
    rule: tuple[Where, ...]
    staff: bool
    admin: bool
    user_id: str

    def eyes(self, personal: bool) -> Hashable:
        """Those with equal eyes hear the same words. `personal`: some of it is for single persons."""
        own = self.user_id if personal or self.rule else ""
        return self.variant, self.staff, self.admin, own

    def text(self, told: Told) -> str | None:
        """The event for these eyes: whole, only that a lead is gone, or nothing."""
        if told.lead_id is None:
            return told.text(self.variant) if self._concerns(told) else None
        if told.lead is not None and matches(told.lead, self.rule):
            return told.text(self.variant)
        was_seen = not self.rule or (told.lead_was is not None and matches(told.lead_was, self.rule))
        return told.gone() if was_seen else None

    def _concerns(self, told: Told) -> bool:
        if is_personal(told.kind):
            return told.actor_id == self.user_id
        return self.admin or (self.staff and told.kind in _STAFF)


def sight_of(viewer: Viewer, language: str) -> Sight:
    """The eyes of a viewer who reads in this language. Raises Forbidden for one who may not read leads."""
    rule = tuple(visible_leads(viewer))
    staff = viewer.role is not None
    variant = Variant(
        language=language if staff else None,
        can_write=viewer.allows("leads:write"),
        messages=viewer.allows("conversations:read"),
        counts=not rule,
    )
    return Sight(variant, rule, staff, viewer.allows("admin"), viewer.id)
