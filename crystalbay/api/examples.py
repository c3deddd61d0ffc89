"""Examples for the document: made of each schema's own examples, and of what fields of these names usually hold.

They are values of one small story, so that a reader meets the same lead and the same customer everywhere. Tests hold
every example against its schema.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

_COLLEAGUES = ("Staff", "UserOut", "MeOut", "ReminderUser", "Looker", "ActorOut", "Author")
"""Parts whose name is a colleague's, not a customer's."""

_ID = "01a215a5-e54f-712a-8c0a-c99501ab11fa"
_AT = "2026-05-12T09:00:00Z"
_MONEY = {"amount": "250000.00", "currency": "RUB"}
_TRIP = {"destination_country": "Турция", "date_from": "2026-06-10", "date_to": "2026-06-20", "adults": 2}

BODIES: dict[str, dict[str, Any]] = {
    "LeadIn": {"name": "Анна Соколова", "phone": "+7 999 123-45-67", "message": "Хотим в Турцию вдвоём", "trip": _TRIP},
    "LeadPatch": {"version": 3, "tags": ["Семья"], "value": _MONEY},
    "MoveIn": {"version": 3, "status": "closed", "outcome": "lost", "reason": "Дорого"},
    "MessageIn": {"text": "Добрый день! Подобрали для вас три отеля."},
    "CustomerPatch": {"version": 3, "phone": "+7 999 123-45-67"},
    "MergeIn": {"other_id": _ID, "fields": {"name": "own", "phone": "other"}},
    "CannedPatch": {"version": 3, "text": "{{имя}}, здравствуйте! Пришлите, пожалуйста, фото паспорта."},
    "ReminderPatch": {"version": 3, "done": True},
    "LookIn": {"typing": True},
    "ViewPatch": {"name": "Мои горячие"},
    "SuggestionSend": {"text": "Добрый день! Вот что нашлось на ваши даты."},
    "UserIn": {"email": "maria@example.com", "name": "Мария Иванова", "role": "manager"},
    "UserPatch": {"role": "head"},
    "ImportIn": {"source": "site", "external_id": "order-77", "name": "Анна Соколова", "phone": "+7 999 123-45-67"},
}
"""Bodies whose fields do not say enough by themselves."""

FILES = {
    "csv": "\ufeffНомер;Клиент;Телефон;Почта;Поездка;Начало поездки;Статус;Этап;Итог;Причина отказа;Сумма;Валюта;"
    "Оценка;Теги;Ответственный;Канал;Источник;Создан;Последнее сообщение;Ждёт ответа с;Следующее действие;Закрыт\r\n"
    "1042;Анна Соколова;+7 999 123-45-67;anna@example.com;Турция, 2, 10–20 июня;10.06.2026;Новые;Новый запрос;;;"
    "250000,00;RUB;65;Семья;Мария Иванова;WhatsApp;wazzup;12.05.2026 12:00;;;;\r\n",
    "xlsx": "leads-2026-05-12.xlsx",
}
"""Spreadsheets of leads by their endings: the text of one, the name of a binary one."""

_BY_NAME: dict[str, Any] = {
    "number": 1042, "version": 3, "title": "Турция, 2, 10–20 июня", "name": "Анна Соколова", "phone": "+79991234567",
    "email": "anna@example.com", "text": "Хотим в Турцию вдвоём", "tags": ["Семья"], "value": _MONEY, "price": _MONEY,
    "amount": "250000.00", "trip": _TRIP | {"wishes": ["первая линия"], "excluded": []}, "channel": "whatsapp",
    "source": "wazzup", "language": "ru", "position": -1778576400.5, "unread": 1, "score": 65, "count": 14,
    "evidence": {"destination_country": "в Турцию"}, "score_reasons": ["+20 назвал даты"], "url": "/files/m/f",
    "external_chat_id": "79991234567", "external_id": "order-77", "hotel": "Rixos Premium", "resort": "Кемер",
    "country": "Турция", "departure_city": "Москва", "room": "Standard", "meal": "AI", "nights": 10, "stars": 5,
    "utm": {"utm_source": "yandex"}, "message": "give the phone with its country code", "field": "phone",
    "fields": ["stage"], "by": "Мария Иванова", "size": 48213, "mime": "image/jpeg", "type": "image/jpeg",
    "q": "соколова", "next_cursor": "WyIyMDI2LTA1LTEyIl0", "confirmed": [],
    "request_id": "01a215a5-e54f-712a-8c0a-c99501ab11fa", "lost_reason": "Дорого", "reason": "Дорого", "adults": 2,
}  # fmt: skip

_RATHER_NOTHING = (
    "outcome", "lost_reason", "needs_human", "category", "next_action_at", "edited_at", "deleted_at", "revoked_at",
    "undone_at", "erased_at", "done_at", "error", "note", "reply_to", "limit", "corrected", "check",
)  # fmt: skip
"""Fields that are null more often than not."""


class Examples:
    """Makes examples of schemas; `parts` are the document's components."""

    def __init__(self, parts: Mapping[str, Schema]) -> None:
        self._parts = parts

    def answer(self, schema: Schema) -> Any:
        """What an answer looks like: every field is there."""
        return self._made(schema, "", whole=True)

    def body(self, schema: Schema) -> Any:
        """What may be sent: what must be there, and what has an example of its own."""
        return self._made(schema, "", whole=False)

    def _made(self, schema: Schema, name: str, *, whole: bool, depth: int = 0) -> Any:
        if "$ref" in schema:
            part = str(schema["$ref"]).rpartition("/")[2]
            if part in BODIES and not whole:
                return BODIES[part]
            made = self._made(self._parts[part], name, whole=whole, depth=depth + 1)
            return made | {"name": "Мария Иванова"} if part in _COLLEAGUES else made
        given = _given(schema)
        if given is not _NOTHING:
            return given
        for several in ("anyOf", "oneOf", "allOf"):
            if several in schema:
                return self._one_of(schema[several], name, whole=whole, depth=depth)
        if name in _BY_NAME and _fits(_BY_NAME[name], schema):
            return _BY_NAME[name]
        return self._plain(schema, name, whole=whole, depth=depth)

    def _one_of(self, choices: list[Schema], name: str, *, whole: bool, depth: int) -> Any:
        real = [choice for choice in choices if choice.get("type") != "null"]
        if len(real) < len(choices) and (name in _RATHER_NOTHING or depth > _DEEP):
            return None
        return self._made(real[0], name, whole=whole, depth=depth)

    def _plain(self, schema: Schema, name: str, *, whole: bool, depth: int) -> Any:
        kind = _kind(schema)
        if kind == "null":
            return None
        if kind == "object" or "properties" in schema:
            return self._object(schema, whole=whole, depth=depth)
        if kind == "array":
            if depth > _DEEP or schema.get("maxItems") == 0 or "items" not in schema:
                return []
            item = name.removesuffix("s") if name != "items" else ""
            return [self._made(schema["items"], item, whole=whole, depth=depth + 1)]
        if kind in ("integer", "number"):
            return max(1, schema.get("minimum", 1))
        if kind == "boolean":
            return False
        return _text(schema, name)

    def _object(self, schema: Schema, *, whole: bool, depth: int) -> dict[str, Any]:
        required = schema.get("required", ())
        return {
            name: self._made(field, name, whole=whole, depth=depth + 1)
            for name, field in schema.get("properties", {}).items()
            if whole or name in required or "examples" in field
        }


_NOTHING = object()
_DEEP = 12


def _given(schema: Schema) -> Any:
    """A schema's own example."""
    if "const" in schema:
        return schema["const"]
    for several in ("examples", "enum"):
        if schema.get(several):
            return schema[several][0]
    return _NOTHING


def _kind(schema: Schema) -> str | None:
    """The type; of several the first, which is not null."""
    kind = schema.get("type")
    return kind[0] if isinstance(kind, list) else kind


def _fits(value: Any, schema: Schema) -> bool:
    """Is it of the schema's type?"""
    kinds: dict[str, type[Any] | tuple[type[Any], ...]] = {
        "string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict,
    }  # fmt: skip
    kind = _kind(schema)
    if kind == "string" and ("format" in schema or "pattern" in schema):
        return False
    if kind == "array" and "$ref" in schema.get("items", {}):
        return False
    return kind in kinds and isinstance(value, kinds[kind])


def _text(schema: Schema, name: str) -> str:
    if schema.get("format") == "date-time" or name.endswith("_at"):
        return _AT
    if schema.get("format") == "date":
        return "2026-06-10"
    if name == "id" or name.endswith("_id"):
        return _ID
    return str(_BY_NAME.get(name, name or "…"))[: schema.get("maxLength", 200)]
