"""A customer as a lead shows him: contacts, where he writes from, other leads, merges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from crystalbay.services.viewers import Viewer
from crystalbay.web.i18n import _, _l
from crystalbay.web.views import formats
from crystalbay.web.views.cards import channel_of
from crystalbay.web.views.formats import NBSP, Local
from crystalbay.web.views.names import STAGE_NAMES, Json
from crystalbay.web.views.trips import trip_title
from models import Stage

_LANGUAGES = {"ru": _l("Русский"), "en": _l("Английский"), "kk": _l("Казахский")}


@dataclass(frozen=True, slots=True)
class IdentityView:
    """One way by which the customer is known. `main`: of several numbers the one that stands in his contacts."""

    icon: str
    name: str
    value: str
    main: bool = False


@dataclass(frozen=True, slots=True)
class OtherLead:
    """Another lead of the customer."""

    id: str
    number: str
    title: str
    stage: str
    when: str
    current: bool
    archived: bool


@dataclass(frozen=True, slots=True)
class MergeView:
    """Somebody who was merged into this customer; `undone` when they were taken apart again."""

    id: str
    name: str
    by: str
    when: str
    undone: str | None


@dataclass(frozen=True, slots=True)
class ClientView:
    id: str
    version: int
    name: str
    raw_name: str
    phone: str | None
    email: str | None
    language: str | None
    since: str
    identities: tuple[IdentityView, ...]
    leads: tuple[OtherLead, ...]
    merges: tuple[MergeView, ...]
    erased: bool
    may_erase: bool


def client_view(customer: Json, local: Local, viewer: Viewer, lead_id: str | None = None) -> ClientView:
    """The view of a customer as REST shows him; `lead_id` is the lead in which he is shown."""
    phone = customer.get("phone")
    return ClientView(
        id=customer["id"],
        version=customer["version"],
        name=customer.get("name") or _("Без имени"),
        raw_name=customer.get("name") or "",
        phone=formats.phone(phone) if phone else None,
        email=customer.get("email"),
        language=str(_LANGUAGES[customer["language"]]) if customer.get("language") in _LANGUAGES else None,
        since=formats.day(local.at(customer["created_at"]).date(), local.today),
        identities=_identities(customer["identities"], phone),
        leads=tuple(_lead(lead, local, lead_id) for lead in customer["leads"]),
        merges=tuple(_merge(merge, local) for merge in customer["merges"]),
        erased=bool(customer.get("erased_at")),
        may_erase=viewer.allows("admin"),
    )


def _identities(items: Sequence[Json], phone: str | None) -> tuple[IdentityView, ...]:
    """The main number first, and named so when there are others."""
    main = [item for item in items if item["kind"] == "phone" and item["value"] == phone]
    others = [item for item in items if item not in main]
    several = any(item["kind"] == "phone" for item in others)
    return (*(replace(_identity(item), main=several) for item in main), *map(_identity, others))


def _identity(item: Json) -> IdentityView:
    kind, value = item["kind"], item["value"]
    if kind == "phone":
        return IdentityView("telephone", _("Телефон"), formats.phone(value))
    if kind == "email":
        return IdentityView("envelope", _("Почта"), value)
    name, icon = channel_of(kind)
    digits = value.removeprefix("+")
    return IdentityView(icon, name, formats.phone(f"+{digits}") if kind == "whatsapp" and digits.isdigit() else value)


def _lead(lead: Json, local: Local, shown: str | None) -> OtherLead:
    return OtherLead(
        id=lead["id"],
        number=f"№{NBSP}{lead['number']}",
        title=trip_title(lead["trip"], local) or _("Направление не названо"),
        stage=str(STAGE_NAMES[Stage(lead["stage"])]),
        when=formats.day(local.at(lead["created_at"]).date(), local.today),
        current=lead["id"] == shown,
        archived=bool(lead.get("archived")),
    )


def _merge(merge: Json, local: Local) -> MergeView:
    undone = merge.get("undone_at")
    return MergeView(
        id=merge["id"],
        name=merge["merged"].get("name") or _("Без имени"),
        by=merge.get("by") or "",
        when=formats.full_moment(merge["at"], local),
        undone=formats.full_moment(undone, local) if undone else None,
    )
