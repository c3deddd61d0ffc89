"""What happened to a lead, in one line each: the timeline, and «Что произошло» of the simulator."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from crystalbay.chat.words import hotel as hotel_name
from crystalbay.web.i18n import _, _l
from crystalbay.web.sentences import why
from crystalbay.web.views import formats
from crystalbay.web.views.formats import Local
from crystalbay.web.views.names import CHANNELS, REASONS, STAGE_NAMES, Json
from crystalbay.web.views.trips import slot_label, trip_rows
from models import Intent, MessageState, Mode, Stage

_KINDS = {  # kind → icon, words when the activity's data have none to add
    "lead.created": ("plus-circle", _l("Создан лид")),
    "lead.changed": ("pencil", _l("Данные лида изменены")),
    "lead.moved": ("arrow-right", _l("Лид перешёл дальше")),
    "message.received": ("inbox", _l("Сообщение принято и сохранено")),
    "message.queued": ("send", _l("Ответ поставлен в очередь")),
    "message.file": ("paperclip", _l("Файл клиента сохранён")),
    "message.edited": ("pencil", _l("Клиент исправил сообщение")),
    "message.deleted": ("x-circle", _l("Клиент удалил сообщение")),
    "message.not_changed": ("exclamation-circle-fill", _l("Сообщение у клиента осталось как было")),
    "understood": ("stars", _l("ИИ прочитал сообщение")),
    "search.started": ("search", _l("ИИ ищет туры")),
    "search.done": ("search", _l("Поиск туров закончен")),
    "offers.sent": ("send", _l("Предложения отправлены")),
    "handover": ("person-check", _l("Передано человеку")),
    "conversation.mode": ("person-check", _l("Сменился тот, кто отвечает")),
    "conversation.read": ("eye", _l("Переписка прочитана")),
    "conversation.blocked": ("x-circle", _l("Клиент заблокировал бота")),
    "conversation.unblocked": ("check2", _l("Клиент снова получает сообщения")),
    "user.telegram": ("telegram", _l("Telegram отключён")),
    "account.state": ("plug", _l("Канал изменил состояние")),
    "lead.archived": ("archive", _l("Лид убран в архив")),
    "lead.restored": ("arrow-counterclockwise", _l("Лид возвращён на доску")),
    "lead.tags": ("tag", _l("Теги изменены")),
    "note.added": ("lock", _l("Добавлена заметка")),
    "note.changed": ("lock", _l("Заметка исправлена")),
    "note.deleted": ("trash", _l("Заметка удалена")),
    "reminder.added": ("alarm", _l("Поставлено напоминание")),
    "reminder.changed": ("alarm", _l("Напоминание изменено")),
    "reminder.done": ("check2", _l("Напоминание выполнено")),
    "reminder.deleted": ("trash", _l("Напоминание удалено")),
    "reminder.due": ("alarm", _l("Сработало напоминание")),
    "suggestion.made": ("stars", _l("ИИ предложил ответ")),
    "suggestion.used": ("stars", _l("Подсказка ИИ использована")),
    "suggestion.dropped": ("stars", _l("Подсказка ИИ устарела")),
    "offer.checked": ("arrow-repeat", _l("Цена проверена")),
    "customer.changed": ("person", _l("Контакты клиента изменены")),
    "customer.merged": ("people", _l("Клиенты объединены")),
    "customer.unmerged": ("people", _l("Клиенты разъединены")),
    "customer.erased": ("shield-lock", _l("Личные данные клиента стёрты")),
}
_USED = {
    "sent": _l("Подсказка ИИ отправлена как есть"),
    "taken": _l("Подсказка ИИ отправлена с правкой"),
    "refused": _l("Подсказка ИИ отклонена: не то"),
}
_OUR_WORDS = {
    "message.edited": _l("Отправленное сообщение изменено"),
    "message.deleted": _l("Сообщение удалено у клиента"),
}
_FIELDS = {
    "assignee_id": _l("ответственный"),
    "value_minor": _l("сумма"),
    "trip": _l("поездка"),
    "confirmed": _l("поездка"),
    "tags": _l("теги"),
    "urgency": _l("срочность"),
    "next_action_at": _l("напоминание"),
    "score": _l("оценка"),
    "stage": _l("этап"),
    "needs_human": _l("нужен человек"),
    "mode": _l("кто отвечает"),
    "name": _l("имя"),
    "phone": _l("телефон"),
    "email": _l("почта"),
}
_DELIVERY = {  # on its way (queued, sending, queued again after a refusal) is no news
    MessageState.SENT: ("check2", _l("Сообщение отправлено")),
    MessageState.DELIVERED: ("check2-all", _l("Сообщение доставлено")),
    MessageState.READ: ("check2-all", _l("Клиент прочитал сообщение")),
    MessageState.FAILED: ("exclamation-circle-fill", _l("Сообщение не доставлено")),
    MessageState.UNKNOWN: ("exclamation-circle-fill", _l("Неизвестно, дошло ли сообщение")),
    MessageState.CANCELLED: ("x-circle", _l("Отправка отменена")),
}
_WANTED = {
    Intent.SPAM: _l("похоже на спам"),
    Intent.SUPPORT_PROBLEM: _l("проблема с поездкой"),
    Intent.CHANGE_OR_CANCEL: _l("изменение или отмена брони"),
    Intent.HUMAN_REQUEST: _l("клиент просит человека"),
    Intent.PAYMENT_QUESTION: _l("вопрос об оплате"),
    Intent.BOOKING_REQUEST: _l("клиент хочет забронировать"),
    Intent.BOOKING_STATUS: _l("вопрос о брони"),
    Intent.TOUR_SEARCH: _l("клиент ищет тур"),
    Intent.GENERAL_QUESTION: _l("общий вопрос"),
    Intent.REFUSAL: _l("клиент отказывается"),
    Intent.CONSENT_OR_CONFIRM: _l("клиент согласен"),
    Intent.THANKS_OR_BYE: _l("клиент благодарит или прощается"),
    Intent.GREETING: _l("клиент здоровается"),
}
_CONTACTS = {
    "customer_name": _l("Имя"),
    "phone": _l("Телефон"),
    "email": _l("Почта"),
    "booking_number": _l("Номер брони"),
}
_SURE = 0.7  # less is said to be uncertain


@dataclass(frozen=True, slots=True)
class ActivityView:
    """One line of the timeline. `exact` is the time to the second; `details` say what changed, when that is told.

    `merge_id`: the two customers whom this line says to be merged can be taken apart again.
    """

    id: str
    icon: str
    text: str
    time: str
    exact: str
    iso: str
    title: str
    by_machine: bool
    who: str | None
    details: str | None = None
    merge_id: str | None = None


def is_told(activity: Json) -> bool:
    """Does it deserve a line? A message on its way does not; where it arrived, or did not, does."""
    return activity["kind"] != "message.state" or (activity.get("data") or {}).get("state") in _DELIVERY


def activity_views(activities: Iterable[Json], local: Local, merges: Collection[str] = ()) -> tuple[ActivityView, ...]:
    """The lines of those that deserve one; the activities come newest first. `merges`: ids of those that hold."""
    told = to_somebody_else(act for act in activities if is_told(act))
    return tuple(activity_view(activity, local, merges) for activity in told)


def to_somebody_else(activities: Iterable[Json]) -> list[Json]:
    """Activities, newest first, without those by which somebody began to lead a conversation that he led already."""
    kept: list[Json] = []
    leads: dict[str | None, tuple[object, object]] = {}
    for act in reversed(list(activities)):
        if act["kind"] == "conversation.mode":
            now = ((act.get("data") or {}).get("mode"), act.get("actor_name"))
            talk = act.get("conversation_id")
            if leads.get(talk) == now:
                continue
            leads[talk] = now
        kept.append(act)
    return kept[::-1]


def activity_view(activity: Json, local: Local, merges: Collection[str] = ()) -> ActivityView:
    """The line of an activity as the store keeps it: `id`, `kind`, `actor_kind` (customer | bot | manager | key |
    system), `actor_name`, `data`, `created_at`. Words of its own (`data["text"]`) win over the usual ones."""
    kind, data, at = activity["kind"], activity.get("data") or {}, activity["created_at"]
    icon, words = _KINDS.get(kind, ("dot", _l("Событие")))
    if kind == "message.state":
        icon, words = _DELIVERY.get(data.get("state", ""), ("dot", _l("Сообщение на пути к клиенту")))
    name = activity.get("actor_name") if activity["actor_kind"] == "manager" else None
    return ActivityView(
        id=activity["id"],
        icon=icon,
        text=data.get("text") or _told(kind, data, name) or _with_facts(kind, data, local.at(at), local) or str(words),
        time=formats.moment(at, local),
        exact=formats.clock(at, local, seconds=True),
        iso=local.at(at).isoformat(),
        title=formats.full_moment(at, local),
        by_machine=activity["actor_kind"] == "bot",
        who=name,
        details=_details(kind, data, local),
        merge_id=data["merge_id"] if kind == "customer.merged" and data.get("merge_id") in merges else None,
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
    if kind in _OUR_WORDS and name:
        return str(_OUR_WORDS[kind])
    if kind == "user.telegram" and data.get("linked"):
        return _("Telegram подключён")
    if kind == "suggestion.used" and data.get("how") in _USED:
        return str(_USED[data["how"]])
    if kind == "lead.changed" and "confirmed" in (data.get("after") or {}) and "trip" not in data["after"]:
        return _("Поездка подтверждена человеком")
    return None


def _details(kind: str, data: Json, local: Local) -> str | None:
    """What changed, in words: from what to what where both are short."""
    if data.get("unconfirmed"):
        return _("клиент сказал иначе, подтверждение снято: %(what)s", what=_labels(data["unconfirmed"]))
    if kind == "lead.changed":
        return _changes(data, local)
    if kind == "understood":
        return _reasons(data)
    if kind == "lead.moved" and data.get("from") and data.get("to"):
        return _("Было: %(stage)s", stage=STAGE_NAMES[Stage(data["from"])])
    if kind == "offer.checked" and data.get("was"):
        was, now = (formats.money(m["amount"], m["currency"]) if m else "" for m in (data["was"], data.get("now")))
        if not now:
            return _("%(hotel)s: мест больше нет", hotel=hotel_name(data.get("hotel") or ""))
        if was == now:
            return _("%(hotel)s: цена та же, %(now)s", hotel=hotel_name(data.get("hotel") or ""), now=now)
        return _("%(hotel)s: было %(was)s, стало %(now)s", hotel=hotel_name(data.get("hotel") or ""), was=was, now=now)
    if kind == "customer.changed" and data.get("fields"):
        return _named(data["fields"])
    if kind in ("customer.merged", "customer.unmerged") and data.get("name"):
        return str(data["name"])
    return None


def _reasons(data: Json) -> str | None:
    """From which words the machine took it, and how sure it is, in words."""
    quotes = ", ".join(f"«{quote}»" for quote in dict.fromkeys((data.get("evidence") or {}).values()) if quote)
    intent = (data.get("confidence") or {}).get("intent")
    sure = None if intent is None else _("уверен") if intent >= _SURE else _("не уверен")
    said = _("слова клиента: %(quotes)s", quotes=quotes) if quotes else None
    return " · ".join(filter(None, [said, sure])) or None


def _changes(data: Json, local: Local) -> str | None:
    """«Бюджет: до 340 000 ₽ · сумма: 318 000 ₽» of a change by hand; the names of fields when values are not told."""
    after = data.get("after") or {}
    parts: list[str] = []
    if after.get("trip") is not None:
        parts += _corrected(after["trip"], data.get("corrected") or (), local)
    elif data.get("confirmed_now"):
        parts.append(_labels(data["confirmed_now"]))
    if after.get("value_minor") is not None:
        parts.append(_("сумма: %(money)s", money=_minor(after["value_minor"], after.get("value_currency"))))
    if "tags" in after:
        parts.append(_("теги: %(tags)s", tags=", ".join(after["tags"]) or _("нет")))
    told = {"trip", "value_minor", "value_currency", "tags", "confirmed"} if after else set()
    rest = _named(name for name in data.get("fields") or () if name not in told)
    return " · ".join(filter(None, [*parts, rest])) or None


def _corrected(trip: Json, slots: Iterable[str], local: Local) -> list[str]:
    """«Бюджет: до 340 000 ₽» of each row of the trip that was corrected; «Бюджет: не известно» when it was emptied."""
    rows = {row.label: row.value for row in trip_rows(trip, {}, local)}
    labels = dict.fromkeys(slot_label(slot) for slot in slots)
    return [f"{label}: {rows.get(label) or _('не известно')}" for label in labels if label]


def _minor(minor: int, currency: str | None) -> str:
    return formats.money(Decimal(minor).scaleb(-2), currency or "RUB")


def _named(fields: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(str(_FIELDS[name]) for name in fields if name in _FIELDS))


def _with_facts(kind: str, data: Json, at: datetime, local: Local) -> str | None:
    """What the machine did, with its reasons."""
    if kind == "understood" and data.get("intent"):
        return _understood(data, local)
    if kind == "handover" and data.get("reason") in REASONS:
        return handover_words(data, at, local)
    if kind == "message.not_changed" and data.get("error"):
        return _("Сообщение у клиента осталось как было: %(reason)s", reason=inside(why(data["error"])))
    if kind == "message.state" and data.get("state") == MessageState.FAILED and data.get("error"):
        return _("Сообщение не доставлено: %(reason)s", reason=inside(why(data["error"])))
    if kind == "search.started" and data.get("country"):
        return _("ИИ ищет туры: %(country)s", country=formats.place(data["country"]))
    if kind == "offers.sent" and data.get("hotels"):
        return _("Предложения отправлены: %(hotels)s", hotels=", ".join(map(hotel_name, data["hotels"])))
    return None


def _understood(data: Json, local: Local) -> str:
    """«ИИ понял: клиент ищет тур · Куда: Турция · Ночей: 7 · не уверен, проверьте: Когда»."""
    slots, sure = data.get("slots") or {}, data.get("confidence") or {}
    wanted = _WANTED.get(data["intent"])
    if wanted is None:
        said = _("ИИ не понял, о чём сообщение")
    elif sure.get("intent", 1.0) < _SURE:
        said = _("ИИ понял, но не уверен: %(intent)s", intent=wanted)
    else:
        said = _("ИИ понял: %(intent)s", intent=wanted)
    learnt = [f"{row.label}: {row.value}" for row in trip_rows(slots, {}, local)]
    learnt += [f"{label}: {slots[name]}" for name, label in _CONTACTS.items() if slots.get(name)]
    withdrawn = _labels(name for name, value in slots.items() if value is None)
    doubtful = _labels(name for name, value in slots.items() if value is not None and sure.get(name, 1.0) < _SURE)
    notes = [
        *([_("больше не важно: %(what)s", what=withdrawn)] if withdrawn else []),
        *([_("не уверен, проверьте: %(what)s", what=doubtful)] if doubtful else []),
    ]
    return " · ".join([said, *learnt, *notes])


def _labels(slots: Iterable[str]) -> str:
    known = (str(_CONTACTS[name]) if name in _CONTACTS else slot_label(name) for name in slots)
    return ", ".join(dict.fromkeys(label for label in known if label))


def handover_words(data: Json, at: datetime, local: Local) -> str:
    """«Передано человеку: клиент просит человека, ответить до 09:15»; who answers, when that is known. `at`: the day
    that need not be named."""
    reason = inside(str(REASONS[data["reason"]]))
    if not data.get("by"):
        return _("Передано человеку: %(reason)s", reason=reason)
    by = local.at(data["by"])
    until = formats.clock(by, local) if by.date() == at.date() else formats.full_moment(by, local)
    if data.get("assignee"):
        return _(
            "Передано человеку: %(reason)s, %(name)s ответит до %(time)s",
            reason=reason,
            name=data["assignee"],
            time=until,
        )
    return _("Передано человеку: %(reason)s, ответить до %(time)s", reason=reason, time=until)


def inside(sentence: str) -> str:
    """A sentence as a part of another one: «Клиент …» begins small, «ИИ …» stays."""
    return sentence if sentence[:2].isupper() else sentence[:1].lower() + sentence[1:]
