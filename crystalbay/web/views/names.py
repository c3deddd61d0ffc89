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
}
MEALS = {
    "RO": _l("Без питания"),
    "BB": _l("Завтраки"),
    "HB": _l("Полупансион"),
    "FB": _l("Полный пансион"),
    "AI": _l("Всё включено"),
    "UAI": _l("Ультра всё включено"),
}
