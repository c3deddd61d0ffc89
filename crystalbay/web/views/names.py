"""The words for the domain's codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crystalbay.web.i18n import _l
from models import Stage, Status

Json = Mapping[str, Any]
"""A REST-shaped object of DESIGN.md, "The surfaces"."""

STATUS_NAMES = {
    Status.NEW: _l("Новые"),
    Status.IN_PROGRESS: _l("В работе"),
    Status.PENDING: _l("Ожидание"),
    Status.CONFIRMED: _l("Подтверждены"),
    Status.CLOSED: _l("Закрыты"),
}
STAGE_NAMES = {
    Stage.NEW_REQUEST: _l("Новый запрос"),
    Stage.CONSULTATION: _l("Консультация"),
    Stage.TOUR_SELECTION: _l("Подбор тура"),
    Stage.COMMERCIAL_OFFER: _l("Коммерческое предложение"),
    Stage.INTEGRATIONS: _l("Добавление интеграций"),
    Stage.PAID: _l("Оплатили"),
    Stage.ACCEPTED: _l("Принято заказчиком"),
    Stage.CONFIRMED: _l("Подтверждено"),
    Stage.COMPLETED: _l("Завершено"),
}
SHORT_STAGES = {
    Stage.COMMERCIAL_OFFER: _l("Предложение"),
    Stage.INTEGRATIONS: _l("Интеграции"),
    Stage.ACCEPTED: _l("Принято"),
}
CHANNELS = {  # code → name, icon of static/icons.svg
    "telegram": ("Telegram", "telegram"),
    "whatsapp": ("WhatsApp", "whatsapp"),
    "instagram": ("Instagram", "instagram"),
    "email": (_l("Почта"), "envelope"),
    "widget": (_l("Сайт"), "globe"),
    "web": (_l("Сайт"), "globe"),
    "site": (_l("Сайт"), "globe"),
    "phone": (_l("Звонок"), "telephone"),
    "office": (_l("Визит в офис"), "door-closed"),
    "import": (_l("Список"), "list-ul"),
    "api": ("API", "braces"),
}
MEALS = {
    "RO": _l("Без питания"),
    "BB": _l("Завтраки"),
    "HB": _l("Полупансион"),
    "FB": _l("Полный пансион"),
    "AI": _l("Всё включено"),
    "UAI": _l("Ультра всё включено"),
}
REASONS = {
    "asked": _l("Клиент просит человека"),
    "confused": _l("ИИ дважды не понял клиента"),
    "angry": _l("Клиент недоволен"),
    "urgent": _l("Срочный вопрос"),
    "supplier": _l("Поиск туров не отвечает"),
    "no_supplier": _l("Поиск туров не подключён"),
    "nothing_found": _l("Туров по запросу не нашлось"),
    "booking": _l("Клиент выбрал тур"),
    "support": _l("Проблема с поездкой"),
    "change": _l("Изменение или отмена брони"),
    "payment": _l("Вопрос об оплате"),
    "status": _l("Вопрос о брони"),
    "question": _l("Вопрос, на который нужен человек"),
    "wish": _l("Пожелание, которого поиск не видит"),
    "second_trip": _l("Вторая поездка в том же сообщении"),
    "added": _l("Клиент дополнил запрос после передачи"),
    "refusal": _l("Клиент отказался: закройте лид или предложите другое"),
    "media": _l("Клиент прислал файл или голосовое"),
    "unreadable": _l("Клиент звонил или прислал то, что видно только в мессенджере"),
    "broken": _l("ИИ не смог ответить"),
    "not_sent": _l("Сообщение не доставлено"),
    "send_unknown": _l("Неизвестно, ушло ли сообщение"),
    "blocked": _l("Клиент заблокировал бота"),
    "not_changed": _l("Сообщение у клиента осталось как было"),
}
"""Why a person is needed (services/handover.py)."""

SCORE_REASONS = {
    "назвал направление": _l("назвал направление"),
    "назвал даты": _l("назвал даты"),
    "назвал бюджет": _l("назвал бюджет"),
    "назвал город вылета": _l("назвал город вылета"),
    "назвал состав": _l("назвал состав"),
    "назвал длительность": _l("назвал длительность"),
    "есть контакт": _l("есть контакт"),
    "выбрал вариант": _l("выбрал вариант"),
    "торопится": _l("торопится"),
    "пока присматривается": _l("пока присматривается"),
    "бюджет ниже рынка": _l("бюджет ниже рынка"),
    "недоволен": _l("недоволен"),
}
"""Why a lead has its score (inquiry_processor.py)."""
