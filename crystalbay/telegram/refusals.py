"""What Telegram's refusals mean for a manager. Pages translate the words (scripts/make_translations.py)."""

from __future__ import annotations

_REFUSALS = {
    "blocked by the user": "Клиент заблокировал бота: сообщение до него не дойдёт, пока он не разблокирует.",
    "user is deactivated": "Аккаунт клиента в Telegram удалён.",
    "can't initiate conversation": "Клиент ещё не открыл бота: он должен нажать «Старт».",
    "chat not found": "Telegram не знает такого чата.",
    "kicked from": "Бота исключили из этой группы.",
    "too long": "Telegram не принимает такой длинный текст.",
    "text must be non-empty": "Пустое сообщение не отправить.",
    "file is too big": "Файл больше, чем отдаёт Telegram (20 МБ): попросите клиента прислать его почтой.",
    "request entity too large": "Telegram не принимает такой большой файл.",
    "message can't be edited": "Это сообщение уже нельзя изменить.",
    "message can't be deleted": "Telegram не даёт удалить это сообщение: оно старше двух суток.",
    "message to edit not found": "Клиент удалил это сообщение у себя.",
    "message to delete not found": "Этого сообщения у клиента уже нет.",
}
"""A part of what Telegram says, and what that means."""


def refusal(description: str) -> str:
    """What Telegram refused, in words for a manager; what is not known is quoted."""
    said = description.casefold()
    return next((words for known, words in _REFUSALS.items() if known in said), f"Telegram: {description[:200]}")
