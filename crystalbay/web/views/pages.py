"""Whole pages: the frame around them, the lead, the simulator, error pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from crystalbay.services.handover import REASONS
from crystalbay.web.i18n import _, _l
from crystalbay.web.views import formats
from crystalbay.web.views.activities import ActivityView, activity_views
from crystalbay.web.views.cards import CardView, board_view, card_view
from crystalbay.web.views.formats import NBSP, Local
from crystalbay.web.views.messages import MessageView, message_view
from crystalbay.web.views.names import Json
from crystalbay.web.views.trips import OfferView, TripRow, offer_view, trip_rows
from models import Role

_ROLES = {
    Role.ADMINISTRATOR: _l("Администратор"),
    Role.HEAD: _l("Руководитель"),
    Role.MANAGER: _l("Менеджер"),
    Role.OBSERVER: _l("Наблюдатель"),
}
_NOTICES = {
    401: (
        _l("Войдите ещё раз: прошло много времени"),
        _l("Всё сохранённое на месте. После входа повторите то, что делали."),
    ),
    403: (
        _l("Раздел доступен администратору"),
        _l("У вашей роли нет доступа сюда. Если он нужен для работы, попросите администратора."),
    ),
    404: (
        _l("Такой страницы нет"),
        _l("Возможно, ссылка устарела или лид объединили с другим. Все лиды на доске."),
    ),
    500: (
        _l("Что-то сломалось у нас"),
        _l("Данные сохранены, заявки продолжают приходить. Обновите страницу через минуту."),
    ),
}
_DEMO_CARDS = 3  # cards a small column has room for


@dataclass(frozen=True, slots=True)
class FrameView:
    """The frame of every signed-in page. `demo`: providers are simulated, so the stripe and the simulator are shown."""

    user_name: str
    user_initials: str
    user_role: str
    demo: bool
    can_write: bool


@dataclass(frozen=True, slots=True)
class NoticeView:
    """An error page: what happened, what is safe and what to do, and a number to quote.

    `retries`: it opens what was asked for by itself as soon as that works.
    """

    status: int
    title: str
    text: str
    request_id: str | None
    retries: bool = False


@dataclass(frozen=True, slots=True)
class LeadView:
    """The drawer and the page of one lead."""

    card: CardView
    number: str
    subtitle: str
    phone: str | None
    phone_href: str | None
    email: str | None
    channel: str
    source: str | None
    mode: str | None
    conversation_id: str | None
    answerable: bool
    trip_rows: tuple[TripRow, ...]
    trip_summary: tuple[TripRow, ...]
    offers: tuple[OfferView, ...]
    messages: tuple[MessageView, ...]
    activities: tuple[ActivityView, ...]
    score_reasons: tuple[str, ...]
    needs_human: str | None


@dataclass(frozen=True, slots=True)
class MiniColumn:
    """A column of the simulator's small board; `left_at` is when the followed lead left it."""

    name: str
    count: int
    cards: tuple[CardView, ...]
    left_at: str | None


@dataclass(frozen=True, slots=True)
class DemoView:
    """The manager's side of the simulator, following the lead of one chat (None before its first message)."""

    columns: tuple[MiniColumn, ...]
    lead_id: str | None
    trip_rows: tuple[TripRow, ...]
    activities: tuple[ActivityView, ...]


def frame_view(user: Json, *, demo: bool) -> FrameView:
    """The frame for a user `{"name", "role"}`."""
    role = Role(user["role"])
    return FrameView(
        user_name=user["name"],
        user_initials=formats.initials(user["name"]),
        user_role=str(_ROLES[role]),
        demo=demo,
        can_write=role is not Role.OBSERVER,
    )


def notice_view(status: int, request_id: str | None = None) -> NoticeView:
    """The error page of an HTTP status; an unknown one reads like 500 (server) or 404 (asker)."""
    title, text = _NOTICES.get(status) or _NOTICES[500 if status >= 500 else 404]
    return NoticeView(status, str(title), str(text), request_id)


def away_view(request_id: str | None, *, safe: bool) -> NoticeView:
    """The error page while the store is out of reach. `safe`: new events are kept in the journal meanwhile."""
    kept = _("Сообщения клиентов не теряются: они сохраняются и появятся на доске, когда связь вернётся.")
    refused = _("Новые сообщения пока не принимаются: каналы пришлют их ещё раз. Всё, что было раньше, на месте.")
    title = _("Нет связи с хранилищем")
    return NoticeView(503, title, kept if safe else refused, request_id, retries=True)


def lead_view(
    lead: Json,
    local: Local,
    *,
    conversation: Json | None = None,
    messages: Iterable[Json] = (),
    offers: Iterable[Json] = (),
    activities: Iterable[Json] = (),
) -> LeadView:
    """One lead with its conversation: `messages` oldest first, `activities` newest first."""
    customer = lead.get("customer") or {}
    card = card_view(lead, local)
    rows = trip_rows(lead["trip"], lead.get("evidence") or {}, local)
    main = {_("Куда"), _("Когда"), _("Кто"), _("Бюджет")}
    where_when = [row.value for row in rows if row.label in (_("Куда"), _("Когда"))]
    return LeadView(
        card=card,
        number=f"№{NBSP}{lead['number']}",
        subtitle=", ".join(where_when) or card.trip_line,
        phone=formats.phone(customer["phone"]) if customer.get("phone") else None,
        phone_href=f"tel:{customer['phone']}" if customer.get("phone") else None,
        email=customer.get("email"),
        channel=card.channel,
        source=lead.get("source"),
        mode=conversation["mode"] if conversation else None,
        conversation_id=conversation["id"] if conversation else None,
        answerable=bool(conversation and conversation["answerable"]),
        trip_rows=rows,
        trip_summary=tuple(row for row in rows if row.label in main),
        offers=tuple(offer_view(offer, local) for offer in offers),
        messages=tuple(message_view(message, local) for message in messages),
        activities=activity_views(activities, local),
        score_reasons=tuple(lead.get("score_reasons") or ()),
        needs_human=_why_human(lead.get("needs_human")),
    )


def demo_view(
    board: Mapping[str, Json],
    local: Local,
    *,
    lead: Json | None = None,
    activities: Iterable[Json] = (),
    left: tuple[str, str] | None = None,
) -> DemoView:
    """The simulator's right side. `left`: the status the lead came from and when (ISO), while that is news."""
    shown = board_view(board, local)
    columns = tuple(
        MiniColumn(
            name=column.name,
            count=column.count,
            cards=_with_followed(column.cards, lead["id"] if lead else None),
            left_at=formats.clock(left[1], local) if left and left[0] == column.status else None,
        )
        for column in shown.columns
    )
    return DemoView(
        columns=columns,
        lead_id=lead["id"] if lead else None,
        trip_rows=trip_rows(lead["trip"], lead.get("evidence") or {}, local) if lead else (),
        activities=activity_views(activities, local),
    )


def _why_human(reason: str | None) -> str | None:
    return REASONS.get(reason, _("Нужен человек")) if reason else None


def _with_followed(cards: tuple[CardView, ...], followed: str | None) -> tuple[CardView, ...]:
    """The first cards, the followed one always among them."""
    ordered = sorted(cards, key=lambda card: card.id != followed)
    return tuple(ordered[:_DEMO_CARDS])
