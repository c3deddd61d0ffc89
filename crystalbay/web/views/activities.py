"""What happened to a lead, in one line each: the timeline, and «Что произошло» of the simulator."""

from __future__ import annotations

from dataclasses import dataclass

from crystalbay.web.i18n import _, _l
from crystalbay.web.views import formats
from crystalbay.web.views.formats import Local
from crystalbay.web.views.names import CHANNELS, STAGE_NAMES, STATUS_NAMES, Json
from models import Mode, Stage, Status

_KINDS = {  # kind → icon, words when the activity brings none of its own
    "lead.created": ("plus-circle", _l("Создан лид")),
    "lead.changed": ("pencil", _l("Данные лида изменены")),
    "lead.moved": ("arrow-right", _l("Лид перешёл дальше")),
    "message.received": ("inbox", _l("Сообщение принято и сохранено")),
    "message.understood": ("stars", _l("ИИ прочитал сообщение")),
    "message.queued": ("send", _l("Ответ поставлен в очередь")),
    "message.sent": ("send", _l("Ответ отправлен")),
    "message.state": ("check2-all", _l("Доставка подтверждена")),
    "conversation.mode": ("person-check", _l("Сменился тот, кто отвечает")),
    "tours.searched": ("search", _l("Поиск туров")),
    "booking.changed": ("airplane", _l("Бронь изменилась")),
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
    """The line of an activity `{"id", "kind", "at", "actor": {"kind": "bot|user|customer|system", "name"} | null,
    "data": {…}}`. Its own words (`data.text`) win over the usual ones of its kind."""
    actor = activity.get("actor") or {}
    icon, words = _KINDS.get(activity["kind"], ("dot", _l("Событие")))
    data = activity.get("data") or {}
    at = activity["at"]
    return ActivityView(
        id=activity["id"],
        icon=icon,
        text=data.get("text") or _told(activity["kind"], data, actor) or str(words),
        time=formats.moment(at, local),
        exact=formats.clock(at, local, seconds=True),
        iso=local.at(at).isoformat(),
        title=formats.full_moment(at, local),
        by_machine=actor.get("kind") == "bot",
        who=actor.get("name") if actor.get("kind") == "user" else None,
    )


def _told(kind: str, data: Json, actor: Json) -> str | None:
    """The kind's sentence with its facts in it; None when the facts are not there."""
    if kind == "lead.created" and data.get("number"):
        return _("Создан лид № %(number)s", number=data["number"]).replace("№ ", "№\u00a0")
    if kind == "lead.moved" and data.get("stage"):
        return _("Лид перешёл в «%(stage)s»", stage=STAGE_NAMES[Stage(data["stage"])])
    if kind == "lead.moved" and data.get("status"):
        return _("Лид перешёл в «%(stage)s»", stage=STATUS_NAMES[Status(data["status"])])
    if kind == "message.received" and data.get("channel"):
        name, _icon = CHANNELS.get(data["channel"], (data["channel"], ""))
        return _("Сообщение из %(channel)s принято и сохранено", channel=name)
    if kind == "conversation.mode" and data.get("mode"):
        if data["mode"] == Mode.BOT:
            return _("Переписку ведёт ИИ")
        return _("%(name)s отвечает вместо ИИ", name=actor["name"]) if actor.get("name") else _("Отвечает человек")
    return None
