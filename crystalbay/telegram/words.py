"""The words on buttons, and the commands of the menu."""

from __future__ import annotations

BUTTONS: dict[str, dict[str, str]] = {
    "ru": {
        "want": "Хочу этот",
        "details": "Подробнее",
        "more": "Ещё варианты",
        "human": "Позвать человека",
        "back": "‹ Назад",
        "restart": "Начать заново",
        "day": "Выбрать день",
        "months": "‹ К месяцам",
        "done": "Готово",
        "phone": "Поделиться номером",
        "age": "возраст?",
    },
    "en": {
        "want": "I want this one",
        "details": "Details",
        "more": "More options",
        "human": "Call a person",
        "back": "‹ Back",
        "restart": "Start again",
        "day": "Pick a day",
        "months": "‹ Months",
        "done": "Done",
        "phone": "Share my number",
        "age": "age?",
    },
}

MONTHS = {
    "ru": [
        "январь",
        "февраль",
        "март",
        "апрель",
        "май",
        "июнь",
        "июль",
        "август",
        "сентябрь",
        "октябрь",
        "ноябрь",
        "декабрь",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}
WEEKDAYS = {"ru": ["Пн", "Вт", "Ср", "Чт", "Пт", "Сб", "Вс"], "en": ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]}

COMMANDS: dict[str, dict[str, str]] = {
    "ru": {
        "search": "Подобрать тур",
        "offers": "Показать последнюю подборку",
        "manager": "Позвать менеджера",
        "language": "Русский или English",
        "help": "Что умеет помощник",
        "cancel": "Остановить подбор",
        "delete_me": "Удалить мои данные",
    },
    "en": {
        "search": "Find a tour",
        "offers": "Show the last selection",
        "manager": "Call a manager",
        "language": "Русский or English",
        "help": "What the assistant can do",
        "cancel": "Stop the search",
        "delete_me": "Delete my data",
    },
}
"""The menu; /start is there without being listed. The words for what they do stand in crystalbay/chat/commands.py."""

ABOUT = {
    "ru": "Подбираю туры по живым ценам, отвечаю днём и ночью. Напишите, куда и когда хотите поехать.",
    "en": "I find tours at live prices, day and night. Write where and when you would like to go.",
}
