"""What happened to a lead, in one line each: the timeline, and «Что произошло» of the simulator."""

from __future__ import annotations

from dataclasses import dataclass

from crystalbay.web.i18n import _, _l
from crystalbay.web.views import formats
from crystalbay.web.views.formats import Local
from crystalbay.web.views.names import CHANNELS, STAGE_NAMES, Json
from models import MessageState, Mode, Stage

_KINDS = {  # kind → icon, words when the activity's data have none to add
    "lead.created": ("plus-circle", _l("Создан лид")),
    "lead.changed": ("pencil", _l("Данные лида изменены")),
    "lead.moved": ("arrow-right", _l("Лид перешёл дальше")),
    "message.received": ("inbox", _l("Сообщение принято и сохранено")),
    "message.queued": ("send", _l("Ответ поставлен в очередь")),
    "message.state": ("check2-all", _l("Доставка подтверждена")),
    "message.edited": ("pencil", _l("Клиент исправил сообщение")),
    "message.deleted": ("x-circle", _l("Клиент удалил сообщение")),
    "understood": ("stars", _l("ИИ прочитал сообщение")),
    "search.started": ("search", _l("ИИ ищет туры")),
    "search.done": ("search", _l("Поиск туров закончен")),
    "offers.sent": ("send", _l("Предложения отправлены")),
    "handover": ("person-check", _l("Передано человеку")),
    "conversation.mode": ("person-check", _l("Сменился тот, кто отвечает")),
    "conversation.read": ("eye", _l("Переписка прочитана")),
    "account.state": ("plug", _l("Канал изменил состояние")),
}
_DELIVERY = {
    MessageState.SENT: ("check2", _l("Сообщение отправлено")),
    MessageState.DELIVERED: ("check2-all", _l("Сообщение доставлено")),
    MessageState.READ: ("check2-all", _l("Клиент прочитал сообщение")),
    MessageState.FAILED: ("exclamation-circle-fill", _l("Сообщение не доставлено")),
    MessageState.UNKNOWN: ("exclamation-circle-fill", _l("Неизвестно, дошло ли сообщение")),
    MessageState.CANCELLED: ("x-circle", _l("Отправка отменена")),
}


@dataclass(frozen=True, slots=True)
class ActivityView:
    """One line of the timeline. `exact` is the time to the second."""

    id: str
    icon: str
    text: str
    time: str
    exact: str
    iso: str
    title: str
    by_machine: bool
    who: str | None


def activity_view(activity: Json, local: Local) -> ActivityView:
    """The line of an activity as the store keeps it: `id`, `kind`, `actor_kind` (customer | bot | manager | key |
    system), `actor_name`, `data`, `created_at`. Words of its own (`data["text"]`) win over the usual ones."""
    kind, data, at = activity["kind"], activity.get("data") or {}, activity["created_at"]
    icon, words = _KINDS.get(kind, ("dot", _l("Событие")))
    if kind == "message.state":
        icon, words = _DELIVERY.get(data.get("state", ""), (icon, words))
    name = activity.get("actor_name") if activity["actor_kind"] == "manager" else None
    return ActivityView(
        id=activity["id"],
        icon=icon,
        text=data.get("text") or _told(kind, data, name) or str(words),
        time=formats.moment(at, local),
        exact=formats.clock(at, local, seconds=True),
        iso=local.at(at).isoformat(),
        title=formats.full_moment(at, local),
        by_machine=activity["actor_kind"] == "bot",
        who=name,
    )


def _told(kind: str, data: Json, name: str | None) -> str | None:
    """The kind's sentence with its facts in it; None when the facts are not there."""
    if kind == "lead.created" and data.get("channel") in CHANNELS:
        return _("Создан лид, канал: %(channel)s", channel=CHANNELS[data["channel"]][0])
    if kind == "lead.moved" and data.get("to"):
        return _("Лид перешёл в «%(stage)s»", stage=STAGE_NAMES[Stage(data["to"])])
    if kind == "conversation.mode" and data.get("mode"):
        if data["mode"] == Mode.BOT:
            return _("Переписку ведёт ИИ")
        return _("Переписку ведёт %(name)s", name=name) if name else _("Переписку ведёт человек")
    return None
